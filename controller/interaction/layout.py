"""Who stands in which room, as a function of the interaction. The switch is made to match this; a leg not named is hung up.

No step says "move this leg": it changes the interaction, and the layout follows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import InteractionId, LegId, Seconds
from controller.interaction.interaction import ConsultStage, CustomerStage, Interaction, Leg, OfferWhy, Person, TalksTo
from controller.interaction.leg import Endpoint, Origin
from controller.interaction.party import Party, Standing

RINGS_ON_SECONDS = 30.0
"""How long after the last deadline for a telephone Asterisk stops ringing it by itself, should nobody be there to tell it."""


class Room(StrEnum):
    """Each interaction has two: people in `talk` hear one another; each in `hold` hears music and nobody."""

    TALK = "talk"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Whom a telephone's display names: somebody's name and number, either of which may be empty."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one leg belongs."""

    leg: LegId
    origin: Origin
    room: Room
    muted: bool = False
    """Nobody hears this leg; it hears everybody in its room."""
    endpoint: Endpoint | None = None
    """Where to ring if the leg is not there yet; None: the leg came to us or was answered, and can't be made any more."""
    told_to_answer: bool = False
    shows: Display | None = None
    """Whom its owner talks with now; None: it is not told, because nobody has answered, or because it is no telephone of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everybody of one interaction belongs, and what the hold room and the rung telephones need to know."""

    interaction: InteractionId
    places: tuple[Place, ...]
    music: str
    caller_number: str
    caller_name: str
    ring_seconds_max: Seconds = 180.0
    """After this Asterisk stops ringing by itself: later than any deadline that the site's policies set."""


def rooms(i: Interaction) -> dict[LegId, Room]:
    """Say of every leg that is to exist where it belongs; a leg that is not named is to be hung up."""
    stands: dict[LegId, Room] = {}
    if i.customer.stage is CustomerStage.THERE:
        stands[i.customer.leg.id] = _customer_room(i)
    if i.offer is not None:
        stands[i.offer.leg.id] = Room.TALK  # alone in it: the customer hears music until they have somebody
    if i.owner is None:
        return stands
    stands[i.owner.leg.id] = Room.TALK
    if i.consult is not None:
        # With the owner exactly while the owner talks to them, so that Agent 1 hears the ringing and the customer never does.
        stands[i.consult.leg.id] = Room.TALK if i.owner.talks_to is TalksTo.CONSULT else Room.HOLD
    for member in i.members:
        stands[member.leg.id] = Room.TALK if i.owner.talks_to is TalksTo.CUSTOMER else Room.HOLD
    return stands


def _customer_room(i: Interaction) -> Room:
    """With whoever talks to them and hears them.

    A telephone whose own hold key is pressed sends nothing, and Asterisk's music for the other end is lost as soon as anybody moves: the
    customer waits in the hold room, where there is always music.
    """
    if i.owner is None or i.owner.talks_to is not TalksTo.CUSTOMER:
        return Room.HOLD
    beside = (i.owner.leg, *(member.leg for member in i.members))
    return Room.TALK if any(not leg.phone_on_hold for leg in beside) else Room.HOLD


def room_of(i: Interaction, party: Party) -> Room | None:
    """Say where a party stands; None: nowhere, the leg is gone."""
    return rooms(i).get(party.leg) if party.standing is not Standing.GONE else None


def layout(i: Interaction) -> Layout:
    """Say where every leg belongs."""
    stands, policy = rooms(i), i.policy
    return Layout(
        interaction=i.id,
        places=tuple(_place(leg, stands[leg.id], endpoint, shows) for leg, endpoint, shows in _legs(i)),
        music=i.music,
        caller_number=i.customer.person.number,
        caller_name=i.customer.person.name,
        ring_seconds_max=max(policy.offer_seconds, policy.consult_seconds, policy.ring_back_seconds) + RINGS_ON_SECONDS,
    )


def _place(leg: Leg, room: Room, endpoint: Endpoint | None, shows: Display | None) -> Place:
    return Place(
        leg=leg.id,
        origin=leg.origin,
        room=room,
        muted=leg.muted,
        endpoint=endpoint,
        told_to_answer=leg.told_to_answer,
        shows=shows,
    )


def _legs(i: Interaction) -> Iterator[tuple[Leg, Endpoint | None, Display | None]]:
    """Every leg that is to exist, where to ring it if it is not there yet, and what its display is to name."""
    if i.customer_is_there:
        yield i.customer.leg, None, None
    if i.offer is not None and i.offer.why is OfferWhy.ASKED:
        yield i.offer.leg, None, _display(i.offer.to, i.customer.person)
    elif i.offer is not None:
        yield i.offer.leg, i.offer.to.endpoint, None
    if i.owner is None:
        return
    yield i.owner.leg, None, _display(i.owner.person, _owner_talks_with(i))
    if i.consult is not None and i.consult.stage is ConsultStage.UP:
        yield i.consult.leg, None, _display(i.consult.person, i.owner.person)
    elif i.consult is not None:
        yield i.consult.leg, i.consult.person.endpoint, None
    for member in i.members:
        yield member.leg, None, _display(member.person, i.customer.person if i.customer_is_there else i.owner.person)


def _owner_talks_with(i: Interaction) -> Person | None:
    """In a consult the colleague; otherwise the customer, whose call also a conference is, if there is one."""
    if i.consult is not None and i.owner is not None and i.owner.talks_to is TalksTo.CONSULT:
        return i.consult.person
    if i.customer_is_there:
        return i.customer.person
    return i.members[0].person if i.members else None


def _display(whose: Person, other: Person | None) -> Display | None:
    """What a telephone of ours is to name; others' are not told."""
    return Display(name=other.name, number=other.number) if whose.agent is not None and other is not None else None

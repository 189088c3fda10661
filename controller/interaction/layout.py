"""Who stands in which room, as a function of the interaction. The switch is made to match this; a leg not named is hung up.

No step says "move this leg": it changes the interaction, and the layout follows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import InteractionId, LegId, Seconds
from controller.directory.policy import TransferSound
from controller.directory.replace import replace
from controller.interaction.absence import rung_again
from controller.interaction.interaction import ConsultStage, CustomerStage, Interaction, Leg, OfferWhy, Owner, Person, TalksTo
from controller.interaction.leg import Endpoint, Origin
from controller.interaction.legs import CUSTOMER_HAS_A_LEG, legs, rings, with_legs
from controller.interaction.party import Party, Standing

RUNG_AGAIN_SECONDS_MAX = 8.0
"""How long a page that was loaded anew may take to answer by itself, before its leg counts as lost like that of a page that is gone."""
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


NOBODY = Display(name="", number="")
RINGBACK = "ringback"
"""The music class that sounds like a telephone that rings elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one leg belongs."""

    leg: LegId
    origin: Origin
    room: Room
    is_customer: bool = False
    """Whoever the contact is about: however they came, nobody hangs up on them because of a room."""
    muted: bool = False
    """Nobody hears this leg; it hears everybody in its room."""
    gives_codes: bool = False
    """It is one of our agents': the keys of its telephone are feature codes, and nobody else is to hear them."""
    endpoint: Endpoint | None = None
    """Where to ring if the leg is not there yet; None: the leg came to us or was answered, and can't be made any more."""
    told_to_answer: bool = False
    caller: Display = NOBODY
    """Whom the INVITE names, if the telephone is still to be rung."""
    music: str = ""
    """What it hears in the hold room: a music class."""
    shows: Display | None = None
    """Whom its owner talks with now; None: it is not told, because nobody has answered, or because it is no telephone of ours."""
    ring_seconds_max: Seconds | None = None
    """After this Asterisk stops ringing it by itself; None: after the layout's."""
    took_place: bool = False
    """It has come into its room by itself, in the place of another leg: see `Leg.took_place`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where everybody of one interaction belongs."""

    interaction: InteractionId
    places: tuple[Place, ...]
    ring_seconds_max: Seconds = 180.0
    """After this Asterisk stops ringing by itself: later than any deadline that the site's policies set."""


def rooms(i: Interaction) -> dict[LegId, Room]:
    """Say of every leg that is to exist where it belongs; a leg that is not named is to be hung up."""
    stands = _by_phase(i)
    # Who is rung has not answered, and leaves nobody alone.
    for leg in _left_alone([leg for _, leg in legs(i) if stands[leg.id] is Room.TALK and not rings(i, leg)]):
        stands[leg.id] = Room.HOLD
    return stands


def _by_phase(i: Interaction) -> dict[LegId, Room]:
    """Where everybody belongs while nobody has pressed a hold key."""
    stands: dict[LegId, Room] = {}
    if i.customer.stage is CustomerStage.THERE:
        stands[i.customer.leg.id] = _customer_room(i)
    elif i.customer.stage is CustomerStage.RINGING:
        stands[i.customer.leg.id] = Room.TALK  # whoever calls hears it ring
    if i.offer is not None:
        stands[i.offer.leg.id] = Room.TALK  # alone in it: the customer hears music until they have somebody
    if i.owner is not None:
        stands[i.owner.active_leg.id] = _owner_room(i, i.owner)
        if i.owner.other_leg is not None:
            stands[i.owner.other_leg.id] = Room.HOLD
    if i.owner is not None and i.consult is not None and i.consult.leg is not None:
        # With the owner exactly while the owner talks to them, so that Agent 1 hears the ringing and the customer never does.
        stands[i.consult.leg.id] = Room.TALK if i.owner.talks_to is TalksTo.CONSULT else Room.HOLD
    for member in i.members:
        stands[member.leg.id] = Room.TALK if _talk_to_customer(i) else Room.HOLD
    return stands


def _talk_to_customer(i: Interaction) -> bool:
    return i.owner is None or i.owner.talks_to is TalksTo.CUSTOMER


def _customer_room(i: Interaction) -> Room:
    """With whoever talks to them."""
    has_somebody = i.owner is not None or bool(i.members)
    return Room.TALK if has_somebody and _talk_to_customer(i) else Room.HOLD


def _owner_room(i: Interaction, owner: Owner) -> Room:
    """In the talk room, whoever comes and goes; while nobody of the consulted queue is there yet, they hear music like the customer."""
    waits = owner.talks_to is TalksTo.CONSULT and i.consult is not None and i.consult.stage is ConsultStage.WAITING
    return Room.HOLD if waits else Room.TALK


def _left_alone(talkers: Sequence[Leg]) -> Iterator[Leg]:
    """Whoever hears nobody, because all others in the talk room have pressed their own hold key, or their page is gone.

    Such a telephone sends nothing, and Asterisk's music for the other end comes only where there are two, and is lost as soon as anybody
    moves: they wait in the hold room, where there is always music.
    """
    for leg in talkers:
        others = [other for other in talkers if other is not leg]
        if others and all(other.phone_on_hold or other.is_absent for other in others):
            yield leg


def without_keys_of_others(i: Interaction) -> Interaction:
    """The interaction as people are shown it: what somebody who is not ours does by their own hold key is no change of the call."""
    others = {leg.id for person, leg in legs(i) if person is None or person.agent is None}
    return with_legs(i, lambda leg: replace(leg, phone_on_hold=False) if leg.phone_on_hold and leg.id in others else leg)


def room_of(i: Interaction, party: Party) -> Room | None:
    """Say where people are shown that a party stands; None: nowhere, the leg is gone.

    An agent who hears music because their customer has pressed their own hold key still talks with them.
    """
    return rooms(without_keys_of_others(i)).get(party.leg) if party.standing is not Standing.GONE else None


def layout(i: Interaction) -> Layout:
    """Say where every leg belongs."""
    stands, policy = rooms(i), i.policy
    again = {leg.id: person.endpoint for person, leg in rung_again(i)}
    rings_longest = max(
        policy.offer_seconds,
        policy.consult_seconds,
        policy.ring_back_seconds,
        policy.blind_transfer_seconds,
        policy.call_out_seconds,
    )
    return Layout(
        interaction=i.id,
        places=tuple(
            _place(i, person, leg, stands[leg.id], endpoint or again.get(leg.id), shows) for person, leg, endpoint, shows in _legs(i)
        ),
        ring_seconds_max=rings_longest + RINGS_ON_SECONDS,
    )


def _place(i: Interaction, person: Person, leg: Leg, room: Room, endpoint: Endpoint | None, shows: Display | None) -> Place:
    return Place(
        leg=leg.id,
        origin=leg.origin,
        room=room,
        is_customer=leg is i.customer.leg,
        muted=leg.muted,
        gives_codes=person.agent is not None,
        endpoint=endpoint,
        told_to_answer=leg.told_to_answer,
        caller=NOBODY if endpoint is None else _caller(i, endpoint),
        music=RINGBACK if leg is i.customer.leg and _hears_ringback(i) else i.music,
        shows=shows,
        ring_seconds_max=RUNG_AGAIN_SECONDS_MAX if leg.is_rung_again else None,
        took_place=leg.took_place,
    )


def _caller(i: Interaction, endpoint: Endpoint) -> Display:
    """Name the customer to telephones of ours; to the public network a number of ours, and to nobody else's telephone the customer."""
    if endpoint.trunk:
        return Display(name="", number=endpoint.caller_id)
    return _as_shown(i.customer.person)


def _hears_ringback(i: Interaction) -> bool:
    is_rung = i.offer is not None and i.offer.why is OfferWhy.TRANSFER
    return is_rung and i.policy.transfer_sound is TransferSound.RINGBACK


def _legs(i: Interaction) -> Iterator[tuple[Person, Leg, Endpoint | None, Display | None]]:
    """Every leg that is to exist, whose it is, where to ring it if it is not there yet, and what its display is to name."""
    if i.customer.stage in CUSTOMER_HAS_A_LEG:
        yield i.customer.person, i.customer.leg, i.customer.person.endpoint if i.customer.stage is CustomerStage.RINGING else None, None
    if i.offer is not None and i.offer.why is OfferWhy.ASKED:
        yield i.offer.to, i.offer.leg, None, _display(i.offer.to, i.customer.person)
    elif i.offer is not None:
        yield i.offer.to, i.offer.leg, i.offer.to.endpoint, None
    if i.owner is not None:
        owner = i.owner
        yield owner.person, owner.active_leg, None, _display(owner.person, _owner_talks_with(i))
        if owner.other_leg is not None:
            yield owner.person, owner.other_leg, None, _display(owner.person, _owner_waits_for(i, owner))
    if i.owner is not None and i.consult is not None and i.consult.person is not None and i.consult.leg is not None:
        is_up = i.consult.stage is ConsultStage.UP
        display = _display(i.consult.person, i.owner.person) if is_up else None
        yield i.consult.person, i.consult.leg, None if is_up else i.consult.person.endpoint, display
    for member in i.members:
        yield member.person, member.leg, None, _display(member.person, _member_talks_with(i))


def _owner_talks_with(i: Interaction) -> Person | None:
    """In a consult the colleague; otherwise the customer, whose call also a conference is, if there is one."""
    if i.consult is not None and i.owner is not None and i.owner.talks_to is TalksTo.CONSULT:
        return i.consult.person
    if i.customer_is_there or i.customer.stage is CustomerStage.RINGING:
        return i.customer.person
    return i.members[0].person if i.members else None


def _owner_waits_for(i: Interaction, owner: Owner) -> Person | None:
    """With whom the other call of the owner's telephone is: whichever of customer and consult they don't talk with."""
    if owner.talks_to is TalksTo.CONSULT:
        return i.customer.person
    return i.consult.person if i.consult is not None else None


def _member_talks_with(i: Interaction) -> Person | None:
    if i.customer_is_there:
        return i.customer.person
    return i.owner.person if i.owner is not None else None


def _display(whose: Person, other: Person | None) -> Display | None:
    """What a telephone of ours is to name; others' are not told."""
    return _as_shown(other) if whose.agent is not None and other is not None else None


def _as_shown(person: Person) -> Display:
    """Name somebody to a telephone: by the number that was dialled, since one with spaces, as people write it, is none to a telephone."""
    by_trunk = person.endpoint if person.endpoint is not None and person.endpoint.trunk else None
    return Display(name=person.name, number=person.number if by_trunk is None else by_trunk.address)

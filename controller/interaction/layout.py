"""Who stands in which room, as a function of the interaction. The switch is made to match this; a leg not named is hung up.

No step says "move this leg": it changes the interaction, and the layout follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import InteractionId, LegId, Seconds
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.leg import Endpoint, Origin
from controller.interaction.party import Party, Role, Standing

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


ROOMS: Mapping[Phase, Mapping[Role, Room]] = {
    Phase.QUEUED: {Role.CUSTOMER: Room.HOLD},
    Phase.OFFERED: {Role.CUSTOMER: Room.HOLD, Role.AGENT_1: Room.TALK},
    Phase.CONNECTED: {Role.CUSTOMER: Room.TALK, Role.AGENT_1: Room.TALK},
    Phase.HELD: {Role.CUSTOMER: Room.HOLD, Role.AGENT_1: Room.TALK},
    # Agent 2 rings inside the talk room, so that Agent 1 hears the ringing.
    Phase.CONSULT_OFFERED: {Role.CUSTOMER: Room.HOLD, Role.AGENT_1: Room.TALK, Role.AGENT_2: Room.TALK},
    Phase.CONSULTING: {Role.CUSTOMER: Room.HOLD, Role.AGENT_1: Room.TALK, Role.AGENT_2: Room.TALK},
    Phase.CONSULT_HELD: {Role.CUSTOMER: Room.TALK, Role.AGENT_1: Room.TALK, Role.AGENT_2: Room.HOLD},
    Phase.TRANSFER_ASKED: {Role.CUSTOMER: Room.HOLD, Role.AGENT_2: Room.TALK},
    Phase.CONFERENCE: {Role.CUSTOMER: Room.TALK, Role.AGENT_1: Room.TALK, Role.AGENT_2: Room.TALK},
    Phase.ENDED: {},
}


def room_of(interaction: Interaction, party: Party) -> Room | None:
    """Say where a party stands; None: nowhere, the leg is gone."""
    if party.standing is Standing.GONE:
        return None
    room = ROOMS[interaction.phase].get(party.role)
    # A telephone whose own hold key is pressed sends nothing, and Asterisk's music for the other end is lost
    # as soon as anybody moves: the customer waits in the hold room, where there is always music.
    if party.role is Role.CUSTOMER and room is Room.TALK and not _somebody_listens(interaction):
        return Room.HOLD
    return room


def _somebody_listens(interaction: Interaction) -> bool:
    rooms = ROOMS[interaction.phase]
    return any(
        party.is_up and not party.phone_on_hold
        for party in interaction.parties
        if party.role is not Role.CUSTOMER and rooms.get(party.role) is Room.TALK
    )


def talks_with(interaction: Interaction, party: Party) -> Party | None:
    """Say whom one of our agents talks with, or comes back to: in a consult the colleague, otherwise the customer if there is one.

    In a conference it is the customer, whose call it is. None: nobody is there.
    """
    colleague = next((p for p in interaction.parties if p is not party and p.agent is not None and p.standing is not Standing.GONE), None)
    consults = interaction.phase in (Phase.CONSULT_OFFERED, Phase.CONSULTING)
    waits_for_owner = interaction.phase is Phase.CONSULT_HELD and party.role is Role.AGENT_2
    if consults or waits_for_owner or not interaction.customer_is_there:
        return colleague
    return interaction.customer


def _display(interaction: Interaction, party: Party) -> Display | None:
    if party.agent is None or not party.is_up:
        return None
    other = talks_with(interaction, party)
    return Display(name=other.name, number=other.number) if other else None


def layout(interaction: Interaction) -> Layout:
    """Say where every leg belongs."""
    customer, policy = interaction.customer, interaction.policy
    places = []
    for party in interaction.parties:
        room = room_of(interaction, party)
        if room is not None:
            places.append(
                Place(
                    leg=party.leg,
                    origin=party.origin,
                    room=room,
                    muted=party.muted,
                    endpoint=Endpoint(address=party.phone) if party.rings and party.phone is not None else None,
                    told_to_answer=party.told_to_answer,
                    shows=_display(interaction, party),
                )
            )
    return Layout(
        interaction=interaction.id,
        places=tuple(places),
        music=interaction.music,
        caller_number=customer.number if customer else "",
        caller_name=customer.name if customer else "",
        ring_seconds_max=max(policy.offer_seconds, policy.consult_seconds, policy.ring_back_seconds) + RINGS_ON_SECONDS,
    )

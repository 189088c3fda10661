"""After a lost connection: what Asterisk has, against what we remember. The differences become facts; recovery has no other path."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from controller.asterisk import bridges, channels
from controller.asterisk.resources import Bridge, Channel
from controller.asterisk.seen import Progress, Seen, SeenLeg, bridge_name, made_for, room_named
from controller.asterisk.transport import Transport
from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

RESYNC_LANE = 0
CUSTOMER = "customer"
"""The first word that our dialplan gives Stasis with a caller: `Stasis(controller,customer,${EXTEN})`."""

UNKNOWN_MUSIC = ""


@dataclass(slots=True)
class Difference:
    """What happened while nobody listened, or while nobody ran."""

    gone: dict[LegId, Origin] = field(default_factory=dict)
    hung_up: set[LegId] = field(default_factory=set)
    """Of those who are gone, whoever was up when we last heard, or answered before that. An Asterisk that ran on has not ended them."""
    answered: list[LegId] = field(default_factory=list)
    customers: list[tuple[Channel, str]] = field(default_factory=list)
    """Callers in our application of whom we know nothing, with the number that they dialled."""
    strays: list[LegId] = field(default_factory=list)
    """Legs that we once made for an interaction that is over."""
    empty_bridges: list[str] = field(default_factory=list)
    """Rooms of no interaction."""

    def counts(self) -> dict[str, int]:
        """How many of each, for the log."""
        return {name: len(getattr(self, name)) for name in ("gone", "hung_up", "answered", "customers", "strays", "empty_bridges")}


async def look(ari: Transport) -> tuple[list[Channel], list[Bridge]]:
    """Ask Asterisk for all that it has. Raises `AriError`."""
    return await channels.every(ari, RESYNC_LANE), await bridges.every(ari, RESYNC_LANE)


def compare(
    seen: Seen, channels_there: Iterable[Channel], bridges_there: Iterable[Bridge], *, app: str, layouts: Collection[Layout]
) -> Difference:
    """Bring `seen` up to date with what is there, and say what is different otherwise. `layouts`: what is ours to keep."""
    difference = Difference()
    there = {channel.id: channel for channel in channels_there if channel.application == app}
    placed = {place.leg: (layout.interaction, place) for layout in layouts for place in layout.places}
    known = {layout.interaction for layout in layouts}
    _take_note_of_missing(seen, there, placed, difference)
    for leg, channel in there.items():
        if leg not in seen.legs and leg in placed:
            _adopt(seen, channel, *placed[leg])
        elif leg not in seen.legs and (whose := made_for(leg)) in known:
            # It was let go before it could be hung up. Taken up, so that nobody is brought to where it still stands.
            seen.note(
                SeenLeg(
                    leg=leg,
                    origin=Origin.MADE,
                    interaction=whose,
                    progress=Progress.ASKED_FOR,
                    phone=channel.endpoint,
                    is_stray=True,
                )
            )
        _compare_leg(seen.legs.get(leg), channel, difference)
    for stray in difference.strays:
        # Noted, so that its telephone is not rung by another interaction before it is let go.
        seen.note(
            SeenLeg(leg=stray, origin=Origin.MADE, interaction=None, progress=Progress.UP, phone=there[stray].endpoint, is_stray=True)
        )
    _compare_rooms(seen, bridges_there, known, difference, app)
    return difference


Placed = Mapping[LegId, tuple[InteractionId, Place]]


def _take_note_of_missing(seen: Seen, there: Collection[LegId], placed: Placed, difference: Difference) -> None:
    """A leg that was there is gone. A telephone that should ring, and of which nobody knows whether it ever did, is rung."""
    for leg in (*seen.legs, *(leg for leg in placed if leg not in seen.legs)):
        if leg in there:
            continue
        was_made = leg in seen.legs and seen.legs[leg].progress is not Progress.ASKED_FOR
        if leg in placed and placed[leg][1].endpoint is not None and not was_made:
            seen.unmake(leg)
        else:
            known = seen.forget(leg)
            difference.gone[leg] = known.origin if known is not None else placed[leg][1].origin
            was_up = known.progress is Progress.UP if known is not None else placed[leg][1].endpoint is None
            if was_up:
                difference.hung_up.add(leg)


def _adopt(seen: Seen, channel: Channel, interaction: InteractionId, place: Place) -> None:
    """Take up a leg that an earlier process of ours made or was given.

    What Asterisk does not tell (muted, music) is noted as unknown, so that it is asked for once more, whatever is wanted by then.
    """
    seen.note(
        SeenLeg(
            leg=channel.id,
            origin=place.origin,
            interaction=interaction,
            progress=Progress.ASKED_FOR,
            phone=channel.endpoint if place.origin is Origin.MADE else "",
            muted=None,
            music=UNKNOWN_MUSIC,
        )
    )


def _compare_leg(remembered: SeenLeg | None, channel: Channel, difference: Difference) -> None:
    if remembered is not None and remembered.is_stray and remembered.interaction is None:
        difference.strays.append(channel.id)
    elif remembered is not None:
        if channel.is_up and remembered.progress is not Progress.UP:
            difference.answered.append(channel.id)
        elif remembered.progress is Progress.ASKED_FOR:
            # A telephone that was dialled before a restart says within milliseconds that it rings. One that has said nothing is rung,
            # at the risk that it was dialled and does not answer at all: then Asterisk ends that leg, and it could not be reached.
            remembered.progress = Progress.DOWN if channel.state == "Down" else Progress.DIALLED
    elif made_for(channel.id) is not None:
        difference.strays.append(channel.id)
    else:
        dialled = _dialled(channel)
        if dialled is not None:
            difference.customers.append((channel, dialled))


def _dialled(channel: Channel) -> str | None:
    """Read the number that a caller dialled from the words that our dialplan gave Stasis; None: no caller."""
    words = channel.dialplan.app_data.split(",")
    return words[2] if len(words) >= 3 and words[1] == CUSTOMER else None


def _compare_rooms(seen: Seen, bridges_there: Iterable[Bridge], known: Collection[InteractionId], difference: Difference, app: str) -> None:
    """Take up the rooms of our interactions, and find those that an earlier one left. Other applications have rooms of such ids, too.

    Earlier versions gave a room its id for a name: one of a live interaction is taken up, any other may be somebody else's and stays.
    """
    stands: dict[LegId, Room] = {}
    rooms: dict[InteractionId, set[Room]] = {}
    for bridge in bridges_there:
        named = room_named(bridge.id)
        if named is None:
            continue
        interaction, room = named
        is_ours = bridge.name == bridge_name(app)
        if interaction not in known:
            if is_ours:
                difference.empty_bridges.append(bridge.id)
            continue
        if not is_ours and bridge.name != bridge.id:
            continue
        rooms.setdefault(interaction, set()).add(room)
        stands.update(dict.fromkeys(bridge.channels, room))
    seen.rooms = rooms
    for leg in seen.legs.values():
        leg.room = stands.get(leg.leg)
        leg.bound_for -= {Room.TALK}  # where everybody stands is known now
    _doubt_ringing(seen)


def _doubt_ringing(seen: Seen) -> None:
    """Whoever stands alone in a talk room may hear the ringing of a telephone that an earlier process rang there: it is ended once."""
    for interaction in {leg.interaction for leg in seen.legs.values() if leg.music == UNKNOWN_MUSIC and leg.interaction is not None}:
        talkers = [leg for leg in seen.legs_of(interaction) if leg.room is Room.TALK]
        if len(talkers) == 1:
            talkers[0].hears_ringing = True

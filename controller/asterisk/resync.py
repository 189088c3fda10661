"""After a lost connection: what Asterisk has, against what we remember. The differences become facts; recovery has no other path."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from controller.asterisk import bridges, channels
from controller.asterisk.resources import Bridge, Channel
from controller.asterisk.seen import Progress, Seen, SeenLeg, Sign, bridge_name, first_of, made_for, room_named
from controller.asterisk.transport import Transport
from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

RESYNC_LANE = 0
CUSTOMER = "customer"
"""The first word that our dialplan gives Stasis with a caller: `Stasis(controller,customer,${EXTEN})`."""
AGENT = "agent"
"""The same of a call that one of our telephones has dialled: `Stasis(controller,agent,${EXTEN},${CHANNEL(endpoint)})`."""
TEST_CALL = "ari-controller-check-"
"""The beginning of the ids of a test call's channels (`trial_call.py`), and of the name of whoever calls by one."""

UNKNOWN_MUSIC = ""


_COUNTED = ("gone", "hung_up", "answered", "customers", "strays", "strangers", "empty_bridges")


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
    """Whoever else is in our application: legs of an interaction that is over, what agents dialled, halves of transfers, intruders."""
    strangers: list[tuple[Channel, str]] = field(default_factory=list)
    """Who stands in one of our rooms, and which: another application has brought them there, or the dialplan."""
    empty_bridges: list[str] = field(default_factory=list)
    """Rooms of no interaction."""

    def counts(self) -> dict[str, int]:
        """How many of each, for the log."""
        return {name: len(getattr(self, name)) for name in _COUNTED}


async def look(ari: Transport) -> tuple[list[Channel], list[Bridge]]:
    """Ask Asterisk for all that it has. Raises `AriError`."""
    return await channels.every(ari, RESYNC_LANE), await bridges.every(ari, RESYNC_LANE)


def compare(
    seen: Seen,
    channels_there: Iterable[Channel],
    bridges_there: Iterable[Bridge],
    *,
    app: str,
    layouts: Collection[Layout],
    trunks: Collection[str] = (),
) -> Difference:
    """Bring `seen` up to date with what is there, and say what is different otherwise. `layouts`: what is ours to keep."""
    difference = Difference()
    everybody = {channel.id: channel for channel in channels_there}
    there = {leg: channel for leg, channel in everybody.items() if channel.application == app}
    placed = {place.leg: (layout.interaction, place) for layout in layouts for place in layout.places}
    beside = {leg: placed[first_of(leg)] for leg in there if leg not in placed and _is_rung(placed.get(first_of(leg)))}
    known = {layout.interaction for layout in layouts}
    _take_note_of_missing(seen, there, placed, difference)
    for leg, channel in there.items():
        if leg not in seen.legs and leg in placed:
            _adopt(seen, channel, *placed[leg], trunks)
        elif leg not in seen.legs and leg in beside:
            _adopt(seen, channel, *beside[leg], trunks)
            if first_of(leg) not in there:
                seen.note_ended(first_of(leg), beside[leg][0])  # it was rung, and is not rung again while another telephone rings
        elif leg not in seen.legs and (whose := made_for(leg)) in known:
            # It was let go before it could be hung up. Taken up, so that nobody is brought to where it still stands.
            phone, trunk = rung_by(channel, trunks)
            # Its name may be wanted anew, because a full disk has forgotten it: a call by a trunk counts as dialled here as well.
            progress = Progress.DIALLED if trunk else Progress.ASKED_FOR
            seen.note(SeenLeg(leg=leg, origin=Origin.MADE, interaction=whose, progress=progress, phone=phone, trunk=trunk, is_stray=True))
        _compare_leg(seen.legs.get(leg), channel, difference)
    for leg in difference.strays:
        # Noted, so that its telephone is not rung by another interaction before it is let go.
        phone, trunk = rung_by(there[leg], trunks)
        # Of whoever came by themselves Asterisk tells no more than that they have left us.
        origin = Origin.MADE if made_for(leg) is not None else Origin.DIALLED
        seen.note(SeenLeg(leg=leg, origin=origin, interaction=None, progress=Progress.UP, phone=phone, trunk=trunk, is_stray=True))
    _compare_rooms(seen, bridges_there, everybody, known, difference, app)
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


def is_customers(words: Sequence[str]) -> bool:
    """Whether our dialplan says with these words that a customer calls: also one whom it reaches by a Local channel, as many a PBX does."""
    return len(words) >= 2 and words[0] == CUSTOMER


def is_test_call(channel: Channel) -> bool:
    """Whether this is no customer but `ari-controller check --call`. Ids are chosen by clients of ARI, and by nobody who calls.

    The name tells of a call that the dialplan has passed on by another pair of Local channels.
    """
    return channel.id.startswith(TEST_CALL) or (channel.name.startswith("Local/") and channel.caller.name.startswith(TEST_CALL))


def is_there_for(leg: LegId, place: Place) -> bool:
    """Whether this is the leg of this place, or rings beside it."""
    return place.leg == leg or (place.leg == first_of(leg) and place.endpoint is not None)


def _is_rung(placed: tuple[InteractionId, Place] | None) -> bool:
    return placed is not None and placed[1].endpoint is not None


def rung_by(channel: Channel, trunks: Collection[str]) -> tuple[str, str]:
    """Read of a channel that we made by which telephone of ours, or else by which trunk; the other of the two is empty.

    A telephone has one call at a time, a trunk as many as it likes: so they must not be taken for one another.
    """
    return ("", channel.endpoint) if channel.endpoint in trunks else (channel.endpoint, "")


def speaks_sip(channel: Channel) -> bool:
    """Whether a channel leads to a SIP telephone, and not to another dialplan or a line of another kind."""
    return channel.name.startswith("PJSIP/")


def _adopt(seen: Seen, channel: Channel, interaction: InteractionId, place: Place, trunks: Collection[str]) -> None:
    """Take up a leg that an earlier process of ours made or was given.

    What Asterisk does not tell (muted, music) is noted as unknown, so that it is asked for once more, whatever is wanted by then. Whoever
    stands in the hold room hears what they were to hear when we were last there. A call by a trunk counts as dialled, whatever Asterisk
    shows: it is `Down` until somebody answers, and a second dial would end it, or Asterisk; if nothing is heard of it, it ends as silent.
    """
    phone, trunk = rung_by(channel, trunks) if place.origin is not Origin.CAME else ("", "")
    seen.note(
        SeenLeg(
            leg=channel.id,
            origin=place.origin,
            interaction=interaction,
            progress=Progress.DIALLED if trunk else Progress.ASKED_FOR,
            phone=phone,
            trunk=trunk,
            contacts=(),
            has_transfer_key=speaks_sip(channel),
            muted=None,
            music=UNKNOWN_MUSIC,
            hears=place.music,
            is_in_by_itself=place.took_place,
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
        if channel.is_ringing and remembered.sign is Sign.NONE:
            remembered.sign = Sign.RINGING
    else:
        _, *words = channel.dialplan.app_data.split(",")
        if is_customers(words) and not is_test_call(channel):
            difference.customers.append((channel, words[1]))
        else:
            # What an agent dialled while nobody listened is not done late: they have heard nothing and know how to dial anew. Half of a
            # transfer that Asterisk carried out, and whoever has taken another's place, may stand in the middle of a call.
            difference.strays.append(channel.id)


def _compare_rooms(
    seen: Seen,
    bridges_there: Iterable[Bridge],
    everybody: Mapping[LegId, Channel],
    known: Collection[InteractionId],
    difference: Difference,
    app: str,
) -> None:
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
        strangers = sorted(leg for leg in bridge.channels if leg not in seen.legs and leg in everybody)
        difference.strangers += [(everybody[leg], bridge.id) for leg in strangers]
    seen.rooms = rooms
    for leg in seen.legs.values():
        leg.room = stands.get(leg.leg)
        leg.bound_for -= {Room.TALK}  # where everybody stands is known now
        if leg.is_in_by_itself:
            # Nobody has brought it where it stands: it goes out and in.
            leg.room, leg.bound_for = None, frozenset() if leg.room is None else frozenset({leg.room})
    _doubt_ringing(seen)


def _doubt_ringing(seen: Seen) -> None:
    """Whoever stands alone in a talk room may hear the ringing of a telephone that an earlier process rang there: it is ended once."""
    for interaction in {leg.interaction for leg in seen.legs.values() if leg.music == UNKNOWN_MUSIC and leg.interaction is not None}:
        talkers = [leg for leg in seen.legs_of(interaction) if leg.room is Room.TALK]
        if len(talkers) == 1:
            talkers[0].hears_ringing = True

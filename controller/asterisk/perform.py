"""Each planned request as ARI knows it, and what is certain as soon as Asterisk has answered."""

from contextlib import suppress
from math import ceil

from controller.asterisk import bridges, channels
from controller.asterisk.dial_string import dial_string
from controller.asterisk.errors import (
    AlreadyThere,
    AriError,
    Booting,
    CantRing,
    Foreign,
    Gone,
    NoAnswer,
    NotAllowed,
    RequestFailed,
    SwitchAway,
    Unreachable,
)
from controller.asterisk.plan import (
    Answer,
    ChooseMusic,
    CloseRoom,
    Dial,
    HangUp,
    Make,
    Move,
    Mute,
    OpenRoom,
    Request,
    ShowParty,
    StartRinging,
    StopRinging,
    Unmute,
)
from controller.asterisk.seen import Progress, Seen, SeenLeg, bridge_id, bridge_name
from controller.asterisk.transport import Transport
from controller.directory.ids import LegId
from controller.interaction.layout import Display, Layout, Room
from controller.interaction.leg import Endpoint, Origin

HIDDEN_NUMBER = "anonymous"

_KIND = {Room.TALK: bridges.TALK, Room.HOLD: bridges.HOLD}
_ROLE = {Room.TALK: "", Room.HOLD: bridges.HEARS_MUSIC}


async def perform(request: Request, ari: Transport, lane: int, app: str, layout: Layout, seen: Seen) -> None:
    """Ask Asterisk for this. Raises `AriError`; what is not proved by the answer is left to the events."""
    match request:
        case OpenRoom(room):
            await _open_room(room, ari, lane, app, layout, seen)
        case CloseRoom(room):
            await _close_room(room, ari, lane, layout, seen)
        case Make():
            await _make(request, ari, lane, app, layout, seen)
        case Dial(leg):
            _let_the_room_hear_it(leg, seen)
            await _dial(leg, ari, lane, layout, seen)
        case Answer(leg):
            await channels.answer(ari, lane, leg)
            _advance(seen, leg, Progress.DIALLED, Progress.UP)
        case ChooseMusic(leg, music):
            await channels.set_variable(ari, lane, leg, "CHANNEL(musicclass)", music)
            if leg in seen.legs:
                seen.legs[leg].music = music
        case Move(leg, room):
            await _move(leg, room, ari, lane, layout, seen)
        case Mute(leg) | Unmute(leg):
            await _mute(request, leg, ari, lane, seen)
        case StartRinging(leg) | StopRinging(leg):
            await _ring_in_ear(request, leg, ari, lane, seen)
        case ShowParty(leg, shows):
            await _show(leg, shows, ari, lane, seen)
        case HangUp(leg):
            await channels.hang_up(ari, lane, leg, reason="normal")
        case _:
            raise AssertionError(f"{request} has no request in ARI")


async def _close_room(room: Room, ari: Transport, lane: int, layout: Layout, seen: Seen) -> None:
    seen.closing.add((layout.interaction, room))
    try:
        await bridges.delete(ari, lane, bridge_id(layout.interaction, room))
    except RequestFailed as failed:
        seen.closing.discard((layout.interaction, room))
        if not isinstance(failed, Gone):
            raise
    seen.rooms_of(layout.interaction).discard(room)


async def _open_room(room: Room, ari: Transport, lane: int, app: str, layout: Layout, seen: Seen) -> None:
    """Where nobody knows whether it was made, it counts as made: at worst a move is refused; the contrary leaves it behind for ever.

    Raises `Foreign` where another application of this Asterisk has a room of that name.
    """
    bridge = bridge_id(layout.interaction, room)
    try:
        await bridges.create(ari, lane, bridge, kind=_KIND[room], name=bridge_name(app))
    except AlreadyThere as taken:
        found = await bridges.get(ari, lane, bridge)
        if found.name not in (bridge_name(app), bridge):
            raise Foreign(taken.request, taken.status, f"{found.name!r} of another application has this id") from None
        # Otherwise made before an answer was lost: it is the room that we want.
    except NoAnswer:
        seen.rooms_of(layout.interaction).add(room)
        raise
    except SwitchAway as away:
        if away.sent:
            seen.rooms_of(layout.interaction).add(room)
        raise
    seen.rooms_of(layout.interaction).add(room)


async def _move(leg: LegId, room: Room, ari: Transport, lane: int, layout: Layout, seen: Seen) -> None:
    """From the moment we send a leg to the talk room it may be heard there, until a later request of the same lane has taken it away."""
    known, bridge = seen.legs.get(leg), bridge_id(layout.interaction, room)
    was_bound_for: frozenset[Room] = frozenset()
    if known is not None:
        was_bound_for, known.bound_for = known.bound_for, known.bound_for | {room}
        if room is Room.HOLD and (known.room is Room.HOLD or Room.HOLD in was_bound_for):
            # Asterisk ends the music of whoever is brought into the hold room in which they stand: they leave it first.
            with suppress(Gone):
                await bridges.remove_channel(ari, lane, bridge, leg)
    try:
        await bridges.add_channel(ari, lane, bridge, leg, role=_ROLE[room])
    except RequestFailed:
        if known is not None:
            known.bound_for = was_bound_for  # Asterisk has not done it
        raise
    if known is not None:
        known.bound_for &= {room}


async def _mute(request: Request, leg: LegId, ari: Transport, lane: int, seen: Seen) -> None:
    muted = isinstance(request, Mute)
    known, before = seen.legs.get(leg), None
    if known is not None:
        before, known.muted = known.muted, None
    try:
        await (channels.mute if muted else channels.unmute)(ari, lane, leg)
    except RequestFailed:
        if known is not None:
            known.muted = before  # Asterisk has not done it
        raise
    if known is not None:
        known.muted = muted


async def _make(request: Make, ari: Transport, lane: int, app: str, layout: Layout, seen: Seen) -> None:
    """Know the leg before it is made, so that its first event finds it."""
    if request.leg not in seen.legs:
        seen.note(
            SeenLeg(
                leg=request.leg,
                origin=Origin.MADE,
                interaction=layout.interaction,
                progress=Progress.ASKED_FOR,
                phone="" if request.endpoint.trunk else request.endpoint.address,
                music=layout.music,
            )
        )
    seen.legs[request.leg].shows = Display(name=layout.caller_name, number=layout.caller_number)
    # `i`: set and not sent. Without it Asterisk would say the same again as soon as somebody answers, in a message for each.
    variables = {
        "CONNECTEDLINE(num,i)": layout.caller_number,
        "CONNECTEDLINE(name,i)": layout.caller_name,
        "CHANNEL(musicclass)": layout.music,
    }
    if request.told_to_answer:
        variables["PJSIP_HEADER(add,Call-Info)"] = "<sip:127.0.0.1>;answer-after=0"
    endpoint = dial_string(request.endpoint)
    if endpoint is None:
        raise CantRing(f"create {request.leg}", 0, f"{request.endpoint} is nothing that may be dialled")
    try:
        try:
            await channels.create(ari, lane, request.leg, endpoint=endpoint, app=app, variables=variables)
        except AlreadyThere as taken:
            await _believe(taken, request.leg, ari, lane, seen)
    except Unreachable as failed:
        raise await _why_unreachable(failed, request.endpoint, ari, lane) from None


async def _show(leg: LegId, shows: Display, ari: Transport, lane: int, seen: Seen) -> None:
    """Set the name without sending it (`i`), and then the number, which sends both in one message.

    A number must be there: without one Asterisk sends nothing, and the display would go on naming whoever was there before.
    """
    await channels.set_variable(ari, lane, leg, "CONNECTEDLINE(name,i)", shows.name)
    await channels.set_variable(ari, lane, leg, "CONNECTEDLINE(num)", shows.number or HIDDEN_NUMBER)
    if leg in seen.legs:
        seen.legs[leg].shows = shows


async def _why_unreachable(failed: Unreachable, endpoint: Endpoint, ari: Transport, lane: int) -> AriError:
    """Asterisk says the same of a telephone that is not registered and of one for which it has no RTP port left: ask which."""
    with suppress(Gone):  # there is no such telephone
        if (await channels.endpoint(ari, lane, endpoint.trunk or endpoint.address)).is_online:
            return CantRing(failed.request, failed.status, failed.message)
    return failed


async def _ring_in_ear(request: Request, leg: LegId, ari: Transport, lane: int, seen: Seen) -> None:
    begins = isinstance(request, StartRinging)
    with suppress(Gone):  # who is gone hears nothing
        await (channels.ring if begins else channels.stop_ringing)(ari, lane, leg)
    if leg in seen.legs:
        seen.legs[leg].hears_ringing = begins


def _let_the_room_hear_it(rung: LegId, seen: Seen) -> None:
    known = seen.legs.get(rung)
    if known is not None and known.interaction is not None and known.room is Room.TALK:
        for leg in seen.legs_of(known.interaction):
            leg.hears_ringing = leg.room is Room.TALK and leg.progress is Progress.UP


async def _dial(leg: LegId, ari: Transport, lane: int, layout: Layout, seen: Seen) -> None:
    """Ring once and never again: Asterisk executes a second `dial` of the same channel, and loses the call or itself over it.

    So a leg counts as dialled as soon as it may have been. Where nobody knows, or Asterisk refused, the leg is ended: see `failures`.
    """
    _advance(seen, leg, Progress.DOWN, Progress.DIALLED)
    try:
        await channels.dial(ari, lane, leg, seconds=ceil(layout.ring_seconds_max))
    except AlreadyThere:
        pass  # dialled before an answer was lost
    except (Booting, NotAllowed):
        _advance(seen, leg, Progress.DIALLED, Progress.DOWN)
        raise
    except SwitchAway as away:
        if not away.sent:
            _advance(seen, leg, Progress.DIALLED, Progress.DOWN)
        raise


async def _believe(taken: AlreadyThere, leg: LegId, ari: Transport, lane: int, seen: Seen) -> None:
    """Look whether a leg whose id is said to be taken is there: Asterisk says so of a telephone that can't be rung, too."""
    try:
        found = await channels.get(ari, lane, leg)
    except Gone:
        raise Unreachable(taken.request, taken.status, taken.message) from None
    if found.application is not None:
        _advance(seen, leg, Progress.ASKED_FOR, Progress.DOWN if found.state == "Down" else Progress.DIALLED)


def _advance(seen: Seen, leg: LegId, before: Progress, after: Progress) -> None:
    """Note how far a leg is, unless an event has told more already."""
    known = seen.legs.get(leg)
    if known is not None and known.progress is before:
        known.progress = after

"""Each planned request as ARI knows it, and what is certain as soon as Asterisk has answered."""

from contextlib import suppress
from math import ceil

from controller.asterisk import bridges, channels
from controller.asterisk.dial_string import Dialable, dial_string
from controller.asterisk.errors import (
    AlreadyThere,
    AriError,
    Booting,
    CantRing,
    Foreign,
    Gone,
    NoAnswer,
    NotAllowed,
    NotUnderstood,
    RequestFailed,
    SwitchAway,
    Unreachable,
)
from controller.asterisk.plan import (
    Answer,
    ChooseMusic,
    CloseRoom,
    Dial,
    FindContacts,
    HangUp,
    Make,
    Move,
    Mute,
    OpenRoom,
    Request,
    ShowParty,
    StartRinging,
    StopRinging,
    TakeTransfers,
    Unmute,
)
from controller.asterisk.seen import Progress, Seen, SeenLeg, bridge_id, bridge_name, first_of
from controller.asterisk.transport import Transport
from controller.directory.ids import LegId
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

TRANSFERS_CONTEXT = "ari-controller-transfers"
"""The dialplan context to which Asterisk sends what a telephone's transfer key names: it gives that to us."""
TRANSFER_HANDLING = "PJSIP_TRANSFER_HANDLING()"
"""The function by which a leg says who carries out what its transfer key asks for: `core`, or `ari-only`."""
CONTACTS_MAX = 9
"""How many telephones of one agent ring at most beside the first: more have registered by mistake, or to take all RTP ports."""
HIDDEN_NUMBER = "anonymous"

_KIND = {Room.TALK: bridges.TALK, Room.HOLD: bridges.HOLD}
_ROLE = {Room.TALK: "", Room.HOLD: bridges.HEARS_MUSIC}


async def perform(request: Request, ari: Transport, lane: int, app: str, layout: Layout, seen: Seen, may: Dialable) -> None:
    """Ask Asterisk for this. Raises `AriError`; what is not proved by the answer is left to the events."""
    match request:
        case OpenRoom(room):
            await _open_room(room, ari, lane, app, layout, seen)
        case CloseRoom(room):
            await _close_room(room, ari, lane, layout, seen)
        case Make():
            await _make(request, ari, lane, app, layout, seen, may)
        case FindContacts(leg):
            await _find_contacts(leg, ari, lane, seen)
        case Dial(leg):
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
        case TakeTransfers(leg):
            await channels.set_variable(ari, lane, leg, TRANSFER_HANDLING, "ari-only")
            if leg in seen.legs:
                seen.legs[leg].transfers_are_ours = True
        case HangUp(leg):
            # So that a telephone that rang notes no missed call, where another one of the same agent was picked up (RFC 3326).
            is_taken = any(other.progress is Progress.UP for other in seen.rung_with(leg))
            await channels.hang_up(ari, lane, leg, reason="answered_elsewhere" if is_taken else "normal")
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
    if known is not None and known.is_in_by_itself and _gives_codes(leg, layout):
        # No dialplan has done so, as it does for what a telephone of ours dials.
        await channels.set_variable(ari, lane, leg, "TRANSFER_CONTEXT", TRANSFERS_CONTEXT)
    if known is not None:
        was_bound_for, known.bound_for = known.bound_for, known.bound_for | {room}
        if known.is_in_by_itself or (room is Room.HOLD and (known.room is Room.HOLD or Room.HOLD in was_bound_for)):
            # Asterisk ends the music of whoever is brought into the hold room in which they stand: they leave it first.
            with suppress(Gone):
                await bridges.remove_channel(ari, lane, bridge, leg)
            # Before it is brought in: that it has entered may be told sooner than this is answered.
            known.is_in_by_itself = False
    try:
        await bridges.add_channel(ari, lane, bridge, leg, role=_ROLE[room], absorbs_keys=room is Room.TALK and _gives_codes(leg, layout))
    except RequestFailed:
        if known is not None:
            known.bound_for = was_bound_for  # Asterisk has not done it
        raise
    if known is not None:
        known.bound_for &= {room}


def _gives_codes(leg: LegId, layout: Layout) -> bool:
    return any(place.gives_codes for place in layout.places if place.leg == leg)


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


async def _make(request: Make, ari: Transport, lane: int, app: str, layout: Layout, seen: Seen, may: Dialable) -> None:
    """Know the leg before it is made, so that its first event finds it."""
    place = next(place for place in layout.places if place.leg == first_of(request.leg))
    trunk, caller = request.endpoint.trunk, _named_in_invite(request.endpoint, place)
    if request.leg not in seen.legs:
        seen.note(
            SeenLeg(
                leg=request.leg,
                origin=Origin.MADE,
                interaction=layout.interaction,
                progress=Progress.ASKED_FOR,
                phone="" if trunk else request.endpoint.address,
                trunk=trunk,
                contact=request.contact,
            )
        )
    seen.legs[request.leg].shows = caller
    # `i`: set and not sent. Without it Asterisk would say the same again as soon as somebody answers, in a message for each.
    variables = {"CONNECTEDLINE(num,i)": caller.number, "CONNECTEDLINE(name,i)": caller.name}
    if trunk and not caller.number:
        variables = {}  # the trunk decides, by `from_user` in pjsip.conf
    if not trunk:
        variables["TRANSFER_CONTEXT"] = TRANSFERS_CONTEXT
    if seen.asks_us_for_transfers:
        variables[TRANSFER_HANDLING] = "ari-only"
        seen.legs[request.leg].transfers_are_ours = True
    if place.music:
        variables["CHANNEL(musicclass)"] = seen.legs[request.leg].music = place.music
    if request.told_to_answer and not trunk:
        variables["PJSIP_HEADER(add,Call-Info)"] = "<sip:127.0.0.1>;answer-after=0"
    codec = "" if trunk else await _codec_beside(request.leg, ari, lane, layout, seen)
    endpoint = dial_string(request.endpoint, may, contact=request.contact)
    if endpoint is None:
        raise CantRing(f"create {request.leg}", 0, f"{request.endpoint} is nothing that may be dialled")
    try:
        try:
            await channels.create(ari, lane, request.leg, endpoint=endpoint, app=app, variables=variables, codec=codec)
        except AlreadyThere as taken:
            await _believe(taken, request.leg, ari, lane, seen)
    except Unreachable as failed:
        raise await _why_unreachable(failed, request.endpoint, ari, lane) from None


async def _codec_beside(leg: LegId, ari: Transport, lane: int, layout: Layout, seen: Seen) -> str:
    """Find out in which codec whoever is to be talked with speaks, so that Asterisk need not convert every packet; empty: nobody knows.

    That is whoever waits in the talk room, or else the customer. Nobody is rung later, or not at all, because it can't be told.
    """
    up = [other for other in seen.legs_of(layout.interaction) if other.progress is Progress.UP and other.leg != leg]
    other = min(up, key=lambda one: (one.room is not Room.TALK, one.origin is not Origin.CAME), default=None)
    if other is None or not seen.has_codecs:
        return ""
    if other.codec is None:
        said = ""
        with suppress(RequestFailed, NotUnderstood, NoAnswer):
            said = await channels.codec_of(ari, lane, other.leg)
        other.codec = said
    return other.codec


async def _find_contacts(leg: LegId, ari: Transport, lane: int, seen: Seen) -> None:
    """Note the telephones of this endpoint beside the one that the leg leads to. Where anything fails, it rings alone."""
    known = seen.legs.get(leg)
    if known is None:
        return
    try:
        found = await channels.contacts(ari, lane, leg, known.phone)
        mine = await channels.contact_of(ari, lane, leg) if len(found) > 1 else ""
    except AriError as failed:
        # Of an outage nothing is known yet, and the telephone can't be rung either.
        if not isinstance(failed, Booting | NotAllowed) and not (isinstance(failed, SwitchAway) and not failed.sent):
            known.contacts = ()
        raise
    known.contacts = tuple(one for one in found if one != mine)[:CONTACTS_MAX] if mine in found else ()


def _named_in_invite(endpoint: Endpoint, place: Place) -> Display:
    """Whom a telephone of ours shows; through a trunk the caller id and nothing else: a customer's name and number are nobody's there."""
    return Display(name="", number=endpoint.caller_id) if endpoint.trunk else place.caller


async def _show(leg: LegId, shows: Display, ari: Transport, lane: int, seen: Seen) -> None:
    """Set the name without sending it (`i`), and then the number, which sends both in one message.

    A number must be there: without one Asterisk sends nothing, and the display would go on naming whoever was there before.
    """
    await channels.set_variable(ari, lane, leg, "CONNECTEDLINE(name,i)", shows.name)
    await channels.set_variable(ari, lane, leg, "CONNECTEDLINE(num)", shows.number or HIDDEN_NUMBER)
    if leg in seen.legs:
        seen.legs[leg].shows = shows


async def _why_unreachable(failed: Unreachable, endpoint: Endpoint, ari: Transport, lane: int) -> AriError:
    """Asterisk says the same of a telephone or trunk that is not there and of one for which it has no RTP port left: ask which."""
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


async def _dial(leg: LegId, ari: Transport, lane: int, layout: Layout, seen: Seen) -> None:
    """Ring once and never again: Asterisk executes a second `dial` of the same channel, and loses the call or itself over it.

    So a leg counts as dialled as soon as it may have been. Where nobody knows, or Asterisk refused, the leg is ended: see `failures`.
    """
    _advance(seen, leg, Progress.DOWN, Progress.DIALLED)
    try:
        by_itself = next((place.ring_seconds_max for place in layout.places if place.leg == first_of(leg)), None)
        await channels.dial(ari, lane, leg, seconds=ceil(by_itself or layout.ring_seconds_max))
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

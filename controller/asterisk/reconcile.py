"""Makes Asterisk match the layout of one interaction: plan, ask, wait for the event that proves it, look again.

A reply is no proof (an `addChannel` that failed is answered with 204), so a request stays open until what it is for has been seen.
What is not seen in time is asked of Asterisk. What follows a failure is said by `failures`, how often and when is asked again by `retry`;
here is only how it is carried out.
"""

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol

import structlog

from controller.asterisk import bridges, channels
from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import AriError, Gone, SwitchAway
from controller.asterisk.failures import LAST_RESORT, Asked, Course, Means, course, failure_of
from controller.asterisk.perform import perform
from controller.asterisk.plan import (
    Answer,
    ChooseMusic,
    CloseRoom,
    Dial,
    FindContacts,
    HangUp,
    LegRequest,
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
    plan,
)
from controller.asterisk.retry import AWAY_SECONDS, EVENT_SECONDS, TRIES_MAX, Retry
from controller.asterisk.seen import Progress, Seen, SeenLeg, Sign, bridge_id, sign_in
from controller.asterisk.transport import Transport, lane_of
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

FIRST_MUSIC_SECONDS = 0.045
"""Until the first packet of music reaches a telephone after it came into a hold room: two frames of 20 ms, and the way there."""

RUNG_SECONDS_MAX = 1.0
"""How soon after it is wanted a telephone is rung; normally within some milliseconds. Later, people are told that it does not ring yet."""
TRUNK_SILENT_SECONDS = 5.0
"""How long a trunk may answer a call with nothing at all; Asterisk itself would wait for 16 to 32 s."""
LET_GO_AGAIN_SECONDS = 0.02
"""How soon to look again whether a telephone has been let go by another interaction."""

log = structlog.get_logger("asterisk")


class Reports(Protocol):
    """Who is told what became of a leg, for the floor."""

    def leg_ended(self, leg: LegId, cause: EndCause) -> None:
        """A leg is not there any more."""

    def leg_given_up(self, leg: LegId, cause: EndCause) -> None:
        """A leg of ours can't be rung, or can't be brought where it belongs: it ends for the floor, and no layout can want it any more."""

    def caller_given_up(self, leg: LegId) -> None:
        """A caller stands in no room and can't be brought into one: they have ended for the floor, and the dialplan is to serve them."""

    def leg_stuck(self, leg: LegId, room: Room) -> None:
        """A leg can't be brought into this room, or rung, for now. It is safe where it is, and goes on being asked for."""

    def leg_unstuck(self, leg: LegId) -> None:
        """A leg that was stuck is where it belongs, and its telephone rings if it is to."""


def asked_by(request: Request) -> Asked:
    """Name the kind of a planned request, as `failures` has it."""
    match request:
        case OpenRoom(Room.HOLD):
            return Asked.OPEN_HOLD_ROOM
        case OpenRoom():
            return Asked.OPEN_TALK_ROOM
        case Move(room=Room.HOLD):
            return Asked.MOVE_TO_HOLD
        case Move():
            return Asked.MOVE_TO_TALK
        case _:
            return _KINDS[type(request)]


def _said(request: Request) -> dict[str, str]:
    """What a log line says of a request."""
    asked = {"request": asked_by(request).value}
    return asked | {"leg": request.leg} if isinstance(request, LegRequest) else asked


_KINDS: dict[type[Request], Asked] = {
    CloseRoom: Asked.CLOSE_ROOM,
    Make: Asked.MAKE,
    FindContacts: Asked.FIND_CONTACTS,
    Dial: Asked.DIAL,
    Answer: Asked.ANSWER,
    ChooseMusic: Asked.CHOOSE_MUSIC,
    ShowParty: Asked.SHOW_PARTY,
    Mute: Asked.MUTE,
    Unmute: Asked.UNMUTE,
    StartRinging: Asked.RINGING,
    StopRinging: Asked.RINGING,
    TakeTransfers: Asked.TAKE_TRANSFERS,
    HangUp: Asked.HANG_UP,
}


class Reconciler:
    """Keeps one interaction's channels and bridges as its layout wants them. `run` ends when nothing is left of it."""

    __slots__ = (
        "_app",
        "_changed",
        "_clock",
        "_dialable",
        "_is_there",
        "_open",
        "_reports",
        "_seen",
        "_silent_and_gone",
        "_silent_since",
        "_stopped",
        "_stuck",
        "_transport",
        "_unrung",
        "interaction",
        "layout",
    )

    def __init__(
        self,
        layout: Layout,
        *,
        seen: Seen,
        transport: Transport,
        app: str,
        is_there: Callable[[], bool],
        reports: Reports,
        dialable: Callable[[], Dialable] = Dialable,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.interaction: InteractionId = layout.interaction
        self.layout = layout
        self._seen = seen
        self._transport = transport
        self._app = app
        self._is_there = is_there
        self._dialable = dialable
        self._reports = reports
        self._clock = clock
        self._open: dict[Request, Retry] = {}
        """What was asked for and is not proved yet."""
        self._stuck: dict[LegId, Room] = {}
        """Legs of which was told that they can't be brought into this room."""
        self._unrung: dict[LegId, float] = {}
        """Telephones that are to be rung and do not ring yet, since when."""
        self._silent_since: dict[LegId, float] = {}
        """Calls by a trunk that were begun, and of which nothing has been heard, since when."""
        self._silent_and_gone: set[LegId] = set()
        """Of those, which a look has not found, and no event has told why since."""
        self._changed = asyncio.Event()
        self._stopped = False

    def arrange(self, layout: Layout) -> None:
        """From now on this is where everybody belongs."""
        if layout != self.layout:
            self.layout = layout
            self._changed.set()

    def look(self) -> None:
        """Something of this interaction's has changed in Asterisk: look again."""
        self._changed.set()

    def tell_unrung(self, *, is_first: bool) -> None:
        """Asterisk is found (again): whose telephone does not ring yet is told now, so that nobody is charged for the time that passed.

        `is_first`: this process finds it for the first time, and can't know for how long a telephone that rings has done so: it is told
        that it rings.
        """
        for place in self._note_unrung():
            self._tell_stuck(place.leg, place.room)
        if is_first:
            for place in self.layout.places:
                if place.endpoint is not None and self._rings(place.leg):
                    self._reports.leg_unstuck(place.leg)

    def begin_anew(self) -> None:
        """The connection is back and `seen` has just been read from Asterisk: nothing that was open before counts any more."""
        self._open.clear()
        self._silent_since.clear()
        self._silent_and_gone.clear()
        self._changed.set()

    def stop(self) -> None:
        """Never act again, and leave everything as it is: another controller has taken over."""
        self._stopped = True
        self._changed.set()

    async def run(self) -> None:
        """Work until the layout wants nobody and nothing is left."""
        while not self._stopped:
            self._changed.clear()
            if self._is_there():
                await self._settle()
                await self._end_silent_trunks()
                if self._is_done():
                    return
            await self._wait()

    def _is_done(self) -> bool:
        nothing_left = not self._seen.legs_of(self.interaction) and not self._seen.rooms_of(self.interaction)
        return not self.layout.places and nothing_left

    async def _settle(self) -> None:
        """Ask for all that can be asked for now."""
        while requests := self._not_yet_asked():
            for request in requests:
                await self._ask(request)
                if self._stopped:
                    return  # with `_changed` left as it is, so that nobody waits for the next change
                if self._changed.is_set():
                    # Somebody moved, or the layout is another one: the rest of this list may be wrong by now.
                    self._changed.clear()
                    break

    def _not_yet_asked(self) -> list[Request]:
        now = self._clock()
        self._tell_unrung_for_long()
        self._note_silent_trunks()
        planned = plan(self.layout, self._seen)
        for request in [request for request in self._open if request not in planned]:
            del self._open[request]  # proved, or no longer wanted
        if self._stuck:
            self._note_unstuck()
        return [request for request in planned if request not in self._open or self._open[request].until <= now]

    def _note_unrung(self) -> list[Place]:
        """Whose telephones are to be rung and do not ring yet; notes since when."""
        ended = self._seen.ended_of(self.interaction)
        rung = [place for place in self.layout.places if place.endpoint is not None and place.leg not in ended]
        unrung = [place for place in rung if not self._rings(place.leg)]
        if unrung or self._unrung:
            now = self._clock()
            if any(place.leg not in self._unrung for place in unrung):
                self._remind_of_unrung()
            self._unrung = {place.leg: self._unrung.get(place.leg, now) for place in unrung}
        return unrung

    def _tell_unrung_for_long(self) -> None:
        if self._stopped or not self._is_there():
            return
        now = self._clock()
        for place in self._note_unrung():
            if now - self._unrung[place.leg] >= RUNG_SECONDS_MAX:
                self._tell_stuck(place.leg, place.room)

    def _remind_of_unrung(self) -> None:
        """Look again in time, whatever request may be waited for then."""
        asyncio.get_running_loop().call_later(RUNG_SECONDS_MAX * 1.01, self._tell_unrung_for_long)

    def _rings(self, leg: LegId) -> bool:
        known = self._seen.legs.get(leg)
        return known is not None and known.progress in (Progress.DIALLED, Progress.UP)

    def _tell_stuck(self, leg: LegId, room: Room) -> None:
        if self._stuck.get(leg) is not room:
            self._stuck[leg] = room
            self._reports.leg_stuck(leg, room)

    def _note_unstuck(self) -> None:
        """Whoever was stuck and stands where they belong, or belongs elsewhere by now, is stuck no more."""
        for leg, room in tuple(self._stuck.items()):
            known = self._seen.legs.get(leg)
            wanted = any(place.leg == leg and place.room is room for place in self.layout.places)
            is_well = known is not None and known.room is room and leg not in self._unrung
            if is_well or not wanted or (known is None and leg not in self._unrung):
                del self._stuck[leg]
                if known is not None:
                    self._reports.leg_unstuck(leg)

    async def _wait(self) -> None:
        """Until something changes, or an open request is not proved in time and `_settle` has to ask again."""
        until, alarm = self._looks_again_at(), None
        if until is not None:
            alarm = asyncio.get_running_loop().call_later(max(0.0, until - self._clock()), self._changed.set)
        try:
            await self._changed.wait()
        finally:
            if alarm is not None:
                alarm.cancel()

    def _looks_again_at(self) -> float | None:
        """When an open request must have been proved; None: only a change is worth waking up for."""
        if not self._is_there():
            return None  # what is open can't be asked again before Asterisk is back, and then all begins anew
        moments = [opened.until for opened in self._open.values()]
        moments += [since + RUNG_SECONDS_MAX for leg, since in self._unrung.items() if leg not in self._stuck]
        moments += [since + TRUNK_SILENT_SECONDS for since in self._silent_since.values()]
        return min(moments, default=None)

    # --- Asking ----------------------------------------------------------------------------------------------------

    async def _ask(self, request: Request) -> None:
        retry = self._open.setdefault(request, Retry())
        if isinstance(request, Dial) and (early := self._seconds_until_it_may_ring(request.leg)) > 0:
            retry.put_off(self._clock() + early)
            return
        if retry.is_unsure and not await self._is_to_be_asked_again(request, retry):
            return
        self._begin_anew_elsewhere(request, retry)
        retry.note_asked(self._clock())
        try:
            lane = lane_of(self.interaction)
            await perform(request, self._transport, lane, self._app, self.layout, self._seen, self._dialable())
            retry.note_answered(self._clock())
        except AriError as error:
            self._follow_failure(request, retry, error)

    def _begin_anew_elsewhere(self, request: Request, retry: Retry) -> None:
        """Whoever is given up for standing nowhere has stood nowhere in every try: what failed while they stood in a room counts no more.

        Whoever stands in the room already leaves it first (see `perform`), and so begins anew too.
        """
        if not isinstance(request, Move):
            return
        known = self._seen.legs.get(request.leg)
        stands = known.room if known is not None else None
        if stands is request.room or (retry.times_asked and stands is not retry.stood_in):
            retry.begin_anew()
        retry.stood_in = stands

    def _seconds_until_it_may_ring(self, leg: LegId) -> float:
        """Nobody is rung before whoever has just been parked hears music, nor before their telephone has been let go by another call."""
        if self._seen.is_let_go_elsewhere(leg):
            return LET_GO_AGAIN_SECONDS
        parked = [leg.entered_at for leg in self._seen.legs_of(self.interaction) if leg.room is Room.HOLD]
        return max(parked, default=0.0) + FIRST_MUSIC_SECONDS - self._clock()

    def _follow_failure(self, request: Request, retry: Retry, error: AriError) -> None:
        """Do what the table says."""
        asked, failure = asked_by(request), failure_of(error)
        match course(asked, failure):
            case Course.WAIT:
                retry.note_outage(self._clock(), sent=False)
            case Course.LOOK:
                if isinstance(error, SwitchAway):
                    retry.note_outage(self._clock(), sent=True)
                else:
                    retry.put_off(self._clock())  # whether the lane is there shows the look
                log.info("nobody knows whether it was done", interaction=self.interaction, **_said(request), because=str(error))
            case Course.EXPECT:
                # The event that says how a leg ended is on its way; only if it does not come do we look for ourselves.
                log.debug("gone", interaction=self.interaction, **_said(request), because=str(error))
                retry.note_answered(self._clock())
                known = self._seen.legs.get(request.leg) if isinstance(request, HangUp) else None
                if known is not None and known.progress is Progress.ASKED_FOR:
                    self._reports.leg_ended(known.leg, EndCause.FAILED)  # it was never made, so nothing will tell
                if isinstance(request, Move) and isinstance(error, Gone) and error.status == HTTPStatus.NOT_FOUND:
                    self._seen.rooms_of(self.interaction).discard(request.room)
            case Course.TRY:
                retry.note_failed(self._clock())
                if retry.tries <= TRIES_MAX:  # what is insisted on for long is not told each time
                    log.warning("request failed", interaction=self.interaction, **_said(request), because=str(error), tries=retry.tries)
                self._give_up_if_exhausted(request, retry)
            case Course.DONE:
                log.info("taken as done", interaction=self.interaction, **_said(request), because=str(error))
            case Course.UNREACHABLE:
                assert isinstance(request, Make), "only a telephone that we ring can be unreachable"
                self._end_unmade(request, retry, EndCause.TRUNK_SILENT if request.endpoint.trunk else EndCause.UNREACHABLE)
            case Course.END:
                assert isinstance(request, Make | Dial), "only a telephone that we ring ends by one failure"
                log.warning("can't ring", interaction=self.interaction, **_said(request), because=str(error))
                self._end_unmade(request, retry, EndCause.FAILED)
            case other:
                raise AssertionError(f"a planned request that fails with {failure} has no {other}")

    def _end_unmade(self, request: Make | Dial, retry: Retry, cause: EndCause) -> None:
        known = self._seen.legs.get(request.leg)
        if known is not None and (known.sign is not Sign.NONE or known.progress is Progress.UP):
            return  # it was done, and its events were quicker than the answer
        if isinstance(request, Make) and retry.times_asked == 1:
            self._reports.leg_ended(request.leg, cause)
        else:
            # It may be there all the same: an earlier try that nobody heard of may have made it, or the telephone may ring.
            self._give_up_leg(request.leg, cause)

    # --- Trunks that answer nothing ----------------------------------------------------------------------------------

    def _note_silent_trunks(self) -> None:
        now = self._clock()
        silent = [leg.leg for leg in self._seen.legs_of(self.interaction) if _waits_for_a_sign(leg)]
        self._silent_since = {leg: self._silent_since.get(leg, now) for leg in silent}
        self._silent_and_gone.intersection_update(silent)

    async def _end_silent_trunks(self) -> None:
        """End the calls of which nothing has been heard for too long, unless the trunk has said that it tries."""
        for leg, since in tuple(self._silent_since.items()):
            known = self._seen.legs.get(leg)
            if known is not None and self._clock() - since >= TRUNK_SILENT_SECONDS and await self._is_silent(known):
                log.warning("the trunk answers nothing", interaction=self.interaction, leg=leg, trunk=known.trunk)
                self._give_up_leg(leg, EndCause.TRUNK_SILENT)

    async def _is_silent(self, known: SeenLeg) -> bool:
        lane, found = lane_of(self.interaction), None
        try:
            found = await channels.get(self._transport, lane, known.leg)
            said = await channels.last_answer(self._transport, lane, known.leg, found.name)
        except AriError as error:
            follows = course(Asked.TRUNK_SIGN, failure_of(error))
            if follows is Course.WAIT:
                self._silent_since[known.leg] = self._clock() - TRUNK_SILENT_SECONDS + AWAY_SECONDS
            elif follows is Course.EXPECT and self._seen.legs.get(known.leg) is known:
                self._note_gone(known.leg, was_found=found is not None)
            return follows is Course.UNREACHABLE and _waits_for_a_sign(known)
        if _waits_for_a_sign(known):  # still, when the answer had come
            self._seen.note_sign(known.leg, sign_in(said))
        return False

    def _note_gone(self, leg: LegId, *, was_found: bool) -> None:
        """The event that says why a call by a trunk is gone is on its way; if it has not come by the next look, it never will."""
        if leg in self._silent_and_gone and not was_found:
            self._reports.leg_ended(leg, self._unseen_end_of(leg))
            return
        if not was_found:
            self._silent_and_gone.add(leg)
        self._silent_since[leg] = self._clock() - TRUNK_SILENT_SECONDS + EVENT_SECONDS

    # --- Looking ---------------------------------------------------------------------------------------------------

    async def _is_to_be_asked_again(self, request: Request, retry: Retry) -> bool:
        """Look at what a request was about, which may have been done, or may not be there any more; no answer is an outage."""
        try:
            await self._look_at(request)
        except Gone:
            assert isinstance(request, LegRequest), "rooms are looked at one by one"
            if not isinstance(request, Make):  # one that is not there was not made
                if retry.was_gone:
                    self._reports.leg_ended(request.leg, self._unseen_end_of(request.leg))
                else:
                    retry.note_gone(self._clock())
                return False
        except AriError as error:
            if course(Asked.LOOK, failure_of(error)) is Course.WAIT:
                retry.note_outage(self._clock(), sent=True)
                return False
            log.warning("can't look", interaction=self.interaction, **_said(request), because=str(error))
        if request not in plan(self.layout, self._seen):
            return False  # it is done, or wanted no more
        self._begin_anew_elsewhere(request, retry)
        retry.note_not_done(self._clock())
        if retry.is_exhausted:
            self._give_up_if_exhausted(request, retry)
            return False
        return True

    def _unseen_end_of(self, leg: LegId) -> EndCause:
        """Nobody told how this leg ended. One that was up has been hung up; of one that rang nobody can be blamed."""
        known = self._seen.legs.get(leg)
        return EndCause.HUNG_UP if known is not None and known.progress is Progress.UP else EndCause.FAILED

    async def _look_at(self, request: Request) -> None:
        lane = lane_of(self.interaction)
        match request:
            case OpenRoom(room) | CloseRoom(room):
                await self._see_room(room)
            case Move(leg, room):
                await channels.get(self._transport, lane, leg)
                await self._see_room(room)
            case LegRequest(leg):
                await channels.get(self._transport, lane, leg)

    async def _see_room(self, room: Room) -> None:
        """Look who is in a room, in case the event that would have told was lost."""
        rooms = self._seen.rooms_of(self.interaction)
        try:
            found = await bridges.get(self._transport, lane_of(self.interaction), bridge_id(self.interaction, room))
        except Gone:
            rooms.discard(room)
            return
        rooms.add(room)
        for leg in self._seen.legs_of(self.interaction):
            if leg.leg in found.channels:
                leg.room = room

    # --- When Asterisk will not do it ------------------------------------------------------------------------------

    def _give_up_if_exhausted(self, request: Request, retry: Retry) -> None:
        """Asterisk has failed it too often: do what the table has as the last resort. It goes on being asked where that is to insist."""
        if not retry.is_exhausted:
            return
        means = LAST_RESORT[asked_by(request)].means
        if retry.tries == TRIES_MAX:
            log.error("Asterisk will not do it", interaction=self.interaction, **_said(request), tries=retry.tries, then=means.value)
        match means, request:
            case Means.END_LEG, LegRequest(leg):
                self._give_up_leg(leg, EndCause.FAILED)
            case Means.RETURN_CALLER, LegRequest(leg):
                self._reports.caller_given_up(leg)
            case Means.KEEP_OR_RETURN, Move(leg, room):
                self._cannot_move(leg, room)
            case Means.KEEP_OR_RETURN, OpenRoom(room):
                for place in self.layout.places:
                    if place.room is room:
                        self._cannot_move(place.leg, room)
            case Means.DO_WITHOUT, LegRequest(leg):
                self._do_without(request, self._seen.legs.get(leg))
            case Means.INSIST, _:
                pass
            case _:
                raise AssertionError(f"{request} has no {means}")

    @staticmethod
    def _do_without(request: LegRequest, known: SeenLeg | None) -> None:
        """Take it as done: nobody's call depends on it."""
        match request:
            case _ if known is None:
                pass
            case ChooseMusic(music=music):
                known.music = music
            case ShowParty(shows=shows):
                known.shows = shows
            case TakeTransfers():
                known.transfers_are_ours = True
            case StartRinging() | StopRinging():
                known.hears_ringing = isinstance(request, StartRinging)
            case _:
                raise AssertionError(f"{request} is not to be done without")

    def _cannot_move(self, leg: LegId, room: Room) -> None:
        """Whoever stands safely somewhere stays there; whoever stands nowhere or in silence, or in the customer's way, is ended."""
        known = self._seen.legs.get(leg)
        if known is not None and known.room is room:
            return
        if self._is_customer(leg, known):
            if known is None or not self._hears_something(known):
                self._reports.caller_given_up(leg)
                return
        elif known is None or known.room is None or room is Room.HOLD:
            # An agent whose leg can't leave the talk room keeps the customer out of it.
            self._give_up_leg(leg, EndCause.FAILED)
            return
        self._tell_stuck(leg, room)

    def _is_customer(self, leg: LegId, known: SeenLeg | None) -> bool:
        """A caller, or somebody whom we have called and who has answered: the dialplan serves either."""
        is_theirs = any(place.is_customer and place.leg == leg for place in self.layout.places)
        return self._origin_of(leg) is Origin.CAME or (is_theirs and known is not None and known.progress is Progress.UP)

    def _hears_something(self, caller: SeenLeg) -> bool:
        """Music, or somebody in the talk room: whoever hears neither stands in silence."""
        if caller.room is not Room.TALK:
            return caller.room is Room.HOLD
        others = [leg for leg in self._seen.legs_of(self.interaction) if leg is not caller and not leg.is_on_its_way_out]
        return any(leg.room is Room.TALK and leg.progress is Progress.UP for leg in others)

    def _origin_of(self, leg: LegId) -> Origin:
        known = self._seen.legs.get(leg)
        if known is not None:
            return known.origin
        # A caller is seen for as long as they are there.
        return next((place.origin for place in self.layout.places if place.leg == leg), Origin.MADE)

    def _give_up_leg(self, leg: LegId, cause: EndCause) -> None:
        """It ends by our own trouble; one that was never asked for, because its room can't be opened, ends as well."""
        if leg not in self._seen.legs:
            origin = self._origin_of(leg)
            self._seen.note(SeenLeg(leg=leg, origin=origin, interaction=self.interaction, progress=Progress.ASKED_FOR))
        self._reports.leg_given_up(leg, cause)


def _waits_for_a_sign(leg: SeenLeg) -> bool:
    return leg.trunk != "" and leg.progress is Progress.DIALLED and leg.sign is Sign.NONE and not leg.is_on_its_way_out

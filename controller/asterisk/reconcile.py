"""Makes Asterisk match the layout of one interaction: plan, ask, wait for the event that proves it, look again.

A reply is no proof (an `addChannel` that failed is answered with 204), so a request stays open until what it is for has been seen.
What is not seen in time is asked of Asterisk; what can't be had after several tries ends that leg, so that somebody is told and nobody
is left in silence.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog

from controller.asterisk import bridges, channels
from controller.asterisk.errors import AriError, Gone, SwitchAway, Unreachable
from controller.asterisk.perform import perform
from controller.asterisk.plan import Dial, LegRequest, Make, Move, Request, plan
from controller.asterisk.seen import Seen, bridge_id
from controller.asterisk.transport import Transport, lane_of
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Room

PROOF_SECONDS_MAX = 1.0
"""How long after a reply the event that proves it may take; normally it comes before the reply."""
TRIES_MAX = 3
FIRST_MUSIC_SECONDS = 0.045
"""Until the first packet of music reaches a telephone after it came into a hold room: two frames of 20 ms, and the way there."""
AWAY_SECONDS = 0.2
"""How soon to ask again when a lane has no connection; it comes back by itself."""

log = structlog.get_logger("asterisk")


@dataclass(slots=True)
class _Open:
    """A request that has been sent and not proved yet."""

    until: float
    tries: int


class Reconciler:
    """Keeps one interaction's channels and bridges as its layout wants them. `run` ends when nothing is left of it."""

    __slots__ = (
        "_app",
        "_changed",
        "_clock",
        "_given_up",
        "_is_there",
        "_leg_ended",
        "_open",
        "_seen",
        "_stopped",
        "_transport",
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
        leg_ended: Callable[[LegId, EndCause], None],
        given_up: Callable[[LegId, EndCause], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.interaction: InteractionId = layout.interaction
        self.layout = layout
        self._seen = seen
        self._transport = transport
        self._app = app
        self._is_there = is_there
        self._leg_ended = leg_ended
        self._given_up = given_up
        self._clock = clock
        self._open: dict[Request, _Open] = {}
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

    def begin_anew(self) -> None:
        """The connection is back and `seen` has just been read from Asterisk: nothing that was open before counts any more."""
        self._open.clear()
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
                if self._changed.is_set():
                    # Somebody moved, or the layout is another one: the rest of this list may be wrong by now.
                    self._changed.clear()
                    break

    def _not_yet_asked(self) -> list[Request]:
        planned = plan(self.layout, self._seen)
        now = self._clock()
        for request in [request for request in self._open if request not in planned]:
            del self._open[request]  # proved, or no longer wanted
        return [request for request in planned if request not in self._open or self._open[request].until <= now]

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
        return min((opened.until for opened in self._open.values()), default=None)

    async def _ask(self, request: Request) -> None:
        if isinstance(request, Dial) and (early := self._seconds_until_music_is_heard()) > 0:
            self._open[request] = _Open(until=self._clock() + early, tries=0)
            return
        tries = self._open[request].tries + 1 if request in self._open else 1
        self._open[request] = _Open(until=self._clock() + PROOF_SECONDS_MAX, tries=tries)
        if tries > 1 and not await self._is_still_there(request):
            return
        if tries > TRIES_MAX:
            self._give_up(request)
            return
        try:
            await perform(request, self._transport, lane_of(self.interaction), self._app, self.layout, self._seen)
            if request in self._open:
                # An answer that took long says no less than a quick one: what proves it has its time from now on.
                self._open[request].until = self._clock() + PROOF_SECONDS_MAX
        except SwitchAway:
            # Not this leg's fault, so not one of its tries. After a loss of everything, all is looked at anew anyhow.
            self._open[request] = _Open(until=self._clock() + AWAY_SECONDS, tries=tries - 1)
        except Unreachable:
            assert isinstance(request, Make), "only a telephone that we ring can be unreachable"
            if tries == 1:
                self._leg_ended(request.leg, EndCause.UNREACHABLE)
            else:
                # An earlier try that nobody heard of may have made it all the same, and its first event may be on its way.
                self._given_up(request.leg, EndCause.UNREACHABLE)
        except Gone as gone:
            # The event that says how a leg ended is on its way; only if it does not come do we look for ourselves.
            log.debug("gone", interaction=self.interaction, request=str(request), because=str(gone))
            if isinstance(request, Move) and gone.status == HTTPStatus.NOT_FOUND:
                self._seen.rooms_of(self.interaction).discard(request.room)
        except AriError as error:
            log.warning("request failed", interaction=self.interaction, request=str(request), because=str(error), tries=tries)

    def _seconds_until_music_is_heard(self) -> float:
        """How long whoever has just been parked still hears nothing: nobody is rung before they hear music."""
        parked = [leg.entered_at for leg in self._seen.legs_of(self.interaction) if leg.room is Room.HOLD]
        return max(parked, default=0.0) + FIRST_MUSIC_SECONDS - self._clock()

    async def _is_still_there(self, request: Request) -> bool:
        """Look at what a request was about; a leg or a room that Asterisk no longer has is taken note of."""
        lane = lane_of(self.interaction)
        try:
            if isinstance(request, LegRequest):
                await channels.get(self._transport, lane, request.leg)
            if isinstance(request, Move):
                await self._see_room(request)
        except Gone:
            assert isinstance(request, LegRequest), "rooms are looked at one by one"
            self._leg_ended(request.leg, EndCause.FAILED)
            return False
        except SwitchAway:
            return False
        except AriError as error:
            log.warning("can't look", interaction=self.interaction, request=str(request), because=str(error))
        return True

    async def _see_room(self, move: Move) -> None:
        """Look who is in a room, in case the event that would have told was lost."""
        try:
            found = await bridges.get(self._transport, lane_of(self.interaction), bridge_id(self.interaction, move.room))
        except Gone:
            self._seen.rooms_of(self.interaction).discard(move.room)
            return
        leg = self._seen.legs.get(move.leg)
        if leg is not None and move.leg in found.channels:
            leg.room = move.room

    def _give_up(self, request: Request) -> None:
        """Asterisk will not do it. A leg that can't be brought where it belongs is ended, and the rules say what follows."""
        log.error("gave up", interaction=self.interaction, request=str(request), tries=TRIES_MAX)
        self._open[request] = _Open(until=self._clock() + PROOF_SECONDS_MAX * TRIES_MAX, tries=0)
        if isinstance(request, LegRequest):
            self._given_up(request.leg, EndCause.FAILED)

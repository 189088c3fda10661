"""Which telephones of agents can be rung: read once, and from then on told by Asterisk, in a Stasis application of its own.

A subscription to a telephone also delivers all events of its channels, so it must never be the application that steers calls, which would
hear those twice. This one hears nothing but that a telephone has come or gone.

A page that is closed, or a browser that dies, says no goodbye to its call: that its telephone is gone is all that is heard of it. A page
that is loaded anew is back within a second or two. So is, mostly, one whose connection breaks. While it is not its sound goes on, which
takes another way: as long as sound comes from it nothing is done.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

import structlog
from pydantic import TypeAdapter, ValidationError

from controller.asterisk import applications, channels
from controller.asterisk.errors import AriError, Gone, SwitchAway
from controller.asterisk.events import ApplicationReplaced, parse
from controller.asterisk.pauses import Pauses
from controller.asterisk.resources import Endpoint, FromAsterisk
from controller.asterisk.transport import Connection, Transport
from controller.directory.ids import LegId
from controller.interaction.facts import TelephonesBusy, TelephonesSeen

AWAY_SECONDS = 1.5
"""So long a telephone in the browser may be gone before its call is told: a page that was loaded anew is back sooner."""
LOST_SECONDS = 8.0
"""So long before its leg counts as lost."""
SOUND_SECONDS = 0.5
"""How often Asterisk is asked how much sound has come from a telephone that is gone. A browser sends fifty packets a second, also while it
is muted; one that has died sends none."""
GRACE_SECONDS = 10.0
"""How much longer both are after we have begun to watch: pages come back through the controller, which may have been started just now, and
their sound has gone on meanwhile."""
ASKED_SECONDS = 13.0
"""Within this long of its own start Asterisk has asked every desk telephone that was registered before whether it is still there: each
`qualify_frequency` (10 s in asterisk-conf/), with `qualify_timeout` (3 s). Before that it says "offline" of telephones that can be rung."""
LOOK_AGAIN_SECONDS = 60.0
"""How soon to look again for telephones that Asterisk does not have: they may be added to pjsip.conf after they were to the site file."""
SUBSCRIBED_AT_ONCE = 50
"""Telephones in one request: over plain HTTP its line has room for names of sixty letters."""

TOLD = ("EndpointStateChange", "ApplicationReplaced")
"""The events that this application hears."""

Open = Callable[[str], Awaitable[Connection]]

log = structlog.get_logger("asterisk")


class _EndpointStateChange(FromAsterisk):
    type: Literal["EndpointStateChange"]
    endpoint: Endpoint


_CHANGE = TypeAdapter(_EndpointStateChange)


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of one telephone."""

    there: bool
    busy: bool = False
    """In a call of which we know nothing."""


_AWAY = _State(there=False)


class Calls(Protocol):
    """Whose calls depend on telephones in browsers."""

    def legs_of_telephone(self, endpoint: str) -> Sequence[LegId]:
        """Its legs that somebody wants."""

    def is_ours(self, channel: str) -> bool:
        """Whether this is a leg of an agent in one of our interactions."""

    def telephone_away(self, endpoint: str) -> None:
        """The page is gone, and may come back."""

    def telephone_back(self, endpoint: str) -> None:
        """It is there again."""

    def telephone_lost(self, endpoint: str) -> None:
        """It has been gone for too long."""


class Alarm(Protocol):
    """Something that happens later, unless it is cancelled before."""

    def cancel(self) -> object:
        """It does not happen any more. Twice is harmless."""


class TelephoneWatch:
    """The telephones of one Asterisk. `attached` whenever that Asterisk is there, `lost` when it is not."""

    def __init__(
        self, app: str, ari: Transport, open_as: Open, tell: Callable[[TelephonesSeen | TelephonesBusy], None], calls: Calls
    ) -> None:
        """`app` steers calls, and `open_as` opens a connection as another one, which hears no answers: `ari` takes requests."""
        self._app = f"{app}-telephones"
        self._ari = ari
        self._open_as = open_as
        self._tell = tell
        self._calls = calls
        self._desks: frozenset[str] = frozenset()
        self._browsers: frozenset[str] = frozenset()
        self._known: dict[str, _State] = {}
        """What was told last."""
        self._heard: dict[str, _State] | None = None
        """What has been heard since the state was asked for; None: it is not being asked for."""
        self._is_there = False
        self._unsure_of: set[str] = set()
        """Desk telephones that Asterisk may not have asked yet. What was told of them before holds meanwhile."""
        self._sure: Alarm | None = None
        self._timers: dict[str, Alarm] = {}
        """For each telephone in a browser that is gone: what happens next, unless it is back before."""
        self._may_be_back_until: float = 0.0
        self._following: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        """What followed before, and closes its connection."""

    def use(self, desks: Iterable[str], browsers: Iterable[str]) -> None:
        """From now on these PJSIP endpoints are watched."""
        if self._known:
            # By the site file of now they may be other agents' than those who were told of.
            self._tell_all({}, self._known)
        watched = frozenset(desks), frozenset(browsers)
        if watched != (self._desks, self._browsers):
            self._desks, self._browsers = watched
            self._known = {endpoint: state for endpoint, state in self._known.items() if endpoint in self._watched}
            if self._is_there:
                self.attached()

    def attached(self) -> None:
        """Asterisk is there: find out which telephones are, and follow them."""
        self.lost()
        self._is_there = True
        if self._watched:
            self._may_be_back_until = self._time() + GRACE_SECONDS
            self._begin_to_follow()

    def lost(self) -> None:
        """Asterisk is not there: nothing is known until it is."""
        self._is_there = False
        if self._following is not None:
            self._following.cancel()
            self._ending.add(self._following)
            self._following.add_done_callback(self._ending.discard)
            self._following = None
        for endpoint in tuple(self._timers):
            self._stop_waiting_for(endpoint)
        if self._sure is not None:
            self._sure.cancel()
            self._sure = None
        self._unsure_of.clear()

    async def stop(self) -> None:
        """Follow none of them any more. Returns once nothing is open for it."""
        self.lost()
        if self._ending:
            await asyncio.wait(self._ending)

    # --- How it waits: a simulated day has a clock of its own --------------------------------------------------------

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    def _later(self, seconds: float, does: Callable[[], None]) -> Alarm:
        return asyncio.get_running_loop().call_later(seconds, does)

    def _begin_to_follow(self) -> None:
        self._following = asyncio.create_task(self._follow_for_ever(), name="telephones")

    # --- What it follows -----------------------------------------------------------------------------------------------

    @property
    def _watched(self) -> frozenset[str]:
        return self._desks | self._browsers

    async def _follow_for_ever(self) -> None:
        pauses = Pauses()
        while True:
            try:
                connection = await self._open_as(self._app)
                try:
                    await self._follow(connection, pauses)
                finally:
                    await connection.close()
            except AriError as lost:
                log.warning("not told of telephones that come and go, trying again", because=str(lost))
            await asyncio.sleep(pauses.next())

    async def _follow(self, connection: Connection, pauses: Pauses) -> None:
        """Follow until the connection is lost. Raises an `AriError`."""
        # What is heard before the state has been asked for is older than the answer, and comes of what an earlier connection subscribed to.
        self._heard = {}
        reading = asyncio.create_task(connection.read(self._hear), name="telephone events")
        try:
            looking = asyncio.create_task(self._look(pauses), name="look at telephones")
            try:
                await asyncio.wait({reading, looking}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                looking.cancel()
                await asyncio.wait({looking})
            if not looking.cancelled():
                looking.result()
            await reading
        finally:
            reading.cancel()
            await asyncio.wait({reading})
            self._heard = None

    async def _look(self, pauses: Pauses) -> None:
        """Look until all telephones are there to be followed; normally that is once."""
        await applications.hear_only(self._ari, 0, self._app, TOLD)
        followed = frozenset[str]()
        while True:
            there = {endpoint.resource for endpoint in await channels.endpoints(self._ari, 0)} & self._watched
            if there - followed or not followed:
                await self._follow_too(sorted(there - followed))
                followed |= there
            pauses.reset()
            if followed == self._watched:
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _follow_too(self, wanted: Sequence[str]) -> None:
        self._heard = {}
        try:
            for first in range(0, len(wanted), SUBSCRIBED_AT_ONCE):
                some = wanted[first : first + SUBSCRIBED_AT_ONCE]
                await applications.subscribe(self._ari, 0, self._app, [f"endpoint:PJSIP/{endpoint}" for endpoint in some])
            looked = {endpoint.resource: self._state_of(endpoint) for endpoint in await channels.endpoints(self._ari, 0)}
            # What was heard meanwhile is newer than the answer, whichever came first.
            now = dict.fromkeys(self._watched, _AWAY) | looked | self._heard
            was_there = {endpoint for endpoint, state in looked.items() if state.there}
            unsure = {endpoint for endpoint in self._desks if not now.get(endpoint, _AWAY).there and endpoint not in was_there}
            self._wait_until_asked(unsure)
            self._note({endpoint: state for endpoint, state in now.items() if endpoint not in unsure})
        finally:
            self._heard = None

    def _hear(self, text: str) -> None:
        """Take one message. Raises `SwitchAway` when somebody else has taken this application."""
        try:
            change = _CHANGE.validate_json(text)
        except ValidationError:
            if isinstance(parse(text), ApplicationReplaced):
                raise SwitchAway("telephones", "somebody else follows them", sent=False) from None
            return  # no event that was asked for
        endpoint, state = change.endpoint.resource, self._state_of(change.endpoint)
        if self._heard is not None:
            self._heard[endpoint] = state
        elif state.there or endpoint not in self._unsure_of:
            self._note({endpoint: state})
        # Else it has a call, begun or ended, and Asterisk has still not asked whether it is there.

    def _state_of(self, endpoint: Endpoint) -> _State:
        return _State(endpoint.can_be_rung, busy=any(not self._calls.is_ours(channel) for channel in endpoint.channel_ids))

    def _wait_until_asked(self, desks: Collection[str]) -> None:
        self._unsure_of.update(desks)
        if self._unsure_of and self._sure is None:
            self._sure = self._later(ASKED_SECONDS, self._is_sure)

    def _is_sure(self) -> None:
        self._sure = None
        self._note(dict.fromkeys(self._unsure_of, _AWAY))

    def _note(self, seen: Mapping[str, _State]) -> None:
        self._unsure_of.difference_update(tuple(seen))
        news = {endpoint: state for endpoint, state in seen.items() if endpoint in self._watched and self._known.get(endpoint) != state}
        before = dict(self._known)
        self._known |= news
        if news:
            self._tell_all(before, news)
        self._wait_for(endpoint for endpoint in seen if endpoint in self._browsers and not seen[endpoint].there)
        for endpoint in (endpoint for endpoint, state in news.items() if state.there and not before.get(endpoint, _AWAY).there):
            self._stop_waiting_for(endpoint)
            if endpoint in self._browsers:
                self._calls.telephone_back(endpoint)

    def _tell_all(self, before: Mapping[str, _State], now: Mapping[str, _State]) -> None:
        """Tell what is different: of a telephone of which nothing was known, whether it is there, and that it is busy if it is."""
        came_or_went = {endpoint for endpoint, state in now.items() if endpoint not in before or before[endpoint].there is not state.there}
        there, away = (tuple(sorted(endpoint for endpoint in came_or_went if now[endpoint].there is wanted)) for wanted in (True, False))
        if came_or_went:
            self._tell(TelephonesSeen(there=there, away=away))
        # Of one of which this process knew nothing it is told that it is free, too: an earlier process may have said otherwise.
        other = {endpoint for endpoint, state in now.items() if endpoint not in before or before[endpoint].busy is not state.busy}
        busy, free = (tuple(sorted(endpoint for endpoint in other if now[endpoint].busy is wanted)) for wanted in (True, False))
        if other:
            self._tell(TelephonesBusy(busy=busy, free=free))

    # --- Telephones in browsers ------------------------------------------------------------------------------------

    def _wait_for(self, gone: Iterable[str]) -> None:
        grace = max(0.0, self._may_be_back_until - self._time())
        for endpoint in gone:
            if endpoint not in self._timers:
                self._listen_in(grace + AWAY_SECONDS - SOUND_SECONDS, endpoint, None)

    def _listen_in(self, seconds: float, endpoint: str, before: Mapping[LegId, int] | None) -> None:
        """Find out after some time whether sound comes from a telephone that is gone; `before`: how much had come the last time."""
        self._timers[endpoint] = self._later(max(0.0, seconds), partial(self._begin_to_listen, endpoint, before))

    def _begin_to_listen(self, endpoint: str, before: Mapping[LegId, int] | None) -> None:
        self._timers[endpoint] = asyncio.create_task(self._listen(endpoint, before), name=f"sound of {endpoint}")

    async def _listen(self, endpoint: str, before: Mapping[LegId, int] | None) -> None:
        """How many packets have come from each of its legs; one of which that can't be found out is left out."""
        now = {}
        for leg in self._calls.legs_of_telephone(endpoint):
            try:
                now[leg] = await channels.packets_heard(self._ari, 0, leg)
            except Gone:
                pass  # it is no leg any more
            except AriError as failed:
                log.warning("not known whether sound comes from a telephone that is gone", leg=leg, because=str(failed))
        self._listened(endpoint, before, now)

    def _listened(self, endpoint: str, before: Mapping[LegId, int] | None, now: Mapping[LegId, int]) -> None:
        if before is None or any(packets > before.get(leg, packets) for leg, packets in now.items()):
            self._listen_in(SOUND_SECONDS, endpoint, now)
        else:
            self._timers[endpoint] = self._later(LOST_SECONDS - AWAY_SECONDS, partial(self._calls.telephone_lost, endpoint))
            self._calls.telephone_away(endpoint)

    def _stop_waiting_for(self, endpoint: str) -> None:
        timer = self._timers.pop(endpoint, None)
        if timer is not None:
            timer.cancel()

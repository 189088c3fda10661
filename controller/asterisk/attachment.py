"""Stays attached to one Asterisk for ever: connects, makes sure that events do reach us, has the state read again, and notices every loss.

Must never decide what an event means. Must never reconnect after another controller has taken over: two would move the same callers.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Coroutine
from typing import NoReturn, TypeVar

import structlog

from controller.asterisk import applications, system
from controller.asterisk.capabilities import Release, transfers_by
from controller.asterisk.errors import AriError, Booting, NoAnswer, NotAllowed, Replaced, RequestFailed, SwitchAway
from controller.asterisk.lanes import Lanes
from controller.asterisk.lease import Lease
from controller.asterisk.listener import Listener
from controller.asterisk.pauses import Pauses
from controller.asterisk.plain_http import WHICH_RELEASE, session_for
from controller.asterisk.stay import Stay
from controller.asterisk.transport import Connection
from controller.asterisk.ways import Way, way_to
from controller.directory.site import AsteriskAccess

NOT_WANTED = (
    "BridgeVideoSourceChanged",
    "ChannelCallerId",
    "ChannelConnectedLine",
    "ChannelCreated",
    "ChannelDialplan",
    "ChannelTalkingFinished",
    "ChannelTalkingStarted",
    "ChannelVarset",
    "PlaybackContinuing",
)
"""Events that we have no use for. ChannelVarset alone is three quarters of all."""

LANES_SECONDS_MAX = 10.0
RESYNC_SECONDS_MAX = 60.0
SAY_AGAIN_EVERY_SECONDS = 60.0
"""While Asterisk is away for one and the same reason, the log says so no more often."""

T = TypeVar("T")

log = structlog.get_logger()


class Attachment:
    """One Asterisk, heard and commanded. `ari` takes requests at any time, and refuses them with `SwitchAway` while Asterisk is away."""

    def __init__(self, access: AsteriskAccess, listener: Listener, *, instance: str) -> None:
        """`instance`: the same for every process that works on the same journal, so that a restart need not wait for itself."""
        self.ari = Lanes(access.app, access.lanes)
        self.away_because: str | None = "not connected yet"
        """Why we are not attached, as a sentence for the operator; None while we are."""
        self.misread: Counter[str] = Counter()
        """How many events that we should know could not be read, by type; `?` for what was no event at all."""
        self._access = access
        self._listener = listener
        self._lease = Lease(access, instance)
        self._pauses = Pauses()
        self._way: Way | None = None
        """How the last connection was opened, or was to be."""
        self._startup_time: str | None = None
        self._said: tuple[str, float] | None = None
        self._dropped = asyncio.Event()
        self._dropped_because = ""

    @property
    def release(self) -> Release | None:
        """Which Asterisk this is, known before its state is read; None: nobody knows, so it has nothing that 16 lacks."""
        return self._way.release if self._way is not None else None

    @property
    def asks_us_for_transfers(self) -> bool:
        """Say whether this Asterisk is to leave to us what a telephone's transfer key asks for."""
        return transfers_by(self._access.transfers, self.release) == "ari-only"

    async def run(self) -> Replaced:
        """Stay attached. Returns only when another controller has taken over, after `replaced` was told; end the service then."""
        while True:
            try:
                await self._once()
            except AriError as away:
                self._say_away(_for_the_operator(away, self._access))
            except Replaced as replaced:
                self._listener.replaced()
                self.away_because = str(replaced)
                log.error("another controller has taken over, nothing is steered from here any more", because=str(replaced))
                return replaced
            await asyncio.sleep(self._pauses.next())

    def use_access(self, access: AsteriskAccess) -> None:
        """The next connection is made with this user and password; those that are open, and every call, go on."""
        self._access = access

    async def open(self, app: str) -> Connection:
        """Open one more connection in the same way, for another application; whoever opens it keeps its `read` running, and closes it.

        Only while we are attached. Raises an `AriError`.
        """
        assert self._way is not None, "nobody needs another connection before there was a first"
        return await self._way.open(self._access, app)

    async def _once(self) -> NoReturn:
        """Be attached once. Raises what ended it: an `AriError` or `Replaced`."""
        async with session_for(self._access) as session:
            await self._lease.win(session)
            self._way = await way_to(session, self._access)
        connection = await self._way.open(self._access, self._access.app)
        stay = Stay(connection, self._access.app, self._listener, self.misread)
        try:
            ended = await _not_hiding_a_cancellation(self._until_it_ends(self._way, stay))
            if isinstance(ended, AriError):
                self.away_because = _for_the_operator(ended, self._access)
                stay.end(self.away_because)
            raise ended
        finally:
            await connection.close()

    async def _until_it_ends(self, way: Way, stay: Stay) -> AriError | Replaced:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(stay.connection.read(stay.hear), name="asterisk events")
                group.create_task(self.ari.run(lambda app: way.open_lane(self._access, app)), name="asterisk lanes")
                group.create_task(self._attach(way, stay), name="asterisk attachment")
                group.create_task(self._until_dropped(), name="asterisk drop")
        except* (AriError, Replaced) as several:
            ended = _first(several)
        return ended

    def drop(self, because: str) -> None:
        """Give the connection up and take it up again: what was lost meanwhile shows when the state is read."""
        self._dropped_because = because
        self._dropped.set()

    async def _until_dropped(self) -> NoReturn:
        self._dropped.clear()
        await self._dropped.wait()
        raise SwitchAway("events", self._dropped_because, sent=False)

    async def _attach(self, way: Way, stay: Stay) -> NoReturn:
        """Get from connected to attached, then see every few seconds that it is still so."""
        app = self._access.app
        await applications.spare_us(stay.connection, 0, app, NOT_WANTED)
        status = await system.status(stay.connection, 0)
        await stay.mark()
        await _within(LANES_SECONDS_MAX, self.ari.up(), "connecting the command lanes")
        restarted = self._startup_time not in (None, status.startup_time)
        await _within(RESYNC_SECONDS_MAX, stay.resync(restarted=restarted), "reading the state of Asterisk")
        self._startup_time = status.startup_time
        self.away_because = None
        self._said = None
        self._pauses.reset()
        which = {"release": str(way.release), "transport": way.transport}
        log.info("attached to Asterisk", url=self._access.url, app=app, **which, restarted=restarted)
        async with asyncio.TaskGroup() as staying:
            staying.create_task(self._lease.renew(stay.connection), name="asterisk lease")
            staying.create_task(stay.watch(), name="asterisk markers")
        raise AssertionError("both end only by an exception")

    async def give_up(self) -> None:
        """We are going: another controller may steer from now on. Raises `AriError`."""
        await self._lease.give_up(self.ari)

    def _say_away(self, because: str) -> None:
        self.away_because = because
        now = time.monotonic()
        if self._said is None or self._said[0] != because or now - self._said[1] >= SAY_AGAIN_EVERY_SECONDS:
            self._said = (because, now)
            log.warning("not attached to Asterisk, trying again", because=because)


async def _within(seconds_max: float, work: Awaitable[None], what: str) -> None:
    """Wait for `work`, but not for ever. Raises `NoAnswer`."""
    try:
        async with asyncio.timeout(seconds_max):
            await work
    except TimeoutError as error:
        raise NoAnswer(what, seconds_max) from error


async def _not_hiding_a_cancellation(work: Coroutine[None, None, T]) -> T:
    """Await `work`, a group of tasks. Until Python 3.13 a group's errors hide that its task was cancelled while the group was ending.

    It also leaves its task's count of cancellations wrong; so it gets a task of its own, and ours counts right.
    """
    this = asyncio.current_task()
    assert this is not None, "a coroutine runs in a task"
    cancelled_before = this.cancelling()
    result = await asyncio.create_task(work)
    if this.cancelling() > cancelled_before:
        raise asyncio.CancelledError
    return result


def _first(several: BaseExceptionGroup[AriError | Replaced]) -> AriError | Replaced:
    """Choose what ended an attachment: being replaced weighs more than anything that was lost by it."""
    leaves: list[AriError | Replaced] = []
    for one in several.exceptions:
        leaves += [_first(one)] if isinstance(one, BaseExceptionGroup) else [one]
    return next((leaf for leaf in leaves if isinstance(leaf, Replaced)), leaves[0])


def _for_the_operator(away: AriError, access: AsteriskAccess) -> str:
    """Say what is wrong, and where to look, to somebody who watches the start."""
    match away:
        case NotAllowed(status=401):
            return f"Asterisk at {access.url} refuses the user {access.username!r} or its password: compare [asterisk] with ari.conf"
        case NotAllowed():
            return f"Asterisk at {access.url} refuses the user {access.username!r}: look at read_only, permit and deny in ari.conf"
        case Booting():
            return f"Asterisk at {access.url} is still starting"
        case RequestFailed(status=404):
            return f"there is no ARI at {access.url} yet: is Asterisk still starting, is res_ari loaded, and http.conf without a prefix?"
        case SwitchAway() if away.request.startswith(("GET events", WHICH_RELEASE)):
            return f"Asterisk at {access.url} cannot be reached: {away.because}"
        case SwitchAway():
            return f"the connection to Asterisk at {access.url} is lost: {away.because}"
        case _:
            return str(away)

"""Several connections for commands, so that a slow request of one interaction does not hold up the others, nor the events.

Asterisk executes the requests of one connection strictly one after the other. An interaction always uses the same lane, so its requests
are executed in the order in which they were asked. Over REST over WebSocket each lane is an application of its own that hears nothing;
over asyncari it is one HTTP connection.

A lane that breaks comes back by itself, and one that answers nothing is opened anew. One that does not come back, or that is refused with
our name and password, ends them all, so that nobody believes us attached while the calls of that lane can't be steered.

While a lane is away its requests fail at once with `SwitchAway`, and are never moved to another lane: what it was executing when it broke
may still be going on in Asterisk, so a follower on another lane could overtake it. Whoever asked looks at what there is, and asks again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn

import structlog

from controller.asterisk.errors import AriError, NoAnswer, NotAllowed, Replaced, RequestFailed, SwitchAway
from controller.asterisk.events import ApplicationReplaced, parse
from controller.asterisk.pauses import Pauses
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Connection, Method, Reply, Transport
from controller.floor.durations import Durations

LANE_AWAY_SECONDS_MAX = 2.0
"""A lane that is away for longer ends the attachment: the next one begins with all lanes."""
UNANSWERED_MAX = 2
"""So many requests in a row without an answer, and without any other word on that connection, mean that its connection is half open."""

DONE, REFUSED, NO_ANSWER, AWAY, NOT_UNDERSTOOD = "done", "refused", "no_answer", "away", "not_understood"
"""How a request can go, for monitoring."""

Open = Callable[[str], Awaitable[Connection]]

log = structlog.get_logger()


class Lanes(Transport):
    """A fixed number of connections for commands. They work while `run` runs; outside it every request fails with `SwitchAway`."""

    def __init__(self, app: str, count: int) -> None:
        assert count > 0, "somebody has to carry the requests"
        self._lanes = [_Lane(f"{app}-lane-{number}") for number in range(count)]
        self.took = Durations((DONE, REFUSED, NO_ANSWER, AWAY, NOT_UNDERSTOOD))
        """Every request from its asking to its answer."""

    @property
    def lost(self) -> int:
        """How often one of them has broken, or could not be opened."""
        return sum(lane.lost for lane in self._lanes)

    async def run(self, open_as: Open) -> NoReturn:
        """Keep all lanes connected. `open_as` opens a connection as the application that it is given.

        Raises `Replaced`, `NotAllowed`, or `SwitchAway` when a lane does not come back.
        """
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(lane.run(open_as), name=lane.app)
        raise AssertionError("lanes end only by an exception")

    async def up(self) -> None:
        """Wait until every lane is connected."""
        for lane in self._lanes:
            await lane.up.wait()

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        """Ask over the lane's connection. Raises an `AriError` for everything that is not a success."""
        chosen = self._lanes[lane % len(self._lanes)]
        asked_at = time.perf_counter()
        try:
            reply = await chosen.request(method, uri, query=query, body=body, seconds_max=seconds_max)
        except AriError as error:
            self.took.note(_how_it_went(error), time.perf_counter() - asked_at)
            raise
        self.took.note(DONE, time.perf_counter() - asked_at)
        return reply


def _how_it_went(error: AriError) -> str:
    match error:
        case RequestFailed():
            return REFUSED
        case NoAnswer():
            return NO_ANSWER
        case SwitchAway():
            return AWAY
        case _:
            return NOT_UNDERSTOOD


class _Lane:
    def __init__(self, app: str) -> None:
        self.app = app
        self.connection: Connection | None = None
        self.because = "not connected yet"
        self.up = asyncio.Event()
        self.lost = 0
        self._unanswered = 0

    async def request(
        self, method: Method, uri: str, *, query: Mapping[str, str], body: Mapping[str, object] | None, seconds_max: float
    ) -> Reply:
        connection = self.connection
        if connection is None:
            raise SwitchAway(f"{method} {uri}", self.because, sent=False)
        heard = connection.messages_heard
        try:
            return await connection.request(method, uri, query=query, body=body, seconds_max=seconds_max)
        except NoAnswer:
            await self._doubt(connection, heard)
            raise

    async def _doubt(self, connection: Connection, heard: int) -> None:
        """A connection whose other end is gone answers nothing, and TCP says so only after minutes."""
        self._unanswered = self._unanswered + 1 if connection.messages_heard == heard else 0
        if self._unanswered >= UNANSWERED_MAX and connection is self.connection:
            log.warning("a command lane answers nothing and is opened anew", lane=self.app)
            await connection.close()

    async def run(self, open_as: Open) -> NoReturn:
        pauses = Pauses()
        away_since = time.monotonic()
        while True:
            try:
                connection = await open_as(self.app)
                opened_at = time.monotonic()
                try:
                    await self._carry(connection)
                finally:
                    if connection.messages_heard or time.monotonic() - opened_at >= LANE_AWAY_SECONDS_MAX:
                        # It has worked: what comes now is a new trouble. A lane that only opens and breaks is away all the same.
                        pauses.reset()
                        away_since = time.monotonic()
            except NotAllowed:
                raise
            except AriError as lost:
                self.lost += 1
                self.because = lost.because if isinstance(lost, SwitchAway) else str(lost)
                log.warning("a command lane is down", lane=self.app, because=self.because)
            if time.monotonic() - away_since >= LANE_AWAY_SECONDS_MAX:
                raise SwitchAway(f"GET events?app={self.app}", f"a command lane does not come back: {self.because}", sent=False)
            await asyncio.sleep(pauses.next())

    async def _carry(self, connection: Connection) -> NoReturn:
        self.connection = connection
        self._unanswered = 0
        self.up.set()
        try:
            await connection.read(self._hear)
        finally:
            self.connection = None
            self.because = "the lane is closed"
            self.up.clear()
            await connection.close()

    def _hear(self, text: str) -> None:
        # Nothing is subscribed here, so the only event that matters is the one that tells of another controller.
        if isinstance(parse(text), ApplicationReplaced):
            raise Replaced(self.app)

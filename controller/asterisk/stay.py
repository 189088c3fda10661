"""One attachment from its beginning to its end: events wait while the state is read, then they flow; markers prove that they do.

Must never lose or reorder an event between the two. Must never wait in `hear`.
"""

import asyncio
import secrets
from collections import Counter, deque
from typing import NoReturn

import structlog

from controller.asterisk import applications
from controller.asterisk.errors import Deaf, NoAnswer, Replaced, SwitchAway
from controller.asterisk.events import ApplicationReplaced, BadEvent, ChannelUserevent, KnownEvent, UnknownEvent, parse
from controller.asterisk.listener import Listener
from controller.asterisk.transport import Connection

MARK = "ari-controller-mark"
MARK_SECONDS_MAX = 2.0
MARK_EVERY_SECONDS = 10.0
MARKS_MISSED_MAX = 2
"""So many markers in a row that do not come back mean that we are deaf."""
LOGGED_LETTERS_MAX = 500
EVENTS_WAITING_MAX = 10_000
"""Events kept while the state is read. More: we were too slow, and start again."""

log = structlog.get_logger()


class Stay:
    """What lies between one connection to the event socket and its loss."""

    def __init__(self, connection: Connection, app: str, listener: Listener, misread: Counter[str]) -> None:
        self.connection = connection
        self._misread = misread
        self._app = app
        self._listener = listener
        self._told = False
        """Whether the listener believes that we are attached, or are about to be."""
        self._live = False
        self._kept: deque[KnownEvent] = deque()
        self._marks: dict[str, asyncio.Event] = {}

    def hear(self, text: str) -> None:
        """Take one message. Raises `Replaced`, or `SwitchAway` when more events came than can be kept."""
        event = parse(text)
        if isinstance(event, UnknownEvent):
            return
        if isinstance(event, BadEvent):
            self._misread[event.type] += 1
            log.warning("an event of Asterisk could not be read", type=event.type, because=event.because, text=text[:LOGGED_LETTERS_MAX])
            return
        if isinstance(event, ApplicationReplaced):
            raise Replaced(self._app)
        if isinstance(event, ChannelUserevent) and event.eventname == MARK:
            self._mark_came(event)
        elif self._live:
            self._listener.heard(event)
        elif len(self._kept) < EVENTS_WAITING_MAX:
            self._kept.append(event)
        else:
            raise SwitchAway("events", f"more than {EVENTS_WAITING_MAX} came while the state was read; it must be read again", sent=False)

    async def mark(self) -> None:
        """Ask for a marker and wait until it comes back among the events. Raises `Deaf` when it does not."""
        mark = secrets.token_hex(8)
        came = self._marks[mark] = asyncio.Event()
        try:
            async with asyncio.timeout(MARK_SECONDS_MAX):
                await applications.mark(self.connection, 0, self._app, MARK, {"mark": mark}, seconds_max=MARK_SECONDS_MAX)
                await came.wait()
        except TimeoutError as error:
            raise Deaf(f"POST events/user/{MARK}", MARK_SECONDS_MAX) from error
        finally:
            del self._marks[mark]

    async def resync(self, *, restarted: bool) -> None:
        """Have the state read, then let the events flow that came meanwhile."""
        self._told = True
        await self._listener.attached(restarted=restarted)
        # Nothing is awaited from here on, so no newer event can overtake one that was kept.
        while self._kept:
            self._listener.heard(self._kept.popleft())
        self._live = True

    async def watch(self) -> NoReturn:
        """See every few seconds that events still reach us. Raises `Deaf`, or `NoAnswer`, when several markers in a row do not come."""
        missed = 0
        while True:
            await asyncio.sleep(MARK_EVERY_SECONDS)
            try:
                await self.mark()
                missed = 0
            except (Deaf, NoAnswer) as error:
                missed += 1
                log.warning("a marker did not come back", because=str(error), missed=missed)
                if missed >= MARKS_MISSED_MAX:
                    raise

    def end(self, because: str) -> None:
        """Tell the listener that it is over, if it was told of the beginning."""
        if self._told:
            self._listener.lost(because)

    def _mark_came(self, event: ChannelUserevent) -> None:
        came = self._marks.get(str(event.userevent.get("mark")))
        # None: a marker that came too late, or another client's.
        if came is not None:
            came.set()

"""What connected desktops hear, numbered per agent, kept for those who come back, and never waiting for a slow reader.

One event loop, no threads: `tell` is called between two inputs and only puts frames into bounded places.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aiohttp import ClientConnectionResetError, web

from controller.desktop.limits import Limits
from controller.desktop.sessions import Session
from controller.directory.ids import AgentId, Seconds

GOING_AWAY = 1001
SESSION_ENDED = 4001
TOO_SLOW = 4008
TALKS_TOO_MUCH = 1008


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Why the server closes a WebSocket: the close code and a word for whoever debugs."""

    code: int
    because: str
    seconds_max: Seconds
    """How long the reader may take to read what is on its way and answer."""


class Reader:
    """One WebSocket, and the frames that it has not read yet."""

    def __init__(self, session: Session, first: Sequence[str], limits: Limits) -> None:
        """`first` are the frames to begin with; that they are many is not the reader's fault, so they don't count against it."""
        self.session = session
        self._limits = limits
        self._pending = deque(first)
        self._pending_max = len(first) + limits.frames_pending_max
        self._something_is_pending = asyncio.Event()
        self._something_is_pending.set()
        self._goodbye: asyncio.Future[Goodbye] = asyncio.get_running_loop().create_future()

    @property
    def must_go(self) -> bool:
        """The server has decided to close it."""
        return self._goodbye.done()

    def put(self, text: str) -> None:
        """Have a frame sent as soon as the reader takes it; a reader that is too far behind is told to go instead."""
        if self.must_go:
            return
        if len(self._pending) >= self._pending_max:
            self.say_goodbye(TOO_SLOW, "the reader fell behind", self._limits.close_seconds)
            return
        self._pending.append(text)
        self._something_is_pending.set()

    def say_goodbye(self, code: int, because: str, seconds_max: Seconds) -> None:
        """Close it. What was not sent yet is dropped: whoever comes back gets it then."""
        if not self.must_go:
            self._pending.clear()
            self._goodbye.set_result(Goodbye(code, because, seconds_max))

    async def serve(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport) -> None:
        """Send frames until either side closes."""
        async with asyncio.TaskGroup() as together:
            writing = together.create_task(self._write(socket))
            closing = together.create_task(self._close_when_told(socket, transport))
            words = 0
            async for _ in socket:
                # A desktop has nothing to say here; reading is how its pongs and its goodbye are heard.
                words += 1
                if words > self._limits.words_max:
                    self.say_goodbye(TALKS_TOO_MUCH, "a desktop has nothing to say here", self._limits.close_seconds)
            writing.cancel()
            if not self.must_go:
                closing.cancel()

    async def _write(self, socket: web.WebSocketResponse) -> None:
        try:
            while True:
                await self._something_is_pending.wait()
                self._something_is_pending.clear()
                while self._pending:
                    await socket.send_str(self._pending.popleft())
        except ClientConnectionResetError:
            return  # it has gone: `serve` hears the same from its reading side

    async def _close_when_told(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport) -> None:
        goodbye = await asyncio.shield(self._goodbye)
        try:
            async with asyncio.timeout(goodbye.seconds_max):
                await socket.close(code=goodbye.code, message=goodbye.because.encode())
        except TimeoutError:
            # It does not even read that it is to go: without this its unsent frames would stay with us for ever.
            transport.abort()


class _Kept(NamedTuple):
    seq: int
    text: str


class Feed:
    """All that one agent's desktops hear: they all hear the same, under the same numbers."""

    def __init__(self, first_seq: int, limits: Limits) -> None:
        self.seq = first_seq
        self.readers: dict[Reader, None] = {}
        self.idle_since: Seconds | None = None
        """Since when nobody listens."""
        self._kept: deque[_Kept] = deque(maxlen=limits.frames_kept_max)

    def tell(self, kind: str, value: str) -> None:
        """Say one more thing."""
        self.seq += 1
        text = f'{{"type":"{kind}","seq":{self.seq},"{kind}":{value}}}'
        self._kept.append(_Kept(self.seq, text))
        for reader in self.readers:
            reader.put(text)

    def missed_since(self, after: int) -> list[str] | None:
        """What was said after a number; None: that is not known any more."""
        if after == self.seq:
            return []
        if not self._kept or not self._kept[0].seq - 1 <= after <= self.seq:
            return None
        return [kept.text for kept in self._kept if kept.seq > after]


class Feeds:
    """Everybody's feeds. An agent has one from their first desktop until a while after their last has gone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._feeds: dict[AgentId, Feed] = {}

    @property
    def listeners(self) -> Collection[AgentId]:
        """Whoever is told things."""
        return self._feeds.keys()

    def feed_of(self, agent: AgentId, now: Seconds) -> Feed:
        """An agent's feed, made anew if need be.

        Numbers begin at the time in milliseconds, so that a number from before a restart is never taken for one of ours.
        """
        feed = self._feeds.get(agent)
        if feed is None:
            feed = self._feeds[agent] = Feed(int(now * 1000), self._limits)
            feed.idle_since = now
        return feed

    def tell(self, agent: AgentId, kind: str, value: str) -> None:
        """Say something to all desktops of an agent who listens."""
        self._feeds[agent].tell(kind, value)

    def is_full(self, agent: AgentId) -> bool:
        """No other desktop of this agent can listen."""
        return self.readers_of(agent) >= self._limits.sockets_per_agent_max

    @property
    def is_full_for_all(self) -> bool:
        """No other desktop of anybody can listen."""
        return sum(len(feed.readers) for feed in self._feeds.values()) >= self._limits.sockets_max

    def readers_of(self, agent: AgentId) -> int:
        """How many desktops of an agent listen."""
        feed = self._feeds.get(agent)
        return len(feed.readers) if feed is not None else 0

    def join(self, agent: AgentId, reader: Reader, now: Seconds) -> None:
        """A desktop listens from now on."""
        feed = self.feed_of(agent, now)
        feed.readers[reader] = None
        feed.idle_since = None

    def leave(self, agent: AgentId, reader: Reader, now: Seconds) -> None:
        """A desktop has gone."""
        feed = self._feeds.get(agent)
        if feed is not None and reader in feed.readers:
            del feed.readers[reader]
            feed.idle_since = None if feed.readers else now

    def end_session(self, session: Session) -> None:
        """Close what was opened with a session that is over."""
        feed = self._feeds.get(session.agent)
        for reader in feed.readers if feed else ():
            if reader.session is session:
                reader.say_goodbye(SESSION_ENDED, "the session has ended", self._limits.close_seconds)

    def sweep(self, now: Seconds) -> None:
        """Forget what was kept for agents who have not come back."""
        for agent, feed in tuple(self._feeds.items()):
            if feed.idle_since is not None and now - feed.idle_since >= self._limits.linger_seconds:
                del self._feeds[agent]

    def drop(self, agent: AgentId) -> None:
        """Forget an agent who is none any more; their sessions are ended elsewhere."""
        self._feeds.pop(agent, None)

    def stop(self) -> None:
        """Say goodbye to everybody: the controller stops."""
        for feed in self._feeds.values():
            for reader in feed.readers:
                reader.say_goodbye(GOING_AWAY, "the controller stops", self._limits.stop_seconds)

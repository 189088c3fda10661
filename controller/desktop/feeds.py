"""What connected desktops hear, numbered per agent, kept for those who come back, and never waiting for a slow reader.

One event loop, no threads: telling happens between two inputs and only puts bytes into bounded places. What all desktops hear alike
(queues) is encoded once and kept once; of it a listener costs a number and one write.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from aiohttp import web

from controller.desktop.limits import Limits
from controller.desktop.sessions import Session
from controller.directory.ids import AgentId, Seconds

GOING_AWAY = 1001
SESSION_ENDED = 4001
TOO_SLOW = 4008
TALKS_TOO_MUCH = 1008

_TEXT = 0x81
"""The first byte of a WebSocket message of text in one frame (RFC 6455, 5.2); a server's frames are not masked."""
_LENGTH_IN_7_BITS_MAX, _LENGTH_IN_16_BITS_MAX = 125, 0xFFFF


def text_frame(text: bytes) -> bytes:
    """Make a WebSocket frame of a text."""
    return _frame_head(len(text)) + text


def _frame_head(length: int) -> bytes:
    if length <= _LENGTH_IN_7_BITS_MAX:
        return bytes((_TEXT, length))
    if length <= _LENGTH_IN_16_BITS_MAX:
        return bytes((_TEXT, 126)) + length.to_bytes(2)
    return bytes((_TEXT, 127)) + length.to_bytes(8)


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Why the server closes a WebSocket: the close code and a word for whoever debugs."""

    code: int
    because: str
    seconds_max: Seconds
    """How long the reader may take to read what is on its way and answer."""


class Reader:
    """One WebSocket.

    Its frames are written straight to its connection: a task to wake and a coroutine to run for each of a thousand desktops would cost
    several times the write itself. The connection's own buffer is where unread frames wait, and its size tells whether the reader is slow.
    """

    def __init__(self, session: Session, first: Sequence[bytes], limits: Limits) -> None:
        """`first` are the frames to begin with; that they are many is not the reader's fault, so they don't count against it."""
        self.session = session
        self._limits = limits
        self._unsent = list(first)
        """What waits until the WebSocket is open."""
        self._excused = sum(map(len, first))
        """So many unread bytes are not the reader's fault, until it has caught up."""
        self._is_judged = False
        self._socket: web.WebSocketResponse | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._goodbye: asyncio.Future[Goodbye] = asyncio.get_running_loop().create_future()

    @property
    def must_go(self) -> bool:
        """The server has decided to close it."""
        return self._goodbye.done()

    @property
    def _unread(self) -> int:
        """How many bytes wait here, beyond what the kernel holds."""
        return self._transport.get_write_buffer_size() if self._transport is not None else sum(map(len, self._unsent))

    def put(self, frames: bytes, *, is_much: bool = False) -> None:
        """Send whole frames as soon as the reader takes them; a reader that is too far behind is told to go instead.

        `is_much`: everything is told anew, so these don't count against it.
        """
        if self._goodbye.done():
            return
        if self._socket is None or self._transport is None:
            self._unsent.append(frames)
        elif self._socket.closed or self._transport.is_closing():
            return  # it has gone, or says goodbye: nothing may follow a goodbye
        else:
            if self._excused and not self._transport.get_write_buffer_size():
                self._excused = 0
            self._transport.write(frames)
        if is_much:
            self._excused += len(frames)
        if not self._is_judged and self._unread > self._limits.unread_bytes_max + self._excused:
            # A moment later: what was said within one moment may not have been handed to the kernel yet.
            self._is_judged = True
            asyncio.get_running_loop().call_soon(self._judge)

    def _judge(self) -> None:
        self._is_judged = False
        if self._unread > self._limits.unread_bytes_max + self._excused:
            self.say_goodbye(TOO_SLOW, "the reader fell behind", self._limits.close_seconds)

    def say_goodbye(self, code: int, because: str, seconds_max: Seconds) -> None:
        """Close it. What was not sent yet is dropped: whoever comes back gets it then."""
        if not self.must_go:
            self._unsent.clear()
            self._goodbye.set_result(Goodbye(code, because, seconds_max))

    async def serve(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport) -> None:
        """Send frames until either side closes."""
        self._socket, self._transport = socket, transport
        first, self._unsent = b"".join(self._unsent), []
        transport.write(first)
        async with asyncio.TaskGroup() as together:
            closing = together.create_task(self._close_when_told(socket, transport))
            words = 0
            async for _ in socket:
                # A desktop has nothing to say here; reading is how its pongs and its goodbye are heard.
                words += 1
                if words > self._limits.words_max:
                    self.say_goodbye(TALKS_TOO_MUCH, "a desktop has nothing to say here", self._limits.close_seconds)
            if not self.must_go:
                closing.cancel()

    async def _close_when_told(self, socket: web.WebSocketResponse, transport: asyncio.WriteTransport) -> None:
        goodbye = await asyncio.shield(self._goodbye)
        try:
            async with asyncio.timeout(goodbye.seconds_max):
                await socket.close(code=goodbye.code, message=goodbye.because.encode())
        except TimeoutError:
            pass  # it does not even read that it is to go
        finally:
            if transport.get_write_buffer_size():
                # Without this its unsent frames would stay with us for ever.
                transport.abort()


class _Kept(NamedTuple):
    at: Seconds
    seq: int
    """Its number; of what all hear: how many there were before it."""
    frame: bytes


class _ToAll:
    """One thing that all desktops hear: everybody the same, under a number of their own."""

    def __init__(self, kind: str, value: str) -> None:
        self._text = f'{{"type":"{kind}","seq":'.encode()
        self._rest = f',"{kind}":{value}}}'.encode()
        self._digits, self._head = 0, b""
        self.size = len(self._text) + len(self._rest)

    def frame(self, seq: int) -> bytes:
        """The same under this number."""
        number = b"%d" % seq
        if len(number) != self._digits:  # nearly everybody's numbers are of one length
            self._digits = len(number)
            self._head = _frame_head(self.size + self._digits) + self._text
        return self._head + number + self._rest


class _KeptForAll:
    """What all desktops have heard, kept once however many they are."""

    def __init__(self, limits: Limits) -> None:
        self.told = 0
        self._limits = limits
        self._kept: deque[tuple[Seconds, _ToAll]] = deque()
        self._bytes = 0

    def add(self, what: _ToAll, now: Seconds) -> None:
        self.told += 1
        self._kept.append((now, what))
        self._bytes += what.size
        while self._bytes > self._limits.kept_for_all_bytes_max:
            self._forget_oldest()

    def sweep(self, now: Seconds) -> None:
        while self._kept and now - self._kept[0][0] >= self._limits.kept_seconds:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        _, oldest = self._kept.popleft()
        self._bytes -= oldest.size

    def last(self, wanted: int) -> list[_ToAll] | None:
        """The last so many, newest first; None: that is not known any more."""
        if wanted > len(self._kept):
            return None
        return [what for _, what in islice(reversed(self._kept), wanted)]


class Feed:
    """All that one agent's desktops hear: they all hear the same, under the same numbers."""

    def __init__(self, first_seq: int, for_all: _KeptForAll, limits: Limits) -> None:
        self.readers: dict[Reader, None] = {}
        self.idle_since: Seconds | None = None
        """Since when nobody listens."""
        self._limits = limits
        self._for_all = for_all
        self._own_seq = first_seq - for_all.told
        """What `seq` would be if nothing had ever been told to all."""
        self._kept: deque[_Kept] = deque()
        self._bytes = 0
        self._known_after = first_seq
        """What was said up to this number is not kept."""

    @property
    def seq(self) -> int:
        """The number of what was said last."""
        return self._own_seq + self._for_all.told

    def tell(self, kind: str, value: str, now: Seconds, *, is_much: bool = False) -> None:
        """Say one more thing to this agent alone; `is_much`: one of many at once."""
        self._own_seq += 1
        frame = text_frame(f'{{"type":"{kind}","seq":{self.seq},"{kind}":{value}}}'.encode())
        self._kept.append(_Kept(now, self.seq, frame))
        self._bytes += len(frame)
        while self._bytes > self._limits.kept_bytes_max:
            self._forget_oldest()
        for reader in self.readers:
            reader.put(frame, is_much=is_much)

    def missed_since(self, after: int) -> list[bytes] | None:
        """What was said after a number; None: that is not known any more."""
        if not self._known_after <= after <= self.seq:
            return None
        own = deque(kept for kept in self._kept if kept.seq > after)
        to_all = self._for_all.last(self.seq - after - len(own))
        if to_all is None:
            return None
        missed = []
        for seq in range(after + 1, self.seq + 1):
            # A number that is not of the agent's own was told to all.
            missed.append(own.popleft().frame if own and own[0].seq == seq else to_all.pop().frame(seq))
        return missed

    def sweep(self, now: Seconds) -> None:
        """Forget what is too old to come back to."""
        while self._kept and now - self._kept[0].at >= self._limits.kept_seconds:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = self._kept.popleft()
        self._bytes -= len(oldest.frame)
        self._known_after = oldest.seq


class Feeds:
    """Everybody's feeds. An agent has one from their first desktop until a while after their last has gone."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._feeds: dict[AgentId, Feed] = {}
        self._for_all = _KeptForAll(limits)

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
            feed = self._feeds[agent] = Feed(int(now * 1000), self._for_all, self._limits)
            feed.idle_since = now
        return feed

    def tell(self, agent: AgentId, kind: str, value: str, now: Seconds, *, is_much: bool = False) -> None:
        """Say something to all desktops of an agent who listens; `is_much`: one of many at once."""
        self._feeds[agent].tell(kind, value, now, is_much=is_much)

    def tell_all(self, kind: str, values: Sequence[str], now: Seconds) -> int:
        """Say these things to everybody; each desktop gets them in one piece. Gives how many desktops there are."""
        said = [_ToAll(kind, value) for value in values]
        told = 0
        for feed in self._feeds.values():
            if feed.readers:
                frames = b"".join([each.frame(seq) for seq, each in enumerate(said, start=feed.seq + 1)])
                for reader in feed.readers:
                    reader.put(frames)
                told += len(feed.readers)
        for each in said:
            self._for_all.add(each, now)
        return told

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
        """Forget what is too old, and what was kept for agents who have not come back."""
        self._for_all.sweep(now)
        for agent, feed in tuple(self._feeds.items()):
            if feed.idle_since is not None and now - feed.idle_since >= self._limits.kept_seconds:
                del self._feeds[agent]
            else:
                feed.sweep(now)

    def drop(self, agent: AgentId) -> None:
        """Forget an agent who is none any more; their sessions are ended elsewhere."""
        self._feeds.pop(agent, None)

    def stop(self) -> None:
        """Say goodbye to everybody: the controller stops."""
        for feed in self._feeds.values():
            for reader in feed.readers:
                reader.say_goodbye(GOING_AWAY, "the controller stops", self._limits.stop_seconds)

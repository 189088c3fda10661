"""What a desktop may send over its WebSocket: next to nothing, and each frame masked.

aiohttp answers pings and swallows pongs and empty parts of messages by itself, as many as come, and takes frames without a mask, which
RFC 6455 (5.1) tells a server to close for. So each frame's head is looked at here before aiohttp's own reader gets it.
"""

from collections.abc import Callable
from typing import Protocol

from controller.desktop.limits import Limits
from controller.desktop.shares import Bucket
from controller.directory.ids import Seconds

PROTOCOL_ERROR = 1002
POLICY_VIOLATION = 1008

MASKED = 0x80
MASK_BYTES = 4
LENGTH_BITS = 0x7F
LONG_LENGTHS = {126: 2, 127: 8}
"""A length that says how many bytes follow with the real one."""
SHORT_HEAD_BYTES = 2


class Reader(Protocol):
    """What aiohttp reads frames with."""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Take what has come."""

    def feed_eof(self) -> None:
        """Hear that nothing more comes."""


class SocketGuard:
    """Stands before the reader of one WebSocket. Once it has told that a rule was broken it lets nothing more through."""

    def __init__(self, reader: Reader, limits: Limits, clock: Callable[[], Seconds], tell: Callable[[int, str], None]) -> None:
        """`tell` gets a close code and a word for whoever debugs."""
        self._reader = reader
        self._clock = clock
        self._tell = tell
        self._frames = Bucket(limits.socket_frames_at_once_max, limits.socket_frames_per_second_max, clock())
        self._bytes = Bucket(limits.socket_bytes_at_once_max, limits.socket_bytes_per_second_max, clock())
        self._head = bytearray()
        self._to_skip = 0
        self._is_shut = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Pass on what has come, if all of it is within the rules."""
        if not self._is_shut and self._breaks_a_rule(data):
            self._is_shut = True
        return (False, b"") if self._is_shut else self._reader.feed_data(data)

    def feed_eof(self) -> None:
        """Pass it on."""
        self._reader.feed_eof()

    def _breaks_a_rule(self, data: bytes) -> bool:
        now = self._clock()
        if not self._bytes.take(now, len(data)):
            self._tell(POLICY_VIOLATION, "a desktop has nothing to say here")
            return True
        at = 0
        while at < len(data):
            if self._to_skip:
                skipped = min(self._to_skip, len(data) - at)
                self._to_skip -= skipped
                at += skipped
                continue
            self._head.append(data[at])
            at += 1
            if len(self._head) < SHORT_HEAD_BYTES:
                continue
            if not self._head[1] & MASKED:
                self._tell(PROTOCOL_ERROR, "a client masks its frames")
                return True
            if self._head_is_whole() and not self._frames.take(now):
                self._tell(POLICY_VIOLATION, "a desktop has nothing to say here")
                return True
        return False

    def _head_is_whole(self) -> bool:
        """Count the bytes up to the next head, once this one is known."""
        length = self._head[1] & LENGTH_BITS
        if len(self._head) < SHORT_HEAD_BYTES + LONG_LENGTHS.get(length, 0):
            return False
        if length in LONG_LENGTHS:
            length = int.from_bytes(self._head[SHORT_HEAD_BYTES:])
        self._to_skip = MASK_BYTES + length
        self._head.clear()
        return True

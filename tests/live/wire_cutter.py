"""Stands between the controller and Asterisk's ARI, so that a test can cut the line, keep it cut, or let it fall silent.

It forwards bytes and understands none of them. Cutting is what a broken network does: every connection ends, and no new one gets through.
"""

import asyncio
import re
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

CHUNK_BYTES = 64 * 1024


class WireCutter:
    """A TCP forwarder on loopback. Use it as a context manager; set `target_port` before anybody connects.

    `listen_port`: where it listens; 0: any free port.
    """

    def __init__(self, *, target_port: int = 0, listen_port: int = 0) -> None:
        self.target_port = target_port
        self._listen_port = listen_port
        self.forwarded_at: float | None = None
        """When the newest connection got through (wall-clock seconds); None: none has since the last cut."""
        self._is_cut = False
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._taps: dict[asyncio.Event, bytes] = {}
        """What lets the bytes of each connection through, and what that has begun with."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self._listen_port)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None, "it was entered"
        self._server.close()
        await self._end_pipes()

    @property
    def port(self) -> int:
        """Where the controller finds what it takes for Asterisk."""
        assert self._server is not None, "it was entered"
        return int(self._server.sockets[0].getsockname()[1])

    async def cut(self) -> None:
        """End every connection, and let no new one through before `mend`."""
        self._is_cut = True
        self.forwarded_at = None
        await self._end_pipes()

    def fall_silent(self, *, new_get_through: bool = True) -> None:
        """Forward nothing more on the connections that there are, not even their end.

        `new_get_through`: otherwise no new one does before `mend`, so that nothing at all is asked of Asterisk, however long that takes.
        """
        self.forwarded_at = None
        self._is_cut = not new_get_through
        for tap in self._taps:
            tap.clear()
        self._taps.clear()

    def fall_silent_where(self, asked: bytes) -> None:
        """Forward nothing more on the one connection whose first request is such (an expression): half open, while all others go on."""
        (silent,) = [tap for tap, began in self._taps.items() if re.search(asked, began)]
        silent.clear()
        del self._taps[silent]

    def mend(self) -> None:
        """Let new connections through again; what was cut stays cut, and what fell silent stays silent."""
        self._is_cut = False

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except ConnectionError:
            writer.transport.abort()  # Asterisk is not there: the same as without us
            return
        self.forwarded_at = time.time()
        tap = asyncio.Event()
        tap.set()
        self._taps[tap] = b""
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            pipe = asyncio.create_task(self._pipe(source, sink, tap), name="wire cutter")
            self._pipes.add(pipe)
            pipe.add_done_callback(self._pipes.discard)
            pipe.add_done_callback(lambda _: self._taps.pop(tap, None))

    async def _pipe(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, tap: asyncio.Event) -> None:
        try:
            while True:
                data = await source.read(CHUNK_BYTES)
                if self._taps.get(tap) == b"":
                    self._taps[tap] = data
                await tap.wait()
                if not data:
                    return
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # one side has gone: so does the other
        finally:
            sink.transport.abort()

    async def _end_pipes(self) -> None:
        pipes = tuple(self._pipes)
        for pipe in pipes:
            pipe.cancel()
        for pipe in pipes:
            with suppress(asyncio.CancelledError):
                await pipe

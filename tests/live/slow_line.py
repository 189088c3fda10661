"""Stands between the controller and a directory, so that a test knows how much of an answer has passed, and can slow the rest down.

It forwards bytes and understands none of them, so TLS goes through it as it is.
"""

import asyncio
from types import TracebackType
from typing import Self

CHUNK_BYTES = 4096


class SlowLine:
    """A TCP forwarder on loopback. Use it as a context manager."""

    def __init__(
        self, target_port: int | None, *, passes_bytes: int = 0, then_seconds: float = 0.0, chunk_bytes: int = CHUNK_BYTES
    ) -> None:
        """`target_port`: None: nobody answers, whatever is said. After `passes_bytes` each chunk of an answer takes `then_seconds`."""
        self._target_port = target_port
        self._passes_bytes = passes_bytes
        self._then_seconds = then_seconds
        self._chunk_bytes = chunk_bytes
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._passed = 0
        self.is_in_the_middle = asyncio.Event()
        """So much has passed."""
        self.is_quiet = asyncio.Event()
        """Every connection that there was has ended."""
        self.connections = 0
        self.port = 0
        """Where it listens, once it was entered."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None, "it was entered"
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self._target_port is None:
            self._keep(asyncio.create_task(self._swallow(reader, writer)))
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._keep(asyncio.create_task(self._ask(reader, there_writer)))
        self._keep(asyncio.create_task(self._answer(there_reader, writer)))

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        self.is_quiet.clear()
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not self._tasks:
            self.is_quiet.set()

    async def _swallow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await reader.read(CHUNK_BYTES):
                pass
        except ConnectionError:
            pass  # who asked has gone
        finally:
            writer.transport.abort()

    async def _ask(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(CHUNK_BYTES):
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # one side has gone: so does the other
        finally:
            sink.transport.abort()

    async def _answer(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(self._chunk_bytes):
                if self._passed >= self._passes_bytes:
                    self.is_in_the_middle.set()
                    await asyncio.sleep(self._then_seconds)
                self._passed += len(data)
                sink.write(data)
                await sink.drain()
        except ConnectionError:
            pass  # one side has gone: so does the other
        finally:
            sink.transport.abort()

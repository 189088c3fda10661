"""Bytes on a connection: for what no client would send."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from controller.desktop.limits import Limits
from tests.edges.desktop_world import API, PATIENCE_SECONDS, World


@asynccontextmanager
async def world_with(limits: Limits, *, is_behind_proxy: bool = False, host_names: tuple[str, ...] = ()) -> AsyncIterator[World]:
    """A contact centre with these limits."""
    here = World(limits, is_behind_proxy=is_behind_proxy, host_names=host_names)
    await here.start()
    try:
        yield here
    finally:
        await here.stop()


@dataclass(slots=True)
class Raw:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def say(self, words: bytes) -> None:
        self.writer.write(words)
        await self.writer.drain()

    async def head(self) -> bytes:
        """The next answer's status line and headers."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.reader.readuntil(b"\r\n\r\n")

    async def rest(self) -> bytes:
        """All that comes until the server closes."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def is_closed(self) -> bool:
        """Whether the server has closed it, without an answer, or does so now."""
        return await self.rest() == b""

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            return  # the server was quicker


@asynccontextmanager
async def connected(world: World, address: str = "127.0.0.1") -> AsyncIterator[Raw]:
    """A connection from an address of this machine's."""
    raw = Raw(*await asyncio.open_connection("127.0.0.1", world.server.port, local_addr=(address, 0)))
    try:
        yield raw
    finally:
        await raw.close()


async def answer_to(world: World, words: bytes, address: str = "127.0.0.1") -> bytes:
    """What is answered until the server closes."""
    async with connected(world, address) as raw:
        await raw.say(words)
        return await raw.rest()


def request(method: str, path: str, *headers: str, body: str = "") -> bytes:
    """A request as a client writes it."""
    length = [f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []
    lines = [f"{method} {path} HTTP/1.1", *([] if any(h.startswith("Host:") for h in headers) else ["Host: localhost"]), *length, *headers]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def upgrade(*headers: str) -> bytes:
    """A request for the WebSocket."""
    key = base64.b64encode(bytes(16)).decode()
    wanted = ("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}")
    return request("GET", f"{API}/events", *wanted, *headers)

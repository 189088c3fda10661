"""One open connection to a scripted Asterisk, by either way, that is being read as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from controller.asterisk.errors import SwitchAway
from controller.asterisk.over_asyncari import AsyncariConnection
from controller.asterisk.rest_over_websocket import WebSocketConnection
from controller.asterisk.transport import Connection
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk


class Client:
    """A connection that is being read, and what it heard that was no reply."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: list[str] = []
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> SwitchAway:
        try:
            await self.connection.read(self.heard.append)
        except SwitchAway as ended:
            return ended


@asynccontextmanager
async def connected(asterisk: FakeAsterisk, *, ping_every_seconds: float = 30) -> AsyncIterator[Client]:
    """Connect in the way that this Asterisk's access names."""
    access = asterisk.access()
    if access.transport == "asyncari":
        client = Client(await AsyncariConnection.open(access, APP))
    else:
        client = Client(await WebSocketConnection.open(access, APP, ping_every_seconds=ping_every_seconds))
    try:
        yield client
    finally:
        await client.connection.close()
        await client.reading

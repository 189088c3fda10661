"""What telephones in browsers need of Asterisk, without any: passwords in a dictionary, and a WebSocket that notes what is said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from controller.floor.ports import BrowserPasswords
from controller.interaction.refusals import SwitchAway

SECONDS_MAX = 3.0


class PasswordsInMemory(BrowserPasswords):
    """Keeps what Asterisk would."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.taken: list[str] = []
        """What was taken away, in order."""
        self.is_there = True

    async def give(self, endpoint: str, password: str) -> None:
        if not self.is_there:
            raise SwitchAway("Asterisk can't be reached now.")
        self.known[endpoint] = password

    def take_away(self, endpoint: str) -> None:
        self.known.pop(endpoint, None)
        self.taken.append(endpoint)


class SipServer:
    """Asterisk's HTTP server, as far as a telephone in a browser sees it. It answers each message with the same, in capitals."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[str] = []
        self.open: list[web.WebSocketResponse] = []
        self.takes_sockets = asyncio.Event()
        """Not set: whoever connects waits."""
        self.takes_sockets.set()
        self.asked = 0
        self._changed = asyncio.Event()

    async def until_asked(self, times: int) -> None:
        """Wait until somebody has begun to connect so many times."""
        async with asyncio.timeout(SECONDS_MAX):
            while self.asked != times:
                self._changed.clear()
                await self._changed.wait()

    async def until_open(self, how_many: int) -> None:
        """Wait until so many are connected."""
        async with asyncio.timeout(SECONDS_MAX):
            while len(self.open) != how_many:
                self._changed.clear()
                await self._changed.wait()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self.asked += 1
        self._changed.set()
        await self.takes_sockets.wait()
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self.open.append(socket)
        self._changed.set()
        async for message in socket:
            assert message.type is WSMsgType.TEXT, "SIP is text"
            self.heard.append(message.data)
            await socket.send_str(message.data.upper())
        self.open.remove(socket)
        self._changed.set()
        return socket


@asynccontextmanager
async def sip_server() -> AsyncIterator[SipServer]:
    """One that listens as long as the test needs it."""
    server = SipServer()
    app = web.Application()
    app.router.add_get("/ws", server.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/ws"
    try:
        yield server
    finally:
        await runner.cleanup()

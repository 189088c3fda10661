"""An Asterisk that does what a test tells it: ARI's handshake, replies, events and faults, and no telephony at all.

Must never be cleverer than Asterisk: what it does unasked, the real one was seen to do.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, encode_basic_auth, web

from controller.directory.site import AsteriskAccess

SECONDS_MAX = 3.0
"""How long a test waits for something that must happen."""
APP = "controller"
Json = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """One request that came in."""

    app: str
    """Over which application's socket."""
    what: str
    """`POST channels/42/answer`."""
    query: dict[str, str]
    body: Json
    transaction: str


@dataclass(slots=True, eq=False)
class FakeAsterisk:
    """Knobs first; a test turns them before or while the controller is connected."""

    port: int = 0
    booting: bool = False
    deaf: bool = False
    """Markers, and all other events, do not reach the client."""
    frozen: bool = False
    """Nothing is read and nothing answered, not even a ping: the other end of a half-open connection."""
    password: str = "secret"
    startup_time: str = "2026-11-22T09:00:00.000+0000"
    replies: dict[str, tuple[int, object]] = field(default_factory=dict)
    """Status and body for a request; a body that is a `str` goes out as it is. Everything else is answered 204."""
    unanswered: set[str] = field(default_factory=set)
    before_reply: dict[str, Json] = field(default_factory=dict)
    """An event that is sent before the reply to this request."""

    asked: list[Asked] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    sockets: dict[str, web.WebSocketResponse] = field(default_factory=dict)
    connections: int = 0
    """How often the event socket was opened."""
    _cables: dict[str, asyncio.WriteTransport] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    def access(self, *, lanes: int = 2, password: str = "secret") -> AsteriskAccess:
        """How to reach it."""
        url = f"http://127.0.0.1:{self.port}"
        return AsteriskAccess(url=url, app=APP, username="controller", password=password, transport="websocket", lanes=lanes)

    async def start(self) -> None:
        """Listen; a second time on the same port."""
        server = web.Application()
        server.router.add_get("/ari/events", self._connected)
        self._runner = web.AppRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Be gone: every connection breaks."""
        for app in tuple(self.sockets):
            self.cut(app)
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def cut(self, app: str = APP) -> None:
        """Break one connection without a good-bye."""
        self._cables[app].abort()

    async def tell(self, message: Json | str, app: str = APP) -> None:
        """Send an event, or any text."""
        await self.sockets[app].send_str(message if isinstance(message, str) else json.dumps(message))

    async def reply(self, asked: Asked, status: int = 204, body: object = "") -> None:
        """Answer a request that was left unanswered."""
        await self._answer(self.sockets[asked.app], asked, status, body)

    def asked_for(self, what: str) -> list[Asked]:
        """All requests of this kind so far."""
        return [asked for asked in self.asked if asked.what == what]

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until it has happened. Looks whenever something came in."""
        async with asyncio.timeout(SECONDS_MAX):
            while not happened():
                self._changed.clear()
                await self._changed.wait()

    async def until_asked(self, what: str, times: int = 1) -> Asked:
        """Wait for a request, and give the last of its kind."""
        await self.until(lambda: len(self.asked_for(what)) >= times)
        return self.asked_for(what)[-1]

    async def _connected(self, request: web.Request) -> web.StreamResponse:
        self.urls.append(str(request.url))
        self._changed.set()
        if self.booting:
            return web.Response(status=503, text="Asterisk not booted")
        if request.headers.get("Authorization") != encode_basic_auth("controller", self.password):
            return web.Response(status=401)
        app = request.query["app"]
        socket = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await socket.prepare(request)
        assert isinstance(request.transport, asyncio.WriteTransport), "a socket that was just opened has a cable"
        self._cables[app] = request.transport
        before, self.sockets[app] = self.sockets.get(app), socket
        if before is not None and not before.closed:
            with suppress(ConnectionError):
                await before.send_str(json.dumps({"type": "ApplicationReplaced", "application": app}))
        self.connections += app == APP
        self._changed.set()
        await self._serve(socket, app)
        if self.sockets.get(app) is socket:
            del self.sockets[app]
        self._changed.set()
        return socket

    async def _serve(self, socket: web.WebSocketResponse, app: str) -> None:
        async for message in socket:
            if self.frozen:
                continue
            if message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._take(socket, app, json.loads(message.data))

    async def _take(self, socket: web.WebSocketResponse, app: str, message: Json) -> None:
        query = {pair["name"]: pair["value"] for pair in message.get("query_strings", [])}
        body = json.loads(message.get("message_body", "{}"))
        asked = Asked(app, f"{message['method']} {message['uri']}", query, body, message["transaction_id"])
        self.asked.append(asked)
        self._changed.set()
        if event := self.before_reply.get(asked.what):
            await self.tell(event)
        if asked.what in self.unanswered:
            return
        if asked.what.startswith("POST events/user/") and not self.deaf:
            name = asked.what.removeprefix("POST events/user/")
            await self.tell({"type": "ChannelUserevent", "eventname": name, "userevent": body["variables"]}, query["application"])
        status, answer = self.replies.get(asked.what, (204, ""))
        if asked.what == "GET asterisk/info" and asked.what not in self.replies:
            status, answer = 200, {"status": {"startup_time": self.startup_time}}
        await self._answer(socket, asked, status, answer)

    async def _answer(self, socket: web.WebSocketResponse, asked: Asked, status: int, body: object) -> None:
        message = {"type": "RESTResponse", "transaction_id": asked.transaction, "status_code": status, "reason_phrase": ""}
        if body != "":
            message["message_body"] = body if isinstance(body, str) else json.dumps(body)
        with suppress(ConnectionError):
            await socket.send_str(json.dumps(message))


@asynccontextmanager
async def fake_asterisk(*, booting: bool = False) -> AsyncIterator[FakeAsterisk]:
    """An Asterisk that listens as long as the test needs it."""
    asterisk = FakeAsterisk(booting=booting)
    await asterisk.start()
    try:
        yield asterisk
    finally:
        await asterisk.stop()


def channel(leg: str, state: str = "Up") -> Json:
    """A channel as ARI writes it."""
    place = {"context": "customers", "exten": "800", "priority": 3, "app_name": "Stasis", "app_data": f"{APP},customer,800"}
    caller = {"name": "Cora", "number": "2001"}
    return {"id": leg, "name": f"PJSIP/{leg}", "state": state, "caller": caller, "connected": caller, "dialplan": place, "language": "en"}


def state_change(leg: str, state: str = "Up") -> Json:
    """An event that names a leg."""
    return {"type": "ChannelStateChange", "timestamp": "2026-11-22T09:26:29.643+0000", "channel": channel(leg, state), "application": APP}

"""An Asterisk that does what a test tells it: ARI's handshake, replies, events and faults, and no telephony at all.

It takes requests over its WebSockets and over plain HTTP; `transport` says which of the two the controller is to use.

Must never be cleverer than Asterisk: what it does unasked, the real one was seen to do.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, encode_basic_auth, web

from controller.directory.site import AsteriskAccess, Transport

SECONDS_MAX = 3.0
"""How long a test waits for something that must happen."""
APP = "controller"
OVER_HTTP = "HTTP"
TRANSPORTS: tuple[Transport, ...] = ("rest-over-websocket", "asyncari")
BEFORE_CONNECTING = ("GET asterisk/variable", "POST asterisk/variable", "GET asterisk/info")
"""What is asked over plain HTTP before there is a connection; no test wants to see it."""
Json = dict[str, Any]


@dataclass(slots=True)
class Asked:
    """One request that came in."""

    app: str
    """Over which application's socket, or `OVER_HTTP`."""
    what: str
    """`POST channels/42/answer`."""
    query: dict[str, str]
    body: Json
    transaction: str
    answered: "asyncio.Future[tuple[int, object]]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Over plain HTTP only: the answer, when it is given."""


@dataclass(slots=True, eq=False)
class FakeAsterisk:
    """Knobs first; a test turns them before or while the controller is connected."""

    port: int = 0
    transport: Transport = "rest-over-websocket"
    tls: ssl.SSLContext | None = None
    """What it speaks TLS with; None: it speaks none."""
    booting: bool = False
    deaf: bool = False
    """Markers, and all other events, do not reach the client."""
    frozen: bool = False
    """Nothing is read and nothing answered, not even a ping: the other end of a half-open connection."""
    password: str = "secret"
    startup_time: str = "2026-11-22T09:00:00.000+0000"
    version: str = "22.10.1~dfsg"
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
    _http_cables: set[asyncio.WriteTransport] = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    def access(self, *, lanes: int = 2, password: str = "secret") -> AsteriskAccess:
        """How to reach it."""
        url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        return AsteriskAccess(url=url, app=APP, username="controller", password=password, transport=self.transport, lanes=lanes)

    async def start(self) -> None:
        """Listen; a second time on the same port."""
        server = web.Application()
        self._add_routes(server.router)
        self._runner = web.AppRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self.tls)
        await site.start()
        self.port = self._runner.addresses[0][1]

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/ari/events", self._connected)
        router.add_route("*", "/ari/{uri:.+}", self._asked_over_http)

    async def stop(self) -> None:
        """Be gone: every connection breaks."""
        for app in tuple(self.sockets):
            self.cut(app)
        self.cut_http()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def cut(self, app: str = APP) -> None:
        """Break one connection without a good-bye."""
        self._cables[app].abort()

    def cut_http(self) -> None:
        """Break every connection that asks over plain HTTP."""
        for cable in self._http_cables:
            cable.abort()
        self._http_cables.clear()

    async def tell(self, message: Json | str, app: str = APP) -> None:
        """Send an event, or any text."""
        await self.sockets[app].send_str(message if isinstance(message, str) else json.dumps(message))

    async def reply(self, asked: Asked, status: int = 204, body: object = "") -> None:
        """Answer a request that was left unanswered."""
        if asked.app == OVER_HTTP:
            asked.answered.set_result((status, body))
        else:
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
        answer = await self._executed(asked)
        if answer is not None:
            await self._answer(socket, asked, *answer)

    async def _executed(self, asked: Asked) -> tuple[int, object] | None:
        """Do what is asked, and give status and body; None: it is not answered now."""
        self.asked.append(asked)
        self._changed.set()
        if event := self.before_reply.get(asked.what):
            await self.tell(event)
        if asked.what in self.unanswered:
            return None
        if asked.what.startswith("POST events/user/") and not self.deaf:
            name = asked.what.removeprefix("POST events/user/")
            mark = {"type": "ChannelUserevent", "eventname": name, "userevent": asked.body["variables"]}
            await self.tell(mark, asked.query["application"])
        if asked.what == "GET asterisk/info" and asked.what not in self.replies:
            return 200, {"status": {"startup_time": self.startup_time}, "system": {"version": self.version}}
        return self.replies.get(asked.what, (204, ""))

    async def _asked_over_http(self, request: web.Request) -> web.Response:
        if request.path != "/ari/asterisk/variable":
            self.urls.append(str(request.url))
            self._changed.set()
        if self.booting:
            return web.Response(status=503, text="Asterisk not booted")
        if request.headers.get("Authorization") != encode_basic_auth("controller", self.password):
            return web.Response(status=401)
        assert isinstance(request.transport, asyncio.WriteTransport), "who asks has a cable"
        self._http_cables.add(request.transport)
        what = f"{request.method} {request.raw_path.removeprefix('/ari/').partition('?')[0]}"
        text = await request.text()
        asked = Asked(OVER_HTTP, what, dict(request.query), json.loads(text) if text else {}, "")
        if what in BEFORE_CONNECTING and (what != "GET asterisk/info" or asked.query == {"only": "system"}):
            return self._before_connecting(asked)
        answer = None if self.frozen else await self._executed(asked)
        status, body = answer or await asked.answered
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))

    def _before_connecting(self, asked: Asked) -> web.Response:
        if asked.what == "GET asterisk/info":
            return web.json_response({"system": {"version": self.version}})
        return web.Response(status=404 if asked.what.startswith("GET") else 204)

    async def _answer(self, socket: web.WebSocketResponse, asked: Asked, status: int, body: object) -> None:
        message = {"type": "RESTResponse", "transaction_id": asked.transaction, "status_code": status, "reason_phrase": ""}
        if body != "":
            message["message_body"] = body if isinstance(body, str) else json.dumps(body)
        with suppress(ConnectionError):
            await socket.send_str(json.dumps(message))


@asynccontextmanager
async def fake_asterisk(*, booting: bool = False, transport: Transport = "rest-over-websocket") -> AsyncIterator[FakeAsterisk]:
    """An Asterisk that listens as long as the test needs it."""
    asterisk = FakeAsterisk(booting=booting, transport=transport)
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

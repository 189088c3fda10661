"""Who may connect at all: so many at once and no more, and what is no HTTP gets a problem and never its own words back.

A request that can't even be parsed may hold a token or a password, so neither the log nor the answer may show it.
"""

import asyncio
import resource
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.http import RawRequestMessage, WebSocketReader
from aiohttp.http_exceptions import HttpProcessingError

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem, of_mistake
from controller.desktop.shares import Shares, neighbourhood
from controller.desktop.socket_guard import SocketGuard
from controller.desktop.tls import Tls
from controller.directory.ids import AgentId
from controller.floor.trouble import trouble_in_words

FILES_FOR_THE_REST = 1024
"""Connections whose TLS is still being set up, the journal, Asterisk."""

SECONDS_PER_YEAR = 365 * 24 * 3600

STRICTLY_HTTPS = f"max-age={SECONDS_PER_YEAR}"
"""For a year browsers come over HTTPS only, whatever they are told to open."""

log = structlog.get_logger("desktop")

Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

A_STRANGERS_FAULTS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
"""What goes wrong with a connection because of whoever is at its other end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where, and as what, the desktop is reached."""

    host: str
    port: int
    """0: any free one."""
    tls: Tls | None
    is_behind_proxy: bool
    names: frozenset[str]
    """What else browsers call it."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What every answer says, whatever is answered."""
        return {"Strict-Transport-Security": STRICTLY_HTTPS} if self.tls is not None else {}


class Conversation(web.RequestHandler):
    """One connection, from its first request to its last."""

    def __init__(self, server: web.Server, shares: Shares, limits: Limits, headers: Mapping[str, str]) -> None:
        """`headers` are on every answer."""
        super().__init__(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # None is the way to have none, whatever the annotation says
            keepalive_timeout=limits.connection_idle_seconds_max,
            # Nobody may send us what is packed; unpacking it before anybody has looked at the request would be work for a stranger.
            auto_decompress=False,
        )
        self._shares = shares
        self._limits = limits
        self._headers = headers
        self.address = ""
        """Of whoever is at its other end, as shares are counted."""
        self.own_address = ""
        """Where it has come to."""
        self.named: str | None = None
        """What the last request called this machine, once that is known to be right: nearly always all requests say the same."""
        self.is_busy = False
        self.speaks_another_http = False
        """The last request's line named a version that is not served."""
        self.when_rude: Callable[[int, str], None] | None = None
        """Closes the WebSocket that this has become, with a code and a word for whoever debugs."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take part, if there is room."""
        peer, here = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
        self.address = neighbourhood(str(peer[0])) if peer else ""
        self.own_address = str(here[0]) if here else ""
        super().connection_made(transport)
        if not self._shares.admit(self, self.address):
            log.warning("too many connections", most=self._limits.connections_max)
            self.drop()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Make room for another."""
        self._shares.leave(self)
        super().connection_lost(exc)

    def drop(self) -> None:
        """Close it at once, whatever is on its way."""
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()

    def belongs_to(self, agent: AgentId) -> None:
        """An agent has logged on over it."""
        self._shares.hand_to(agent, self)

    def set_parser(self, parser: WebSocketReader, data_received_cb: Callable[[], None] | None = None) -> None:
        """It becomes a WebSocket."""
        guard = SocketGuard(parser, self._limits, time.monotonic, self._close_for_rudeness)
        super().set_parser(guard, data_received_cb)  # type: ignore[arg-type]  # it is fed as a reader is, and nothing else

    def _close_for_rudeness(self, code: int, because: str) -> None:
        log.warning("a WebSocket that breaks the rules", remote=self.address, because=because)
        if self.transport is not None:
            self.transport.pause_reading()
        if self.when_rude is not None:
            self.when_rude(code, because)
        else:
            self.drop()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what is no HTTP, and what we could not answer because of a mistake of ours."""
        if status < 500 or isinstance(exc, A_STRANGERS_FAULTS):
            log.warning("a request that is no HTTP", remote=request.remote, status=status)
            problem = Problem("bad-request", "This can't be read as HTTP.")
        else:
            problem = of_mistake(exc, request)
        if request.writer.output_size > 0:
            raise ConnectionError("a part of an answer is on its way already")
        answer = problem.response()
        answer.headers.update(self._headers)
        answer.force_close()
        return answer

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Say that a connection ended badly; what was sent over it stays out of the log."""
        exc = kw.get("exc_info")
        if isinstance(exc, A_STRANGERS_FAULTS):
            log.warning("a request that broke off", remote=self.address, because=trouble_in_words(exc))
        else:
            log.error("unexpected", remote=self.address, exc_info=exc)


def conversation_of(request: web.BaseRequest) -> Conversation:
    """The connection over which a request has come."""
    connection = request.protocol
    assert isinstance(connection, Conversation), "every connection is made by the door"
    return connection


class Door(web.BaseSite):
    """Where connections come in."""

    def __init__(self, runner: web.AppRunner, place: Place, limits: Limits, guard: Callable[[Answer], Answer]) -> None:
        """`guard` gives what stands before the application."""
        super().__init__(runner, ssl_context=place.tls.context if place.tls is not None else None)
        self._place = place
        self._limits = limits
        self._shares = Shares(limits, is_behind_proxy=place.is_behind_proxy)
        self._guard = guard

    @property
    def name(self) -> str:
        """The address, for aiohttp."""
        return f"{'https' if self._ssl_context else 'http'}://{self._place.host}:{self._place.port}"

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await super().start()
        _allow_as_many_files(self._limits.connections_max + FILES_FOR_THE_REST)
        server = self._runner.server
        assert server is not None, "the runner is set up before its door is opened"
        server.request_handler = self._guard(server.request_handler)
        server.request_factory = _reading_any_version(server.request_factory)
        handshake_seconds_max = self._limits.handshake_seconds_max if self._ssl_context else None
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Conversation(server, self._shares, self._limits, self._place.headers),
            self._place.host,
            self._place.port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=handshake_seconds_max,
        )


def _allow_as_many_files(wanted: int) -> None:
    """Each connection is an open file, and the usual limit of 1024 would close the door long before ours does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _reading_any_version(make: Callable[..., web.BaseRequest]) -> Callable[..., web.BaseRequest]:
    """Requests of HTTP/0.9 or 2.0 are parsed like any other, and answered in their own version: make them ones of 1.0, and say so."""

    def make_request(message: RawRequestMessage, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        protocol.speaks_another_http = message.version not in (HttpVersion10, HttpVersion11)
        if protocol.speaks_another_http:
            message = message._replace(version=HttpVersion10)
        return make(message, payload, protocol, writer, task)

    return make_request

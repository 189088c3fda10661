"""Who may connect at all: so many at once and no more, and what is no HTTP gets a problem and never its own words back.

A request that can't even be parsed may hold a token or a password, so neither the log nor the answer may show it.
"""

import asyncio
from http import HTTPStatus
from ssl import SSLContext

import structlog
from aiohttp import web

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem, our_mistake

log = structlog.get_logger("desktop")


class Conversation(web.RequestHandler):
    """One connection, from its first request to its last."""

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what is no HTTP, and what went wrong outside of every route."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR and exc is not None:
            problem = our_mistake(exc, request)
        else:
            log.warning("a request that is no HTTP", remote=request.remote, status=status)
            problem = Problem("bad-request", "This can't be read as HTTP.")
        if request.writer.output_size > 0:
            raise ConnectionError("a part of an answer is on its way already")
        answer = problem.response()
        answer.force_close()
        return answer


class _TurnedAway(asyncio.Protocol):
    """One connection too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


class Door(web.BaseSite):
    """Where connections come in."""

    def __init__(self, runner: web.AppRunner, host: str, port: int, tls: SSLContext | None, limits: Limits) -> None:
        super().__init__(runner, ssl_context=tls)
        self._host = host
        self._port = port
        self._limits = limits

    @property
    def name(self) -> str:
        """The address, for aiohttp."""
        return f"{'https' if self._ssl_context else 'http'}://{self._host}:{self._port}"

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await super().start()
        handshake_seconds_max = self._limits.handshake_seconds_max if self._ssl_context else None
        self._server = await asyncio.get_running_loop().create_server(
            self._connected,
            self._host,
            self._port,
            ssl=self._ssl_context,
            backlog=self._backlog,
            ssl_handshake_timeout=handshake_seconds_max,
        )

    def _connected(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None, "the runner is set up before its door is opened"
        if len(server.connections) >= self._limits.connections_max:
            log.warning("too many connections", most=self._limits.connections_max)
            return _TurnedAway()
        return Conversation(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type]  # None is the way to have none, whatever the annotation says
            keepalive_timeout=self._limits.connection_idle_seconds_max,
        )

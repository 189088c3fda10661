"""Plain HTTP by the library asyncari, for releases that have no REST over WebSocket: one HTTP connection asks, one WebSocket hears.

asyncari is wrapped so that none of its faults can reach us (docs/older-asterisk.md tells each):

* its HTTP client is replaced where it puts the password into URLs, believes the host in Asterisk's own description, sends a POST twice, and
  is closed for good by the first failure; its WebSocket where it takes any certificate;
* its reader is replaced, since it ends whoever is slow, and loses the end of a socket or cancels its caller with it. Events are read here;
* its task group is a task of its own, one for each attempt: a cancellation in it ends there;
* Asterisk's description of ARI is not loaded, twelve requests and the names of files that it may choose. What of it is needed stands here.

Requests are executed in their order: one is sent when the one before is answered. Whoever waits too long for an answer is told so, and the
request goes on, as it does over a WebSocket, so that no later one overtakes it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, Self
from urllib.parse import urlsplit

import aiohttp
import anyio
import httpx
from anyio.abc import ByteStream
from asyncari.client import Client
from asyncswagger11.http_client import AsynchronousHttpClient
from asyncwebsockets import Websocket, create_websocket_client
from wsproto.events import RejectConnection, TextMessage

from controller.asterisk.errors import AriError, NoAnswer, RequestFailed, SwitchAway, failure
from controller.asterisk.plain_http import trusted_by
from controller.asterisk.transport import (
    CLOSE_SECONDS_MAX,
    CONNECT_SECONDS_MAX,
    NOTHING,
    REQUEST_SECONDS_MAX,
    WAITING_MAX,
    Connection,
    Hear,
    Method,
    Reply,
    reply_of,
)
from controller.directory.site import AsteriskAccess
from controller.floor.trouble import trouble_in_words

ANSWER_SECONDS_MAX = 2 * REQUEST_SECONDS_MAX
"""A request that is not answered for so long is given up, and the connection with it: nobody may be at its other end."""
KEPT_SECONDS = 10.0
"""So long an idle HTTP connection is kept. Asterisk closes one after 15 s (`session_keep_alive`), and a request must not cross that."""
ANSWER_BYTES_MAX = 64 * 1024 * 1024
"""`GET /channels` of some ten thousand calls."""
BODY_BYTES_MAX = 40_960
LINE_BYTES_MAX = 4_000
"""Asterisk reads so long a body, and a first line of 4,096 bytes with the method and the version in it."""

_EVENTS: Mapping[str, Any] = {
    "path": "/api-docs/events.{format}",
    "description": "",
    "api_declaration": {
        "basePath": "",
        "resourcePath": "",
        "models": {},
        "apis": [
            {
                "path": "/ari/events",
                "operations": [
                    {
                        "httpMethod": "GET",
                        "nickname": "eventWebsocket",
                        "upgrade": "websocket",
                        "parameters": [{"name": "app", "paramType": "query", "dataType": "string", "required": True}],
                    }
                ],
            }
        ],
    },
}
"""As much of Asterisk's description of ARI as asyncari needs to open the socket; the same in every release."""


class _Refused(Exception):
    """Asterisk answered the opening of the WebSocket with this status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"Asterisk answered {status}")
        self.status = status


class _Http(AsynchronousHttpClient):  # type: ignore[misc]  # asyncari has no types
    """asyncari's HTTP client with everything replaced that asks or connects."""

    def __init__(self, access: AsteriskAccess) -> None:
        # The library's own is not called: it makes a client that we would have to close, and reads certificates for it.
        self.websockets: set[Websocket] = set()
        self._url = access.url
        self._authorization = {"Authorization": aiohttp.encode_basic_auth(access.username, access.password)}
        self._trusted = trusted_by(access)
        self._cable: ByteStream | None = None
        self.session = httpx.AsyncClient(
            headers=self._authorization,
            verify=self._trusted,
            trust_env=False,
            timeout=httpx.Timeout(ANSWER_SECONDS_MAX, connect=CONNECT_SECONDS_MAX),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_SECONDS),
        )

    async def ask(self, method: str, target: str, body: str | None) -> tuple[int, str, str]:
        """Ask once, and give status, reason and body. Raises `httpx.HTTPError`."""
        headers = {"Content-Type": "application/json"} if body is not None else None
        asked = self.session.build_request(method, self._url + target, content=body, headers=headers)
        answer = await self.session.send(asked, stream=True)
        try:
            if int(answer.headers.get("Content-Length", 0)) > ANSWER_BYTES_MAX:
                raise httpx.ReadError(f"the answer is longer than {ANSWER_BYTES_MAX} bytes")
            await answer.aread()
        finally:
            await answer.aclose()
        return answer.status_code, answer.reason_phrase, answer.text

    async def ws_connect(self, url: str, params: Mapping[str, str] | None = None, headers: object = None) -> Websocket:
        """Open the WebSocket, as the library asks for it. Raises `_Refused`, or what the network raises."""
        there = urlsplit(self._url)
        host, target = there.hostname or "", f"{urlsplit(url).path}?{httpx.QueryParams(params)}"
        # Connected by ourselves: the library checks no certificate, and leaves a connection open on which it was refused.
        if there.scheme == "https":
            port = there.port or 443
            self._cable = await anyio.connect_tcp(host, port, ssl_context=self._trusted, tls_standard_compatible=False)
        else:
            self._cable = await anyio.connect_tcp(host, there.port or 80)
        try:
            socket = await create_websocket_client(self._cable, (host,), target, headers=list(self._authorization.items()))
        except ConnectionError as error:
            match error.args:
                case (_, RejectConnection(status_code=status)):
                    raise _Refused(status) from None
            raise
        self.websockets.add(socket)
        return socket

    async def close(self) -> None:
        """Close all that is open, whatever became of it: the library leaves a socket open to which it can't say good-bye."""
        if self._cable is not None:
            await anyio.aclose_forcefully(self._cable)
        await self.session.aclose()


class _Client(Client):  # type: ignore[misc]  # asyncari has no types
    """asyncari's client, which opens and closes, and neither asks nor reads."""

    async def _init(self, *factories: object) -> None:
        self.swagger.url = {"basePath": "", "swaggerVersion": "1.1", "apis": [_EVENTS]}
        await self.swagger.init()
        self.websockets: set[Websocket] = set()

    async def _Client__run(self, socket: Websocket) -> NoReturn:  # noqa: N802  # the library's `__run`, which reads
        await asyncio.get_running_loop().create_future()
        raise AssertionError("it is cancelled, and ends in no other way")


@dataclass(slots=True)
class _Asked:
    what: str
    method: Method
    target: str
    body: str | None
    answer: "asyncio.Future[tuple[int, str, str]]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    is_sent: bool = False


class AsyncariConnection(Connection):
    """One HTTP connection that asks, and where it is an application's, the WebSocket that hears."""

    def __init__(self, access: AsteriskAccess, app: str) -> None:
        self._access = access
        self._app = app
        self._http = _Http(access)
        self._queue: asyncio.Queue[_Asked] = asyncio.Queue(WAITING_MAX)
        self._socket: Websocket | None = None
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why it has ended, once it has."""
        self._attempt: asyncio.Task[None] | None = None
        """Where asyncari runs, where there is an event socket."""
        self._carrying: asyncio.Task[None] | None = None
        self.messages_heard = 0

    @classmethod
    async def open(cls, access: AsteriskAccess, app: str, *, hears: bool = True) -> Self:
        """Connect, and hear events as the application `app`, or only ask.

        Raises `SwitchAway`, `NotAllowed`, `Booting` or `RequestFailed`.
        """
        connection = cls(access, app)
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await (connection._join() if hears else connection._knock())
        except TimeoutError as error:
            await connection.close()
            raise SwitchAway(connection._opening, f"{access.url} did not answer in {CONNECT_SECONDS_MAX:g} s", sent=False) from error
        except BaseException:
            await connection.close()
            raise
        connection._carrying = asyncio.create_task(connection._carry(), name=f"asyncari {app}")
        return connection

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        """Ask over this connection, whatever the lane. Raises an `AriError` for everything that is not a success."""
        what = f"{method} {uri}"
        if self._lost.done():
            raise SwitchAway(what, self._lost.result(), sent=False)
        asked = _Asked(what, method, *target_and_body(what, uri, query, body))
        try:
            self._queue.put_nowait(asked)
        except asyncio.QueueFull:
            raise SwitchAway(what, f"{WAITING_MAX} requests already wait for a reply on this connection", sent=False) from None
        try:
            async with asyncio.timeout(seconds_max):
                await _first_of(asked.answer, self._lost)
        except TimeoutError as error:
            if asked.is_sent:
                raise NoAnswer(what, seconds_max) from error
            raise SwitchAway(what, f"what was asked before it was not answered in {seconds_max:g} s", sent=False) from error
        finally:
            if not asked.answer.done():
                asked.answer.cancel()
        if asked.answer.cancelled():
            raise SwitchAway(what, self._lost.result(), sent=asked.is_sent)
        return reply_of(what, *asked.answer.result())

    async def read(self, hear: Hear) -> NoReturn:
        """Read until the connection ends. Raises `SwitchAway` then, and whatever `hear` raises."""
        assert self._carrying is not None, "it was opened"
        listening = asyncio.create_task(self._listen(hear), name=f"asyncari events {self._app}")
        try:
            await _first_of(listening, self._carrying, self._lost)
            for ended in (listening, self._carrying):
                if ended.done() and not ended.cancelled():
                    ended.result()
            raise SwitchAway(f"events of {self._app}", self._lost.result(), sent=False)
        finally:
            listening.cancel()
            await asyncio.wait({listening})
            self._end("we closed it")

    async def close(self) -> None:
        """Say good-bye; everything that still waits fails."""
        self._end("we closed it")
        ours = [task for task in (self._carrying, self._attempt) if task is not None]
        for task in ours:
            task.cancel()
        if ours:
            # asyncari gives its good-bye a second; what is left of it after ours ends with the connection.
            await asyncio.wait(ours, timeout=CLOSE_SECONDS_MAX)
        await self._http.close()
        if ours:
            ended, _ = await asyncio.wait(ours, timeout=CLOSE_SECONDS_MAX)
            for task in ended:
                # What the end of its connection has made of a good-bye is nobody's trouble.
                _ = task.cancelled() or task.exception()

    # --- Opening ---------------------------------------------------------------------------------------------------

    @property
    def _opening(self) -> str:
        return f"GET events?app={self._app}"

    async def _knock(self) -> None:
        """See that Asterisk answers on a connection that will only ask."""
        try:
            reply_of(self._opening, *await self._http.ask("GET", "/ari/asterisk/ping", None))
        except httpx.HTTPError as error:
            raise SwitchAway(self._opening, trouble_in_words(error), sent=False) from error

    async def _join(self) -> None:
        """Have asyncari open the socket, in a task of its own that keeps it open until it is cancelled."""
        opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._attempt = asyncio.create_task(self._stay_open(opened), name=f"asyncari {self._app}")
        await _first_of(self._attempt, opened)
        if self._attempt.done():
            self._attempt.result()
            raise AssertionError("it ends only by an exception")
        (self._socket,) = self._http.websockets

    async def _stay_open(self, opened: "asyncio.Future[None]") -> None:
        """Raises an `AriError` where the socket can't be opened; what becomes of it later is told by whoever reads it."""
        try:
            async with anyio.create_task_group() as group, _Client(group, f"{self._access.url}/", self._app, self._http):
                opened.set_result(None)
                await asyncio.get_running_loop().create_future()
        except ExceptionGroup as several:
            raise self._in_words(_root(several)) from several

    def _in_words(self, error: Exception) -> AriError:
        match error:
            case _Refused():
                return failure(self._opening, error.status, "")
            case _:
                return SwitchAway(self._opening, trouble_in_words(error), sent=False)

    # --- While it is open ------------------------------------------------------------------------------------------

    async def _listen(self, hear: Hear) -> NoReturn:
        if self._socket is None:
            await asyncio.get_running_loop().create_future()
        assert self._socket is not None, "nothing wakes a connection that hears nothing"
        because = "Asterisk closed it"
        try:
            async for message in self._socket:
                if isinstance(message, TextMessage):
                    self.messages_heard += 1
                    hear(message.data)
        except (anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.EndOfStream, OSError) as error:
            because = f"it was cut: {trouble_in_words(error)}"
        self._end(because)
        raise SwitchAway(f"events of {self._app}", because, sent=False)

    async def _carry(self) -> None:
        """Ask what is waiting, one after the other, until the connection is lost."""
        try:
            await self._carry_all()
        finally:
            self._end("a mistake in the controller")

    async def _carry_all(self) -> None:
        while True:
            asked = await self._queue.get()
            if asked.answer.done():
                continue  # whoever asked has been told that nothing was done
            asked.is_sent = True
            try:
                answer = await self._http.ask(asked.method, asked.target, asked.body)
            except httpx.HTTPError as error:
                asked.is_sent = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout))
                self._end(trouble_in_words(error))
                return
            self.messages_heard += 1
            # Done: an answer that came too late. Whoever asked has been told that nobody knows.
            if not asked.answer.done():
                asked.answer.set_result(answer)

    def _end(self, because: str) -> None:
        if not self._lost.done():
            self._lost.set_result(because)


def target_and_body(what: str, uri: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> tuple[str, str | None]:
    """Write a request as Asterisk's HTTP server wants it. Raises `RequestFailed` where it is longer than Asterisk reads."""
    target = f"/ari/{uri}?{httpx.QueryParams(dict(query))}" if query else f"/ari/{uri}"
    text = json.dumps(body) if body is not None else None
    if len(target) > LINE_BYTES_MAX:
        raise RequestFailed(what[:200], 414, f"not asked: {len(target)} bytes in its first line, and Asterisk reads {LINE_BYTES_MAX}")
    if text is not None and len(text) > BODY_BYTES_MAX:
        raise RequestFailed(what[:200], 413, f"not asked: {len(text)} bytes, and Asterisk takes {BODY_BYTES_MAX}")
    return target, text


async def _first_of(*several: "asyncio.Future[Any]") -> None:
    await asyncio.wait(several, return_when=asyncio.FIRST_COMPLETED)


def _root(several: BaseExceptionGroup[Exception]) -> Exception:
    first = several.exceptions[0]
    return _root(first) if isinstance(first, BaseExceptionGroup) else first

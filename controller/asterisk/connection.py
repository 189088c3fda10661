"""One WebSocket to Asterisk: takes requests there, matches the replies to them, and hands everything else on as text.

Must never wait for anything while it reads: Asterisk closes a socket that is not read. Must never put a password into a URL.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Literal, NoReturn, Self

import aiohttp
from pydantic import TypeAdapter, ValidationError

from controller.asterisk.errors import NoAnswer, RequestFailed, SwitchAway, failure
from controller.asterisk.resources import FromAsterisk
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply, Transport
from controller.directory.site import AsteriskAccess

CONNECT_SECONDS_MAX = 5.0
CLOSE_SECONDS_MAX = 0.5
"""How long a good-bye may take: an Asterisk that is gone will not answer it."""
PING_EVERY_SECONDS = 6.0
"""Asterisk never pings us. A pong that takes half as long again means that nobody is there."""
MESSAGE_BYTES_MAX = 64 * 1024 * 1024
"""`GET /channels` of some ten thousand calls."""
FRAME_BYTES_MAX = 65_535
"""Asterisk closes the socket on a longer frame of ours."""
WHAT_LETTERS_MAX = 200
"""So much of a request that is too long is told in its error."""
WAITING_MAX = 2_000
"""Requests without a reply on one socket. Asterisk executes them one after the other, so more would time out anyway."""

Hear = Callable[[str], None]


class _RestResponse(FromAsterisk):
    type: Literal["RESTResponse"]
    transaction_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str = ""


class _Complaint(FromAsterisk):
    message: str = ""


_RESPONSE = TypeAdapter(_RestResponse)
_COMPLAINT = TypeAdapter(_Complaint)


def session_for(access: AsteriskAccess) -> aiohttp.ClientSession:
    """Make what connections are opened with; whoever asks closes it. The password goes into a header, never into a URL."""
    return aiohttp.ClientSession(headers=_authorization(access))


def use_access(session: aiohttp.ClientSession, access: AsteriskAccess) -> None:
    """Open connections with this user and password from now on; those that are open stay open."""
    session.headers.update(_authorization(access))


def _authorization(access: AsteriskAccess) -> dict[str, str]:
    return {"Authorization": aiohttp.encode_basic_auth(access.username, access.password)}


class Connection(Transport):
    """One open WebSocket. Whoever opens it must keep `read` running, and close it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, app: str) -> None:
        self._socket = socket
        self._app = app
        self._asked = 0
        self._waiting: dict[str, asyncio.Future[_RestResponse | None]] = {}
        """Who waits for which transaction; None is told to all when the connection ends."""
        self._ended: str | None = None
        self.messages_heard = 0
        """How many messages have come: while it stands still, nobody may be at the other end."""

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, url: str, app: str, *, ping_every_seconds: float = PING_EVERY_SECONDS) -> Self:
        """Connect as the application `app`. Raises `SwitchAway`, `NotAllowed`, `Booting` or `RequestFailed`."""
        what = f"GET events?app={app}"
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                socket = await session.ws_connect(
                    f"{url}/ari/events",
                    params={"app": app},
                    heartbeat=ping_every_seconds,
                    max_msg_size=MESSAGE_BYTES_MAX,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX),
                )
        except TimeoutError as error:
            raise SwitchAway(what, f"{url} did not answer in {CONNECT_SECONDS_MAX:g} s", sent=False) from error
        except aiohttp.WSServerHandshakeError as error:
            raise failure(what, error.status, error.message) from error
        except aiohttp.ClientConnectorError as error:
            refused = isinstance(error.os_error, ConnectionRefusedError)
            because = "nothing listens there" if refused else error.os_error.strerror or str(error.os_error)
            raise SwitchAway(what, because, sent=False) from error
        except (aiohttp.ClientError, OSError) as error:
            raise SwitchAway(what, str(error) or type(error).__name__, sent=False) from error
        return cls(socket, app)

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
        """Ask over this socket, whatever the lane. Raises an `AriError` for everything that is not a success."""
        what = f"{method} {uri}"
        if self._ended is not None:
            raise SwitchAway(what, self._ended, sent=False)
        if len(self._waiting) >= WAITING_MAX:
            raise SwitchAway(what, f"{WAITING_MAX} requests already wait for a reply on this socket", sent=False)
        self._asked += 1
        transaction = str(self._asked)
        frame = frame_of(what, transaction, method, uri, query, body)
        reply = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds_max):
                await self._send(what, frame)
                response = await reply
        except TimeoutError as error:
            raise NoAnswer(what, seconds_max) from error
        finally:
            del self._waiting[transaction]
        if response is None:
            raise SwitchAway(what, self._ended or "closed", sent=True)
        return _reply(what, response)

    async def read(self, hear: Hear) -> NoReturn:
        """Read until the connection ends; `hear` gets every message that is not a reply, and must not block.

        Raises `SwitchAway` at the end, and whatever `hear` raises. Every waiting request fails at the same moment.
        """
        because = "we closed it"
        try:
            while True:
                message = await self._socket.receive()
                if message.type is not aiohttp.WSMsgType.TEXT:
                    because = _why(message)
                    raise SwitchAway(f"events of {self._app}", because, sent=False)
                self.messages_heard += 1
                self._take(message.data, hear)
        finally:
            self._end(because)

    async def close(self) -> None:
        """Say good-bye; everything that still waits fails."""
        self._end("we closed it")
        await self._socket.close()

    async def _send(self, what: str, frame: str) -> None:
        try:
            await self._socket.send_str(frame)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise SwitchAway(what, str(error) or type(error).__name__, sent=False) from error

    def _take(self, text: str, hear: Hear) -> None:
        if '"RESTResponse"' in text:
            try:
                response = _RESPONSE.validate_json(text)
            except ValidationError:
                # An event that only quotes the word, or a reply without a number: whoever hears it says what is wrong with it.
                hear(text)
                return
            reply = self._waiting.get(response.transaction_id)
            # None: a reply that came too late. Whoever asked has been told that nobody knows.
            if reply is not None and not reply.done():
                reply.set_result(response)
            return
        hear(text)

    def _end(self, because: str) -> None:
        if self._ended is None:
            self._ended = because
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_result(None)


def frame_of(what: str, transaction: str, method: Method, uri: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> str:
    """Write a request as Asterisk wants it: the body is a string inside the JSON. Raises `RequestFailed` when it is too long."""
    message: dict[str, object] = {"type": "RESTRequest", "transaction_id": transaction, "method": method, "uri": uri}
    if query:
        message["query_strings"] = [{"name": name, "value": value} for name, value in query.items()]
    if body is not None:
        message["content_type"] = "application/json"
        message["message_body"] = json.dumps(body)
    frame = json.dumps(message)
    if len(frame) > FRAME_BYTES_MAX:
        # Not sent: it would cost the connection, and with it every other call's commands.
        too_large = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        raise RequestFailed(what[:WHAT_LETTERS_MAX], too_large, f"not asked: {len(frame)} bytes, and Asterisk takes {FRAME_BYTES_MAX}")
    return frame


def _reply(what: str, response: _RestResponse) -> Reply:
    if 200 <= response.status_code < 300:
        return Reply(response.status_code, response.message_body, what)
    try:
        message = _COMPLAINT.validate_json(response.message_body).message
    except ValidationError:
        message = response.message_body
    raise failure(what, response.status_code, message or response.reason_phrase)


def _why(message: aiohttp.WSMessage) -> str:
    """Say in words how a connection ended."""
    if message.type is aiohttp.WSMsgType.CLOSE:
        return f"Asterisk closed it: {message.data} {message.extra or ''}".rstrip()
    if message.type is aiohttp.WSMsgType.ERROR:
        return f"it broke: {message.data or 'no answer to a ping'}"
    if message.type is aiohttp.WSMsgType.BINARY:
        return "Asterisk sent bytes, and ARI is text"
    return "it was cut"

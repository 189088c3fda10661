"""REST over WebSocket: one socket takes requests to Asterisk, brings the replies, and hands everything else on as text.

From Asterisk 20.14, 21.9 and 22.4 on. An older one reads a request and never answers it.

Must never wait for anything while it reads: Asterisk closes a socket that is not read. Must never put a password into a URL.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal, NoReturn, Self

import aiohttp
from pydantic import TypeAdapter, ValidationError

from controller.asterisk.errors import NoAnswer, RequestFailed, SwitchAway
from controller.asterisk.plain_http import no_connection, session_for
from controller.asterisk.resources import FromAsterisk
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

PING_EVERY_SECONDS = 6.0
"""Asterisk never pings us. A pong that takes half as long again means that nobody is there."""
LANE_PING_EVERY_SECONDS = 20.0
"""A pong waits behind a slow request, so a socket that carries nothing but requests is asked less often."""
MESSAGE_BYTES_MAX = 64 * 1024 * 1024
"""`GET /channels` of some ten thousand calls."""
FRAME_BYTES_MAX = 65_535
"""Asterisk closes the socket on a longer frame of ours."""
WHAT_LETTERS_MAX = 200
"""So much of a request that is too long is told in its error."""


class _RestResponse(FromAsterisk):
    type: Literal["RESTResponse"]
    transaction_id: str
    status_code: int
    reason_phrase: str = ""
    message_body: str = ""


_RESPONSE = TypeAdapter(_RestResponse)


class WebSocketConnection(Connection):
    """One open WebSocket."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse, app: str) -> None:
        self._session = session
        self._socket = socket
        self._app = app
        self._asked = 0
        self._waiting: dict[str, asyncio.Future[_RestResponse | None]] = {}
        """Who waits for which transaction; None is told to all when the connection ends."""
        self._ended: str | None = None
        self.messages_heard = 0

    @classmethod
    async def open(cls, access: AsteriskAccess, app: str, *, ping_every_seconds: float = PING_EVERY_SECONDS) -> Self:
        """Connect as the application `app`. Raises `SwitchAway`, `NotAllowed`, `Booting` or `RequestFailed`."""
        session = session_for(access)
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                socket = await session.ws_connect(
                    f"{access.url}/ari/events",
                    params={"app": app},
                    heartbeat=ping_every_seconds,
                    max_msg_size=MESSAGE_BYTES_MAX,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX),
                )
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            await session.close()
            raise no_connection(f"GET events?app={app}", access.url, CONNECT_SECONDS_MAX, error) from error
        except asyncio.CancelledError:
            await session.close()
            raise
        return cls(session, socket, app)

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
        return reply_of(what, response.status_code, response.reason_phrase, response.message_body)

    async def read(self, hear: Hear) -> NoReturn:
        """Read until the connection ends. Raises `SwitchAway` then, and whatever `hear` raises."""
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
        await self._session.close()

    async def _send(self, what: str, frame: str) -> None:
        try:
            await self._socket.send_str(frame)
        except (aiohttp.ClientError, ConnectionError) as error:
            raise SwitchAway(what, trouble_in_words(error), sent=False) from error

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


def _why(message: aiohttp.WSMessage) -> str:
    """Say in words how a connection ended."""
    if message.type is aiohttp.WSMsgType.CLOSE:
        return f"Asterisk closed it: {message.data} {message.extra or ''}".rstrip()
    if message.type is aiohttp.WSMsgType.ERROR:
        return f"it broke: {message.data or 'no answer to a ping'}"
    if message.type is aiohttp.WSMsgType.BINARY:
        return "Asterisk sent bytes, and ARI is text"
    return "it was cut"

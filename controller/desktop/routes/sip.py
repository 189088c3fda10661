"""The WebSocket that carries SIP between an agent's page and Asterisk. What is said is theirs; who may say it is decided here."""

import asyncio
import re

import aiohttp
import structlog
from aiohttp import web

from controller.desktop.authentication import must_come_from_our_page, token_of
from controller.desktop.connections import conversation_of
from controller.desktop.feeds import GOING_AWAY, Goodbye
from controller.desktop.problems import Problem
from controller.desktop.sessions import Session
from controller.desktop.sip_logins import SipSocket
from controller.desktop.socket_guard import POLICY_VIOLATION
from controller.desktop.wiring import WIRING, Wiring
from controller.floor.trouble import trouble_in_words

SIP = "sip"
"""The WebSocket's subprotocol (RFC 7118)."""
MESSAGE_BYTES_MAX = 65_536
"""As much as SIP over UDP could carry."""
CONNECT_SECONDS_MAX = 5.0
CLOSE_SECONDS_MAX = 0.5
"""How long Asterisk may take to say goodbye."""
UNSUPPORTED_DATA = 1003

NOT_ITS_OWN = "it may register no telephone but its own, and begin nothing else"

_REQUEST = re.compile(r"([A-Z]+) \S+ SIP/2\.0")
_RESPONSE = re.compile(r"SIP/2\.0 \d{3} .*")
_HEADER = re.compile(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)")
"""One line: a browser goes on in no other."""
_TO = re.compile(
    r'(?:(?:"(?:[^"\\]|\\.)*"[ \t]*|[^"<>]*)<sips?:(?:([^@<>"\s]+)@)?[^@<>"\s]+>|sips?:(?:([^@;<>"\s]+)@)?[^@;<>"\s]+)(;[^<>"]*)?',
    re.IGNORECASE,
)
"""Its user, in brackets or without, and what is said of it (RFC 3261, 20.39)."""
_IN_A_CALL = re.compile(r";[ \t]*tag[ \t]*=", re.IGNORECASE)

log = structlog.get_logger("desktop")


async def carry_sip(request: web.Request) -> web.WebSocketResponse:
    """Carry SIP until either side closes."""
    wiring = request.app[WIRING]
    session = _session_of(request, wiring)
    agent = wiring.floor.directory.agents.get(session.agent)
    endpoint = agent.browser if agent is not None else ""
    if not endpoint:
        raise Problem(
            "no-telephone", "Your site gives you no telephone in the browser: an administrator can add `browser` to your [[agent]]."
        )
    if not wiring.sip_logins.may_connect(session):
        raise Problem(
            "telephone-elsewhere", "Your telephone is in another window: take it over there, by GET /api/v1/me/telephone?take=true."
        )
    page = web.WebSocketResponse(
        protocols=(SIP,),
        heartbeat=wiring.limits.ping_seconds,
        timeout=wiring.limits.close_seconds,
        compress=False,
        max_msg_size=MESSAGE_BYTES_MAX,
    )
    if not page.can_prepare(request) or SIP not in request.headers.get("Sec-WebSocket-Protocol", ""):
        raise Problem("upgrade-required", "Open this as a WebSocket with the subprotocol sip.", headers={"Upgrade": "websocket"})
    full = wiring.sip_logins.why_full(session.agent)
    if full is not None:
        raise Problem("too-many-sockets", full, headers={"Retry-After": "5"})

    socket = SipSocket(session, wiring.limits)
    conversation_of(request).when_rude = socket.say_goodbye
    with wiring.sip_logins.place(session.agent):
        wiring.sip_logins.connect(socket, endpoint)
        try:
            asterisk = await _connect(wiring)
            try:
                await page.prepare(request)
                await _Carrier(page, asterisk, socket, endpoint).carry()
            finally:
                await asterisk.close()  # twice is harmless
        finally:
            wiring.sip_logins.disconnect(socket)
    # Asterisk's session is free by now, however long the page takes to say goodbye.
    await _close(page, socket.goodbye.result())
    return page


def _session_of(request: web.Request, wiring: Wiring) -> Session:
    """Whose telephone it is: a login's, or one's that has ended in a call and carries it still. Raises a Problem."""
    token = token_of(request, wiring.cookie)
    ended = wiring.sip_logins.carries_its_call(token) if token is not None else None
    if ended is None:
        return wiring.session_of(request, unsafe=True)
    wiring.rates.count(ended)
    must_come_from_our_page(request, is_secure=wiring.is_secure)
    return ended


async def _connect(wiring: Wiring) -> aiohttp.ClientWebSocketResponse:
    """Open Asterisk's side first: a page that is let in can talk. Raises a Problem."""
    assert wiring.http is not None, "the server has started"
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            return await wiring.http.ws_connect(
                wiring.sip_url,
                protocols=(SIP,),
                compress=0,
                max_msg_size=MESSAGE_BYTES_MAX,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX),
            )
    except (aiohttp.ClientError, OSError, TimeoutError) as failed:
        log.warning("Asterisk takes no telephone in a browser", because=trouble_in_words(failed))
        because = "Asterisk can't be reached now, or takes no telephones in browsers: try again in a moment."
        raise Problem("asterisk-unavailable", because, headers={"Retry-After": "2"}) from failed


async def _close(page: web.WebSocketResponse, goodbye: Goodbye) -> None:
    try:
        async with asyncio.timeout(goodbye.seconds_max):
            await page.close(code=goodbye.code, message=goodbye.because.encode())
    except TimeoutError:
        pass  # it does not even read that it is to go; its connection is closed with the request


class _Carrier:
    """One page's telephone, while both sides are open."""

    def __init__(self, page: web.WebSocketResponse, asterisk: aiohttp.ClientWebSocketResponse, socket: SipSocket, endpoint: str) -> None:
        self._page = page
        self._asterisk = asterisk
        self._socket = socket
        self._endpoint = endpoint

    async def carry(self) -> None:
        """Pass messages on until either side closes, or the server says goodbye; then Asterisk's side is closed."""
        ways = [asyncio.create_task(way, name="sip") for way in (self._to_asterisk(), self._to_page())]
        try:
            await self._socket.goodbye
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            # First of all: the telephone is gone for Asterisk, however long the page takes to say goodbye.
            await self._asterisk.close()
        for way in ways:
            if not way.cancelled():
                way.result()  # what ended it unasked is our mistake

    async def _to_asterisk(self) -> None:
        try:
            await self._pass_to_asterisk()
        except (ConnectionError, aiohttp.ClientError):
            pass  # it closes just now
        finally:
            self._socket.say_goodbye(GOING_AWAY, "the page has closed, or Asterisk has")

    async def _pass_to_asterisk(self) -> None:
        async for message in self._page:
            if message.type is not aiohttp.WSMsgType.TEXT:
                self._socket.say_goodbye(UNSUPPORTED_DATA, "SIP is text")
                return
            if not is_its_own(message.data, self._endpoint):
                log.warning("a page said to Asterisk what is not its own to say", agent=self._socket.session.agent)
                self._socket.say_goodbye(POLICY_VIOLATION, NOT_ITS_OWN)
                return
            await self._asterisk.send_str(message.data)

    async def _to_page(self) -> None:
        try:
            await self._pass_to_page()
        except (ConnectionError, aiohttp.ClientError):
            pass  # it closes just now
        finally:
            self._socket.say_goodbye(GOING_AWAY, "Asterisk has closed, or the page has")

    async def _pass_to_page(self) -> None:
        async for message in self._asterisk:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._page.send_str(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await self._page.send_bytes(message.data)


def is_its_own(message: str, endpoint: str) -> bool:
    """Say whether a page may say this: it registers its own telephone, answers, or goes on in a call to which it was rung.

    Asterisk reads more than SIP allows: methods in small letters or cut short, headers over several lines, a second message in the body of
    the first. It also takes a request for that of a line whose address is this machine's. So whatever is not in the one form in which
    browsers write it, or begins anything but a registration, is not let through.
    """
    if not message.strip("\r\n"):
        return True  # it keeps the connection open
    head, _, body = message.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = [_HEADER.fullmatch(line) for line in lines]
    if "\n" in head.replace("\r\n", "") or "\r" in head.replace("\r\n", "") or None in headers:
        return False
    said = [(header[1].lower(), header[2]) for header in headers if header is not None]
    lengths = [value for name, value in said if name in ("content-length", "l")] or ["0"]
    if len(lengths) != 1 or lengths[0].strip() != str(len(body.encode())):
        return False
    if _RESPONSE.fullmatch(first):
        return True
    request, tos = _REQUEST.fullmatch(first), [_TO.fullmatch(value) for name, value in said if name in ("to", "t")]
    if request is None or len(tos) != 1 or tos[0] is None:
        return False
    in_brackets, without, parameters = tos[0].groups()
    return (in_brackets or without) == endpoint if request[1] == "REGISTER" else bool(_IN_A_CALL.search(parameters or ""))

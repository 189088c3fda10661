"""The other end of the page's telephone: it takes registrations, calls the page, and remembers every message. It makes no sound."""

import asyncio
import re
import secrets
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

PATIENCE_SECONDS = 10.0
_OFFER = "\r\n".join(
    (
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "c=IN IP4 127.0.0.1",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 40000 UDP/TLS/RTP/SAVPF 0",
        "a=mid:0",
        "a=rtpmap:0 PCMU/8000",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:abcdefghijklmnopqrstuvwx",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=rtcp-mux",
        "a=sendrecv",
        "a=candidate:1 1 UDP 2130706431 127.0.0.1 40000 typ host",
        "",
    )
)


@dataclass
class StubSip:
    """One registrar and caller for every page that connects."""

    heard: list[str] = field(default_factory=list)
    """Every message, as it came."""
    refuses: int = 0
    """So many registrations are refused before one is taken."""
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("sip",))
        await socket.prepare(request)
        self._sockets.append(socket)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            if message.data.strip():
                self.heard.append(message.data)
                self._news.set()
                if message.data.startswith("REGISTER") and self.refuses:
                    self.refuses -= 1
                    await socket.send_str(_answer(message.data, "403 Forbidden"))
                elif message.data.startswith(("REGISTER", "BYE", "OPTIONS")):
                    await socket.send_str(_answer(message.data, "200 OK"))
        self._sockets.remove(socket)
        self._news.set()
        return socket

    @property
    def pages(self) -> int:
        """How many are connected."""
        return len(self._sockets)

    async def call(self, *, answers_itself: bool = False) -> None:
        """Ring the page that connected last."""
        call_id, tag, branch = (secrets.token_hex(6) for _ in range(3))
        lines = [
            "INVITE sip:1001-web@127.0.0.1;transport=ws SIP/2.0",
            f"Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK{branch}",
            f'From: "Camille Laurent" <sip:0199004217@127.0.0.1>;tag={tag}',
            "To: <sip:1001-web@127.0.0.1>",
            "Contact: <sip:asterisk@127.0.0.1;transport=ws>",
            f"Call-ID: {call_id}",
            "CSeq: 1 INVITE",
            "Max-Forwards: 70",
            "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS",
            "Content-Type: application/sdp",
            f"Content-Length: {len(_OFFER)}",
        ]
        if answers_itself:
            lines.insert(-2, "Call-Info: <sip:127.0.0.1>;answer-after=0")
        await self._sockets[-1].send_str("\r\n".join(lines) + "\r\n\r\n" + _OFFER)

    async def hears(self, begins: str, *, with_text: str = "") -> str:
        """Wait for a message; the newest that begins so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found = [message for message in self.heard if message.startswith(begins) and with_text in message]
                if found:
                    return found[-1]
                self._news.clear()
                await self._news.wait()

    async def is_answered(self) -> str:
        """Wait for the page's 200 to our call, and confirm it."""
        answer = await self.hears("SIP/2.0 200", with_text="INVITE")
        headers = dict(re.findall(r"^([\w-]+): (.*)$", answer.replace("\r", ""), flags=re.MULTILINE))
        ack = [
            "ACK sip:1001-web@127.0.0.1;transport=ws SIP/2.0",
            f"Via: SIP/2.0/WS 127.0.0.1;branch=z9hG4bK{secrets.token_hex(6)}",
            *(f"{name}: {headers[name]}" for name in ("From", "To", "Call-ID")),
            "CSeq: 1 ACK",
            "Max-Forwards: 70",
            "Content-Length: 0",
        ]
        await self._sockets[-1].send_str("\r\n".join(ack) + "\r\n\r\n")
        return answer

    def said(self, begins: str) -> int:
        """How often such a message came."""
        return sum(message.startswith(begins) for message in self.heard)


def _answer(request: str, status: str) -> str:
    """Agree to a request, or refuse it."""
    kept = re.findall(r"^(?:Via|From|To|Call-ID|CSeq|Contact): .*$", request.replace("\r", ""), flags=re.MULTILINE)
    lines = [f"{line};tag=stub" if line.startswith("To:") and "tag=" not in line else line for line in kept]
    lines = [f"{line};expires=60" if line.startswith("Contact:") and "expires" not in line else line for line in lines]
    return "\r\n".join([f"SIP/2.0 {status}", *lines, "Content-Length: 0"]) + "\r\n\r\n"

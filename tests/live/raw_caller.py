"""A caller that sends whatever SIP it is told to, from any address of this machine: what no soft phone would do."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.phones.digest import authorization

ANSWER_SECONDS_MAX = 6.0
AGAIN_AFTER_SECONDS = (0.5, 1.0, 2.0)


class RawCaller(asyncio.DatagramProtocol):
    """One dialogue at a time, over UDP."""

    def __init__(self, address: str, registrar_port: int, user: str, password: str, number: str) -> None:
        self._address = address
        self._registrar_port = registrar_port
        self._user = user
        self._password = password
        self._number = number or user
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None
        self._tag, self._call_id, self._sequence = secrets.token_hex(6), secrets.token_hex(12), 0
        self._branch, self._to, self._dialled = "", "", ""

    @classmethod
    @asynccontextmanager
    async def on(
        cls, address: str, registrar_port: int, user: str = "", password: str = "", *, number: str = ""
    ) -> AsyncIterator["RawCaller"]:
        """A caller at this address; without a password it answers no challenge. `number`: what its From says, if not the user."""
        loop = asyncio.get_running_loop()
        transport, caller = await loop.create_datagram_endpoint(
            lambda: cls(address, registrar_port, user, password, number), local_addr=(address, 0)
        )
        caller._transport = transport
        try:
            yield caller
        finally:
            transport.close()

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """Take an answer, or a request of the other end; those are ignored."""
        if data.startswith(b"SIP/2.0"):
            self._answers.put_nowait(data.decode(errors="replace"))

    async def ask(self, method: str, dialled: str, display: bytes = b"") -> int:
        """Send a request, with the right answer to a challenge if there is a password; the first status that is not `100 Trying`."""
        self._dialled, self._to = dialled, ""
        self._send(method, display, "")
        status, text = await self._answer()
        if status == 401 and self._password:
            self._acknowledge(text)
            self._call_id, self._to = secrets.token_hex(12), ""
            self._send(method, display, self._authorization(method, text))
            status, text = await self._answer()
        if status >= 300:
            self._acknowledge(text)
        self._to = _header(text, "To")
        return status

    async def cancel(self) -> None:
        """Give the call up, whether it was answered or not. Said again until it is answered: UDP loses what comes too thick.

        RFC 3261, section 17.1.2.
        """
        self._write("CANCEL", b"", "", branch=self._branch)
        self._sequence += 1
        branch = secrets.token_hex(8)
        for seconds in AGAIN_AFTER_SECONDS:
            self._write("BYE", b"", "", branch=branch)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._answer()
                return

    def _send(self, method: str, display: bytes, answer: str) -> None:
        self._sequence += 1
        self._branch = secrets.token_hex(8)
        self._write(method, display, answer, branch=self._branch)

    async def _answer(self) -> tuple[int, str]:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while True:
                text = await self._answers.get()
                status = int(text.split(" ", 2)[1])
                if status != 100 and f"CSeq: {self._sequence} " in text:
                    return status, text

    def _authorization(self, method: str, challenged: str) -> str:
        challenge = _header(challenged, "WWW-Authenticate")
        return authorization(
            challenge, method=method, uri=self._uri, user=self._user, password=self._password, client_nonce=secrets.token_hex(8)
        )

    def _acknowledge(self, text: str) -> None:
        if " INVITE" in _header(text, "CSeq"):
            self._to = _header(text, "To")
            self._write("ACK", b"", "", branch=self._branch)

    @property
    def _uri(self) -> str:
        return f"sip:{self._dialled}@127.0.0.1:{self._registrar_port}"

    @property
    def _here(self) -> str:
        assert self._transport is not None, "a caller that was made by `on` has a socket"
        return f"{self._address}:{self._transport.get_extra_info('sockname')[1]}"

    def _write(self, method: str, display: bytes, answer: str, *, branch: str) -> None:
        assert self._transport is not None, "a caller that was made by `on` has a socket"
        here, host = self._here, self._here.partition(":")[0]
        sdp = f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n" if method == "INVITE" else ""
        lines = [
            f"{method} {self._uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{branch};rport",
            "Max-Forwards: 70",
            f"To: {self._to or f'<{self._uri}>'}",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._sequence} {method}",
            f"Contact: <sip:{self._user}@{here}>",
            *([f"Authorization: {answer}"] if answer else []),
            *(["Content-Type: application/sdp"] if sdp else []),
            f"Content-Length: {len(sdp)}",
        ]
        sender = b"From: " + display + f" <sip:{self._number}@127.0.0.1>;tag={self._tag}".encode()
        self._transport.sendto(
            "\r\n".join(lines).encode() + b"\r\n" + sender + b"\r\n\r\n" + sdp.encode(), ("127.0.0.1", self._registrar_port)
        )


def _header(text: str, name: str) -> str:
    return next((line.partition(":")[2].strip() for line in text.split("\r\n") if line.startswith(f"{name}:")), "")

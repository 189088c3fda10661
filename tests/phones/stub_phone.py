"""A telephone that never talks: it registers, and refuses or ignores every call in exactly the way it is told to.

For what a real soft phone can't be made to do: `603 Decline`, `480`, `404`, no sign of life after an invitation.
It must never answer a call, and it knows just as much SIP as that takes (RFC 3261, digest RFC 2617).
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from tests.phones.digest import authorization
from tests.phones.errors import PhoneDidNotStart, PhoneTimeout
from tests.phones.ports import PortBlock, claim_port_block
from tests.phones.soft_phone import Account

REGISTER_SECONDS_MAX: Final = 5.0
EXPIRES_SECONDS: Final = 300
REASONS: Final = {302: "Moved Temporarily", 404: "Not Found", 408: "Request Timeout", 480: "Temporarily Unavailable", 486: "Busy Here"} | {
    500: "Server Internal Error",
    503: "Service Unavailable",
    600: "Busy Everywhere",
    603: "Decline",
}


@dataclass(slots=True, eq=False)
class RefusedCall:
    """An invitation that came here. Times are wall-clock seconds."""

    call_id: str
    came_at: float
    call_info: str = ""
    """The invitation's Call-Info header (RFC 3261, 20.9); some telephones answer by themselves when it says so."""
    cancelled_at: float | None = None
    """When the caller gave up."""
    cancelled_because: str = ""
    """The Reason header of the CANCEL (RFC 3326): a telephone notes no missed call where it says `SIP;cause=200`."""
    acknowledged_at: float | None = None
    """When the other side acknowledged our refusal; it is over then."""


@dataclass(slots=True)
class Message:
    """A SIP message; names of headers in small letters."""

    first_line: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def method(self) -> str:
        """What a request asks for."""
        return self.first_line.split(" ", 1)[0]

    def all(self, name: str) -> list[str]:
        """Every value of this header."""
        return [value for key, value in self.headers if key == name]

    def one(self, name: str) -> str:
        """The first value of this header; empty without one."""
        return next(iter(self.all(name)), "")


class StubPhone:
    """Answers every invitation with `status`, after 180 Ringing when `rings` is set; with `status=None`, never.

    `says`: headers of its refusal.
    """

    def __init__(self, account: Account, *, status: int | None, rings: bool = False, says: Sequence[str] = ()) -> None:
        self.account = account
        self.says = says
        self.status = status
        self.rings = rings
        self.calls: list[RefusedCall] = []
        self._invitations: dict[str, Message] = {}
        self._changed = asyncio.Event()
        self._registered: asyncio.Future[None] | None = None
        self._tag, self._call_id = secrets.token_hex(6), secrets.token_hex(12)
        self._sequence = 0
        self._expires_seconds = EXPIRES_SECONDS
        self._challenged = False
        self._ports: PortBlock | None = None
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        """Register; PhoneDidNotStart when the registrar does not accept it."""
        loop = asyncio.get_running_loop()
        self._ports = claim_port_block()
        try:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _Wire(self), local_addr=("127.0.0.1", self._ports.sip), family=socket.AF_INET
            )
            await self._register(EXPIRES_SECONDS)
        except BaseException:
            self._close()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Unregister and close."""
        try:
            await self._register(0)
        finally:
            self._close()

    async def called(self, *, seconds_max: float = 5.0) -> RefusedCall:
        """The newest invitation, now or within the time."""
        try:
            async with asyncio.timeout(seconds_max):
                while not self.calls:
                    await self._changed.wait()
        except TimeoutError:
            raise PhoneTimeout(f"nobody called {self.account.user} in {seconds_max:g} s") from None
        return self.calls[-1]

    async def over(self, call: RefusedCall, *, seconds_max: float = 5.0) -> RefusedCall:
        """The call once its refusal, or the caller's giving up, is acknowledged."""
        try:
            async with asyncio.timeout(seconds_max):
                while call.acknowledged_at is None:
                    await self._changed.wait()
        except TimeoutError:
            raise PhoneTimeout(f"the call to {self.account.user} was not over in {seconds_max:g} s") from None
        return call

    def receive(self, text: str) -> None:
        """Take one SIP message."""
        message = parse(text)
        if message.first_line.startswith("SIP/2.0"):
            self._take_answer(message)
            return
        match message.method:
            case "INVITE":
                self._take_invitation(message)
            case "CANCEL":
                self._take_cancel(message)
            case "ACK":
                self._note(message.one("call-id"), "acknowledged_at")
            case _:
                self._take_other(message)

    # Calls

    def _take_other(self, request: Message) -> None:
        self._answer(request, 200, "OK")

    def _note_call(self, invitation: Message) -> None:
        call_id = invitation.one("call-id")
        if call_id not in self._invitations:
            self._invitations[call_id] = invitation
            self.calls.append(RefusedCall(call_id, time.time(), invitation.one("call-info")))
            self._wake()

    def _take_invitation(self, invitation: Message) -> None:
        self._note_call(invitation)
        if self.rings:
            self._answer(invitation, 180, "Ringing")
        if self.status is not None:
            self._answer(invitation, self.status, REASONS.get(self.status, "Refused"), *self.says)
        elif not self.rings:
            self._answer(invitation, 100, "Trying")

    def _take_cancel(self, cancel: Message) -> None:
        self._answer(cancel, 200, "OK")
        for call in self.calls:
            if call.call_id == cancel.one("call-id"):
                call.cancelled_because = cancel.one("reason")
        self._note(cancel.one("call-id"), "cancelled_at")
        invitation = self._invitations.get(cancel.one("call-id"))
        if invitation is not None:
            self._answer(invitation, 487, "Request Terminated")

    def _note(self, call_id: str, what: str) -> None:
        for call in self.calls:
            if call.call_id == call_id:
                setattr(call, what, time.time())
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    # Registration

    async def _register(self, expires_seconds: int) -> None:
        self._expires_seconds = expires_seconds
        self._registered = asyncio.get_running_loop().create_future()
        self._send_register("")
        try:
            await asyncio.wait_for(self._registered, REGISTER_SECONDS_MAX)
        except TimeoutError:
            raise PhoneDidNotStart(f"the registrar did not answer {self.account.user}") from None

    def _send_register(self, authorization: str) -> None:
        self._sequence += 1
        account = self.account
        here = f"127.0.0.1:{self._port}"
        lines = [
            f"REGISTER {self._registrar} SIP/2.0",
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: <{account.uri(account.user)}>;tag={self._tag}",
            f"To: <{account.uri(account.user)}>",
            f"Call-ID: {self._call_id}",
            f"CSeq: {self._sequence} REGISTER",
            f"Contact: <sip:{account.user}@{here}>;expires={self._expires_seconds}",
            *([f"Authorization: {authorization}"] if authorization else []),
        ]
        self._send(lines, (account.registrar_host, account.registrar_port))

    def _take_answer(self, answer: Message) -> None:
        status = int(answer.first_line.split(" ")[1])
        mine = answer.one("cseq") == f"{self._sequence} REGISTER"
        if self._registered is None or self._registered.done() or not mine or status < 200:
            return
        if status == 401 and not self._challenged:
            self._challenged = True
            self._send_register(self._authorization(answer.one("www-authenticate")))
        elif status == 200:
            self._challenged = False
            self._registered.set_result(None)
        else:
            self._registered.set_exception(PhoneDidNotStart(f"the registrar said {answer.first_line}"))

    def _authorization(self, challenge: str) -> str:
        return authorization(
            challenge,
            method="REGISTER",
            uri=self._registrar,
            user=self.account.user,
            password=self.account.password,
            client_nonce=secrets.token_hex(8),
        )

    # Messages

    @property
    def _registrar(self) -> str:
        return f"sip:{self.account.registrar_host}:{self.account.registrar_port}"

    @property
    def _port(self) -> int:
        assert self._ports is not None, "the phone was not started"
        return self._ports.sip

    @property
    def _rtp_port(self) -> int:
        assert self._ports is not None, "the phone was not started"
        return self._ports.rtp.start

    def _answer(self, request: Message, status: int, reason: str, *more: str, body: str = "", tag: str = "") -> None:
        """Answer a request; `tag`: whose answer it is, where several answer the same one."""
        tag = "" if status == 100 or ";tag=" in request.one("to") else f";tag={tag or self._tag}"
        lines = [
            f"SIP/2.0 {status} {reason}",
            *(f"Via: {via}" for via in request.all("via")),
            f"From: {request.one('from')}",
            f"To: {request.one('to')}{tag}",
            f"Call-ID: {request.one('call-id')}",
            f"CSeq: {request.one('cseq')}",
            *([] if any(line.startswith("Contact:") for line in more) else [f"Contact: <sip:{self.account.user}@127.0.0.1:{self._port}>"]),
            *more,
            *(["Content-Type: application/sdp"] if body else []),
        ]
        self._send(lines, (self.account.registrar_host, self.account.registrar_port), body)

    def _send(self, lines: list[str], to: tuple[str, int], body: str = "") -> None:
        assert self._transport is not None, "the phone was not started"
        self._transport.sendto("\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode(), to)

    def _close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        if self._ports is not None:
            self._ports.release()


class _Wire(asyncio.DatagramProtocol):
    def __init__(self, phone: StubPhone) -> None:
        self._phone = phone

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        if data.strip():  # some registrars send empty lines to keep a path open
            self._phone.receive(data.decode(errors="replace"))


def parse(text: str) -> Message:
    """Read a SIP message."""
    head, _, body = text.partition("\r\n\r\n")
    first_line, *rest = head.split("\r\n")
    pairs = (line.partition(":") for line in rest)
    return Message(first_line, [(name.strip().lower(), value.strip()) for name, _, value in pairs], body)

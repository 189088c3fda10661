"""A telephone that answers every call at once, says nothing on it, and keeps what it is asked afterwards.

For what a soft phone hides or can't do: what its display would show, silence without a single packet, a telephone that lives no more.
"""

import asyncio
import secrets
from typing import Final

from tests.phones.errors import PhoneTimeout
from tests.phones.sdp import sound, where_to_send
from tests.phones.soft_phone import Account
from tests.phones.speaking import frames_of_keys, send_frames
from tests.phones.stub_phone import Message, StubPhone

ALLOW: Final = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"


class AnsweringPhone(StubPhone):
    """Answers with `200 OK`. `with_sound=False`: its answer has no SDP. `updates=False`: it knows no UPDATE."""

    def __init__(self, account: Account, *, with_sound: bool = True, updates: bool = True) -> None:
        super().__init__(account, status=200)
        self.requests: list[Message] = []
        """What came within calls that it has answered, oldest first: UPDATE, re-INVITE, BYE."""
        self.is_deaf = False
        """From now on it takes nothing and answers nothing, as a telephone without power."""
        self._refreshes = 0
        self._refreshed = asyncio.Event()
        self._with_sound = with_sound
        self._updates = updates

    async def asked(self, method: str, *, seconds_max: float = 5.0) -> Message:
        """The newest request with this method within a call, now or within the time."""
        try:
            async with asyncio.timeout(seconds_max):
                while not (found := self.asked_so_far(method)):
                    await self._changed.wait()
        except TimeoutError:
            came = [request.method for request in self.requests]
            raise PhoneTimeout(f"no {method} came to {self.account.user} in {seconds_max:g} s, only {came}") from None
        return found[-1]

    @property
    def invitation(self) -> Message:
        """The newest call's."""
        return self._invitations[self.calls[-1].call_id]

    def asked_so_far(self, method: str) -> list[Message]:
        """The requests with this method within a call that have come until now."""
        return [request for request in self.requests if request.method == method]

    def hang_up(self, *headers: str) -> None:
        """End the newest call, with these headers besides."""
        self._refreshes += 1
        self._ask("BYE", self._refreshes, *headers)

    async def refresh(self, *, seconds_max: float = 5.0) -> None:
        """Ask for the session anew without saying what is wanted of it (a re-INVITE without SDP), and wait until that is done."""
        self._refreshes += 1
        self._refreshed = asyncio.Event()
        self._ask("INVITE", self._refreshes, f"Contact: <sip:{self.account.user}@127.0.0.1:{self._port}>", f"Allow: {ALLOW}")
        try:
            async with asyncio.timeout(seconds_max):
                await self._refreshed.wait()
        except TimeoutError:
            raise PhoneTimeout(f"{self.account.user}'s refresh was not answered in {seconds_max:g} s") from None

    def press_by_info(self, key: str, *, milliseconds: int = 100) -> None:
        """Press a key by a message of SIP, as some telephones do (RFC 6086, application/dtmf-relay)."""
        self._refreshes += 1
        self._ask("INFO", self._refreshes, "Content-Type: application/dtmf-relay", body=f"Signal={key}\r\nDuration={milliseconds}\r\n")

    async def press_in_sound(self, keys: str) -> None:
        """Press keys that are nothing but their tones: this telephone has agreed on no other way."""
        to = where_to_send(self.invitation.body)
        assert to is not None, "Asterisk says where it takes sound"
        await send_frames(self._rtp_port, to, frames_of_keys(keys))

    def _ask(self, method: str, number: int, *headers: str, body: str = "") -> None:
        """Send a request within the newest call."""
        call = self.calls[-1]
        invitation = self._invitations[call.call_id]
        lines = [
            f"{method} {invitation.one('contact').partition('<')[2].partition('>')[0]} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self._port};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: {invitation.one('to')};tag={self._tag}",
            f"To: {invitation.one('from')}",
            f"Call-ID: {call.call_id}",
            f"CSeq: {number} {method}",
            *headers,
        ]
        self._send(lines, (self.account.registrar_host, self.account.registrar_port), body)

    def _take_answer(self, answer: Message) -> None:
        if answer.one("cseq") != f"{self._refreshes} INVITE":
            super()._take_answer(answer)
        elif answer.first_line.startswith("SIP/2.0 200"):
            self._ask("ACK", self._refreshes, "Content-Type: application/sdp", body=sound(self._rtp_port))
            self._refreshed.set()

    def receive(self, text: str) -> None:
        """Take one SIP message, while it lives."""
        if not self.is_deaf:
            super().receive(text)

    def _take_other(self, request: Message) -> None:
        if ";tag=" not in request.one("to"):
            super()._take_other(request)  # asks whether we are there
            return
        self.requests.append(request)
        self._wake()
        if request.method == "UPDATE" and not self._updates:
            self._answer(request, 405, "Method Not Allowed")
        else:
            self._answer_in_words(request)

    def _take_invitation(self, invitation: Message) -> None:
        if ";tag=" in invitation.one("to"):
            self._take_other(invitation)
            return
        self._note_call(invitation)
        self._answer_in_words(invitation)

    def _answer_in_words(self, request: Message) -> None:
        allow = ALLOW if self._updates else ALLOW.removesuffix(", UPDATE")
        body = sound(self._rtp_port) if request.method == "INVITE" and self._with_sound else ""
        self._answer(request, 200, "OK", f"Allow: {allow}", body=body)

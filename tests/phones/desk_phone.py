"""A telephone on an agent's desk that does what its keys do: it answers, dials, holds, and transfers, blind and attended.

    async with DeskPhone(Account("1001", "phone-1001"), voice="alice") as phone:
        first = await phone.call_to("1001")          # it rings, and has answered by itself
        first.hold()
        second = await phone.dial("1002")
        second.refer(phone.joins(first))             # the key that joins both calls

It speaks SIP by itself (RFC 3261, 3515, 3891, 5589), so that every header is the test's choice. It must never open anything beyond
loopback.
"""

import asyncio
import secrets
from typing import Final
from urllib.parse import quote

from tests.phones.digest import authorization
from tests.phones.errors import PhoneFailed
from tests.phones.far_call import ALLOW, FarCall
from tests.phones.far_end import FarEnd
from tests.phones.sdp import sound
from tests.phones.soft_phone import Account
from tests.phones.stub_phone import Message, parse

ANSWER_SECONDS_MAX: Final = 10.0


class Refused(PhoneFailed):
    """What was dialled was answered with this status."""

    def __init__(self, dialled: str, status: int) -> None:
        super().__init__(f"{dialled} was answered with {status}")
        self.status = status


class DeskPhone(FarEnd):
    """One telephone with as many calls at once as a test wants. `voice`: whose tone it sends, by the names of `PHONE_TONES_HZ`.

    `codec`: the only one that it offers when it dials, as SDP names it.
    """

    def __init__(self, account: Account, *, voice: str, codec: str = "PCMU") -> None:
        super().__init__(account, ways={account.user: _picks_up})
        self.voice = voice
        self.codec = codec
        self.statuses: list[int] = []
        """How what was dialled last was answered, one after the other."""
        self._answers: dict[str, asyncio.Queue[Message]] = {}

    async def dial(self, number: str, *headers: str) -> FarCall:
        """Call somebody; gives the call once it is answered. `headers`: of the INVITE. Raises `Refused`."""
        call_id, tag, port = secrets.token_hex(12), secrets.token_hex(6), self._free_ports.pop(0)
        answers = self._answers[call_id] = asyncio.Queue()
        uri = self.account.uri(number)
        self.statuses.clear()
        sequence = 1
        self._invite(uri, call_id, tag, sequence, port, *headers)
        while True:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                answer = await answers.get()
            status = int(answer.first_line.split(" ")[1])
            if answer.one("cseq") != f"{sequence} INVITE":
                continue
            self.statuses.append(status)
            if status < 200:
                continue
            self._acknowledge(uri if status >= 300 else _contact(answer), answer, sequence)
            if status == 401:
                sequence += 1
                said = authorization(
                    answer.one("www-authenticate"),
                    method="INVITE",
                    uri=uri,
                    user=self.account.user,
                    password=self.account.password,
                    client_nonce=secrets.token_hex(8),
                )
                self._invite(uri, call_id, tag, sequence, port, *headers, f"Authorization: {said}")
            elif status >= 300:
                del self._answers[call_id]
                self._free_ports.append(port)
                raise Refused(number, status)
            else:
                return self._placed(answer, number, tag, port, sequence)

    def joins(self, call: FarCall) -> str:
        """What a REFER names, so that whoever this call is with is joined with whoever the other call is with (RFC 5589)."""
        return f"{self.account.uri(call.number)}?Replaces={quote(dialogue(call), safe='')}"

    def receive(self, text: str) -> None:
        """Take one SIP message."""
        head, _, _ = text.partition("\r\n\r\n")
        call_id = next((line.partition(":")[2].strip() for line in head.split("\r\n") if line.lower().startswith("call-id:")), "")
        if text.startswith("SIP/2.0") and call_id in self._answers and call_id not in self._by_id:
            self._answers[call_id].put_nowait(parse(text))
            return
        super().receive(text)

    def is_free(self, call: FarCall) -> None:
        """A call's port may be used again."""
        self._answers.pop(call.call_id, None)
        super().is_free(call)

    def new_call(self, message: Message, number: str, rtp_port: int) -> FarCall:
        """A call that has come, or is answered."""
        return FarCall(self, message, number, rtp_port, voice=self.voice)

    def _placed(self, answer: Message, number: str, tag: str, port: int, sequence: int) -> FarCall:
        """The call as if its other side had invited us: what is said within it needs nothing else."""
        there = Message(
            "",
            [
                ("from", answer.one("to")),
                ("to", answer.one("from").partition(";tag=")[0]),
                ("contact", answer.one("contact")),
                ("call-id", answer.one("call-id")),
            ],
            answer.body,
        )
        call = self.new_call(there, number, port)
        call.goes_on_as(tag, sequence)
        self._by_id[call.call_id] = call
        self.far_calls.append(call)
        call.talk()
        return call

    def _invite(self, uri: str, call_id: str, tag: str, sequence: int, port: int, *headers: str) -> None:
        lines = [
            f"INVITE {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: <{self.account.uri(self.account.user)}>;tag={tag}",
            f"To: <{uri}>",
            f"Call-ID: {call_id}",
            f"CSeq: {sequence} INVITE",
            f"Contact: <sip:{self.account.user}@{self.here}>",
            ALLOW,
            *headers,
            "Content-Type: application/sdp",
        ]
        self.send(lines, sound(port, codec=self.codec))

    def _acknowledge(self, uri: str, answer: Message, sequence: int) -> None:
        status = int(answer.first_line.split(" ")[1])
        via = answer.all("via")[0] if status >= 300 else f"SIP/2.0/UDP {self.here};branch=z9hG4bK{secrets.token_hex(8)};rport"
        lines = [
            f"ACK {uri} SIP/2.0",
            f"Via: {via}",
            "Max-Forwards: 70",
            f"From: {answer.one('from')}",
            f"To: {answer.one('to')}",
            f"Call-ID: {answer.one('call-id')}",
            f"CSeq: {sequence} ACK",
        ]
        self.send(lines, "")


def dialogue(call: FarCall) -> str:
    """Name a call to the other side, as a Replaces header does (RFC 3891): whoever knows this can take its place."""
    theirs = call.invitation.one("from").partition(";tag=")[2].partition(";")[0]
    return f"{call.call_id};to-tag={theirs};from-tag={call.tag}"


async def _picks_up(call: FarCall) -> None:
    call.ring()
    call.answer()


def _contact(answer: Message) -> str:
    return answer.one("contact").partition("<")[2].partition(">")[0]

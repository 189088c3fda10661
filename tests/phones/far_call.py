"""One call at the far end of a trunk: what it can say before and after it answers, in the order in which a test or a list of ways wants it.

It knows just as much SIP as that takes (RFC 3261). All that it says aloud is a tone of its own, from the first packet on.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from typing import Final, Protocol

from tests.phones.errors import PhoneTimeout
from tests.phones.g711 import encode_ulaw
from tests.phones.sdp import sound, where_to_send
from tests.phones.soft_phone import Account
from tests.phones.speaking import send_frames
from tests.phones.stub_phone import REASONS, Message
from tests.phones.tones import FRAME_SAMPLES, PHONE_TONES_HZ, SAMPLE_RATE_HZ

ALLOW: Final = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, REFER"
SAID_AGAIN_SECONDS: Final = 0.5
SAID_TIMES_MAX: Final = 8
LOUDNESS: Final = 16_384.0


class Line(Protocol):
    """Where a call came, and by which it answers."""

    account: Account

    @property
    def here(self) -> str:
        """Its own address, `127.0.0.1:15000`."""

    def reply(self, request: Message, status: int, reason: str, *headers: str, body: str = "", tag: str = "") -> None:
        """Answer a request of the other side."""

    def send(self, lines: list[str], body: str) -> None:
        """Send a request of ours."""

    def is_free(self, call: "FarCall") -> None:
        """A call's port may be used again."""


Way = Callable[["FarCall"], Awaitable[None]]
"""What is done with a call, from its invitation on. It is cancelled when the call is over."""


@dataclass(eq=False, slots=True)
class FarCall:
    """One call that came here by the trunk. Times are wall-clock seconds."""

    far_end: "Line"
    invitation: Message
    number: str
    """What was dialled: the user part of the request's address."""
    rtp_port: int
    ignores_cancel: bool = False
    """It answers all the same: a far end that picks up at the moment at which it is given up."""
    voice: str = "outside"
    """Whose tone it sends, by the names of `PHONE_TONES_HZ`."""
    moments: dict[str, float] = field(default_factory=dict)
    """When things were said or came, by name: `INVITE`, `180`, `183`, `200`, `ACK`, `CANCEL`, `BYE`, `over`."""
    answers: dict[str, int] = field(default_factory=dict)
    """How our requests within the call were answered, by method."""
    notified: list[str] = field(default_factory=list)
    """What we were told of our REFER: `SIP/2.0 200 OK` and its like."""
    _tag: str = field(default_factory=lambda: secrets.token_hex(6))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _task: "asyncio.Future[None] | None" = None
    _talking: "asyncio.Task[None] | None" = None
    _saying: "asyncio.Task[None] | None" = None
    _sequence: int = 0
    _sdp_version: int = 1
    _last: tuple[int, str, tuple[str, ...], str, str] | None = None

    # What it knows

    @property
    def call_id(self) -> str:
        return self.invitation.one("call-id")

    @property
    def tag(self) -> str:
        """Our own tag of the dialogue."""
        return self._tag

    def goes_on_as(self, tag: str, sequence: int) -> None:
        """It is a call that we have placed, with this tag and as many requests of ours until now."""
        self._tag, self._sequence = tag, sequence

    @property
    def caller_id(self) -> str:
        """Whom the invitation says that it comes from: the user part of its From."""
        return self.invitation.one("from").partition("sip:")[2].partition("@")[0]

    @property
    def is_over(self) -> bool:
        return "over" in self.moments

    async def did(self, what: str, *, seconds_max: float = 5.0) -> float:
        """When it did or met this, now or within the time."""
        try:
            async with asyncio.timeout(seconds_max):
                while what not in self.moments:
                    await self._changed.wait()
        except TimeoutError:
            raise PhoneTimeout(f"the far end of {self.number} had no {what} in {seconds_max:g} s, only {list(self.moments)}") from None
        return self.moments[what]

    async def answered(self, method: str, *, seconds_max: float = 5.0) -> int:
        """How a request of ours within this call was answered, now or within the time."""
        await self.did(f"answer to {method}", seconds_max=seconds_max)
        return self.answers[method]

    # What it can do

    def try_(self) -> None:
        """Say that it works on it."""
        self._say(100, "Trying")

    def ring(self) -> None:
        """Say that it rings, and send no sound."""
        self._say(180, "Ringing")

    def be_heard(self, *, another: bool = False) -> None:
        """Send sound before the answer. `another`: it is somebody else there who does, as after a fork in the network."""
        self._say(183, "Session Progress", sdp=True, tag=secrets.token_hex(6) if another else "")
        self.talk()

    def answer(self) -> None:
        """Pick up; said again until it is acknowledged."""
        self._say(200, "OK", ALLOW, sdp=True)
        self.talk()
        self._say_again_until("ACK")

    def refuse(self, status: int, *headers: str) -> None:
        """Refuse the call, or give up what it began."""
        self._say(status, REASONS.get(status, "Refused"), *headers)
        self._say_again_until("ACK")
        self._end()

    def hang_up(self) -> None:
        """End the call after it was answered."""
        self._ask("BYE")
        self._end()

    def hold(self, *, held: bool = True) -> None:
        """Press the hold key, or release it: a re-INVITE that says so."""
        self._sdp_version += 1
        direction = "sendonly" if held else "sendrecv"
        self._ask("INVITE", ALLOW, body=sound(self.rtp_port, direction=direction, version=self._sdp_version))

    def refer(self, to: str, *headers: str) -> None:
        """Ask the other side to call somebody else instead (RFC 3515)."""
        here = f"sip:{self.far_end.account.user}@127.0.0.1"
        self._ask("REFER", f"Refer-To: <{to}>", f"Referred-By: <{here}>", *headers)

    def talk(self) -> None:
        """Send its tone from now on."""
        to = where_to_send(self.invitation.body)
        if self._talking is None and to is not None:
            tone = _tone(PHONE_TONES_HZ[self.voice])
            self._talking = asyncio.create_task(send_frames(self.rtp_port, to, repeat(tone)), name=f"tone of {self.number}")

    # What comes

    def begin(self, way: Way) -> None:
        """Do with it what its number says."""
        self._note("INVITE")
        self._task = asyncio.ensure_future(way(self))

    def came_again(self) -> None:
        """The invitation came once more: what was said last was not heard."""
        if self._last is not None:
            self._send_last()

    def cancelled(self, cancel: Message) -> None:
        """The caller gives up."""
        self.far_end.reply(cancel, 200, "OK", tag=self._tag)
        self._note("CANCEL")
        if self.ignores_cancel:
            self.answer()
        elif not self.is_over and "200" not in self.moments:
            self._say(487, "Request Terminated")
            self._end()

    def acknowledged(self) -> None:
        """What we said last is known."""
        self._note("ACK")

    def asked(self, request: Message) -> None:
        """A request within the call."""
        self._note(request.method)
        if request.method == "NOTIFY":
            self.notified.append(request.body.strip())
        if request.method == "INVITE":
            body = sound(self.rtp_port, version=self._sdp_version)
            self.far_end.reply(request, 200, "OK", ALLOW, body=body, tag=self._tag)
            return
        self.far_end.reply(request, 200, "OK", tag=self._tag)
        if request.method == "BYE":
            self._end()

    def took(self, answer: Message) -> None:
        """An answer to a request of ours within the call."""
        status, method = int(answer.first_line.split(" ")[1]), answer.one("cseq").split(" ")[1]
        if status < 200:
            return
        if method == "INVITE":
            self._write("ACK", int(answer.one("cseq").split(" ")[0]))
        if method not in self.answers:
            self.answers[method] = status
            self._note(f"answer to {method}")

    # How

    def _say(self, status: int, reason: str, *headers: str, sdp: bool = False, tag: str = "") -> None:
        body = sound(self.rtp_port, version=self._sdp_version) if sdp else ""
        self._last = (status, reason, headers, body, tag or self._tag)
        self._send_last()
        self._note(str(status))

    def _send_last(self) -> None:
        assert self._last is not None, "something was said"
        status, reason, headers, body, tag = self._last
        self.far_end.reply(self.invitation, status, reason, *headers, body=body, tag=tag)

    def _say_again_until(self, moment: str) -> None:
        self._saying = asyncio.create_task(self._say_again(moment), name=f"what {self.number} says again")

    async def _say_again(self, moment: str) -> None:
        for _ in range(SAID_TIMES_MAX):
            with suppress(TimeoutError):
                async with asyncio.timeout(SAID_AGAIN_SECONDS):
                    while moment not in self.moments:
                        await self._changed.wait()
                return
            self._send_last()

    def _ask(self, method: str, *headers: str, body: str = "") -> None:
        self._sequence += 1
        self._write(method, self._sequence, *headers, body=body)
        self._note(f"our {method}")

    def _write(self, method: str, number: int, *headers: str, body: str = "") -> None:
        there = self.invitation.one("contact").partition("<")[2].partition(">")[0]
        lines = [
            f"{method} {there} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.far_end.here};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: {self.invitation.one('to')};tag={self._tag}",
            f"To: {self.invitation.one('from')}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:{self.far_end.account.user}@{self.far_end.here}>",
            *headers,
            *(["Content-Type: application/sdp"] if body else []),
        ]
        self.far_end.send(lines, body)

    def _note(self, what: str) -> None:
        self.moments.setdefault(what, time.time())
        self._changed.set()
        self._changed = asyncio.Event()

    def forget(self) -> None:
        """Do and say nothing more on it, whether or not anybody is there still."""
        self._end()

    def _end(self) -> None:
        """Nothing is done or said on it any more, but for what has to be said again."""
        if self.is_over:
            return
        self._note("over")
        for task in (self._task, self._talking):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        self.far_end.is_free(self)

    async def close(self) -> None:
        """End every task of it."""
        tasks = [task for task in (self._task, self._talking, self._saying) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@cache
def _tone(frequency_hz: int) -> bytes:
    """20 ms of a sine that goes on without a click: each frequency here is a multiple of 50 Hz."""
    turn = 2 * math.pi * frequency_hz / SAMPLE_RATE_HZ
    return encode_ulaw(LOUDNESS * math.sin(turn * number) for number in range(FRAME_SAMPLES))

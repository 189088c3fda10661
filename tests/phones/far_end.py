"""The far end of a trunk: it registers as the outside line, takes many calls at once, and does with each what its number says.

    async with FarEnd(Account("outside", "phone-outside")) as outside:
        ...                                        # somebody dials +33199001001
        call = await outside.call_to("+33199001001")
        early = await call.did("183")              # when it said so, in wall-clock seconds

Which number does what is in `far_end_ways.py`; a test that needs something else puts a way of its own into `ways`. It must never open
anything beyond loopback.
"""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Final, Self

from tests.phones.errors import PhoneTimeout
from tests.phones.far_call import ALLOW, FarCall, Way
from tests.phones.far_end_ways import way_of
from tests.phones.ports import PortBlock, claim_port_block
from tests.phones.soft_phone import Account
from tests.phones.stub_phone import EXPIRES_SECONDS, Message, StubPhone, parse

CALLS_MAX: Final = 10
"""At once; as many pairs of ports are kept."""
CALLS_KEPT_MAX: Final = 500


class FarEnd(StubPhone):
    """The outside line's other end. `ways`: what is done with a number, before what `way_of` says of it."""

    def __init__(self, account: Account, *, ways: Mapping[str, Way] | None = None) -> None:
        super().__init__(account, status=None)
        self.ways: dict[str, Way] = dict(ways or {})
        self.far_calls: list[FarCall] = []
        """Every call that came, oldest first."""
        self._by_id: dict[str, FarCall] = {}
        self._blocks: list[PortBlock] = []
        self._free_ports: list[int] = []

    async def __aenter__(self) -> Self:
        """Register; PhoneDidNotStart when the registrar does not accept it."""
        try:
            while len(self._free_ports) < CALLS_MAX:
                block = claim_port_block()
                self._blocks.append(block)
                self._free_ports += block.rtp[::2]
            return await super().__aenter__()
        except BaseException:
            self._release_ports()
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of every call, unregister and close."""
        for call in self.far_calls:
            await call.close()
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            self._release_ports()

    @property
    def rtp_ports(self) -> list[int]:
        """Where sound is taken, whichever call it is for: what an ear listens to."""
        return [port for block in self._blocks for port in block.rtp[::2]]

    @property
    def here(self) -> str:
        """Its own address."""
        return f"127.0.0.1:{self._port}"

    async def call_to(self, number: str, *, after: int = 0, seconds_max: float = 5.0) -> FarCall:
        """The newest call to this number, now or within the time. `after`: how many of `far_calls` are older than it."""
        try:
            async with asyncio.timeout(seconds_max):
                while not (found := [call for call in self.far_calls[after:] if call.number == number]):
                    await self._changed.wait()
        except TimeoutError:
            raise PhoneTimeout(f"nobody called {number} in {seconds_max:g} s, only {[call.number for call in self.far_calls]}") from None
        return found[-1]

    def forget_calls(self) -> None:
        """Let go of every call until now, so that `call_to` finds newer ones only. One that said nothing was given up without a word."""
        for call in self.far_calls:
            call.forget()
        self.far_calls.clear()

    async def register(self) -> None:
        """Register once more, before the registrar forgets. Raises `PhoneDidNotStart`."""
        await self._register(EXPIRES_SECONDS)

    def reply(self, request: Message, status: int, reason: str, *headers: str, body: str = "", tag: str = "") -> None:
        """Answer a request of the other side."""
        self._answer(request, status, reason, *headers, body=body, tag=tag)

    def send(self, lines: list[str], body: str) -> None:
        """Send a request of ours."""
        self._send(lines, (self.account.registrar_host, self.account.registrar_port), body)

    def new_call(self, message: Message, number: str, rtp_port: int) -> FarCall:
        """A call that has come."""
        return FarCall(self, message, number, rtp_port)

    def is_free(self, call: FarCall) -> None:
        """A call's port may be used again."""
        self._free_ports.append(call.rtp_port)

    def receive(self, text: str) -> None:
        """Take one SIP message."""
        message = parse(text)
        call = self._by_id.get(message.one("call-id"))
        if message.first_line.startswith("SIP/2.0"):
            if call is not None:
                call.took(message)
            else:
                self._take_answer(message)
        elif call is None:
            self._take_first(message)
        elif message.method == "CANCEL":
            call.cancelled(message)
        elif message.method == "ACK":
            call.acknowledged()
        elif message.method == "INVITE" and ";tag=" not in message.one("to"):
            call.came_again()
        else:
            call.asked(message)

    def _take_first(self, message: Message) -> None:
        if message.method == "ACK":
            return
        if message.method == "CANCEL" or ";tag=" in message.one("to"):
            self._answer(message, 481, "Call/Transaction Does Not Exist")
        elif message.method != "INVITE":
            self._answer(message, 200, "OK", ALLOW)  # asks whether we are there
        elif not self._free_ports:
            self._answer(message, 503, "Service Unavailable")
        else:
            number = message.first_line.split(" ")[1].removeprefix("sip:").partition("@")[0].partition(";")[0]
            call = self.new_call(message, number, self._free_ports.pop(0))
            self._by_id[call.call_id] = call
            self.far_calls.append(call)
            self._forget_old()
            call.begin(self.ways.get(number) or way_of(number))
            self._wake()

    def _forget_old(self) -> None:
        """The demo's goes on for weeks."""
        while len(self.far_calls) > CALLS_KEPT_MAX:
            del self._by_id[self.far_calls.pop(0).call_id]

    def _release_ports(self) -> None:
        for block in self._blocks:
            block.release()
        self._blocks.clear()

"""A soft phone that a test drives: one baresip process with its own ports, its own tone and one account.

    async with SoftPhone("alice", Account("1001", "phone-1001")) as alice:
        await alice.incoming()
        await alice.accept()
        await alice.established()
        ...
        await alice.hang_up()

Each waiting method is idempotent: it looks at what *is* (a call rings, a call stands) and not at which event comes
next, so nothing is missed that happened before the test asked. It must never wait without a limit, nor open
anything beyond loopback.
"""

import asyncio
import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeVar

from tests.phones.calls import Call, CallLog, CallState
from tests.phones.control import PhoneEvent
from tests.phones.errors import PhoneDidNotStart, PhoneFailed, PhoneTimeout
from tests.phones.process import BaresipProcess, start_baresip
from tests.phones.tones import PHONE_TONES_HZ

EVENT_SECONDS_MAX: Final = 5.0
REGISTER_SECONDS_MAX: Final = 10.0
REGISTER_AGAIN_SECONDS: Final = 300
KEY_SECONDS: Final = 0.4
EVENTS_KEPT: Final = 500
EVENTS_SHOWN: Final = 12

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Account:
    """Who a phone is at the registrar. Without a password it does not register: others call its port."""

    user: str
    password: str = ""
    registrar_host: str = "127.0.0.1"
    registrar_port: int = 5060

    def uri(self, target: str) -> str:
        """A number as a URI at the registrar; a whole `sip:` URI stays as it is."""
        return target if target.startswith("sip:") else f"sip:{target}@{self.registrar_host}:{self.registrar_port}"

    def line(self, *, answers_by_itself: bool) -> str:
        """The account as baresip writes it."""
        register = f"auth_pass={self.password};regint={REGISTER_AGAIN_SECONDS}" if self.password else "regint=0"
        mode = "auto" if answers_by_itself else "manual"
        return f"<{self.uri(self.user)}>;auth_user={self.user};{register};answermode={mode};audio_codecs=PCMU"


class SoftPhone:
    """One telephone. `name` chooses its tone from `PHONE_TONES_HZ` unless `tone_hz` is given."""

    def __init__(self, name: str, account: Account, *, answers_by_itself: bool = False, tone_hz: int | None = None) -> None:
        self.name = name
        self.account = account
        self.tone_hz = PHONE_TONES_HZ[name] if tone_hz is None else tone_hz
        self.events: deque[PhoneEvent] = deque(maxlen=EVENTS_KEPT)
        self._answers_by_itself = answers_by_itself
        self._log = CallLog()
        self._changed = asyncio.Event()
        self._process: BaresipProcess | None = None

    # What it is

    @property
    def process(self) -> BaresipProcess:
        """The phone's process: `pid`, `ports`, `log_end()`."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process

    @property
    def rtp_ports(self) -> range:
        """Where this phone receives audio; what the ear listens to."""
        return self.process.ports.rtp

    @property
    def uri(self) -> str:
        """Where the phone can be called without a registrar."""
        return f"sip:{self.account.user}@127.0.0.1:{self.process.ports.sip}"

    @property
    def calls(self) -> list[Call]:
        """Every call since the phone was made, oldest first, the closed ones too."""
        return list(self._log.calls)

    @property
    def live_calls(self) -> list[Call]:
        """The calls that are not closed."""
        return self._log.live

    def story(self) -> str:
        """The phone's calls and last events, for an error message."""
        calls = "; ".join(str(call) for call in self._log.calls[-3:]) or "none"
        events = [f"  {event}" for event in list(self.events)[-EVENTS_SHOWN:]]
        return "\n".join([f"calls of {self.name}: {calls}", "last events:", *(events or ["  none"])])

    # Its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def start(self, *, register_seconds_max: float = REGISTER_SECONDS_MAX) -> None:
        """Start the process and register; PhoneDidNotStart tells the phone's own words when it does not work."""
        assert self._process is None or not self._process.runs, f"{self.name} runs already"
        self._process = await start_baresip(self.name, self.tone_hz, self._take)
        self.events.clear()
        try:
            await self._ask("uanew", self.account.line(answers_by_itself=self._answers_by_itself))
            if self.account.password:
                await self._until(self._registration, "registration", register_seconds_max)
        except PhoneFailed as error:
            last_words = self._process.log_end()
            await self._process.kill()
            raise PhoneDidNotStart(f"{self.name} did not register: {error}\nits log ends:\n{last_words}") from error
        except BaseException:
            await self._process.kill()
            raise

    async def stop(self) -> None:
        """Hang up, unregister and end the process. Stopping twice, or after `kill()`, is fine."""
        if self._process is not None:
            await self._process.quit()
            self._close_every_call("the phone was stopped")

    async def kill(self) -> None:
        """End the process as a crash does: no BYE, no unregistration, its ports closed at once.

        `start()` brings the same phone back, on other ports: tell the ear.
        """
        await self.process.kill()
        self._close_every_call("the phone was killed")

    def freeze(self) -> None:
        """Stop the process where it stands, like a pulled network cable: its ports stay open, nothing answers."""
        self.process.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen phone go on."""
        self.process.signal(signal.SIGCONT)

    # What a person does with it

    async def dial(self, target: str) -> Call:
        """Call a number, or a whole `sip:` URI; returns as soon as the invitation is sent."""
        known = len(self._log.calls)
        await self._ask("dial", self.account.uri(target))
        return await self._until(lambda: next((call for call in self._log.calls[known:] if not call.incoming), None), f"call to {target}")

    async def accept(self) -> None:
        """Answer the call that rings (PhoneTimeout at once when none does); await `established()` after it."""
        await self._choose(await self.incoming(seconds_max=0))
        await self._ask("accept")

    async def hang_up(self, call: Call | None = None) -> None:
        """End a call, by default the newest; a ringing incoming one is declined with 486."""
        call = await self._choose(call)
        await self._ask("hangup")
        await self.closed(call)

    async def decline(self) -> None:
        """Refuse the call that rings. baresip 1.0 knows one refusal, 486; `StubPhone` gives any other."""
        await self.hang_up(await self.incoming(seconds_max=0))

    async def hold(self, call: Call | None = None) -> None:
        """Press the hold key; returns when the other side has answered the re-INVITE."""
        await self._modify("hold", await self._choose(call))

    async def resume(self, call: Call | None = None) -> None:
        """Press the hold key again; returns when the other side has answered the re-INVITE."""
        await self._modify("resume", await self._choose(call))

    async def send_keys(self, keys: str, call: Call | None = None) -> None:
        """Press telephone keys one after the other (RFC 4733 events), with pauses like those of a hand."""
        await self._choose(call)
        for key in keys:
            await self._ask("sndcode", key)
            await asyncio.sleep(KEY_SECONDS)  # how long a key takes is part of what is sent, not a wait for luck

    async def transfer(self, target: str, call: Call | None = None) -> None:
        """Press the transfer key, a blind REFER to a number or a whole `sip:` URI; returns when it is sent.

        When it is refused, baresip 1.0 hangs up by itself: `closed()` then tells `transfer refused: ...`.
        """
        await self._choose(call)
        await self._ask("transfer", self.account.uri(target))

    async def answer_by_itself(self) -> None:
        """From now on answer every call at once."""
        await self._ask("answermode", "auto")

    async def answer_by_hand(self) -> None:
        """From now on ring until `accept()`."""
        await self._ask("answermode", "manual")

    # What can be awaited

    async def incoming(self, *, seconds_max: float = EVENT_SECONDS_MAX) -> Call:
        """The incoming call that rings here, now or within the time."""
        return await self._until(lambda: self._newest(CallState.RINGING, incoming=True), "incoming call", seconds_max)

    async def ringing(self, *, seconds_max: float = EVENT_SECONDS_MAX) -> Call:
        """The outgoing call that is told of ringing or early sound, now or within the time."""
        return await self._until(lambda: self._newest(CallState.RINGING, incoming=False), "ringing at the far end", seconds_max)

    async def established(self, call: Call | None = None, *, seconds_max: float = EVENT_SECONDS_MAX) -> Call:
        """The call that stands, now or within the time; PhoneFailed at once when the given call closed instead."""

        def standing() -> Call | None:
            if call is None:
                return self._newest(CallState.ESTABLISHED)
            if call.state is CallState.CLOSED:
                raise PhoneFailed(f"{self.name}: the call closed: {call.closed_because}\n{self.story()}")
            return call if call.state is CallState.ESTABLISHED else None

        return await self._until(standing, "established call", seconds_max)

    async def closed(self, call: Call | None = None, *, seconds_max: float = EVENT_SECONDS_MAX) -> Call:
        """The given call once it is closed; without one, the last call as soon as no call is left."""

        def over() -> Call | None:
            if call is not None:
                return call if call.state is CallState.CLOSED else None
            return self._log.calls[-1] if self._log.calls and not self._log.live else None

        return await self._until(over, "end of the call", seconds_max)

    async def keys_received(self, keys: str, *, seconds_max: float = EVENT_SECONDS_MAX) -> Call:
        """The newest call once the other side has sent these telephone keys in this order."""
        return await self._until(
            lambda: next((call for call in reversed(self._log.calls) if keys in call.keys), None),
            f"keys {keys}",
            seconds_max,
        )

    # How

    async def _ask(self, command: str, params: str = "") -> None:
        try:
            await self.process.ask(command, params)
        except PhoneFailed as error:
            raise type(error)(f"{self.name}: {error}\n{self.story()}") from error

    async def _choose(self, call: Call | None) -> Call:
        """Make a call the one that the next command is about: the newest unless the test names one."""
        live = self._log.live
        if not live or (call is not None and call not in live):
            raise PhoneFailed(f"{self.name} has no such call now: {call or 'no call at all'}\n{self.story()}")
        if len(live) > 1:
            await self._ask("callfind", (call or live[-1]).id)
        return call or live[-1]

    async def _modify(self, command: str, call: Call) -> None:
        answers = call.remote_answers
        await self._ask(command)
        await self._until(lambda: call if call.remote_answers > answers else None, f"answer to {command}")

    async def _until(self, look: Callable[[], _T | None], awaited: str, seconds_max: float = EVENT_SECONDS_MAX) -> _T:
        found = look()
        try:
            async with asyncio.timeout(seconds_max):
                while found is None:
                    await self._changed.wait()
                    found = look()
        except TimeoutError:
            raise PhoneTimeout(f"{self.name}: no {awaited} in {seconds_max:g} s\n{self.story()}") from None
        return found

    def _take(self, event: PhoneEvent) -> None:
        self.events.append(event)
        self._log.take(event)
        self._wake()

    def _wake(self) -> None:
        # Whoever waits holds the old one; nothing runs between a look and the wait that follows it.
        self._changed.set()
        self._changed = asyncio.Event()

    def _registration(self) -> PhoneEvent | None:
        for event in reversed(self.events):
            if event.type == "REGISTER_FAIL":
                raise PhoneDidNotStart(f"the registrar said {event.param}")
            if event.type == "REGISTER_OK":
                return event
        return None

    def _newest(self, state: CallState, *, incoming: bool | None = None) -> Call | None:
        return next((c for c in reversed(self._log.calls) if c.state is state and incoming in (None, c.incoming)), None)

    def _close_every_call(self, because: str) -> None:
        self._log.close_every_call(because, time.time())
        self._wake()

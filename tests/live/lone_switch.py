"""The adapter by itself on a real Asterisk: layouts that a test makes by hand go in, facts come out, and no floor is there.

For what only Asterisk and telephones can prove of the adapter: how a far end behaves, what is heard, which cause is told.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from docker.errors import NotFound
from testcontainers.core.container import DockerContainer

from controller.asterisk.dial_string import Dialable
from controller.asterisk.switch import AriSwitch
from controller.directory.ids import InteractionId, LegId
from controller.directory.site import AsteriskAccess
from controller.interaction.facts import CustomerArrived, EndCause, Fact, LegAnswered, LegEnded, SwitchFound
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.live.scene import until
from tests.live.site import TRANSPORT
from tests.live.stack import READY_SECONDS_MAX, running_asterisk
from tests.phones import Account, Ear, FarCall, FarEnd, SoftPhone

TRUNK = "outside"
UNREGISTERED_TRUNK = "2009"
"""An endpoint of the demo's at which nothing is registered."""
CALLER_ID = "+33199000800"
FACT_SECONDS_MAX = 5.0

F = TypeVar("F", bound=Fact)


@dataclass(slots=True)
class LoneSwitch:
    """A switch without a floor, and everybody whom it can reach."""

    asterisk: DockerContainer
    ear: Ear
    phones: dict[str, SoftPhone]
    outside: FarEnd
    sip_port: int
    access: AsteriskAccess
    switch: AriSwitch = field(init=False)
    facts: list[tuple[float, Fact]] = field(default_factory=list)
    """Each with the wall-clock second in which it came."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _interactions: int = 0
    _running: "asyncio.Task[object] | None" = None

    def begin(self) -> None:
        """Be a process that has just begun, and knows nothing."""
        may = Dialable(trunks=frozenset({TRUNK, UNREGISTERED_TRUNK}))
        self.switch = AriSwitch(self.access, post=self.post, instance="lone", dialable=may)

    async def live(self) -> None:
        """Be attached until `stop`."""
        self._running = asyncio.create_task(self.switch.run())
        await self.told(SwitchFound, seconds_max=READY_SECONDS_MAX)

    async def stop(self) -> None:
        """Be gone as by a kill: nothing is said to Asterisk."""
        assert self._running is not None, "it lives"
        self._running.cancel()
        with suppress(asyncio.CancelledError):
            await self._running

    def post(self, fact: Fact) -> None:
        """Take a fact, as the loop would."""
        self.facts.append((time.time(), fact))
        self._changed.set()
        self._changed = asyncio.Event()

    async def told(self, kind: type[F], is_it: Callable[[F], bool] = lambda fact: True, *, seconds_max: float = FACT_SECONDS_MAX) -> F:
        """The newest fact of this kind, now or within the time."""
        try:
            async with asyncio.timeout(seconds_max):
                while not (found := [fact for _, fact in self.facts if isinstance(fact, kind) and is_it(fact)]):
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"no {kind.__name__} in {seconds_max:g} s, only {[fact for _, fact in self.facts]}") from None
        return found[-1]

    def told_at(self, fact: Fact) -> float:
        """When a fact came, in wall-clock seconds."""
        return next(at for at, known in self.facts if known is fact)

    async def cause_of(self, leg: LegId, *, seconds_max: float = FACT_SECONDS_MAX) -> EndCause:
        """Why a leg ended."""
        return (await self.told(LegEnded, lambda ended: ended.leg == leg, seconds_max=seconds_max)).cause

    def cli(self, command: str) -> str:
        """Ask Asterisk's own command line."""
        return str(self.asterisk.exec(["asterisk", "-rx", command]).output.decode())

    @asynccontextmanager
    async def call(self) -> AsyncIterator["ConsultingCall"]:
        """A customer on music and Alice alone in the talk room: as it is when she asks for somebody outside."""
        self._interactions += 1
        self.facts.clear()
        await self.phones["customer"].dial("800")
        customer = (await self.told(CustomerArrived)).leg
        call = ConsultingCall(self, InteractionId(f"t{self._interactions}"), customer)
        call.arrange(call.alice_is_rung)
        await self.phones["alice"].incoming()
        await self.phones["alice"].accept()
        await self.told(LegAnswered, lambda answered: answered.leg == call.alice)
        call.arrange(call.alice_alone)
        await self.ear.wait_until({"customer": {"music"}, "alice": ()})
        try:
            yield call
        finally:
            call.arrange(())
            await self._is_empty()

    async def _is_empty(self) -> None:
        for phone in self.phones.values():
            if phone.live_calls:
                await phone.closed()
        await until(
            "Asterisk is empty", lambda: not self.cli("core show channels concise").strip() and "ix-" not in self.cli("bridge show all")
        )


@dataclass(slots=True)
class ConsultingCall:
    """One customer, Alice, and whomever she calls outside."""

    on: LoneSwitch
    interaction: InteractionId
    customer: LegId
    layout: Layout | None = None
    """The last one that was arranged."""
    _outside: int = 0

    @property
    def alice(self) -> LegId:
        return LegId(f"ix-{self.interaction}-alice-1")

    def arrange(self, places: tuple[Place, ...], *, ring_seconds_max: float = 60.0) -> None:
        """From now on everybody belongs there."""
        self.layout = Layout(interaction=self.interaction, places=places, ring_seconds_max=ring_seconds_max)
        self.on.switch.arrange(self.layout)

    def held(self, music: str = "tone") -> Place:
        """The customer on music."""
        return Place(leg=self.customer, origin=Origin.CAME, room=Room.HOLD, music=music)

    @property
    def alice_is_rung(self) -> tuple[Place, ...]:
        return (self.held(), Place(leg=self.alice, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001"), music="tone"))

    @property
    def alice_alone(self) -> tuple[Place, ...]:
        return (self.held(), self.stands(self.alice, Room.TALK))

    def stands(self, leg: LegId, room: Room) -> Place:
        """Somebody who has answered."""
        return Place(leg=leg, origin=Origin.MADE, room=room, music="tone")

    def is_called(self, number: str, *, caller_id: str = CALLER_ID, room: Room = Room.TALK, trunk: str = TRUNK) -> Place:
        """Somebody outside, who is to be rung."""
        self._outside += 1
        leg = LegId(f"ix-{self.interaction}-out-{self._outside + 1}")
        endpoint = Endpoint(address=number, trunk=trunk, caller_id=caller_id)
        return Place(leg=leg, origin=Origin.MADE, room=room, endpoint=endpoint, caller=Display(name="", number=caller_id), music="tone")

    async def calls(self, number: str, *, caller_id: str = CALLER_ID, ring_seconds_max: float = 60.0) -> tuple[LegId, FarCall]:
        """Alice has a number called; gives the leg, and the call as it came there."""
        place = self.is_called(number, caller_id=caller_id)
        before = len(self.on.outside.far_calls)
        self.arrange((*self.alice_alone, place), ring_seconds_max=ring_seconds_max)
        return place.leg, await self.on.outside.call_to(number, after=before)


@asynccontextmanager
async def lone_switch() -> AsyncIterator[LoneSwitch]:
    """Start Asterisk, the telephones and the far end, and attach to it in this process."""
    with running_asterisk() as (asterisk, sip_port, ari_port), Ear() as ear:
        await is_started(asterisk)
        accounts = {"customer": "2001", "alice": "1001", "bob": "1002"}
        phones = {name: SoftPhone(name, Account(user, f"phone-{user}", registrar_port=sip_port)) for name, user in accounts.items()}
        try:
            for name, phone in phones.items():
                await phone.start()
                ear.listen(name, phone.rtp_ports)
            async with FarEnd(Account(TRUNK, f"phone-{TRUNK}", registrar_port=sip_port)) as outside:
                ear.listen("outside", outside.rtp_ports)
                access = AsteriskAccess(
                    url=f"http://127.0.0.1:{ari_port}",
                    app="controller",
                    username="controller",
                    password="controller",
                    transport=TRANSPORT,
                    lanes=2,
                )
                world = LoneSwitch(asterisk, ear, phones, outside, sip_port, access)
                world.begin()
                await world.live()
                try:
                    yield world
                finally:
                    await world.stop()
        finally:
            for phone in phones.values():
                await phone.stop()


async def is_started(asterisk: DockerContainer) -> None:
    """Wait until Asterisk takes requests."""
    async with asyncio.timeout(READY_SECONDS_MAX):
        while True:
            with suppress(NotFound):
                if "fully booted" in str(asterisk.exec(["asterisk", "-rx", "core waitfullybooted"]).output).lower():
                    return
            await asyncio.sleep(0.2)

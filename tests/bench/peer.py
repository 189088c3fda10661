"""What a whole consult call costs beside what it costs without us: Asterisk's own `Queue()` and the attended transfer of its features.

Each of the two has an Asterisk of its own, in a container of its own: the same release, telephones, codec and music. Theirs has neither
ARI nor Stasis, but app_queue, app_dial and the features, and nothing else that would cost: no call records, no log of the queue, no
announcement. The calls alternate and last equally long. What is counted is everything in the containers that each needs: ours are
Asterisk's and the controller's, with two desktops that listen, the journal and the log. While one of the two has its call the other is
idle, and that is what is subtracted.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from testcontainers.core.container import DockerContainer

from tests.bench.desktop import Desktop, desktop
from tests.bench.figures import Figure
from tests.bench.process import group_cpu_seconds
from tests.bench.stage import STEADY_PACKETS, first_pid, queue_of, say, staged
from tests.live.scene import Scene
from tests.live.stack import TOP, running_asterisk
from tests.phones import Account, Ear, SoftPhone

PAIRS = 5
STEP_SECONDS = 10.0
"""How long each of the five states lasts, the keys included that lead to it: `*2` and a number take 2.4 s. People stay longer in each."""
WARM_UP_STEP_SECONDS = 3.5
STEPS = 5
REST_SECONDS = 1.0
"""After the last step: hanging up, and what follows from it."""
TIMES_MAX = 1.0
OUR_NUMBER, THEIR_NUMBER = "840", "800"
CONF = TOP / "asterisk-conf"
QUEUE_APP = Path(__file__).with_name("queue_app")
NOT_THEIRS = ("stasis", "res_ari")
THEIRS_ONLY = ("app_queue", "app_dial", "bridge_builtin_features", "bridge_native_rtp", "res_parking")


@dataclass(slots=True)
class _Spent:
    """What one part has spent in each call's time, in seconds: its own call's, and the other's, in which it was idle."""

    pid: int
    calls: list[float] = field(default_factory=list)
    idle: list[float] = field(default_factory=list)

    @property
    def call_ms(self) -> float:
        """Of a call alone."""
        return 1000 * (fmean(self.calls) - fmean(self.idle))

    @property
    def idle_ms(self) -> float:
        """Of a second in which nothing happens."""
        return 1000 * fmean(self.idle) / (STEPS * STEP_SECONDS + REST_SECONDS)


async def peer() -> list[Figure]:
    """Measure calls by turns, theirs and ours."""
    async with (
        staged(more=queue_of("alice", OUR_NUMBER)) as scene,
        _their_telephones(scene.ear) as (their_asterisk, theirs),
        AsyncExitStack() as listening,
    ):
        desktops = [await desktop(scene.http, scene.desks[agent], scene.stack, listening) for agent in ("alice", "bob")]
        for one in desktops:
            await scene.desks[one.agent].available()
        queue_app = _Spent(their_asterisk)
        ours = (_Spent(first_pid(scene.stack.asterisk)), _Spent(first_pid(scene.stack.controller)))
        say(f"peer: {PAIRS} consult calls by Queue() and atxfer, and {PAIRS} by us, in turns")
        await _their_call(scene.ear, WARM_UP_STEP_SECONDS, theirs)
        await _our_call(scene, WARM_UP_STEP_SECONDS, *desktops)
        for _ in range(PAIRS):
            await _measured(_their_call(scene.ear, STEP_SECONDS, theirs), busy=(queue_app,), idle=ours)
            await _measured(_our_call(scene, STEP_SECONDS, *desktops), busy=ours, idle=(queue_app,))
            say(f"  theirs {1000 * queue_app.calls[-1]:.0f} ms, ours {' + '.join(f'{1000 * part.calls[-1]:.0f}' for part in ours)} ms")
        await scene.close()
    return _figures(queue_app, *ours)


def _figures(queue_app: _Spent, asterisk: _Spent, controller: _Spent) -> list[Figure]:
    def told(name: str, value: float, unit: str = "ms", target: float | None = None) -> Figure:
        return Figure(name=name, value=value, unit=unit, target=target, samples=PAIRS)

    rows = (("Queue() and atxfer, Asterisk", queue_app), ("ours, Asterisk", asterisk), ("ours, the controller", controller))
    times = (asterisk.call_ms + controller.call_ms) / queue_app.call_ms
    return [
        *(told(f"{name}: processor time per consult call", spent.call_ms) for name, spent in rows),
        *(told(f"{name}: per idle second", spent.idle_ms) for name, spent in rows),
        told("a whole consult call by us against Queue() and atxfer", times, "x", TIMES_MAX),
    ]


async def _measured(call: Awaitable[None], *, busy: tuple[_Spent, ...], idle: tuple[_Spent, ...]) -> None:
    """Let a call happen, and note what everybody has spent until its time is over."""
    parts = (*busy, *idle)
    before = [group_cpu_seconds(part.pid) for part in parts]
    async with _lasting(STEPS * STEP_SECONDS + REST_SECONDS):
        await call
    for part, began in zip(parts, before, strict=True):
        (part.calls if part in busy else part.idle).append(group_cpu_seconds(part.pid) - began)


@asynccontextmanager
async def _lasting(seconds: float) -> AsyncIterator[None]:
    """What is done within takes so long, however soon it is done."""
    began = time.monotonic()
    yield
    left = began + seconds - time.monotonic()
    assert left >= 0, f"what should last {seconds:g} s took {-left:.1f} s longer"
    await asyncio.sleep(left)  # both have calls of one length


async def _our_call(scene: Scene, step_seconds: float, owner: Desktop, colleague: Desktop) -> None:
    alice, bob = scene.desks[owner.agent], scene.desks[colleague.agent]

    async def hear(wanted: Mapping[str, set[str]]) -> None:
        await scene.ear.wait_until(wanted, packets=STEADY_PACKETS)

    async with _lasting(step_seconds):
        await scene.customer.dial(OUR_NUMBER)
        await owner.is_told(phase="connected")
        await hear({"customer": {"alice"}, "alice": {"customer"}})
    interaction = owner.interaction["id"]
    async with _lasting(step_seconds):
        await alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
        await hear({"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}})
    async with _lasting(step_seconds):
        await alice.does("resume", interaction)
        await hear({"customer": {"alice"}, "alice": {"customer"}, "bob": {"music"}})
    async with _lasting(step_seconds):
        await alice.does("swap", interaction)
        await hear({"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}})
    async with _lasting(step_seconds):
        await alice.does("transfer", interaction)
        await hear({"customer": {"bob"}, "bob": {"customer"}})
        await alice.does("wrap-up", interaction, reason="resolved")
    await scene.customer.hang_up()
    await colleague.is_told(state="wrap_up")
    await bob.does("wrap-up", interaction, reason="resolved")
    await owner.is_told(state="available")
    await colleague.is_told(state="available")


async def _their_call(ear: Ear, step_seconds: float, phones: Mapping[str, SoftPhone]) -> None:
    alice = phones["alice"]

    async def hear(wanted: Mapping[str, set[str]]) -> None:
        await ear.wait_until({_theirs(who): voices for who, voices in wanted.items()}, packets=STEADY_PACKETS)

    async with _lasting(step_seconds):
        await phones["customer"].dial(THEIR_NUMBER)
        await hear({"customer": {"alice"}, "alice": {"customer"}})
    async with _lasting(step_seconds):
        await alice.send_keys("*21002")
        await hear({"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}})
    async with _lasting(step_seconds):
        await alice.send_keys("*4")
        await hear({"customer": {"alice"}, "alice": {"customer"}, "bob": {"music"}})
    async with _lasting(step_seconds):
        await alice.send_keys("*4")
        await hear({"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}})
    async with _lasting(step_seconds):
        await alice.send_keys("*2")
        await hear({"customer": {"bob"}, "bob": {"customer"}})
        await alice.closed()
    await phones["customer"].hang_up()
    await phones["bob"].closed()


def _theirs(name: str) -> str:
    """How the ear calls their telephones: ours have the names."""
    return f"{name} of theirs"


@asynccontextmanager
async def _their_telephones(ear: Ear) -> AsyncIterator[tuple[int, dict[str, SoftPhone]]]:
    """An Asterisk without us, and its telephones; gives its process too."""
    with _their_asterisk() as (asterisk, sip_port):
        async with AsyncExitStack() as there:
            phones = {}
            for name, user in {"customer": "2001", "alice": "1001", "bob": "1002"}.items():
                account = Account(user, f"phone-{user}", registrar_port=sip_port)
                phones[name] = await there.enter_async_context(SoftPhone(name, account, answers_by_itself=name != "customer"))
                ear.listen(_theirs(name), phones[name].rtp_ports)
            yield first_pid(asterisk), phones


@contextmanager
def _their_asterisk() -> Iterator[tuple[DockerContainer, int]]:
    """Give it with its SIP port."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        modules = folder / "modules.conf"
        modules.write_text(_modules())
        with running_asterisk(files=[modules, *QUEUE_APP.glob("*.conf")]) as (asterisk, sip_port, _):
            yield asterisk, sip_port


def _modules() -> str:
    """Our list without what is there for us alone, and with what they need."""
    lines = CONF.joinpath("modules.conf").read_text().splitlines()
    kept = [line for line in lines if not any(word in line for word in NOT_THEIRS)]
    return "\n".join([*kept, *(f"load = {module}.so" for module in THEIRS_ONLY), ""])

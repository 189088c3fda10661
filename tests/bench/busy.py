"""What a whole consult call costs the controller's process when several go on at once, as in a contact centre they do.

One call after the other leaves pauses between its steps, and after a pause the same work costs two to three times as much on a shared
machine. `cost` measures that; here there are hardly any.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from controller.directory.directory import Directory
from tests.bench.cost import CPU_MAX_MS
from tests.bench.day import directory, people_text
from tests.bench.desktop import Desktop, desktop
from tests.bench.figures import Figure
from tests.bench.lives import HASHER
from tests.bench.process import cpu_seconds
from tests.bench.stage import controller_pid, say
from tests.live.desk import AgentDesk
from tests.live.scene import ready
from tests.live.stack import READY_SECONDS_MAX, Stack, running_stack
from tests.phones import Account, SoftPhone

PAIRS = 6
CALLS_EACH = 10
WARM_UP_CALLS = 2
TONE_HZ = 440
"""Nobody listens: who hears whom is for the live tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two agents with a number of their own, and the one customer who calls it again and again."""

    number: str
    customer: SoftPhone
    desks: tuple[AgentDesk, AgentDesk]
    desktops: tuple[Desktop, Desktop]


async def busy() -> list[Figure]:
    """Measure so many consult calls, always several at once."""
    say(f"processor time: {PAIRS * CALLS_EACH} whole consult calls, {PAIRS} at once")
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), site=site_text()) as stack:
        pid = controller_pid(stack)
        async with pairs_on(stack) as pairs:
            await calls_at_once(pairs, WARM_UP_CALLS)
            began, frames = cpu_seconds(pid), _frames(pairs)
            await calls_at_once(pairs, CALLS_EACH)
            spent, frames = cpu_seconds(pid) - began, _frames(pairs) - frames
    calls = PAIRS * CALLS_EACH
    return [
        Figure(
            name=f"processor time per consult call, {PAIRS} at once",
            value=1000 * spent / calls,
            unit="ms",
            target=CPU_MAX_MS,
            samples=calls,
        ),
        Figure(name=f"frames told per consult call, {PAIRS} at once", value=frames / calls, unit="", target=None, samples=calls),
    ]


def _frames(pairs: list[Pair]) -> int:
    return sum(desktop.frames for pair in pairs for desktop in pair.desktops)


async def calls_at_once(pairs: list[Pair], each: int) -> None:
    """Every pair has so many calls, one after the other."""
    async with asyncio.TaskGroup() as everybody:
        for pair in pairs:
            everybody.create_task(_calls_of(pair, each))


async def _calls_of(pair: Pair, calls: int) -> None:
    for _ in range(calls):
        await _consult_call(pair)


async def _consult_call(pair: Pair) -> None:
    """Arrival, offer, answer, consult, answer, resume, swap, transfer, hang-up, both wrap-ups."""
    (a, b), (owner, colleague) = pair.desks, pair.desktops
    await owner.is_told(state="available")
    await colleague.is_told(state="available")
    owner.interaction = colleague.interaction = {}  # the last call's, which is over
    call = await pair.customer.dial(pair.number)
    await owner.is_told(phase="connected")
    interaction = owner.interaction["id"]
    await a.does("consult", interaction, target={"kind": "agent", "id": b.agent})
    await owner.is_told(phase="consulting")
    await colleague.is_told(phase="consulting")
    await a.does("resume", interaction)
    await a.does("swap", interaction)
    await a.does("transfer", interaction)
    await colleague.is_told(phase="connected")
    await a.does("wrap-up", interaction, reason="done")
    await pair.customer.established(call)
    await pair.customer.hang_up(call)
    await colleague.is_told(state="wrap_up")
    await b.does("wrap-up", interaction, reason="done")


# --- The people ------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def pairs_on(stack: Stack) -> AsyncIterator[list[Pair]]:
    """Everybody has a telephone and a desktop, and is available."""
    _add_telephones(stack)
    async with AsyncExitStack() as there:
        http = await there.enter_async_context(aiohttp.ClientSession())
        await ready(stack, http, READY_SECONDS_MAX)
        pairs = []
        for number in range(PAIRS):
            customer, *_ = [await there.enter_async_context(_phone(stack, name)) for name in (f"c{number}", f"a{number}", f"b{number}")]
            desks = AgentDesk(http, stack.desktop_url, f"a{number}"), AgentDesk(http, stack.desktop_url, f"b{number}")
            for desk in desks:
                await desk.log_in()
            desktops = await desktop(http, desks[0], stack, there), await desktop(http, desks[1], stack, there)
            for desk in desks:
                await desk.available()
            pairs.append(Pair(number=str(1000 + number), customer=customer, desks=desks, desktops=desktops))
        yield pairs


def _phone(stack: Stack, name: str) -> SoftPhone:
    account = Account(name, f"phone-{name}", registrar_port=stack.sip_port)
    return SoftPhone(name, account, answers_by_itself=not name.startswith("c"), tone_hz=TONE_HZ)


def _add_telephones(stack: Stack) -> None:
    """Give Asterisk telephones for everybody, of the same kind as the demo's."""
    sections = [
        f"[{name}]({kind})\nauth = {name}\naors = {name}\n"
        f"[{name}](ari-controller-login)\nusername = {name}\npassword = phone-{name}\n[{name}](ari-controller-place)\n"
        for number in range(PAIRS)
        for name, kind in ((f"a{number}", "ari-controller-agent"), (f"b{number}", "ari-controller-agent"), (f"c{number}", "customer"))
    ]
    told = stack.asterisk.exec(["sh", "-c", 'printf %s "$0" >> /etc/asterisk/pjsip.conf', "\n".join(sections)])
    assert told.exit_code == 0, told.output
    stack.asterisk_cli("module reload res_pjsip.so")


def site_text(people: Directory | None = None) -> str:
    """A site file with a queue and a number for each pair; everybody's password is their id, as in the demo."""
    parts = [
        '[site]\nregion = "FR"\n[asterisk]\nurl = "env:ASTERISK_URL"\nusername = "controller"\npassword = "controller"\n',
        '[desktop]\nlisten = "env:DESKTOP_LISTEN"\n[journal]\nfolder = "env:STATE_FOLDER"\n',
    ]
    return "\n".join([*parts, people_text(people or directory(PAIRS), HASHER.hash)])

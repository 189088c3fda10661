"""What a consult call costs the controller's process when many desktops listen, beside what it costs with those of its agents alone.

Each pair is measured in one run, in turns, with the same calls at once: the machine's pace is in neither. The last figures are of a
thousand pages, each with the WebSocket of its telephone open beside that of events.
"""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from tests.bench.busy import PAIRS, WARM_UP_CALLS, Pair, calls_at_once, pairs_on, site_text
from tests.bench.figures import Figure
from tests.bench.listeners import PASSWORD, listeners, name_of
from tests.bench.lives import HASHER
from tests.bench.process import KIB, cpu_seconds, memory_bytes
from tests.bench.stage import controller_pid, say
from tests.live.stack import Stack, running_stack

LISTENERS = 1000
ROUNDS = 3
CALLS_EACH = 8
ONE_CALL_LISTENERS = 500
ONE_CALL_TIMES_MAX = 1.5
TIMES_MAX = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Crowd:
    """How many calls go on at once, how many listen who have nothing to do with them, and how much more a call may cost for it."""

    pairs: int
    listeners: int
    times_max: float

    @property
    def at_once(self) -> str:
        return "one call at a time" if self.pairs == 1 else f"{self.pairs} calls at once"


CROWDS = (
    _Crowd(pairs=PAIRS, listeners=LISTENERS, times_max=TIMES_MAX),
    _Crowd(pairs=1, listeners=ONE_CALL_LISTENERS, times_max=ONE_CALL_TIMES_MAX),
)


async def fan_out() -> list[Figure]:
    """Measure calls with few listeners and with many, in turns."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), site=site_text() + _listeners_text()) as stack:
        async with pairs_on(stack) as pairs:
            await calls_at_once(pairs, WARM_UP_CALLS)
            for crowd in CROWDS:
                figures += await _heard_by(crowd, pairs[: crowd.pairs], stack)
            return [*figures, *await _pages(pairs[:1], stack)]


async def _heard_by(crowd: _Crowd, pairs: list[Pair], stack: Stack) -> list[Figure]:
    say(f"fan-out: {crowd.at_once}, heard by {2 * PAIRS} desktops and by {crowd.listeners} more")
    alone, heard, pid = [], [], controller_pid(stack)
    for _ in range(ROUNDS):
        alone.append(await _milliseconds_per_call(pairs, pid))
        async with listeners(stack.desktop_url, crowd.listeners):
            heard.append(await _milliseconds_per_call(pairs, pid))
    calls = ROUNDS * CALLS_EACH * len(pairs)
    few, many = fmean(alone), fmean(heard)
    return [
        Figure(name=f"processor time per consult call, {crowd.at_once}", value=few, unit="ms", target=None, samples=calls),
        Figure(name=f"the same, {crowd.listeners} more listen", value=many, unit="ms", target=None, samples=calls),
        Figure(name=f"{crowd.listeners} listeners against none", value=many / few, unit="x", target=crowd.times_max, samples=calls),
    ]


async def _pages(pairs: list[Pair], stack: Stack) -> list[Figure]:
    """A thousand pages' worth of WebSockets are open at once, and a call goes through the middle of them."""
    say(f"fan-out: {LISTENERS} pages with a telephone each")
    pid = controller_pid(stack)
    before, began = memory_bytes(pid), time.perf_counter()
    async with listeners(stack.desktop_url, LISTENERS, telephones=True):
        opened = time.perf_counter() - began
        await calls_at_once(pairs, 1)
        kib = (memory_bytes(pid) - before) / KIB / LISTENERS
    return [
        Figure(name=f"{LISTENERS} pages, {2 * LISTENERS} WebSockets: until all are open", value=opened, unit="s", target=None, samples=1),
        Figure(name="memory of the controller per page", value=kib, unit="KiB", target=None, samples=LISTENERS),
    ]


async def _milliseconds_per_call(pairs: list[Pair], pid: int) -> float:
    began = cpu_seconds(pid)
    await calls_at_once(pairs, CALLS_EACH)
    per_call = 1000 * (cpu_seconds(pid) - began) / (CALLS_EACH * len(pairs))
    say(f"  {per_call:.1f} ms")
    return per_call


def _listeners_text() -> str:
    known = HASHER.hash(PASSWORD)
    names = [name_of(number) for number in range(LISTENERS)]
    return "".join(
        f'[[agent]]\nid = "{name}"\nname = "{name}"\nphone = "{name}"\nbrowser = "{name}-web"\npassword = "{known}"\n' for name in names
    )

"""What a consult call costs the controller's process when a thousand desktops listen, beside what it costs with those of its agents alone.

Both are measured in one run, in turns, with the same calls at once: the machine's pace is in neither.
"""

import tempfile
from pathlib import Path
from statistics import fmean

from tests.bench.busy import PAIRS, WARM_UP_CALLS, Pair, calls_at_once, pairs_on, site_text
from tests.bench.figures import Figure
from tests.bench.listeners import PASSWORD, listeners, name_of
from tests.bench.lives import HASHER
from tests.bench.process import cpu_seconds
from tests.bench.stage import controller_pid, say
from tests.live.stack import running_stack

LISTENERS = 1000
ROUNDS = 3
CALLS_EACH = 8
TIMES_MAX = 1.2


async def fan_out() -> list[Figure]:
    """Measure calls with few listeners and with many, in turns."""
    say(f"fan-out: {PAIRS} consult calls at once, heard by {2 * PAIRS} desktops and by {LISTENERS} more")
    alone, heard = [], []
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder), site=site_text() + _listeners_text()) as stack:
        pid = controller_pid(stack)
        async with pairs_on(stack) as pairs:
            await calls_at_once(pairs, WARM_UP_CALLS)
            for _ in range(ROUNDS):
                alone.append(await _milliseconds_per_call(pairs, pid))
                async with listeners(stack.desktop_url, LISTENERS):
                    heard.append(await _milliseconds_per_call(pairs, pid))
    calls = ROUNDS * CALLS_EACH * PAIRS
    few, many = fmean(alone), fmean(heard)
    return [
        Figure(name=f"processor time per consult call, {2 * PAIRS} desktops listen", value=few, unit="ms", target=None, samples=calls),
        Figure(name=f"the same, {LISTENERS} more listen", value=many, unit="ms", target=None, samples=calls),
        Figure(name=f"{LISTENERS} listeners against none", value=many / few, unit="x", target=TIMES_MAX, samples=calls),
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
    return "".join(f'[[agent]]\nid = "{name}"\nname = "{name}"\nphone = "{name}"\npassword = "{known}"\n' for name in names)

"""`python -m tests.bench.journal_cost`: what the journal costs per call, in processor time of all threads.

The real loop, floor and SQLite journal, with calls that come as they come in a busy hour and no telephones: once with the journal and once
without. What telephony, the API and desktops cost on top is measured by `tests/run bench`; the share is of that whole.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from controller.directory.ids import THE_SWITCH, AgentId
from controller.floor.floor import Floor
from controller.floor.outcome import Input
from controller.interaction.commands import Command
from controller.interaction.facts import SwitchFound
from controller.journal.sqlite_journal import SqliteJournal
from controller.routing.commands import GoAvailable, LogOn
from controller.service.keeping import Keeper
from controller.service.loop import Loop
from tests.bench.day import ConsultCall, Nobody, directory
from tests.bench.figures import Figure, table
from tests.bench.stage import say

CALLS_PER_SECOND = 20.0
SECONDS = 4.0
"""Of a round."""
ROUNDS = 5
PAIRS = 60
CALL_SECONDS = 1.5
"""A call of eleven inputs takes so long; in earnest minutes, but the disk sees only how many come in a second."""
PER_CALL = "the journal, per call"


class Counted(SqliteJournal):
    """A journal that counts its writes."""

    writes = 0
    inputs = 0
    seconds = 0.0

    async def keep(self, inputs: Sequence[object]) -> None:
        began = time.perf_counter()
        await super().keep(inputs)  # type: ignore[arg-type]
        self.seconds += time.perf_counter() - began
        self.writes += 1
        self.inputs += len(inputs)


async def busy_hour(loop: Loop, calls_per_second: float, seconds: float) -> tuple[int, float, list[float]]:
    """Calls for so long; gives how many, the processor time of all of them, and how long each command took."""
    running = asyncio.create_task(loop.run())
    loop.post(SwitchFound(switch=THE_SWITCH))
    for agent in loop.floor.directory.agents:
        await loop.ask(LogOn(agent=agent))
        await loop.ask(GoAvailable(agent=AgentId(agent)))
    chance, free, took = random.Random(1), list(range(PAIRS)), list[float]()
    began, spent, calls = time.perf_counter(), time.process_time(), 0
    async with asyncio.TaskGroup() as everybody:
        while time.perf_counter() - began < seconds:
            await asyncio.sleep(chance.expovariate(calls_per_second))
            if free:
                calls += 1
                everybody.create_task(_call(loop, ConsultCall(free.pop(0), calls), free, chance, took))
    spent = time.process_time() - spent
    loop.stop()
    await running
    return calls, spent, took


async def _call(loop: Loop, call: ConsultCall, free: list[int], chance: random.Random, took: list[float]) -> None:
    for what in call.inputs(loop.floor):
        await _bring(loop, what, took)
        await asyncio.sleep(chance.expovariate(11 / CALL_SECONDS))
    free.append(call.pair)


async def _bring(loop: Loop, what: Input, took: list[float]) -> None:
    began = time.perf_counter()
    await loop.ask(what)  # type: ignore[arg-type]  # a fact, too: whoever brings it here goes on when it was followed
    if isinstance(what, Command):
        took.append(time.perf_counter() - began)


async def measure(calls_per_second: float, seconds: float, folder: Path | None) -> tuple[int, float, list[float], Counted | None]:
    """Measure once, with a journal in this folder, or (None) without one."""
    journal = Counted(folder) if folder is not None else None
    if journal is not None:
        journal.open()
    loop = Loop(
        Floor(directory(PAIRS)),
        clock=time.time,
        keeper=Keeper(journal) if journal is not None else None,
    )
    loop.serve(Nobody(), [Nobody()])
    calls, spent, took = await busy_hour(loop, calls_per_second, seconds)
    if journal is not None:
        journal.close()
    return calls, spent, took, journal


@dataclass(slots=True)
class Sum:
    """What several rounds of the same kind came to."""

    calls: int = 0
    spent: float = 0.0
    took: list[float] = field(default_factory=list)
    journals: list[Counted] = field(default_factory=list)

    def add(self, calls: int, spent: float, took: list[float], journal: Counted | None) -> None:
        """Add one round."""
        self.calls += calls
        self.spent += spent
        self.took += took
        self.journals += [journal] if journal is not None else []

    @property
    def ms_per_call(self) -> float:
        return 1000 * self.spent / self.calls


def figures(calls_per_second: float, seconds: float) -> list[Figure]:
    """With and without, in turns: the pace of a shared machine changes from one minute to the next, and must not count as the journal's."""
    bare, whole = Sum(), Sum()
    for _ in range(ROUNDS):
        bare.add(*uvloop.run(measure(calls_per_second, seconds, None)))
        with tempfile.TemporaryDirectory() as folder:
            whole.add(*uvloop.run(measure(calls_per_second, seconds, Path(folder))))
    inputs, writes = (sum(getattr(journal, what) for journal in whole.journals) for what in ("inputs", "writes"))
    write_seconds = sum(journal.seconds for journal in whole.journals)
    answered = 1000 * statistics.median(whole.took)
    return [
        Figure(name="loop and floor alone, per call", value=bare.ms_per_call, unit="ms", target=None, samples=bare.calls),
        Figure(name=PER_CALL, value=whole.ms_per_call - bare.ms_per_call, unit="ms", target=None, samples=whole.calls),
        Figure(name="inputs kept per call", value=inputs / whole.calls, unit="", target=None, samples=whole.calls),
        Figure(name="inputs per write", value=inputs / writes, unit="", target=None, samples=writes),
        Figure(name="a write takes", value=1000 * write_seconds / writes, unit="ms", target=None, samples=writes),
        Figure(name="a command is answered after, median", value=answered, unit="ms", target=None, samples=len(whole.took)),
    ]


async def journal() -> list[Figure]:
    """One busy hour in short. In a thread of its own, because it brings an event loop of the service's kind."""
    say(f"journal: {ROUNDS} times {2 * SECONDS:g} s of a busy hour")
    return await asyncio.to_thread(figures, CALLS_PER_SECOND, SECONDS)


def main() -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.journal_cost", description="Measure what the journal costs per call.")
    parser.add_argument("--rate", type=float, action="append", help="calls per second; several may be given (default: 20)")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    for rate in asked.rate or [CALLS_PER_SECOND]:
        print(f"{rate:g} calls per second")
        print(table(figures(rate, asked.seconds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

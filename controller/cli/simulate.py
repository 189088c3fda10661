"""`ari-controller simulate`: a seed makes a simulated contact centre, drives the real controller in it, and a judge looks on."""

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial

from controller.cli.exits import CHECK_FAILED, DONE
from controller.simulator.lines import Lines
from controller.simulator.world import Verdict, shortest_failing, simulate

SEEDS_PER_TASK = 10
PROGRESS_EVERY_SECONDS = 5.0


def judged(seeds: Sequence[int], inputs: int, *, processes: int, further: bool = True, anybody: bool = True) -> Iterator[Verdict]:
    """Live many seeds' days, several at a time; verdicts come in the seeds' order."""
    if processes == 1:
        yield from (simulate(seed, inputs, further=further, anybody=anybody) for seed in seeds)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(simulate, inputs=inputs, further=further, anybody=anybody), seeds, chunksize=SEEDS_PER_TASK)


def run(asked: argparse.Namespace) -> int:
    """Do what the command asks; gives the exit code."""
    if asked.seeds is not None:
        return _many(asked)
    lines = not (asked.quiet or asked.json)
    began = time.perf_counter()
    verdict = simulate(asked.seed, asked.inputs, watcher=Lines(print) if lines else None, further=not asked.plain, anybody=_anybody(asked))
    return _report([verdict], time.perf_counter() - began, asked)


def _many(asked: argparse.Namespace) -> int:
    began = told_at = time.perf_counter()
    verdicts: list[Verdict] = []
    for verdict in judged(asked.seeds, asked.inputs, processes=asked.processes, further=not asked.plain, anybody=_anybody(asked)):
        verdicts.append(verdict)
        if verdict.broken and not (asked.quiet or asked.json):
            print(f"seed {verdict.seed}: {verdict.broken}", flush=True)
        if not asked.quiet and time.perf_counter() - told_at >= PROGRESS_EVERY_SECONDS:
            told_at = time.perf_counter()
            print(f"... {len(verdicts)} of {len(asked.seeds)} seeds", file=sys.stderr, flush=True)
    return _report(verdicts, time.perf_counter() - began, asked)


def _anybody(asked: argparse.Namespace) -> bool:
    return not (asked.plain or asked.agents_only)


def _report(verdicts: Sequence[Verdict], seconds: float, asked: argparse.Namespace) -> int:
    broken = [verdict for verdict in verdicts if verdict.broken]
    shortest = [shortest_failing(verdict) for verdict in broken[: asked.shrink]]
    inputs = sum(verdict.inputs_in_all for verdict in verdicts)
    if asked.json:
        found = [asdict(verdict) for verdict in _merged(broken, shortest)]
        print(json.dumps({"seeds": len(verdicts), "inputs": inputs, "seconds": round(seconds, 3), "broken": found}))
    else:
        for verdict in shortest:
            print(_failure(verdict))
        seeds = "1 seed" if len(verdicts) == 1 else f"{len(verdicts)} seeds"
        print(f"{seeds}, {inputs} inputs in {seconds:.1f} s ({inputs / seconds:.0f} a second): {_count(broken)}")
    return CHECK_FAILED if broken else DONE


def _merged(broken: Iterable[Verdict], shortest: Iterable[Verdict]) -> list[Verdict]:
    """What is broken, by its shortest prefix where that was looked for."""
    best = {verdict.seed: verdict for verdict in broken} | {verdict.seed: verdict for verdict in shortest}
    return list(best.values())


def _failure(verdict: Verdict) -> str:
    when = "once it had settled" if verdict.settling else "on the way"
    return (
        f"seed {verdict.seed} breaks within {verdict.inputs} inputs, {when}: {verdict.broken}\n"
        f"  repeat it: ari-controller simulate --seed {verdict.seed} --inputs {verdict.inputs}{_days(verdict)}"
    )


def _days(verdict: Verdict) -> str:
    """The options that make the same kind of day."""
    if not verdict.further:
        return " --plain"
    return "" if verdict.anybody else " --agents-only"


def _count(broken: Sequence[Verdict]) -> str:
    return "nothing is broken" if not broken else f"{len(broken)} broken"

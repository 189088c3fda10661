"""How fast simulated days go by: a judge is as good as the number of days that it sees."""

import asyncio
import os
import time

from controller.cli.simulate import judged
from controller.simulator.world import simulate
from tests.bench.figures import Figure
from tests.bench.stage import say
from tests.simulation.test_seeds import CORES, INPUTS_OF_MANY, MANY

INPUTS_PER_SECOND_MIN = 20_000
SEEDS = range(1, 201)
MANY_SECONDS_MAX = 120


async def simulator() -> list[Figure]:
    """Live two hundred days, one after the other."""
    say(f"simulator: {len(SEEDS)} days")
    simulate(0)  # what is loaded once is no part of a day
    began = time.process_time()
    inputs = sum(simulate(seed).inputs_in_all for seed in SEEDS)
    microseconds = 1e6 * (time.process_time() - began) / inputs
    name = "simulator, per input of the core"
    return [Figure(name=name, value=microseconds, unit="us", target=1e6 / INPUTS_PER_SECOND_MIN, samples=inputs)]


async def days() -> list[Figure]:
    """As many days as each run of all tests lives, on both cores."""
    say(f"days: {len(MANY)} of them")
    cores = min(CORES, os.cpu_count() or 1)
    began = time.perf_counter()
    lived = await asyncio.to_thread(lambda: list(judged(MANY, INPUTS_OF_MANY, processes=cores)))
    took = time.perf_counter() - began
    return [Figure(name=f"{len(lived)} simulated days", value=took, unit="s", target=MANY_SECONDS_MAX, samples=len(lived))]

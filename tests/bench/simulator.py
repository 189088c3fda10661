"""How fast simulated days go by on one core: a judge is as good as the number of days that it sees."""

import time

from controller.simulator.world import simulate
from tests.bench.figures import Figure
from tests.bench.stage import say

INPUTS_PER_SECOND_MIN = 20_000
SEEDS = range(1, 201)


async def simulator() -> list[Figure]:
    """Live two hundred days, one after the other."""
    say(f"simulator: {len(SEEDS)} days")
    simulate(0)  # what is loaded once is no part of a day
    began = time.process_time()
    inputs = sum(simulate(seed).inputs_in_all for seed in SEEDS)
    microseconds = 1e6 * (time.process_time() - began) / inputs
    return [
        Figure(name="simulator, per input of the core", value=microseconds, unit="us", target=1e6 / INPUTS_PER_SECOND_MIN, samples=inputs)
    ]

"""`python -m tests.bench`: measures what was promised and prints it beside the promise. The exit code is 0 however slow it was.

It brings its own stack up, on ports of its own. `tests/run bench` is the same after the images have been built.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence

from tests.bench.audible import audible
from tests.bench.cost import cost
from tests.bench.figures import Figure, as_json, table
from tests.bench.memory import memory
from tests.bench.ringing import ringing
from tests.bench.stage import staged
from tests.bench.waiting_time import fast_tests, start_up

# Memory first: nothing has happened yet then.
ON_STAGE = {"memory": memory, "audible": audible, "ringing": ringing, "cost": cost}
BY_THEMSELVES = {"start-up": start_up, "fast-tests": fast_tests}
ASKED_FOR_ONLY = "fast-tests"
REPETITIONS = 30


async def measure(names: Sequence[str], repetitions: int) -> list[Figure]:
    """Measure these, in their order."""
    figures: list[Figure] = []
    if any(name in names for name in ON_STAGE):
        async with staged() as scene:
            for name, of_stage in ON_STAGE.items():
                if name in names:
                    figures += await of_stage(scene, repetitions)
    for name, by_itself in BY_THEMSELVES.items():
        if name in names:
            figures += await by_itself()
    return figures


def main() -> int:
    """Read the options, measure, print."""
    every = [*ON_STAGE, *BY_THEMSELVES]
    parser = argparse.ArgumentParser(prog="tests/run bench", description="Measure what was promised and print it beside the promise.")
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=every, help=f"one of {', '.join(every)}; may be given several times"
    )
    parser.add_argument("--with-fast-tests", action="store_true", help="also measure how long `tests/run fast` takes")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help=f"of each command and call (default: {REPETITIONS})")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    asked = parser.parse_args()
    names = asked.only or [name for name in every if name != ASKED_FOR_ONLY or asked.with_fast_tests]
    figures = asyncio.run(measure(names, asked.repetitions))
    print(as_json(figures) if asked.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

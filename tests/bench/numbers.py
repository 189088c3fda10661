"""`python -m tests.bench.numbers`: what it takes to say what a typed number would dial, in processes that have read no number before.

Times are processor times: they are a fraction of a millisecond, and the machine has other things to do. HTTP is not in them.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import phonenumbers

from controller.desktop.number_view import number_view
from controller.dialling.numbering_plans import make_ready_for, make_ready_for_all
from controller.dialling.rules import DiallingRules, DialPlan
from controller.dialling.typed import understand
from tests.bench.figures import Figure, median_and_p95, table
from tests.bench.process import KIB, memory_bytes
from tests.bench.stage import say

TOP = Path(__file__).resolve().parents[2]
WARM_MS_MAX = 0.5
FIRST_MS_MAX = 2
ROUNDS = 20
SITE = DialPlan(region="FR", rules=DiallingRules(allowed_regions=("FR", "US", "CA", "GB", "AU")))
"""The demo's."""


async def numbers() -> list[Figure]:
    """Measure twice: with plans that are ready as they are after the dial box was first used, and with none."""
    say("numbers: the first one of every country, and many")
    examples = list(_examples())
    ready = await _measured("ready", examples)
    unready = await _measured("unready", examples)
    countries = len(ready["first"])
    return [
        *median_and_p95("number preview, warm", ready["warm"], None, WARM_MS_MAX),
        Figure(
            name="number preview, first of a country", value=1000 * max(ready["first"]), unit="ms", target=FIRST_MS_MAX, samples=countries
        ),
        Figure(name="the same with no plan ready", value=1000 * max(unready["first"]), unit="ms", target=None, samples=countries),
        Figure(name="plans of the site's country, at the first login", value=1000 * sum(ready["own"]), unit="ms", target=None, samples=1),
        Figure(name="all plans, once somebody types", value=1000 * sum(ready["all"]), unit="ms", target=None, samples=1),
        Figure(name="longest piece of that", value=1000 * max(ready["all"]), unit="ms", target=None, samples=len(ready["all"])),
        Figure(name="memory of the site's plan", value=ready["memory"][0] / KIB, unit="KiB", target=None, samples=1),
        Figure(name="memory of all plans", value=ready["memory"][1] / KIB, unit="KiB", target=None, samples=1),
    ]


def _examples() -> Iterator[str]:
    """Give one number of each country, as libphonenumber knows them; not in the process that is measured."""
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = phonenumbers.example_number(region)
        if number is not None:
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


async def _measured(how: str, examples: list[str]) -> dict[str, list[float]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.numbers", how), cwd=TOP, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate(json.dumps(examples).encode())
    measured: dict[str, list[float]] = json.loads(told)
    return measured


def _measure(how: str, examples: list[str]) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {"own": [], "all": [], "memory": []}
    if how == "ready":
        for what, pieces in (("own", make_ready_for(SITE.region)), ("all", make_ready_for_all())):
            before = memory_bytes(os.getpid())
            measured[what] = list(_pieces(pieces))
            measured["memory"].append(memory_bytes(os.getpid()) - before)
    measured["first"] = [_seconds(typed) for typed in examples]
    measured["warm"] = [_seconds(typed) for _ in range(ROUNDS) for typed in examples]
    return measured


def _pieces(pieces: Iterator[None]) -> Iterator[float]:
    began = time.thread_time()
    for _ in pieces:
        yield time.thread_time() - began
        began = time.thread_time()
    yield time.thread_time() - began


def _seconds(typed: str) -> float:
    began = time.thread_time()
    number_view(understand(typed, SITE)).model_dump_json(exclude_none=True)
    return time.thread_time() - began


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(_measure(sys.argv[1], json.load(sys.stdin))))
    else:
        print(table(asyncio.run(numbers())))

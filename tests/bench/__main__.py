"""`python -m tests.bench`: measures what was promised and prints it beside the promise. The exit code is 0 however slow it was.

It brings its own stack up, on ports of its own. `tests/run bench` is the same after the images have been built.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterator, Sequence

from tests.bench import cost as whole_call
from tests.bench import journal_cost
from tests.bench.audible import audible
from tests.bench.busy import busy
from tests.bench.consult_path import consult_path
from tests.bench.cost import cost
from tests.bench.early_sound import early_sound
from tests.bench.fan_out import fan_out
from tests.bench.figures import Figure, as_json, table
from tests.bench.health_checks import health_checks
from tests.bench.journal_cost import journal
from tests.bench.kills import kills
from tests.bench.memory import memory
from tests.bench.numbers import numbers
from tests.bench.organisation import organisation
from tests.bench.page import page
from tests.bench.page_search import page_search
from tests.bench.peer import peer
from tests.bench.recovery import recovery
from tests.bench.ringing import ringing
from tests.bench.routing import routing
from tests.bench.servers import servers
from tests.bench.simulator import days, simulator
from tests.bench.stage import staged
from tests.bench.takeover import takeover
from tests.bench.telephone_keys import telephone_keys
from tests.bench.transfer_key import transfer_key
from tests.bench.transports import transports
from tests.bench.waiting_time import all_tests, fast_tests, start_up

# Memory first: nothing has happened yet then.
ON_STAGE = {
    "memory": memory,
    "audible": audible,
    "telephone-keys": telephone_keys,
    "ringing": ringing,
    "early-sound": early_sound,
    "cost": cost,
    "health-checks": health_checks,
    "page": page,
    "takeover": takeover,
}
BY_THEMSELVES = {
    "transports": transports,
    "transfer-key": transfer_key,
    "peer": peer,
    "busy": busy,
    "fan-out": fan_out,
    "journal": journal,
    "recovery": recovery,
    "routing": routing,
    "simulator": simulator,
    "numbers": numbers,
    "organisation": organisation,
    "organisation-servers": servers,
    "page-search": page_search,
    "consult-path": consult_path,
    "start-up": start_up,
    "days": days,
    "kills": kills,
    "fast-tests": fast_tests,
    "all-tests": all_tests,
}
TAKE_MINUTES = ("peer", "days", "kills", "fast-tests", "all-tests")
REPETITIONS = 30
JOURNAL_PERCENT_MAX = 10


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
    return [*figures, *_share_of_the_journal(figures)]


def _share_of_the_journal(figures: Sequence[Figure]) -> Iterator[Figure]:
    """What part of a whole call's processor time the journal takes, where one run has measured both: the machine's pace is in neither."""
    found = {figure.name: figure for figure in figures}
    journal_ms, call_ms = found.get(journal_cost.PER_CALL), found.get(whole_call.PER_CALL)
    if journal_ms is not None and call_ms is not None:
        share = 100 * journal_ms.value / call_ms.value
        yield Figure(name="the journal's share of a call", value=share, unit="%", target=JOURNAL_PERCENT_MAX, samples=journal_ms.samples)


def main() -> int:
    """Read the options, measure, print."""
    every = [*ON_STAGE, *BY_THEMSELVES]
    parser = argparse.ArgumentParser(prog="tests/run bench", description="Measure what was promised and print it beside the promise.")
    parser.add_argument(
        "--only", metavar="NAME", action="append", choices=every, help=f"one of {', '.join(every)}; may be given several times"
    )
    parser.add_argument("--everything", action="store_true", help=f"also what takes minutes: {', '.join(TAKE_MINUTES)}")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help=f"of each command and call (default: {REPETITIONS})")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")
    asked = parser.parse_args()
    names = asked.only or [name for name in every if asked.everything or name not in TAKE_MINUTES]
    figures = asyncio.run(measure(names, asked.repetitions))
    print(as_json(figures) if asked.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.bench.organisation`: looking up one of fifty thousand colleagues, what they hold in memory, and whether fetching them
holds up anything else. In a process of its own, since memory that others had and gave back would hide what colleagues take.

Times are processor times where they are some milliseconds, since the machine has other things to do. So is the loop's: what was done
between two moments at which somebody could do something else, while everybody was fetched.
"""

import asyncio
import csv
import gc
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from controller.dialling.listed_number import ListedNumbers
from controller.directory.ids import OrganisationId
from controller.directory.organisation import FileSource, Organisation
from controller.organisation.file_provider import FileProvider
from controller.organisation.lists import KEYS
from controller.organisation.organisations import Organisations
from tests.bench.figures import Figure, table
from tests.bench.process import KIB, cpu_seconds, memory_bytes
from tests.bench.stage import say

TOP = Path(__file__).resolve().parents[2]
COLLEAGUES = 50_000
SEARCH_MS_MAX = 10
MEMORY_MIB_MAX = 60
LATE_MS_MAX = 30
ROUNDS = 15
FETCH_SECONDS_MAX = 600
BEAT_SECONDS = 0.005
SEED = 20261126

FIRST = ("Marie", "Élodie", "Søren", "Inés", "Jean-Baptiste", "Aoife", "Łukasz", "Yuki", "Fatima", "Paul", "Zoë", "Ngozi", "Åsa", "Đorđe")
LAST = ("Durand", "Lefèvre", "Koch", "García", "Moreau", "O’Brien", "Wiśniewski", "Tanaka", "Benali", "Müller", "Nguyễn", "Petit", "Ibáñez")
TITLES = ("Experte réseau", "Juriste", "Responsable des achats", "Technicien", "Head of Security", "Data engineer", "Comptable", "")
QUERIES = (
    *("e", "a", "é", "durand", "DURAND", "søren", "ngozi nguyen", "marie durand reseau", "o'brien", "dep 77", "juriste departement 12"),
    *(
        "no hit at all",
        "zzz",
        "qx",
        "e a i n r t s o u l d m",
        "a e i o u r n t s l c d p m z",
        "xq e",
        "a e i o u r n t s d k w z q",
        "e a i o z k b y j -",
        "ibanez asa juriste 199",
    ),
    *("01 99 00 10 01", "+33 (0)1 99 12 34 56", "0033 1 00 00 00 00", "+1 201 555 0123", ""),
)


async def organisation() -> list[Figure]:
    """Measure in a process of its own."""
    say(f"organisation: {COLLEAGUES} colleagues")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.organisation", "measure"), cwd=TOP, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    found = json.loads(told.splitlines()[-1])  # behind what the log says
    return [
        Figure(name="organisation search, worst", value=found["worst_ms"], unit="ms", target=SEARCH_MS_MAX, samples=len(QUERIES) * ROUNDS),
        Figure(name="organisation search, median", value=found["median_ms"], unit="ms", target=None, samples=len(QUERIES) * ROUNDS),
        Figure(name="memory of the colleagues", value=found["mib"], unit="MiB", target=MEMORY_MIB_MAX, samples=1),
        Figure(name="the same after all of them have changed", value=found["mib_changed"], unit="MiB", target=None, samples=1),
        Figure(
            name="the loop while they are fetched, longest wait",
            value=found["held_ms"],
            unit="ms",
            target=LATE_MS_MAX,
            samples=found["beats"],
        ),
        Figure(name="fetching them, until they are there", value=found["fetch_s"], unit="s", target=None, samples=1),
        Figure(name="fetching them, processor time of the controller", value=found["own_cpu_s"], unit="s", target=None, samples=1),
    ]


def write_colleagues(path: Path, *, seed: int) -> None:
    """A file of everybody; another seed: everybody has changed."""
    chance = random.Random(seed)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([key for key in KEYS if key != "first_name"])
        for number in range(COLLEAGUES):
            name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
            telephone = f"+33 1 99 {number // 10_000:02} {number // 100 % 100:02} {number % 100:02}"
            department = f"Département {chance.randrange(300)}"
            rows.writerow([f"p{number}", name, chance.choice(TITLES), department, telephone, chance.choice(("available", "away", ""))])


async def _measure() -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "colleagues.csv"
        write_colleagues(path, seed=SEED)
        organisations = Organisations(
            [Organisation(id=OrganisationId("bench"), name="Bench", source=FileSource(file=path.name), deadline_seconds=FETCH_SECONDS_MAX)],
            ListedNumbers(region="FR"),
            provider_for=lambda one, numbers: FileProvider(path, numbers=numbers, seconds_max=one.deadline_seconds),
            clock=time.time,
        )
        gc.collect()
        before, own = memory_bytes(os.getpid()), cpu_seconds(os.getpid())
        began = time.perf_counter()
        held = await fetched(organisations)
        found: dict[str, float] = {"fetch_s": time.perf_counter() - began, "own_cpu_s": cpu_seconds(os.getpid()) - own}
        assert organisations.states()[0].people == COLLEAGUES, organisations.states()
        found |= {"held_ms": 1000 * max(held), "beats": len(held), "mib": (memory_bytes(os.getpid()) - before) / KIB / KIB}
        took = sorted([await searched(organisations, asked) for _ in range(ROUNDS) for asked in QUERIES])
        found |= {"worst_ms": 1000 * took[-1], "median_ms": 1000 * took[len(took) // 2]}
        write_colleagues(path, seed=SEED + 1)
        held = await fetched(organisations)
        # What the old list held is not given back to the kernel, so that this is the most that there was.
        found["mib_changed"] = (memory_bytes(os.getpid()) - before) / KIB / KIB
        return {**found, "held_ms": max(found["held_ms"], 1000 * max(held))}


async def _beats(until: asyncio.Event) -> list[float]:
    """Want to do something every few milliseconds; for how many seconds of processor time others kept each of them from it."""
    held = []
    while not until.is_set():
        began = time.thread_time()
        await asyncio.sleep(BEAT_SECONDS)
        held.append(time.thread_time() - began)
    return held


async def fetched(organisations: Organisations) -> list[float]:
    """Have everybody fetched; for how long each time something else waited for its turn meanwhile, in seconds of processor time."""
    done = asyncio.Event()
    beats = asyncio.create_task(_beats(done))
    await organisations.refresh(FETCH_SECONDS_MAX)
    done.set()
    return await beats


async def searched(organisations: Organisations, asked: str) -> float:
    """Look somebody up; how many seconds of processor time that took."""
    began = time.thread_time()
    await organisations.search(asked, 50)
    return time.thread_time() - began


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(uvloop.run(_measure())))
    else:
        print(table(asyncio.run(organisation())))

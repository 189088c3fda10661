"""`python -m tests.bench.servers`: fifty thousand colleagues from a real slapd, and from a tenant that is stood in for, beside those of
`organisation` from a file; how soon the presence of a page is there; and what a directory that never answers costs a start.

Each source is measured in a process of its own. Times are processor times where they are some milliseconds, as in `organisation`.
"""

import asyncio
import gc
import json
import math
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import uvloop

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleagues import Roster
from controller.directory.ids import OrganisationId
from controller.directory.organisation import GraphSource, LdapSource, Organisation
from controller.directory.site_organisations import PRESETS
from controller.organisation.kept_lists import KeptLists
from controller.organisation.organisations import Organisations
from controller.organisation.providers import provider_of
from tests.bench.figures import Figure, table
from tests.bench.organisation import (
    COLLEAGUES,
    FETCH_SECONDS_MAX,
    LATE_MS_MAX,
    MEMORY_MIB_MAX,
    QUERIES,
    ROUNDS,
    SEARCH_MS_MAX,
    TOP,
    fetched,
    searched,
)
from tests.bench.process import KIB, cpu_seconds, memory_bytes
from tests.bench.stage import say
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.edges.graph_stand_in import CLIENT_ID, SECRET, TENANT, graph_stand_in, user
from tests.live.directory import running_directory
from tests.live.directory_people import PASSWORD, PEOPLE, READER
from tests.live.service import running_service, write_site
from tests.live.slow_line import SlowLine

LATE_P99_MS_MAX = 5
PRESENCE_SECONDS_MAX = 1
ANSWER_SECONDS = 0.2
PAGES = 20
STARTS = 5
NUMBERS = ListedNumbers(region="FR")
START_SECONDS_MAX = 60.0
START_MS_MAX = 100
"""A start takes a second, give or take this much."""

LDAP, GRAPH = "LDAP (slapd)", "Graph (stand-in)"


async def servers() -> list[Figure]:
    """Measure all of them."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        say(f"organisation: {COLLEAGUES} colleagues in slapd")
        (Path(folder) / "password").write_text(PASSWORD)
        with running_directory(Path(folder), people=COLLEAGUES) as directory:
            told = await _measured({"kind": "ldap", "folder": folder, "port": directory.ldaps_port})
            found += _figures(LDAP, told)
    async with _tenant() as (folder, url):
        say(f"organisation: {COLLEAGUES} colleagues in a tenant")
        told = await _measured({"kind": "graph", "folder": folder, "url": url})
        found += _figures(GRAPH, told)
        slowest = Figure(
            name="presence of a page of 50, answers of 200 ms, slowest",
            value=told["presence_s"],
            unit="s",
            target=PRESENCE_SECONDS_MAX,
            samples=PAGES,
        )
        found.append(slowest)
    return [*found, await _start()]


def _figures(of: str, told: dict[str, float]) -> list[Figure]:
    beats = int(told["beats"])
    return [
        Figure(
            name=f"{of}: the loop while they are fetched, longest wait", value=told["held_ms"], unit="ms", target=LATE_MS_MAX, samples=beats
        ),
        Figure(
            name=f"{of}: the loop while they are fetched, p99", value=told["held_p99_ms"], unit="ms", target=LATE_P99_MS_MAX, samples=beats
        ),
        Figure(name=f"{of}: search, worst", value=told["worst_ms"], unit="ms", target=SEARCH_MS_MAX, samples=len(QUERIES) * ROUNDS),
        Figure(name=f"{of}: memory of the colleagues", value=told["mib"], unit="MiB", target=MEMORY_MIB_MAX, samples=1),
        Figure(name=f"{of}: fetching them, until they are there", value=told["fetch_s"], unit="s", target=None, samples=1),
        Figure(name=f"{of}: the list of last time, until it is there", value=told["recall_s"], unit="s", target=None, samples=1),
        Figure(name=f"{of}: processor time of the controller", value=told["own_cpu_s"], unit="s", target=None, samples=1),
    ]


async def _measured(asked: dict[str, Any]) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.servers", json.dumps(asked)), cwd=TOP, stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    found: dict[str, float] = json.loads(told.splitlines()[-1])  # behind what the log says
    return found


@asynccontextmanager
async def _tenant() -> AsyncIterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "secret").write_text(SECRET)
        async with graph_stand_in(Path(folder)) as graph:
            numbers = [f"+33 1 99 {number // 10_000:02} {number // 100 % 100:02} {number % 100:02}" for number in range(COLLEAGUES)]
            names = ("Élodie Lefèvre", "Søren Koch", "Marie Durand", "Łukasz Wiśniewski", "Zoë O’Brien")
            graph.users = [
                user(number, names[number % len(names)], department=f"Département {number % 300}", businessPhones=[phone])
                for number, phone in enumerate(numbers)
            ]
            graph.presences = {each["id"]: ("Busy", "InACall") for each in graph.users}
            graph.answer_seconds = ANSWER_SECONDS
            yield folder, graph.url


async def _start() -> Figure:
    """How much later a service is attached to Asterisk where its directory never answers."""
    say("starts with a directory that never answers, and without one")
    took: dict[bool, list[float]] = {False: [], True: []}
    async with SlowLine(None) as nobody, fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        dead = f'[[organisation]]\nid = "dead"\nname = "Dead"\nkind = "ldap"\nurl = "ldap://127.0.0.1:{nobody.port}"\nbase = "dc=x"\n'
        for _ in range(STARTS):
            for has_dead in took:
                with tempfile.TemporaryDirectory() as folder:
                    site = write_site(Path(folder), password="secret", more=dead if has_dead else "")
                    began = time.perf_counter()
                    async with running_service(site, ari_port=asterisk.port) as service:
                        await service.says("attached to Asterisk", seconds_max=START_SECONDS_MAX)
                        took[has_dead].append(time.perf_counter() - began)
    # The quickest of each: whatever else the machine does makes a start slower, and never quicker.
    later = 1000 * (min(took[True]) - min(took[False]))
    return Figure(name="a start with a dead directory is later by", value=later, unit="ms", target=START_MS_MAX, samples=2 * STARTS)


# --- In the process that is measured -----------------------------------------------------------------------------------


def _source(asked: dict[str, Any]) -> LdapSource | GraphSource:
    if asked["kind"] == "graph":
        known = {"tenant": TENANT, "client_id": CLIENT_ID, "secret_file": "secret", "ca_file": "authority.crt"}
        return GraphSource(**known, authority=asked["url"], graph_url=asked["url"])
    return LdapSource(
        url=f"ldaps://127.0.0.1:{asked['port']}",
        host="127.0.0.1",
        port=asked["port"],
        security="ldaps",
        ca_file="authority.crt",
        bind_dn=READER,
        password_file="password",
        base=PEOPLE,
        filter=PRESETS["openldap"].filter,
        attributes=tuple(PRESETS["openldap"].attributes.items()),
    )


async def _measure(asked: dict[str, Any]) -> dict[str, float]:
    folder = Path(asked["folder"])
    one = Organisation(
        id=OrganisationId("bench"),
        name="Bench",
        source=_source(asked),
        deadline_seconds=FETCH_SECONDS_MAX,
        is_teams=asked["kind"] == "graph",
        single_sign_on=True,
    )

    kept = KeptLists(folder / "state")
    organisations = Organisations(
        [one], NUMBERS, provider_for=lambda one, numbers: provider_of(one, numbers, folder), clock=time.time, kept=kept
    )
    gc.collect()
    before, own = memory_bytes(os.getpid()), cpu_seconds(os.getpid())
    began = time.perf_counter()
    held = sorted(await fetched(organisations))
    found: dict[str, float] = {"fetch_s": time.perf_counter() - began, "own_cpu_s": cpu_seconds(os.getpid()) - own, "beats": len(held)}
    assert organisations.states()[0].people == COLLEAGUES, organisations.states()
    found |= {"held_ms": 1000 * held[-1], "held_p99_ms": 1000 * held[math.ceil(0.99 * len(held)) - 1]}
    found["mib"] = (memory_bytes(os.getpid()) - before) / KIB / KIB
    if asked["kind"] == "graph":
        found["presence_s"] = await _slowest_page(organisations)
    # Each query once beforehand: what the people of its page do is known then, and does not belong to the search.
    for query in QUERIES:
        await organisations.search(query, 50)
    found["worst_ms"] = 1000 * max([await searched(organisations, query) for _ in range(ROUNDS) for query in QUERIES])
    return {**found, "recall_s": await _recalled(one, kept)}


async def _slowest_page(organisations: Organisations) -> float:
    """Look up so many pages of people whose presence nobody knows yet, wall-clock, until each of them has one."""
    took = []
    for page in range(PAGES):
        began = time.perf_counter()
        found = await organisations.search(f"departement {100 + page}", 50)
        took.append(time.perf_counter() - began)
        assert len(found.colleagues) == 50, len(found.colleagues)
        assert all(listed.presence for listed in found.colleagues), organisations.states()
    return max(took)


async def _recalled(one: Organisation, kept: KeptLists) -> float:
    """How long a start takes to know everybody of last time."""
    roster = Roster()
    began = time.perf_counter()
    assert await kept.read(one, NUMBERS, roster.add) is not None, "they were kept"
    return time.perf_counter() - began


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(uvloop.run(_measure(json.loads(sys.argv[1])))))
    else:
        print(table(asyncio.run(servers())))

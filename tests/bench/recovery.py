"""`python -m tests.bench.recovery`: how soon a controller that starts has taken up a thousand live interactions.

The journal is a real one, of a process that was killed: a state and the inputs after it. The controller is a real process. Asterisk is the
tests' stand-in, which has all the channels and bridges and says yes to every request. The clock runs from the start of the process.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp

from controller.directory.ids import THE_SWITCH, AgentId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input
from controller.interaction.facts import SwitchFound
from controller.interaction.layout import layout
from controller.journal.codec import Taken
from controller.journal.sqlite_journal import SqliteJournal
from controller.routing.commands import GoAvailable, GoIdle, LogOn
from controller.service.keeping import INPUTS_PER_STATE
from tests.bench.day import ConsultCall, directory, people_text
from tests.bench.figures import Figure, table
from tests.bench.lives import HASHER, PASSWORD
from tests.bench.stage import say
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, channel, fake_asterisk
from tests.live.service import TOP, free_port

INTERACTIONS = 1000
INPUTS_TO_REPLAY = INPUTS_PER_STATE
"""The most that a journal holds before a state takes their place."""
RECOVERED_SECONDS_MAX = 2.0
STEPS_OF_A_CALL = 6
"""Calls are left after one to six of their steps: in the line, ringing, talking, consulting, parked."""
WAITED_SECONDS_MAX = 60.0
QUIET_SECONDS = 0.5

Json = dict[str, Any]


def what_happened(interactions: int, inputs: int, now: Seconds) -> tuple[Floor, Floor, list[Taken]]:
    """A contact centre before and after, and the inputs in between."""
    before, after = Floor(directory(interactions)), Floor(directory(interactions))
    for floor in (before, after):
        floor.take(SwitchFound(switch=THE_SWITCH), now)
        for agent in floor.directory.agents:
            floor.take(LogOn(agent=agent), now)
            floor.take(GoAvailable(agent=agent), now)
    taken: list[Taken] = []
    for what in _inputs(after, interactions, inputs):
        at = now + len(taken) * 0.0001
        after.take(what, at)
        taken.append(Taken(what, at))
    return before, after, taken


def _inputs(floor: Floor, interactions: int, inputs: int) -> Iterator[Input]:
    brought = 0
    for pair in range(interactions):
        steps = ConsultCall(pair, pair).inputs(floor)
        for _ in range(pair % STEPS_OF_A_CALL + 1):
            yield next(steps)
            brought += 1
    for number in range(inputs - brought):
        yield GoIdle(agent=AgentId(f"b{number % interactions}"), reason=str(number))


def asterisk_has(asterisk: FakeAsterisk, floor: Floor) -> int:
    """Give the stand-in every channel and bridge of these interactions; gives how many channels."""
    channels, bridges = list[Json](), list[Json]()
    for interaction in floor.interactions.values():
        rooms: dict[str, list[str]] = {"talk": [], "hold": []}
        for place in layout(interaction).places:
            channels.append(channel(place.leg, "Ringing" if place.endpoint else "Up"))
            rooms[place.room.value].append(place.leg)
        bridges += [
            {"id": f"ix-{interaction.id}-{room}", "bridge_type": "mixing", "channels": legs, "name": "", "technology": "simple_bridge"}
            for room, legs in rooms.items()
        ]
    for one in channels:
        asterisk.replies[f"GET channels/{one['id']}"] = (200, one)
    for one in bridges:
        asterisk.replies[f"GET bridges/{one['id']}"] = (200, one)
    asterisk.replies["GET channels"] = (200, channels)
    asterisk.replies["GET bridges"] = (200, bridges)
    return len(channels)


def site_text(interactions: int) -> str:
    """The site file of that contact centre."""
    known = HASHER.hash(PASSWORD)
    parts = [
        f'[site]\nregion = "FR"\n[asterisk]\nurl = "env:ASTERISK_URL"\napp = "{APP}"\nusername = "controller"\npassword = "secret"\n',
        '[desktop]\nlisten = "env:DESKTOP_LISTEN"\n[journal]\nfolder = "state"\n',
    ]
    return "\n".join([*parts, people_text(directory(interactions), lambda agent: known)])


async def measure(interactions: int, inputs: int, folder: Path) -> list[Figure]:
    """Start one controller on such a journal."""
    (folder / "site.toml").write_text(site_text(interactions))
    before, after, taken = what_happened(interactions, inputs, time.time())
    journal = SqliteJournal(folder / "state")
    journal.open()
    await journal.keep_state(before.state())
    for first in range(0, len(taken), 50):
        await journal.keep(taken[first : first + 50])
    journal.close()
    async with fake_asterisk() as asterisk, aiohttp.ClientSession() as http:
        legs = asterisk_has(asterisk, after)
        port, began = free_port(), time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "controller.cli.main", "run", "-c", str(folder / "site.toml")),
            cwd=TOP,
            stderr=asyncio.subprocess.PIPE,
            env={
                **os.environ,
                "ARI_CONTROLLER_LOG": "json",
                "ASTERISK_URL": f"http://127.0.0.1:{asterisk.port}",
                "DESKTOP_LISTEN": f"127.0.0.1:{port}",
            },
        )
        said: list[tuple[float, str]] = []
        reading = asyncio.create_task(_read(process, said))
        ready = await _ready(http, port) - began
        shown = await _live(http, port)
        quiet = await _quiet(asterisk) - began
        process.kill()
        await process.wait()
        await reading
    moments = {word: next((at - began for at, line in said if word in line), -1.0) for word in ("starting", "brought back", "listens")}
    assert shown == interactions, f"{shown} of {interactions} interactions are there"
    lost = [line for _, line in said if '"level": "error"' in line]
    assert not lost, lost[:3]
    return [
        Figure(name="the process says that it starts", value=moments["starting"], unit="s", target=None, samples=1),
        Figure(name=f"the journal is read, {len(taken)} inputs replayed", value=moments["brought back"], unit="s", target=None, samples=1),
        Figure(name="the desktop listens", value=moments["listens"], unit="s", target=None, samples=1),
        Figure(name=f"{interactions} interactions, {legs} legs taken up", value=ready, unit="s", target=RECOVERED_SECONDS_MAX, samples=1),
        Figure(name="nothing more is asked of Asterisk", value=quiet, unit="s", target=None, samples=1),
        Figure(name="requests to Asterisk", value=len(asterisk.asked), unit="", target=None, samples=1),
    ]


async def _read(process: asyncio.subprocess.Process, said: list[tuple[float, str]]) -> None:
    assert process.stderr is not None, "it was started with a pipe"
    async for line in process.stderr:
        said.append((time.perf_counter(), line.decode()))


async def _ready(http: aiohttp.ClientSession, port: int) -> float:
    async with asyncio.timeout(WAITED_SECONDS_MAX):
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return time.perf_counter()
            except aiohttp.ClientError:
                pass  # it does not listen yet
            await asyncio.sleep(0.01)


async def _live(http: aiohttp.ClientSession, port: int) -> int:
    """How many interactions its metrics count."""
    async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return int(sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("ari_controller_interactions{")))


async def _quiet(asterisk: FakeAsterisk) -> float:
    """The moment of the last request, once none has come for a while."""
    async with asyncio.timeout(WAITED_SECONDS_MAX):
        last, known = time.perf_counter(), len(asterisk.asked)
        while time.perf_counter() - last < QUIET_SECONDS:
            await asyncio.sleep(0.01)
            if len(asterisk.asked) != known:
                last, known = time.perf_counter(), len(asterisk.asked)
        return last


async def recovery() -> list[Figure]:
    """As many interactions and as long a journal as was promised."""
    say(f"recovery: {INTERACTIONS} interactions")
    with tempfile.TemporaryDirectory() as folder:
        return await measure(INTERACTIONS, INPUTS_TO_REPLAY, Path(folder))


def main() -> int:
    """Read the options, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.recovery", description="Measure how soon everything is taken up again.")
    parser.add_argument("--interactions", type=int, default=INTERACTIONS)
    parser.add_argument("--inputs", type=int, default=INPUTS_TO_REPLAY)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(table(asyncio.run(measure(asked.interactions, asked.inputs, Path(folder)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.bench.kills --kills 500`: kills the controller at random moments, and counts what it had acknowledged and then forgot.

Agents command without a pause, others look at what the API shows; whatever was answered with 200, and whatever anybody was shown, must be
there in the next life. Some lives end while they begin, and some while they obey SIGTERM. The exit code is 1 when anything was lost.
"""

import argparse
import asyncio
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.bench.figures import Figure
from tests.bench.lives import PASSWORD, Lives
from tests.bench.stage import say

KILLS = 500
AGENTS = 24
INPUTS_PER_STATE = 150
"""Far fewer than in earnest, so that many are killed while a state takes the place of inputs."""
LIVES_SECONDS_MAX = 0.3
KILLED_WHILE_IT_BEGINS, KILLED_WHILE_IT_STOPS = 0.15, 0.15
BEGINS_SECONDS_MAX, STOPS_SECONDS_MAX = 0.25, 0.03


@dataclass(slots=True)
class Witness:
    """One agent: what was asked for last, and the newest that the controller has answered for or shown to anybody."""

    agent: str
    token: str = ""
    asked: int = 0
    promised: int = 0
    """It was answered with 200, or seen by somebody."""
    tokens: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """What came of all kills so far."""

    kills: int = 0
    acknowledged: int = 0
    shown: int = 0
    lost: list[str] = field(default_factory=list)


class Campaign:
    """Kills one controller again and again."""

    def __init__(self, lives: Lives, http: aiohttp.ClientSession, seed: int) -> None:
        self.tally = Tally()
        self._lives = lives
        self._http = http
        self._chance = random.Random(seed)
        self._witnesses = [Witness(agent) for agent in lives.agents]

    async def begin(self) -> None:
        """Everybody logs on, once for all lives."""
        await self._lives.begins()
        await self._lives.listens(self._http)
        for witness in self._witnesses:
            await self._log_on(witness)
            witness.token = witness.tokens[0]

    async def one_life(self) -> None:
        """Command until it is killed, start the next, and see what it knows."""
        working = [asyncio.create_task(work(witness)) for witness in self._witnesses for work in (self._command, self._look)]
        working.append(asyncio.create_task(self._log_on_once_more()))
        await asyncio.sleep(self._chance.uniform(0, LIVES_SECONDS_MAX))
        if self._chance.random() < KILLED_WHILE_IT_STOPS:
            self._lives.gets(signal.SIGTERM)
            await asyncio.sleep(self._chance.uniform(0, STOPS_SECONDS_MAX))
        await self._lives.ends(signal.SIGKILL)
        self.tally.kills += 1
        await asyncio.gather(*working)
        await self._lives.begins()
        while self._chance.random() < KILLED_WHILE_IT_BEGINS:
            await asyncio.sleep(self._chance.uniform(0, BEGINS_SECONDS_MAX))
            await self._lives.ends(signal.SIGKILL)
            self.tally.kills += 1
            await self._lives.begins()
        await self._lives.listens(self._http)
        await asyncio.gather(*(self._judge(witness) for witness in self._witnesses))

    # --- What people do until the line is dead ---------------------------------------------------------------------

    async def _command(self, witness: Witness) -> None:
        with suppress(aiohttp.ClientError):
            while True:
                witness.asked += 1
                body = {"state": "idle", "reason": str(witness.asked)}
                async with self._http.put(f"{self._api}/me/state", json=body, headers=_by(witness.token)) as answer:
                    await answer.read()
                    if answer.status == 200:
                        witness.promised = max(witness.promised, witness.asked)
                        self.tally.acknowledged += 1
                    else:
                        await asyncio.sleep(0.05)  # too many requests

    async def _look(self, witness: Witness) -> None:
        with suppress(aiohttp.ClientError):
            while True:
                witness.promised = max(witness.promised, await self._shown(witness))
                self.tally.shown += 1
                await asyncio.sleep(0.03)  # or the requests of one session would be too many

    async def _log_on_once_more(self) -> None:
        with suppress(aiohttp.ClientError):
            await self._log_on(self._chance.choice(self._witnesses))

    async def _log_on(self, witness: Witness) -> None:
        body = {"agent": witness.agent, "password": PASSWORD}
        async with self._http.post(f"{self._api}/session", json=body) as answer:
            if answer.status == 201:
                witness.tokens.append((await answer.json())["token"])

    async def _shown(self, witness: Witness) -> int:
        async with self._http.get(f"{self._api}/me", headers=_by(witness.token)) as answer:
            return int((await answer.json())["idle_reason"] or 0) if answer.status == 200 else 0

    @property
    def _api(self) -> str:
        return f"{self._lives.url}/api/v1"

    # --- What the next life knows ----------------------------------------------------------------------------------

    async def _judge(self, witness: Witness) -> None:
        async with self._http.get(f"{self._api}/me", headers=_by(witness.token)) as answer:
            me = await answer.json()
            if answer.status != 200:
                self.tally.lost.append(f"kill {self.tally.kills}: {witness.agent}'s session: {me}")
                return
        found = int(me["idle_reason"] or 0)
        if not witness.promised <= found <= witness.asked:
            self.tally.lost.append(f"kill {self.tally.kills}: {witness.agent}: {found} is there, {witness.promised} was promised")
        newest = witness.tokens[-1]
        async with self._http.get(f"{self._api}/me", headers=_by(newest)) as answer:
            if answer.status != 200:
                self.tally.lost.append(f"kill {self.tally.kills}: {witness.agent}'s newest session")
        if len(witness.tokens) > 5:  # an agent may have only so many; the oldest would end by itself
            async with self._http.delete(f"{self._api}/session", headers=_by(witness.tokens.pop(1))):
                pass


def _by(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def campaign(kills: int, seed: int, folder: Path) -> Tally:
    """Kill so many times; gives what came of it."""
    async with (
        Lives(folder, agents=AGENTS, inputs_per_state=INPUTS_PER_STATE) as lives,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(10)) as http,
    ):
        killing = Campaign(lives, http, seed)
        await killing.begin()
        while killing.tally.kills < kills:
            await killing.one_life()
        said = lives.log.read_text()
        if "journal could not be used" in said or "Traceback" in said:
            killing.tally.lost.append(f"the controller said: {said[-2000:]}")
        return killing.tally


async def kills() -> list[Figure]:
    """Kill as often as was promised, and count what was lost."""
    say(f"kills: {KILLS} of them, some minutes")
    with tempfile.TemporaryDirectory() as folder:
        tally = await campaign(KILLS, 1, Path(folder))
    for lost in tally.lost:
        say(lost)
    name = f"acknowledged, then lost in {tally.kills} kills"
    return [Figure(name=name, value=len(tally.lost), unit="", target=0, samples=tally.acknowledged)]


def main() -> int:
    """Read the options, kill, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kills", description="Kill the controller, and count what it forgot.")
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1, help="of the moments; the machine adds its own chance")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        tally = asyncio.run(campaign(asked.kills, asked.seed, Path(folder)))
    print(
        f"kills {tally.kills}  acknowledged {tally.acknowledged}  looks {tally.shown}  lost {len(tally.lost)}"
        f"  in {time.monotonic() - began:.0f} s"
    )
    for lost in tally.lost:
        print(lost)
    return 1 if tally.lost else 0


if __name__ == "__main__":
    sys.exit(main())

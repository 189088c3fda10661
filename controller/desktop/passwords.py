"""Whether a password is an agent's. Guessing is slow: each check is expensive, few run at once, and wrong ones make the next wait.

Nobody is refused because others try at the same moment: they wait for their turn, and who tries much waits for those who try little.

An agent who does not exist costs the same time as one who does, so that nobody learns who works here.
"""

import asyncio
import math
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.desktop.turns import Turns
from controller.directory.ids import AgentId, Seconds
from controller.directory.passwords import HASHER

log = structlog.get_logger("desktop")


@dataclass(slots=True)
class _Wrong:
    times: int
    since: Seconds
    wait: Seconds


class BackOff:
    """How long somebody who was wrong again and again must wait: doubling, per agent and address.

    Names that no agent has are remembered apart, so that inventing some never makes a guesser's waiting for a real one be forgotten.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._of_agents: dict[str, dict[str, _Wrong]] = {}
        self._of_nobody: OrderedDict[tuple[str, str], _Wrong] = OrderedDict()

    def seconds_to_wait(self, agent: str, address: str, now: Seconds) -> Seconds:
        """0: they may try."""
        wrong = self._of_agents.get(agent, {}).get(address) or self._of_nobody.get((agent, address))
        if wrong is None:
            return 0.0
        # A clock that is put back makes nobody wait for longer than the whole time again.
        wrong.since = min(wrong.since, now)
        return max(0.0, wrong.since + wrong.wait - now)

    def note_wrong(self, agent: str, address: str, now: Seconds, *, is_real: bool) -> None:
        """Count a wrong password; `is_real`: there is such an agent."""
        if is_real:
            mine = self._of_agents.setdefault(agent, {})
            mine[address] = self._one_more(mine.pop(address, None), now)
            if len(mine) > self._limits.back_offs_per_agent_max:
                # Of this agent only, and a guesser who has as many addresses has as many free tries anyway.
                del mine[next(iter(mine))]
            return
        self._of_nobody[agent, address] = self._one_more(self._of_nobody.pop((agent, address), None), now)
        while len(self._of_nobody) > self._limits.back_offs_of_nobody_max:
            self._of_nobody.popitem(last=False)

    def forgive(self, agent: str, address: str) -> None:
        """The password was right."""
        mine = self._of_agents.get(agent, {})
        mine.pop(address, None)
        if not mine:
            self._of_agents.pop(agent, None)

    def _one_more(self, before: _Wrong | None, now: Seconds) -> _Wrong:
        times = before.times + 1 if before is not None else 1
        over = times - self._limits.wrong_passwords_free
        wait = min(2.0 ** min(over, 32), self._limits.back_off_seconds_max) if over >= 0 else 0.0
        return _Wrong(times, now, wait)


class Passwords:
    """Every agent's argon2 hash, and the way to check one."""

    def __init__(self, hashes: Mapping[AgentId, str], limits: Limits) -> None:
        self.hashes = dict(hashes)
        self._back_off = BackOff(limits)
        self._turns = Turns(limits.password_checks_at_once_max)
        self._nobodys: str | None = None
        """A hash that no password fits, as expensive as the real ones."""

    async def check(self, agent: str, password: str, address: str, clock: Callable[[], Seconds], is_gone: Callable[[], bool]) -> AgentId:
        """Give the agent whose password this is. Raises a Problem: bad-credentials, or too-many-attempts with Retry-After.

        `is_gone`: nobody waits for the answer any more; then `ConnectionError` is raised.
        """
        if not await self.is_right(agent, password, address, clock, is_gone):
            raise Problem("bad-credentials", "The agent or the password is wrong.")
        return AgentId(agent)

    async def is_right(self, agent: str, password: str, address: str, clock: Callable[[], Seconds], is_gone: Callable[[], bool]) -> bool:
        """Say whether it is this agent's password, and count it where it is not. Raises a Problem: too-many-attempts, with Retry-After."""
        self._must_not_wait(agent, address, clock())
        async with self._turns.turn(address, agent, is_gone):
            # Those before may have been wrong once too often.
            self._must_not_wait(agent, address, clock())
            known = self.hashes.get(AgentId(agent))
            # Whoever was shown to know a password that has been replaced meanwhile knows none.
            is_right = await asyncio.to_thread(self._verify, known, password) and self.hashes.get(AgentId(agent)) == known
            if not is_right:
                self._back_off.note_wrong(agent, address, clock(), is_real=known is not None)
                # An unknown name is not logged: people type passwords into the wrong field.
                log.warning("wrong password", agent=agent if known is not None else "nobody we know", remote=address)
                return False
        self._back_off.forgive(agent, address)
        return True

    async def hash_of(self, password: str, agent: AgentId, address: str, is_gone: Callable[[], bool]) -> str:
        """Make the hash of a new password, which costs as much as a check and takes turns with them. Raises `ConnectionError`."""
        async with self._turns.turn(address, agent, is_gone):
            return await asyncio.to_thread(HASHER.hash, password)

    def _must_not_wait(self, agent: str, address: str, now: Seconds) -> None:
        wait = self._back_off.seconds_to_wait(agent, address, now)
        if wait > 0:
            whole = max(1, math.ceil(wait))
            detail = f"Too many wrong passwords: try again in {whole} s."
            raise Problem("too-many-attempts", detail, headers={"Retry-After": str(whole)})

    def _verify(self, known: str | None, password: str) -> bool:
        """Runs in a thread."""
        try:
            HASHER.verify(known or self._hash_of_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    def _hash_of_nobody(self) -> str:
        if self._nobodys is None:
            example = next(iter(self.hashes.values()), None)
            like = PasswordHasher.from_parameters(extract_parameters(example)) if example is not None else HASHER
            self._nobodys = like.hash(secrets.token_urlsafe())
        return self._nobodys

    def prepare(self) -> None:
        """Make what is needed before the first check. Expensive: call it in a thread."""
        self._hash_of_nobody()

"""Whether a password is an agent's. Guessing is slow: each check is expensive, few run at once, and wrong ones make the next wait.

An agent who does not exist costs the same time as one who does, so that nobody learns who works here.
"""

import asyncio
import math
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import structlog
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.directory.ids import AgentId, Seconds

log = structlog.get_logger("desktop")


@dataclass(frozen=True, slots=True)
class _Wrong:
    times: int
    again_at: Seconds


class BackOff:
    """How long somebody who was wrong again and again must wait: doubling, per agent and remote address. Forgets the oldest first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._wrong: OrderedDict[tuple[str, str], _Wrong] = OrderedDict()

    def seconds_to_wait(self, who: tuple[str, str], now: Seconds) -> Seconds:
        """0: they may try."""
        wrong = self._wrong.get(who)
        return max(0.0, wrong.again_at - now) if wrong is not None else 0.0

    def note_attempt(self, who: tuple[str, str], now: Seconds) -> None:
        """Count an attempt before it is checked, so that many at once count as many."""
        before = self._wrong.pop(who, None)
        times = before.times + 1 if before is not None else 1
        over = times - self._limits.wrong_passwords_free
        wait = min(2.0 ** min(over, 32), self._limits.back_off_seconds_max) if over >= 0 else 0.0
        self._wrong[who] = _Wrong(times, now + wait)
        while len(self._wrong) > self._limits.back_offs_remembered_max:
            self._wrong.popitem(last=False)

    def forgive(self, who: tuple[str, str]) -> None:
        """The password was right."""
        self._wrong.pop(who, None)


class Passwords:
    """Every agent's argon2 hash, and the way to check one."""

    def __init__(self, hashes: Mapping[AgentId, str], limits: Limits) -> None:
        self.hashes = dict(hashes)
        self._limits = limits
        self._back_off = BackOff(limits)
        self._room = asyncio.Semaphore(limits.password_checks_at_once_max)
        self._inside = 0
        self._hasher = PasswordHasher()
        self._nobodys: str | None = None
        """A hash that no password fits, as expensive as the real ones."""

    async def check(self, agent: str, password: str, remote: str, now: Seconds) -> AgentId:
        """Give the agent whose password this is. Raises a Problem: bad-credentials, or too-many-attempts with Retry-After."""
        who = (agent, remote)
        wait = self._back_off.seconds_to_wait(who, now)
        if wait > 0:
            raise _wait("Too many wrong passwords", wait)
        if self._inside >= self._limits.password_checks_waiting_max:
            raise _wait("Too many people log on at once", 1.0)
        self._back_off.note_attempt(who, now)
        self._inside += 1
        try:
            async with self._room:
                is_right = await asyncio.to_thread(self._verify, self.hashes.get(AgentId(agent)), password)
        finally:
            self._inside -= 1
        if not is_right:
            # An unknown name is not logged: people type passwords into the wrong field.
            log.warning("wrong password", agent=agent if AgentId(agent) in self.hashes else "nobody we know", remote=remote)
            raise Problem("bad-credentials", "The agent or the password is wrong.")
        self._back_off.forgive(who)
        return AgentId(agent)

    def _verify(self, known: str | None, password: str) -> bool:
        """Runs in a thread."""
        try:
            self._hasher.verify(known or self._hash_of_nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
        return known is not None

    def _hash_of_nobody(self) -> str:
        if self._nobodys is None:
            example = next(iter(self.hashes.values()), None)
            like = PasswordHasher.from_parameters(extract_parameters(example)) if example is not None else self._hasher
            self._nobodys = like.hash(secrets.token_urlsafe())
        return self._nobodys

    def prepare(self) -> None:
        """Make what is needed before the first check. Expensive: call it in a thread."""
        self._hash_of_nobody()


def _wait(because: str, seconds: Seconds) -> Problem:
    whole = max(1, math.ceil(seconds))
    return Problem("too-many-attempts", f"{because}: try again in {whole} s.", headers={"Retry-After": str(whole)})

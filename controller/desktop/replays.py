"""A command that is sent twice acts once: the answer to each Idempotency-Key is kept for a while, per agent.

Only what was accepted is kept. A refused command has changed nothing, so its key may be used to try again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from controller.desktop.answers import Answer
from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.directory.ids import AgentId, Seconds


@dataclass(frozen=True, slots=True)
class _Once:
    asked: tuple[str, bytes]
    """Path and body: the same key must mean the same command."""
    answer: asyncio.Future[Answer]
    at: Seconds


class Replays:
    """The answers that are kept."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._kept: dict[AgentId, OrderedDict[str, _Once]] = {}

    async def once(
        self, agent: AgentId, key: str | None, asked: tuple[str, bytes], now: Seconds, act: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """Act, or wait for the answer of the first who came with this key. Raises what `act` raises, or reused-key."""
        if key is None:
            return await act()
        mine = self._kept.setdefault(agent, OrderedDict())
        self._forget_old(mine, now)
        first = mine.get(key)
        if first is not None:
            if first.asked != asked:
                raise Problem(
                    "reused-key", "This Idempotency-Key was sent before with another path or body: make a new one for each command."
                )
            return await asyncio.shield(first.answer)
        return await self._first(mine, key, asked, now, act)

    async def _first(
        self, mine: OrderedDict[str, _Once], key: str, asked: tuple[str, bytes], now: Seconds, act: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        promised: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        once = mine[key] = _Once(asked, promised, now)
        try:
            answer = await act()
        except BaseException as no:
            if mine.get(key) is once:
                del mine[key]
            promised.set_exception(no)
            promised.exception()  # whoever waits gets it; that nobody may wait is no mistake
            raise
        promised.set_result(answer)
        return answer

    def _forget_old(self, mine: OrderedDict[str, _Once], now: Seconds) -> None:
        while mine:
            oldest = next(iter(mine.values()))
            is_old = now - oldest.at >= self._limits.key_seconds
            if not is_old and len(mine) < self._limits.keys_per_agent_max:
                return
            mine.popitem(last=False)

    def sweep(self, now: Seconds) -> None:
        """Forget what is too old to be asked for."""
        for agent, mine in tuple(self._kept.items()):
            while mine and now - next(iter(mine.values())).at >= self._limits.key_seconds:
                mine.popitem(last=False)
            if not mine:
                del self._kept[agent]

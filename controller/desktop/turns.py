"""Who is next where only a few may be at a time: addresses take turns, and for each address the agents that are named there.

Nobody is refused for being one of many, and ten thousand guesses from one address make another wait for one of them.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LINE_MIN = 64
"""Below this many it is not worth looking for those who have gone."""


@dataclass(slots=True, eq=False)
class _Waiting:
    is_gone: Callable[[], bool]
    called: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Turns:
    """The line of those who wait. For one agent from one address one at a time: whoever is next must know how the last try ended."""

    def __init__(self, at_once_max: int) -> None:
        self._free = at_once_max
        self._inside: set[tuple[str, str]] = set()
        self._line: OrderedDict[str, OrderedDict[str, deque[_Waiting]]] = OrderedDict()
        self._waiting = 0
        self._look_for_gone_at = LINE_MIN

    @asynccontextmanager
    async def turn(self, address: str, agent: str, is_gone: Callable[[], bool]) -> AsyncIterator[None]:
        """Wait until it is this one's turn. Raises `ConnectionError` if it has gone meanwhile."""
        waiting = _Waiting(is_gone)
        self._line.setdefault(address, OrderedDict()).setdefault(agent, deque()).append(waiting)
        self._waiting += 1
        if self._waiting >= self._look_for_gone_at:
            self._send_away_who_has_gone()
        self._call_next()
        try:
            await waiting.called
        except asyncio.CancelledError:
            if waiting.called.done() and not waiting.called.cancelled() and waiting.called.exception() is None:
                self._leave(address, agent)
            raise
        try:
            yield
        finally:
            self._leave(address, agent)

    def _leave(self, address: str, agent: str) -> None:
        self._inside.discard((address, agent))
        self._free += 1
        self._call_next()

    def _call_next(self) -> None:
        while self._free and (found := self._take()) is not None:
            who, waiting = found
            if waiting.called.done():
                continue
            if waiting.is_gone():
                waiting.called.set_exception(ConnectionResetError("it has gone while it waited"))
                continue
            self._free -= 1
            self._inside.add(who)
            waiting.called.set_result(None)

    def _take(self) -> tuple[tuple[str, str], _Waiting] | None:
        """Take out whoever is next; both the address and the agent go to the end."""
        for address, agents in self._line.items():
            for agent, line in agents.items():
                if (address, agent) in self._inside:
                    continue
                waiting = line.popleft()
                self._waiting -= 1
                agents.move_to_end(agent)
                self._line.move_to_end(address)
                self._forget_if_empty(address, agent)
                return (address, agent), waiting
        return None

    def _forget_if_empty(self, address: str, agent: str) -> None:
        agents = self._line[address]
        if not agents[agent]:
            del agents[agent]
        if not agents:
            del self._line[address]

    def _send_away_who_has_gone(self) -> None:
        """Those who connect, ask and go would else make the line as long as they like."""
        for address, agents in tuple(self._line.items()):
            for agent, line in tuple(agents.items()):
                for waiting in line:
                    if waiting.is_gone() and not waiting.called.done():
                        waiting.called.set_exception(ConnectionResetError("it has gone while it waited"))
                stay = deque(waiting for waiting in line if not waiting.called.done())
                self._waiting -= len(line) - len(stay)
                agents[agent] = stay
                self._forget_if_empty(address, agent)
        self._look_for_gone_at = max(LINE_MIN, 2 * self._waiting)

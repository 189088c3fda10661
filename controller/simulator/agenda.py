"""What happens next in the simulated world, and coroutines without an event loop: nothing here ever waits.

It stands for asyncio: the controller's coroutines run until they ask the world for something, and go on when the world answers. One
thing at a time, in an order that only the seed decides.
"""

import heapq
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from controller.directory.ids import Seconds


class Agenda:
    """Moments to come, by the world's own clock, which begins at zero and never jumps."""

    def __init__(self) -> None:
        self.now: Seconds = 0.0
        self._moments: list[tuple[Seconds, int, Callable[[], object]]] = []
        self._noted = 0

    def at(self, moment: Seconds, happens: Callable[[], object]) -> None:
        """Have something happen at a moment; what is noted first happens first."""
        self._noted += 1
        heapq.heappush(self._moments, (max(moment, self.now), self._noted, happens))

    def soon(self, seconds: Seconds, happens: Callable[[], object]) -> None:
        """Have something happen after so many seconds."""
        self._noted += 1
        heapq.heappush(self._moments, (self.now + seconds, self._noted, happens))

    def go_on(self, until: Seconds) -> bool:
        """Let the next thing happen; False when nothing is noted before `until`, and then it is that moment."""
        if not self._moments or self._moments[0][0] > until:
            self.now = until
            return False
        self.now, _, happens = heapq.heappop(self._moments)
        happens()
        return True


class Awaited:
    """What a coroutine asks of the world. `begin` notes who waits; the world calls `gives` or `fails` later, once."""

    __slots__ = ("task",)

    def __init__(self) -> None:
        self.task: Task | None = None

    def begin(self) -> None:
        """The coroutine waits from now on."""
        raise NotImplementedError

    def gives(self, value: object) -> None:
        """Let the coroutine go on with this."""
        task, self.task = self.task, None
        if task is not None:
            task.go_on(value)

    def fails(self, error: BaseException) -> None:
        """Let the coroutine go on with this error."""
        task, self.task = self.task, None
        if task is not None:
            task.go_on(None, error)

    @property
    def is_open(self) -> bool:
        """Somebody still waits for it."""
        return self.task is not None

    def __await__(self) -> Generator["Awaited", Any, Any]:
        return (yield self)


class Task:
    """A coroutine on its way. What it raises goes to whoever let it go on: that is a mistake of the controller."""

    __slots__ = ("_coroutine", "_is_dead", "_when_done", "waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, object], when_done: Callable[["Task"], None]) -> None:
        self._coroutine = coroutine
        self._when_done = when_done
        self._is_dead = False
        self.waits_for: Awaited | None = None

    def go_on(self, value: object = None, error: BaseException | None = None) -> None:
        """Run until it asks for something, or ends."""
        if self._is_dead:
            return
        try:
            awaited: Awaited = self._coroutine.send(value) if error is None else self._coroutine.throw(error)
        except StopIteration:
            self.waits_for = None
            self._when_done(self)
            return
        self.waits_for = awaited
        awaited.task = self
        awaited.begin()

    def kill(self) -> None:
        """It never runs again."""
        self._is_dead = True
        if self.waits_for is not None:
            self.waits_for.task = None
        self._coroutine.close()


class Tasks:
    """The coroutines of one process; stands for its task group."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._alive: dict[Task, None] = {}

    def create_task(self, coroutine: Coroutine[Any, Any, object], *, name: str = "") -> Task:
        """Have a coroutine run, beginning at the next moment and not at once, as asyncio does."""
        task = Task(coroutine, self._done)
        self._alive[task] = None
        self._agenda.soon(0.0, task.go_on)
        return task

    def _done(self, task: Task) -> None:
        self._alive.pop(task, None)

    def kill(self) -> None:
        """The process is gone."""
        for task in tuple(self._alive):
            task.kill()
        self._alive.clear()

    def __len__(self) -> int:
        return len(self._alive)


def run_through(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that has nothing to wait for here, to its end; gives its result."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits for something, in a world in which that takes no time")

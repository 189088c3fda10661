"""When many desktops are told of many things: the first change at once, after it each thing's newest value, at most once a second.

What changed within a second goes out together; only where few are told is every thing's first change told at once, whatever was told of
others just now. While nothing changes nothing runs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

from controller.desktop.limits import Limits

SOONER_SECONDS_MAX = 0.005
"""So much earlier than asked for a timer may ring."""

K = TypeVar("K", bound=Hashable)


class PacedFrames(Generic[K]):
    """Decides which of these are told when. `note` what has changed; until `stop` what has to wait is told second by second."""

    def __init__(self, limits: Limits, settled: Callable[[], Awaitable[None]], say: Callable[[Sequence[K]], int]) -> None:
        """`settled` waits until what would be told survives a crash; `say` tells it as it is then, and gives how many desktops heard it."""
        self._limits = limits
        self._settled = settled
        self._say_of = say
        self._changed: dict[K, None] = {}
        """Not told yet."""
        self._told_at: dict[K, float] = {}
        """When each was told last, as far as it is not long ago."""
        self._writes = 0
        """How many desktops were told something within the last second, each as often as it was."""
        self._timer: asyncio.TimerHandle | None = None
        self._telling: asyncio.Task[None] | None = None

    async def stop(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])

    def note(self, changed: Iterable[K]) -> None:
        """These have changed, and what they are now may be said."""
        self._changed.update(dict.fromkeys(changed))
        at_once = [each for each in self._changed if each not in self._told_at]
        if at_once and self._writes < self._limits.queue_writes_at_once_max:
            self._say(at_once)

    def _say(self, these: Sequence[K]) -> None:
        now = asyncio.get_running_loop().time()
        for each in these:
            del self._changed[each]
            self._told_at[each] = now
        self._look_again()
        self._writes += self._say_of(these)

    # --- What waits ------------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Have what waits told in a while."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._limits.queue_seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._telling = asyncio.create_task(self._tell_what_waits(), name="desktop frames that wait")

    async def _tell_what_waits(self) -> None:
        await self._settled()
        long_ago = asyncio.get_running_loop().time() - self._limits.queue_seconds + SOONER_SECONDS_MAX
        self._told_at = {each: at for each, at in self._told_at.items() if at > long_ago}
        self._writes = 0
        if self._told_at or self._changed:
            self._look_again()
        due = [each for each in self._changed if each not in self._told_at]
        if due:
            self._say(due)

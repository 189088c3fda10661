"""When desktops are told of queues: the first change at once, after it each queue's newest value, at most once a second.

A queue changes with every step of every call, and everybody is shown every queue: told as they come, these changes alone would cost a
floor of a thousand desktops more than all its calls. What changed within a second goes out together, as one write for each desktop; only
where desktops are few is every queue's first change told at once, whatever was told of others just now.

While no queue changes nothing runs.
"""

import asyncio
from collections.abc import Iterable, Sequence

from controller.desktop import shapes
from controller.desktop.views import queue_gone_view, queue_view
from controller.desktop.wiring import Wiring
from controller.directory.directory import Directory
from controller.directory.ids import QueueId, Seconds

SOONER_SECONDS_MAX = 0.005
"""So much earlier than asked for a timer may ring."""


class QueueFrames:
    """Decides which queues are told when. `note` what has changed; until `stop` what has to wait is told second by second."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._limits = wiring.limits
        self._names: dict[QueueId, str] = {}
        """Of all queues that there ever were: whoever is told that one is gone is told its name."""
        self._changed: dict[QueueId, None] = {}
        """Not told yet."""
        self._told_at: dict[QueueId, float] = {}
        """When queues were told last, as far as it is not long ago."""
        self._writes = 0
        """How many desktops were told something within the last second, each as often as it was."""
        self._timer: asyncio.TimerHandle | None = None
        self._telling: asyncio.Task[None] | None = None
        self.learn(wiring.floor.directory)

    async def stop(self) -> None:
        """Tell nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.wait([self._telling])

    def learn(self, directory: Directory) -> None:
        """The site has these queues now."""
        self._names.update((queue.id, queue.name) for queue in directory.queues.values())

    def note(self, queues: Iterable[QueueId]) -> None:
        """These have changed, and what they are now may be said."""
        self._changed.update(dict.fromkeys(queues))
        at_once = [queue for queue in self._changed if queue not in self._told_at]
        if at_once and self._writes < self._limits.queue_writes_at_once_max:
            self._say(at_once)

    def _say(self, queues: Sequence[QueueId]) -> None:
        now = asyncio.get_running_loop().time()
        for queue in queues:
            del self._changed[queue]
            self._told_at[queue] = now
        self._look_again()
        moment = self._wiring.clock()
        values = [self._as_it_is(queue, moment).model_dump_json() for queue in queues]
        self._writes += self._wiring.feeds.tell_all("queue", values, moment)

    def _as_it_is(self, queue: QueueId, now: Seconds) -> shapes.Queue:
        known = self._wiring.floor.directory.queues.get(queue)
        return queue_gone_view(queue, self._names[queue]) if known is None else queue_view(self._wiring.floor, known, now)

    # --- What waits ------------------------------------------------------------------------------------------------

    def _look_again(self) -> None:
        """Have what waits told in a while."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._limits.queue_seconds, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._telling = asyncio.create_task(self._tell_what_waits(), name="desktop queues")

    async def _tell_what_waits(self) -> None:
        await self._wiring.inbox.settled()
        long_ago = asyncio.get_running_loop().time() - self._limits.queue_seconds + SOONER_SECONDS_MAX
        self._told_at = {queue: at for queue, at in self._told_at.items() if at > long_ago}
        self._writes = 0
        if self._told_at or self._changed:
            self._look_again()
        due = [queue for queue in self._changed if queue not in self._told_at]
        if due:
            self._say(due)

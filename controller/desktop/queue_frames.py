"""What desktops are told of queues, and when.

A queue changes with every step of every call, and everybody is shown every queue: told as they come, these changes alone would cost a
floor of a thousand desktops more than all its calls. What changed within a second goes out together, as one write for each desktop.
"""

from collections.abc import Iterable, Sequence

from controller.desktop import shapes
from controller.desktop.paced_frames import PacedFrames
from controller.desktop.views import queue_gone_view, queue_view
from controller.desktop.wiring import Wiring
from controller.directory.directory import Directory
from controller.directory.ids import QueueId, Seconds


class QueueFrames:
    """Tells everybody of queues. `note` what has changed, until `stop`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._names: dict[QueueId, str] = {}
        """Of all queues that there ever were: whoever is told that one is gone is told its name."""
        self._paced = PacedFrames(wiring.limits, wiring.inbox.settled, self._say)
        self.learn(wiring.floor.directory)

    async def stop(self) -> None:
        """Tell nothing more."""
        await self._paced.stop()

    def learn(self, directory: Directory) -> None:
        """The site has these queues now."""
        self._names.update((queue.id, queue.name) for queue in directory.queues.values())

    def note(self, queues: Iterable[QueueId]) -> None:
        """These have changed, and what they are now may be said."""
        self._paced.note(queues)

    def _say(self, queues: Sequence[QueueId]) -> int:
        moment = self._wiring.clock()
        values = [self._as_it_is(queue, moment).model_dump_json() for queue in queues]
        return self._wiring.feeds.tell_all("queue", values, moment)

    def _as_it_is(self, queue: QueueId, now: Seconds) -> shapes.Queue:
        known = self._wiring.floor.directory.queues.get(queue)
        return queue_gone_view(queue, self._names[queue]) if known is None else queue_view(self._wiring.floor, known, now)

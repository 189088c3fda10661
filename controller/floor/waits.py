"""How long people have waited lately in each queue's line, for whoever begins to wait. Known anew after a start, and kept nowhere."""

from collections import deque
from collections.abc import Iterator
from statistics import median

from controller.directory.ids import QueueId, Seconds
from controller.floor.outcome import Input
from controller.floor.waiting import request_of
from controller.interaction.facts import AgentChosen
from controller.interaction.interaction import Interaction

LATELY_SECONDS: Seconds = 1800.0
"""Who was given an agent longer ago says nothing about now."""
REMEMBERED_MAX = 20
"""Of each queue; the oldest is forgotten first."""
KNOWN_MIN = 3
"""Fewer are no basis to tell anybody how long it takes."""


class RecentWaits:
    """The waits of those who were given an agent. Whoever was given one at once has not waited, and says nothing about who has to."""

    def __init__(self) -> None:
        self._waits: dict[QueueId, deque[tuple[Seconds, Seconds]]] = {}
        """When each was over, and how long it was."""

    def note(self, before: Interaction | None, cause: Input, now: Seconds) -> None:
        """An input was taken; where it has given an agent to somebody who waited, their wait is over."""
        waited = request_of(before) if before is not None and isinstance(cause, AgentChosen) else None
        if before is None or waited is None:
            return
        since = before.waits_since if waited.is_customer else waited.since
        if now > since:
            self._waits.setdefault(waited.queue, deque(maxlen=REMEMBERED_MAX)).append((now, now - since))

    def usual(self, queue: QueueId, now: Seconds) -> Seconds | None:
        """The median of late; None: too few have waited."""
        lately = tuple(self._lately(queue, now))
        return round(median(lately), 1) if len(lately) >= KNOWN_MIN else None

    def _lately(self, queue: QueueId, now: Seconds) -> Iterator[Seconds]:
        return (waited for over_at, waited in self._waits.get(queue, ()) if now - over_at < LATELY_SECONDS)

"""What became of each queue's customers, for Prometheus: who came, who was given an agent and after how long, who went before that.

The service level of the last hour, for twenty seconds, is then
`increase(ari_controller_queue_wait_seconds_bucket{le="20"}[1h]) / increase(ari_controller_queue_arrived_total[1h])`.
"""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from controller.directory.ids import QueueId, Seconds
from controller.floor.outcome import Change, Outcome
from controller.interaction.facts import LegEnded
from controller.interaction.interaction import Phase

WAIT_SECONDS: tuple[Seconds, ...] = (1, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1200)
"""Those by which contact centres set their service level are among them."""
WAITING = (Phase.QUEUED, Phase.OFFERED)
"""No agent has the customer yet, although one may be rung."""


class QueueFigures:
    """Counted as it happens; a restart of the controller counts from nothing, which Prometheus knows how to take."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], Seconds]) -> None:
        self._clock = clock
        name, by = "ari_controller_queue", ["queue"]
        self._arrived = Counter(f"{name}_arrived", "Customers who came to a queue", by, registry=registry)
        self._waits = Histogram(
            f"{name}_wait_seconds", "How long those waited who were given an agent", by, buckets=WAIT_SECONDS, registry=registry
        )
        self._abandoned = Counter(f"{name}_abandoned", "Customers who hung up before an agent had answered", by, registry=registry)
        self._turned_back = Counter(f"{name}_turned_back", "Customers who were given back to the dialplan", by, registry=registry)

    def know(self, queues: Iterable[QueueId]) -> None:
        """Show these from now on, with nothing counted: the first that is counted is an increase only of what was there before."""
        for queue in queues:
            for figure in (self._arrived, self._waits, self._abandoned, self._turned_back):
                figure.labels(queue=queue)

    def tell(self, outcome: Outcome) -> None:
        """Count what an input led to."""
        for change in outcome.changes:
            self._count(change)

    def _count(self, change: Change) -> None:
        before, after = change.before, change.after
        if after.queue is None:
            return  # a call out is nobody's customer who waits
        if before is None:
            self._arrived.labels(queue=after.queue).inc()
            return
        if before.phase not in WAITING or after.phase in WAITING:
            return
        if after.phase is not Phase.ENDED:
            self._waits.labels(queue=after.queue).observe(max(0.0, self._clock() - before.waits_since))
        elif isinstance(change.cause, LegEnded):
            self._abandoned.labels(queue=after.queue).inc()
        else:
            self._turned_back.labels(queue=after.queue).inc()

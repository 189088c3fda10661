"""How fast one session may ask: so many requests at once, and so many a second. A person, or a script that works, never notices."""

from collections.abc import Callable
from dataclasses import dataclass

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.desktop.sessions import Session
from controller.directory.ids import Seconds


@dataclass(slots=True)
class _Bucket:
    """What a session may still ask at once, as of a moment."""

    left: float
    at: Seconds


class Rates:
    """A bucket for each session: each request takes one out, and time fills it again."""

    def __init__(self, limits: Limits, steady_clock: Callable[[], Seconds]) -> None:
        """`steady_clock` is never set: a clock that is put back would shut everybody out."""
        self._limits = limits
        self._clock = steady_clock
        self._buckets: dict[Session, _Bucket] = {}

    def count(self, session: Session) -> None:
        """Count one request. Raises a Problem: too-many-requests, with Retry-After."""
        now = self._clock()
        bucket = self._buckets.setdefault(session, _Bucket(self._limits.requests_at_once_max, now))
        bucket.left = self._filled(bucket, now)
        bucket.at = now
        if bucket.left < 1:
            most = self._limits.requests_per_second_max
            raise Problem("too-many-requests", f"More than {most:g} requests a second: ask less often.", headers={"Retry-After": "1"})
        bucket.left -= 1

    def sweep(self) -> None:
        """Forget the buckets that are full again: a new one is as full."""
        now = self._clock()
        for session, bucket in tuple(self._buckets.items()):
            if self._filled(bucket, now) >= self._limits.requests_at_once_max:
                del self._buckets[session]

    def _filled(self, bucket: _Bucket, now: Seconds) -> float:
        return min(self._limits.requests_at_once_max, bucket.left + (now - bucket.at) * self._limits.requests_per_second_max)

"""The time by which the contact centre lives: the time of day, except that nobody can set it.

Every duration (a ring, a wrap-up, a session, a back-off) is counted in it, and it has the pace of the machine's monotonic clock: a time
of day that is set back or forward makes no telephone ring longer and no deadline come early. It never goes back, not even across a restart:
it begins no earlier than the last moment that the journal knows.

Moments are also shown to people. While the two differ it runs a twentieth faster or slower until they agree: twenty seconds become nineteen
or twenty-one, a second is made up for in twenty, an hour in twenty hours. The log says when they differ so far that people will notice.
"""

import time
from collections.abc import Callable

import structlog

from controller.directory.ids import Seconds

CATCHES_UP_BY = 1 / 20
"""How much faster or slower than a second of the monotonic clock a second of ours may be."""
NOTICED_SECONDS = 60.0
"""Beyond such a difference people wonder about the moments that they are shown."""
AGREES_SECONDS = 1.0

log = structlog.get_logger("service")


class SteadyClock:
    """Call it for the time in seconds since 1970. For one thread."""

    def __init__(
        self, *, not_before: Seconds, time_of_day: Callable[[], Seconds] = time.time, steady: Callable[[], Seconds] = time.monotonic
    ) -> None:
        """`not_before`: the last moment that is known from an earlier process; 0: none is."""
        self._time_of_day = time_of_day
        self._steady = steady
        self._read_at = steady()
        self._began = max(time_of_day(), not_before)
        # Kept apart from the seconds since 1970, in which a float loses what is shorter than a quarter of a microsecond.
        self._passed = 0.0
        self._differs = False

    def __call__(self) -> Seconds:
        read_at = self._steady()
        passed = read_at - self._read_at
        self._read_at = read_at
        difference = self._time_of_day() - (self._began + self._passed + passed)
        self._passed += passed + max(-passed * CATCHES_UP_BY, min(passed * CATCHES_UP_BY, difference))
        self._tell(difference)
        return self._began + self._passed

    def _tell(self, difference: Seconds) -> None:
        if not self._differs and abs(difference) >= NOTICED_SECONDS:
            self._differs = True
            log.warning(
                "this machine's clock was set: durations are right, and the moments that people are shown will be again",
                off_seconds=round(-difference),
                right_in_hours=round(abs(difference) / CATCHES_UP_BY / 3600, 1),
            )
        elif self._differs and abs(difference) < AGREES_SECONDS:
            self._differs = False
            log.info("the moments that people are shown agree with this machine's clock again")

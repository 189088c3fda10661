"""How fast one session, or one stranger's address, may ask. A person, or a script that works, never notices."""

from collections.abc import Callable

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.desktop.sessions import Session
from controller.directory.ids import Seconds


class Bucket:
    """So much at once, and so much a second: whatever is done takes something out, and time fills it again."""

    __slots__ = ("_at", "_at_once_max", "_left", "_per_second_max")

    def __init__(self, at_once_max: float, per_second_max: float, now: Seconds) -> None:
        self._at_once_max = at_once_max
        self._per_second_max = per_second_max
        self._left = at_once_max
        self._at = now

    def take(self, now: Seconds, much: float = 1.0) -> bool:
        """Take so much out; False: there is not so much in it, and nothing is taken."""
        self._left = self._filled(now)
        self._at = now
        if self._left < much:
            return False
        self._left -= much
        return True

    def is_full(self, now: Seconds) -> bool:
        """It can be forgotten: a new one is as full."""
        return self._filled(now) >= self._at_once_max

    def _filled(self, now: Seconds) -> float:
        return min(self._at_once_max, self._left + (now - self._at) * self._per_second_max)


class Rates:
    """A bucket for each session, and one for each address that asks without one."""

    def __init__(self, limits: Limits, steady_clock: Callable[[], Seconds]) -> None:
        """`steady_clock` is never set: a clock that is put back would shut everybody out."""
        self._limits = limits
        self._clock = steady_clock
        self._of_sessions: dict[Session, Bucket] = {}
        self._of_addresses: dict[str, Bucket] = {}

    def count(self, session: Session) -> None:
        """Count one request. Raises a Problem: too-many-requests, with Retry-After."""
        now = self._clock()
        most = self._limits.requests_per_second_max
        bucket = self._of_sessions.get(session)
        if bucket is None:
            bucket = self._of_sessions[session] = Bucket(self._limits.requests_at_once_max, most, now)
        if not bucket.take(now):
            raise too_many_requests(most)

    def count_stranger(self, address: str) -> None:
        """Count one request that comes with no session. Raises a Problem: too-many-requests, with Retry-After."""
        now = self._clock()
        most = self._limits.address_requests_per_second_max
        bucket = self._of_addresses.get(address)
        if bucket is None:
            if len(self._of_addresses) >= self._limits.addresses_remembered_max:
                self._of_addresses.pop(next(iter(self._of_addresses)))
            bucket = self._of_addresses[address] = Bucket(self._limits.address_requests_at_once_max, most, now)
        if not bucket.take(now):
            raise too_many_requests(most)

    def sweep(self) -> None:
        """Forget the buckets that are full again."""
        now = self._clock()
        self._of_sessions = {session: bucket for session, bucket in self._of_sessions.items() if not bucket.is_full(now)}
        self._of_addresses = {address: bucket for address, bucket in self._of_addresses.items() if not bucket.is_full(now)}


def too_many_requests(per_second_max: float) -> Problem:
    """What whoever asks too fast is told."""
    detail = f"More than {per_second_max:g} requests a second: ask less often."
    return Problem("too-many-requests", detail, headers={"Retry-After": "1"})

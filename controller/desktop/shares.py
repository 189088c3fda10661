"""How much of us one address, session or agent may have, so that nobody can take the place of all others.

Connections: each counts for its address until somebody has logged on over it, and for that agent afterwards. Whoever has too many loses
the oldest of them, first those over which nothing is being answered: a client that works is not shut out by its own forgotten
connections, and one that opens thousands shuts out itself.

Requests: so many at once, and so many a second, for each session and for each address that asks without one. A person, or a script that
works, never notices.
"""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple, Protocol

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.desktop.sessions import Session
from controller.directory.ids import AgentId, Seconds

HOUSEHOLD_BITS = 64
"""Whoever has one IPv6 address has all others that begin with as many of the same bits."""


# --- Connections ------------------------------------------------------------------------------------------------------


class Owner(NamedTuple):
    """Whose share it is: an address's, or an agent's."""

    address: str = ""
    agent: AgentId | None = None


class Connection(Protocol):
    """What is to be known of one."""

    is_busy: bool
    """A request is being answered over it, or a WebSocket is open."""

    def drop(self) -> None:
        """Close it at once."""


class Shares:
    """Every connection, by whose it is, oldest first."""

    def __init__(self, limits: Limits, *, is_behind_proxy: bool) -> None:
        """`is_behind_proxy`: all strangers have one address, the proxy's, so a share of it would be a bound for all."""
        self._limits = limits
        self._per_address_max = limits.connections_max if is_behind_proxy else limits.connections_per_address_max
        self._owner_of: dict[Connection, Owner] = {}
        self._shares: dict[Owner, dict[Connection, None]] = {}

    def admit(self, new: Connection, address: str) -> bool:
        """Take a new connection in, if need be in the place of another; False: there is no place at all."""
        owner = Owner(address=address)
        if len(self._shares.get(owner, ())) >= self._per_address_max:
            self._drop_one_of(owner)
        elif len(self._owner_of) >= self._limits.connections_max:
            strangers = [other for other in self._shares if other.agent is None]
            if not strangers:
                return False
            self._drop_one_of(max(strangers, key=lambda other: len(self._shares[other])))
        self._enter(owner, new)
        return True

    def hand_to(self, agent: AgentId, connection: Connection) -> None:
        """Somebody has logged on over it, or is somebody else than before, as over a proxy's connections."""
        owner = Owner(agent=agent)
        if self._owner_of.get(connection) in (None, owner):
            return
        self.leave(connection)
        if len(self._shares.get(owner, ())) >= self._limits.connections_per_agent_max:
            self._drop_one_of(owner)
        self._enter(owner, connection)

    def leave(self, connection: Connection) -> None:
        """It is closed; saying so twice does nothing."""
        owner = self._owner_of.pop(connection, None)
        if owner is not None:
            share = self._shares[owner]
            del share[connection]
            if not share:
                del self._shares[owner]

    def _enter(self, owner: Owner, connection: Connection) -> None:
        self._owner_of[connection] = owner
        self._shares.setdefault(owner, {})[connection] = None

    def _drop_one_of(self, owner: Owner) -> None:
        share = self._shares[owner]
        idle = (connection for connection in share if not connection.is_busy)
        oldest = next(idle, None) or next(iter(share))
        self.leave(oldest)
        oldest.drop()


def neighbourhood(address: str) -> str:
    """What stands for an address here: of IPv6 the half that its holder can't choose, and IPv4 as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> HOUSEHOLD_BITS << HOUSEHOLD_BITS))


# --- Requests ---------------------------------------------------------------------------------------------------------


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

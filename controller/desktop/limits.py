"""Every bound of the desktop's API, so that no client can make the controller grow or wait without end."""

from dataclasses import dataclass

from controller.directory.ids import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of everything. Times are in seconds."""

    body_bytes_max: int = 64 * 1024
    body_seconds_max: Seconds = 10.0
    """How long a client may take to send its body."""

    connections_max: int = 4096
    """Of all clients together, before anybody has logged on; beyond that new ones are closed at once."""
    connection_idle_seconds_max: Seconds = 60.0
    """How long a connection may say nothing, or only a part of a request. A WebSocket's life is bounded by its pings instead."""
    handshake_seconds_max: Seconds = 10.0

    requests_at_once_max: int = 500
    """Per session."""
    requests_per_second_max: float = 100.0
    """Per session, when it has used up what it may ask at once."""

    sessions_max: int = 10_000
    """Of all agents together."""
    sessions_per_agent_max: int = 10
    """The oldest ends when there would be more."""
    sweep_seconds: Seconds = 30.0
    """How often sessions and feeds that nobody uses any more are looked for."""

    wrong_passwords_free: int = 5
    """So many in a row cost nothing but the time of the check."""
    back_off_seconds_max: Seconds = 300.0
    back_offs_remembered_max: int = 4096
    password_checks_at_once_max: int = 2
    """Each takes a core and, with the usual parameters, 64 MiB while it runs."""
    password_checks_waiting_max: int = 64

    sockets_max: int = 2048
    """Of all agents together."""
    sockets_per_agent_max: int = 5
    words_max: int = 100
    """So many messages a desktop may send over its WebSocket, although nobody listens to them."""
    ping_seconds: Seconds = 20.0
    queue_seconds: Seconds = 1.0
    """A desktop is told of a queue no sooner than so long after the last time; the first change is told at once."""
    queue_writes_at_once_max: int = 1000
    """When so many desktops were told of queues within that time, the first change of another queue waits for its end as well."""
    kept_seconds: Seconds = 600.0
    """How long what was told is kept for desktops that come back, also for an agent whose last desktop has gone."""
    kept_bytes_max: int = 4 * 1024 * 1024
    """Of it for each agent; what all are told is kept once and not counted here."""
    kept_for_all_bytes_max: int = 32 * 1024 * 1024
    unread_bytes_max: int = 64 * 1024
    """Per WebSocket, beyond what the kernel holds, before its reader counts as too slow."""
    close_seconds: Seconds = 10.0
    """How long a reader that is told to go may take to say goodbye."""
    stop_seconds: Seconds = 2.0
    """The same while the controller stops."""

    keys_per_agent_max: int = 64
    key_seconds: Seconds = 600.0
    """How long the answer to a command with an Idempotency-Key is kept."""

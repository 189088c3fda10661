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
    """Of all clients together. One more takes the place of a connection over which nobody has logged on, from whoever has most of them."""
    connections_per_address_max: int = 512
    """Over which nobody has logged on; one more takes the place of the oldest of the same address. Not behind a proxy."""
    connections_per_agent_max: int = 64
    """The same, of an agent who has logged on."""
    connection_idle_seconds_max: Seconds = 60.0
    """How long a connection may say nothing, or only a part of a request. A WebSocket's life is bounded by its pings instead."""
    handshake_seconds_max: Seconds = 10.0

    address_requests_at_once_max: int = 1000
    """Per address, with no session. Behind a proxy there is no such bound: all clients have one address."""
    address_requests_per_second_max: float = 100.0
    """Per address, when it has used up what it may ask at once."""
    addresses_remembered_max: int = 4096
    refused_seconds: Seconds = 1.0
    """How long a request beyond that waits for its refusal, so that refusing costs less than asking."""

    requests_at_once_max: int = 500
    """Per session."""
    requests_per_second_max: float = 100.0
    """Per session, when it has used up what it may ask at once."""

    sessions_max: int = 10_000
    """Of all agents together."""
    sessions_per_agent_max: int = 10
    """The oldest ends when there would be more."""
    refresh_seconds_max: Seconds = 3.0
    """How long somebody who asks for colleagues anew waits for them; then they are shown whom we know."""
    sweep_seconds: Seconds = 30.0
    """How often sessions and feeds that nobody uses any more are looked for."""

    wrong_passwords_free: int = 5
    """So many in a row cost nothing but the time of the check."""
    back_off_seconds_max: Seconds = 300.0
    back_offs_per_agent_max: int = 512
    """Addresses from which an agent's password is guessed; the one that has not guessed for longest is forgotten first."""
    back_offs_of_nobody_max: int = 4096
    """Names that no agent has."""
    password_checks_at_once_max: int = 2
    """Each takes a core and, with the usual parameters, 64 MiB while it runs."""

    sockets_max: int = 2048
    """Of all agents together."""
    sockets_per_agent_max: int = 5
    sip_sockets_max: int = 2000
    """Of telephones in browsers, of all agents together, those that are just being opened or closed too. Asterisk has a place for each, and
    for the controller: `sessionlimit` in http.conf is higher."""
    sip_sockets_per_agent_max: int = 2
    """One that is carried, and one that is about to take its place: a page that is loaded anew."""
    sip_sockets_replaced_max: int = 50
    """So many may be about to take another's place beyond `sip_sockets_max`."""
    words_max: int = 100
    """So many messages a desktop may send over its WebSocket, although nobody listens to them."""
    socket_frames_at_once_max: int = 200
    """Of any kind: pings, pongs and empty parts of messages too."""
    socket_frames_per_second_max: float = 10.0
    socket_bytes_at_once_max: int = 64 * 1024
    socket_bytes_per_second_max: float = 4096.0
    rude_seconds: Seconds = 1.0
    """How long a WebSocket that breaks the rules may take to say goodbye."""
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

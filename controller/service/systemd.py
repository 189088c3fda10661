"""What systemd is told: ready, taking over a new site file, alive, stopping. Where nobody asked (no NOTIFY_SOCKET), nothing is.

The protocol is one datagram of lines, sd_notify(3), and stable; it takes fewer lines than a library for it takes to pin.
"""

import os
import socket
import time
from collections.abc import Mapping

import structlog

from controller.floor.trouble import trouble_in_words

BEAT_SECONDS = 5.0
"""How often it is told what the service does, at least."""
BEATS_PER_LIMIT = 3
"""So many signs of life in the time after which systemd takes us for dead: one that comes late does no harm."""

log = structlog.get_logger("service")


class Systemd:
    """Tells whoever started the service how it is. A message that can't be sent is lost, and the service goes on."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._socket: socket.socket | None = None
        self._failed = False
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setblocking(False)
        limit_microseconds = environ.get("WATCHDOG_USEC", "")
        is_ours = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        limit_seconds = int(limit_microseconds) / 1e6 if limit_microseconds.isdecimal() and is_ours else 0.0
        self._beat_seconds = min(BEAT_SECONDS, limit_seconds / BEATS_PER_LIMIT) if limit_seconds else BEAT_SECONDS

    @property
    def beat_seconds(self) -> float | None:
        """How often `alive` is to be said; None: there is nobody to say it to."""
        return self._beat_seconds if self._socket is not None else None

    def ready(self, status: str) -> None:
        """Say that the service does its work, or does it again after `reloading`."""
        self._say("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def alive(self, status: str) -> None:
        """Say it only when it has been seen to be so: the service is killed and started anew where it is not said."""
        self._say("WATCHDOG=1", f"STATUS={status}")

    def stopping(self) -> None:
        self._say("STOPPING=1", "STATUS=Stopping; calls go on in Asterisk.")

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _say(self, *lines: str) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto("\n".join(lines).encode(), self._address)
        except OSError as failed:
            if not self._failed:
                log.warning("systemd could not be told how the service is", because=trouble_in_words(failed))
            self._failed = True
        else:
            self._failed = False

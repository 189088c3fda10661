"""A block of free ports for each phone, chosen by trying them.

Phones of several test runs share one loopback, so nothing here is fixed. It must never hand out a block in which
anything listens, nor the same block twice while the first owner lives.
"""

import random
import socket
from dataclasses import dataclass
from typing import Final

from tests.phones.errors import NoFreePorts

FIRST_PORT: Final = 15_000
LAST_PORT: Final = 18_980
BLOCK_SIZE: Final = 20
"""Room for SIP over UDP, TCP and TLS, which take ports next to one another, the control port and the RTP pairs."""
SENTINEL_OFFSET: Final = 9
RTP_OFFSET: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class PortBlock:
    """The ports of one phone. `release()` gives them back."""

    sip: int
    control: int
    rtp: range
    sentinel: socket.socket
    """Bound as long as the block is taken, so that another process that tries the block finds it in use."""

    def release(self) -> None:
        """Let another phone have the block."""
        self.sentinel.close()


def claim_port_block() -> PortBlock:
    """Find a block of free ports on loopback and claim it; `NoFreePorts` when there is none."""
    bases = list(range(FIRST_PORT, LAST_PORT, BLOCK_SIZE))
    random.shuffle(bases)  # two test runs that begin together then rarely try the same block
    for base in bases:
        sentinel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sentinel.bind(("127.0.0.1", base + SENTINEL_OFFSET))
            _try_block(base)
        except OSError:
            sentinel.close()
            continue
        return PortBlock(sip=base, control=base + 5, rtp=range(base + RTP_OFFSET, base + BLOCK_SIZE), sentinel=sentinel)
    raise NoFreePorts(f"no {BLOCK_SIZE} free ports in a row on 127.0.0.1 between {FIRST_PORT} and {LAST_PORT}")


def _try_block(base: int) -> None:
    for port in range(base, base + BLOCK_SIZE):
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            if port == base + SENTINEL_OFFSET and kind == socket.SOCK_DGRAM:
                continue
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(kind == socket.SOCK_STREAM))
                probe.bind(("127.0.0.1", port))

"""Sees every UDP packet on loopback that goes to a wanted port, with the kernel's own time of arrival.

A raw packet socket with a filter in the kernel, so that nothing else costs us anything. It must never send, and never
count a packet twice: bound to IP only, the socket sees the arriving copy and not the leaving one.
"""

import ctypes
import socket
import struct
from typing import Final, NamedTuple

from tests.phones.errors import EarNotAllowed

ETH_P_IP: Final = 0x0800
SO_ATTACH_FILTER: Final = 26
SO_TIMESTAMPNS: Final = 35
SO_RCVBUFFORCE: Final = 33
SOL_PACKET: Final = 263
PACKET_STATISTICS: Final = 6
RECEIVE_BUFFER_BYTES: Final = 8 << 20
"""About 20 000 packets: many seconds of everybody talking while this process gets no CPU."""
PACKET_BYTES_MAX: Final = 2048

_UDP: Final = 17
_TIMESPEC: Final = struct.Struct("@ll")


class Datagram(NamedTuple):
    """One UDP packet as it arrived."""

    at: float
    """Wall-clock seconds, taken by the kernel."""
    source_port: int
    port: int
    payload: bytes


class LoopbackWire:
    """An open view of loopback. EarNotAllowed without CAP_NET_RAW."""

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        except PermissionError as error:
            raise EarNotAllowed("listening to the wire needs CAP_NET_RAW: be root, or give the container `--cap-add NET_RAW`") from error
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
        except PermissionError:  # needs CAP_NET_ADMIN; the ordinary limit then has to do, and losses are noticed
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        self._socket.setblocking(False)
        self.watch(range(0))
        self._socket.bind(("lo", ETH_P_IP))  # only now, so that nothing passes before the filter stands

    def fileno(self) -> int:
        """For select()."""
        return self._socket.fileno()

    def watch(self, ports: range) -> None:
        """From now on see what goes to these destination ports, and only that."""
        code = _filter(ports)
        buffer = ctypes.create_string_buffer(code)
        program = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)

    def read(self) -> Datagram | None:
        """The next packet, None when there is none at the moment."""
        try:
            packet, extra, _flags, _address = self._socket.recvmsg(PACKET_BYTES_MAX, 64)
        except BlockingIOError:
            return None
        seconds, nanoseconds = next(_TIMESPEC.unpack_from(data) for level, kind, data in extra if (level, kind) == (1, SO_TIMESTAMPNS))
        header = (packet[0] & 0x0F) * 4
        source_port, port, length = struct.unpack_from("!HHH", packet, header)
        return Datagram(seconds + nanoseconds / 1e9, source_port, port, packet[header + 8 : header + length])

    def dropped(self) -> int:
        """How many packets the kernel had to drop since this was last asked."""
        _seen, dropped = struct.unpack("@II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        return int(dropped)

    def close(self) -> None:
        """See nothing more."""
        self._socket.close()


def _filter(ports: range) -> bytes:
    """Classic BPF: keep UDP, not a later fragment, to a port of the range. Offsets count from the IP header."""
    if not ports:
        return _instruction(0x06, 0)
    return b"".join(
        (
            _instruction(0x30, 9),  # A = protocol
            _instruction(0x15, _UDP, otherwise=7),
            _instruction(0x28, 6),  # A = flags and fragment offset
            _instruction(0x45, 0x1FFF, then=5),
            _instruction(0xB1, 0),  # X = length of the IP header
            _instruction(0x48, 2),  # A = destination port
            _instruction(0x35, ports.start, otherwise=2),
            _instruction(0x25, ports.stop - 1, then=1),
            _instruction(0x06, 0xFFFF),  # keep
            _instruction(0x06, 0),  # leave
        )
    )


def _instruction(code: int, k: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("@HBBI", code, then, otherwise, k)

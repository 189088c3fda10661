"""What an RTP packet is made of (RFC 3550). Pure; it must never take RTCP or anything else for audio."""

import struct
from typing import Final, NamedTuple

_HEADER: Final = struct.Struct("!BBHII")
_RTCP_TYPES: Final = range(64, 96)
"""The payload types that RTCP's packet types would look like (RFC 5761)."""


class RtpPacket(NamedTuple):
    """One RTP packet."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse_rtp(datagram: bytes) -> RtpPacket | None:
    """Read an RTP packet; None when it is none."""
    if len(datagram) < _HEADER.size:
        return None
    first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
    payload_type = second & 0x7F
    if first >> 6 != 2 or payload_type in _RTCP_TYPES:
        return None
    begin = _HEADER.size + (first & 0x0F) * 4
    if first & 0x10:
        if len(datagram) < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(datagram[begin + 2 : begin + 4], "big")
    end = len(datagram) - (datagram[-1] if first & 0x20 else 0)
    if begin > end:
        return None
    return RtpPacket(payload_type, bool(second & 0x80), sequence, timestamp, ssrc, datagram[begin:end])

"""RTP packets and digest answers are read and written as their standards say."""

import struct

import pytest

from tests.phones.digest import authorization
from tests.phones.rtp import parse_rtp


def rtp(first: int = 0x80, payload_type: int = 0, rest: bytes = b"\xff" * 160) -> bytes:
    """An RTP packet with sequence 7, timestamp 1120, source 9."""
    return struct.pack("!BBHII", first, payload_type, 7, 1120, 9) + rest


def test_an_rtp_packet_is_read() -> None:
    packet = parse_rtp(rtp(payload_type=0x80 | 8))
    assert packet is not None
    assert (packet.payload_type, packet.marker, packet.sequence, packet.timestamp, packet.ssrc) == (8, True, 7, 1120, 9)
    assert packet.payload == b"\xff" * 160


def test_contributors_extension_and_padding_are_no_audio() -> None:
    contributors, extension, padding = b"\0" * 8, struct.pack("!HH", 1, 1) + b"\0" * 4, b"\0\0\3"
    packet = parse_rtp(rtp(0x80 | 0x20 | 0x10 | 2, rest=contributors + extension + b"audio" + padding))
    assert packet is not None
    assert packet.payload == b"audio"


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\x80\0short", rtp(first=0x40), rtp(payload_type=200 & 0x7F), rtp(0x90, rest=b"\0"), rtp(0xA0, rest=b"\xff")],
)
def test_what_is_no_rtp_is_not_taken_for_it(datagram: bytes) -> None:
    assert parse_rtp(datagram) is None


def test_the_example_of_rfc_2617_is_answered_as_printed_there() -> None:
    challenge = (
        'Digest realm="testrealm@host.com", qop="auth", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answer = authorization(
        challenge,
        method="GET",
        uri="/dir/index.html",
        user="Mufasa",
        password="Circle Of Life",
        client_nonce="0a4f113b",
    )
    assert 'response="6629fae49393a05397450978507c4ef1"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer

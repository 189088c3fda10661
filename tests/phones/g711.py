"""What one byte of G.711 sounds like: the two companding laws as tables.

For turning RTP payloads into samples and, in unit tests, samples into payloads. Samples are floats on the
16-bit scale (full scale is about 32 124 in mu-law). It must never guess a law: the RTP payload type says which.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

PCMU: Final = 0
"""RTP payload type of mu-law (RFC 3551)."""
PCMA: Final = 8
"""RTP payload type of A-law (RFC 3551)."""


def _ulaw_sample(code: int) -> float:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return float(0x84 - magnitude if code & 0x80 else magnitude - 0x84)


def _alaw_sample(code: int) -> float:
    code ^= 0x55
    segment = (code & 0x70) >> 4
    magnitude = ((code & 0x0F) << 4) + 8
    if segment:
        magnitude = (magnitude + 0x100) << (segment - 1)
    return float(magnitude if code & 0x80 else -magnitude)


SAMPLES: Final[Mapping[int, Sequence[float]]] = {
    PCMU: tuple(_ulaw_sample(code) for code in range(256)),
    PCMA: tuple(_alaw_sample(code) for code in range(256)),
}
"""Payload type -> the sample that each of the 256 codes stands for."""

ULAW_SILENCE: Final = b"\xff"
"""The mu-law code of zero."""


def encode_ulaw(samples: Iterable[float]) -> bytes:
    """Give the nearest mu-law code of each sample; what is too loud is clipped, as a telephone does."""
    return bytes(_ulaw_code(sample) for sample in samples)


def _ulaw_code(sample: float) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(int(abs(sample)), 32_635) + 0x84
    segment = magnitude.bit_length() - 8
    return ~(sign | segment << 4 | magnitude >> segment + 3 & 0x0F) & 0xFF

"""Whose tone is in a packet: each phone sends its own sine, and this tells them apart.

Pure. One 20 ms frame of G.711 in, the set of what it contains out: names of tones; `OTHER` alone when much of its
power is no tone of ours (real music, ringback, speech); nothing at all when it is silent. It must never look
at more than one frame: what a packet contains does not depend on its neighbours.

The frequencies are multiples of 50 Hz, so each sits on a bin of a 20 ms frame and a Hann window takes the others
away completely; they are 200 Hz apart or more, which is what keeps a frame that is cut in the middle (somebody
joins between two packets) from looking like a neighbour. They keep off ringback and busy tones (350 to 480, 620 Hz),
off the odd harmonics of one another that G.711 makes (and their images around 4 kHz), and below 3 kHz, where a
phone's resampler begins to take level away.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from operator import mul
from typing import Final

from tests.phones.g711 import PCMU, SAMPLES

SAMPLE_RATE_HZ: Final = 8000
FRAME_SAMPLES: Final = 160
"""20 ms: what every telephone here sends in one packet."""

MUSIC: Final = "music"
"""The tests' music on hold is a sine too: music class `tone`."""
OTHER: Final = "other"
"""Sound that is no tone of ours: real music, ringback, speech, noise."""
KEYS: Final = "keys"
"""A telephone key (RFC 4733 event), which has no sound of its own on the wire."""

PHONE_TONES_HZ: Final[Mapping[str, int]] = {
    "customer": 1100,
    "alice": 1400,
    "bob": 2100,
    "carol": 2600,
    "dave": 900,
    "sam": 1600,
    "outside": 2400,
    "customer-2": 2900,
}
TONES_HZ: Final[Mapping[str, int]] = {**PHONE_TONES_HZ, MUSIC: 1850}

SHARE_OF_STRONGEST_MIN: Final = 0.25
"""A tone counts from a quarter of the amplitude of the strongest: a mixed party is at full level, leakage is not."""
SHARE_OF_FRAME_MIN: Final = 0.24
"""...and of the amplitude that one sine with the power of the whole frame would have, so that noise holds no tone.
A little less than the quarter, because a leak at a quarter adds its own power to the frame."""
AMPLITUDE_MIN: Final = 1200.0
"""Quieter than this is silence. A phone's tone has 16 384; what a cut of another tone spills stays below."""
TONES_SHARE_OF_POWER_MIN: Final = 0.6
"""When the tones found explain less of the frame's power than this, the frame is `OTHER` and holds none of them: this
is what keeps real music and speech from passing for a phone. A frame cut in the middle by the begin or the end of a
tone is `OTHER` too; still, of 24 ms of a tone at least one frame holds enough to be named."""

_HANN: Final = tuple(0.5 - 0.5 * math.cos(2 * math.pi * (n + 0.5) / FRAME_SAMPLES) for n in range(FRAME_SAMPLES))
_HANN_SUM: Final = sum(_HANN)
_HANN_POWER: Final = sum(weight * weight for weight in _HANN)


def _wave(frequency_hz: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    turns = [2 * math.pi * frequency_hz * n / SAMPLE_RATE_HZ for n in range(FRAME_SAMPLES)]
    return tuple(map(math.cos, turns)), tuple(map(math.sin, turns))


_WAVES: Final = tuple((name, *_wave(frequency_hz)) for name, frequency_hz in TONES_HZ.items())
_SILENCE: Final[frozenset[str]] = frozenset()
_ONLY_OTHER: Final = frozenset({OTHER})


@lru_cache(maxsize=4096)  # a steady tone repeats the same 160 bytes packet after packet
def tones_in(payload: bytes, payload_type: int = PCMU) -> frozenset[str]:
    """Name what a 20 ms frame contains; the empty set is silence.

    Of a longer frame only the first 20 ms count; a shorter one is taken as followed by silence.
    """
    law = SAMPLES[payload_type]
    windowed = [law[code] * weight for code, weight in zip(payload, _HANN, strict=False)]
    power = sum(map(mul, windowed, windowed)) / _HANN_POWER
    whole = math.sqrt(2 * power)
    if whole < AMPLITUDE_MIN:
        return _SILENCE
    amplitudes = {name: _amplitude(windowed, cosine, sine) for name, cosine, sine in _WAVES}
    threshold = max(
        SHARE_OF_STRONGEST_MIN * max(amplitudes.values()),
        SHARE_OF_FRAME_MIN * whole,
        AMPLITUDE_MIN,
    )
    found = {name: amplitude for name, amplitude in amplitudes.items() if amplitude >= threshold}
    explained = sum(amplitude * amplitude / 2 for amplitude in found.values())
    return frozenset(found) if explained >= TONES_SHARE_OF_POWER_MIN * power else _ONLY_OTHER


def _amplitude(windowed: list[float], cosine: tuple[float, ...], sine: tuple[float, ...]) -> float:
    return 2 * math.hypot(sum(map(mul, windowed, cosine)), sum(map(mul, windowed, sine))) / _HANN_SUM

"""Packets for the tests of the phones' own code: frames of given sines, speech-like and music-like noise.

Deterministic: whoever wants chance hands in a seeded `random.Random`.
"""

import math
import random
from collections.abc import Sequence
from typing import Final

from tests.phones.g711 import encode_ulaw
from tests.phones.tones import FRAME_SAMPLES, SAMPLE_RATE_HZ, TONES_HZ

PHONE_AMPLITUDE: Final = 16_384.0


def sines(parts: Sequence[tuple[float, float]], first_sample: int, count: int) -> list[float]:
    """The sum of sines, each (Hz, amplitude), from a sample on."""
    return [
        sum(amplitude * math.sin(2 * math.pi * hz * n / SAMPLE_RATE_HZ + hz) for hz, amplitude in parts)
        for n in range(first_sample, first_sample + count)
    ]


def frame(*names: str, amplitude: float = PHONE_AMPLITUDE, first_sample: int = 0) -> bytes:
    """One packet in which these tones are mixed as Asterisk mixes them: added, and clipped where too loud."""
    return encode_ulaw(sines([(TONES_HZ[name], amplitude) for name in names], first_sample, FRAME_SAMPLES))


def cut_frame(before: str | None, after: str | None, cut: int, first_sample: int = 0) -> bytes:
    """One packet in which one tone gives way to another (or to silence) at a sample."""
    parts = [[(float(TONES_HZ[name]), PHONE_AMPLITUDE)] if name else [] for name in (before, after)]
    samples = sines(parts[0], first_sample, cut) + sines(parts[1], first_sample + cut, FRAME_SAMPLES - cut)
    return encode_ulaw(samples)


def speech_like(dice: random.Random, frames: int) -> list[bytes]:
    """Voiced speech in the rough: a pulse train of wandering pitch through two wandering resonances, with breath."""
    samples: list[float] = []
    phase = 0.0
    memory = [[0.0, 0.0], [0.0, 0.0]]
    for _ in range(frames // 5 + 1):
        pitch_hz, loudness = dice.uniform(85, 255), dice.uniform(500, 6000)
        formants_hz = dice.uniform(300, 900), dice.uniform(900, 2600)
        for _ in range(5 * FRAME_SAMPLES):
            phase += pitch_hz / SAMPLE_RATE_HZ
            source = 1.0 if phase >= 1 else dice.gauss(0, 0.02)
            phase %= 1
            out = source
            for formant_hz, last in zip(formants_hz, memory, strict=True):
                radius = 0.97
                out += 2 * radius * math.cos(2 * math.pi * formant_hz / SAMPLE_RATE_HZ) * last[0] - radius**2 * last[1]
                last[:] = [out, last[0]]
            samples.append(out * loudness / 8)
    return _packets(samples, frames)


def music_like(dice: random.Random, frames: int) -> list[bytes]:
    """Chords of the tempered scale, each note with four falling overtones, changing every 80 to 400 ms."""
    samples: list[float] = []
    while len(samples) < frames * FRAME_SAMPLES:
        roots_hz = [110 * 2 ** (dice.randrange(48) / 12) for _ in range(dice.choice((1, 2, 3, 4)))]
        parts = [(root * k, 6000 / len(roots_hz) / k) for root in roots_hz for k in range(1, 5) if root * k < 3900]
        samples += sines(parts, len(samples), dice.randrange(640, 3200))
    return _packets(samples, frames)


def white_noise(dice: random.Random, frames: int) -> list[bytes]:
    """Noise with the same power at every frequency."""
    return _packets([dice.gauss(0, 3000) for _ in range(frames * FRAME_SAMPLES)], frames)


def _packets(samples: list[float], frames: int) -> list[bytes]:
    return [encode_ulaw(samples[n * FRAME_SAMPLES : (n + 1) * FRAME_SAMPLES]) for n in range(frames)]

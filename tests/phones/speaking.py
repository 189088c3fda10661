"""Sends sound, a packet every 20 ms: a steady tone, or the two tones of a telephone key (ITU-T Q.23)."""

import asyncio
import math
import secrets
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from tests.phones.g711 import PCMU, ULAW_SILENCE, encode_ulaw
from tests.phones.tones import FRAME_SAMPLES, SAMPLE_RATE_HZ

FRAME_SECONDS: Final = FRAME_SAMPLES / SAMPLE_RATE_HZ
KEY_FRAMES: Final = 6
"""120 ms of a key, and as much silence before it and after."""
_ROWS_HZ: Final = {697: "123A", 770: "456B", 852: "789C", 941: "*0#D"}
_COLUMNS_HZ: Final = (1209, 1336, 1477, 1633)
_AMPLITUDE: Final = 6000.0


async def send_frames(port: int, to: tuple[str, int], frames: Iterable[bytes]) -> None:
    """Send these from this port, each 20 ms of mu-law; of endless ones, until cancelled."""
    ssrc, first = secrets.randbits(32), time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.setblocking(False)
        wire.bind(("127.0.0.1", port))
        for number, frame in enumerate(frames):
            marker = 0x80 if number == 0 else 0
            header = struct.pack("!BBHII", 0x80, PCMU | marker, number & 0xFFFF, number * FRAME_SAMPLES & 0xFFFFFFFF, ssrc)
            with suppress(OSError):  # nobody takes it there any more
                wire.sendto(header + frame, to)
            await asyncio.sleep(max(0.0, first + (number + 1) * FRAME_SECONDS - time.monotonic()))


def frames_of_keys(keys: str) -> Iterator[bytes]:
    """The sound of keys that are pressed one after the other."""
    silence = ULAW_SILENCE * FRAME_SAMPLES
    for key in keys:
        yield from [silence] * KEY_FRAMES
        yield from _frames_of_key(key)
        yield from [silence] * KEY_FRAMES


def _frames_of_key(key: str) -> Iterator[bytes]:
    row_hz, column = next((hz, keys.index(key)) for hz, keys in _ROWS_HZ.items() if key in keys)
    turns = [2 * math.pi * hz / SAMPLE_RATE_HZ for hz in (row_hz, _COLUMNS_HZ[column])]
    sound = encode_ulaw(_AMPLITUDE * sum(math.sin(turn * n) for turn in turns) for n in range(KEY_FRAMES * FRAME_SAMPLES))
    for begin in range(0, len(sound), FRAME_SAMPLES):
        yield sound[begin : begin + FRAME_SAMPLES]

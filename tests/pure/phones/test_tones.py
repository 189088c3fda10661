"""The ear tells tones apart: alone, mixed, cut, quiet, and in the company of music and speech."""

import itertools
import random
from collections.abc import Callable

import pytest

from tests.phones.g711 import PCMA, SAMPLES, ULAW_SILENCE, encode_ulaw
from tests.phones.tones import FRAME_SAMPLES, MUSIC, OTHER, PHONE_TONES_HZ, TONES_HZ, tones_in
from tests.pure.phones.signals import cut_frame, frame, music_like, sines, speech_like, white_noise

pytestmark = pytest.mark.long

MUSIC_CLASS_AMPLITUDE = 5827.0  # -15 dB below full scale, as music class `tone` has it


@pytest.mark.parametrize("name", TONES_HZ)
def test_a_tone_alone_is_heard_alone_at_any_phase(name: str) -> None:
    assert {tones_in(frame(name, first_sample=n)) for n in range(0, 160, 7)} == {frozenset({name})}


@pytest.mark.parametrize("pair", list(itertools.combinations(PHONE_TONES_HZ, 2)))
def test_both_others_are_heard_in_a_conference_and_nobody_else(pair: tuple[str, str]) -> None:
    assert {tones_in(frame(*pair, first_sample=n)) for n in range(0, 160, 13)} == {frozenset(pair)}


@pytest.mark.parametrize("three", list(itertools.combinations(PHONE_TONES_HZ, 3)))
def test_three_others_are_heard_although_their_sum_is_clipped(three: tuple[str, str, str]) -> None:
    assert tones_in(frame(*three)) == frozenset(three)


def test_the_music_class_is_heard_at_its_own_level_and_next_to_a_phone() -> None:
    assert tones_in(frame(MUSIC, amplitude=MUSIC_CLASS_AMPLITUDE)) == {MUSIC}
    mixed = sines([(TONES_HZ[MUSIC], MUSIC_CLASS_AMPLITUDE), (TONES_HZ["alice"], 16_384)], 0, FRAME_SAMPLES)
    assert tones_in(encode_ulaw(mixed)) == {MUSIC, "alice"}


@pytest.mark.parametrize("leaking", PHONE_TONES_HZ)
def test_a_leak_at_a_quarter_of_the_music_is_heard(leaking: str) -> None:
    leak = sines([(TONES_HZ[MUSIC], 16_384), (TONES_HZ[leaking], 4200)], 0, FRAME_SAMPLES)
    assert tones_in(encode_ulaw(leak)) == {MUSIC, leaking}


@pytest.mark.parametrize("before", [None, *TONES_HZ])
@pytest.mark.parametrize("after", [None, *TONES_HZ])
def test_a_tone_that_begins_or_ends_within_a_packet_never_looks_like_a_third(before: str | None, after: str | None) -> None:
    for cut in range(0, FRAME_SAMPLES, 5):
        assert tones_in(cut_frame(before, after, cut, first_sample=cut * 3)) <= {before, after, OTHER}


@pytest.mark.parametrize("name", PHONE_TONES_HZ)
def test_24_ms_of_a_tone_are_named_however_they_lie_between_two_packets(name: str) -> None:
    length = 24 * 8
    for silent in range(FRAME_SAMPLES):
        tone_in_first = FRAME_SAMPLES - silent
        tone_in_second = min(length - tone_in_first, FRAME_SAMPLES)
        first = tones_in(cut_frame(None, name, silent))
        second = tones_in(cut_frame(name, None, tone_in_second, first_sample=FRAME_SAMPLES))
        assert name in first | second


def test_silence_is_heard_as_nothing() -> None:
    assert tones_in(ULAW_SILENCE * FRAME_SAMPLES) == frozenset()
    assert tones_in(frame("alice", amplitude=300)) == frozenset()


@pytest.mark.parametrize("parts", [[(440, 8000)], [(440, 8000), (480, 8000)], [(480, 8000), (620, 8000)], [(350, 9000)]])
def test_ringback_dial_and_busy_tones_are_nobody(parts: list[tuple[float, float]]) -> None:
    assert {tones_in(encode_ulaw(sines(parts, n, FRAME_SAMPLES))) for n in range(0, 4000, 170)} == {frozenset({OTHER})}


def test_a_law_is_heard_as_well() -> None:
    nearest = sorted((sample, code) for code, sample in enumerate(SAMPLES[PCMA]))
    samples = sines([(TONES_HZ["bob"], 16_384)], 0, FRAME_SAMPLES)
    payload = bytes(min(nearest, key=lambda pair, s=sample: abs(pair[0] - s))[1] for sample in samples)  # type: ignore[misc]
    assert tones_in(payload, PCMA) == {"bob"}


@pytest.mark.parametrize(
    ("make", "share_max"),
    # Chords of pure sines are the worst there is: a single note close to a phone's tone can't be told from it.
    [(speech_like, 0.001), (music_like, 0.02), (white_noise, 0.0)],
)
@pytest.mark.long
def test_speech_music_and_noise_are_seldom_taken_for_a_phone(make: Callable[[random.Random, int], list[bytes]], share_max: float) -> None:
    heard = [tones_in(payload) & set(PHONE_TONES_HZ) for payload in make(random.Random(7), 1500)]

    assert sum(map(bool, heard)) <= share_max * len(heard)

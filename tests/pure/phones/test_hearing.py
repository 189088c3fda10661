"""What a phone has heard is told truly: windows, steadiness, runs, gaps, and the timeline in words."""

import pytest

from tests.phones.errors import EarForgot
from tests.phones.hearing import PACKET_SECONDS, Gap, HeardPacket, Hearing, first_run, longest_gap, timeline, tones_of


def packets(*tones: str, began_at: float = 100.0) -> list[HeardPacket]:
    """One packet every 20 ms; `alice+bob` is two tones, the empty string is silence."""
    return [
        HeardPacket(began_at + n * PACKET_SECONDS, frozenset(filter(None, names.split("+"))), n, n * 160, 7)
        for n, names in enumerate(tones)
    ]


def hearing(*tones: str) -> Hearing:
    """The same, as what a phone has heard."""
    heard = Hearing()
    heard.packets.extend(packets(*tones))
    return heard


def test_a_window_has_its_packets_in_order_and_no_other() -> None:
    assert [packet.sequence for packet in hearing(*["bob"] * 10).between(100.03, 100.09)] == [2, 3, 4]


def test_a_window_that_begins_before_the_oldest_packet_kept_is_refused() -> None:
    heard = hearing("bob")
    assert heard.packets.maxlen is not None
    heard.packets.extend(packets(*["bob"] * heard.packets.maxlen, began_at=200.0))

    with pytest.raises(EarForgot):
        heard.between(199.0, 300.0)


def test_a_phone_is_steady_only_when_all_of_its_last_packets_agree() -> None:
    assert hearing("music", "bob", "bob", "bob").steady(since=0, now=100.07, count=3) == frozenset({"bob"})
    assert hearing("music", "bob", "bob", "bob").steady(since=0, now=100.07, count=4) is None


def test_packets_from_before_the_question_prove_nothing() -> None:
    assert hearing("bob", "bob", "bob", "bob").steady(since=100.03, now=100.07, count=3) is None


def test_no_packet_for_a_tenth_of_a_second_is_silence_and_a_shorter_pause_is_not() -> None:
    assert hearing("bob", "bob").steady(since=100, now=100.13, count=2) == frozenset()
    assert hearing("bob", "bob").steady(since=100.09, now=100.13, count=2) is None
    assert Hearing().steady(since=100, now=100.11, count=2) == frozenset()


def test_a_tone_counts_from_so_many_packets() -> None:
    assert tones_of(packets("bob", "alice+bob", "bob"), packets_min=2) == {"bob"}
    assert tones_of(packets("bob", "alice+bob", "bob"), packets_min=1) == {"alice", "bob"}


def test_the_first_packet_is_the_one_that_begins_the_run() -> None:
    heard = packets("music", "bob", "music", "bob", "bob")
    one, two = first_run(heard, "bob", in_a_row=1), first_run(heard, "bob", in_a_row=2)
    assert one is not None
    assert two is not None
    assert (one.sequence, two.sequence) == (1, 3)
    assert first_run(heard, "carol", in_a_row=1) is None


def test_the_longest_gap_may_be_at_the_ends_of_the_window() -> None:
    heard = packets("bob", "bob")
    assert longest_gap(heard, 100.0, 100.5) == pytest.approx((0.48, 100.02))
    assert longest_gap([], 100.0, 100.5) == Gap(0.5, 100.0)


def test_the_timeline_reads_as_words() -> None:
    heard = packets("music", "music", "", "alice+bob") + packets("music", began_at=100.5)
    told = timeline(heard, since=100.0, until=100.8)
    assert told == "music 0.04 s, silence 0.02 s, alice+bob 0.02 s, no packets 0.44 s, music 0.02 s, no packets 0.30 s"
    assert timeline([], since=100.0, until=100.05) == "no packets 0.05 s"

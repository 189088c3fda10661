"""What one phone has heard: its packets with their tones, and the questions tests ask of them.

Pure and bounded; the time is always given. It must never answer about a time whose packets are gone: it says so.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from tests.phones.errors import EarForgot

PACKET_SECONDS: Final = 0.02
PACKETS_KEPT: Final = 45_000
"""A quarter of an hour of one phone."""
SILENT_AFTER_SECONDS: Final = 0.1
"""No packet for five packet times: the phone hears nothing at all."""


class HeardPacket(NamedTuple):
    """One packet that reached a phone."""

    at: float
    """Wall-clock seconds, taken by the kernel."""
    tones: frozenset[str]
    """What it contains; the empty set is silence."""
    sequence: int
    timestamp: int
    ssrc: int


class Gap(NamedTuple):
    """The time between two packets that follow one another."""

    seconds: float
    began_at: float


@dataclass(slots=True)
class Hearing:
    """The packets of one phone, oldest first."""

    packets: deque[HeardPacket] = field(default_factory=lambda: deque(maxlen=PACKETS_KEPT))

    def between(self, since: float, until: float) -> list[HeardPacket]:
        """Every packet of a window, oldest first; EarForgot when the window begins before the oldest one kept."""
        if len(self.packets) == self.packets.maxlen and self.packets[0].at > since:
            raise EarForgot(f"the window begins {self.packets[0].at - since:.1f} s before the oldest packet kept")
        window = []
        for packet in reversed(self.packets):
            if packet.at < since:
                break
            if packet.at <= until:
                window.append(packet)
        window.reverse()
        return window

    def steady(self, since: float, now: float, count: int) -> frozenset[str] | None:
        """What the last `count` packets since then all contain; None while they differ or are too few.

        The empty set is silence: silent packets, or none at all for `SILENT_AFTER_SECONDS`.
        """
        newest = self.packets[-1].at if self.packets else since
        if now - max(newest, since) >= SILENT_AFTER_SECONDS:
            return frozenset()
        last = self.between(since, now)[-count:]
        if len(last) < count:
            return None
        sets = {packet.tones for packet in last}
        return sets.pop() if len(sets) == 1 else None


def tones_of(packets: Iterable[HeardPacket], packets_min: int) -> frozenset[str]:
    """The tones that at least so many of the packets contain."""
    counts = Counter(tone for packet in packets for tone in packet.tones)
    return frozenset(tone for tone, count in counts.items() if count >= packets_min)


def first_run(packets: Iterable[HeardPacket], tone: str, in_a_row: int) -> HeardPacket | None:
    """The first packet that begins a run of so many packets in a row with a tone; None when there is no such run."""
    run: list[HeardPacket] = []
    for packet in packets:
        if tone in packet.tones:
            run.append(packet)
            if len(run) == in_a_row:
                return run[0]
        else:
            run.clear()
    return None


def longest_gap(packets: Iterable[HeardPacket], since: float, until: float) -> Gap:
    """The longest time without a packet in a window; its two ends count as packets."""
    assert since <= until, "a window ends after it begins"
    times = [since, *(packet.at for packet in packets), until]
    return max(Gap(later - earlier, earlier) for earlier, later in pairwise(times))


def timeline(packets: Iterable[HeardPacket], since: float, until: float) -> str:
    """Tell in words what was heard: `music 1.20 s, alice 0.40 s, silence 0.10 s, no packets 0.32 s`.

    A packet counts as the 20 ms that it holds, so `alice 0.02 s` is one packet.
    """
    spans: list[tuple[str, float]] = []
    end = since
    for packet in packets:
        if packet.at - end >= SILENT_AFTER_SECONDS:
            spans.append(("no packets", packet.at - end))
        spans.append((_words(packet.tones), PACKET_SECONDS))
        end = packet.at
    if until - end >= SILENT_AFTER_SECONDS or not spans:
        spans.append(("no packets", until - end))
    joined = [(words, sum(seconds for _, seconds in same)) for words, same in groupby(spans, key=lambda span: span[0])]
    return ", ".join(f"{words} {seconds:.2f} s" for words, seconds in joined)


def _words(tones: frozenset[str]) -> str:
    return "+".join(sorted(tones)) or "silence"

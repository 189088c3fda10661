"""How long the world takes for what we ask of it, counted as monitoring reads it. Noting one costs less than a microsecond."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from controller.directory.ids import Seconds

BOUNDS: tuple[Seconds, ...] = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.06, 0.12, 0.25, 0.5, 1.0, 2.5, 5.0)
"""For a request on this machine, a command, a write to a disk; the last is where a request is given up."""


class Durations:
    """Seconds by how it went: for each outcome how many took at most so long, and all of them together."""

    def __init__(self, outcomes: Sequence[str]) -> None:
        """`outcomes`: the words by which it can go; each is shown from the beginning."""
        self._counts = {outcome: [0] * (len(BOUNDS) + 1) for outcome in outcomes}
        self._sums = dict.fromkeys(outcomes, 0.0)

    def note(self, outcome: str, seconds: Seconds) -> None:
        """One more."""
        self._counts[outcome][bisect_left(BOUNDS, seconds)] += 1
        self._sums[outcome] += seconds

    def __iter__(self) -> Iterator[tuple[str, Sequence[int], Seconds]]:
        """Give each outcome with how many fell between each bound and the one before it, the rest last; and the sum of their seconds."""
        for outcome, counts in self._counts.items():
            yield outcome, tuple(counts), self._sums[outcome]

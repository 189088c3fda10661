"""How long things take is counted in buckets, by how it went."""

from controller.floor.durations import BOUNDS, Durations


def test_a_duration_counts_in_the_smallest_bucket_that_holds_it() -> None:
    took = Durations(("done", "refused"))

    took.note("done", 0.0004)
    took.note("done", 0.001)
    took.note("done", 0.03)
    took.note("done", 7.0)

    (outcome, counts, seconds), refused = tuple(took)
    assert (outcome, counts[0], counts[BOUNDS.index(0.04)], counts[-1], sum(counts)) == ("done", 2, 1, 1, 4)
    assert seconds == 0.0004 + 0.001 + 0.03 + 7.0
    assert refused == ("refused", (0,) * (len(BOUNDS) + 1), 0.0), "what has not happened yet is shown as nought"

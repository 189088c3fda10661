"""An agent's 200 means that it survives `kill -9`: the real service, real signals. The long version is `python -m tests.bench.kills`."""

from pathlib import Path

import pytest

from tests.bench.kills import campaign

pytestmark = pytest.mark.long

KILLS = 12


async def test_nothing_that_was_acknowledged_or_shown_is_lost_in_kills_at_random_moments(tmp_path: Path) -> None:
    tally = await campaign(KILLS, seed=3, folder=tmp_path)

    assert tally.lost == []
    assert tally.kills >= KILLS
    assert tally.acknowledged > 100, "it was killed in the middle of work"
    assert tally.shown > 100

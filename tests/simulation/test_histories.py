"""Journals that were once written, kept for good: each replays to the state in which it ended.

What a later version added to a value is not in them; it counts as what it is when nobody says.
"""

from pathlib import Path

import pytest

from controller.journal.codec import read_input, read_state, write_input, write_state
from controller.journal.journal import Kept
from controller.journal.replay import bring_back

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.jsonl"))


def lines_of(history: Path) -> tuple[list[str], str]:
    """The inputs, and the state at the end."""
    *inputs, state = history.read_text().splitlines()
    return inputs, state


def test_there_are_histories() -> None:
    assert len(HISTORIES) >= 6


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.stem)
def test_a_history_replays_to_the_state_in_which_it_ended(history: Path) -> None:
    inputs, state = lines_of(history)

    brought = bring_back(Kept(state=None, inputs=[read_input(text) for text in inputs]))

    assert brought.damage == ""
    assert brought.floor.state() == read_state(state)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.stem)
def test_a_history_that_is_written_anew_means_the_same(history: Path) -> None:
    inputs, state = lines_of(history)

    assert [read_input(write_input(read_input(text))) for text in inputs] == [read_input(text) for text in inputs]
    assert read_state(write_state(read_state(state))) == read_state(state)

"""Journals that were once written, kept for good: each replays to the state in which it ended, byte for byte.

What a state holds today and did not when it was written (its `at`) is left out of the comparison.
"""

import json
from dataclasses import replace
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
    ended = read_state(state)
    assert write_state(replace(brought.floor.state(), at=ended.at)) == write_state(ended)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.stem)
def test_a_history_is_still_written_as_it_was(history: Path) -> None:
    inputs, state = lines_of(history)

    assert [write_input(read_input(text)) for text in inputs] == inputs
    then, now = json.loads(state), json.loads(write_state(read_state(state)))
    assert {**now, "state": {name: now["state"][name] for name in then["state"]}} == then

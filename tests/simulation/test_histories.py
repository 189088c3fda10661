"""Journals that were once written, kept for good: each replays to the state in which it ended.

Their inputs are never written anew. Where rules have changed since, an input leads elsewhere and later ones may be refused; what a history
ends in by today's rules is then written down anew (`python -m tests.simulation.record`), and here, how many are passed over.

What a state holds today and did not when it was written (its `at`) is left out of the comparison.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from controller.journal.codec import FORM, read_input, read_state, write_input, write_state
from controller.journal.journal import Kept
from controller.journal.replay import bring_back

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.jsonl"))
OF_THIS_FORM = [history for history in HISTORIES if history.read_text().startswith(f'{{"form":{FORM},')]


PASSED_OVER = {
    "seed-00001": 44,
    "seed-00002": 55,
    "seed-00003": 56,
    "seed-00004": 33,
    "seed-00007-with-telephones": 24,
    "seed-00019-with-parts": 1,
    "seed-00024": 31,
    "seed-00041-with-keys": 6,
    "seed-00041": 6,
    "seed-00072": 82,
    "seed-00094": 54,
}
"""Written before an owner who was lost wrapped up, before a network or a telephone that had gone was charged to nobody, and before a desk
at which nobody sits was refused to take calls."""


def lines_of(history: Path) -> tuple[list[str], str]:
    """The inputs, and the state at the end."""
    *inputs, state = history.read_text().splitlines()
    return inputs, state


def test_there_are_histories_of_this_form_and_of_those_before() -> None:
    assert len(HISTORIES) > len(OF_THIS_FORM) >= 1


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.stem)
def test_a_history_replays_to_the_state_in_which_it_ended(history: Path) -> None:
    inputs, state = lines_of(history)

    brought = bring_back(Kept(state=None, inputs=[read_input(text) for text in inputs]))

    passed_over = PASSED_OVER.get(history.stem, 0)
    assert brought.replayed == len(inputs) - passed_over
    assert brought.damage.split(" inputs")[0] == (str(passed_over) if passed_over else "")
    ended = read_state(state)
    assert write_state(replace(brought.floor.state(), at=ended.at)) == write_state(ended)


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.stem)
def test_a_history_that_is_written_anew_means_the_same(history: Path) -> None:
    inputs, state = lines_of(history)

    assert [read_input(write_input(read_input(text))) for text in inputs] == [read_input(text) for text in inputs]
    assert read_state(write_state(read_state(state))) == read_state(state)

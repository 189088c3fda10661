"""The same journal gives the same contact centre, byte for byte, wherever and however often it is replayed."""

import asyncio
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import cast
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, AgentId
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.interaction.facts import SwitchFound
from controller.interaction.interaction import Member
from controller.journal.codec import Taken, write_state
from controller.journal.journal import Kept
from controller.journal.replay import bring_back
from controller.routing.commands import GoAvailable, GoIdle, LogOff, LogOn
from controller.service.keeping import Keeper
from tests.pure.floor.random_days import Day, Happening, happenings, sites
from tests.pure.journal.memory_journal import MemoryJournal
from tests.pure.story import contact_centre, site

ALICE = AgentId("alice")


@pytest.mark.long
@settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(sites, st.lists(happenings, min_size=15, max_size=60))
def test_a_day_that_was_kept_is_brought_back_byte_for_byte(directory: Directory, day_of: list[Happening]) -> None:
    day, journal = Day(directory), MemoryJournal()
    keeper = Keeper(journal)
    take = day.story.take

    def kept(what: Input) -> Outcome:
        outcome = take(what)
        asyncio.run(keeper.keep([(what, day.story.now, outcome)], day.story.floor))
        return outcome

    asyncio.run(journal.keep_state(day.story.floor.state()))
    with patch.object(day.story, "take", kept):
        for happening in day_of:
            day.goes_on(happening)

    brought = bring_back(journal.open())

    assert brought.damage == ""
    assert write_state(brought.floor.state()) == write_state(day.story.floor.state())
    again = bring_back(journal.open())
    assert write_state(again.floor.state()) == write_state(brought.floor.state())


@pytest.mark.long
def test_a_state_has_the_same_text_in_every_process() -> None:
    """Python orders sets by chance, another one in each process: a state must have none."""
    script = (
        "from tests.pure.interaction.situations import BEGINNINGS\n"
        "from controller.journal.codec import write_state\n"
        "print([write_state(begin().floor.state()) for begin in BEGINNINGS.values()])"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[3],
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(texts) == 1


def test_an_empty_journal_gives_an_empty_contact_centre() -> None:
    brought = bring_back(Kept(state=None, inputs=[]))

    assert (brought.floor.desks, brought.floor.interactions, brought.replayed, brought.damage) == ({}, {}, 0, "")


DAY: list[Input] = [
    SiteReloaded(directory=site()),
    SwitchFound(switch=THE_SWITCH),
    LogOn(agent=ALICE),
    GoAvailable(agent=ALICE),
    GoIdle(agent=ALICE, reason="lunch"),
]


def kept(*inputs: Input) -> Kept:
    return Kept(state=None, inputs=[Taken(what, 10.0 + n) for n, what in enumerate(inputs)])


def test_an_input_that_todays_rules_refuse_is_passed_over_and_spoken_of() -> None:
    brought = bring_back(kept(*DAY[:3], GoAvailable(agent=AgentId("nobody")), DAY[3]))

    assert (brought.replayed, brought.is_partial) == (4, True)
    assert brought.floor.desks[ALICE].is_available
    assert brought.damage == (
        "1 inputs are refused by now and were passed over, the first of them GoAvailable: There is no agent 'nobody'."
    )


@pytest.mark.parametrize("mistake", [KeyError("alice"), AssertionError("an invariant"), ValueError("no such state")])
def test_an_input_at_which_we_make_a_mistake_ends_the_replay_before_it(mistake: Exception) -> None:
    take = Floor.take

    def breaks(floor: Floor, what: Input, now: float) -> Outcome:
        outcome = take(floor, what, now)
        if isinstance(what, GoAvailable):
            raise mistake
        return outcome

    with patch.object(Floor, "take", breaks):
        brought = bring_back(kept(*DAY))

    assert (brought.replayed, brought.is_partial) == (3, True)
    assert brought.floor.desks[ALICE].state == "idle", "as before, though the mistake was noticed after something had changed"
    assert f"GoAvailable can't be followed any more ({type(mistake).__name__}: " in brought.damage
    assert brought.damage.endswith("it and the last 1 inputs were left out.")


def test_of_a_state_whose_one_interaction_is_broken_everything_else_is_brought_back() -> None:
    story = contact_centre(available="")
    broken, sound = story.customer_calls("cora"), story.customer_calls("carl")
    state = story.floor.state()
    customer = state.interactions[0].customer
    nobodys = Member(person=customer.person, leg=customer.leg)
    state = replace(state, interactions=(replace(state.interactions[0], members=(nobodys,)), *state.interactions[1:]))

    brought = bring_back(Kept(state=state, inputs=[Taken(LogOff(agent=ALICE), story.now)]))

    assert list(brought.floor.interactions) == [sound.id]
    assert broken.id not in brought.floor.interactions
    assert (brought.replayed, brought.is_partial) == (1, True)
    assert brought.damage.startswith("1 interactions of the kept state are broken (AssertionError: ")


def test_a_state_that_can_not_be_understood_at_all_begins_anew_and_uses_no_input() -> None:
    state = replace(contact_centre().floor.state(), directory=cast("Directory", None))

    brought = bring_back(Kept(state=state, inputs=[Taken(DAY[2], 1.0)]))

    assert (brought.floor.desks, brought.replayed, brought.is_partial) == ({}, 0, True)
    assert "The kept state is broken (AttributeError: " in brought.damage


def test_damage_of_the_disk_is_passed_on() -> None:
    assert bring_back(Kept(state=None, inputs=[], damage="The journal is damaged.")).damage == "The journal is damaged."


@pytest.mark.parametrize("whole", [False, True])
def test_a_site_file_is_kept_as_part_of_a_state(whole: bool) -> None:
    day, journal = Day(site()), MemoryJournal()
    outcome = day.story.take(SiteReloaded(directory=site()))

    asyncio.run(Keeper(journal).keep([(SiteReloaded(directory=site()), 1.0, outcome)], day.story.floor, whole=whole))

    assert journal.inputs == []
    assert journal.open().state == day.story.floor.state()

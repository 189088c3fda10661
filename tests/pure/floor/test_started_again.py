"""The controller dies in the middle of something and is brought back from what it kept."""

from dataclasses import replace

import pytest

from controller.directory.ids import THE_SWITCH, InteractionId
from controller.floor.floor import Floor
from controller.interaction.facts import CustomerArrived
from controller.interaction.interaction import Phase
from controller.interaction.notices import CallWasOver
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import connected, consult_offered, consulting, contact_centre, everything


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_a_floor_that_is_brought_back_is_the_same(situation: str) -> None:
    story = BEGINNINGS[situation]()
    # A moment that is no longer waited for is forgotten lazily, so only a floor that was brought back once can be compared.
    story.controller_is_started_again()
    before = everything(story.floor)

    story.controller_is_started_again()

    assert everything(story.floor) == before


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_the_customer_who_hangs_up_afterwards_ends_it_for_everybody(situation: str) -> None:
    story = BEGINNINGS[situation]()
    story.controller_is_started_again()

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    story.seconds_pass(3600)
    assert story.contact.is_over
    assert story.desk("alice") in (DeskState.AVAILABLE, DeskState.LOGGED_OFF)


def test_a_telephone_that_rang_is_withdrawn_in_time_afterwards() -> None:
    story = consult_offered()
    story.seconds_pass(20)
    story.controller_is_started_again()

    story.seconds_pass(10)

    assert story.contact.talking == {"cora", "alice"}


def test_a_caller_whose_call_was_ended_just_before_is_hung_up_and_is_no_new_customer() -> None:
    story = connected()
    caller = story.leg_of("cora")
    story.presses("alice", "end")
    story.controller_is_started_again()

    # The look at what Asterisk has finds a caller of whom no live interaction knows.
    story.take(CustomerArrived(leg=caller, number="+33123456789", name="cora", dialled="800", switch=THE_SWITCH))

    assert list(story.floor.interactions) == [story.contact.id]
    assert story.told(CallWasOver) == [CallWasOver(interaction=InteractionId(""), leg=caller)]


def test_a_wrap_up_runs_on() -> None:
    story = connected()
    story.hangs_up("cora")
    story.controller_is_started_again()
    assert story.desk("alice") is DeskState.WRAP_UP
    assert story.contact.can("alice") == {"wrap-up"}

    story.seconds_pass(120)

    assert story.desk("alice") is DeskState.AVAILABLE


def test_a_consult_goes_on() -> None:
    story = consulting()
    story.controller_is_started_again()

    story.presses("alice", "transfer")

    assert story.contact.talking == {"cora", "bob"}


def test_the_line_keeps_its_order_and_the_agents_their_places() -> None:
    story = contact_centre(available="")
    first, second = story.customer_calls("cora"), story.customer_calls("carl")
    story.controller_is_started_again()
    story.goes_available("bob")
    assert first.ringing == {"bob"}
    assert second.is_in(Phase.QUEUED)


def test_two_calls_do_not_get_one_name() -> None:
    story = contact_centre(available="")
    first = story.customer_calls("cora")
    story.controller_is_started_again()

    assert story.customer_calls("carl").id != first.id


def test_an_interaction_that_was_kept_wrong_is_not_brought_back() -> None:
    story = consulting()
    state = story.floor.state()
    broken = replace(state.interactions[0], owner=None)

    with pytest.raises(AssertionError):
        Floor.from_state(replace(state, interactions=(broken,)))

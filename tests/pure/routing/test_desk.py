"""An agent's presence: what they chose, and what they are in."""

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import Policy
from controller.interaction.refusals import Refused
from controller.routing.commands import GoIdle, LogOn
from controller.routing.desk import CHOSEN, Desk, DeskState, choose
from tests.pure.story import connected, consult_offered, contact_centre, everything


def test_an_agent_who_logs_on_takes_no_calls_before_saying_so() -> None:
    story = contact_centre(available="")
    story.says("alice", LogOn)

    assert story.desk("alice") is DeskState.IDLE
    assert story.customer_calls().ringing == set()


def test_a_page_that_is_refreshed_logs_on_again_and_changes_nothing() -> None:
    story = contact_centre()

    story.says("alice", LogOn)

    assert story.desk("alice") is DeskState.AVAILABLE


def test_an_idle_reason_chosen_during_a_call_takes_effect_after_its_wrap_up() -> None:
    story = connected()
    story.goes_idle("alice", "lunch")
    assert story.desk("alice") is DeskState.ENGAGED
    story.hangs_up("cora")
    assert story.desk("alice") is DeskState.WRAP_UP

    story.presses("alice", "wrap-up")

    assert story.desk("alice") is DeskState.IDLE
    assert story.floor.desks[AgentId("alice")].reason == "lunch"


def test_an_idle_reason_that_the_site_does_not_have_is_refused_and_changes_nothing() -> None:
    story = contact_centre()
    before = everything(story.floor)

    with pytest.raises(Refused) as refused:
        story.goes_idle("alice", "golf")

    assert refused.value.code == "bad-target"
    assert "lunch" in refused.value.because
    assert everything(story.floor) == before


def test_an_agent_who_logs_off_during_a_call_is_gone_after_its_wrap_up() -> None:
    story = connected()
    story.logs_off("alice")
    assert story.desk("alice") is DeskState.ENGAGED
    story.hangs_up("cora")

    story.seconds_pass(Policy().wrap_up_seconds)

    assert story.desk("alice") is DeskState.LOGGED_OFF


def test_an_agent_who_logs_on_again_during_the_call_is_idle_after_it() -> None:
    story = connected()
    story.logs_off("alice")
    story.says("alice", LogOn)
    story.hangs_up("cora")

    story.presses("alice", "wrap-up")

    assert story.desk("alice") is DeskState.IDLE


def test_an_agent_who_becomes_idle_while_the_consult_rings_can_still_answer_it() -> None:
    story = consult_offered()
    story.goes_idle("bob")

    story.answers("bob")

    assert story.contact.talking == {"alice", "bob"}
    story.presses("bob", "leave-consult")
    assert story.desk("bob") is DeskState.IDLE


def test_a_new_reason_for_being_idle_is_noted() -> None:
    story = contact_centre()
    story.goes_idle("alice", "lunch")
    story.goes_idle("alice")

    assert story.floor.desks[AgentId("alice")].reason == ""


def test_saying_the_same_again_changes_nothing() -> None:
    story = contact_centre()
    story.goes_idle("alice", "lunch")
    before = everything(story.floor)

    outcome = story.take(GoIdle(agent=AgentId("alice"), reason="lunch"))

    assert outcome.desks == ()
    assert everything(story.floor) == before


def test_being_engaged_is_nobodys_choice() -> None:
    for state in set(DeskState) - CHOSEN:
        with pytest.raises(AssertionError, match="not a choice"):
            choose(Desk(agent=AgentId("alice")), state, 0.0)

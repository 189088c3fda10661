"""An agent's presence: what they chose, and what they are in."""

from dataclasses import replace

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import Policy
from controller.interaction.refusals import Refused
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import CHOSEN, Desk, DeskState, choose
from controller.routing.telephones import TelephoneKind
from tests.pure.story import Story, agent, connected, consult_offered, contact_centre, everything, site


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


@pytest.mark.parametrize("what", [GoAvailable, GoIdle])
def test_whoever_is_logged_off_takes_no_calls_before_they_log_on(what: type[DeskCommand]) -> None:
    story = contact_centre(available="bob")
    before = everything(story.floor)

    with pytest.raises(Refused, match=r"Alice Martin is not logged in\.") as refused:
        story.says("alice", what)

    assert refused.value.code == "not-now"
    assert everything(story.floor) == before


def test_whoever_has_logged_off_during_a_call_is_not_available_after_it_because_a_late_page_said_so() -> None:
    story = connected()
    story.logs_off("alice")

    with pytest.raises(Refused, match="not logged in"):
        story.says("alice", GoAvailable)

    story.presses("alice", "end")
    story.presses("alice", "wrap-up")
    assert story.desk("alice") is DeskState.LOGGED_OFF


def test_whoever_has_left_the_site_during_a_call_and_has_logged_off_is_named_as_before() -> None:
    story = connected()
    story.logs_off("alice")
    gone = {name: agent for name, agent in story.floor.directory.agents.items() if name != "alice"}
    story.site_is_reloaded(replace(site(support="bob"), agents=gone))

    with pytest.raises(Refused, match=f"^{agent('alice').name} is not logged in"):
        story.says("alice", GoAvailable)


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


# --- A login that ends in a call ---------------------------------------------------------------------------------------


def login(story: Story, key: str) -> None:
    story.take(LogOn(agent=AgentId("alice"), session=key, telephone=TelephoneKind.DESK))


def logins(story: Story) -> list[tuple[str, bool]]:
    return [(session.key, session.is_over) for session in story.floor.desks[AgentId("alice")].sessions]


def test_a_login_that_ends_in_a_call_is_remembered_until_that_is_over_and_chooses_nothing() -> None:
    story = contact_centre(available="")
    login(story, "one")
    login(story, "two")
    story.goes_available("alice")
    story.customer_calls()
    story.answers("alice")

    story.take(LogOff(agent=AgentId("alice"), session="two"))
    assert logins(story) == [("one", False), ("two", True)]
    assert story.floor.desks[AgentId("alice")].chosen is DeskState.AVAILABLE
    story.take(LogOff(agent=AgentId("alice"), session="one"))
    assert story.floor.desks[AgentId("alice")].chosen is DeskState.LOGGED_OFF
    assert story.floor.desks[AgentId("alice")].telephone_chosen is None
    story.presses("alice", "end")

    assert logins(story) == []


def test_a_login_that_ends_between_calls_is_forgotten() -> None:
    story = contact_centre(available="")
    login(story, "one")

    story.take(LogOff(agent=AgentId("alice"), session="one"))

    assert logins(story) == []

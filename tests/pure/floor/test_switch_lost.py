"""Asterisk is away for a while: calls go on there, nobody is given anything here, and nothing is lost."""

import pytest

from controller.directory.policy import OwnerHangUp, Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.routing.desk import DeskState
from tests.pure.story import Story, connected, consult_offered, consulting, contact_centre, site


@pytest.mark.parametrize("button", ["hold", "consult", "end", "mute", "dtmf"])
def test_what_needs_asterisk_is_refused_and_says_so(button: str) -> None:
    story = connected()
    story.switch_is_lost()

    assert story.refuses("alice", button) == "asterisk-unavailable"
    assert "nothing was done" in story.because


def test_what_is_not_allowed_is_refused_for_that_reason_even_then() -> None:
    story = consulting()
    story.switch_is_lost()

    assert story.refuses("bob", "end") == "not-permitted"
    assert story.refuses("alice", "hold") == "not-now"


def test_the_call_goes_on_and_can_be_worked_with_again_afterwards() -> None:
    story = consulting()
    story.switch_is_lost()
    story.seconds_pass(30)
    story.switch_is_found()

    story.presses("alice", "transfer")

    assert story.contact.talking == {"cora", "bob"}


def test_nobody_is_offered_a_customer_before_asterisk_is_there() -> None:
    story = Story(site(), switch_is_there=False)
    story.goes_available("alice")
    contact = story.customer_calls()
    assert contact.is_in(Phase.QUEUED)

    story.switch_is_found()

    assert contact.ringing == {"alice"}


def test_an_offer_that_ran_out_meanwhile_is_judged_only_when_asterisk_has_told_what_became_of_it() -> None:
    story = contact_centre()
    contact = story.customer_calls()
    story.switch_is_lost()
    story.seconds_pass(20)
    assert contact.is_in(Phase.OFFERED), "the agent may have answered"

    story.switch_is_found()
    story.seconds_pass(0)

    assert contact.ringing == {"bob"}


def test_an_agent_who_answered_meanwhile_has_the_customer_although_the_offer_ran_out() -> None:
    story = contact_centre()
    contact = story.customer_calls()
    story.switch_is_lost()
    story.seconds_pass(20)

    story.answers("alice")
    story.switch_is_found()
    story.seconds_pass(0)

    assert contact.is_in(Phase.CONNECTED)


def test_what_ended_meanwhile_is_told_before_anybody_is_assigned() -> None:
    story = consult_offered()
    story.switch_is_lost()
    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    assert story.desk("bob") is DeskState.AVAILABLE


def test_an_owner_who_is_lost_meanwhile_leaves_the_customer_in_the_line_until_asterisk_is_back() -> None:
    story = connected(Policy(owner_hang_up=OwnerHangUp.RING_BACK))
    story.switch_is_lost()
    story.hangs_up("alice", EndCause.FAILED)
    assert story.contact.is_in(Phase.QUEUED)

    story.switch_is_found()

    assert story.contact.ringing == {"bob"}


def test_agents_come_and_go_without_asterisk() -> None:
    story = contact_centre(available="")
    story.switch_is_lost()

    story.goes_available("alice")

    assert story.desk("alice") is DeskState.AVAILABLE

"""Agent 1 hands the customer over to Agent 2, who is the owner from then on."""

from collections.abc import Callable

import pytest

from controller.directory.policy import Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import WrapUpAsked
from controller.routing.desk import DeskState
from tests.pure.story import Story, conference, connected, consult_held, consulting


@pytest.mark.parametrize("begin", [consulting, consult_held, conference])
def test_the_customer_talks_with_the_new_owner_and_the_former_one_wraps_up(begin: Callable[[], Story]) -> None:
    story = begin()

    story.presses("alice", "transfer")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "bob"}
    assert story.contact.owner == "bob"
    assert story.contact.agent_2 is None
    assert story.contact.owes_wrap_up == {"alice"}
    assert len(story.told(WrapUpAsked)) == 1
    assert story.desk("alice") is DeskState.WRAP_UP
    assert story.desk("bob") is DeskState.ENGAGED


def test_the_new_owner_has_an_owners_rights() -> None:
    story = connected(available="alice bob carol")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "transfer")

    assert story.contact.can("bob") == {"hold", "consult", "transfer", "end", "mute", "dtmf"}
    story.presses("bob", "hold")
    story.presses("bob", "resume")
    story.presses("bob", "consult", to="carol")
    story.answers("carol")
    assert story.contact.talking == {"bob", "carol"}


def test_the_former_owner_has_only_a_wrap_up_left() -> None:
    story = consulting()
    story.presses("alice", "transfer")

    assert story.contact.can("alice") == {"wrap-up"}
    assert story.refuses("alice", "resume") == "not-permitted"
    assert story.because == "You have handed this interaction over."
    story.presses("alice", "wrap-up")
    assert story.contact.can("alice") == set()
    assert story.refuses("alice", "wrap-up") == "not-now"
    assert story.desk("alice") is DeskState.AVAILABLE


def test_both_owners_wrap_up_each_their_own() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("bob", "end")
    assert story.contact.owes_wrap_up == {"alice", "bob"}

    story.presses("bob", "wrap-up", reason="follow-up", note="call back")
    assert not story.contact.is_over
    story.presses("alice", "wrap-up", reason="resolved")

    assert story.contact.is_over
    assert story.contact.wrapped_up == {"alice": "resolved", "bob": "follow-up"}


def test_the_former_owners_telephone_that_hangs_up_late_ends_nothing() -> None:
    story = consulting()
    late = story.leg_of("alice")
    story.presses("alice", "transfer")

    assert story.floor.interaction_of(late) is None
    assert story.contact.talking == {"cora", "bob"}


def test_nobody_transfers_without_a_consult_unless_they_say_to_whom() -> None:
    story = connected()

    assert story.refuses("alice", "transfer") == "not-now"
    assert story.because == "There is nobody else on the call: say to whom, or consult a colleague first."


def test_the_colleague_never_transfers() -> None:
    story = consulting()

    assert story.refuses("bob", "transfer") == "not-permitted"


def test_roles_are_exchanged_and_exchanged_back() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("alice", "wrap-up")

    story.presses("bob", "consult", to="alice")
    assert story.contact.owner == "bob"
    assert story.contact.agent_2 == "alice"
    assert story.refuses("alice", "resume") == "not-permitted"
    assert story.refuses("alice", "wrap-up") == "not-permitted", "she has given her reason and owes none now"
    story.answers("alice")
    assert story.contact.talking == {"alice", "bob"}
    story.presses("bob", "transfer")

    assert story.contact.owner == "alice"
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == {"bob"}
    story.presses("alice", "end")
    assert story.contact.owes_wrap_up == {"alice", "bob"}


def test_a_former_owner_who_still_wraps_up_cannot_be_consulted() -> None:
    story = consulting()
    story.presses("alice", "transfer")

    assert story.refuses("bob", "consult", to="alice") == "target-unavailable"
    assert story.because == "Alice Martin is wrapping up a call."


def test_the_wrap_up_of_a_transfer_runs_its_whole_time_whatever_becomes_of_the_call() -> None:
    story = consulting(Policy(wrap_up_seconds=120))
    story.presses("alice", "transfer")
    story.seconds_pass(60)
    story.hangs_up("cora")
    story.seconds_pass(59)
    assert story.contact.owes_wrap_up == {"alice", "bob"}

    story.seconds_pass(1)

    assert story.contact.wrapped_up == {"alice": "resolved"}
    assert story.desk("alice") is DeskState.AVAILABLE
    assert story.desk("bob") is DeskState.WRAP_UP


def test_a_new_owner_whose_telephone_is_lost_costs_the_customer_only_a_wait_at_the_head_of_the_line() -> None:
    story = consulting()
    story.presses("alice", "transfer")

    story.hangs_up("bob", EndCause.FAILED)

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.on_music == {"cora"}
    assert story.contact.now.first_in_line
    assert story.contact.owes_wrap_up == {"alice", "bob"}
    story.presses("alice", "wrap-up")
    assert story.contact.ringing == {"alice"}

"""Where the site asks Agent 2 again before the customer is handed over: `transfer_acceptance = ask`."""

from collections.abc import Callable

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import Policy, TransferAcceptance
from controller.interaction.facts import EndCause, LegEnded
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, WrapUpAsked
from controller.routing.desk import DeskState
from tests.pure.story import Story, conference, consult_held, consulting

ASK = Policy(transfer_acceptance=TransferAcceptance.ASK)


def asked(policy: Policy = ASK) -> Story:
    """Alice has left, Bob is asked, Cora hears music."""
    story = consulting(policy)
    story.presses("alice", "transfer")
    return story


@pytest.mark.parametrize("begin", [consulting, consult_held])
def test_the_customer_hears_music_until_the_colleague_accepts(begin: Callable[[Policy], Story]) -> None:
    story = begin(ASK)

    story.presses("alice", "transfer")

    assert story.contact.phase is Phase.TRANSFER_ASKED
    assert story.contact.on_music == {"cora"}
    assert story.contact.talking == {"bob"}
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.told(WrapUpAsked) == [WrapUpAsked(interaction=story.contact.id, agent=AgentId("alice"))]
    assert story.desk("alice") is DeskState.WRAP_UP
    assert story.contact.can("alice") == {"wrap-up"}
    assert story.contact.can("bob") == {"accept-transfer", "decline-transfer"}


def test_the_colleague_who_accepts_has_the_customer_and_the_ownership() -> None:
    story = asked()

    story.presses("bob", "accept-transfer")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "bob"}
    assert story.contact.owner == "bob"
    assert story.contact.can("alice") == {"wrap-up"}


def test_an_accepted_transfer_is_not_undone_when_the_time_to_accept_is_over() -> None:
    story = asked()
    story.presses("bob", "accept-transfer")

    story.seconds_pass(60)

    assert story.contact.talking == {"cora", "bob"}


@pytest.mark.parametrize("how", ["decline", "hang-up", "lost"])
def test_a_refused_customer_goes_to_the_front_of_the_line_with_music(how: str) -> None:
    story = asked()
    match how:
        case "decline":
            story.presses("bob", "decline-transfer")
        case "hang-up":
            story.hangs_up("bob")
        case _:
            story.hangs_up("bob", EndCause.FAILED)

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.on_music == {"cora"}
    assert story.contact.now.first_in_line
    assert story.desk("bob") is DeskState.AVAILABLE
    assert story.contact.owes_wrap_up == {"alice"}


def test_a_colleague_who_says_nothing_is_not_answering_and_the_customer_goes_to_the_front_of_the_line() -> None:
    story = asked()

    story.seconds_pass(ASK.transfer_seconds)

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.on_music == {"cora"}
    assert story.desk("bob") is DeskState.NOT_ANSWERING
    assert len(story.told(AgentMissed)) == 1


def test_the_owner_who_left_may_wrap_up_before_the_colleague_has_decided() -> None:
    story = asked()
    story.presses("alice", "wrap-up", reason="follow-up")
    assert story.desk("alice") is DeskState.AVAILABLE

    story.presses("bob", "accept-transfer")

    assert story.contact.wrapped_up == {"alice": "follow-up"}
    assert story.contact.talking == {"cora", "bob"}


def test_the_owner_who_left_and_wrapped_up_is_asked_no_second_time_when_the_customer_gives_up() -> None:
    story = asked()
    story.presses("alice", "wrap-up")

    story.hangs_up("cora")

    assert story.contact.is_over
    assert story.desk("bob") is DeskState.AVAILABLE


def test_a_customer_who_gives_up_while_the_colleague_decides_costs_the_colleague_no_wrap_up() -> None:
    story = asked()

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


def test_in_a_conference_the_colleague_has_the_customer_already_and_is_not_asked() -> None:
    story = conference(ASK)

    story.presses("alice", "transfer")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.owner == "bob"


def test_the_owner_who_left_is_told_that_the_customer_was_handed_over() -> None:
    story = asked()

    for button in ("end", "consult", "resume", "swap"):
        assert story.refuses("alice", button) == "not-now"
        assert story.because == "The customer has been handed over."


def test_the_telephone_of_the_owner_who_left_hangs_up_and_nothing_changes() -> None:
    story = consulting(ASK)
    late = story.leg_of("alice")
    story.presses("alice", "transfer")
    before = story.contact.now

    story.take(LegEnded(leg=late, cause=EndCause.HUNG_UP))

    assert story.contact.now is before

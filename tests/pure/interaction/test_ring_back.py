"""Where the owner's telephone is rung again when it was put down: `owner_hang_up = ring_back`."""

from collections.abc import Callable

import pytest

from controller.directory.policy import OwnerHangUp, Policy
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, OfferMade, WrapUpAsked
from controller.interaction.parties import consult_asked_at
from controller.routing.desk import DeskState
from tests.pure.story import Story, conference, connected, consult_held, consult_offered, consulting

RING_BACK = Policy(owner_hang_up=OwnerHangUp.RING_BACK)


def rung_back(begin: Callable[[Policy], Story] = connected) -> Story:
    """Alice has put the telephone down, and it rings again."""
    story = begin(RING_BACK)
    story.hangs_up("alice")
    return story


@pytest.mark.parametrize("begin", [connected, consult_offered, consulting, consult_held])
def test_the_customer_hears_music_and_the_owner_is_rung_again_alone(begin: Callable[[Policy], Story]) -> None:
    story = rung_back(begin)

    assert story.contact.phase is Phase.OFFERED
    assert story.contact.on_music == {"cora"}
    assert story.contact.ringing == {"alice"}
    assert story.contact.agent_2 is None
    assert consult_asked_at(story.contact.now) is None
    assert story.desk("alice") is DeskState.OFFERED
    assert story.desk("bob") is DeskState.AVAILABLE
    last = story.told(OfferMade)[-1]
    assert isinstance(last, OfferMade)
    assert (last.agent, last.consult) == ("alice", False)


def test_the_owner_answers_and_is_back_with_the_customer() -> None:
    story = rung_back()

    story.answers("alice")

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()


def test_the_customer_goes_to_the_front_of_the_line_when_the_owner_does_not_answer() -> None:
    story = rung_back()
    story.goes_idle("bob")

    story.seconds_pass(RING_BACK.ring_back_seconds)

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.now.first_in_line
    assert story.contact.on_music == {"cora"}
    assert story.desk("alice") is not DeskState.AVAILABLE


@pytest.mark.parametrize("how", ["button", "telephone", "busy"])
def test_the_next_agent_is_offered_the_customer_when_the_owner_declines(how: str) -> None:
    story = rung_back()

    match how:
        case "button":
            story.presses("alice", "decline")
        case "telephone":
            story.hangs_up("alice", EndCause.DECLINED)
        case _:
            story.hangs_up("alice", EndCause.BUSY)

    assert story.contact.ringing == {"bob"}


@pytest.mark.parametrize("how", ["lets it ring", "button", "telephone", "busy", "unreachable", "could not be rung"])
def test_an_owner_who_is_not_with_the_customer_again_wraps_up_before_the_next_call(how: str) -> None:
    story = rung_back()

    match how:
        case "lets it ring":
            story.seconds_pass(RING_BACK.ring_back_seconds)
        case "button":
            story.presses("alice", "decline")
        case _:
            cause = {"telephone": "DECLINED", "busy": "BUSY", "unreachable": "UNREACHABLE"}.get(how, "FAILED")
            story.hangs_up("alice", EndCause[cause])

    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("alice") is DeskState.WRAP_UP
    assert len(story.told(WrapUpAsked)) == 1
    assert story.contact.ringing == {"bob"}


def test_an_owner_whose_ring_back_could_not_be_rung_is_available_again_after_the_wrap_up() -> None:
    story = rung_back()
    story.hangs_up("alice", EndCause.FAILED)

    story.presses("alice", "wrap-up")

    assert story.desk("alice") is DeskState.AVAILABLE
    assert story.told(AgentMissed) == []


def test_an_owner_who_comes_back_owes_no_wrap_up_before_the_call_is_over() -> None:
    story = rung_back()
    story.answers("alice")
    assert story.contact.owes_wrap_up == set()

    story.presses("alice", "end")

    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize("begin", [connected, consult_offered, consulting, consult_held])
def test_the_owner_wraps_up_when_the_customer_gives_up_meanwhile(begin: Callable[[Policy], Story]) -> None:
    story = rung_back(begin)

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("alice") is DeskState.WRAP_UP
    story.presses("alice", "wrap-up")
    assert story.contact.is_over


def test_the_owner_wraps_up_when_a_supervisor_ends_the_call_meanwhile() -> None:
    story = rung_back()

    story.presses("sam", "end")

    assert story.contact.owes_wrap_up == {"alice"}


def test_a_customer_who_gives_up_on_an_ordinary_offer_costs_nobody_a_wrap_up() -> None:
    story = rung_back()
    story.presses("alice", "decline")

    story.hangs_up("cora")

    assert "bob" not in story.contact.owes_wrap_up


def test_leaving_a_conference_by_telephone_is_leaving_and_nobody_is_rung_back() -> None:
    story = rung_back(conference)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.owner == "bob"


def test_the_owner_who_comes_back_may_consult_again() -> None:
    story = rung_back(consulting)
    story.answers("alice")

    story.presses("alice", "consult", to="bob")

    assert story.contact.ringing == {"bob"}

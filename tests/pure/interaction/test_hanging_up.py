"""Somebody hangs up: the customer, either agent, or two at once, in every phase."""

import pytest

from controller.directory.policy import OwnerHangUp, Policy
from controller.floor.outcome import Outcome
from controller.interaction.facts import EndCause, LegEnded
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, OfferFailed, OfferWithdrawn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import BEGINNINGS, who_wraps_up
from tests.pure.story import connected, consulting


@pytest.mark.parametrize("phase", BEGINNINGS)
def test_the_customer_hangs_up_and_it_ends_for_everybody(phase: str) -> None:
    story = BEGINNINGS[phase]()

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.talking == story.contact.on_music == story.contact.ringing == set()
    assert story.contact.owes_wrap_up == who_wraps_up(phase)
    if phase not in ("queued", "transferred"):
        assert story.desk("bob") is DeskState.AVAILABLE
    assert story.contact.is_over is (story.contact.owes_wrap_up == set())


@pytest.mark.parametrize("phase", ["offered", "consult_offered", "consult rings on"])
def test_a_ringing_telephone_is_told_to_stop_when_the_customer_hangs_up(phase: str) -> None:
    story = BEGINNINGS[phase]()
    (rung,) = story.contact.ringing

    story.hangs_up("cora")

    (withdrawn,) = story.told(OfferWithdrawn)
    assert isinstance(withdrawn, OfferWithdrawn)
    assert withdrawn.agent == rung


@pytest.mark.parametrize("phase", ["connected", "held", "consult_offered", "consulting", "consult_held", "consult rings on"])
def test_the_owner_hangs_up_the_telephone_and_it_ends_for_everybody(phase: str) -> None:
    story = BEGINNINGS[phase]()

    story.hangs_up("alice")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.talking == story.contact.on_music == story.contact.ringing == set()
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize("phase", ["connected", "held", "consult_offered", "consulting", "consult_held", "consult rings on"])
@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
def test_a_customer_whose_owners_telephone_is_lost_goes_to_the_front_of_the_line(phase: str, policy: Policy) -> None:
    story = BEGINNINGS[phase](policy)
    story.goes_idle("bob")

    story.hangs_up("alice", EndCause.FAILED)

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.on_music == {"cora"}
    assert story.contact.now.first_in_line
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.IDLE
    assert (len(story.told(OfferFailed)), len(story.told(AgentMissed))) == (1, 0)
    story.presses("alice", "wrap-up")
    assert story.desk("alice") is DeskState.AVAILABLE


@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
@pytest.mark.parametrize("cause", [EndCause.HUNG_UP, EndCause.FAILED])
@pytest.mark.parametrize("phase", ["consult_offered", "consult rings on"])
def test_the_colleagues_telephone_is_told_to_stop_ringing_when_the_owner_has_gone(phase: str, cause: EndCause, policy: Policy) -> None:
    story = BEGINNINGS[phase](policy)

    story.hangs_up("alice", cause)

    assert "bob" not in story.contact.ringing or story.contact.phase is Phase.OFFERED
    assert [withdrawn.agent for withdrawn in story.told(OfferWithdrawn) if isinstance(withdrawn, OfferWithdrawn)] == ["bob"]


@pytest.mark.parametrize("phase", ["consulting", "consult_held", "conference"])
def test_the_colleague_hangs_up_and_the_owner_is_with_the_customer(phase: str) -> None:
    story = BEGINNINGS[phase]()

    story.hangs_up("bob")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize("phase", ["consulting", "consult_held"])
def test_the_owner_is_told_that_a_colleague_whose_telephone_was_lost_did_not_leave(phase: str) -> None:
    story = BEGINNINGS[phase]()

    story.hangs_up("bob", EndCause.FAILED)

    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.now.news == "Bob Durand has been cut off."


BOTH = [("cora", "alice"), ("alice", "cora"), ("cora", "bob"), ("bob", "cora"), ("alice", "bob"), ("bob", "alice")]


@pytest.mark.parametrize(("first", "second"), BOTH)
@pytest.mark.parametrize("policy", [Policy(), Policy(owner_hang_up=OwnerHangUp.RING_BACK)])
@pytest.mark.parametrize("phase", ["consult_offered", "consulting", "consult_held", "consult rings on", "conference"])
def test_two_who_hang_up_at_once_leave_nobody_behind(phase: str, first: str, second: str, policy: Policy) -> None:
    story = BEGINNINGS[phase](policy)
    legs = {who: story.leg_of(who) for who in (first, second)}

    story.hangs_up(first)
    if story.floor.interaction_of(legs[second]) is not None:
        story.hangs_up(second)

    gone = {first, second}
    assert not gone & (story.contact.talking | story.contact.on_music)
    assert "bob" not in story.contact.owes_wrap_up or story.contact.owner == "bob"
    if "cora" in gone:
        assert story.contact.phase is Phase.ENDED
        assert "alice" in story.contact.owes_wrap_up
    else:
        assert story.contact.talking == {"cora"} or story.contact.phase in (Phase.ENDED, Phase.OFFERED)


def test_a_telephone_that_hangs_up_after_the_end_is_no_news() -> None:
    story = connected()
    late = story.leg_of("alice")
    story.hangs_up("cora")
    before = story.contact.now

    outcome = story.take(LegEnded(leg=late, cause=EndCause.HUNG_UP))

    assert outcome == Outcome()
    assert story.contact.now is before


def test_a_telephone_that_answers_without_sound_is_said_to_be_so_and_the_customer_waits_for_another() -> None:
    story = connected()
    story.goes_idle("bob")

    story.hangs_up("alice", EndCause.NO_SOUND)

    assert story.contact.is_in(Phase.QUEUED)
    assert [notice.because for notice in story.told(AgentMissed) if isinstance(notice, AgentMissed)] == ["telephone agrees on no sound"]
    assert "alice" in story.contact.owes_wrap_up


def test_a_colleague_whose_telephone_answers_without_sound_has_not_left_but_is_not_answering() -> None:
    story = consulting()

    story.hangs_up("bob", EndCause.NO_SOUND)

    assert story.contact.now.news == "Bob Durand's telephone and Asterisk have no audio codec in common."
    assert story.desk("bob") is DeskState.NOT_ANSWERING

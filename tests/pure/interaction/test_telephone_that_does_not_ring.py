"""A telephone that can't be rung for now: its seconds begin when it rings, and whoever it never rang for has missed nothing."""

import pytest

from controller.directory.policy import OwnerHangUp, Policy
from controller.interaction.facts import LegStuck, LegUnstuck
from controller.interaction.interaction import Phase
from controller.interaction.notices import AgentMissed, OfferFailed
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import offered
from tests.pure.story import Story, connected, consult_offered

POLICY = Policy(offer_seconds=20, consult_seconds=30, ring_back_seconds=25, owner_hang_up=OwnerHangUp.RING_BACK)


def rung_back(policy: Policy) -> Story:
    """Alice has hung up, and her telephone is to be rung again."""
    story = connected(policy)
    story.hangs_up("alice")
    return story


BEGINNINGS = {"offer": (offered, "alice", 20), "consult": (consult_offered, "bob", 30), "ring-back": (rung_back, "alice", 25)}


def cannot_be_rung(story: Story, who: str) -> None:
    story.take(LegStuck(leg=story.leg_of(who)))


def rings_at_last(story: Story, who: str) -> None:
    story.take(LegUnstuck(leg=story.leg_of(who)))


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_its_seconds_begin_when_it_rings(beginning: str) -> None:
    begin, who, seconds = BEGINNINGS[beginning]
    story = begin(POLICY)
    cannot_be_rung(story, who)
    story.seconds_pass(10)

    rings_at_last(story, who)

    story.seconds_pass(seconds - 1)
    assert story.contact.ringing == {who}
    story.seconds_pass(1)
    assert who not in story.contact.ringing
    assert len(story.told(AgentMissed)) == 1, "now it has rung in vain"


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_an_agent_for_whom_it_never_rang_has_missed_nothing(beginning: str) -> None:
    begin, who, seconds = BEGINNINGS[beginning]
    story = begin(POLICY)
    cannot_be_rung(story, who)

    story.seconds_pass(seconds)

    assert who not in story.contact.ringing
    assert story.told(AgentMissed) == []
    assert len(story.told(OfferFailed)) == 1
    assert story.desk(who) in (DeskState.AVAILABLE, DeskState.WRAP_UP)


def test_people_are_told_whom_asterisk_cannot_ring() -> None:
    story = consult_offered(POLICY)

    cannot_be_rung(story, "bob")

    assert story.contact.now.news == "Asterisk can't ring Bob Durand just now; trying again."
    rings_at_last(story, "bob")
    assert story.contact.now.news == ""


def test_the_customer_is_with_the_owner_again_when_the_colleague_could_not_be_rung() -> None:
    story = consult_offered(POLICY)
    cannot_be_rung(story, "bob")

    story.seconds_pass(30)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.now.news.startswith("Bob Durand could not be rung: the network or Asterisk failed, not Bob Durand.")


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_telephone_that_a_start_finds_ringing_late_has_all_its_seconds_again(beginning: str) -> None:
    begin, who, seconds = BEGINNINGS[beginning]
    story = begin(POLICY)
    story.seconds_pass(seconds - 1)

    rings_at_last(story, who)

    story.seconds_pass(seconds - 1)
    assert who in story.contact.ringing


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_start_changes_nothing_for_a_telephone_that_has_just_been_rung(beginning: str) -> None:
    begin, who, _ = BEGINNINGS[beginning]
    story = begin(POLICY)
    before = story.contact.now

    rings_at_last(story, who)

    assert story.contact.now is before

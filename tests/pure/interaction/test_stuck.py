"""Asterisk will not bring somebody where they belong: the owner is told in words, once, until it works."""

import pytest

from controller.interaction.facts import LegStuck, LegUnstuck
from controller.interaction.notices import MoveFailed
from controller.interaction.parties import parties
from controller.interaction.party import Standing
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import Story, connected, consult_held, consulting


def sticks(story: Story, who: str) -> None:
    story.take(LegStuck(leg=story.leg_of(who)))


def comes_free(story: Story, who: str) -> None:
    story.take(LegUnstuck(leg=story.leg_of(who)))


def test_the_owner_is_told_that_the_customer_cannot_be_connected() -> None:
    story = connected()

    sticks(story, "cora")

    assert story.contact.now.news == "Asterisk can't connect the customer just now; trying again."
    (failed,) = story.told(MoveFailed)
    assert isinstance(failed, MoveFailed)
    assert (failed.leg, failed.because) == (story.leg_of("cora"), story.contact.now.news)


def test_the_owner_is_told_who_cannot_be_put_on_hold() -> None:
    story = consulting()
    sticks(story, "cora")
    assert story.contact.now.news == "Asterisk can't put the customer on hold just now; trying again."

    story = consult_held()
    sticks(story, "bob")
    assert story.contact.now.news == "Asterisk can't put Bob Durand on hold just now; trying again."


def test_it_is_told_once_however_often_it_is_tried() -> None:
    story = connected()
    sticks(story, "cora")
    revision = story.contact.now.revision

    sticks(story, "cora")

    assert story.contact.now.revision == revision
    assert len(story.told(MoveFailed)) == 1


def test_the_owner_is_no_longer_told_so_when_it_has_worked() -> None:
    story = connected()
    sticks(story, "cora")

    comes_free(story, "cora")

    assert story.contact.now.news == ""
    sticks(story, "cora")
    assert len(story.told(MoveFailed)) == 2


def test_something_newer_that_the_owner_was_told_meanwhile_stays() -> None:
    story = consulting()
    sticks(story, "cora")
    story.hangs_up("bob")

    comes_free(story, "cora")

    assert story.contact.now.news == "Bob Durand has left."


def test_a_leg_that_was_never_stuck_comes_free_and_nothing_changes() -> None:
    story = connected()
    before = story.contact.now

    comes_free(story, "cora")

    assert story.contact.now is before


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_nobody_is_moved_or_dropped_for_being_stuck_whatever_the_situation(situation: str) -> None:
    story = BEGINNINGS[situation]()
    contact = story.contact
    where = (contact.phase, contact.talking, contact.on_music, contact.ringing)
    there = [party for party in parties(contact.now) if party.standing is not Standing.GONE]

    for party in there:
        story.take(LegStuck(leg=party.leg))
    assert (contact.phase, contact.talking, contact.on_music, contact.ringing) == where
    assert len(story.told(MoveFailed)) == len(there)

    for party in there:
        story.take(LegUnstuck(leg=party.leg))
    assert (contact.phase, contact.talking, contact.on_music, contact.ringing) == where
    assert contact.now.news == ""

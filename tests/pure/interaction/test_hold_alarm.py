"""Rule 22: a customer who has been on hold for long is not forgotten: their owner and supervisors are told, again and again."""

from collections.abc import Callable

import pytest

from controller.directory.policy import AfterConsult, Policy
from controller.interaction.facts import Why
from controller.interaction.notices import CustomerForgotten
from controller.interaction.parties import deadlines
from tests.pure.interaction.situations import conference_consults, consult_of_a_queue, held, outside_consulted
from tests.pure.story import Story, connected, consult_held, consult_offered, consulting

EVERY_MINUTE = Policy(hold_alarm_seconds=60, consult_seconds=600)


def reminders(story: Story) -> list[float]:
    """After how many seconds on hold somebody was reminded."""
    return [told.seconds for told in story.told(CustomerForgotten) if isinstance(told, CustomerForgotten)]


@pytest.mark.parametrize("begin", [held, consult_offered, consulting, consult_of_a_queue, outside_consulted, conference_consults])
def test_the_owner_is_reminded_of_a_customer_on_hold_again_and_again(begin: Callable[[Policy], Story]) -> None:
    story = begin(EVERY_MINUTE)
    story.seconds_pass(59)
    assert reminders(story) == []

    story.seconds_pass(1)
    assert reminders(story) == [60]
    assert story.contact.now.news == "The customer has been on hold for 1:00."
    story.seconds_pass(150)

    assert reminders(story) == [60, 120, 180]
    assert story.contact.now.news == "The customer has been on hold for 3:00."


def test_nobody_is_moved_for_it() -> None:
    story = consulting(EVERY_MINUTE)
    where = (story.contact.phase, story.contact.talking, story.contact.on_music)

    story.seconds_pass(60)

    assert (story.contact.phase, story.contact.talking, story.contact.on_music) == where


@pytest.mark.parametrize("begin", [connected, consult_held])
def test_nobody_is_reminded_of_a_customer_who_is_talked_with(begin: Callable[[Policy], Story]) -> None:
    story = begin(EVERY_MINUTE)

    story.seconds_pass(600)

    assert reminders(story) == []


def test_the_time_begins_anew_when_the_customer_was_talked_with_meanwhile() -> None:
    story = held(EVERY_MINUTE)
    story.seconds_pass(50)
    story.presses("alice", "resume")
    story.seconds_pass(30)
    story.presses("alice", "hold")

    story.seconds_pass(59)
    assert reminders(story) == []
    story.seconds_pass(1)

    assert reminders(story) == [60]


def test_the_time_goes_on_where_the_customer_stays_on_hold_for_another_reason() -> None:
    story = held(Policy(hold_alarm_seconds=60, after_consult=AfterConsult.KEEP_HELD))
    story.seconds_pass(30)
    story.presses("alice", "consult", to="bob")
    story.presses("bob", "decline")
    story.seconds_pass(29)
    assert reminders(story) == []

    story.seconds_pass(1)

    assert reminders(story) == [60]


def test_a_customer_who_is_held_by_the_owners_own_hold_key_is_not_forgotten_either() -> None:
    story = connected(EVERY_MINUTE)
    story.presses_hold_key("alice")

    story.seconds_pass(60)

    assert reminders(story) == [60]
    story.releases_hold_key("alice")
    story.seconds_pass(600)
    assert reminders(story) == [60]


@pytest.mark.parametrize("how", ["customer", "owner", "transfer"])
def test_nobody_is_reminded_of_a_customer_whom_the_owner_has_no_more(how: str) -> None:
    story = consulting(EVERY_MINUTE)
    match how:
        case "customer":
            story.hangs_up("cora")
        case "owner":
            story.hangs_up("alice")
        case _:
            story.presses("alice", "transfer")

    story.seconds_pass(300)

    assert reminders(story) == []


def test_a_reminder_survives_the_controller() -> None:
    story = held(EVERY_MINUTE)
    story.seconds_pass(50)
    story.controller_is_started_again()

    story.seconds_pass(10)

    assert reminders(story) == [60]
    assert [deadline.why for deadline in deadlines(story.contact.now)] == [Why.HELD_FOR_LONG]

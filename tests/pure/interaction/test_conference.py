"""All three talk together, until one of them leaves."""

from collections.abc import Callable

import pytest

from controller.directory.policy import AfterConsult, CustomerGoneInConference, Policy
from controller.interaction.interaction import Phase
from controller.interaction.party import Standing
from controller.routing.desk import DeskState
from tests.pure.story import Story, conference, consult_held, consulting

STAY = Policy(customer_gone_in_conference=CustomerGoneInConference.AGENTS_STAY)


@pytest.mark.parametrize("begin", [consulting, consult_held])
def test_all_three_talk(begin: Callable[[], Story]) -> None:
    story = begin()

    story.presses("alice", "conference")

    assert story.contact.phase is Phase.CONFERENCE
    assert story.contact.talking == {"cora", "alice", "bob"}
    assert story.contact.on_music == set()


@pytest.mark.parametrize("how", ["button", "telephone"])
@pytest.mark.parametrize("policy", [Policy(), Policy(after_consult=AfterConsult.KEEP_HELD)])
def test_the_others_go_on_when_the_colleague_leaves_and_the_colleague_does_not_wrap_up(how: str, policy: Policy) -> None:
    story = conference(policy)

    if how == "button":
        story.presses("bob", "leave-conference")
    else:
        story.hangs_up("bob")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.owes_wrap_up == set()
    assert story.desk("bob") is DeskState.AVAILABLE


@pytest.mark.parametrize("how", ["button", "telephone", "transfer"])
def test_a_host_who_leaves_hangs_up_on_nobody(how: str) -> None:
    story = conference()

    match how:
        case "button":
            story.presses("alice", "leave-conference")
        case "telephone":
            story.hangs_up("alice")
        case _:
            story.presses("alice", "transfer")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "bob"}
    assert story.contact.owner == "bob"
    assert story.contact.owes_wrap_up == {"alice"}


def test_the_owner_may_end_it_for_everybody_and_is_the_only_one_who_wraps_up() -> None:
    story = conference()

    story.presses("alice", "end")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


def test_nobody_holds_a_conference() -> None:
    story = conference()

    assert story.refuses("alice", "hold") == "not-now"


def test_the_colleague_ends_nothing_and_wraps_nothing_up() -> None:
    story = conference()

    assert story.refuses("bob", "end") == "not-permitted"
    assert story.refuses("bob", "wrap-up") == "not-permitted"


def test_it_is_over_for_everybody_when_the_customer_leaves() -> None:
    story = conference()

    story.hangs_up("cora")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE


def test_the_agents_stay_together_where_the_site_lets_them() -> None:
    story = conference(STAY)

    story.hangs_up("cora")

    assert story.contact.phase is Phase.CONFERENCE
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.party("cora").standing is Standing.GONE
    assert story.contact.now.news == "The customer has hung up."


def test_agents_without_a_customer_are_offered_only_what_makes_sense() -> None:
    story = conference(STAY)
    story.hangs_up("cora")

    assert story.contact.can("alice") == {"end", "leave-conference", "drop", "mute"}
    assert story.contact.can("bob") == {"leave-conference", "mute"}
    for button in ("transfer", "consult", "dtmf"):
        assert story.refuses("alice", button) == "not-now"
        assert story.because == "The customer has gone."


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize("how", ["button", "telephone"])
def test_it_is_over_when_one_of_the_agents_who_stayed_leaves_and_only_the_owner_wraps_up(who: str, how: str) -> None:
    story = conference(STAY)
    story.hangs_up("cora")

    if how == "button":
        story.presses(who, "leave-conference")
    else:
        story.hangs_up(who)

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == {"alice"}
    assert story.desk("bob") is DeskState.AVAILABLE
    assert story.contact.party("cora").number == "+33123456789"
    story.presses("alice", "wrap-up")
    assert story.contact.is_over


def test_the_owner_may_end_what_the_customer_has_left() -> None:
    story = conference(STAY)
    story.hangs_up("cora")

    story.presses("alice", "end")

    assert story.contact.owes_wrap_up == {"alice"}


def test_a_conference_may_follow_a_conference() -> None:
    story = conference()
    story.presses("bob", "leave-conference")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("alice", "conference")

    assert story.contact.talking == {"cora", "alice", "bob"}

"""Mistakes that were made elsewhere in this field, each told once so that it is not made here.

Not to be told by the pure core: a recording that was paused (there is no recording yet), one-way audio (heard in the live tests), the
name of a leg in a bridge. A blind transfer whose target fails is told in `test_blind_transfer.py`.
"""

from collections.abc import Callable

import pytest

from controller.directory.ids import AgentId
from controller.directory.policy import OwnerHangUp, Policy, TransferAcceptance
from controller.interaction.facts import EndCause, LegAnswered, LegEnded
from controller.interaction.interaction import Phase
from controller.interaction.layout import layout
from controller.interaction.notices import OfferWithdrawn
from controller.interaction.parties import consult_asked_at, parties
from controller.routing.commands import LogOn
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import Story, conference, connected, consult_held, consult_offered, consulting, contact_centre, everything


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_a_page_that_is_refreshed_in_the_middle_of_anything_changes_nothing(situation: str) -> None:
    story = BEGINNINGS[situation]()
    available = [who for who, desk in story.floor.desks.items() if desk.chosen is not DeskState.LOGGED_OFF]
    before = everything(story.floor)

    for who in available:
        story.says(who, LogOn)

    assert everything(story.floor) == before


def test_a_page_that_is_refreshed_during_a_wrap_up_still_finds_it_owed() -> None:
    story = connected()
    story.hangs_up("cora")
    story.says("alice", LogOn)

    assert story.contact.can("alice") == {"wrap-up"}
    assert story.desk("alice") is DeskState.WRAP_UP


def test_a_swap_works_at_the_first_press() -> None:
    story = consulting()
    story.presses("alice", "swap")
    assert story.contact.talking == {"cora", "alice"}

    story.presses("alice", "swap")

    assert story.contact.talking == {"bob", "alice"}


def test_a_former_colleagues_name_does_not_stand_on_the_next_consult() -> None:
    story = connected(available="alice bob carol")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    story.presses("bob", "leave-consult")
    assert story.contact.agent_2 is None
    assert consult_asked_at(story.contact.now) is None

    story.seconds_pass(5)
    story.presses("alice", "consult", to="carol")

    assert story.contact.agent_2 == "carol"
    assert consult_asked_at(story.contact.now) == story.now
    assert "Bob" not in str(parties(story.contact.now))


@pytest.mark.parametrize("begin", [consulting, consult_held, conference])
def test_no_consult_is_left_over_after_a_transfer(begin: Callable[[], Story]) -> None:
    story = begin()
    story.presses("alice", "transfer")

    assert story.contact.agent_2 is None
    assert consult_asked_at(story.contact.now) is None
    assert "Alice" not in str(parties(story.contact.now))


def test_the_time_in_a_phase_starts_anew_with_the_phase_and_only_then() -> None:
    story = connected()
    story.seconds_pass(10)
    story.presses("alice", "hold")
    began = story.now
    story.seconds_pass(10)
    story.presses_hold_key("alice")

    assert story.contact.now.phase_since == began


def test_who_is_held_is_the_customer_in_a_consult_and_the_colleague_after_a_resume() -> None:
    story = consulting()
    assert story.contact.on_music == {"cora"}
    story.presses("alice", "resume")

    assert story.contact.on_music == {"bob"}


def test_agent_1_consults_agent_2_transfers_and_then_agent_2_consults_agent_1() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("alice", "wrap-up")
    story.presses("bob", "consult", to="alice")
    story.answers("alice")
    assert story.contact.can("bob") == {"resume", "swap", "transfer", "conference", "end-consult", "mute", "dtmf"}
    assert story.contact.can("alice") == {"leave-consult", "mute"}

    story.presses("bob", "conference")
    story.presses("bob", "leave-conference")

    assert story.contact.owner == "alice"
    assert story.contact.owes_wrap_up == {"bob"}


def test_there_is_a_wrap_up_after_a_consult_transfer_for_each_who_owned_the_call() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    assert story.desk("alice") is DeskState.WRAP_UP
    story.hangs_up("bob")

    assert story.desk("bob") is DeskState.WRAP_UP


def test_a_consult_that_failed_is_not_ended_once_more() -> None:
    story = consult_offered()
    late = story.leg_of("bob")
    story.hangs_up("bob", EndCause.BUSY)
    before = story.contact.now

    for fact in (LegEnded(leg=late, cause=EndCause.HUNG_UP), LegAnswered(leg=late)):
        assert story.take(fact).changes == ()

    assert story.contact.now is before
    assert story.contact.now.news == "Bob Durand is busy."


def test_hold_pressed_in_two_tabs_holds_once() -> None:
    story = connected()
    seen = story.contact.now.revision
    story.presses("alice", "hold", revision=seen)

    assert story.refuses("alice", "hold", revision=seen) == "stale"
    assert story.refuses("alice", "hold") == "not-now"
    assert story.contact.phase is Phase.HELD


@pytest.mark.parametrize("situation", ["offered", "consult_offered", "consult rings on"])
def test_no_telephone_rings_on_after_the_customer_gave_up(situation: str) -> None:
    story = BEGINNINGS[situation]()
    (rung,) = story.contact.ringing

    story.hangs_up("cora")

    assert layout(story.contact.now).places == ()
    assert [n.agent for n in story.told(OfferWithdrawn) if isinstance(n, OfferWithdrawn)] == [rung]
    assert story.desk(rung) in (DeskState.AVAILABLE, DeskState.WRAP_UP)


def test_a_transfer_that_nobody_takes_does_not_drop_the_customer() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    story.presses("alice", "transfer")

    story.hangs_up("bob", EndCause.FAILED)

    assert story.contact.on_music == {"cora"}
    assert story.contact.phase is Phase.QUEUED


@pytest.mark.parametrize("owner_hang_up", OwnerHangUp)
@pytest.mark.parametrize("cause", [EndCause.HUNG_UP, EndCause.FAILED])
def test_a_conference_host_who_leaves_hangs_nobody_up(owner_hang_up: OwnerHangUp, cause: EndCause) -> None:
    story = conference(Policy(owner_hang_up=owner_hang_up))

    story.hangs_up("alice", cause)

    assert story.contact.talking == {"cora", "bob"}


@pytest.mark.parametrize("how", ["gives up", "declined", "cancelled", "unanswered", "busy", "switch lost", "supervisor"])
def test_no_agent_is_stuck_in_reserved(how: str) -> None:
    story = consult_offered()
    match how:
        case "gives up":
            story.hangs_up("cora")
        case "declined":
            story.presses("bob", "decline")
        case "cancelled":
            story.presses("alice", "cancel-consult")
        case "unanswered":
            story.seconds_pass(30)
        case "busy":
            story.hangs_up("bob", EndCause.BUSY)
        case "supervisor":
            story.presses("sam", "end")
        case _:
            story.switch_is_lost()
            story.hangs_up("alice", EndCause.FAILED)

    assert story.desk("bob") in (DeskState.AVAILABLE, DeskState.NOT_ANSWERING)
    assert story.floor.desks[AgentId("bob")].interaction is None


def test_an_agent_who_is_offered_a_customer_who_gives_up_is_free_for_the_next() -> None:
    story = contact_centre(available="alice")
    story.customer_calls("cora")
    story.hangs_up("cora")

    assert story.customer_calls("carl").ringing == {"alice"}


def test_a_wrap_up_is_not_cut_short_by_what_happens_to_the_call_after_the_transfer() -> None:
    story = consulting(Policy(wrap_up_seconds=120))
    story.presses("alice", "transfer")
    for _ in range(3):
        story.seconds_pass(30)
        story.presses("bob", "hold")
        story.presses("bob", "resume")
    story.presses("bob", "end")
    assert story.contact.owes_wrap_up == {"alice", "bob"}
    story.seconds_pass(29)
    assert story.desk("alice") is DeskState.WRAP_UP

    story.seconds_pass(1)

    assert story.desk("alice") is DeskState.AVAILABLE


def test_talking_is_the_new_owners_from_the_moment_of_the_transfer() -> None:
    story = consulting()
    story.seconds_pass(42)

    story.presses("alice", "transfer")

    assert story.contact.now.phase_since == story.now
    assert story.contact.owner == "bob"
    (owed,) = story.contact.now.wrap_ups
    assert (owed.agent, owed.asked_at) == ("alice", story.now)


def test_a_consult_that_begins_while_the_customer_is_held_has_both_agents_in_one_room() -> None:
    story = connected()
    story.presses("alice", "hold")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")

    assert story.contact.talking == {"alice", "bob"}
    assert not any(place.muted for place in layout(story.contact.now).places)

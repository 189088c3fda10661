"""Customers wait; who is served first, and by whom."""

import pytest

from controller.directory.ids import QueueId
from controller.directory.policy import OwnerHangUp, Policy, TransferAcceptance
from controller.interaction.facts import EndCause
from controller.interaction.interaction import Phase
from controller.routing.desk import DeskState
from tests.pure.story import Story, connected, consulting, contact_centre, site


def test_a_customer_waits_with_the_queues_music_while_all_agents_are_busy() -> None:
    story = contact_centre()
    story.customer_calls("cora")
    story.customer_calls("carl")

    late = story.customer_calls("cleo")

    assert late.phase is Phase.QUEUED
    assert late.on_music == {"cleo"}
    assert late.now.music == "support-music"
    assert [waiting.id for waiting in story.floor.waiting_in(QueueId("support"))] == [late.id]


def test_customers_are_served_in_the_order_of_their_arrival() -> None:
    story = contact_centre(available="")
    first, second = story.customer_calls("cora"), story.customer_calls("carl")

    story.goes_available("alice", "bob")

    assert first.ringing == {"alice"}
    assert second.ringing == {"bob"}


def test_a_customer_who_lost_an_agent_is_served_before_all_who_wait() -> None:
    story = contact_centre(available="alice")
    unlucky = story.customer_calls("cora")
    story.now += 60
    earlier = story.customer_calls("carl")
    story.seconds_pass(20)

    story.goes_available("bob")

    assert unlucky.ringing == {"bob"}
    assert earlier.phase is Phase.QUEUED


def test_a_later_customer_who_lost_an_agent_goes_before_an_earlier_one_who_only_waits() -> None:
    story = contact_centre(available="alice")
    talks = story.customer_calls("cora")
    story.answers("alice")
    waits = story.customer_calls("carl")
    story.hangs_up("alice", EndCause.FAILED)
    assert talks.phase is waits.phase is Phase.QUEUED

    story.goes_available("bob")

    assert talks.ringing == {"bob"}


def test_a_customer_who_was_answered_has_no_advantage_left() -> None:
    story = contact_centre()
    contact = story.customer_calls()
    story.presses("alice", "decline")
    assert contact.now.first_in_line
    story.answers("bob")

    assert not contact.now.first_in_line


def test_each_queue_is_served_by_its_own_agents() -> None:
    story = contact_centre(available="alice")
    billing = story.customer_calls("cora", "801")
    assert billing.phase is Phase.QUEUED

    support = story.customer_calls("carl", "800")
    story.goes_available("carol")

    assert support.ringing == {"alice"}
    assert billing.ringing == {"carol"}


def test_an_agent_of_two_queues_takes_the_customer_who_waited_longest() -> None:
    story = contact_centre(available="", directory=site(support="alice", billing="alice"))
    billing = story.customer_calls("cora", "801")
    story.now += 1
    support = story.customer_calls("carl", "800")

    story.goes_available("alice")

    assert billing.ringing == {"alice"}
    assert support.phase is Phase.QUEUED
    assert story.desk("alice") is DeskState.OFFERED


def refused_transfer(available: str) -> Story:
    """Bob would not take Cora over; Alice wraps up."""
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK))
    for who in available.split():
        story.goes_available(who)
    story.presses("alice", "transfer")
    story.presses("bob", "decline-transfer")
    return story


def test_a_customer_whom_an_agent_would_not_take_over_is_not_offered_to_that_agent_again() -> None:
    story = refused_transfer("")

    assert story.desk("bob") is DeskState.AVAILABLE
    assert story.contact.phase is Phase.QUEUED
    story.presses("alice", "wrap-up")
    assert story.contact.ringing == {"alice"}


def test_a_customer_whom_an_agent_would_not_take_over_comes_back_to_them_if_nobody_else_serves_the_queue() -> None:
    story = refused_transfer("")
    story.logs_off("alice")

    story.presses("alice", "wrap-up")

    assert story.contact.ringing == {"bob"}


def test_an_agent_is_not_given_two_customers() -> None:
    story = contact_centre(available="")
    first, second = story.customer_calls("cora"), story.customer_calls("carl")

    story.goes_available("alice")

    assert first.ringing == {"alice"}
    assert second.phase is Phase.QUEUED


def test_an_agent_on_a_call_is_given_nobody() -> None:
    story = connected(available="alice")

    second = story.customer_calls("carl")

    assert second.phase is Phase.QUEUED


def test_a_consulted_agent_is_given_nobody() -> None:
    story = connected()
    story.presses("alice", "consult", to="bob")

    second = story.customer_calls("carl")

    assert second.phase is Phase.QUEUED
    assert story.desk("bob") is DeskState.OFFERED


@pytest.mark.parametrize("how", ["telephone lost", "lets the ring-back pass", "transfer declined"])
def test_how_long_a_customer_waits_does_not_count_what_they_talked_before(how: str) -> None:
    policy = Policy(transfer_acceptance=TransferAcceptance.ASK, owner_hang_up=OwnerHangUp.RING_BACK, ring_back_seconds=20)
    story = consulting(policy)
    story.seconds_pass(2400)
    lost_at = story.now
    match how:
        case "telephone lost":
            story.goes_idle("bob")
            story.hangs_up("alice", EndCause.FAILED)
        case "lets the ring-back pass":
            story.goes_idle("bob")
            story.hangs_up("alice")
            story.seconds_pass(20)
        case _:
            story.presses("alice", "transfer")
            story.goes_idle("bob")
            story.seconds_pass(5)
            story.presses("bob", "decline-transfer")

    assert story.contact.phase is Phase.QUEUED
    assert story.contact.now.waits_since == lost_at
    assert story.contact.now.waiting_since <= lost_at - 2400, "the place in the line is that of the arrival"


def test_a_customer_whom_nobody_has_answered_yet_waits_since_they_came() -> None:
    story = contact_centre(Policy(offer_seconds=20))
    contact = story.customer_calls()
    came_at = story.now

    story.seconds_pass(45)

    assert contact.phase is Phase.QUEUED
    assert contact.now.waits_since == came_at

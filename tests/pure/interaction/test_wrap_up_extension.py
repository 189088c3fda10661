"""Rule 23: a wrap-up can be extended where the site allows it, and is owed by every owner however the call left them."""

import pytest

from controller.directory.ids import QueueId, ReasonId
from controller.directory.policy import OwnerHangUp, Policy, WrapUpExtension
from controller.directory.replace import replace
from controller.interaction.facts import EndCause
from controller.interaction.notices import WrapUpAsked
from controller.routing.desk import DeskState
from tests.pure.interaction.situations import transferring
from tests.pure.story import Story, connected, consulting, contact_centre, site

ONCE = Policy(wrap_up_seconds=120, wrap_up_extension=WrapUpExtension.ONCE, wrap_up_extension_seconds=60)
UNLIMITED = Policy(wrap_up_seconds=120, wrap_up_extension=WrapUpExtension.UNLIMITED)


def wrapping_up(policy: Policy | None = None) -> Story:
    """Cora has hung up, and Alice owes a reason."""
    story = connected(policy)
    story.hangs_up("cora")
    return story


def test_a_site_that_gives_no_more_time_says_so() -> None:
    story = wrapping_up()

    assert story.contact.can("alice") == {"wrap-up"}
    assert story.refuses("alice", "extend-wrap-up") == "not-now"
    assert story.because == "This site gives no more time for a wrap-up."


def test_once_it_takes_so_many_seconds_longer() -> None:
    story = wrapping_up(ONCE)
    story.seconds_pass(100)

    story.presses("alice", "extend-wrap-up")
    story.seconds_pass(79)
    assert story.contact.owes_wrap_up == {"alice"}
    story.seconds_pass(1)

    assert story.contact.wrapped_up == {"alice": "resolved"}
    assert story.desk("alice") is DeskState.AVAILABLE


def test_a_second_time_is_refused_where_it_is_given_once() -> None:
    story = wrapping_up(ONCE)
    story.presses("alice", "extend-wrap-up")

    assert story.contact.can("alice") == {"wrap-up"}
    assert story.refuses("alice", "extend-wrap-up") == "not-now"
    assert story.because == "You have been given more time already."


def test_unlimited_it_takes_until_the_reason_is_given_over_a_restart_too() -> None:
    story = wrapping_up(UNLIMITED)
    story.presses("alice", "extend-wrap-up")
    story.controller_is_started_again()

    story.seconds_pass(36_000)
    assert story.desk("alice") is DeskState.WRAP_UP
    assert story.refuses("alice", "extend-wrap-up") == "not-now"
    story.presses("alice", "wrap-up", reason="follow-up")

    assert story.contact.is_over
    assert story.desk("alice") is DeskState.AVAILABLE


def test_it_is_extended_while_asterisk_is_away_for_no_telephone_is_needed() -> None:
    story = wrapping_up(ONCE)
    story.switch_is_lost()

    story.presses("alice", "extend-wrap-up")
    story.seconds_pass(179)

    assert story.contact.owes_wrap_up == {"alice"}


def test_only_who_owes_a_reason_is_given_more_time() -> None:
    story = wrapping_up(ONCE)
    story.presses("alice", "wrap-up")
    assert story.refuses("alice", "extend-wrap-up") == "unknown-interaction", "it is over"

    story = consulting(ONCE)
    assert story.refuses("alice", "extend-wrap-up") == "not-now"
    assert story.refuses("bob", "extend-wrap-up") == "not-permitted"
    assert story.refuses("sam", "extend-wrap-up") == "not-permitted"


def test_each_of_two_owners_is_given_their_own_time() -> None:
    story = consulting(ONCE)
    story.presses("alice", "transfer")
    story.presses("alice", "extend-wrap-up")
    story.hangs_up("cora")

    story.seconds_pass(120)

    assert story.contact.owes_wrap_up == {"alice"}
    assert story.contact.wrapped_up == {"bob": "resolved"}


def test_a_new_owner_who_has_the_customer_again_is_given_time_anew() -> None:
    story = transferring(ONCE)
    story.presses("alice", "extend-wrap-up")
    story.hangs_up("bob", EndCause.BUSY)
    story.answers("alice")
    story.presses("alice", "end")

    story.presses("alice", "extend-wrap-up")

    assert story.contact.owes_wrap_up == {"alice"}


@pytest.mark.parametrize("how", ["lets it ring", "decline", "lost", "customer", "supervisor"])
def test_an_owner_who_is_rung_back_and_is_not_with_the_customer_again_owes_a_reason(how: str) -> None:
    story = connected(Policy(owner_hang_up=OwnerHangUp.RING_BACK))
    cora = story.contact
    story.hangs_up("alice")
    assert cora.owes_wrap_up == set(), "not yet"

    match how:
        case "lets it ring":
            story.seconds_pass(20)
        case "decline":
            story.presses("alice", "decline")
        case "lost":
            story.hangs_up("alice", EndCause.FAILED)
        case "customer":
            story.hangs_up("cora")
        case _:
            story.presses("sam", "end")

    assert cora.owes_wrap_up == {"alice"}
    assert len(story.told(WrapUpAsked)) == 1


# --- In another queue by then -------------------------------------------------------------------------------------------


def transferred_to_billing(policy: Policy, of_billing: Policy) -> Story:
    """Alice, who served Support, has transferred Cora to the queue Billing, where something else holds."""
    here = site(policy)
    billing = replace(here.queues[QueueId("billing")], policy=replace(of_billing, wrap_up_default=ReasonId("follow-up")))
    story = contact_centre(directory=replace(here, queues={**here.queues, billing.id: billing}))
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "transfer", to="queue:billing")
    return story


def test_the_default_of_the_queue_that_an_agent_served_is_noted_also_where_the_customer_is_in_another_one_by_then() -> None:
    story = transferred_to_billing(Policy(), Policy())

    story.seconds_pass(Policy().wrap_up_seconds)

    (wrap_up,) = story.contact.now.wrap_ups
    assert (wrap_up.reason, wrap_up.by_deadline) == ("resolved", True)


def test_the_extension_of_the_queue_that_an_agent_served_holds_also_where_the_customer_is_in_another_one_by_then() -> None:
    story = transferred_to_billing(ONCE, Policy())

    story.presses("alice", "extend-wrap-up")

    assert story.contact.owes_wrap_up == {"alice"}
    story.seconds_pass(ONCE.wrap_up_seconds + 59)
    assert story.contact.owes_wrap_up == {"alice"}
    story.seconds_pass(1)
    assert story.contact.owes_wrap_up == set()


def test_a_queue_without_an_extension_gives_none_also_where_the_customer_is_in_one_that_does_by_then() -> None:
    story = transferred_to_billing(Policy(), UNLIMITED)

    assert story.refuses("alice", "extend-wrap-up") == "not-now"


def test_of_a_reason_that_an_older_version_asked_for_what_holds_for_the_customer_now_holds() -> None:
    story = transferred_to_billing(Policy(), Policy())
    interaction = story.contact.now
    (owed,) = interaction.wrap_ups

    assert interaction.policy_of(replace(owed, policy=None)) == interaction.policy

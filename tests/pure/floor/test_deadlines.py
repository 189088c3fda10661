"""The moments that interactions wait for."""

from controller.directory.ids import AgentId
from controller.directory.policy import Policy, TransferAcceptance
from controller.interaction.facts import DeadlinePassed, Why
from tests.pure.story import NINE_O_CLOCK, connected, consult_offered, consulting, contact_centre


def test_nothing_is_waited_for_where_nothing_happens() -> None:
    story = contact_centre()

    assert story.floor.next_deadline_at() is None
    assert story.floor.due(NINE_O_CLOCK + 1e9) is None


def test_the_next_moment_is_the_earliest() -> None:
    story = contact_centre(Policy(offer_seconds=20))
    story.customer_calls("cora")
    first = story.now + 20
    story.now += 5
    story.customer_calls("carl")

    assert story.floor.next_deadline_at() == first


def test_a_moment_is_due_neither_early_nor_twice() -> None:
    story = contact_centre(Policy(offer_seconds=20))
    contact = story.customer_calls()

    assert story.floor.due(story.now + 19.9) is None
    assert story.floor.due(story.now + 20) == DeadlinePassed(interaction=contact.id, why=Why.OFFER_UNANSWERED)
    assert story.floor.due(story.now + 20) is None


def test_a_moment_that_is_no_longer_waited_for_is_forgotten() -> None:
    story = consult_offered()
    story.presses("alice", "cancel-consult")
    story.hangs_up("cora")
    story.presses("alice", "wrap-up")

    assert story.floor.due(story.now + 3600) is None


def test_a_second_consult_has_its_own_time() -> None:
    story = consult_offered(Policy(consult_seconds=30))
    story.seconds_pass(20)
    story.presses("alice", "cancel-consult")
    story.presses("alice", "consult", to="bob")

    story.seconds_pass(20)

    assert story.contact.ringing == {"bob"}
    story.seconds_pass(10)
    assert story.contact.ringing == set()


def test_a_moment_that_came_too_late_to_matter_changes_nothing() -> None:
    story = connected()
    before = story.contact.now

    story.take(DeadlinePassed(interaction=story.contact.id, why=Why.OFFER_UNANSWERED))

    assert story.contact.now is before


def test_a_wrap_up_that_is_over_matters_only_while_it_is_owed() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("alice", "wrap-up", reason="follow-up")
    passed = DeadlinePassed(interaction=story.contact.id, why=Why.WRAP_UP_OVER, agent=AgentId("alice"))
    before = story.contact.now

    story.take(passed)

    assert story.contact.now is before


def test_two_wrap_ups_of_one_interaction_end_each_in_its_own_time() -> None:
    story = consulting(Policy(wrap_up_seconds=100))
    story.presses("alice", "transfer")
    story.seconds_pass(50)
    story.hangs_up("cora")

    story.seconds_pass(50)
    assert story.contact.owes_wrap_up == {"bob"}
    story.seconds_pass(50)

    assert story.contact.is_over


def test_a_wrap_up_runs_while_a_transfer_is_asked() -> None:
    story = consulting(Policy(transfer_acceptance=TransferAcceptance.ASK, wrap_up_seconds=10, transfer_seconds=20))
    story.presses("alice", "transfer")

    story.seconds_pass(10)

    assert story.contact.wrapped_up == {"alice": "resolved"}
    assert story.contact.can("bob") == {"accept-transfer", "decline-transfer"}

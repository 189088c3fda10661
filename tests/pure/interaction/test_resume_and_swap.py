"""Agent 1 goes back and forth between the customer and the colleague."""

from controller.directory.policy import Policy
from controller.interaction.interaction import Phase
from tests.pure.story import consult_held, consult_offered, consulting


def test_resuming_the_customer_parks_the_colleague() -> None:
    story = consulting()

    story.presses("alice", "resume")

    assert story.contact.phase is Phase.CONSULT_HELD
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.on_music == {"bob"}


def test_swapping_from_the_colleague_is_resuming() -> None:
    story = consulting()

    story.presses("alice", "swap")

    assert story.contact.phase is Phase.CONSULT_HELD
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.on_music == {"bob"}


def test_swapping_back_parks_the_customer() -> None:
    story = consult_held()

    story.presses("alice", "swap")

    assert story.contact.phase is Phase.CONSULTING
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}


def test_a_swap_works_at_every_press() -> None:
    story = consulting()

    for press in range(1, 11):
        story.presses("alice", "swap")
        parked = {"bob"} if press % 2 else {"cora"}
        assert story.contact.on_music == parked
        assert story.contact.talking == {"alice", "bob", "cora"} - parked


def test_the_customer_is_resumed_while_the_colleagues_telephone_rings_on() -> None:
    story = consult_offered()

    story.presses("alice", "resume")

    assert story.contact.phase is Phase.CONSULT_HELD
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.ringing == {"bob"}


def test_a_colleague_who_answers_while_the_customer_talks_waits_with_music() -> None:
    story = consult_offered()
    story.presses("alice", "resume")

    story.answers("bob")

    assert story.contact.phase is Phase.CONSULT_HELD
    assert story.contact.talking == {"cora", "alice"}
    assert story.contact.on_music == {"bob"}
    assert story.contact.now.news == "Bob Durand has answered and waits for you."
    story.presses("alice", "swap")
    assert story.contact.talking == {"alice", "bob"}


def test_a_colleague_who_waits_with_music_is_not_withdrawn_when_the_ringing_would_have_ended() -> None:
    story = consult_offered(Policy(consult_seconds=30))
    story.presses("alice", "resume")
    story.answers("bob")

    story.seconds_pass(3600)

    assert story.contact.on_music == {"bob"}


def test_that_a_waiting_colleague_answered_is_told_once() -> None:
    story = consult_offered()
    story.presses("alice", "resume")
    story.answers("bob")
    before = story.contact.now

    story.answers("bob")

    assert story.contact.now is before


def test_going_back_and_forth_does_not_make_the_ringing_longer() -> None:
    story = consult_offered(Policy(consult_seconds=30))
    for _ in range(4):
        story.seconds_pass(5)
        story.presses("alice", "resume")
        story.seconds_pass(2)
        story.presses("alice", "swap")
        assert story.contact.phase is Phase.CONSULT_OFFERED
        assert story.contact.on_music == {"cora"}

    story.seconds_pass(2)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.now.news == "Bob Durand did not answer."


def test_a_colleague_who_lets_it_ring_beside_the_customer_is_given_up() -> None:
    story = consult_offered(Policy(consult_seconds=30))
    story.presses("alice", "resume")

    story.seconds_pass(30)

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}


def test_a_colleague_who_declines_beside_the_customer_changes_nothing_for_the_customer() -> None:
    story = consult_offered()
    story.presses("alice", "resume")

    story.presses("bob", "decline")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}


def test_a_parked_colleague_may_neither_accept_nor_decline_what_was_answered() -> None:
    story = consult_held()

    assert story.refuses("bob", "decline") == "not-now"
    assert story.refuses("bob", "accept") == "not-now"
    assert story.because == "You have answered already."


def test_a_ringing_colleague_has_no_consult_to_leave() -> None:
    story = consult_offered()
    story.presses("alice", "resume")

    assert story.refuses("bob", "leave-consult") == "not-now"
    assert story.because == "You have not answered yet: decline instead."


def test_a_ringing_colleague_is_neither_given_the_customer_nor_brought_into_a_conference() -> None:
    story = consult_offered()
    story.presses("alice", "resume")

    assert story.refuses("alice", "transfer") == "not-now"
    assert story.refuses("alice", "conference") == "not-now"
    assert story.because == "Bob Durand has not answered yet."


def test_the_colleague_never_resumes_or_swaps() -> None:
    for begin in (consulting, consult_held):
        story = begin()
        for button in ("resume", "swap", "hold", "end-consult"):
            assert story.refuses("bob", button) == "not-permitted"

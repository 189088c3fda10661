"""The owner parks the customer on music and takes them back."""

from controller.interaction.interaction import Phase
from tests.pure.story import connected


def test_a_customer_on_hold_hears_music_and_the_owner_hears_nobody() -> None:
    story = connected()

    story.presses("alice", "hold")

    assert story.contact.phase is Phase.HELD
    assert story.contact.on_music == {"cora"}
    assert story.contact.talking == {"alice"}


def test_a_resumed_customer_talks_with_the_owner() -> None:
    story = connected()
    story.presses("alice", "hold")

    story.presses("alice", "resume")

    assert story.contact.phase is Phase.CONNECTED
    assert story.contact.talking == {"cora", "alice"}


def test_a_held_customer_cannot_be_hung_up_on_by_mistake() -> None:
    story = connected()
    story.presses("alice", "hold")

    assert story.refuses("alice", "end") == "not-now"
    assert "resume" in story.because


def test_a_held_customer_is_not_held_again() -> None:
    story = connected()
    story.presses("alice", "hold")

    assert story.refuses("alice", "hold") == "not-now"
    assert story.because == "The customer is on hold already."


def test_a_talking_customer_is_not_resumed() -> None:
    story = connected()

    assert story.refuses("alice", "resume") == "not-now"


def test_a_consult_may_begin_while_the_customer_is_held_already() -> None:
    story = connected()
    story.presses("alice", "hold")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")

    assert story.contact.phase is Phase.CONSULTING
    assert story.contact.talking == {"alice", "bob"}
    assert story.contact.on_music == {"cora"}

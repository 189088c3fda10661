"""What an agent does with their own microphone and keypad."""

import pytest

from controller.directory.policy import OwnerHangUp, Policy
from controller.interaction.layout import layout
from controller.interaction.notices import DigitsPressed
from controller.interaction.parties import parties
from controller.interaction.steps.owner import DIGITS_MAX
from tests.pure.story import Story, conference, connected, consult_held, consulting


def muted(story: Story) -> set[str]:
    """Whose legs the switch is to mute."""
    legs = {place.leg for place in layout(story.contact.now).places if place.muted}
    return {who for who in ("alice", "bob", "cora") if any(p.leg in legs and who in (p.agent, p.name) for p in parties(story.contact.now))}


def test_each_agent_mutes_only_themselves() -> None:
    story = conference()
    story.presses("bob", "mute")
    assert muted(story) == {"bob"}

    story.presses("alice", "mute")
    story.presses("bob", "unmute")

    assert muted(story) == {"alice"}
    assert story.contact.talking == {"cora", "alice", "bob"}


def test_who_is_muted_is_offered_unmute_only() -> None:
    story = connected()
    assert "mute" in story.contact.can("alice")
    assert "unmute" not in story.contact.can("alice")
    story.presses("alice", "mute")
    assert "mute" not in story.contact.can("alice")
    assert "unmute" in story.contact.can("alice")

    assert story.refuses("alice", "mute") == "not-now"
    story.presses("alice", "unmute")
    assert story.refuses("alice", "unmute") == "not-now"


def test_who_is_muted_stays_muted_through_a_hold_and_a_consult() -> None:
    story = connected()
    story.presses("alice", "mute")
    story.presses("alice", "hold")
    story.presses("alice", "consult", to="bob")
    story.answers("bob")
    assert muted(story) == {"alice"}

    story.presses("alice", "unmute")

    assert muted(story) == set()


def test_a_muted_colleague_who_becomes_the_owner_can_unmute() -> None:
    story = consulting()
    story.presses("bob", "mute")
    story.presses("alice", "transfer")
    assert muted(story) == {"bob"}

    story.presses("bob", "unmute")

    assert muted(story) == set()


def test_an_owner_who_is_rung_back_is_not_muted() -> None:
    story = connected(Policy(owner_hang_up=OwnerHangUp.RING_BACK))
    story.presses("alice", "mute")
    story.hangs_up("alice")
    story.answers("alice")

    assert muted(story) == set()


def pressed(story: Story, digits: str = "42#") -> str:
    """Who hears the keys that Alice presses."""
    before = story.contact.now
    story.presses("alice", "dtmf", digits=digits)
    assert story.contact.now is before, "pressing keys moves nobody"
    last = story.told(DigitsPressed)[-1]
    assert isinstance(last, DigitsPressed)
    assert last.digits == digits
    return next(str(p.agent or p.name) for p in parties(story.contact.now) if p.leg == last.leg)


def test_keys_are_heard_by_whoever_the_owner_talks_with() -> None:
    assert pressed(connected()) == "cora"
    assert pressed(consulting()) == "bob"
    assert pressed(consult_held()) == "cora"
    assert pressed(conference()) == "cora"


@pytest.mark.parametrize("digits", ["", "e", "12 34", "+33", "1" * (DIGITS_MAX + 1), "é", "a"])
def test_what_is_on_no_keypad_is_refused(digits: str) -> None:
    story = connected()

    assert story.refuses("alice", "dtmf", digits=digits) == "bad-target"


@pytest.mark.parametrize("digits", ["0123456789*#ABCD", "1" * DIGITS_MAX, "#"])
def test_what_is_on_the_keypad_is_pressed(digits: str) -> None:
    assert pressed(connected(), digits) == "cora"


def test_the_colleague_presses_no_keys() -> None:
    assert consulting().refuses("bob", "dtmf") == "not-permitted"

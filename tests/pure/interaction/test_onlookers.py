"""Supervisors, strangers, and people who look at what has changed meanwhile."""

import pytest

from controller.directory.ids import AgentId, InteractionId
from controller.interaction.advance import take_command
from controller.interaction.commands import EndInteraction
from controller.interaction.facts import LegHeld
from controller.interaction.interaction import Phase
from controller.interaction.refusals import NotPermitted
from tests.pure.interaction.situations import BEGINNINGS, who_wraps_up
from tests.pure.story import Contact, Story, conference, connected, consulting, contact_centre, site


@pytest.mark.parametrize("phase", BEGINNINGS)
def test_a_supervisor_who_is_no_party_may_end_it_at_any_time(phase: str) -> None:
    story = BEGINNINGS[phase]()
    assert story.contact.can("sam") == {"end"}

    story.presses("sam", "end")

    assert story.contact.phase is Phase.ENDED
    assert story.contact.owes_wrap_up == who_wraps_up(phase)
    assert story.contact.can("sam") == set()


@pytest.mark.parametrize("button", ["hold", "resume", "mute", "wrap-up", "transfer", "leave-consult"])
def test_a_supervisor_does_nothing_else(button: str) -> None:
    story = connected()

    assert story.refuses("sam", button) == "not-permitted"
    assert story.because == "You are not on this call."


def test_a_supervisor_does_not_end_what_has_ended() -> None:
    story = connected()
    story.hangs_up("cora")

    assert story.refuses("sam", "end") == "not-now"


def test_a_supervisor_who_was_consulted_is_a_party_like_any_other() -> None:
    story = contact_centre(available="alice sam")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="sam")
    story.answers("sam")

    assert story.contact.can("sam") == {"leave-consult", "mute"}
    assert story.refuses("sam", "end") == "not-permitted"
    story.presses("sam", "leave-consult")
    assert story.contact.can("sam") == {"end"}


@pytest.mark.parametrize("button", ["end", "hold", "wrap-up", "consult"])
def test_somebody_elses_interaction_is_not_to_be_seen(button: str) -> None:
    story = connected()

    assert story.refuses("bob", button) == "unknown-interaction"


def test_an_interaction_that_never_was_is_not_to_be_seen_either() -> None:
    story = connected()

    assert story.refuses("alice", "end", of=Contact(story, InteractionId("nonesuch"))) == "unknown-interaction"


def test_somebody_whom_the_site_does_not_know_sees_nothing() -> None:
    story = connected()

    assert story.refuses("mallory", "end") == "unknown-interaction"


def test_a_colleague_who_has_left_has_nothing_to_do_with_it_any_more() -> None:
    story = consulting()
    story.presses("bob", "leave-consult")

    assert story.contact.can("bob") == set()
    assert story.refuses("bob", "leave-consult") == "unknown-interaction"


def test_a_customer_has_no_desktop() -> None:
    story = connected()
    end = EndInteraction(agent=AgentId("cora"), interaction=story.contact.id)

    with pytest.raises(NotPermitted, match="You are not on this call"):
        take_command(story.contact.now, end, story.now)


def test_a_command_that_names_the_revision_it_saw_is_done() -> None:
    story = connected()

    story.presses("alice", "hold", revision=story.contact.now.revision)

    assert story.contact.phase is Phase.HELD


def test_a_command_about_what_has_changed_meanwhile_is_refused_as_stale() -> None:
    story = consulting()
    seen = story.contact.now.revision
    story.presses("alice", "resume", revision=seen)

    assert story.refuses("alice", "transfer", revision=seen) == "stale"
    assert story.contact.phase is Phase.CONSULT_HELD


@pytest.mark.parametrize("button", ["hold", "consult"])
def test_a_second_press_is_stale_whatever_it_would_have_been_told(button: str) -> None:
    story = connected()
    seen = story.contact.now.revision
    story.presses("alice", button, revision=seen)

    assert story.refuses("alice", button, revision=seen) == "stale"


def test_what_somebody_may_never_do_is_refused_as_such_however_old_their_view() -> None:
    story = consulting()

    assert story.refuses("bob", "resume", revision=1) == "not-permitted"


def test_every_change_is_a_new_revision() -> None:
    story = consulting()
    before = story.contact.now.revision

    story.hangs_up("bob")

    assert story.contact.now.revision == before + 1


def handed_over_by_a_supervisor() -> Story:
    """Sam, a supervisor, has handed Cora over to Bob and owes a wrap-up reason."""
    story = contact_centre(directory=site(support="sam bob"), available="sam bob")
    story.customer_calls()
    story.answers("sam")
    story.presses("sam", "consult", to="bob")
    story.answers("bob")
    story.presses("sam", "transfer")
    return story


def test_a_supervisor_who_handed_the_call_over_may_end_it_and_give_the_reason() -> None:
    story = handed_over_by_a_supervisor()
    assert story.contact.can("sam") == {"end", "wrap-up"}

    story.presses("sam", "end")

    assert story.contact.phase is Phase.ENDED
    assert story.refuses("sam", "end") == "not-now"
    story.presses("sam", "wrap-up")


def test_a_supervisor_who_handed_the_call_over_and_wrapped_up_may_end_it() -> None:
    story = handed_over_by_a_supervisor()
    story.presses("sam", "wrap-up")

    story.presses("sam", "end")

    assert story.contact.phase is Phase.ENDED


def test_a_supervisor_on_the_call_has_the_rights_of_their_part_in_it() -> None:
    story = contact_centre(directory=site(support="alice sam"), available="alice sam")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="sam")
    story.answers("sam")

    assert story.refuses("sam", "end") == "not-permitted"


def test_a_hold_key_that_changes_what_its_agent_may_do_is_a_new_revision() -> None:
    story = consulting()
    before = story.contact.now.revision

    story.presses_hold_key("alice")

    assert story.contact.now.revision == before + 1


def test_a_hold_key_that_shows_to_nobody_makes_no_click_stale() -> None:
    story = consulting()
    seen = story.contact.now.revision

    for _ in range(5):
        story.presses_hold_key("cora")
        story.releases_hold_key("cora")
    story.presses_hold_key("cora")

    assert story.contact.party("cora").phone_on_hold
    story.presses("alice", "swap", revision=seen)


def test_a_hold_key_that_shows_to_nobody_is_told_to_nobody_and_remembered_all_the_same() -> None:
    story = consulting()

    outcome = story.take(LegHeld(leg=story.leg_of("cora")))

    assert (outcome.changes, outcome.desks, outcome.queues) == ((), (), ())
    assert outcome.unseen


def test_a_hold_key_after_which_nobody_hears_the_customer_is_a_new_revision() -> None:
    story = conference()
    story.presses_hold_key("alice")
    before = story.contact.now.revision
    assert story.contact.talking >= {"cora"}

    story.presses_hold_key("bob")

    assert story.contact.on_music == {"cora"}
    assert story.contact.now.revision == before + 1

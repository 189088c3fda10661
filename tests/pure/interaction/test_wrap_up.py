"""The reason that an owner gives afterwards, or that is noted when their time is over."""

from controller.directory.policy import Policy
from controller.interaction.interaction import Phase
from controller.interaction.notices import WrapUpAsked
from controller.routing.desk import DeskState
from tests.pure.story import conference, connected, consulting


def test_the_owner_gives_a_reason_and_takes_calls_again() -> None:
    story = connected()
    story.presses("alice", "end")
    assert story.contact.phase is Phase.ENDED
    assert len(story.told(WrapUpAsked)) == 1
    assert story.contact.can("alice") == {"wrap-up"}

    story.presses("alice", "wrap-up", reason="follow-up", note="send the contract")

    assert story.contact.wrapped_up == {"alice": "follow-up"}
    assert story.contact.now.wrap_ups[0].note == "send the contract"
    assert story.contact.is_over
    assert story.desk("alice") is DeskState.AVAILABLE


def test_an_agent_who_wraps_up_is_given_no_customer_and_then_the_one_who_waits() -> None:
    story = connected(available="alice")
    first = story.contact
    story.hangs_up("cora")
    second = story.customer_calls("carl")
    assert second.is_in(Phase.QUEUED)

    story.presses("alice", "wrap-up", of=first)

    assert second.ringing == {"alice"}


def test_the_sites_reason_is_noted_when_nobody_gives_one_in_time() -> None:
    story = connected(Policy(wrap_up_seconds=120))
    story.hangs_up("cora")
    story.seconds_pass(119)
    assert story.desk("alice") is DeskState.WRAP_UP

    story.seconds_pass(1)

    assert story.contact.wrapped_up == {"alice": "resolved"}
    assert story.contact.now.wrap_ups[0].by_deadline
    assert story.desk("alice") is DeskState.AVAILABLE


def test_a_reason_given_in_time_is_not_overwritten_when_the_time_is_over() -> None:
    story = consulting()
    story.presses("alice", "transfer")
    story.presses("alice", "wrap-up", reason="follow-up")

    story.seconds_pass(3600)

    assert story.contact.wrapped_up == {"alice": "follow-up"}


def test_a_reason_that_the_site_does_not_have_is_refused() -> None:
    story = connected()
    story.hangs_up("cora")

    assert story.refuses("alice", "wrap-up", reason="bored") == "bad-target"
    assert story.because == "There is no wrap-up reason 'bored'; there are: resolved, follow-up."


def test_nobody_wraps_up_what_has_not_ended() -> None:
    story = connected()

    assert story.refuses("alice", "wrap-up") == "not-now"
    assert story.because == "The interaction has not ended yet."


def test_a_reason_is_given_once() -> None:
    story = connected()
    story.hangs_up("cora")
    story.presses("alice", "wrap-up")

    assert story.refuses("alice", "wrap-up") == "unknown-interaction"


def test_the_consulted_agent_is_never_asked() -> None:
    for begin in (consulting, conference):
        story = begin()
        story.presses("bob", "leave-consult" if story.contact.phase is Phase.CONSULTING else "leave-conference")
        story.hangs_up("cora")

        assert story.contact.owes_wrap_up == {"alice"}
        assert story.desk("bob") is DeskState.AVAILABLE


def test_the_agent_who_left_a_conference_wraps_up_at_once_and_the_other_at_the_end() -> None:
    story = conference()
    story.presses("alice", "leave-conference")
    assert story.contact.owes_wrap_up == {"alice"}

    story.hangs_up("cora")

    assert story.contact.owes_wrap_up == {"alice", "bob"}


def test_wrapping_up_needs_no_telephone_switch() -> None:
    story = connected()
    story.hangs_up("cora")
    story.switch_is_lost()

    story.presses("alice", "wrap-up")

    assert story.desk("alice") is DeskState.AVAILABLE

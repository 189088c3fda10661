"""Which frames a step means: found by whom it concerns, however many listen."""

from collections.abc import Iterator

from controller.desktop.telling import tell
from controller.desktop.view_cache import ViewCache, WaitingConsults
from controller.directory.ids import THE_SWITCH, AgentId, LegId
from controller.directory.targets import Target
from controller.floor.outcome import Outcome
from controller.interaction.facts import AgentDialled, BlindTransferAsked
from controller.routing.commands import GoIdle
from tests.pure.story import Story, conference, connected, contact_centre, target


class Everybody(set[AgentId]):
    """Listeners of whom one can be asked for and whom nobody may walk over."""

    def __iter__(self) -> Iterator[AgentId]:
        raise AssertionError("a step that concerns three looks at everybody who listens")


def test_a_step_is_told_to_whom_it_concerns_without_a_look_at_all_listeners() -> None:
    story = connected()
    listeners = Everybody([AgentId("alice"), AgentId("bob"), AgentId("sam")])
    outcome = story.presses("alice", "hold")

    told = [(frame.to, frame.kind) for frame in tell(outcome, story.floor, listeners, ViewCache())]

    assert sorted(told) == [("alice", "interaction"), ("sam", "interaction")]


def test_two_supervisors_are_shown_the_same_picture() -> None:
    story = connected()
    story.floor.supervisors = frozenset({AgentId("sam"), AgentId("dave")})
    outcome = story.presses("alice", "hold")

    told = {frame.to: frame.value for frame in tell(outcome, story.floor, {AgentId("sam"), AgentId("dave")}, ViewCache())}

    assert told[AgentId("sam")] is told[AgentId("dave")]


def test_a_consult_that_waited_and_is_over_by_the_end_of_a_batch_is_nothing_to_stumble_over() -> None:
    story = contact_centre(available="alice carol dave")
    story.goes_idle("carol")
    story.goes_idle("dave")
    story.customer_calls()
    story.answers("alice")
    story.presses("alice", "consult", to="queue:billing")
    waiting = WaitingConsults(story.floor)

    first = story.says("carol", GoIdle, "lunch")
    story.hangs_up("cora")
    story.presses("alice", "wrap-up")

    assert story.contact.is_over
    assert first.queues
    assert list(waiting.moved(first, story.floor)) == []


def dials(telephone: str, digits: str, means: Target | None = None) -> AgentDialled:
    return AgentDialled(leg=LegId("d1"), telephone=telephone, dialled=digits, target=means, switch=THE_SWITCH)


def refusals(outcome: Outcome, story: Story) -> list[tuple[str, str]]:
    """Whom the desktops of these tell what, of what a telephone has asked for in vain."""
    listeners = {AgentId("alice"), AgentId("bob"), AgentId("sam")}
    return [(told.to, told.value) for told in tell(outcome, story.floor, listeners, ViewCache()) if told.kind == "refused"]


def test_an_agent_on_no_call_reads_why_a_code_that_they_have_dialled_is_not_done() -> None:
    story = contact_centre(available="alice")

    refused = story.take(dials("1001", "*91"))

    assert refusals(refused, story) == [("alice", '{"because":"You owe no wrap-up reason."}')]


def test_whoever_owns_a_call_reads_a_refusal_with_the_call_and_not_twice() -> None:
    story = connected()
    story.goes_idle("bob")

    refused = story.take(dials("1001", "1002", target("bob")))

    assert story.contact.now.news == "Bob Durand is idle."
    assert refusals(refused, story) == []


def test_a_member_whose_transfer_key_does_nothing_reads_why_not() -> None:
    story = conference()

    refused = story.take(BlindTransferAsked(leg=story.leg_of("bob"), dialled="1003", target=target("carol"), because=""))

    assert refusals(refused, story) == [("bob", '{"because":"Only the agent who owns the interaction may do this."}')]


def test_of_what_a_telephone_of_nobody_has_dialled_no_desktop_is_told() -> None:
    story = contact_centre(available="alice")

    refused = story.take(dials("9999", "1002"))

    assert refusals(refused, story) == []

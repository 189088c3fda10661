"""Which frames a step means: found by whom it concerns, however many listen."""

from collections.abc import Iterator

from controller.desktop.pictures import Pictures
from controller.desktop.telling import tell
from controller.directory.ids import AgentId
from tests.pure.story import connected


class Everybody(set[AgentId]):
    """Listeners of whom one can be asked for and whom nobody may walk over."""

    def __iter__(self) -> Iterator[AgentId]:
        raise AssertionError("a step that concerns three looks at everybody who listens")


def test_a_step_is_told_to_whom_it_concerns_without_a_look_at_all_listeners() -> None:
    story = connected()
    listeners = Everybody([AgentId("alice"), AgentId("bob"), AgentId("sam")])
    outcome = story.presses("alice", "hold")

    told = [(frame.to, frame.kind) for frame in tell(outcome, story.floor, listeners, Pictures())]

    assert sorted(told) == [("alice", "interaction"), ("sam", "interaction")]


def test_two_supervisors_are_shown_the_same_picture() -> None:
    story = connected()
    story.floor.supervisors = frozenset({AgentId("sam"), AgentId("dave")})
    outcome = story.presses("alice", "hold")

    told = {frame.to: frame.value for frame in tell(outcome, story.floor, {AgentId("sam"), AgentId("dave")}, Pictures())}

    assert told[AgentId("sam")] is told[AgentId("dave")]

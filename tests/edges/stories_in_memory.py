"""The record of steps as a test needs it: in memory, with the real steps, segments and pictures."""

from collections.abc import Callable
from typing import TypeVar

from controller.directory.ids import InteractionId, Seconds
from controller.floor.outcome import Outcome
from controller.floor.ports import Stories, StoryUnreadable
from controller.floor.segments import segments_of
from controller.floor.story import Story, StoryPicture, StoryStep
from controller.telemetry.steps import steps_of_outcome
from controller.telemetry.story_svg import story_picture

T = TypeVar("T")


class StoriesInMemory(Stories):
    """Records everything that it is told."""

    def __init__(self) -> None:
        self.steps: list[StoryStep] = []
        self.unreadable_because = ""
        """Not empty: the disk is broken."""
        self.read: list[InteractionId] = []
        """What was looked up."""

    def note(self, outcome: Outcome, now: Seconds) -> None:
        self.steps.extend(steps_of_outcome(outcome, now, kept=True))

    async def tell(self, interaction: InteractionId, until: Seconds | None, show: Callable[[Story], T]) -> T | None:
        self.read.append(interaction)
        if self.unreadable_because:
            raise StoryUnreadable(self.unreadable_because)
        steps = tuple(step for step in self.steps if step.interaction == interaction)
        return show(Story(steps=steps, segments=segments_of(steps, until))) if steps else None

    async def draw(self, interaction: InteractionId, until: Seconds | None) -> StoryPicture | None:
        return await self.tell(interaction, until, story_picture)

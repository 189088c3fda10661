"""A hold key that is pressed and released several times a second, told in a few steps: it must not push everybody's out of the record."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from controller.directory.ids import LegId, Seconds
from controller.directory.replace import replace
from controller.floor.story import StoryStep

QUICK_SECONDS = 2.0
"""Whoever waits longer before the key is pressed again means it."""
QUICK_TOLD_MAX = 4
"""So many quick ones of a leg are told one by one."""
TOGETHER_SECONDS = 10.0
"""How often the rest is told, together."""


@dataclass(slots=True)
class Flapping:
    """The hold keys of one interaction since anything else has happened to it."""

    _quick: dict[LegId, int] = field(default_factory=dict)
    _pressed_at: dict[LegId, Seconds] = field(default_factory=dict)
    _untold: list[StoryStep] = field(default_factory=list)
    """The first and the last step that were not told."""
    _untold_times: int = 0

    def pressed(self, leg: LegId, step: StoryStep) -> Iterator[StoryStep]:
        """A key was pressed or released: gives what is to be recorded."""
        is_quick = step.at - self._pressed_at.get(leg, step.at - QUICK_SECONDS) < QUICK_SECONDS
        self._pressed_at[leg] = step.at
        self._quick[leg] = self._quick.get(leg, 0) + 1 if is_quick else 0
        if self._quick[leg] < QUICK_TOLD_MAX:
            yield from self.ended()
            yield step
            return
        self._untold = [*self._untold[:1], step]
        self._untold_times += 1
        if step.at - self._untold[0].at >= TOGETHER_SECONDS:
            yield from self.ended()

    def ended(self) -> Iterator[StoryStep]:
        """Give what was not told, as one step."""
        if self._untold:
            first, last = self._untold[0], self._untold[-1]
            again = f"{last.input}: hold keys were pressed or released {self._untold_times} times in {last.at - first.at:.0f} s"
            yield replace(last, before=first.before, input=again if self._untold_times > 1 else last.input)
            self._untold, self._untold_times = [], 0

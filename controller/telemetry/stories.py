"""The story of an interaction, read from the record of steps."""

from pathlib import Path

from controller.directory.ids import Seconds
from controller.floor.segments import segments_of
from controller.floor.story import Story
from controller.telemetry.step_file import steps_of


def read_story(folder: Path, interaction: str, *, until: Seconds | None = None, steps_max: int | None = None) -> Story | None:
    """Tell what is recorded of an interaction; None: nothing is. `until`: see `segments_of`; `steps_max`: the newest so many.

    Raises OSError when the files can't be read.
    """
    steps = steps_of(folder, interaction, steps_max)
    if not steps:
        return None
    return Story(steps=tuple(steps), segments=segments_of(steps, until), is_partial=steps[0].before is not None)

"""Reads stories for desktops in one thread of its own, so that no call waits for it, with a limit on how many are read and for how long."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from controller.directory.ids import InteractionId, Seconds
from controller.floor.ports import StoryUnreadable
from controller.floor.story import Story, StoryPicture
from controller.telemetry.stories import read_story
from controller.telemetry.story_svg import story_picture

STEPS_MAX = 500
"""Of one story, the newest: thirty times as many as a consult call has. Writing them as JSON keeps others from computing for 10 ms."""
READINGS_MAX = 16
"""That wait or are under way; whoever asks for one more is told to come again."""
READING_SECONDS_MAX: Seconds = 5.0
"""How long somebody waits for a disk that does not answer."""

T = TypeVar("T")


class StoryReader:
    """The stories of one journal's folder: see `floor.ports.Stories`."""

    def __init__(self, folder: Path, *, seconds_max: Seconds = READING_SECONDS_MAX) -> None:
        self._folder = folder
        self._seconds_max = seconds_max
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="stories")
        self._readings: list[Future[Any]] = []

    async def tell(self, interaction: InteractionId, until: Seconds | None, show: Callable[[Story], T]) -> T | None:
        """See `floor.ports.Stories`."""

        def told() -> T | None:
            story = read_story(self._folder, interaction, until=until, steps_max=STEPS_MAX)
            return show(story) if story is not None else None

        return await self._in_thread(told)

    async def draw(self, interaction: InteractionId, until: Seconds | None) -> StoryPicture | None:
        """See `floor.ports.Stories`."""
        return await self.tell(interaction, until, story_picture)

    def close(self) -> None:
        """Read no more; nobody waits for what has begun."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        # One whose reader has gone counts for as long as the thread is busy with it.
        self._readings = [reading for reading in self._readings if not reading.done()]
        if len(self._readings) >= READINGS_MAX:
            raise StoryUnreadable("Too many stories are being read. Try again in a moment.")
        reading = self._thread.submit(work)
        self._readings.append(reading)
        try:
            async with asyncio.timeout(self._seconds_max):
                return await asyncio.wrap_future(reading)
        except TimeoutError:
            raise StoryUnreadable("The disk takes too long to read the story. Tell your administrator, or try again.") from None
        except OSError as failed:
            raise StoryUnreadable(f"The record of steps can't be read: {failed.strerror or failed}. Tell your administrator.") from failed

"""What typed numbers are read with: the dial plan of the site as it is now, and numbering plans that are ready before they are needed."""

import asyncio
from collections.abc import Iterator

from controller.dialling.numbering_plans import make_ready_for, make_ready_for_all
from controller.dialling.rules import DialPlan
from controller.dialling.typed import TypedNumber, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Directory
from controller.directory.ids import Seconds

PAUSE_SECONDS: Seconds = 0.002
"""Between two pieces of a millisecond: calls go first."""


class DialBox:
    """Reads what is typed into any desktop's dial box."""

    def __init__(self) -> None:
        self._made: tuple[Directory, DialPlan] | None = None
        self._is_used = asyncio.Event()

    def understand(self, typed: str, directory: Directory) -> TypedNumber:
        """Say what a text would dial."""
        self._is_used.set()
        if self._made is None or self._made[0] is not directory:
            self._made = directory, dial_plan(directory)
        return understand(typed, self._made[1])

    async def make_ready(self, region: str) -> None:
        """Make the plans of the site's own region ready, and all others once somebody types: they take 2.5 MiB, and many sites never do."""
        await _piece_by_piece(make_ready_for(region))
        await self._is_used.wait()
        await _piece_by_piece(make_ready_for_all())


async def _piece_by_piece(pieces: Iterator[None]) -> None:
    for _ in pieces:
        await asyncio.sleep(PAUSE_SECONDS)

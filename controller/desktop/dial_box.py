"""What typed numbers are read with: the dial plan of the site as it is now, and numbering plans that are ready before they are needed."""

import asyncio
from dataclasses import replace

from controller.dialling.numbering_plans import make_ready_for, make_ready_for_all
from controller.dialling.rules import DialPlan
from controller.dialling.typed import TypedNumber, understand
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Directory
from controller.directory.ids import Seconds

PAUSE_SECONDS: Seconds = 0.002
"""Between two pieces of a millisecond: calls go first."""

_ALL = "all"
REGIONS_MAX = 300
"""More than there are: each is wanted once."""


class DialBox:
    """Reads what is typed into any desktop's dial box."""

    def __init__(self) -> None:
        self._plans: tuple[Directory, dict[str, DialPlan]] | None = None
        """Of one directory, by the trunk that is to be dialled through."""
        self._ready_for: set[str] = set()
        self._wanted: asyncio.Queue[str] = asyncio.Queue(maxsize=REGIONS_MAX)
        """Regions whose plans nobody has asked to make ready before, or `_ALL`."""

    def understand(self, typed: str, directory: Directory, *, trunk: str = "") -> TypedNumber:
        """Say what a text would dial; `trunk`: through which one, where it is not the site's."""
        self.expect_numbers_of(directory.region)
        self._want(_ALL)
        return understand(typed, self._plan(directory, trunk))

    def _plan(self, directory: Directory, trunk: str) -> DialPlan:
        if self._plans is None or self._plans[0] is not directory:
            self._plans = directory, {"": dial_plan(directory)}
        plans = self._plans[1]
        if trunk not in plans:
            rules = replace(plans[""].rules, number_format=directory.trunks[trunk].number_format)
            plans[trunk] = replace(plans[""], rules=rules)
        return plans[trunk]

    def expect_numbers_of(self, region: str) -> None:
        """Have the plan of a site's region made ready: somebody is there who may type.

        All others follow once somebody does: they take 2.7 MiB.
        """
        self._want(region)

    def _want(self, plans: str) -> None:
        if plans not in self._ready_for:
            self._ready_for.add(plans)
            self._wanted.put_nowait(plans)

    async def make_ready(self) -> None:
        """Make ready whatever is wanted, for ever."""
        while True:
            plans = await self._wanted.get()
            for _ in make_ready_for_all() if plans == _ALL else make_ready_for(plans):
                await asyncio.sleep(PAUSE_SECONDS)

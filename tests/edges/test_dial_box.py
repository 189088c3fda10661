"""The dial box gets ready beside the work that matters more."""

import asyncio

import pytest
from phonenumbers import re_util

from controller.desktop import dial_box
from controller.desktop.dial_box import DialBox
from controller.dialling.rules import DialPlan
from controller.directory.dial_plan import dial_plan
from controller.directory.directory import Directory
from tests.edges.desktop_world import directory

TURNS = 1000
"""Of the event loop: enough for all plans, which are made ready in some three hundred pieces."""


async def test_other_countries_are_made_ready_only_once_somebody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: dict[str, object] = {}
    monkeypatch.setattr(re_util, "_COMPILED_PATTERNS", compiled)
    monkeypatch.setattr(dial_box, "PAUSE_SECONDS", 0)
    box = DialBox()
    getting_ready = asyncio.create_task(box.make_ready())

    async def ready() -> int:
        for _ in range(TURNS):
            await asyncio.sleep(0)
        return len(compiled)

    box.expect_numbers_of("FR")
    of_france = await ready()
    assert 0 < of_france < 100

    box.expect_numbers_of("FR")
    assert await ready() == of_france, "nothing new is wanted"

    box.understand("0", directory())
    assert await ready() > 10 * of_france
    getting_ready.cancel()
    await asyncio.wait([getting_ready])


def test_the_dial_plan_is_made_once_for_each_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Directory] = []

    def counted(of: Directory) -> DialPlan:
        made.append(of)
        return dial_plan(of)

    monkeypatch.setattr(dial_box, "dial_plan", counted)
    box, first, second = DialBox(), directory(), directory()

    for of in (first, first, second, second):
        box.understand("0", of)

    assert [id(of) for of in made] == [id(first), id(second)]

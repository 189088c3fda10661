"""Thirty calls at once live through a kill: one that talks and twenty-nine that wait with music, each still the same call afterwards.

How soon they are steered again is measured by `tests/bench/takeover.py`.
"""

import shutil
import time

import pytest

from tests.live.crowd import STAY_SECONDS, crowd
from tests.live.fragile import FragileScene
from tests.live.scene import until

CROWD = 29
TALK = {"alice": {"customer"}, "customer": {"alice"}}

pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")


async def test_thirty_calls_live_through_a_kill(fragile: FragileScene, request: pytest.FixtureRequest) -> None:
    talking = await fragile.connected()

    async def where_everybody_is() -> tuple[dict[str, tuple[str, int]], list[tuple[str, tuple[str, ...]]]]:
        shown = {one["id"]: (one["phase"], one["revision"]) for one in await fragile.supervisor.interactions()}
        return shown, sorted((room["id"], tuple(sorted(room["channels"]))) for room in await fragile.ari("/bridges"))

    async def everybody_waits() -> bool:
        shown, rooms = await where_everybody_is()
        in_hold = [legs for room, legs in rooms if room.endswith("-hold") and legs]
        return len(shown) == len(in_hold) + 1 == CROWD + 1

    async with crowd(fragile, "810", CROWD):
        await until("everybody waits with music", everybody_waits, seconds_max=STAY_SECONDS)
        before, died_at = await where_everybody_is(), time.time()

        await fragile.controller_dies()
        await fragile.controller_starts()

        assert await where_everybody_is() == before
        await fragile.sounds_untouched(TALK, seconds=time.time() - died_at + 0.5, since=died_at)
        gaps = {phone: round(fragile.ear.longest_gap(phone, died_at).seconds * 1000) for phone in TALK}
        request.node.user_properties += [("longest gaps in ms", gaps)]
        await fragile.alice.does("hold", talking)
        await fragile.hear({"customer": {"music"}})

    await until("the crowd has gone", lambda: _only(fragile, talking))


async def _only(fragile: FragileScene, interaction: str) -> bool:
    return [one["id"] for one in await fragile.supervisor.interactions()] == [interaction]

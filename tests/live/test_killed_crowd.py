"""Thirty calls at once live through a kill: one that talks and twenty-nine that wait with music, each still the same call afterwards."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bench.memory import CALLER
from tests.live.fragile import LATE_WHILE_STARTING_SECONDS_MAX, FragileScene
from tests.live.scene import until
from tests.phones.ports import claim_port_block

CROWD = 29
STAY_MS = 6_000
"""They send no sound, so Asterisk would end them after its `rtp_timeout`."""
TAKEN_UP_SECONDS_MAX = 2.0
TALK = {"alice": {"customer"}, "customer": {"alice"}}

pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="sipp is not installed")


@asynccontextmanager
async def crowd(scene: FragileScene, folder: Path) -> AsyncIterator[None]:
    """So many customers call and stay for a while; they have gone afterwards."""
    ports = claim_port_block()
    callers = await asyncio.create_subprocess_exec(
        *("sipp", "-sf", str(CALLER), "-s", "810", "-au", "2003", "-ap", "phone-2003", "-m", str(CROWD), "-l", str(CROWD)),
        *("-r", "40", "-d", str(STAY_MS), "-i", "127.0.0.1", "-p", str(ports.sip), "-nostdin"),
        f"127.0.0.1:{scene.stack.sip_port}",
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        assert await callers.wait() == 0, "every caller was answered, and hung up when they wanted to"
        ports.release()


async def test_thirty_calls_live_through_a_kill(fragile: FragileScene, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    talking = await fragile.connected()

    async def where_everybody_is() -> tuple[dict[str, tuple[str, int]], list[tuple[str, tuple[str, ...]]]]:
        shown = {one["id"]: (one["phase"], one["revision"]) for one in await fragile.supervisor.interactions()}
        return shown, sorted((room["id"], tuple(sorted(room["channels"]))) for room in await fragile.ari("/bridges"))

    async def everybody_waits() -> bool:
        shown, rooms = await where_everybody_is()
        in_hold = [legs for room, legs in rooms if room.endswith("-hold") and legs]
        return len(shown) == len(in_hold) + 1 == CROWD + 1

    async with crowd(fragile, tmp_path):
        await until("everybody waits with music", everybody_waits, seconds_max=STAY_MS / 1000)
        before, died_at = await where_everybody_is(), time.time()

        await fragile.controller_dies()
        started_at = time.time()
        await fragile.controller_starts()
        took = time.time() - started_at

        assert await where_everybody_is() == before
        assert took <= TAKEN_UP_SECONDS_MAX, f"{took:.2f} s"
        await fragile.sounds_untouched(
            TALK, seconds=time.time() - died_at + 0.5, since=died_at, late_seconds_max=LATE_WHILE_STARTING_SECONDS_MAX
        )
        gaps = {phone: round(fragile.ear.longest_gap(phone, died_at).seconds * 1000) for phone in TALK}
        request.node.user_properties += [("seconds until ready", round(took, 2)), ("longest gaps in ms", gaps)]
        await fragile.alice.does("hold", talking)
        await fragile.hear({"customer": {"music"}})

    await until("the crowd has gone", lambda: _only(fragile, talking))


async def _only(fragile: FragileScene, interaction: str) -> bool:
    return [one["id"] for one in await fragile.supervisor.interactions()] == [interaction]

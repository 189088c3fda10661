"""How soon a controller that was killed in the middle of thirty calls on a real Asterisk steers them again."""

import asyncio
import shutil
import statistics
import time

from tests.bench.figures import Figure
from tests.bench.stage import QUEUE_NUMBER, connected, say
from tests.live.crowd import STAY_SECONDS, crowd
from tests.live.scene import Scene, ready, until
from tests.live.stack import READY_SECONDS_MAX

CROWD = 29
"""And one who talks."""
TAKEN_UP_SECONDS_MAX = 2.0
GAP_MS_MAX = 40
KILLS = 5


async def takeover(scene: Scene, repetitions: int) -> list[Figure]:
    """Kill it a few times. The clock runs from the engine's order to start it, so the start of a container is in it."""
    if shutil.which("sipp") is None:
        say("takeover: not measured, because sipp is not installed")
        return []
    say(f"takeover: {KILLS} kills with {CROWD + 1} live calls")
    measured = [await _killed_once(scene) for _ in range(KILLS)]
    took, gaps = ([pair[which] for pair in measured] for which in (0, 1))
    name = f"{CROWD + 1} live calls taken up, from `docker start` on"
    return [
        Figure(name=name, value=statistics.median(took), unit="s", target=TAKEN_UP_SECONDS_MAX, samples=KILLS),
        Figure(name="longest gap that talkers hear meanwhile", value=1000 * max(gaps), unit="ms", target=GAP_MS_MAX, samples=KILLS),
    ]


async def _killed_once(scene: Scene) -> tuple[float, float]:
    """How long it took, and the longest time without a packet that the customer or the agent who talk had, both in seconds."""
    await connected(scene)
    await scene.bob.idle()
    container = scene.stack.controller.get_wrapped_container()
    async with crowd(scene, QUEUE_NUMBER, CROWD):
        await until("everybody is there", lambda: _are_there(scene, CROWD + 1), seconds_max=STAY_SECONDS)
        killed_at = time.time()
        await asyncio.to_thread(container.kill)
        began = time.perf_counter()
        await asyncio.to_thread(container.start)
        await ready(scene.stack, scene.http, READY_SECONDS_MAX)
        took = time.perf_counter() - began
        gap = max(scene.ear.longest_gap(who, killed_at).seconds for who in ("customer", "alice"))
    await scene.close()
    return took, gap


async def _are_there(scene: Scene, how_many: int) -> bool:
    return len(await scene.supervisor.interactions()) == how_many

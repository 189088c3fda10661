"""What the controller's process holds when nothing happens, and what each customer who is there adds."""

import shutil

from tests.bench.figures import Figure
from tests.bench.process import KIB, memory_bytes
from tests.bench.stage import QUEUE_NUMBER, controller_pid, say
from tests.live.crowd import STAY_SECONDS, crowd
from tests.live.scene import Scene, until

IDLE_MAX_MIB = 80
PER_INTERACTION_MAX_KIB = 64
CUSTOMERS = 80


async def memory(scene: Scene, repetitions: int) -> list[Figure]:
    """Let a crowd wait, a first time to have everything loaded, and then again to measure."""
    if shutil.which("sipp") is None:
        say("memory: not measured, because sipp is not installed")
        return []
    pid = controller_pid(scene.stack)
    idle = memory_bytes(pid)
    say(f"memory: {CUSTOMERS} customers at once, twice")
    await _crowd(scene, pid)
    warm = memory_bytes(pid)
    crowded = await _crowd(scene, pid)
    return [
        Figure(name="memory, idle", value=idle / KIB / KIB, unit="MiB", target=IDLE_MAX_MIB, samples=1),
        Figure(name="memory, idle after a crowd", value=warm / KIB / KIB, unit="MiB", target=IDLE_MAX_MIB, samples=1),
        Figure(
            name="memory per live interaction",
            value=max(0, crowded - idle) / CUSTOMERS / KIB,
            unit="KiB",
            target=PER_INTERACTION_MAX_KIB,
            samples=CUSTOMERS,
        ),
    ]


async def _crowd(scene: Scene, pid: int) -> int:
    """Let so many customers wait; gives the memory while they do. They are gone afterwards."""
    async with crowd(scene, QUEUE_NUMBER, CUSTOMERS):
        await until("everybody waits", lambda: _all_wait(scene), seconds_max=STAY_SECONDS)
        held = memory_bytes(pid)
    await until("everybody has gone", lambda: _nobody_waits(scene))
    return held


async def _waiting(scene: Scene) -> int:
    return len(await scene.supervisor.interactions())


async def _all_wait(scene: Scene) -> bool:
    return await _waiting(scene) == CUSTOMERS


async def _nobody_waits(scene: Scene) -> bool:
    return await _waiting(scene) == 0

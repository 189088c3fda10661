"""What the controller's process holds when nothing happens, and what each customer who is there adds."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.process import KIB, memory_bytes
from tests.bench.stage import QUEUE_NUMBER, controller_pid, say
from tests.live.scene import Scene, until
from tests.phones.ports import claim_port_block

IDLE_MAX_MIB = 80
PER_INTERACTION_MAX_KIB = 64
CUSTOMERS = 80
CALLS_PER_SECOND = 40
STAY_MS = 6_000
"""They send no sound, so Asterisk would end them after its `rtp_timeout`."""
CALLER = Path(__file__).with_name("caller.xml")


async def memory(scene: Scene, repetitions: int) -> list[Figure]:
    """Let a crowd wait, a first time to have everything loaded, and then again to measure."""
    if shutil.which("sipp") is None:
        say("memory: not measured, because sipp is not installed")
        return []
    pid = controller_pid(scene)
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
    ports = claim_port_block()
    with tempfile.TemporaryDirectory() as folder:
        callers = await asyncio.create_subprocess_exec(
            *(
                "sipp",
                "-sf",
                str(CALLER),
                "-s",
                QUEUE_NUMBER,
                "-au",
                "2003",
                "-ap",
                "phone-2003",
                "-m",
                str(CUSTOMERS),
                "-l",
                str(CUSTOMERS),
            ),
            *("-r", str(CALLS_PER_SECOND), "-d", str(STAY_MS), "-i", "127.0.0.1", "-p", str(ports.sip), "-nostdin"),
            f"127.0.0.1:{scene.stack.sip_port}",
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            await until("everybody waits", lambda: _all_wait(scene), seconds_max=STAY_MS / 1000)
            held = memory_bytes(pid)
        finally:
            await callers.wait()
            ports.release()
    await until("everybody has gone", lambda: _nobody_waits(scene), seconds_max=STAY_MS / 1000)
    return held


async def _waiting(scene: Scene) -> int:
    return len(await scene.supervisor.interactions())


async def _all_wait(scene: Scene) -> bool:
    return await _waiting(scene) == CUSTOMERS


async def _nobody_waits(scene: Scene) -> bool:
    return await _waiting(scene) == 0

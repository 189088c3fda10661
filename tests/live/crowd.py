"""Many customers at once, who call, wait and hang up by themselves: sipp, which sends no sound."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.live.scene import Scene
from tests.phones.ports import claim_port_block

CALLER = Path(__file__).with_name("caller.xml")
CALLS_PER_SECOND = 40
STAY_SECONDS = 8.0
"""How long each of them stays."""


@asynccontextmanager
async def crowd(scene: Scene, number: str, size: int) -> AsyncIterator[None]:
    """So many customers call this number. On leaving, every one of them has been answered and has hung up."""
    ports = claim_port_block()
    with tempfile.TemporaryDirectory() as folder:
        callers = await asyncio.create_subprocess_exec(
            *("sipp", "-sf", str(CALLER), "-s", number, "-au", "outside", "-ap", "phone-outside", "-m", str(size), "-l", str(size)),
            *("-r", str(CALLS_PER_SECOND), "-d", f"{STAY_SECONDS * 1000:.0f}", "-i", "127.0.0.1", "-p", str(ports.sip), "-nostdin"),
            f"127.0.0.1:{scene.stack.sip_port}",
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            code = await callers.wait()
            ports.release()
    assert code == 0, "every caller was answered, and hung up when they wanted to"

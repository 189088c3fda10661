"""What a person waits for at a terminal: the stack to come up, the tests to be done."""

import asyncio
import os
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.stage import say
from tests.live.service import free_port

TOP = Path(__file__).resolve().parents[2]
UP_SECONDS_MAX = 15
FAST_SECONDS_MAX = 30
ALL_SECONDS_MAX = 600


async def start_up() -> list[Figure]:
    """`docker/up` with the images built, on ports of its own, until it says that it is ready."""
    say("docker/up")
    stack = {"STACK": f"bench-{os.getpid()}", "RTP_PORTS": "24000-24199"}
    ports = {name: str(free_port()) for name in ("SIP_PORT", "ARI_PORT", "DESKTOP_PORT")}
    environ = {**os.environ, **stack, **ports}
    try:
        seconds = await _timed(environ, "docker/up")
    finally:
        await _timed(environ, "docker/down")
    return [Figure(name="docker/up, images built, to ready", value=seconds, unit="s", target=UP_SECONDS_MAX, samples=1)]


async def fast_tests() -> list[Figure]:
    """`tests/run fast`, whatever it finds."""
    say("tests/run fast")
    seconds = await _timed(dict(os.environ), "tests/run", "fast")
    return [Figure(name="tests/run fast", value=seconds, unit="s", target=FAST_SECONDS_MAX, samples=1)]


async def all_tests() -> list[Figure]:
    """`tests/run`, whatever it finds."""
    say("tests/run")
    seconds = await _timed(dict(os.environ), "tests/run")
    return [Figure(name="tests/run", value=seconds, unit="s", target=ALL_SECONDS_MAX, samples=1)]


async def _timed(environ: dict[str, str], *command: str) -> float:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(*command, cwd=TOP, env=environ, stdout=asyncio.subprocess.DEVNULL)
    if code := await process.wait():
        say(f"{' '.join(command)} ended with {code}")
    return time.monotonic() - began

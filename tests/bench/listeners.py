"""`python -m tests.bench.listeners URL NUMBER`: so many desktops, each another agent's, that listen and do nothing else.

A process of its own, so that what it costs to read is not counted as the controller's, nor slows down whoever measures. It prints one line
when all of them listen, and goes when its standard input ends.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

PASSWORD = "the same for everybody"
READY_SECONDS_MAX = 300.0
LOG_IN_AT_ONCE = 8


def name_of(number: int) -> str:
    """The agent's id."""
    return f"listener-{number}"


@asynccontextmanager
async def listeners(url: str, number: int) -> AsyncIterator[None]:
    """So many desktops listen."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.listeners", url, str(number)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None, "it was started with pipes"
    assert process.stdout is not None, "it was started with pipes"
    async with asyncio.timeout(READY_SECONDS_MAX):
        assert await process.stdout.readline() == b"all listen\n"
    try:
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def _listen(url: str, number: int) -> None:
    nowhere = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=nowhere, cookie_jar=aiohttp.DummyCookieJar()) as http, asyncio.TaskGroup() as together:
        logging_in, waiting = asyncio.Semaphore(LOG_IN_AT_ONCE), [asyncio.Event() for _ in range(number)]
        reading = [together.create_task(_desktop(http, url, name_of(place), logging_in, event)) for place, event in enumerate(waiting)]
        for event in waiting:
            await event.wait()
        print("all listen", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in reading:
            task.cancel()


async def _desktop(http: aiohttp.ClientSession, url: str, agent: str, logging_in: asyncio.Semaphore, listens: asyncio.Event) -> None:
    async with logging_in, http.post(f"{url}/api/v1/session", json={"agent": agent, "password": PASSWORD}) as opened:
        headers = {"Authorization": f"Bearer {(await opened.json())['token']}"}
    async with http.ws_connect(f"{url}/api/v1/events", headers=headers) as socket:
        await socket.receive_str()
        listens.set()
        async for _ in socket:
            pass  # a desktop would draw it


if __name__ == "__main__":
    asyncio.run(_listen(sys.argv[1], int(sys.argv[2])))

"""`python -m tests.bench.listeners URL NUMBER [telephones]`: so many desktops, each another agent's, that listen and do nothing else; with
`telephones` each has the WebSocket of a telephone open as well, as a page has.

A process of its own, so that what it costs to read is not counted as the controller's, nor slows down whoever measures. It prints one line
when all of them listen, and goes when its standard input ends.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

PASSWORD = "the same for everybody"
READY_SECONDS_MAX = 300.0
LOG_IN_AT_ONCE = 8


def name_of(number: int) -> str:
    """The agent's id."""
    return f"listener-{number}"


@asynccontextmanager
async def listeners(url: str, number: int, *, telephones: bool = False) -> AsyncIterator[None]:
    """So many desktops listen."""
    asked = [url, str(number), *(["telephones"] if telephones else [])]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.listeners", *asked), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
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


async def _listen(url: str, number: int, *, telephones: bool) -> None:
    nowhere = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=nowhere, cookie_jar=aiohttp.DummyCookieJar()) as http, asyncio.TaskGroup() as together:
        logging_in, waiting = asyncio.Semaphore(LOG_IN_AT_ONCE), [asyncio.Event() for _ in range(number)]
        reading = [
            together.create_task(_desktop(http, url, name_of(place), logging_in, event, telephones)) for place, event in enumerate(waiting)
        ]
        for event in waiting:
            await event.wait()
        print("all listen", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in reading:
            task.cancel()


async def _desktop(
    http: aiohttp.ClientSession, url: str, agent: str, logging_in: asyncio.Semaphore, listens: asyncio.Event, telephones: bool
) -> None:
    async with logging_in, http.post(f"{url}/api/v1/session", json={"agent": agent, "password": PASSWORD}) as opened:
        headers = {"Authorization": f"Bearer {(await opened.json())['token']}"}
        cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in opened.cookies.items())
    async with AsyncExitStack() as connected:
        socket = await connected.enter_async_context(http.ws_connect(f"{url}/api/v1/events", headers=headers))
        await socket.receive_str()
        if telephones:
            page = {"Cookie": cookies, "Origin": url}
            await connected.enter_async_context(http.ws_connect(f"{url}/api/v1/sip", headers=page, protocols=("sip",)))
        listens.set()
        async for _ in socket:
            pass  # a desktop would draw it


if __name__ == "__main__":
    asyncio.run(_listen(sys.argv[1], int(sys.argv[2]), telephones="telephones" in sys.argv[3:]))

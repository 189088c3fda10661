"""An administrator asks for the site file to be read again while it is being read."""

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import pytest

from tests.bench.lives import PASSWORD, Lives
from tests.live.scene import until

pytestmark = pytest.mark.long

PATIENCE_SECONDS = 10.0
NEW_QUEUE = '[[queue]]\nid = "new"\nname = "New"\nagents = ["agent-0"]\n'


async def reader_of(pipe: Path) -> int:
    """Wait until somebody reads this pipe, and hold them up: gives where to write what they wait for."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                await asyncio.sleep(0.01)  # nobody reads it yet


def let_on(held: int) -> None:
    os.write(held, b"nobody")
    os.close(held)


async def test_a_site_file_that_is_corrected_while_it_is_read_is_read_once_more(tmp_path: Path) -> None:
    async with Lives(tmp_path, agents=1, inputs_per_state=10) as lives, aiohttp.ClientSession() as http:
        site, secret = tmp_path / "site.toml", tmp_path / "secret"
        site.write_text(site.read_text().replace('password = "nobody"', 'password = "file:secret"'))
        os.mkfifo(secret)
        await lives.begins()
        let_on(await reader_of(secret))
        await lives.listens(http)
        headers = await _logged_on(lives, http)

        lives.gets(signal.SIGHUP)
        first = await reader_of(secret)
        site.write_text(site.read_text() + NEW_QUEUE)
        lives.gets(signal.SIGHUP)
        await lives.listens(http)
        let_on(first)
        reading = asyncio.create_task(let_everybody_on(secret))

        async def is_new_queue_there() -> bool:
            async with http.get(f"{lives.url}/api/v1/queues", headers=headers) as answer:
                return "new" in {queue["id"] for queue in (await answer.json())["queues"]}

        await until("the new queue is there", is_new_queue_there)
        reading.cancel()


async def let_everybody_on(pipe: Path) -> None:
    while True:
        let_on(await reader_of(pipe))


async def _logged_on(lives: Lives, http: aiohttp.ClientSession) -> dict[str, str]:
    body = {"agent": "agent-0", "password": PASSWORD}
    async with http.post(f"{lives.url}/api/v1/session", json=body) as opened:
        return {"Authorization": f"Bearer {(await opened.json())['token']}"}

"""The real service as a process of its own, on the demo's people, with all that it says and keeps."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.edges.command_line import DEMO, ROOT

PATIENCE_SECONDS = 20.0
_LISTENS = re.compile(r"listen\W+127\.0\.0\.1:(\d+)")


@dataclass(slots=True)
class Service:
    """One process; `said` grows while it runs."""

    folder: Path
    process: asyncio.subprocess.Process
    said: str = ""
    port: int = 0
    answers: list[str] = field(default_factory=list)
    """Everything that was answered over HTTP: headers and bodies."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def state(self) -> Path:
        """The folder of what it keeps."""
        return self.folder / "state"

    async def read(self) -> None:
        """Take down what it says, until it ends."""
        assert self.process.stdout is not None, "its output is a pipe"
        while line := await self.process.stdout.readline():
            self.said += line.decode()
            if found := _LISTENS.search(line.decode()):
                self.port = int(found[1])
            self._changed.set()

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until it is so. Looks whenever something is said."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not so():
                self._changed.clear()
                await self._changed.wait()

    async def ask(self, http: aiohttp.ClientSession, method: str, path: str, **what: object) -> tuple[int, str]:
        """Ask over HTTP, and take down the answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        async with http.request(method, url, **what) as answer:  # type: ignore[arg-type]
            text = await answer.text()
            headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
            self.answers.append(f"{answer.status} {headers} {text}")
            return answer.status, text

    async def say_raw(self, words: bytes) -> None:
        """Send what may be no HTTP at all, and take down the answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(words)
        writer.write_eof()
        async with asyncio.timeout(PATIENCE_SECONDS):
            self.answers.append((await reader.read()).decode(errors="replace"))
        writer.close()
        await writer.wait_closed()

    async def stop(self) -> None:
        """End it as an administrator does."""
        if self.process.returncode is None:
            self.process.terminate()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.process.wait()


@asynccontextmanager
async def service(folder: Path, *, asterisk_url: str, changes: dict[str, str], form: str) -> AsyncIterator[Service]:
    """A service with the demo's site file, in which these lines are others; `form` is the logs'."""
    text = DEMO.read_text()
    for line, other in changes.items():
        assert line in text, f"the demo has no line {line}"
        text = text.replace(line, other)
    (folder / "site.toml").write_text(text)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-X", "dev", "-W", "ignore", "-m", "controller.cli.main", "run", "-c", folder / "site.toml"),
        cwd=ROOT,
        env={**os.environ, "ASTERISK_URL": asterisk_url, "DESKTOP_LISTEN": "127.0.0.1:0", "ARI_CONTROLLER_LOG": form},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    here = Service(folder, process)
    reading = asyncio.create_task(here.read())
    try:
        await here.until(lambda: here.port > 0)
        yield here
    finally:
        await here.stop()
        await reading

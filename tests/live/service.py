"""`ari-controller run` as a process of this machine, as an administrator starts it, and what it says."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.edges.plain_lines import lines_with_python
from tests.live.site import COLLEAGUES, live_site

TOP = Path(__file__).resolve().parents[2]
SAID_SECONDS_MAX = 10.0


def free_port() -> int:
    """A TCP port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_site(folder: Path, *, app: str = "controller", password: str = "controller", session_hours: float = 12.0, more: str = "") -> Path:
    """Write a site file that differs from the live tests' in these; gives its path."""
    text = live_site()
    text = text.replace('\npassword = "controller"', f'\npassword = "{password}"\napp = "{app}"')
    text = text.replace("# session_hours = 12 ", f"session_hours = {session_hours} #")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "site.toml"
    path.write_text(text + more)
    path.with_name(COLLEAGUES.name).write_bytes(COLLEAGUES.read_bytes())
    return path


@dataclass(slots=True)
class Service:
    """A running controller. `lines` is all that it has said."""

    site: Path
    desktop_port: int
    process: asyncio.subprocess.Process
    lines: list[str] = field(default_factory=list)
    _said: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.desktop_port}"

    async def says(self, words: str, *, seconds_max: float = SAID_SECONDS_MAX) -> str:
        """Wait until it has said a line with these words; gives the line."""
        try:
            async with asyncio.timeout(seconds_max):
                while True:
                    self._said.clear()
                    for line in self.lines:
                        if words in line:
                            return line
                    await self._said.wait()
        except TimeoutError:
            raise AssertionError(f"it did not say {words!r} but:\n" + "\n".join(self.lines)) from None

    async def exit_code(self, *, seconds_max: float = SAID_SECONDS_MAX) -> int:
        """Wait until it has ended."""
        async with asyncio.timeout(seconds_max):
            return await self.process.wait()

    def kill(self) -> None:
        """End it from one moment to the next (SIGKILL)."""
        self.process.kill()

    def read_site_again(self) -> None:
        """Send SIGHUP."""
        self.process.send_signal(signal.SIGHUP)

    async def listen(self) -> None:
        """Take down what it says, until it ends."""
        assert self.process.stderr is not None, "it was started with a pipe"
        async for line in self.process.stderr:
            self.lines.append(line.decode().rstrip())
            self._said.set()


@asynccontextmanager
async def running_service(
    site: Path, *, ari_port: int, desktop_port: int | None = None, program: tuple[str, ...] = ("-m", "controller.cli.main")
) -> AsyncIterator[Service]:
    """Run the controller with this site file; it is told to stop afterwards. `program`: what Python is given to be the command."""
    port = desktop_port or free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        "run",
        "-c",
        str(site),
        cwd=TOP,
        stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ,
            "ARI_CONTROLLER_LOG": "text",
            "ASTERISK_URL": f"http://127.0.0.1:{ari_port}",
            "DESKTOP_LISTEN": f"127.0.0.1:{port}",
            "STATE_FOLDER": str(site.parent / "state"),
        },
    )
    service = Service(site=site, desktop_port=port, process=process)
    listening = asyncio.create_task(service.listen(), name="what the service says")
    try:
        yield service
    finally:
        if process.returncode is None:
            process.terminate()
        await service.exit_code()
        await listening
    with_python = "\n".join(lines_with_python(service.lines))
    assert with_python == "", f"an administrator reads this:\n{with_python}"

"""One controller after another on the same journal, each a real process that is ended by a real signal.

A process that has imported everything already forks each of them, so that a start takes a tenth of what it takes by itself; from there on
it is `ari-controller run`. There is no Asterisk: whatever a desktop may say about an agent is accepted without one.
"""

import asyncio
import os
import resource
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from argon2 import PasswordHasher

from tests.edges.plain_lines import lines_with_python
from tests.live.service import TOP, free_port

PASSWORD = "the same for everybody"
HASHER = PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)
"""As cheap as the controller accepts it."""
STARTED_SECONDS_MAX = 10.0

FORKS_CONTROLLERS = """
import os, sys
from pathlib import Path
from controller.service import keeping, run

keeping.INPUTS_PER_STATE = int(sys.argv[2])
while sys.stdin.readline():
    child = os.fork()
    if child == 0:
        os.close(0)
        os.dup2(os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND | os.O_CREAT), 2)
        try:
            code = run.run_service(Path(sys.argv[1]))
        finally:
            os._exit(code if "code" in vars() else 70)
    print(child, flush=True)
    # Not reaped before the next begins: until then its number can be no other process's, and a signal that comes too late hits nobody.
    ended = os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    print(ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status, flush=True)
    sys.stdin.readline()
    os.waitpid(child, 0)
"""


def site_text(agents: int) -> str:
    """A site file with so many agents."""
    parts = [
        '[site]\nregion = "FR"\n[asterisk]\nurl = "http://127.0.0.1:9"\nusername = "nobody"\npassword = "nobody"\n',
        '[desktop]\nlisten = "env:DESKTOP_LISTEN"\n[journal]\nfolder = "state"\n',
    ]
    names, known = [f"agent-{number}" for number in range(agents)], HASHER.hash(PASSWORD)
    parts += [f'[[agent]]\nid = "{name}"\nname = "{name}"\nphone = "{name}"\npassword = "{known}"\n' for name in names]
    parts.append(f'[[queue]]\nid = "q"\nname = "Q"\nagents = [{", ".join(f"{name!r}" for name in names)}]\n')
    parts.append('[[entry_point]]\nid = "e"\nname = "E"\nnumbers = ["800"]\nqueue = "q"\n[[wrap_up_reason]]\nid = "done"\nname = "Done"\n')
    return "\n".join(parts)


class Lives:
    """The lives of one controller. Use it as a context manager."""

    def __init__(self, folder: Path, *, agents: int, inputs_per_state: int) -> None:
        self.agents = [f"agent-{number}" for number in range(agents)]
        self.log = folder / "log"
        self._site = folder / "site.toml"
        self._site.write_text(site_text(agents))
        self._inputs_per_state = inputs_per_state
        self._port = free_port()
        self._pid: int | None = None
        self._parent: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        self._parent = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            FORKS_CONTROLLERS,
            str(self._site),
            str(self._inputs_per_state),
            str(self.log),
            cwd=TOP,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "ARI_CONTROLLER_LOG": "text", "DESKTOP_LISTEN": f"127.0.0.1:{self._port}"},
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._parent is not None, "it was entered"
        if self._pid is not None:
            await self.ends(signal.SIGKILL)
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        await self._parent.wait()
        if error is None and self.log.exists():
            assert lines_with_python(self.log.read_text().splitlines()) == [], "an administrator reads this"

    async def begins(self) -> None:
        """Start the next one; it may not listen yet."""
        assert self._parent is not None, "it was entered"
        assert self._parent.stdin is not None
        self._parent.stdin.write(b"next\n")
        self._pid = await self._said()
        assert self._pid > 1, "it is a process's number"

    async def listens(self, http: aiohttp.ClientSession) -> None:
        """Wait until it answers."""
        async with asyncio.timeout(STARTED_SECONDS_MAX):
            while True:
                try:
                    async with http.get(f"{self.url}/healthz"):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.005)

    def gets(self, number: signal.Signals) -> None:
        """Send it a signal, and do not wait for what comes of it."""
        assert self._pid is not None, "it lives"
        os.kill(self._pid, number)

    def may_write_files_up_to(self, bytes_max: int) -> None:
        """As if its disk were full: no file of its grows beyond this; `resource.RLIM_INFINITY` makes room again."""
        assert self._pid is not None, "it lives"
        _, hard = resource.prlimit(self._pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._pid, resource.RLIMIT_FSIZE, (bytes_max, hard))

    async def ends(self, number: signal.Signals) -> int:
        """Send it a signal that ends it, and wait until it is gone; gives its exit code."""
        self.gets(number)
        return await self.ended()

    async def ended(self) -> int:
        """Wait until it has ended; gives its exit code."""
        assert self._parent is not None, "it was entered"
        assert self._parent.stdin is not None
        code = await self._said()
        self._pid = None
        self._parent.stdin.write(b"forget it\n")
        return code

    async def _said(self) -> int:
        assert self._parent is not None, "it was entered"
        assert self._parent.stdout is not None
        async with asyncio.timeout(STARTED_SECONDS_MAX):
            return int(await self._parent.stdout.readline())

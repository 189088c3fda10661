"""One baresip process: its ports, its folder, its control port, from start to a tidy or a rude end.

It knows nothing of calls. It must never end a process that it did not start, nor leave its folder or ports behind.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.phones.config_folder import write_config_folder
from tests.phones.control import ControlPort, PhoneEvent, connect_control_port
from tests.phones.errors import PhoneDidNotStart, PhoneFailed, PhoneNotInstalled
from tests.phones.ports import PortBlock, claim_port_block

CONTROL_PORT_SECONDS_MAX: Final = 10.0
QUIT_SECONDS_MAX: Final = 1.0
"""A phone whose far end is gone would wait half a minute for its BYE to be answered."""
LOG_LINES_SHOWN: Final = 15


class BaresipProcess:
    """A running baresip. Made by `start_baresip`; after `quit()` or `kill()` it is of no more use."""

    def __init__(self, ports: PortBlock, folder: Path, process: asyncio.subprocess.Process, on_event: Callable[[PhoneEvent], None]) -> None:
        self.ports = ports
        self.folder = folder
        self._process = process
        self._on_event = on_event
        self._control: ControlPort | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process is alive."""
        return self._process.returncode is None

    async def ask(self, command: str, params: str = "") -> str:
        """Give a command and return its answer; see `ControlPort.ask` for the errors."""
        if self._control is None or not self.runs:
            raise PhoneFailed(f"the phone does not run; it was asked to {command} {params}")
        return await self._control.ask(command, params)

    async def connect(self) -> None:
        """Connect to the control port as soon as it listens."""
        try:
            async with asyncio.timeout(CONTROL_PORT_SECONDS_MAX):
                while self._control is None:
                    if not self.runs:
                        raise PhoneDidNotStart(f"baresip ended with {self._process.returncode}")
                    try:
                        self._control = await connect_control_port(self.ports.control, self._on_event)
                    except ConnectionError:
                        await asyncio.sleep(0.02)  # nothing tells when the port begins to listen
        except TimeoutError:
            raise PhoneDidNotStart(f"no control port after {CONTROL_PORT_SECONDS_MAX:g} s") from None
        self._reading = asyncio.create_task(self._control.read_until_closed(), name=f"events of pid {self.pid}")

    async def quit(self) -> None:
        """Hang up, unregister and end, politely first, with a signal when it does not listen; then tidy up."""
        if self.runs:
            self.signal(signal.SIGCONT)  # a frozen one must wake to end
            with contextlib.suppress(PhoneFailed):  # one that does not answer any more is ended below
                await self.ask("quit")
            await self._end()
        await self._tidy_up()

    async def kill(self) -> None:
        """End it from one moment to the next, as a crash does: no BYE, no unregistration; then tidy up."""
        if self.runs:
            self.signal(signal.SIGKILL)
            await self._process.wait()
        await self._tidy_up()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to this process only."""
        if self.runs:
            os.kill(self.pid, number)

    def log_end(self) -> str:
        """The last lines that the process wrote."""
        try:
            lines = (self.folder / "log").read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return ""
        return "\n".join(f"  {line}" for line in lines[-LOG_LINES_SHOWN:])

    async def _end(self) -> None:
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                self.signal(number)
            with contextlib.suppress(TimeoutError):  # the next, harder way follows
                await asyncio.wait_for(self._process.wait(), QUIT_SECONDS_MAX)
                return

    async def _tidy_up(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])
        self.ports.release()
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)


async def start_baresip(name: str, tone_hz: int, on_event: Callable[[PhoneEvent], None]) -> BaresipProcess:
    """Start a baresip with fresh ports and no account, and connect to it.

    PhoneNotInstalled, or PhoneDidNotStart with the last lines of its log.
    """
    program = shutil.which("baresip")
    if program is None:
        raise PhoneNotInstalled("baresip is not installed; on Debian it is the package baresip-core")
    ports = claim_port_block()
    folder = Path(tempfile.mkdtemp(prefix=f"phone-{name}-"))
    write_config_folder(folder, ports, tone_hz)
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(program, "-f", str(folder), stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log)
    baresip = BaresipProcess(ports, folder, process, on_event)
    try:
        await baresip.connect()
    except PhoneDidNotStart as error:
        last_words = baresip.log_end()
        await baresip.kill()
        raise PhoneDidNotStart(f"{name} did not start: {error}\n{last_words}") from error
    except BaseException:
        await baresip.kill()
        raise
    return baresip

"""`ari-controller check --call`, through a real dialplan: what it says, that it is nobody's call, and that it goes away."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from testcontainers.core.container import DockerContainer

from controller.asterisk.trial_call import CALL_SECONDS_MAX
from tests.edges.command_line import ari_controller_process
from tests.live.desk import AgentDesk
from tests.live.scene import until
from tests.live.service import TOP, Service, running_service, write_site
from tests.live.stack import READY_SECONDS_MAX, running_asterisk

DIALPLAN = """
[of-the-pbx]
exten => 700,1,NoOp()
 same => n,Goto(customers,800,1)
exten => 701,1,Busy()
exten => 702,1,Hangup(21)
exten => 703,1,Stasis(somebody-else,customer,800)
exten => 704,1,Answer()
 same => n,Wait(60)
exten => 705,1,Dial(Local/800@customers/n,20)
exten => 706,1,Stasis(controller,hello)
exten => 707,1,NoSuchApplication()
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An Asterisk, and a site file whose controller may run."""

    asterisk: DockerContainer
    ari_port: int
    site: Path

    def cli(self, command: str) -> str:
        return str(self.asterisk.exec(["asterisk", "-rx", command]).output.decode())

    @property
    def environ(self) -> dict[str, str]:
        return {"ASTERISK_URL": f"http://127.0.0.1:{self.ari_port}", "STATE_FOLDER": str(self.site.parent / "state")}

    async def call(self, number: str, *more: str) -> tuple[int, str, str]:
        """Place a test call; gives the exit code, the result and the sentence."""
        done = await ari_controller_process("check", "-c", self.site, "--call", number, *more, "--json", environ=self.environ)
        (finding,) = [one for one in json.loads(done.out)["findings"] if one["check"] == f"call {number}"]
        await until("nothing of it is left", lambda: not self.cli("core show channels concise").strip())
        return done.code, finding["result"], finding["sentence"]


@asynccontextmanager
async def place(folder: Path, image: str = "asterisk") -> AsyncIterator[Place]:
    with running_asterisk(image) as (asterisk, _, ari_port):
        here = Place(asterisk, ari_port, write_site(folder))
        await until("Asterisk is there", lambda: "Asterisk" in here.cli("core show version"), seconds_max=READY_SECONDS_MAX)
        told = asterisk.exec(["sh", "-c", 'printf %s "$0" >> /etc/asterisk/extensions.conf', DIALPLAN])
        assert told.exit_code == 0, told.output
        here.cli("module load app_dial.so")
        here.cli("dialplan reload")
        yield here


async def _is_nobody(service: Service) -> None:
    """A supervisor sees every interaction."""
    async with aiohttp.ClientSession() as http:
        desk = AgentDesk(http, service.url, "sam")
        await desk.log_in("sam")
        assert await desk.interactions() == []
    assert not [line for line in service.lines if "a customer calls" in line]


@pytest.mark.parametrize("image", ["asterisk", "asterisk16"])
async def test_a_test_call_says_where_a_number_leads_and_is_nobody_to_the_controller(tmp_path: Path, image: str) -> None:
    async with place(tmp_path, image) as here:
        nobody_yet = await here.call("800")
        async with running_service(here.site, ari_port=here.ari_port) as service:
            await service.says("attached to Asterisk", seconds_max=READY_SECONDS_MAX)
            good = await here.call("800")
            agents = await here.call("1002", "--context", "ari-controller-agents")
            unknown = await here.call("899")
            of_the_pbx = {number: await here.call(number, "--context", "of-the-pbx") for number in map(str, range(700, 709))}
            await service.says("a test call has come")
            await _is_nobody(service)

    assert nobody_yet[:2] == (0, "warning")
    assert "no controller is connected as that now" in nobody_yet[2]
    assert good[:2] == (0, "ok")
    assert "as a customer's call for 800: entry point 'main', queue 'support'" in good[2]
    assert agents[:2] == (0, "ok")
    assert "as a number that an agent has dialled: 1002" in agents[2]
    assert unknown[:2] == (0, "warning")
    assert "'899', which is no entry point's number" in unknown[2]
    said = {number: sentence for number, (_, _, sentence) in of_the_pbx.items()}
    assert {number: code for number, (code, _, _) in of_the_pbx.items()} == {number: 0 if number == "700" else 1 for number in said}
    assert "700 in [of-the-pbx] reaches the controller" in said["700"]
    assert "(cause 17, busy)" in said["701"]
    assert "(cause 21, rejected)" in said["702"]
    assert "leads to the application 'somebody-else', and the site file has app = 'controller'" in said["703"]
    assert "did not reach the controller in 10 s, and was taken back. Its way: Answer() in [of-the-pbx] 704; Wait(60) in" in said["704"]
    assert "leads to Dial(Local/800@customers/n,20) in [of-the-pbx] 705, and not to the controller" in said["705"]
    assert "without the words that it needs" in said["706"]
    assert "can't carry out its first line" in said["707"]
    assert "there is no extension 708 in [of-the-pbx]" in said["708"]


async def test_whoever_stops_a_test_call_leaves_nothing_behind(tmp_path: Path) -> None:
    async with place(tmp_path) as here:
        for told, seconds_max in ((signal.SIGINT, 3.0), (signal.SIGTERM, 3.0), (signal.SIGKILL, CALL_SECONDS_MAX + 3.0)):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "controller.cli.main", "check", "-c", str(here.site), "--call", "704", "--context", "of-the-pbx"),
                cwd=TOP,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, **here.environ},
            )
            await until("the call is there", lambda: "Wait" in here.cli("core show channels concise"))
            process.send_signal(told)
            async with asyncio.timeout(5.0):
                assert await process.wait() != 0
            await until("it is gone", lambda: not here.cli("core show channels concise").strip(), seconds_max=seconds_max)

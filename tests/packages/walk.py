"""A newcomer's walk: from a bare Debian forky to the first consult on telephones of one's own, by the commands that docs/install.md has.

    .venv/bin/python -m tests.packages.walk [PACKAGE.deb]       (or: tests/run walk)

prints how long each step has taken. A person types, reads and walks to a telephone besides; what is measured is the machine's part. The
addresses and ports are this machine's loopback, and nothing else is changed.
"""

import asyncio
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import aiohttp

from tests.house.document_blocks import marked
from tests.live.desk import AgentDesk
from tests.live.own_asterisk import NOT_OF_THIS_TEST
from tests.live.stack import TOP, free_port, rtp_ports
from tests.packages.system import SITE_FOLDER, System, system
from tests.phones import Account, Ear, SoftPhone

PAGE = "docs/install.md"
FIRST_CONSULT_SECONDS_MAX = 600.0
HEARD_SECONDS_MAX = 30.0
ON_LOOPBACK = r"media_address = 127.0.0.1\nbind_rtp_to_media_address = yes"
PHONES = {"alice": "1001", "bob": "1002", "customer": "2001"}


class Walk:
    """What has been done, and how long it took."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        print(f"{time.monotonic() - began:7.1f} s   {what}", flush=True)


def shell_below(heading: str, first_word: str) -> str:
    """The first block of shell below a heading of the page that begins with this word."""
    below = (TOP / PAGE).read_text().split(f" {heading}\n", 1)[1]
    found: list[str] = re.findall(r"```sh\n(.*?)```", below, re.DOTALL)
    return next(block for block in found if block.startswith(first_word))


def init_without_a_trunk() -> str:
    command = shell_below("2. Let `init` write what is needed", "ari-controller init --")
    for absent in (" --context from-trunk", " --trunk provider"):
        assert absent in command, f"the page's example has{absent}"
        command = command.replace(absent, "")
    return command.strip()


def prepared(debian: System, walk: Walk, sip_port: int, sound: str) -> dict[str, str]:
    """Install and configure all of it; gives what was printed of agents' passwords, and the telephones'."""
    debian.writes("/etc/apt/apt.conf.d/yes", 'APT::Get::Assume-Yes "true";\n')
    with walk.step("apt-get update; apt-get install asterisk"):
        debian.does("apt-get update -qq && apt-get install -qq asterisk")
    first, _, last = sound.partition("-")
    debian.writes("/etc/asterisk/rtp.conf", f"[general]\nrtpstart={first}\nrtpend={last}\n")
    debian.does(f"printf 'noload => %s.so\\n' {' '.join(NOT_OF_THIS_TEST)} >> /etc/asterisk/modules.conf")
    with walk.step("the package of the controller"):
        debian.does("cd /packages; " + shell_below("On Debian: the package", "apt-get").replace("~deb12", "~deb14"))
    transport = marked(PAGE, "pjsip.conf: transport").replace("0.0.0.0:5060", f"127.0.0.1:{sip_port}")
    adds(debian, transport)
    with walk.step("ari-controller init"):
        printed = debian.does(f"{init_without_a_trunk()} --ari-port {free_port()} --yes")
    debian.does(f"printf '[desktop]\\nlisten = \"127.0.0.1:{debian.desktop_port}\"\\n' >> {SITE_FOLDER}/site.toml")
    with walk.step("ari-controller phones"):
        debian.does(marked(PAGE, "telephones"))
    adds(debian, marked(PAGE, "pjsip.conf: customer"))
    debian.does(rf"sed -i 's/^type = endpoint$/&\n{ON_LOOPBACK}/' /etc/asterisk/ari-controller-pjsip.conf")
    with walk.step("systemctl restart asterisk"):
        debian.does("systemctl restart asterisk")
        debian.becomes("fully booted", "asterisk -rx 'core waitfullybooted'")
    passwords = dict(re.findall(r"^username = (\d+)\npassword = (\S+)$", debian.does("cat /etc/asterisk/pjsip*.conf"), re.MULTILINE))
    return {**passwords, **dict(re.findall(r"^  (\w+)  (\S{12})$", printed, re.MULTILINE))}


def adds(debian: System, text: str) -> None:
    """Write at the end of pjsip.conf."""
    before = debian.does("cat /etc/asterisk/pjsip.conf")
    debian.writes("/etc/asterisk/pjsip.conf", f"{before}\n{text}")
    debian.does("chown asterisk: /etc/asterisk/pjsip.conf; chmod 640 /etc/asterisk/pjsip.conf")


async def first_consult(debian: System, walk: Walk, sip_port: int, passwords: dict[str, str]) -> None:
    async with AsyncExitStack() as until_the_end:
        ear = until_the_end.enter_context(Ear())
        phones = {who: SoftPhone(who, Account(user, passwords[user], registrar_port=sip_port)) for who, user in PHONES.items()}
        with walk.step("three telephones register"):
            for who, phone in phones.items():
                await phone.start()
                until_the_end.push_async_callback(phone.stop)
                ear.listen(who, phone.rtp_ports)
        with walk.step("ari-controller check --live; systemctl start ari-controller"):
            print(debian.does(shell_below("3. Look, and start", "asterisk")), flush=True)
            debian.becomes("Attached to Asterisk", "systemctl status --no-pager ari-controller")
        with walk.step("a customer calls, Alice answers, and asks Bob: they hear each other"):
            http = await until_the_end.enter_async_context(aiohttp.ClientSession())
            desks = {who: AgentDesk(http, f"http://127.0.0.1:{debian.desktop_port}", who) for who in ("alice", "bob")}
            for who, desk in desks.items():
                await desk.log_in(passwords[who])
            await desks["alice"].available()
            await phones["customer"].dial("0123456789")
            await phones["alice"].incoming(seconds_max=HEARD_SECONDS_MAX)
            await phones["alice"].accept()
            await ear.wait_until({"customer": {"alice"}, "alice": {"customer"}}, seconds_max=HEARD_SECONDS_MAX)
            (interaction,) = await desks["alice"].interactions()
            await desks["bob"].available()
            await desks["alice"].does("consult", interaction["id"], target={"kind": "agent", "id": "bob"})
            await phones["bob"].incoming(seconds_max=HEARD_SECONDS_MAX)
            await phones["bob"].accept()
            await ear.wait_until({"alice": {"bob"}, "bob": {"alice"}}, seconds_max=HEARD_SECONDS_MAX)


def built() -> list[Path]:
    """Build the package, which takes minutes the first time and is no step of the walk."""
    done = subprocess.run([TOP / "docker/deb/build", "forky"], check=True, stdout=subprocess.PIPE, text=True, cwd=TOP)
    return [TOP / line for line in done.stdout.split()]


def main() -> None:
    given = [Path(each).absolute() for each in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, rtp_ports() as sound:
        for package in given or built():
            (Path(folder) / package.name).write_bytes(package.read_bytes())
        Path(folder).chmod(0o755)
        sip_port = free_port(socket.SOCK_DGRAM)
        with system("forky", Path(folder)) as debian:
            walk = Walk()
            passwords = prepared(debian, walk, sip_port, sound)
            asyncio.run(first_consult(debian, walk, sip_port, passwords))
            whole = time.monotonic() - walk.began
            print(f"{whole:7.1f} s   from a bare Debian to the first consult; may be {FIRST_CONSULT_SECONDS_MAX:g}")
            assert whole < FIRST_CONSULT_SECONDS_MAX


if __name__ == "__main__":
    main()

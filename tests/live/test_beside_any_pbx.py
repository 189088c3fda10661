"""What `docs/beside-any-pbx.md` says, done: an old PBX, which an Asterisk with a plain dialplan plays, and ours behind a trunk of it.

The blocks of that page are what both are configured with; addresses and ports are changed, and nothing else.
"""

import os
import re
import shlex
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.edges.command_line import Done, ari_controller, ari_controller_process
from tests.house.document_blocks import marked
from tests.live.desk import AgentDesk
from tests.live.own_asterisk import TELEPHONE, TRANSPORT, OwnAsterisk, own_asterisk
from tests.live.service import running_service
from tests.live.stack import READY_SECONDS_MAX, free_port
from tests.phones import Account, Ear, SoftPhone

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an administrator's files belong to Asterisk, and only root can make them so")

PAGE = "docs/beside-any-pbx.md"
OLD, NEW = "127.0.0.2", "127.0.0.3"
"""Each is known to the other by its address; telephones have 127.0.0.1."""
NUMBER, CUSTOMER, COLLEAGUE = "0123456789", "0199001234", "201"
NOTICED_SECONDS_MAX = 20.0
"""`qualify_frequency` is 10 s, and an answer may take 3."""
PLAIN_DIALPLAN = """
[from-provider]
[internal]
exten => _2XX,1,Dial(PJSIP/${EXTEN},60)
 same => n,Hangup()
"""
"""What an old PBX has before anything of ours is added to it."""


@dataclass(frozen=True, kw_only=True)
class Both:
    """The two systems, and everybody's telephone."""

    old: OwnAsterisk
    new: OwnAsterisk
    ear: Ear
    phones: dict[str, SoftPhone]
    desks: dict[str, AgentDesk]

    async def hear(self, **wanted: set[str]) -> None:
        await self.ear.wait_until(wanted, seconds_max=READY_SECONDS_MAX)


@asynccontextmanager
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    old_port, new_port = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)

    def block(mark: str) -> str:
        text = marked(PAGE, mark).replace("sip:192.0.2.10", f"sip:{OLD}:{old_port}").replace("sip:192.0.2.20", f"sip:{NEW}:{new_port}")
        text = text.replace("192.0.2.10", OLD).replace("192.0.2.20", NEW).replace("0.0.0.0:5060", f"{NEW}:{new_port}")
        return _sounding_from(OLD if mark.startswith("old") else NEW, text)

    provider = TELEPHONE.format(user="900", context="from-provider", address=OLD) + f"[900](+type=endpoint)\ncallerid=<{CUSTOMER}>\n"
    colleague = TELEPHONE.format(user=COLLEAGUE, context="internal", address=OLD)
    before = TRANSPORT.format(address=OLD, port=old_port) + provider + colleague
    of_old = {
        "pjsip.conf": before + block("old PBX: pjsip.conf"),
        "extensions.conf": PLAIN_DIALPLAN + block("old PBX: extensions.conf"),
    }
    of_new = {"pjsip.conf": block("new machine: pjsip.conf"), "extensions.conf": block("new machine: extensions.conf")}
    site = tmp_path / "controller" / "site.toml"
    async with AsyncExitStack() as until_the_end:
        old = until_the_end.enter_context(own_asterisk(tmp_path / "old", old_port, of_old))
        new = until_the_end.enter_context(own_asterisk(tmp_path / "new", new_port, of_new))
        for asterisk in (old, new):
            await asterisk.is_there()
        passwords = _do_what_the_page_says(new, site, block("new machine: site.toml"))
        ear = until_the_end.enter_context(Ear())
        phones = {
            "customer": SoftPhone("customer", Account("900", "phone-900", registrar_host=OLD, registrar_port=old_port)),
            "carol": SoftPhone("carol", Account(COLLEAGUE, f"phone-{COLLEAGUE}", registrar_host=OLD, registrar_port=old_port)),
        }
        written = (new.files / "pjsip_agents.conf").read_text()
        for who, user in (("alice", "1001"), ("bob", "1002")):
            (password,) = re.findall(rf"^username = {user}\npassword = (\S+)$", written, re.MULTILINE)
            phones[who] = SoftPhone(who, Account(user, password, registrar_host=NEW, registrar_port=new_port))
        for asterisk in (old, new):
            await asterisk.says(r"\bAvail\b", "pjsip show contacts", seconds_max=NOTICED_SECONDS_MAX)
        for who, phone in phones.items():
            await phone.start()
            until_the_end.push_async_callback(phone.stop)
            ear.listen(who, phone.rtp_ports)
        checked = await ari_controller_process("check", "-c", site, "--live", environ={"DESKTOP_LISTEN": "127.0.0.1:0"})
        wrong = re.findall(r"^(?:FAILED|warning +(?:agent|trunk)) .*$", checked.out, re.MULTILINE)
        assert (checked.code, wrong) == (0, []), checked.out
        service = await until_the_end.enter_async_context(running_service(site, ari_port=new.ari_port))
        http = await until_the_end.enter_async_context(aiohttp.ClientSession())
        await service.says("attached to Asterisk", seconds_max=READY_SECONDS_MAX)
        desks = {who: AgentDesk(http, service.url, who) for who in passwords}
        for who, desk in desks.items():
            await desk.log_in(passwords[who])
        yield Both(old=old, new=new, ear=ear, phones=phones, desks=desks)


def _sounding_from(address: str, text: str) -> str:
    """Both machines are this one: each sends sound from its own address."""
    return re.sub(r"^(type ?= ?endpoint)$", rf"\1\nmedia_address = {address}\nbind_rtp_to_media_address = yes", text, flags=re.MULTILINE)


def _do_what_the_page_says(new: OwnAsterisk, site: Path, added: str) -> dict[str, str]:
    """Run the page's commands; gives the agents' passwords."""
    passwords: dict[str, str] = {}
    places = {"/etc/ari-controller/site.toml": str(site), "/etc/asterisk/pjsip_agents.conf": str(new.files / "pjsip_agents.conf")}
    for line in marked(PAGE, "new machine: commands").replace("\\\n", " ").splitlines():
        program, *words = [places.get(word, word) for word in shlex.split(line)]
        if program == "asterisk":
            templates = new.files / "ari-controller-pjsip.conf"
            templates.write_text(_sounding_from(NEW, templates.read_text()))
            new.cli(words[1])
            continue
        if words[0] == "init":
            words += ["-c", str(site), "--asterisk", str(new.files), "--ari-port", str(new.ari_port), "--yes"]
        done: Done = ari_controller(*words)
        assert done.code == 0, (line, done)
        passwords.update(re.findall(r"^  (\w+)  (\S{12})$", done.out, re.MULTILINE))
    text = site.read_text()
    assert text.count('name = "old-pbx"\n') == 1
    # The last line is the test's own port.
    site.write_text(text.replace('name = "old-pbx"\n', 'name = "old-pbx"\n' + added) + '\n[desktop]\nlisten = "env:DESKTOP_LISTEN"\n')
    return passwords


async def test_a_customer_of_the_old_pbx_is_answered_consulted_about_and_handed_to_a_colleague_there(tmp_path: Path) -> None:
    async with both(tmp_path) as on:
        await on.desks["alice"].available()
        await on.phones["customer"].dial(NUMBER)
        await on.phones["alice"].incoming()
        await on.phones["alice"].accept()
        await on.hear(customer={"alice"}, alice={"customer"})
        (interaction,) = await on.desks["alice"].interactions()
        assert interaction["customer"]["number"] == "+33199001234"

        await on.desks["bob"].available()
        await on.desks["alice"].does("consult", interaction["id"], target={"kind": "agent", "id": "bob"})
        await on.phones["bob"].incoming()
        await on.phones["bob"].accept()
        await on.hear(alice={"bob"}, bob={"alice"}, customer={"music"})
        await on.phones["bob"].hang_up()
        await on.hear(customer={"alice"}, alice={"customer"})

        await on.desks["alice"].does("consult", interaction["id"], target={"kind": "number", "number": COLLEAGUE})
        rings = await on.phones["carol"].incoming()
        assert "+33123456789" in rings.peer
        await on.phones["carol"].accept()
        await on.hear(alice={"carol"}, carol={"alice"}, customer={"music"})

        await on.desks["alice"].does("transfer", interaction["id"])
        await on.hear(customer={"carol"}, carol={"customer"})
        await on.phones["alice"].closed()

        await on.phones["customer"].hang_up()
        await on.phones["carol"].closed()
        await on.new.says(r"^0 active calls", "core show channels count")


async def test_while_the_new_machine_is_away_the_old_pbx_rings_whom_it_was_told_to(tmp_path: Path) -> None:
    async with both(tmp_path) as on:
        on.new.container.kill()
        await on.old.says("Unavail", "pjsip show contacts", seconds_max=NOTICED_SECONDS_MAX)

        await on.phones["customer"].dial(NUMBER)
        await on.phones["carol"].incoming()
        await on.phones["carol"].accept()

        await on.hear(customer={"carol"}, carol={"customer"})


async def test_a_colleague_who_dials_an_agent_reaches_the_telephone_without_the_controller(tmp_path: Path) -> None:
    async with both(tmp_path) as on:
        await on.phones["carol"].dial("1001")
        await on.phones["alice"].incoming()
        await on.phones["alice"].accept()

        await on.hear(carol={"alice"}, alice={"carol"})
        assert await on.desks["alice"].interactions() == []

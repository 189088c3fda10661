"""An Asterisk with Debian's own files, and an administrator's telephones and dialplan: `init` is run, a call is taken, and a colleague is
consulted on the telephones that were there. Afterwards all of it is taken out again.
"""

import csv
import os
import re
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.edges.command_line import Done, ari_controller, ari_controller_process
from tests.live.desk import AgentDesk
from tests.live.own_asterisk import TELEPHONE, TRANSPORT, OwnAsterisk, own_asterisk
from tests.live.scene import PHONES, until
from tests.live.service import running_service
from tests.live.stack import READY_SECONDS_MAX, free_port
from tests.phones import Account, Ear, SoftPhone
from tests.pure.directory.site_text import SITE

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an administrator's files belong to Asterisk, and only root can make them so")

NUMBER = "0123456789"
FIRST_CONSULT_SECONDS_MAX = 600.0
"""What is promised to a newcomer, questions that are answered by hand included; all that is measured here is the machine's part."""
UNIQUE_ID = 16
"""Which column of cdr_csv."""
WHO = ("customer", "alice", "bob")
DIALPLAN = """
[internal]
exten => _10XX,1,Dial(PJSIP/${EXTEN},20)
 same => n,Hangup()
"""


@asynccontextmanager
async def telephones(asterisk: OwnAsterisk, ear: Ear) -> AsyncIterator[dict[str, SoftPhone]]:
    phones = {who: SoftPhone(who, Account(PHONES[who], f"phone-{PHONES[who]}", registrar_port=asterisk.sip_port)) for who in WHO}
    try:
        for who, phone in phones.items():
            await phone.start()
            ear.listen(who, phone.rtp_ports)
        yield phones
    finally:
        for phone in phones.values():
            await phone.stop()


def init(asterisk: OwnAsterisk, site: Path, *arguments: str) -> Done:
    done = ari_controller("init", "-c", site, "--asterisk", asterisk.files, *arguments, "--yes")
    assert done.code == 0, done
    return done


async def test_init_makes_an_asterisk_that_is_there_take_customers_and_takes_everything_out_again(tmp_path: Path) -> None:
    site = tmp_path / "controller" / "site.toml"
    began = time.monotonic()
    sip_port = free_port(socket.SOCK_DGRAM)
    telephones_there = "".join(TELEPHONE.format(user=PHONES[who], context="internal", address="127.0.0.1") for who in WHO)
    written = {
        "pjsip.conf": TRANSPORT.format(address="127.0.0.1", port=sip_port)
        + telephones_there.replace("auth=1002\n", "auth=1002\ntrust_id_inbound=yes\n"),
        "extensions.conf": DIALPLAN,
    }
    with own_asterisk(tmp_path, sip_port, written) as asterisk, Ear() as ear:
        await asterisk.is_there()
        before = {path.name: path.read_bytes() for path in asterisk.files.iterdir() if path.is_file()}
        people = ("--agent", "alice:1001:Alice Martin", "--agent", "bob:1002:Bob Durand")
        asked = ("--region", "FR", "--number", NUMBER, *people, "--context", "internal", "--ari-port", str(asterisk.ari_port))
        done = init(asterisk, site, *asked)
        asterisk.cli("core reload")
        with site.open("a") as file:
            file.write('\n[desktop]\nlisten = "env:DESKTOP_LISTEN"\n')  # the test's own port

        async with telephones(asterisk, ear) as phones:
            at_once = ("check", "-c", site, "--live", "--asterisk", asterisk.files)
            checked = await ari_controller_process(*at_once, environ={"DESKTOP_LISTEN": "127.0.0.1:0"})
            assert (checked.code, "FAILED" in checked.out) == (0, False), checked
            assert re.search(r"PJSIP/1001 is registered: sip:1001\S*@127\.0\.0\.1:\d+, baresip", checked.out), checked.out
            wrong = re.findall(r"^warning +agent \w+ +(.*)$", checked.out, re.MULTILINE)
            assert [one for one in wrong if "what it dials" not in one] == [
                "PJSIP/1002: the telephone may say itself who is calling: trust_id_inbound = no in [1002]"
            ]
            # Of what they dial only the callers' number leads to the controller.
            assert "PJSIP/1001: what it dials reaches the controller as a customer's call, if at all: context = " in checked.out
            assert re.search(r"^ok +websocket timeout +5000 ms in \[general\] of ari.conf$", checked.out, re.MULTILINE)
            async with running_service(site, ari_port=asterisk.ari_port) as service, aiohttp.ClientSession() as http:
                await service.says("attached to Asterisk", seconds_max=READY_SECONDS_MAX)
                desks = {who: AgentDesk(http, service.url, who) for who in ("alice", "bob")}
                for who, desk in desks.items():
                    (password,) = re.findall(rf"^  {who}  (\S+)$", done.out, re.MULTILINE)
                    await desk.log_in(password)
                interaction = await _a_call_with_a_consult(phones, desks, ear)
                await _call_records_lead_to_the_story(asterisk, site, interaction)
        assert time.monotonic() - began < FIRST_CONSULT_SECONDS_MAX

        await _telephones_are_added(asterisk, tmp_path)

        init(asterisk, site, "--undo")
        asterisk.cli("core reload")
        after = {path.name: path.read_bytes() for path in asterisk.files.iterdir() if path.is_file()}
        assert after == before
        assert "ari-controller" not in asterisk.cli("dialplan show internal")


async def _telephones_are_added(asterisk: OwnAsterisk, folder: Path) -> None:
    """What `phones` writes is read by an Asterisk that includes nothing but the templates; it is taken away again."""
    site, written = folder / "more.toml", asterisk.files / "pjsip_agents.conf"
    site.write_text(SITE.replace('phone = "1001"', 'phone = "1101"\nbrowser = "1101-web"').replace('phone = "1002"', 'phone = "1102"'))
    done = ari_controller("phones", "-c", site, "-o", written)
    assert (done.code, "templates" in done.err) == (0, False), done
    asterisk.cli("pjsip reload")
    for name in ("1101", "1101-web"):
        await asterisk.says(r"context +: ari-controller-agents$", f"pjsip show endpoint {name}")
    assert re.search(r"context +: internal$", asterisk.cli("pjsip show endpoint 1001"), re.MULTILINE)
    written.unlink()
    asterisk.cli("pjsip reload")


async def _a_call_with_a_consult(phones: dict[str, SoftPhone], desks: dict[str, AgentDesk], ear: Ear) -> str:
    """Gives the interaction's id."""
    await desks["alice"].available()
    await phones["customer"].established(await phones["customer"].dial(NUMBER))
    await phones["alice"].incoming()
    await phones["alice"].accept()
    await ear.wait_until({"customer": {"alice"}, "alice": {"customer"}}, seconds_max=READY_SECONDS_MAX)
    (interaction,) = [str(each["id"]) for each in await desks["alice"].interactions()]
    await desks["bob"].available()

    await desks["alice"].does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await phones["bob"].incoming()
    await phones["bob"].accept()
    await ear.wait_until({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}, seconds_max=READY_SECONDS_MAX)

    await desks["alice"].does("transfer", interaction)
    await ear.wait_until({"customer": {"bob"}, "bob": {"customer"}}, seconds_max=READY_SECONDS_MAX)
    await phones["customer"].hang_up()
    return interaction


async def _call_records_lead_to_the_story(asterisk: OwnAsterisk, site: Path, interaction: str) -> None:
    """Debian's own cdr.conf names each record by the unique id of a leg, and each of them leads to the story."""

    def unique_ids() -> list[str]:
        said = asterisk.container.exec_run(["cat", "/var/log/asterisk/cdr-csv/Master.csv"])[1].decode()
        return [record[UNIQUE_ID] for record in csv.reader(said.splitlines()) if len(record) > UNIQUE_ID]

    # The customer with Alice, alone with music, and with Bob; Bob with Alice.
    await until("the call is recorded", lambda: len(unique_ids()) == 4, seconds_max=READY_SECONDS_MAX)
    customers, consult = sorted(set(unique_ids()))
    assert (unique_ids().count(customers), consult) == (3, f"ix-{interaction}-bob-2")
    anywhere = {"DESKTOP_LISTEN": "127.0.0.1:0"}
    told = ari_controller("story", interaction, "-c", site, environ=anywhere)
    assert told.code == 0, told
    for name in (customers, consult):
        assert ari_controller("story", name, "-c", site, environ=anywhere) == told

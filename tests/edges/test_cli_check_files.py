"""What `check --live` reads in Asterisk's own files where they are this machine's: where contexts lead, and what ARI does not tell."""

from pathlib import Path

import pytest

from controller.asterisk.preflight import Finding, Result
from controller.asterisk.telephone_check import Leads, context_trouble, trunk_context_trouble
from controller.cli.check import live_findings
from controller.cli.check_files import files_of, leads_of_files, with_files
from controller.directory.site import Site
from controller.provisioning.there import INCLUDES_MAX, Files
from tests.edges.command_line import ROOT
from tests.edges.test_cli_check_live import DESK, PLACE, Asterisk, served
from tests.pure.directory.site_text import SITE, read

EXTENSIONS = """
[general]
static = yes
#include ari-controller-extensions.conf
#include "more/*.conf"
[agents]
include => ari-controller-agents
[office]
include => internal,08:00-18:00|mon-fri
[internal]
exten => _10XX,1,Dial(PJSIP/${EXTEN},20)
 same => n,Goto(office,${EXTEN},1)
[from-trunk]
exten => 0123,1,NoOp(a)
 same => n,GotoIf($["${X}" = ""]?here)
 same => n(here),Goto(ari-controller-customers,${EXTEN},1) ; to them
[passed-on]
exten => _X.,1,Goto(from-trunk,${EXTEN},1)
[own]
exten => _X.,1,Stasis(${CONTROLLER},agent,${EXTEN},x)
[both]
include => from-trunk
include => agents
[nearly]
exten => s,1,Goto(my-ari-controller-agents,s,1)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "extensions.conf").write_text(EXTENSIONS)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "a.conf").write_text(
        "[included]\nexten => s,1,Stasis(controller,customer,${EXTEN})\n#include ../extensions.conf\n"
    )
    ours = "ari-controller-extensions.conf"
    (tmp_path / ours).write_text((ROOT / "asterisk-conf" / ours).read_text())
    (tmp_path / "http.conf").write_text("[general]\nenabled=yes\nbindaddr=127.0.0.1\n")
    return tmp_path


@pytest.mark.parametrize(
    ("context", "leads"),
    [
        ("ari-controller-agents", Leads.TO_THE_CONTROLLER_AS_AGENTS),
        ("ari-controller-customers", Leads.TO_THE_CONTROLLER_AS_CALLERS),
        ("agents", Leads.TO_THE_CONTROLLER_AS_AGENTS),
        ("own", Leads.TO_THE_CONTROLLER_AS_AGENTS),
        ("both", Leads.TO_THE_CONTROLLER_AS_AGENTS),
        ("from-trunk", Leads.TO_THE_CONTROLLER_AS_CALLERS),
        ("passed-on", Leads.TO_THE_CONTROLLER_AS_CALLERS),
        ("included", Leads.TO_THE_CONTROLLER_AS_CALLERS),
        ("internal", Leads.ELSEWHERE),
        ("office", Leads.ELSEWHERE),
        ("nearly", Leads.ELSEWHERE),
        ("of-a-database", Leads.UNKNOWN),
    ],
)
def test_where_a_context_leads_is_read_in_the_dialplan_and_what_it_includes(folder: Path, context: str, leads: Leads) -> None:
    assert leads_of_files(Files(folder))(context) is leads


def test_files_that_include_one_another_are_read_to_an_end(tmp_path: Path) -> None:
    (tmp_path / "a.conf").write_text("#include a.conf\n#include a.conf\n[x]\nk = v\n")

    assert INCLUDES_MAX < 1000
    assert Files(tmp_path).value("a.conf", "x", "k", "") == "v"


def test_where_no_file_can_be_read_only_our_own_contexts_are_known(tmp_path: Path) -> None:
    leads_of = leads_of_files(files_of(read(SITE), tmp_path))

    assert leads_of("ari-controller-agents") is Leads.TO_THE_CONTROLLER_AS_AGENTS
    assert leads_of("agents") is Leads.UNKNOWN


def test_the_files_of_this_machine_say_nothing_of_an_asterisk_elsewhere(folder: Path) -> None:
    elsewhere = read(SITE.replace("[asterisk]\n", '[asterisk]\nurl = "https://192.0.2.1:8089"\n'))

    assert files_of(elsewhere, folder) is None
    assert files_of(read(SITE), folder) is not None


def test_each_trouble_says_the_line_to_write() -> None:
    assert context_trouble("1001", "x", Leads.TO_THE_CONTROLLER_AS_AGENTS) is None
    assert context_trouble("1001", "x", Leads.UNKNOWN) is None
    assert "context = ari-controller-agents in [1001]" in str(context_trouble("1001", "x", Leads.TO_THE_CONTROLLER_AS_CALLERS))
    assert "include => ari-controller-agents in [x] of extensions.conf" in str(context_trouble("1001", "x", Leads.ELSEWHERE))
    assert trunk_context_trouble("t", "x", Leads.TO_THE_CONTROLLER_AS_CALLERS) is None
    assert "another context than x in [t]" in str(trunk_context_trouble("t", "x", Leads.TO_THE_CONTROLLER_AS_AGENTS))
    assert "exten => NUMBER,1,Goto(ari-controller-customers,${EXTEN},1)" in str(trunk_context_trouble("t", "x", Leads.ELSEWHERE))


# --- Rows in the live check --------------------------------------------------------------------------------------------


def at(url: str, *, trunk: bool = False) -> Site:
    text = SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n')
    return read(text + '\n[[trunk]]\nname = "provider"\n' if trunk else text)


async def test_an_agents_telephone_and_a_trunk_in_the_wrong_context_are_warned_of(folder: Path) -> None:
    asterisk = Asterisk()
    asterisk.endpoints.append({"technology": "PJSIP", "resource": "provider", "state": "online", "channel_ids": []})
    asterisk.objects = {
        "endpoint/1001": {**DESK, "context": "internal"},
        "aor/1001": PLACE,
        "endpoint/1002": {**DESK, "context": "from-trunk", "aors": "1002"},
        "aor/1002": PLACE,
        "endpoint/provider": {"context": "agents"},
    }
    async with served(asterisk.answer) as url:
        findings = await live_findings(at(url, trunk=True), folder)

    said = [finding.sentence for finding in findings if finding.result is Result.WARNING and finding.sentence.startswith("PJSIP/")]
    assert [sentence.partition(":")[2].partition(":")[0].strip() for sentence in said] == [
        "what it dials does not reach the controller",
        "what it dials reaches the controller as a customer's call, if at all",
        "its callers would be taken for agents",
    ]


def rows(folder: Path, site: Site | None = None) -> dict[str, Finding]:
    (folder / "extensions.conf").touch()
    ari_does_not_tell = [
        Finding(check=check, result=Result.NOT_CHECKED, sentence="?") for check in ("rtp ports", "browser sessions", "music")
    ]
    site = site or read(SITE)
    return {finding.check: finding for finding in with_files(ari_does_not_tell, files_of(site, folder), site)}


def test_what_ari_does_not_tell_is_read_where_it_stands_and_the_rest_stays_open(folder: Path) -> None:
    (folder / "ari.conf").write_text("[general]\nenabled=yes\nwebsocket_write_timeout = 5000\n")
    (folder / "rtp.conf").write_text("[general]\nrtpstart=10000\nrtpend=20000\n")

    found = rows(folder)

    assert {check: one.result for check, one in found.items()} == {
        "browser sessions": Result.NOT_CHECKED,
        "music": Result.NOT_CHECKED,
        "websocket timeout": Result.OK,
        "http address": Result.OK,
        "rtp ports": Result.OK,
    }


def test_a_file_that_makes_calls_fail_is_told_with_the_line_to_write(folder: Path) -> None:
    (folder / "ari.conf").write_text("[general]\nenabled=yes\n")
    (folder / "http.conf").write_text("[general]\nenabled=yes\nbindaddr=0.0.0.0\n")
    (folder / "rtp.conf").write_text("[general]\nrtpstart=10000\nrtpend=10099\n")
    (folder / "pjsip.conf").write_text("[ws]\ntype=transport\nprotocol=ws\n")
    site = read(SITE.replace('phone = "1001"', 'phone = "1001"\nbrowser = "1001-web"'))

    found = rows(folder, site)
    found_twice = with_files([], files_of(site, folder), site)

    assert {one.result for one in found_twice} == {Result.WARNING}
    assert "bindaddr = 127.0.0.1 into [general] of http.conf" in found["http address"].sentence
    assert "rtpend = 10999 into [general] of rtp.conf, or legs_max = 50 in the site file" in found["rtp ports"].sentence
    assert "sessionlimit is 100, and pages need 102: write sessionlimit = 2100" in found["browser sessions"].sentence
    assert [one.sentence.partition("= 5000 into ")[2] for one in found_twice if one.check == "websocket timeout"] == [
        "[general] of ari.conf",
        "[ws] of pjsip.conf",
    ]


def test_without_files_nothing_changes() -> None:
    open_ = Finding(check="rtp ports", result=Result.NOT_CHECKED, sentence="?")

    assert with_files([open_], None, read(SITE)) == [open_]


def test_the_delivered_files_are_well() -> None:
    files = files_of(read(SITE), ROOT / "asterisk-conf")

    assert {one.result for one in with_files([], files, read(SITE))} == {Result.OK}
    assert leads_of_files(files)("agents") is Leads.TO_THE_CONTROLLER_AS_AGENTS
    assert leads_of_files(files)("customers-outside") is Leads.TO_THE_CONTROLLER_AS_CALLERS

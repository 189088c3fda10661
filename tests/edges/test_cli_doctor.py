"""`ari-controller doctor`: what it says of each part that is down or damaged, and that nothing secret leaves by its archive."""

import asyncio
import json
import os
import re
import sqlite3
import stat
import tarfile
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from aiohttp import web

from controller.cli import doctor as the_doctor
from controller.directory.passwords import HASHER
from controller.journal.sqlite_journal import FILE as JOURNAL
from controller.journal.sqlite_journal import SqliteJournal
from controller.provisioning.password_file import NAME as PASSWORDS
from tests.edges.command_line import Done, ari_controller, ari_controller_process
from tests.edges.test_cli_backup import inputs
from tests.edges.test_cli_check_live import Asterisk, served
from tests.pure.directory.site_text import SITE

NOBODY = "http://127.0.0.1:9"
LINE = re.compile(r"^(ok|lacks|warning|FAILED|not checked) +(\S+(?: \S+)*?)  +(.*)$")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return written(tmp_path / "site.toml", NOBODY)


@pytest.fixture(autouse=True)
def holders_are_looked_at_twice_in_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_doctor, "RENEW_SECONDS", 0.01)


def written(path: Path, url: str, desktop: str = "127.0.0.1:9") -> Path:
    text = SITE.replace("[asterisk]\n", f'[asterisk]\nurl = "{url}"\n')
    path.write_text(f'{text}\n[desktop]\nlisten = "{desktop}"\n' if "[desktop]" not in text else text)
    return path


def said(done: Done) -> dict[str, tuple[str, str]]:
    found = [LINE.match(line) for line in done.out.splitlines()]
    return {one[2]: (one[1], one[3]) for one in found if one is not None}


def doctor(site: Path, *more: str | Path) -> Done:
    return ari_controller("doctor", "-c", site, *more)


# --- Each part by itself -----------------------------------------------------------------------------------------------


def test_where_everything_is_down_each_line_says_so(site: Path) -> None:
    done = doctor(site, "--log", site.with_name("no.log"))

    lines = said(done)
    assert (done.code, done.err) == (1, "")
    assert lines["version"][0] == "ok"
    assert lines["service"][0] == "FAILED"
    assert "the controller is not there at http://127.0.0.1:9" in lines["service"][1]
    assert lines["reachable"][0] == "FAILED"
    assert "nothing listens at http://127.0.0.1:9" in lines["reachable"][1]
    assert lines["journal"] == ("warning", f"there is none in {site.parent / 'state'} yet: the first start makes it")
    assert lines["disk"][0] == "ok"
    assert "no.log can't be read: No such file or directory" in lines["log"][1]
    assert done.out.count("nothing listens") == 1, "the same is not said three times"


def test_a_bad_site_file_is_told_with_every_mistake_and_the_exit_code_is_2(site: Path) -> None:
    site.write_text(site.read_text().replace('region = "FR"', 'region = "UK"'))

    done = doctor(site)

    assert done.code == 2
    assert "there is no country 'UK'; did you mean 'GB'?" in said(done)["site file"][1]


async def test_a_journal_that_is_in_use_is_found_to_be_sound(site: Path) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    await journal.keep(inputs(1, 5))

    done = await ari_controller_process("doctor", "-c", site)
    journal.close()

    result, sentence = said(done)["journal"]
    assert result == "ok"
    assert re.search(r"is sound: \d+\.\d MB, 5 inputs since the last state, the last of them \d+ days ago$", sentence)


async def test_a_damaged_journal_has_failed_and_is_left_as_it_is(site: Path) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    await journal.keep(inputs(1, 5))
    journal.close()
    file = site.parent / "state" / JOURNAL
    with sqlite3.connect(file) as db:
        db.execute("UPDATE batch SET checksum = 1")
    db.close()
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}

    done = await asyncio.to_thread(doctor, site)

    result, sentence = said(done)["journal"]
    assert (done.code, result) == (1, "FAILED")
    assert "is damaged (input 1: its checksum is wrong); the next start keeps what is sound" in sentence
    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before


async def test_a_journal_that_has_lost_its_end_has_failed(site: Path) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    await journal.keep(inputs(1, 5))
    journal.close()
    with sqlite3.connect(site.parent / "state" / JOURNAL) as db:
        db.execute("DELETE FROM batch")
    db.close()

    assert "the last 5 inputs are gone" in said(await asyncio.to_thread(doctor, site))["journal"][1]


def test_a_journal_of_a_newer_version_is_told(site: Path) -> None:
    folder = site.parent / "state"
    journal = SqliteJournal(folder)
    journal.open()
    journal.close()
    with sqlite3.connect(folder / JOURNAL) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()

    result, sentence = said(doctor(site))["journal"]

    assert result == "FAILED"
    assert "A newer ari-controller wrote the journal" in sentence
    assert sentence.count(str(folder)) == 2, "nobody knows the copy that was looked into"


def test_a_disk_that_is_nearly_full_has_failed(site: Path) -> None:
    site.write_text(site.read_text() + "\n[journal]\nfree_mb_min = 1000000\n")

    result, sentence = said(doctor(site))["disk"]

    assert result == "FAILED"
    assert sentence.startswith("The journal's disk has ")


def test_the_last_warnings_of_the_log_are_shown(site: Path, tmp_path: Path) -> None:
    lines = [f"12:00:0{i} INFO all is well" for i in range(5)] + [f"12:01:{i:02} WARNING something {i}" for i in range(15)]
    (tmp_path / "log").write_text("\n".join(lines) + "\n")

    done = doctor(site, "--log", tmp_path / "log")

    shown = [line for line in done.out.splitlines() if "  log  " in line]
    assert len(shown) == 10
    assert shown[-1].endswith("12:01:14 WARNING something 14")


def test_a_log_without_warnings_is_well(site: Path, tmp_path: Path) -> None:
    (tmp_path / "log").write_text('12:00:00.000 attached  errors=0\n{"level": "info", "event": "no error"}\n')

    assert said(doctor(site, "--log", tmp_path / "log"))["log"] == ("ok", "no warning and no error in its last 2 lines")


def test_a_warning_of_a_log_of_json_is_one(site: Path, tmp_path: Path) -> None:
    (tmp_path / "log").write_text('{"level":"error","event":"not started"}\n')

    assert said(doctor(site, "--log", tmp_path / "log"))["log"] == ("warning", '{"level":"error","event":"not started"}')


# --- Asterisk and who steers it ----------------------------------------------------------------------------------------


class Steered(Asterisk):
    """One whose application somebody steers, and whose clock can be wrong."""

    def __init__(self, holder: str = "", *, alive: bool = True, ahead_seconds: float = 0.0) -> None:
        super().__init__()
        self.holder, self.alive, self.ahead_seconds, self.beats = holder, alive, ahead_seconds, 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/ari/asterisk/variable":
            self.beats += self.alive
            assert request.query["variable"] == "ARI_CONTROLLER_HOLDER_controller"
            value = f"{self.holder} {self.beats}" if self.holder not in ("", "-") else self.holder
            return web.json_response({"value": value})
        if request.query.get("only") == "status":
            return web.json_response({}, headers={"Date": formatdate(time.time() + self.ahead_seconds, usegmt=True)})
        return await super().answer(request)


async def asked(asterisk: Steered, folder: Path) -> dict[str, tuple[str, str]]:
    (folder / "state").mkdir(exist_ok=True)
    (folder / "state" / "instance").write_text("ours")
    async with served(asterisk.answer) as url:
        return said(await asyncio.to_thread(doctor, written(folder / "site.toml", url)))


@pytest.mark.parametrize(
    ("asterisk", "result", "sentence"),
    [
        (Steered("ours"), "ok", "this journal's controller steers 'controller'"),
        (Steered("ours", alive=False), "warning", "this journal's controller steered 'controller' last, and shows no life"),
        (Steered("theirs"), "warning", "another controller, theirs, steers 'controller', and this one stands by"),
        (Steered("-"), "warning", "nobody steers 'controller': the last controller was stopped"),
        (Steered(), "warning", "nobody has steered 'controller' since Asterisk started"),
    ],
    ids=["ours", "ours and dead", "another's", "stopped", "nobody's"],
)
async def test_who_steers_is_told(asterisk: Steered, result: str, sentence: str, tmp_path: Path) -> None:
    lease = (await asked(asterisk, tmp_path))["lease"]

    assert lease[0] == result
    assert lease[1].startswith(sentence)


async def test_clocks_that_are_apart_are_told(tmp_path: Path) -> None:
    together = (await asked(Steered("ours"), tmp_path))["clock"]
    apart = (await asked(Steered("ours", ahead_seconds=90), tmp_path))["clock"]

    assert together == ("ok", "Asterisk's clock and this machine's agree to the second")
    assert apart[0] == "warning"
    assert re.match(r"Asterisk's clock and this machine's are (89|90) s apart", apart[1])


async def test_what_is_well_in_asterisk_is_counted_and_what_is_not_is_told(tmp_path: Path) -> None:
    asterisk = Steered("ours")
    asterisk.modules["bridge_holding.so"] = "Not Running"

    lines = await asked(asterisk, tmp_path)

    assert re.match(r"\d+ of \d+ checks have nothing to say", lines["asterisk"][1])
    assert lines["module bridge_holding"][0] == "FAILED"


async def test_a_service_that_is_not_ready_says_why(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response({"detail": "The controller is not attached to Asterisk."}, status=503)

    async with served(answer) as url:
        done = await asyncio.to_thread(doctor, written(tmp_path / "site.toml", NOBODY, url.removeprefix("http://")))

    assert said(done)["service"] == ("FAILED", f"{url}: The controller is not attached to Asterisk.")


@pytest.mark.parametrize(
    ("answered", "result"), [({"status": "ready", "warnings": []}, "ok"), ({"warnings": ["Mind the disk."]}, "warning")]
)
async def test_a_service_that_is_ready_is_well_unless_it_warns(tmp_path: Path, answered: dict[str, object], result: str) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(answered)

    async with served(answer) as url:
        done = await asyncio.to_thread(doctor, written(tmp_path / "site.toml", NOBODY, url.removeprefix("http://")))

    assert said(done)["service"][0] == result


# --- For programs ------------------------------------------------------------------------------------------------------


def test_programs_get_the_same_as_json(site: Path) -> None:
    done = doctor(site, "--json")

    answer = json.loads(done.out)
    assert (answer["ok"], done.code) == (False, 1)
    assert {"check": "service", "result": "failed"}.items() <= next(one for one in answer["findings"] if one["check"] == "service").items()


# --- The archive -------------------------------------------------------------------------------------------------------

SECRETS = {
    "of ARI": "planted-of-ari",
    "of an organisation": "planted-of-ldap",
    "of a telephone": "planted-of-phone",
    "an agent's in a table": "planted-of-agent",
    "in a comment": "planted-in-comment",
    "a token": "planted-token-4711",
    "in an address": "planted-in-url",
    "in a header": "cGxhbnRlZC1pbi1oZWFkZXI=",
    "chosen by an agent": "planted-chosen",
    "a key": "planted-private-key",
}
CUSTOMERS = ("+33612345678", "06 98 76 54 32", "0044 20 7946 0958")
CALLER = "Mme Planted Caller"


def plant(folder: Path) -> Path:
    """A site that has a secret in every place where there can be one; gives its site file."""
    state = folder / "state"
    state.mkdir()
    alices = HASHER.hash(SECRETS["chosen by an agent"])
    text = SITE.replace("secret-of-ari", SECRETS["of ARI"]).replace("[asterisk]\n", f'[asterisk]\nurl = "{NOBODY}"\n')
    text += f'\n# old: password = "{SECRETS["in a comment"]}"\n# http://root:{SECRETS["in an address"]}@192.0.2.9/, asks {CUSTOMERS[0]}\n'
    ldap = 'url = "ldaps://directory.example"\nbase = "dc=example"\nbind_dn = "cn=reader"\npassword_file = "ldap-password"\n'
    text += f'\n[[organisation]]\nid = "company"\nname = "Company"\nkind = "ldap"\n{ldap}'
    (folder / "site.toml").write_text(text)
    (folder / "ldap-password").write_text(SECRETS["of an organisation"] + "\n")
    (state / PASSWORDS).write_text(json.dumps({"1001": SECRETS["of a telephone"]}))
    (state / PASSWORDS).chmod(0o600)
    (state / "agent-passwords.json").write_text(json.dumps({"alice": {"hash": alices, "instead_of": "0"}}))
    (folder / "key.pem").write_text(f"-----BEGIN PRIVATE KEY-----\n{SECRETS['a key']}\n-----END PRIVATE KEY-----\n")
    step = {
        "at": 1764273600.25,
        "interaction": "t3k9x200",
        "input": f"a customer calls 800 from {CUSTOMERS[0]} ({CALLER})",
        "tell": [f"dialled {CUSTOMERS[1]}"],
        "parties": [{"role": "customer", "name": CALLER, "agent": None}, {"role": "agent1", "name": "Alice Martin", "agent": "alice"}],
    }
    (state / "steps.jsonl").write_text('half a line of +33612345678"}\n' + json.dumps(step) + "\n")
    log = [
        f"WARNING refused password={SECRETS['in a comment']} token: {SECRETS['a token']} of {CUSTOMERS[2]}",
        f"ERROR Authorization: Basic {SECRETS['in a header']}",
        f"WARNING somebody wrote {SECRETS['of a telephone']} and {SECRETS['of ARI']} and {SECRETS['of an organisation']} into a log",
        f"ERROR {alices}",
        json.dumps({"level": "warning", "event": "x", "secret": SECRETS["an agent's in a table"]}),
        f"ERROR -----BEGIN PRIVATE KEY----- {SECRETS['a key']}",
    ]
    (folder / "service.log").write_text("\n".join(log) + "\n")
    return folder / "site.toml"


def held_by(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as opened:
        found = {member.name.partition("/")[2]: opened.extractfile(member) for member in opened.getmembers()}
        return {name: file.read().decode() for name, file in found.items() if file is not None}


def test_no_secret_and_no_customers_number_leaves_by_the_archive(tmp_path: Path) -> None:
    site, archive = plant(tmp_path), tmp_path / "doctor.tar.gz"

    done = doctor(site, "--bundle", archive, "--log", tmp_path / "service.log")

    held = held_by(archive)
    assert sorted(held) == ["READ-ME.txt", "doctor.json", "doctor.txt", "service.log", "site/site.toml", "steps.jsonl"]
    assert (done.code, stat.S_IMODE(archive.stat().st_mode)) == (1, 0o600)
    for name, text in held.items():
        for what, secret in SECRETS.items():
            assert secret not in text, f"a secret {what} is in {name}"
        assert "argon2" not in text, name
        assert CALLER not in text, name
        for number in CUSTOMERS:
            assert number not in text, name
            assert re.sub(r"\D", "", number)[:-2] not in re.sub(r"[ .-]", "", text), name


def test_what_helps_is_in_the_archive(tmp_path: Path) -> None:
    site, archive = plant(tmp_path), tmp_path / "doctor.tar.gz"

    doctor(site, "--bundle", archive, "--log", tmp_path / "service.log")

    held = held_by(archive)
    assert "+33123456789" in held["site/site.toml"], "the site's own number"
    assert 'password_file = "ldap-password"' in held["site/site.toml"] or "password_file" in held["site/site.toml"]
    (step,) = [json.loads(line) for line in held["steps.jsonl"].splitlines() if line]
    assert (step["interaction"], step["at"], step["parties"][0]["name"]) == ("t3k9x200", 1764273600.25, "(somebody outside)")
    assert step["input"].startswith("a customer calls 800 from *********78 ((somebody outside))")
    assert "nothing listens at http://127.0.0.1:9" in held["doctor.txt"]
    assert json.loads(held["doctor.json"])["ok"] is False


def test_agents_of_a_table_are_in_the_archive_without_their_passwords(tmp_path: Path) -> None:
    hash_ = HASHER.hash("x" * 12)
    (tmp_path / "agents.csv").write_text(f'id,name,phone,password\ncarla,Carla Roux,1011,"{hash_}"\n')
    site = written(tmp_path / "site.toml", NOBODY)
    site.write_text(site.read_text().replace("[site]\n", '[site]\nagents_from = "agents.csv"\n'))

    doctor(site, "--bundle", tmp_path / "a.tar.gz")

    assert held_by(tmp_path / "a.tar.gz")["site/agents.csv"] == "id,name,phone,password\ncarla,Carla Roux,1011,***\n"


def test_a_bad_site_file_is_in_the_archive_without_its_passwords(tmp_path: Path) -> None:
    site = plant(tmp_path)
    site.write_text(site.read_text().replace('region = "FR"', 'region = "UK"'))

    done = doctor(site, "--bundle", tmp_path / "a.tar.gz", "--log", tmp_path / "service.log")

    held = held_by(tmp_path / "a.tar.gz")
    assert done.code == 2
    assert 'region = "UK"' in held["site/site.toml"]
    assert SECRETS["of ARI"] not in held["site/site.toml"]
    assert "argon2" not in held["site/site.toml"]


def test_an_archive_that_is_there_is_not_written_over(site: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("precious")

    done = doctor(site, "--bundle", tmp_path / "a.tar.gz")

    assert (done.code, (tmp_path / "a.tar.gz").read_text()) == (2, "precious")


def test_an_archive_that_can_not_be_written_is_told(site: Path, tmp_path: Path) -> None:
    done = doctor(site, "--bundle", tmp_path / "nowhere" / "a.tar.gz")

    assert done.code == 1
    assert "can't be written: No such file or directory." in done.err


def test_systemds_journal_is_asked_where_there_is_one(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journalctl = tmp_path / "journalctl"
    journalctl.write_text('#!/bin/sh\necho "2026-11-27T20:00:00 ari-controller[1]: WARNING $2"\n')
    journalctl.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert said(doctor(site))["log"][1] == f"2026-11-27T20:00:00 ari-controller[1]: WARNING {the_doctor.UNIT}"

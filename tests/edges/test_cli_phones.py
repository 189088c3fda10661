"""`ari-controller phones`: what it writes for Asterisk and for people, and where the passwords are."""

import json
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest

from controller.provisioning.password_file import NAME
from tests.edges.command_line import DEMO, ROOT, Done, ari_controller
from tests.pure.directory.site_text import SITE

DELIVERED = ROOT / "asterisk-conf" / "pjsip_agents.conf"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE.replace('phone = "1001"', 'phone = "1001"\nbrowser = "1001-web"'))
    return path


def kept(site: Path) -> Path:
    return site.parent / "state" / NAME


def phones(site: Path, *more: str | Path) -> Done:
    return ari_controller("phones", "-c", site, *more)


def passwords_in(text: str) -> list[str]:
    return re.findall(r"^password = (.*)$", text, re.MULTILINE)


# --- Sections ----------------------------------------------------------------------------------------------------------


def test_the_delivered_file_is_what_it_writes_for_the_demo(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    demo = {name: f"phone-{name}" for name in ("1001", "1002", "1003", "1004", "1009")}
    (state / NAME).write_text(json.dumps(demo))
    (state / NAME).chmod(0o600)

    done = ari_controller("phones", "-c", DEMO, environ={"STATE_FOLDER": str(state)})

    assert (done.code, done.err) == (0, "")
    assert done.out == DELIVERED.read_text()


def test_each_telephone_on_a_desk_has_a_long_password_of_its_own_and_keeps_it(site: Path) -> None:
    first, again = phones(site), phones(site)

    passwords = passwords_in(first.out)
    assert len(passwords) == len(set(passwords)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9]{20}", password) for password in passwords)
    assert again.out == first.out


def test_only_its_owner_can_read_the_file_of_passwords(site: Path) -> None:
    phones(site)

    assert stat.S_IMODE(kept(site).stat().st_mode) == 0o600
    assert sorted(json.loads(kept(site).read_text())) == ["1001", "1002"]


def test_a_telephone_in_the_browser_has_no_password(site: Path) -> None:
    done = phones(site)

    browser = done.out.partition("[1001-web](ari-controller-browser)")[2]
    assert "auth = 1001-web" in browser
    assert 'callerid = "Alice Martin" <1001>' in browser
    assert "password" not in browser


def test_a_telephone_can_not_have_a_templates_name(site: Path) -> None:
    site.write_text(site.read_text().replace('phone = "1002"', 'phone = "ari-controller-login"'))

    done = phones(site)

    assert (done.code, done.out) == (2, "")
    assert done.err == "No telephone's name can begin with 'ari-controller-', as templates' do: ari-controller-login.\n"


def test_a_pjsip_conf_without_the_templates_is_told(site: Path, tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").write_text("[agent](!)\ntype = endpoint\n#include agents.conf\n")
    old = phones(site, "-o", tmp_path / "agents.conf")
    (tmp_path / "agents.conf").unlink()
    (tmp_path / "pjsip.conf").write_text("#include ari-controller-pjsip.conf\n#include agents.conf\n")
    new = phones(site, "-o", tmp_path / "agents.conf")

    assert "has no line `#include ari-controller-pjsip.conf`, which brings the templates" in old.err
    assert "templates" not in new.err


def test_a_telephone_that_has_sections_of_its_own_already_is_told(site: Path, tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").write_text("#include ari-controller-pjsip.conf\n[1002]\ntype = endpoint\n[1003]\ntype = endpoint\n")

    done = phones(site, "-o", tmp_path / "agents.conf")

    assert "has sections of its own for 1002: a telephone may not be there twice" in done.err


def test_whoever_has_left_the_site_file_has_no_password_any_more(site: Path) -> None:
    phones(site)
    alices = json.loads(kept(site).read_text())["1001"]
    site.write_text(site.read_text().replace('phone = "1002"', 'phone = "1005"'))

    phones(site)

    left = json.loads(kept(site).read_text())
    assert sorted(left) == ["1001", "1005"]
    assert left["1001"] == alices


def test_a_name_with_quotes_and_semicolons_stays_one_name(site: Path) -> None:
    site.write_text(site.read_text().replace("Alice Martin", 'Alice \\"Ali\\"; \\\\ Martin'))

    done = phones(site)

    assert r'callerid = "Alice \"Ali\"\; \\ Martin" <1001>' in done.out


# --- Written into a file -----------------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_change_and_makes_nothing(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"

    done = phones(site, "--output", there, "--dry-run")

    assert done.code == 0
    assert "+[1001](ari-controller-agent)" in done.out.splitlines()
    assert not there.exists()
    assert not kept(site).exists()


def test_what_changes_is_shown_without_a_password(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"
    phones(site, "-o", there)
    before = passwords_in(there.read_text())
    site.write_text(site.read_text().replace("Bob Durand", "Bob Dupond").replace('phone = "1001"', 'phone = "1007"'))

    done = phones(site, "-o", there)

    assert '+callerid = "Bob Dupond" <1002>' in done.out.splitlines()
    assert "+password = (new)" in done.out.splitlines()
    assert not [password for password in (*before, *passwords_in(there.read_text())) if password in done.out + done.err]


def test_a_password_that_was_another_one_is_seen_to_change(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"
    phones(site, "-o", there)
    theirs = passwords_in(there.read_text())[0]
    there.write_text(there.read_text().replace(theirs, "one-of-their-own"))

    done = phones(site, "-o", there, "--dry-run")

    assert "-password = (another)" in done.out.splitlines()
    assert "+password = (new)" in done.out.splitlines()
    assert "one-of-their-own" not in done.out


def test_the_file_that_asterisk_reads_keeps_its_mode_and_a_new_one_is_nobody_elses(site: Path, tmp_path: Path) -> None:
    there, new = tmp_path / "agents.conf", tmp_path / "new.conf"
    there.touch()
    there.chmod(0o640)

    phones(site, "-o", there)
    phones(site, "-o", new)

    assert stat.S_IMODE(there.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert there.read_text() == new.read_text()


def test_a_file_that_everybody_can_read_is_nobody_elses_once_it_holds_passwords(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"
    there.touch()
    there.chmod(0o644)

    phones(site, "-o", there)

    assert stat.S_IMODE(there.stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_the_file_belongs_to_whom_it_belonged_so_that_asterisk_can_read_it(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"
    there.touch()
    os.chown(there, 4711, 4712)

    phones(site, "-o", there)

    assert (there.stat().st_uid, there.stat().st_gid) == (4711, 4712)
    assert "password = " in there.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_a_new_file_is_for_whoever_reads_the_one_that_includes_it(site: Path, tmp_path: Path) -> None:
    (tmp_path / "pjsip.conf").touch()
    os.chown(tmp_path / "pjsip.conf", 4711, 4712)

    phones(site, "-o", tmp_path / "agents.conf")

    there = (tmp_path / "agents.conf").stat()
    assert (there.st_gid, stat.S_IMODE(there.st_mode)) == (4712, 0o640)


@pytest.mark.parametrize("line", ["password=hunter2", "  Password => hunter2", ";password = hunter2", "md5_cred=hunter2"])
def test_a_password_is_not_shown_however_an_administrator_has_written_it(site: Path, tmp_path: Path, line: str) -> None:
    there = tmp_path / "agents.conf"
    there.write_text(f"[1001]\n{line}\n")

    done = phones(site, "-o", there, "--dry-run")

    assert "(another)" in done.out
    assert "hunter2" not in done.out


def test_written_twice_it_is_right_as_it_is(site: Path, tmp_path: Path) -> None:
    there = tmp_path / "agents.conf"
    phones(site, "-o", there)

    done = phones(site, "-o", there)

    assert done.out.strip() == f"{there} is right as it is."
    assert done.err == ""


def test_a_dry_run_of_nothing_is_bad_usage(site: Path) -> None:
    assert phones(site, "--dry-run").code == 2


# --- Where the passwords can't be kept ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mode", "because"),
    [
        ('{"1001": "a-good-password"}', 0o644, "chmod 600"),
        ("[]", 0o600, "is no JSON object of telephones and their passwords"),
        ('{"1001": "secret;with a comment"}', 0o600, "The password of '1001' in "),
    ],
)
def test_a_file_of_passwords_that_can_not_be_used_is_told_and_stays_as_it_is(site: Path, text: str, mode: int, because: str) -> None:
    kept(site).parent.mkdir()
    kept(site).write_text(text)
    kept(site).chmod(mode)

    done = phones(site)

    assert done.code == 1
    assert because in done.err
    assert "secret" not in done.err + done.out
    assert kept(site).read_text() == text


def test_a_file_that_can_not_be_written_is_told(site: Path, tmp_path: Path) -> None:
    done = phones(site, "-o", tmp_path / "nowhere" / "agents.conf")

    assert done.code == 1
    assert "can't be written: No such file or directory." in done.err


# --- Sheets ------------------------------------------------------------------------------------------------------------


class Text(HTMLParser):
    """What a reader sees of a page, and which elements it has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.tags: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


def test_a_sheet_says_all_that_is_typed_into_a_telephone(site: Path, tmp_path: Path) -> None:
    site.write_text(site.read_text() + '[telephones]\nserver = "pbx.example"\nport = 5070\ntransport = "tcp"\n')

    done = phones(site, "--sheets", tmp_path / "sheets")

    seen = Text((tmp_path / "sheets" / "alice.html").read_text()).seen
    assert done.code == 0
    password = json.loads(kept(site).read_text())["1001"]
    for said in ("Telephone of Alice Martin", "pbx.example", "5070", "TCP", "1001", password):
        assert said in seen


def test_sheets_that_name_this_machine_only_are_told_of(site: Path, tmp_path: Path) -> None:
    named_by_default = phones(site, "--sheets", tmp_path / "sheets")
    site.write_text(site.read_text() + '[telephones]\nserver = "pbx.example"\n')

    named = phones(site, "--sheets", tmp_path / "sheets")

    assert "name 127.0.0.1, by which only telephones on this machine find Asterisk" in named_by_default.err
    assert "`server` under [telephones]" in named_by_default.err
    assert "127.0.0.1" not in named.err


def test_sheets_are_for_telephones_on_desks_and_nobody_else_can_read_them(site: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"

    phones(site, "--sheets", folder)

    assert sorted(os.listdir(folder)) == ["alice.html", "bob.html"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(page.stat().st_mode) for page in folder.iterdir()} == {0o600}


def test_a_french_site_has_french_sheets(site: Path, tmp_path: Path) -> None:
    site.write_text(site.read_text().replace('region = "FR"', 'region = "FR"\nlanguage = "fr"'))

    phones(site, "--sheets", tmp_path / "sheets")

    page = (tmp_path / "sheets" / "bob.html").read_text()
    assert '<html lang="fr">' in page
    assert "Mot de passe" in Text(page).seen


def test_a_sheet_lists_the_sites_codes_and_none_that_it_has_taken_away(site: Path, tmp_path: Path) -> None:
    site.write_text(site.read_text() + '[feature_codes]\nhold = "*88"\nconference = ""\n')

    phones(site, "--sheets", tmp_path / "sheets")

    seen = Text((tmp_path / "sheets" / "alice.html").read_text()).seen
    assert seen[seen.index("*88") + 1] == "Customer on hold; again: off hold"
    assert "*2…" in seen
    assert "Bring everybody together" not in seen


def test_a_name_is_never_read_as_html(site: Path, tmp_path: Path) -> None:
    site.write_text(site.read_text().replace("Alice Martin", "<script>alert(1)</script>"))

    phones(site, "--sheets", tmp_path / "sheets")

    page = Text((tmp_path / "sheets" / "alice.html").read_text())
    assert "script" not in page.tags
    assert "Telephone of <script>alert(1)</script>" in page.seen


def test_without_a_server_to_fetch_from_a_sheet_has_no_code_to_scan(site: Path, tmp_path: Path) -> None:
    phones(site, "--sheets", tmp_path / "sheets")

    assert "svg" not in Text((tmp_path / "sheets" / "alice.html").read_text()).tags


# --- For programs ------------------------------------------------------------------------------------------------------


def test_as_json_there_is_every_telephone_and_no_password(site: Path) -> None:
    site.write_text(site.read_text().replace('phone = "1002"', 'phone = "1002"\nmac = "00:15:65:AB-CD:ef"'))
    phones(site)

    found = json.loads(phones(site, "--json").out)["telephones"]

    assert [(one["agent"], one["kind"], one["user"]) for one in found] == [
        ("alice", "desk", "1001"),
        ("bob", "desk", "1002"),
        ("alice", "browser", "1001-web"),
    ]
    assert found[1]["mac"] == "001565abcdef"
    assert not any(password in json.dumps(found) for password in json.loads(kept(site).read_text()).values())


def test_two_telephones_can_not_have_one_hardware_address(site: Path) -> None:
    text = site.read_text().replace('phone = "1001"', 'phone = "1001"\nmac = "001565abcdef"')
    site.write_text(text.replace('phone = "1002"', 'phone = "1002"\nmac = "00-15-65-AB-CD-EF"'))

    done = phones(site)

    assert done.code == 2
    assert "the hardware address '001565abcdef' is another agent's telephone: see line" in done.err

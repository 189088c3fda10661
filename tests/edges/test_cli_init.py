"""`ari-controller init`: what it adds to an Asterisk that is there, what it leaves alone, and how all of it goes away again."""

import re
import stat
from pathlib import Path

import pytest

from controller.cli.init import WRITTEN
from controller.service.site import site_of
from tests.edges.command_line import Done, ari_controller

ARI_CONF = "[general]\nenabled = yes       ; When set to no, ARI support is disabled.\n;pretty = no\n"
HTTP_CONF = "[general]\nservername=Asterisk\n;enabled=yes\nbindaddr=127.0.0.1\n;bindport=8088\n"
EXTENSIONS_CONF = "[general]\nstatic=yes\n\n[from-trunk]\nexten => 200,1,Dial(PJSIP/200)\n"
PJSIP_CONF = "[transport-udp]\ntype=transport\nprotocol=udp\nbind=0.0.0.0\n"
ASKED = ("--region", "FR", "--number", "0123456789", "--agent", "alice:1001:Alice Martin", "--agent", "bob:1002")


@pytest.fixture
def asterisk(tmp_path: Path) -> Path:
    """The files of an Asterisk that is there."""
    folder = tmp_path / "asterisk"
    folder.mkdir()
    for name, text in (("ari.conf", ARI_CONF), ("http.conf", HTTP_CONF), ("extensions.conf", EXTENSIONS_CONF), ("pjsip.conf", PJSIP_CONF)):
        (folder / name).write_text(text)
    return folder


def site(asterisk: Path) -> Path:
    return asterisk.parent / "controller" / "site.toml"


def init(asterisk: Path, *arguments: str, typed: str = "", at_terminal: bool = False) -> Done:
    return ari_controller("init", "-c", site(asterisk), "--asterisk", asterisk, *arguments, typed=typed, at_terminal=at_terminal)


def all_files(asterisk: Path) -> dict[str, bytes]:
    top = asterisk.parent
    return {str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()}


def test_a_password_with_a_semicolon_reaches_asterisk_whole(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--yes")
    (site(asterisk).parent / "ari-password").write_text("one;two\n")

    init(asterisk, "--yes")

    assert "password = one\\;two\n" in (asterisk / "ari-controller-ari.conf").read_text()


@pytest.mark.parametrize(("before", "after"), [('"controller"', '"a;b"'), ('"file:ari-password"', '"two\\nlines"')])
def test_a_user_whom_aris_file_can_not_have_is_told_and_nothing_is_written(asterisk: Path, before: str, after: str) -> None:
    init(asterisk, *ASKED, "--yes")
    site(asterisk).write_text(site(asterisk).read_text().replace(before, after, 1))
    there = all_files(asterisk)

    done = init(asterisk, "--yes")

    assert (done.code, done.err.startswith("ari.conf can't have the ")) == (2, True)
    assert all_files(asterisk) == there


@pytest.mark.parametrize(
    ("lines", "url"), [("BindAddr=192.0.2.1\nBindPort=8099\n", "http://192.0.2.1:8099"), ("bindaddr=::1\n", "http://[::1]:8088")]
)
def test_asterisks_address_is_understood_in_any_way_of_writing(asterisk: Path, lines: str, url: str) -> None:
    (asterisk / "http.conf").write_text(f"[general]\n{lines}")

    init(asterisk, *ASKED, "--yes")

    assert site_of(site(asterisk)).asterisk.url == url
    assert "\nbindaddr" not in (asterisk / "ari-controller-http.conf").read_text()


def test_a_port_that_is_none_is_told(asterisk: Path) -> None:
    (asterisk / "http.conf").write_text("[general]\nbindport=${PORT}\n")

    done = init(asterisk, *ASKED, "--yes")

    assert (done.code, done.err) == (2, "http.conf has bindport = ${PORT}, which is no port: mend it first.\n")


def test_a_password_at_the_end_of_an_administrators_file_is_not_shown(asterisk: Path) -> None:
    (asterisk / "ari.conf").write_text(f"{ARI_CONF}[other]\ntype=user\npassword=hunter2\n")

    done = init(asterisk, *ASKED, "--dry-run")

    assert done.code == 0
    assert "hunter2" not in done.out


# --- What is written ---------------------------------------------------------------------------------------------------


def test_a_site_file_is_written_that_the_service_can_read(asterisk: Path) -> None:
    done = init(asterisk, *ASKED, "--trunk", "provider", "--yes")

    assert (done.code, done.err) == (0, "")
    written = site_of(site(asterisk))
    assert [(agent.id, agent.name, agent.phone) for agent in written.directory.agents.values()] == [
        ("alice", "Alice Martin", "1001"),
        ("bob", "Bob", "1002"),
    ]
    assert [(point.numbers, point.queue) for point in written.directory.entry_points.values()] == [(("0123456789",), "main")]
    assert list(written.directory.trunks) == ["provider"]
    assert written.asterisk.url == "http://127.0.0.1:8088"


def test_asterisks_files_get_a_line_each_and_ari_the_password_that_the_site_file_has(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--context", "from-trunk", "--yes")

    added = {name: (asterisk / name).read_text().removeprefix(text) for name, text in (("ari.conf", ARI_CONF), ("http.conf", HTTP_CONF))}
    assert [line for line in added["ari.conf"].splitlines() if not line.startswith(";")] == ["#include ari-controller-ari.conf"]
    assert [line for line in added["http.conf"].splitlines() if not line.startswith(";")] == ["#include ari-controller-http.conf"]
    assert (asterisk / "extensions.conf").read_text().removeprefix(EXTENSIONS_CONF).splitlines()[1:-1] == [
        "#include ari-controller-extensions.conf",
        "[from-trunk](+)",
        "exten => 0123456789,1,Goto(ari-controller-customers,${EXTEN},1)",
    ]
    password = site_of(site(asterisk)).asterisk.password
    assert len(password) >= 32
    assert f"\npassword = {password}\n" in (asterisk / "ari-controller-ari.conf").read_text()


def test_passwords_are_for_their_owner_and_the_service_and_what_is_shown_has_none_but_the_agents(asterisk: Path) -> None:
    done = init(asterisk, *ASKED, "--yes")

    written = site_of(site(asterisk))
    assert written.asterisk.password not in done.out
    assert "$argon2" not in done.out
    assert re.search(r"^  alice  \S{12}$", done.out, re.MULTILINE)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (*site(asterisk).parent.iterdir(), *asterisk.iterdir())}
    assert not {name for name in ("site.toml", "ari-password", "ari-controller-ari.conf", WRITTEN) if modes[name] & 0o007}


def test_another_application_and_another_port_stand_in_both_places(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--app", "desk", "--ari-port", "8089", "--yes")

    written = site_of(site(asterisk))
    assert (written.asterisk.app, written.asterisk.url) == ("desk", "http://127.0.0.1:8089")
    assert "Set(CONTROLLER=desk)" in (asterisk / "ari-controller-extensions.conf").read_text()
    assert "\nbindport = 8089\n" in (asterisk / "ari-controller-http.conf").read_text()


# --- What is left alone ------------------------------------------------------------------------------------------------


def test_what_others_may_rely_on_in_http_conf_is_left_as_it_is(asterisk: Path) -> None:
    (asterisk / "http.conf").write_text(
        "[general]\nenabled=yes\nbindaddr=0.0.0.0\nbindport=8090\nsessionlimit=5000\nsession_inactivity=100\n"
    )

    init(asterisk, *ASKED, "--yes")

    lines = (asterisk / "ari-controller-http.conf").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith(";")] == [
        "[general](+)",
        "enabled = yes",
        "session_keep_alive = 120000",
        "session_inactivity = 60000",
    ]
    assert site_of(site(asterisk)).asterisk.url == "http://127.0.0.1:8090"
    assert init(asterisk, "--ari-port", "1", "--yes").code == 0, "the site file is there and says which"


def test_a_port_that_http_conf_has_already_is_not_given_another_value(asterisk: Path) -> None:
    (asterisk / "http.conf").write_text("[general]\nbindport=8090\n")

    done = init(asterisk, *ASKED, "--ari-port", "8088", "--yes")

    assert (done.code, done.err) == (
        2,
        "http.conf has bindport = 8090 already, and others may use it: leave --ari-port out.\n",
    )


def test_a_user_of_ari_that_is_there_is_not_taken(asterisk: Path) -> None:
    (asterisk / "ari.conf").write_text(ARI_CONF + "[controller]\ntype=user\npassword=of-somebody-else\n")

    init(asterisk, *ASKED, "--yes")

    assert site_of(site(asterisk)).asterisk.username == "ari-controller"
    assert "\n[ari-controller]\n" in (asterisk / "ari-controller-ari.conf").read_text()


def test_an_extension_that_leads_somewhere_already_is_left_and_said(asterisk: Path) -> None:
    done = init(asterisk, *ASKED, "--number", "200", "--context", "from-trunk", "--yes")

    assert "By hand: [from-trunk] has an extension 200 already" in done.out
    assert "exten => 200,1,Goto" not in (asterisk / "extensions.conf").read_text()
    assert "exten => 0123456789,1,Goto" in (asterisk / "extensions.conf").read_text()


def test_a_context_that_stands_in_another_file_is_not_added_to(asterisk: Path) -> None:
    """`[name](+)` of a section that is not there keeps Asterisk from reading the whole dialplan."""
    done = init(asterisk, *ASKED, "--context", "elsewhere", "--yes")

    assert "there is no [elsewhere] in extensions.conf itself" in done.out
    assert "elsewhere" not in (asterisk / "extensions.conf").read_text()


def test_a_general_section_is_made_where_there_is_none(asterisk: Path) -> None:
    (asterisk / "ari.conf").write_text("; nothing\n")

    init(asterisk, *ASKED, "--yes")

    assert "\n[general]\n#include ari-controller-ari.conf\n" in (asterisk / "ari.conf").read_text()


def test_a_line_that_an_administrator_has_written_is_not_written_again(asterisk: Path) -> None:
    (asterisk / "extensions.conf").write_text(EXTENSIONS_CONF + '#include "ari-controller-extensions.conf"\n')

    init(asterisk, *ASKED, "--yes")

    assert (asterisk / "extensions.conf").read_text().count("#include") == 1


# --- Before anything is written ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "typed", "code"),
    [(("--dry-run",), "", 0), ((), "n\n", 1), ((), "\n", 1), ((), "", 2)],
    ids=["only shown", "no", "nothing", "gone"],
)
def test_nothing_is_written_that_was_not_agreed_to(asterisk: Path, arguments: tuple[str, ...], typed: str, code: int) -> None:
    before = all_files(asterisk)

    done = init(asterisk, *ASKED, *arguments, typed=typed, at_terminal=True)

    assert done.code == code
    assert "+#include ari-controller-ari.conf" in done.out
    assert all_files(asterisk) == before


def test_whoever_gives_nothing_is_asked_for_it(asterisk: Path) -> None:
    answers = "fr\n0123456789 800\nalice:1001:Alice Martin\nbob:1002\n\ny\n"

    done = init(asterisk, typed=answers, at_terminal=True)

    assert done.code == 0
    written = site_of(site(asterisk)).directory
    assert list(written.agents) == ["alice", "bob"]
    assert [point.numbers for point in written.entry_points.values()] == [("0123456789", "800")]


def test_without_anybody_to_ask_it_is_said_what_is_missing(asterisk: Path) -> None:
    done = init(asterisk, "--region", "FR")

    assert (done.code, done.err) == (2, "--number is missing, and there is nobody to ask: standard input is no terminal.\n")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (("--agent", "carol"), "An agent is ID:PHONE or ID:PHONE:NAME"),
        (("--agent", "Carol:1003"), "[[agent]] id"),
        (("--number", "nonsense"), "[[entry_point]] numbers"),
        (("--trunk", "a b"), "[[trunk]] name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(asterisk: Path, wrong: tuple[str, ...], said: str) -> None:
    before = all_files(asterisk)

    done = init(asterisk, *ASKED, *wrong, "--yes")

    assert done.code == 2
    assert said in done.err
    assert all_files(asterisk) == before


def test_where_asterisk_is_not_it_is_said(tmp_path: Path) -> None:
    done = init(tmp_path / "nowhere", *ASKED, "--yes")

    assert done.code == 2
    assert "is Asterisk installed here?" in done.err


# --- Again, and away ---------------------------------------------------------------------------------------------------


def test_a_second_time_nothing_has_to_be_changed(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--context", "from-trunk", "--yes")
    before = all_files(asterisk)

    done = init(asterisk, "--context", "from-trunk", "--yes")

    assert (done.code, done.out) == (0, "Nothing has to be changed.\n")
    assert all_files(asterisk) == before


def test_a_site_file_that_is_there_stays_and_the_rest_follows_it(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--yes")
    text = site(asterisk).read_text().replace('app = "controller"', 'app = "other"').replace('"0123456789"', '"0199000000"')
    site(asterisk).write_text(text)

    init(asterisk, "--context", "from-trunk", "--yes")

    assert site(asterisk).read_text() == text
    assert "Set(CONTROLLER=other)" in (asterisk / "ari-controller-extensions.conf").read_text()
    assert "exten => 0199000000,1,Goto" in (asterisk / "extensions.conf").read_text()


@pytest.mark.parametrize("ending", ["", "\n", "; caf\xe9\r\n"], ids=["no line end", "a line end", "Latin-1 and CRLF"])
def test_taken_out_every_file_is_as_it_was_byte_for_byte(asterisk: Path, ending: str) -> None:
    (asterisk / "extensions.conf").write_bytes(EXTENSIONS_CONF.encode() + b"; end" + ending.encode("latin-1"))
    before = all_files(asterisk)
    init(asterisk, *ASKED, "--context", "from-trunk", "--yes")

    done = init(asterisk, "--undo", "--yes")

    assert done.code == 0
    assert all_files(asterisk) == before


def test_what_somebody_has_changed_since_stays_and_it_is_said(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--yes")
    site(asterisk).write_text(site(asterisk).read_text() + "# mine\n")
    (asterisk / "ari.conf").write_text((asterisk / "ari.conf").read_text() + "[mine]\ntype=user\n")

    done = init(asterisk, "--undo", "--yes")

    assert f"{site(asterisk)} has been changed since it was written: it stays." in done.out
    assert site(asterisk).exists()
    assert (asterisk / "ari.conf").read_text() == ARI_CONF + "[mine]\ntype=user\n"
    assert not (asterisk / "ari-controller-ari.conf").exists()


def test_a_file_of_ours_that_somebody_has_changed_in_another_encoding_stays_and_it_is_said(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--yes")
    ours = asterisk / "ari-controller-extensions.conf"
    ours.write_bytes(ours.read_bytes() + "; é\n".encode("latin-1"))

    done = init(asterisk, "--undo", "--yes")

    assert (done.code, done.err) == (0, "")
    assert f"{ours} has been changed since it was written: it stays." in done.out
    assert ours.read_bytes().endswith("é\n".encode("latin-1"))


def test_telephones_that_phones_writes_follow_templates_that_init_adds(asterisk: Path) -> None:
    init(asterisk, *ASKED, "--yes")

    templates = set(re.findall(r"^\[(.*)\]\(!", (asterisk / "ari-controller-pjsip.conf").read_text(), re.MULTILINE))
    written = ari_controller("phones", "-c", site(asterisk)).out
    assert set(re.findall(r"^\[.*\]\((.*)\)$", written, re.MULTILINE)) <= templates


def test_where_nothing_was_written_nothing_can_be_taken_out(asterisk: Path) -> None:
    nothing = init(asterisk, "--undo", "--yes")
    site(asterisk).parent.mkdir()
    site(asterisk).with_name(WRITTEN).write_text("[]")
    damaged = init(asterisk, "--undo", "--yes")

    assert (nothing.code, damaged.code) == (2, 2)
    assert "Nothing is known that could be taken out" in nothing.err
    assert "it is damaged" in damaged.err

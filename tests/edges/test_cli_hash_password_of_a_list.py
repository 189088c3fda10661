"""`ari-controller hash-password --csv`: a list of agents from a spreadsheet becomes one that the site file can name."""

import csv
from pathlib import Path

import pytest

from controller.directory.passwords import is_password
from controller.service.site import site_of
from tests.edges.command_line import ari_controller
from tests.pure.directory.site_text import SITE, with_line


def listed(path: Path) -> dict[str, str]:
    with path.open(newline="") as file:
        return {row["id"]: row["password"] for row in csv.DictReader(file)}


def test_passwords_become_hashes_and_who_has_none_gets_one_that_is_shown_once(tmp_path: Path) -> None:
    path = tmp_path / "agents.csv"
    path.write_text("id,password,name,phone\ncarol,a long one of carol's,Carol Petit,1003\ndave,,Dave Moreau,1004\n\neve\n")
    path.chmod(0o640)

    done = ari_controller("hash-password", "--csv", path)

    assert (done.code, done.err) == (0, "")
    shown = dict(line.split(",") for line in done.out.splitlines())
    assert list(shown) == ["dave", "eve"]
    hashes = listed(path)
    assert is_password(hashes["carol"], "a long one of carol's")
    assert all(is_password(hashes[agent], password) for agent, password in shown.items())
    assert path.stat().st_mode & 0o777 == 0o640
    again = ari_controller("hash-password", "--csv", path)
    assert (again.out, listed(path)) == ("", hashes), "a hash is no password"


def test_the_list_is_one_that_a_site_file_can_name(tmp_path: Path) -> None:
    (tmp_path / "agents.csv").write_text("id;name;phone;password\ncarol;Carol Petit;1003;\n")
    ari_controller("hash-password", "--csv", tmp_path / "agents.csv")
    (tmp_path / "site.toml").write_text(with_line('region = "FR"', 'region = "FR"\nagents_from = "agents.csv"', SITE))

    assert list(site_of(tmp_path / "site.toml").directory.agents) == ["alice", "bob", "carol"]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (None, "can't be read: No such file or directory."),
        (b"id,password\nRen\xe9e,x\n", "is no text in UTF-8: save it as UTF-8"),
        (b"id,name\na,b\n", "is no list with the columns id and password in its first line."),
        (b"", "is no list with the columns id and password in its first line."),
        (b'id,password\n"a,b\n', "is no list with the columns id and password in its first line."),
    ],
)
def test_what_is_no_such_list_is_said_and_stays_as_it_is(tmp_path: Path, held: bytes | None, said: str) -> None:
    path = tmp_path / "agents.csv"
    if held is not None:
        path.write_bytes(held)

    done = ari_controller("hash-password", "--csv", path)

    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert held is None or path.read_bytes() == held


def test_a_list_that_can_not_be_written_is_said_to_be_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "agents.csv"
    path.write_text("id,password\na,b\n")
    monkeypatch.setattr("controller.cli.hash_password.replace_file", full)

    done = ari_controller("hash-password", "--csv", path)

    assert (done.code, path.read_text()) == (2, "id,password\na,b\n")
    assert done.err.endswith("can't be written: No space left on device. It is as it was.\n")

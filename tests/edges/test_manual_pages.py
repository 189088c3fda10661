"""The manual pages and the shells' completion say what the command line says."""

import argparse
import gzip
import re
import subprocess
from pathlib import Path

import pytest

from controller.cli.main import command_line
from manual_pages import COMPLETION, MANUAL, commands_of, options_of, write

COMMANDS = {name: own for name, _, own in commands_of(command_line())}
COMPLETES = """
. "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
"$(complete -p ari-controller | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
echo "${COMPREPLY[*]}"
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    write(folder, "2026-11-27")
    return folder


def plain(page: str) -> str:
    """What somebody reads, nearly: without troff's own signs."""
    return re.sub(r"\\f.|\\&", "", page).replace("\\-", "-").replace("\\(aq", "'").replace("\\(ga", "`").replace("\\e", "\\")


def page_of(written: Path, name: str) -> str:
    return gzip.decompress((written / MANUAL / f"{name}.1.gz").read_bytes()).decode()


def test_the_program_and_each_of_its_commands_have_a_page(written: Path) -> None:
    pages = {path.name.removesuffix(".1.gz") for path in (written / MANUAL).iterdir()}

    assert pages == {"ari-controller", *(f"ari-controller-{name}" for name in COMMANDS)}
    assert "run" in COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_of_a_command_says_all_that_its_help_says(written: Path, name: str) -> None:
    page, own = plain(page_of(written, f"ari-controller-{name}")), COMMANDS[name]

    for action in options_of(own):
        for option in action.option_strings:
            assert option in page
        help_ = (action.help or "") % {**vars(action), "prog": own.prog}
        assert help_[1:] in page
    assert " ".join((own.description or "").split()) in page
    for example in (own.epilog or "").splitlines()[1:]:
        assert example.strip() in page


def test_no_line_of_a_page_is_taken_for_a_command_of_troff_that_is_none(written: Path) -> None:
    for path in (written / MANUAL).iterdir():
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            assert not line.startswith("'")
            assert not line.startswith(".") or line.split()[0] in {".TH", ".SH", ".TP", ".nf", ".fi"}, line


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        (("ari-controller", "st"), "story"),
        (("ari-controller", "check", "--l"), "--live"),
        (("ari-controller", "check", "-c", "si"), "site.toml"),
    ],
)
def test_bash_completes_commands_options_and_names_of_files(written: Path, tmp_path: Path, typed: tuple[str, ...], completed: str) -> None:
    (tmp_path / "site.toml").touch()

    done = subprocess.run(
        ["bash", "--norc", "-c", COMPLETES, "bash", written / COMPLETION["bash"], *typed],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )

    assert done.stdout.split() == [completed]


def test_every_shell_gets_every_command(written: Path) -> None:
    for place in COMPLETION.values():
        text = (written / place).read_text()
        assert [name for name in COMMANDS if name not in text] == []


def test_an_option_that_help_hides_is_in_no_page() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--for-us", help=argparse.SUPPRESS)

    assert [action.dest for action in options_of(parser)] == ["help"]

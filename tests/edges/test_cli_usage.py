"""What `ari-controller` says to somebody who does not know it yet, and the exit codes that scripts rely on."""

import subprocess
import sys

import pytest

from controller import __version__
from controller.directory.passwords import hash_mistake, is_password
from tests.edges.command_line import DEMO, ROOT, ari_controller, ari_controller_process


def test_the_version_is_told() -> None:
    done = ari_controller("--version")

    assert (done.code, done.out) == (0, f"ari-controller {__version__}\n")


@pytest.mark.long
async def test_a_process_of_its_own_gives_the_same_exit_codes() -> None:
    assert (await ari_controller_process("story", "nobody", "-c", DEMO)).code == 1
    assert (await ari_controller_process("check", "-c", "nowhere.toml")).code == 2


def test_without_a_command_the_usage_is_told_and_the_exit_code_is_2() -> None:
    done = ari_controller()

    assert done.code == 2
    assert "usage: ari-controller" in done.err


def test_the_help_names_every_command_and_the_exit_codes() -> None:
    done = ari_controller("--help")

    assert done.code == 0
    assert all(
        word in done.out
        for word in (
            "run",
            "check",
            "story",
            "number",
            "simulate",
            "hash-password",
            "import",
            "exit codes: 0 done, 1 a check failed, 2 bad usage",
        )
    )


@pytest.mark.parametrize("command", ["run", "check", "story", "number", "simulate", "hash-password", "import"])
def test_the_help_of_each_command_has_an_example(command: str) -> None:
    done = ari_controller(command, "--help")

    assert done.code == 0
    assert f"  ari-controller {command} " in done.out or f"  ari-controller {command}\n" in done.out


@pytest.mark.parametrize("arguments", [("fly",), ("check",), ("run",), ("story",), ("number",), ("check", "-c", "x", "--colour")])
def test_bad_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    assert ari_controller(*arguments).code == 2


def test_a_password_becomes_a_hash_that_a_site_file_takes() -> None:
    done = ari_controller("hash-password", typed="correct horse ü\n")

    password_hash = done.out.strip()
    assert (done.code, done.err) == (0, "")
    assert hash_mistake(password_hash) is None
    assert is_password(password_hash, "correct horse ü")


@pytest.mark.parametrize("typed", ["", "\n"])
def test_an_empty_password_gets_no_hash(typed: str) -> None:
    done = ari_controller("hash-password", typed=typed)

    assert (done.code, done.out) == (2, "")
    assert "An empty password is none" in done.err


def test_a_reader_who_has_seen_enough_does_no_harm() -> None:
    command = f"{sys.executable} -m controller.cli.main check -c {DEMO} | :"

    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stderr) == (0, "")

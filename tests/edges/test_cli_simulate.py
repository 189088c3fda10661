"""`ari-controller simulate` at a terminal and in a script: what a day looks like, and what somebody needs to repeat one that broke."""

import json
import re
from collections.abc import Sequence

import pytest

from controller.cli import simulate as command
from controller.floor import taking
from controller.interaction.interaction import Interaction, Phase
from tests.edges.command_line import Done, ari_controller

LINE = re.compile(r"\d\d:\d\d:\d\d\.\d{3} .{9} .{15} \S")
SEEDS = "4..6"


@pytest.fixture
def without_conferences(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core with a mistake, so that days break."""

    def refuse(interaction: Interaction) -> None:
        if interaction.phase is Phase.CONFERENCE:
            raise AssertionError("this core knows no conference")

    monkeypatch.setattr(taking, "check", refuse)


def last_line(done: Done) -> str:
    return done.out.splitlines()[-1]


def simulated(*arguments: str) -> Done:
    """One process, so that what a test has broken is broken there too."""
    return ari_controller("simulate", *arguments, "--processes", "1")


def test_a_day_is_told_in_aligned_lines_and_the_last_one_says_that_nothing_is_broken() -> None:
    done = simulated("--seed", "7", "--inputs", "60")

    assert done.code == 0
    *lines, verdict = done.out.splitlines()
    assert len(lines) > 60
    assert [line for line in lines if not LINE.match(line)] == []
    assert re.match(r"1 seed, \d+ inputs in [\d.]+ s \(\d+ a second\): nothing is broken$", verdict)


def test_the_same_seed_prints_the_same_day() -> None:
    first, again = (simulated("--seed", "11", "--inputs", "60").out.splitlines()[:-1] for _ in range(2))

    assert first == again


@pytest.mark.usefixtures("without_conferences")
def test_a_day_that_breaks_prints_its_shortest_prefix_and_the_command_that_repeats_it() -> None:
    many = simulated("--seeds", SEEDS)

    assert many.code == 1
    shown = re.search(r"^seed (\d+) breaks within (\d+) inputs, .*: (.+)\n  repeat it: ari-controller (.+)$", many.out, re.MULTILINE)
    assert shown is not None, many.out
    _, inputs, because, repeat = shown.groups()
    assert "this core knows no conference" in because

    again = ari_controller(*repeat.split())
    assert again.code == 1
    assert because in again.out
    seed = repeat.split()[2]
    assert ari_controller("simulate", "--seed", seed, "--inputs", str(int(inputs) - 1), "--quiet").code == 0, "one input less is sound"


@pytest.mark.usefixtures("without_conferences")
def test_a_script_gets_what_is_broken_as_json() -> None:
    done = simulated("--seeds", SEEDS, "--json", "--shrink", "0")

    found = json.loads(done.out)
    assert (done.code, found["seeds"]) == (1, 3)
    assert all("no conference" in each["broken"] and each["inputs"] > 0 for each in found["broken"])


def test_many_days_tell_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PROGRESS_EVERY_SECONDS", 0.0)

    done = simulated("--seeds", "1..3", "--inputs", "20")

    assert done.err.splitlines() == ["... 1 of 3 seeds", "... 2 of 3 seeds", "... 3 of 3 seeds"]
    assert last_line(done).startswith("3 seeds, ")


@pytest.mark.parametrize(
    "arguments", [(), ("--seed", "1", "--seeds", "1..2"), ("--seeds", "2..1"), ("--seeds", "x"), ("--seed", "1", "--inputs", "0")]
)
def test_bad_usage_says_what_is_expected(arguments: Sequence[str]) -> None:
    done = ari_controller("simulate", *arguments)

    assert done.code == 2
    assert "usage: ari-controller simulate" in done.err

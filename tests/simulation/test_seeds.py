"""Simulated days: a few in every fast run, two thousand before a release, and every day that once showed a mistake, for ever."""

import json
import os
from pathlib import Path

import pytest

from controller.cli.simulate import judged
from controller.simulator.world import INPUTS, shortest_failing, simulate

FAILURES = sorted((Path(__file__).parent / "failures").glob("*.json"))
FEW, SOME_MORE = range(20), range(20, 50)
MANY = range(1, 2001)
INPUTS_OF_MANY = 200
CORES = 2


def _said(broken: object) -> str:
    return f"{broken}; repeat it with `ari-controller simulate`"


@pytest.mark.parametrize("seeds", [FEW, pytest.param(SOME_MORE, marks=pytest.mark.long)], ids=["few", "some more"])
def test_a_few_days_are_sound(seeds: range) -> None:
    broken = [verdict for verdict in judged(seeds, INPUTS // 2, processes=1) if verdict.broken]

    assert broken == [], _said(broken)


@pytest.mark.simulation
def test_two_thousand_days_are_sound() -> None:
    broken = [verdict for verdict in judged(MANY, INPUTS_OF_MANY, processes=min(CORES, os.cpu_count() or 1)) if verdict.broken]

    assert broken == [], _said([shortest_failing(verdict) for verdict in broken[:3]])


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.stem)
def test_what_was_once_broken_is_sound(failure: Path) -> None:
    was = json.loads(failure.read_text())

    verdict = simulate(was["seed"], was["inputs"], further=was.get("further", True), anybody=was.get("anybody", False))

    assert verdict.broken == "", was["what_was_wrong"]


def test_the_same_seed_gives_the_same_day() -> None:
    assert simulate(7, 200) == simulate(7, 200)

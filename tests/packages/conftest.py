"""The packages are built once for a run; each release gets one bare system, on which each test begins with what it needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packages.system import SUITES, System, built, next_one, system


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/packages/" in item.path.as_posix():
            item.add_marker(pytest.mark.packages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """Of each release: its package, and one of a higher version."""

    folder: Path
    first: dict[str, Path]
    next: dict[str, Path]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder, work = tmp_path_factory.mktemp("packages"), tmp_path_factory.mktemp("unpacked")
    first = built(folder)
    later = {suite: next_one(package, work) for suite, package in first.items()}
    for suite, package in later.items():
        later[suite] = package.rename(folder / package.name)
    return Packages(folder=folder, first=first, next=later)


@pytest.fixture(scope="module", params=SUITES)
def bare(request: pytest.FixtureRequest, packages: Packages) -> Iterator[System]:
    """A Debian that knows where its own packages are, and has none of ours."""
    with system(request.param, packages.folder) as started:
        started.does("apt-get update -qq")
        yield started

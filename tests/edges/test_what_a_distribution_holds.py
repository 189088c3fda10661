"""A wheel and a source distribution hold all that an administrator reads or copies, and nothing that only we need."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hatch_build import PAGE, say_built

pytestmark = pytest.mark.long

TOP = Path(__file__).resolve().parents[2]
READ = TOP / "docs"
COPIED = {
    **{f"examples/asterisk-conf/{path.name}": path for path in (TOP / "asterisk-conf").iterdir()},
    "examples/site.toml": TOP / "docker/demo/site.toml",
    "examples/colleagues.toml": TOP / "docker/demo/colleagues.toml",
    "examples/ari-controller.service": TOP / "docker/deb/ari-controller.service",
}
SECONDS_MAX = 120


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both, made from a copy of the checkout whose page is a stub."""
    folder = tmp_path_factory.mktemp("distributions")
    checkout = folder / "checkout"
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, kept):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TOP / name, checkout / name)
    (checkout / PAGE / "dist/assets").mkdir(parents=True)
    (checkout / PAGE / "dist/index.html").write_text("the page")
    (checkout / PAGE / "dist/assets/index-1.js").write_text("")
    say_built(checkout / PAGE.parent.parent.parent)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": ""},
        check=True,
        capture_output=True,
        timeout=SECONDS_MAX,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> dict[str, bytes]:
    (path,) = distributions.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def source(distributions: Path) -> dict[str, bytes]:
    (path,) = distributions.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        files = {member.name.split("/", 1)[1]: archive.extractfile(member) for member in archive if member.isfile()}
        return {name: file.read() for name, file in files.items() if file is not None}


def installed(wheel: dict[str, bytes]) -> dict[str, bytes]:
    """What comes to share/doc/ari-controller of the environment."""
    marker = ".data/data/share/doc/ari-controller/"
    return {name.split(marker, 1)[1]: held for name, held in wheel.items() if marker in name}


def test_a_wheel_brings_every_document_and_rule_beside_the_environment(wheel: dict[str, bytes]) -> None:
    documents = {path.relative_to(READ).as_posix(): path.read_bytes() for path in READ.rglob("*") if path.is_file()}

    assert {"install.md", "monitoring/alerts.yml"} <= documents.keys()
    assert documents.items() <= installed(wheel).items()


def test_a_wheel_brings_what_is_copied_as_it_is_in_the_repository(wheel: dict[str, bytes]) -> None:
    there = installed(wheel)

    assert {name: there.get(name) for name in COPIED} == {name: path.read_bytes() for name, path in COPIED.items()}


def test_init_finds_in_a_wheel_what_it_writes_for_asterisk(wheel: dict[str, bytes]) -> None:
    for path in (TOP / "asterisk-conf").glob("ari-controller-*.conf"):
        assert wheel[f"controller/provisioning/asterisk-conf/{path.name}"] == path.read_bytes()


def test_a_wheel_has_the_page_and_not_what_it_was_made_from(wheel: dict[str, bytes]) -> None:
    page = [name.removeprefix(f"{PAGE}/") for name in wheel if name.startswith(f"{PAGE}/")]

    assert "dist/index.html" in page
    assert {name.split("/")[0] for name in page} == {"dist"}


def test_a_source_distribution_holds_all_that_a_wheel_and_a_debian_package_are_made_of(source: dict[str, bytes]) -> None:
    needed = ["docker/deb/build", "docker/deb/make", "docker/parts.sh", "requirements.lock", "CHANGELOG.md", "README.md", "hatch_build.py"]

    assert [name for name in needed if name not in source] == []
    assert f"{PAGE}/dist/index.html" in source
    assert [path for path in COPIED.values() if path.relative_to(TOP).as_posix() not in source] == []
    assert not any(name.startswith("tests/") or "node_modules" in name for name in source)

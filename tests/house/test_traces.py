"""The project carries no trace of the machine it was written on, and its pinned environment is the same everywhere."""

import re

import pytest

from tests.house.sources import TOP, name, tracked_texts

HOMES = re.compile(r"(?<![\w.~-])(/home/[a-z]\w*|/Users/[A-Za-z]\w*|/root/(?!\s)|[A-Z]:\\Users\\)")
INDEXES = re.compile(
    r"https?://[\w.-]*(pypi|pythonhosted|npmjs|artifact|nexus|mirror|registry|proxy)[\w.-]*|\b(ghcr|quay|gcr)\.io\b|\bdocker\.io/\w"
)
PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[\w,-]+\])?==([^\s;]+)", flags=re.MULTILINE)
LOCKS = ("requirements.lock", "requirements-dev.lock")
_THIS = "tests/house/test_traces.py"


def test_no_file_names_a_home_folder() -> None:
    for path, text in tracked_texts():
        found = HOMES.search(text) if name(path) != _THIS else None
        assert found is None, f"{name(path)} names {found and found.group()}"


def test_no_file_names_a_package_index_or_an_image_registry() -> None:
    for path, text in tracked_texts():
        found = INDEXES.search(text) if name(path) != _THIS else None
        assert found is None, f"{name(path)} names {found and found.group()}"


@pytest.mark.parametrize("lock", LOCKS)
def test_the_environment_is_pinned_with_hashes_and_names_no_host(lock: str) -> None:
    text = (TOP / lock).read_text()
    blocks = re.split(r"\n(?=[A-Za-z0-9])", text)

    assert PIN.search(text)
    assert "://" not in text
    assert "index-url" not in text
    for block in blocks:
        if "==" in block.split("\n", 1)[0]:
            assert "--hash=sha256:" in block, f"{lock}: {block.split(' ', 1)[0]} has no hash"


def test_both_locks_agree() -> None:
    run, develop = (dict(PIN.findall((TOP / lock).read_text())) for lock in LOCKS)

    assert {package: develop.get(package) for package in run} == run

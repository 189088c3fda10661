"""What the pages for maintainers say is so."""

import re

import pytest

from tests.house.failures_page import page
from tests.house.sources import TOP

DOCS = TOP / "docs"
NAMED = re.compile(r"`([\w./-]+\.(?:py|conf|md|toml))`")
STANDS_IN = {
    "docs/ari.md": ("", "controller/asterisk", "asterisk-conf", "docs"),
    "CONTRIBUTING.md": ("", "controller/asterisk", "controller/simulator", "tests/house", "tests/simulation", "tests/live"),
}
"""Where the files stand that a page names: it need not say the folder of those that it is about."""


def test_the_page_of_what_cant_be_done_is_the_table_in_the_code() -> None:
    written = (DOCS / "failures.md").read_text()

    assert written == page(), "run: python -m tests.house.failures_page > docs/failures.md"


@pytest.mark.parametrize("page_", STANDS_IN)
def test_every_file_that_a_page_names_is_there(page_: str) -> None:
    named = set(NAMED.findall((TOP / page_).read_text()))

    assert {file for file in named if not any((TOP / folder / file).is_file() for folder in STANDS_IN[page_])} == set()

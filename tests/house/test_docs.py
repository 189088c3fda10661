"""What the pages in docs/ say is so."""

import re

from tests.house.failures_page import page
from tests.house.sources import TOP

DOCS = TOP / "docs"
NAMED = re.compile(r"`([\w./-]+\.(?:py|conf|md|toml))`")
OF_ARI = ("", "controller/asterisk", "asterisk-conf", "docs")
"""Where a file stands that docs/ari.md names."""


def test_the_page_of_what_cant_be_done_is_the_table_in_the_code() -> None:
    written = (DOCS / "failures.md").read_text()

    assert written == page(), "run: python -m tests.house.failures_page > docs/failures.md"


def test_every_file_that_the_page_about_ari_names_is_there() -> None:
    named = set(NAMED.findall((DOCS / "ari.md").read_text()))

    assert {file for file in named if not any((TOP / folder / file).is_file() for folder in OF_ARI)} == set()

"""What the pages in docs/ say is so."""

from pathlib import Path

from tests.house.failures_page import page

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_what_cant_be_done_is_the_table_in_the_code() -> None:
    written = (DOCS / "failures.md").read_text()

    assert written == page(), "run: python -m tests.house.failures_page > docs/failures.md"

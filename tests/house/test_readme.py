"""What the README says is so."""

from pathlib import Path

import pytest

from tests.house.chart_picture import PAGE, mermaid, table

TOP = Path(__file__).resolve().parents[2]
README = (TOP / "README.md").read_text()


@pytest.mark.long
def test_the_page_of_the_phases_says_what_the_code_does() -> None:
    assert table() == PAGE.read_text(), "run: python -m tests.house.chart_picture phases > docs/phases.md, and look at what has changed"


@pytest.mark.long
def test_the_readme_draws_the_chart_as_it_is_in_the_code() -> None:
    assert mermaid() in README, "run: python -m tests.house.chart_picture, and put what it prints into README.md"


def test_the_two_commands_of_the_readme_are_there() -> None:
    for command in ("docker/up", "tests/run"):
        assert command in README
        assert (TOP / command).stat().st_mode & 0o111, f"{command} can be run"

"""The code blocks of the project's documents, for tests that do what they say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house.sources import TOP

_BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two lines of three backticks."""

    document: str
    """Its path from the top of the project."""
    line: int
    """Of the first backticks, from 1."""
    language: str
    mark: str
    """What the comment on the line before says; empty: there is none."""
    text: str

    def __str__(self) -> str:
        return f"{self.document}, line {self.line}"


def documents() -> list[Path]:
    """Every page that users and maintainers read."""
    return sorted([*TOP.glob("*.md"), *(TOP / "docs").glob("*.md")])


def blocks(document: Path) -> Iterator[Block]:
    text = document.read_text()
    for found in _BLOCK.finditer(text):
        line = text.count("\n", 0, found.start()) + 1 + (found["mark"] is not None)
        yield Block(str(document.relative_to(TOP)), line, found["language"], found["mark"] or "", found["text"])


def marked(document: str, mark: str) -> str:
    """The one block with this mark."""
    (text,) = [block.text for block in blocks(TOP / document) if block.mark == mark]
    return text

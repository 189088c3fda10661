"""In which line of a TOML text each key and each list item stands.

`tomllib` reads values but forgets where they stood. This reads positions and forgets the values; it expects a text that
`tomllib` has accepted, and must never be asked about another.
"""

import re
import tomllib
from bisect import bisect_right

from controller.directory.site_mistakes import Path

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_REST_OF_LINE = re.compile(r"[^\n]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """Say the line, counted from 1, of everything in a TOML text that has a name or an index."""
    return _Positions(text).read()


class _Positions:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line_ends = [place for place, letter in enumerate(text) if letter == "\n"]
        self._lines: dict[Path, int] = {}
        self._items: dict[Path, int] = {}
        """How many tables an array of tables has so far."""

    def read(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._key_value(table)
            self._skip(_REST_OF_LINE)
            self._skip(_BLANK)
        return self._lines

    def _header(self) -> Path:
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        *outer, last = self._key()
        path: Path = ()
        for key in outer:
            path = (*path, key)
            self._note(path)
            if path in self._items:
                path = (*path, self._items[path] - 1)
        path = (*path, last)
        self._note(path)
        if is_array:
            index = self._items.get(path, 0)
            self._items[path] = index + 1
            path = (*path, index)
            self._note(path)
        return path

    def _key_value(self, table: Path) -> None:
        path = table
        for key in self._key():
            path = (*path, key)
            self._note(path)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: Path) -> None:
        self._note(path)
        match self._text[self._at]:
            case '"' | "'":
                self._skip(_STRING)
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        index = 0
        while self._text[self._at] != "]":
            self._value((*path, index))
            index += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._skip(_BLANK)
        while self._text[self._at] != "}":
            self._key_value(path)
            self._skip_comma()
        self._at += 1

    def _key(self) -> list[str]:
        keys = []
        while True:
            self._skip(_SPACE)
            if self._text[self._at] in "\"'":
                keys.append(str(tomllib.loads(f"key = {self._skip(_STRING)}")["key"]))
            else:
                keys.append(self._skip(_BARE_KEY))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return keys
            self._at += 1

    def _skip_comma(self) -> None:
        self._skip(_BLANK)
        if self._text[self._at] == ",":
            self._at += 1
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        assert found is not None, f"tomllib accepted what has no {pattern.pattern} at {self._at}"
        self._at = found.end()
        return found.group()

    def _note(self, path: Path) -> None:
        self._lines.setdefault(path, bisect_right(self._line_ends, self._at - 1) + 1)

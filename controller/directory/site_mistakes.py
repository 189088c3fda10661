"""What is wrong with a site file, in sentences that say what to do. Never shows a secret.

BadSiteFile     the site file can't be used; `mistakes` are all of them, in the order of their lines
SecretMissing   a `file:` or `env:` value leads nowhere; `because` is a sentence
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""Where something stands in the file: keys, and the index of an item in a list. `("agent", 2, "phone")`."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One thing to correct."""

    line: int
    """Counted from 1; 0: the file can't be read at all."""
    where: str
    """The table and key as a person would name them; empty: the whole file."""
    sentence: str
    file: str = ""
    """As the site file names it; empty: the site file itself."""

    def __str__(self) -> str:
        line = _place(self.file, self.line) if self.line else ""
        return ": ".join(part for part in (line, self.where, self.sentence) if part)


class BadSiteFile(Exception):
    """The site file can't be used."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes), key=lambda mistake: (mistake.file, mistake)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class SecretMissing(Exception):
    """A value that is kept elsewhere is not there."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a table stands that came from another file."""

    file: str
    lines: Callable[[], Mapping[Path, int]]
    path: Path
    """What it is called there."""


@dataclass(slots=True)
class Report:
    """Collects the mistakes of one site file, and knows the line of each place in it."""

    lines: Callable[[], Mapping[Path, int]] = dict
    """Asked only when there is a mistake: in a long file to find every line takes as long as to read it."""
    mistakes: list[Mistake] = field(default_factory=list)
    complete: bool = True
    """Every line could be read; otherwise nothing may be concluded from what is missing."""
    elsewhere: dict[Path, Elsewhere] = field(default_factory=dict)
    """Tables that stand in other files."""

    def note(self, path: Path, sentence: str) -> None:
        """Note a mistake at this place; a key that is missing is noted at the table that should have it."""
        file, line = self._place_of(path)
        self.note_at(line, sentence, where=named(path), file=file)

    def note_at(self, line: int, sentence: str, where: str = "", file: str = "") -> None:
        """Note a mistake at this line."""
        self.mistakes.append(Mistake(line, where, sentence, file))

    def is_elsewhere(self, path: Path, file: str, lines: Callable[[], Mapping[Path, int]], there: Path) -> None:
        """A table stands in this file, where it is called so."""
        self.elsewhere[path] = Elsewhere(file, lines, there)

    def place_of(self, path: Path) -> str:
        """Say where something stands: `line 12`, `line 3 of agents.csv`."""
        return _place(*self._place_of(path))

    def line_of(self, path: Path) -> int:
        """Find the line of a place, or of the nearest table around it."""
        return self._place_of(path)[1]

    def _place_of(self, path: Path) -> tuple[str, int]:
        file, lines = "", self.lines
        for table in (path[:2], path[:1]):
            if table in self.elsewhere:
                known = self.elsewhere[table]
                file, lines, path = known.file, known.lines, (*known.path, *path[len(table) :])
                break
        found = lines()
        while path and path not in found:
            path = path[:-1]
        return file, found.get(path, 1)


def _place(file: str, line: int) -> str:
    return f"line {line} of {file}" if file else f"line {line}"


def named(path: Path) -> str:
    """Name a place as a person would: `[asterisk] url`, `[[agent]] phone`, `[queue.policy] offer_seconds`."""
    if not path:
        return ""
    keys = [part for part in path if isinstance(part, str)]
    head = f"[[{keys[0]}]]" if len(path) > 1 and isinstance(path[1], int) else f"[{keys[0]}]"
    return " ".join((head, ".".join(keys[1:]))).rstrip()


def righted_id(written: str) -> str:
    """Write an id as it should be: in small letters, with - for spaces and underscores."""
    return re.sub(r"[ _]+", "-", written.strip().lower())


def nearest(word: str, words: Iterable[str]) -> str:
    """Suggest what was probably meant; empty if nothing is near."""
    close = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def shown(value: object) -> str:
    """Show a value in a sentence: as TOML would write it, and cut when it is long."""
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    shown_letters_max = 60
    return text if len(text) <= shown_letters_max else text[:shown_letters_max] + "…"

"""What is wrong with a site file, in sentences that say what to do. Never shows a secret.

BadSiteFile     the site file can't be used; `mistakes` are all of them, in the order of their lines
SecretMissing   a `file:` or `env:` value leads nowhere; `because` is a sentence
"""

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

    def __str__(self) -> str:
        line = f"line {self.line}" if self.line else ""
        return ": ".join(part for part in (line, self.where, self.sentence) if part)


class BadSiteFile(Exception):
    """The site file can't be used."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class SecretMissing(Exception):
    """A value that is kept elsewhere is not there."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True)
class Report:
    """Collects the mistakes of one site file, and knows the line of each place in it."""

    lines: Callable[[], Mapping[Path, int]] = dict
    """Asked only when there is a mistake: in a long file to find every line takes as long as to read it."""
    mistakes: list[Mistake] = field(default_factory=list)
    complete: bool = True
    """Every line could be read; otherwise nothing may be concluded from what is missing."""

    def note(self, path: Path, sentence: str) -> None:
        """Note a mistake at this place; a key that is missing is noted at the table that should have it."""
        self.note_at(self.line_of(path), sentence, where=named(path))

    def note_at(self, line: int, sentence: str, where: str = "") -> None:
        """Note a mistake at this line."""
        self.mistakes.append(Mistake(line, where, sentence))

    def line_of(self, path: Path) -> int:
        """Find the line of a place, or of the nearest table around it."""
        lines = self.lines()
        while path and path not in lines:
            path = path[:-1]
        return lines.get(path, 1)


def named(path: Path) -> str:
    """Name a place as a person would: `[asterisk] url`, `[[agent]] phone`, `[queue.policy] offer_seconds`."""
    if not path:
        return ""
    keys = [part for part in path if isinstance(part, str)]
    head = f"[[{keys[0]}]]" if len(path) > 1 and isinstance(path[1], int) else f"[{keys[0]}]"
    return " ".join((head, ".".join(keys[1:]))).rstrip()


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

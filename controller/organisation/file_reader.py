"""`python -m controller.organisation.file_reader`: the program that reads a list of colleagues (see `child`).

It takes a JSON object on standard input, and writes a line for each person and one at the end. It is slow by its own choice: everything
else on this machine goes first.
"""

import json
import os
import re
import resource
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from controller.dialling.listed_number import ListedNumbers
from controller.dialling.rules import ExtensionRange
from controller.directory.colleagues import Colleague
from controller.directory.folding import fold, searched_text
from controller.directory.ids import ColleagueId
from controller.organisation.child import as_line
from controller.organisation.lists import NotReadable, Row, read_list

BYTES_MAX = 20_000_000
COLLEAGUES_MAX = 100_000
TEXT_LETTERS_MAX = 200
NOTES_MAX = 5
ADDRESS_SPACE_MAX = 2 * 1024**3
"""What 20 MB of TOML need is half of this; a list that was made to need more must not take the machine's memory."""
NICE = 10

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


@dataclass(slots=True)
class _Everybody:
    """The people of a list, and what is wrong with the others."""

    numbers: ListedNumbers
    people: dict[str, Colleague] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """The ids of those without a number."""
    mistakes: int = 0
    notes: list[str] = field(default_factory=list)

    def take(self, row: Row) -> None:
        try:
            colleague = self._colleague(row.values)
        except ValueError as wrong:
            self.mistakes += 1
            self.note(f"{row.where}: {wrong}")
            return
        if colleague.number:
            self.people[colleague.id] = colleague
        else:
            self.others.add(colleague.id)

    def note(self, sentence: str) -> None:
        if len(self.notes) < NOTES_MAX:
            self.notes.append(sentence)

    def _colleague(self, values: Any) -> Colleague:
        id_, name = _text(values, "id"), _text(values, "name")
        first_name, title, department = (_text(values, key) for key in ("first_name", "title", "department"))
        name = name or first_name
        if _ID.fullmatch(id_) is None:
            raise ValueError("the id must be letters, digits and . _ - @, at most 128" if id_ else "the id is missing")
        if not name:
            raise ValueError("the name is missing")
        if id_ in self.people or id_ in self.others:
            raise ValueError(f"the id {id_!r} is taken by somebody above")
        return Colleague(
            id=ColleagueId(id_),
            name=name,
            title=title,
            department=department,
            number=next(filter(None, (self.numbers.read(written) for written in _texts(values, "number"))), ""),
            presence=_text(values, "presence"),
            searched=searched_text((name, first_name if fold(first_name) not in fold(name) else "", title, department)),
        )


def _text(values: Any, key: str) -> str:
    """Give one text in one line; what is not there is empty."""
    value = values.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key} must be a text in quotes")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    if len(text) > TEXT_LETTERS_MAX:
        raise ValueError(f"{key} is longer than {TEXT_LETTERS_MAX} letters")
    return text


def _texts(values: Any, key: str) -> Iterator[str]:
    value = values.get(key, "")
    for item in value if isinstance(value, list) else [value]:
        yield _text({key: item}, key)


def _read(asked: Any, out: TextIO) -> dict[str, Any]:
    """Write the people, and give what is to be said at the end. Raises `NotReadable`."""
    looked_at, text = _open(asked["file"], asked["known"])
    if text is None:
        return {"unchanged": True, "looked_at": looked_at}
    ranges = tuple(ExtensionRange(first, last) for first, last in asked["extensions"])
    everybody = _Everybody(ListedNumbers(region=asked["region"], extensions=ranges))
    written = read_list(asked["file"], text)
    for note in written.notes:
        everybody.note(note)
    for number, row in enumerate(written.rows, start=1):
        if number > COLLEAGUES_MAX:
            raise NotReadable(f"there may be {COLLEAGUES_MAX} people and no more")
        everybody.take(row)
    for colleague in sorted(everybody.people.values(), key=lambda each: (fold(each.name), each.id)):
        out.write(as_line(colleague) + "\n")
    return {
        "looked_at": looked_at,
        "written_at": looked_at[0] / 1_000_000_000,
        "without_number": len(everybody.others),
        "mistakes": everybody.mistakes,
        "notes": everybody.notes,
    }


def _open(name: str, known: list[int]) -> tuple[list[int], str | None]:
    """Read a file; gives by what a change of it would be seen, and its text, or None where that is as it was. Raises `NotReadable`."""
    try:
        # Not blocking: a pipe in its place would wait for a writer.
        file = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(file, "rb") as opened:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise NotReadable("it is no ordinary file")
            looked_at = [found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev]
            if looked_at == known:
                return looked_at, None
            raw = opened.read(BYTES_MAX + 1)
    except OSError as failed:
        raise NotReadable(f"it can't be read: {failed.strerror or failed}") from failed
    if len(raw) > BYTES_MAX:
        raise NotReadable(f"it is longer than {BYTES_MAX // 1_000_000} MB: no list of {COLLEAGUES_MAX} people is")
    try:
        return looked_at, raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise NotReadable(f"line {line} is no text in UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8)") from None


def main() -> int:
    """Read what is asked, and say what there is."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))
    out = sys.stdout
    try:
        said = _read(json.load(sys.stdin), out)
    except NotReadable as wrong:
        said = {"failed": wrong.because}
    except MemoryError:
        said = {"failed": "it takes more memory than a list of colleagues may"}
    out.write(json.dumps(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What every program does that fetches people beside the controller (see `child`): it takes an object of JSON on standard input, writes a
line for each person and one at the end, and keeps the same lines in a file for the next start.

It is slow by its own choice: everything else on this machine goes first.

NotFetched    everybody could not be had; `because` is one sentence for an administrator
"""

import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from controller.dialling.listed_number import ListedNumbers
from controller.dialling.rules import ExtensionRange
from controller.directory.colleagues import Colleague
from controller.directory.folding import fold, searched_text
from controller.directory.ids import ColleagueId, Seconds
from controller.organisation.child import as_line

COLLEAGUES_MAX = 100_000
TEXT_LETTERS_MAX = 200
NOTES_MAX = 5
ADDRESS_SPACE_MAX = 2 * 1024**3
"""Twice what 20 MB of TOML need; a list that was made to need more must not take the machine's memory."""
NICE = 10

Said = Mapping[str, Any]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")


class NotFetched(Exception):
    """Everybody could not be had; `because` says what to do, `retry_after` how long not to ask again."""

    def __init__(self, because: str, *, retry_after: Seconds = 0.0) -> None:
        super().__init__(because)
        self.because = because
        self.retry_after = retry_after


@dataclass(slots=True)
class Everybody:
    """The people of a list, and what is wrong with the others."""

    numbers: ListedNumbers
    people: dict[str, Colleague] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """The ids of those without a number."""
    mistakes: int = 0
    notes: list[str] = field(default_factory=list)
    rows: int = 0

    def take(self, where: str, values: Mapping[str, object]) -> None:
        """Take somebody as they are written: texts, of which `number` may be a list. Raises `NotFetched` if it is one too many."""
        self.rows += 1
        if self.rows > COLLEAGUES_MAX:
            raise NotFetched(f"there may be {COLLEAGUES_MAX} people and no more")
        try:
            colleague = self._colleague(values)
        except ValueError as wrong:
            self.mistakes += 1
            self.note(f"{where}: {wrong}")
            return
        if colleague.number:
            self.people[colleague.id] = colleague
        else:
            self.others.add(colleague.id)

    def is_there(self, id_: str) -> bool:
        return id_ in self.people or id_ in self.others

    def note(self, sentence: str) -> None:
        if len(self.notes) < NOTES_MAX:
            self.notes.append(sentence)

    def in_order(self) -> list[Colleague]:
        """Everybody who can be called, as they are to be shown."""
        return sorted(self.people.values(), key=lambda each: (fold(each.name), each.id))

    def told(self, written_at: Seconds) -> dict[str, Any]:
        """What is to be said of them at the end."""
        return {"written_at": written_at, "without_number": len(self.others), "mistakes": self.mistakes, "notes": self.notes}

    def _colleague(self, values: Mapping[str, object]) -> Colleague:
        id_, name = _text(values, "id"), _text(values, "name")
        first_name, title, department = (_text(values, key) for key in ("first_name", "title", "department"))
        name = name or first_name
        if _ID.fullmatch(id_) is None:
            raise ValueError("the id must be letters, digits and . _ - @, at most 128" if id_ else "the id is missing")
        if not name:
            raise ValueError("the name is missing")
        if self.is_there(id_):
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


def everybody_asked(asked: Said) -> Everybody:
    """Begin an empty list, of the site that the question names."""
    ranges = tuple(ExtensionRange(first, last) for first, last in asked["extensions"])
    return Everybody(ListedNumbers(region=asked["region"], extensions=ranges))


def _text(values: Mapping[str, object], key: str) -> str:
    """Give one text in one line; what is not there is empty."""
    value = values.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key} must be a text in quotes")
    # Nearly every text is printable as it is, and to look at each letter takes a fifth of the time of a whole list.
    printable = value if value.isprintable() else "".join(letter if letter.isprintable() else " " for letter in value)
    text = " ".join(printable.split())
    if len(text) > TEXT_LETTERS_MAX:
        raise ValueError(f"{key} is longer than {TEXT_LETTERS_MAX} letters")
    return text


def _texts(values: Mapping[str, object], key: str) -> Iterator[str]:
    value = values.get(key, "")
    for item in value if isinstance(value, list) else [value]:
        yield _text({key: item}, key)


# --- The program -------------------------------------------------------------------------------------------------------

Read = Callable[[Any], tuple[Sequence[Colleague], dict[str, Any]]]
"""Fetches what is asked: the people, and what is to be said at the end. Raises `NotFetched`."""


def be_a_reader(read: Read) -> int:
    """Read what is asked, and say what there is."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))
    try:
        asked = json.load(sys.stdin)
        people, said = read(asked)
        for colleague in people:
            sys.stdout.write(as_line(colleague) + "\n")
        if asked.get("keep") and "unchanged" not in said:
            said["not_kept"] = _keep(asked["keep"], people, said)
    except NotFetched as wrong:
        said = {"failed": wrong.because, "retry_after": wrong.retry_after}
    except MemoryError:
        said = {"failed": "it takes more memory than a list of colleagues may"}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


# --- Kept for the next start -------------------------------------------------------------------------------------------

FORM = 1
"""Of the file; one in another form is not read."""
KEPT = ("written_at", "without_number", "mistakes", "notes")


def _keep(keep: Mapping[str, str], people: Sequence[Colleague], said: Said) -> str:
    """Write everybody to a file; gives why it could not be written. The controller gives it its name when the list has been taken over."""
    try:
        file = os.open(keep["file"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with open(file, "w", encoding="ascii") as opened:
            opened.write(json.dumps({"form": FORM, "of": keep["of"]}) + "\n")
            for colleague in people:
                opened.write(as_line(colleague) + "\n")
            opened.write(json.dumps({"fetched_at": time.time(), **{key: said[key] for key in KEPT}}) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as failed:
        return failed.strerror or str(failed)
    return ""


def read_kept(asked: Said) -> tuple[Sequence[Colleague], dict[str, Any]]:
    """Read what an earlier process kept; nobody where it kept nothing, or what it kept is of another site file. Raises `NotFetched`."""
    nothing: tuple[Sequence[Colleague], dict[str, Any]] = ((), {"nothing": True})
    try:
        with open(asked["file"], encoding="ascii") as file:
            beginning = json.loads(file.readline())
            if beginning != {"form": FORM, "of": asked["of"]}:
                return nothing
            *lines, last = (json.loads(line) for line in file)
    except FileNotFoundError:
        return nothing
    except OSError as failed:
        raise NotFetched(f"the list that was kept can't be read: {failed.strerror or failed}") from failed
    except ValueError as wrong:
        raise NotFetched("the list that was kept is damaged") from wrong
    people = [Colleague(*line) for line in lines if _is_somebody(line)]
    if len(people) != len(lines) or not isinstance(last, dict) or not {"fetched_at", *KEPT} <= {*last}:
        raise NotFetched("the list that was kept is damaged")
    return people, last


def _is_somebody(line: object) -> bool:
    return isinstance(line, list) and len(line) == len(Colleague._fields) and all(isinstance(text, str) for text in line)

"""People, queues and numbers that another list knows, as agents, queues and entry points of ours; and what was not taken, and why."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field

from controller.directory.folding import fold

ID_LETTERS_MAX = 32
NAME_LETTERS_MAX = 80
ENDPOINT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""What the site file takes for the name of a PJSIP endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who can be an agent."""

    phone: str
    """Their PJSIP endpoint; empty: the site's `[agent_defaults]` says it."""
    name: str = ""
    wanted_id: str = ""
    """Which id they have there; empty: one is made of the name."""
    password: str = ""
    """As the list has it, or its hash; empty: they get a new one."""
    more: tuple[tuple[str, str], ...] = ()
    """Other keys of an `[[agent]]`, such as `team`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQueue:
    """A queue, and the telephones of those who serve it."""

    id: str
    name: str
    number: str
    phones: tuple[str, ...]
    music: str = ""
    """Empty: the default."""
    offer_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNumbers:
    """Numbers that callers dial, and the queue that they lead to, by its number."""

    queue_number: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was not taken."""

    what: str
    because: str

    def __str__(self) -> str:
        return f"{self.what}: {self.because}"


@dataclass(slots=True)
class Found:
    """All that a list has."""

    people: list[Person] = field(default_factory=list)
    queues: list[ListedQueue] = field(default_factory=list)
    numbers: list[ListedNumbers] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    """What could not be read as it should be."""

    def leave_out(self, what: str, because: str) -> None:
        self.left_out.append(LeftOut(what, because))


def agent_id(person: Person, taken: Container[str]) -> str:
    """Make an id of what is known of somebody: as it is there, else of the name, else of the telephone. None of them is taken twice."""
    made = next((made for said in (person.wanted_id, person.name, person.phone) if (made := _id(said))), "agent")
    if made not in taken:
        return made
    number = 2
    while (numbered := f"{made[: ID_LETTERS_MAX - len(str(number)) - 1]}-{number}") in taken:
        number += 1
    return numbered


def _id(said: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(said)).strip("-")[:ID_LETTERS_MAX].rstrip("-")


def readable_name(said: str) -> str:
    """Make a name that the site file takes: one line, no control letters, at most 80."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:NAME_LETTERS_MAX].rstrip()


def without(found: Found, phones: Iterable[str]) -> Found:
    """Leave out those whose telephones the administrator names."""
    names = set(phones)
    for person in found.people:
        if person.phone in names:
            found.leave_out(person.phone, "you left it out")
    found.people = [person for person in found.people if person.phone not in names]
    for name in names - {one.what for one in found.left_out}:
        found.leave_out(name, "you left it out, and it is not there")
    return found

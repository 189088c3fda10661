"""Everybody of one organisation who can be called, kept so that they are found among tens of thousands within milliseconds.

A folded text for each person and `in` are the fastest there is in Python, and need the least memory (measured beside SQLite's FTS5 and
fuzzy matching). One roster is filled once; from then on it is only read.
"""

from collections.abc import Iterable, Iterator
from itertools import compress
from typing import NamedTuple

from controller.directory.ids import ColleagueId

LOOKED_AT_TOGETHER = 1000
"""People: a list comprehension is twice as fast as a loop, and whoever has seen enough should not pay for the rest."""
SAMPLE = 100
"""People who are looked at first, to find out which word of a query rules out most of the others."""


class Colleague(NamedTuple):
    """Somebody of the organisation who has a business number."""

    id: ColleagueId
    """As the organisation's own list has it."""
    name: str
    title: str
    department: str
    number: str
    """E.164, or the digits of an internal number."""
    presence: str
    """In the words of the tool that they use; empty: nobody knows."""
    searched: str
    """The `searched_text` of name, title and department."""


class Roster:
    """The people of one organisation, in the order in which they are shown.

    They are kept as plain tuples of texts, and their places as numbers: Python's garbage collector does not look into those. Into fifty
    thousand objects of a class of ours it looked for 50 to 80 ms at a time (measured), and every call waited.
    """

    def __init__(self, known: "Roster | None" = None) -> None:
        """`known`: the roster whose place this one is to take. Whoever has not changed is not kept twice meanwhile."""
        self._known = known
        self._people: list[tuple[str, ...]] = []
        self._texts: list[str] = []
        """Everybody's, in the same order: to get at them through the people takes half as much time again."""
        self._by_id: dict[str, int] = {}
        self._by_number: dict[str, int] = {}
        self._with_the_same_number: dict[str, list[int]] = {}
        """The others, where several have one."""

    def __len__(self) -> int:
        return len(self._people)

    def add(self, colleagues: Iterable[Colleague]) -> None:
        """Add people, in the order in which they are to be shown; no two have one id."""
        for colleague in colleagues:
            assert colleague.id not in self._by_id, f"{colleague.id} is there already"
            known = self._known._record(colleague.id) if self._known is not None else None
            record = known if known is not None and known == colleague else tuple(colleague)
            place = len(self._people)
            self._people.append(record)
            self._texts.append(record[_SEARCHED])
            self._by_id[colleague.id] = place
            if self._by_number.setdefault(colleague.number, place) != place:
                self._with_the_same_number.setdefault(colleague.number, []).append(place)

    def complete(self) -> None:
        """Everybody is there: the former roster is needed no more."""
        self._known = None

    def find(self, colleague: ColleagueId) -> Colleague | None:
        record = self._record(colleague)
        return None if record is None else _colleague(record)

    def _record(self, colleague: ColleagueId) -> tuple[str, ...] | None:
        place = self._by_id.get(colleague)
        return None if place is None else self._people[place]

    def with_number(self, number: str) -> list[Colleague]:
        """Give everybody who has this number, in E.164 or as the digits of an internal one."""
        first = self._by_number.get(number)
        if first is None:
            return []
        return [_colleague(self._people[place]) for place in (first, *self._with_the_same_number.get(number, ()))]

    def with_words(self, words: Iterable[str]) -> Iterator[Colleague]:
        """Give everybody in whose text all of `words_of` a query stand; without words, everybody."""
        sample = self._texts[:: max(1, len(self._texts) // SAMPLE)]
        rarest, *others = sorted(words, key=lambda word: sum(word in text for text in sample)) or ("",)
        for beginning in range(0, len(self._people), LOOKED_AT_TOGETHER):
            end = beginning + LOOKED_AT_TOGETHER
            found = [*compress(self._people[beginning:end], [rarest in text for text in self._texts[beginning:end]])]
            for word in others:
                found = [record for record in found if word in record[_SEARCHED]]
            yield from map(_colleague, found)


_SEARCHED = Colleague._fields.index("searched")
_colleague = Colleague._make

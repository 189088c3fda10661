"""Looks people up in several organisations that stand beside one another: by words, or by a number in full."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from controller.dialling.listed_number import looks_like_a_number
from controller.directory.colleagues import Colleague, Roster
from controller.directory.folding import fold, words_of
from controller.directory.ids import ColleagueId, OrganisationId, Seconds
from controller.directory.organisation import Organisation

OF_ORGANISATION = "@"
"""Between a person's id and the organisation's, for every organisation but the site's first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueList:
    """What is known of one organisation's people at this moment."""

    organisation: Organisation
    roster: Roster = field(default_factory=Roster)
    presence_at: Seconds | None = None
    """When what it says of their presence was so; None: nothing is known of anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedColleague:
    """Somebody as they are listed: once, however many organisations know them by this number."""

    id: ColleagueId
    """Good for all organisations of the site."""
    colleague: Colleague
    organisation: OrganisationId
    """The first that knows them: calls leave by its trunk."""
    organisations: tuple[str, ...]
    """The names of all that know them."""
    known_as: tuple[tuple[OrganisationId, ColleagueId], ...]
    """The same organisations, and the id that each of them has for this person."""
    presence: str
    """Empty: nobody knows."""
    presence_at: Seconds | None
    is_offered: bool
    """False: they use Teams, and single sign-on is off. Such people are never among those that are found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Who was found, and whether there are more."""

    colleagues: tuple[ListedColleague, ...]
    is_truncated: bool


def search(lists: Sequence[ColleagueList], asked: str, most: int, number_of: Callable[[str], str | None]) -> Found:
    """Look up a text; an empty one finds everybody. `number_of` reads a typed number, in the form that the rosters have it.

    By words: any part of names, title and department, in any order. By number only in full, in whatever way it is written.
    """
    offered = [each for each in lists if each.organisation.is_offered]
    found: dict[ColleagueId, ListedColleague] = {}
    for among, colleague in _hits(offered, asked, number_of):
        listed = _listed(lists, offered, among, colleague)
        if len(found) == most and listed.id not in found:
            return Found(tuple(found.values()), is_truncated=True)
        found[listed.id] = listed
    return Found(tuple(found.values()), is_truncated=False)


def find(lists: Sequence[ColleagueList], wanted: ColleagueId) -> ListedColleague | None:
    """Find whom an id of `search` means, also where they are not offered; None: nobody, or nobody any more.

    An organisation that may not be asked has no list. Whoever an id of it means is somebody whom it does not offer, and no more is known.
    """
    plain, _, organisation = wanted.rpartition(OF_ORGANISATION)
    places = [(each, ColleagueId(plain)) for each in lists[1:] if each.organisation.id == organisation]
    places += [(first, wanted) for first in lists[:1]]
    for among, of_their_own in places:
        colleague = among.roster.find(of_their_own)
        if colleague is not None:
            return _listed(lists, [among], among, colleague)
    for among, of_their_own in places[:1]:
        if not among.organisation.is_asked:
            return _listed(lists, [among], among, _somebody(of_their_own))
    return None


def _somebody(id_: ColleagueId) -> Colleague:
    return Colleague(id=id_, name="This person", title="", department="", number="", presence="", searched="")


def _hits(lists: Sequence[ColleagueList], asked: str, number_of: Callable[[str], str | None]) -> Iterator[tuple[ColleagueList, Colleague]]:
    if looks_like_a_number(asked):
        number = number_of(asked)
        if number is not None:
            yield from ((among, colleague) for among in lists for colleague in among.roster.with_number(number))
        return
    words = words_of(asked)
    yield from ((among, colleague) for among in lists for colleague in among.roster.with_words(words))


def _listed(lists: Sequence[ColleagueList], beside: Sequence[ColleagueList], among: ColleagueList, colleague: Colleague) -> ListedColleague:
    """List somebody as the first of the organisations beside one another has them that know them."""
    known = list(_known_to(beside, among, colleague))
    first_list, first = known[0]
    told_by, told = next(((of, who) for of, who in known if who.presence), (first_list, first))
    return ListedColleague(
        id=first.id if first_list is lists[0] else ColleagueId(f"{first.id}{OF_ORGANISATION}{first_list.organisation.id}"),
        colleague=first,
        organisation=first_list.organisation.id,
        organisations=tuple(of.organisation.name for of, _ in known),
        known_as=tuple((of.organisation.id, who.id) for of, who in known),
        presence=told.presence,
        presence_at=told_by.presence_at if told.presence else None,
        is_offered=first_list.organisation.is_offered,
    )


def _known_to(beside: Sequence[ColleagueList], among: ColleagueList, colleague: Colleague) -> Iterator[tuple[ColleagueList, Colleague]]:
    """Find one and the same person in each organisation, themselves included.

    A number is mostly one person's. Where several share one (a reception), those of one name are the same.
    """
    have_it = [(each, each.roster.with_number(colleague.number)) for each in beside]
    is_shared = any(len(people) > 1 for _, people in have_it)
    for each, people in have_it:
        if each is among:
            yield among, colleague
        else:
            yield from ((each, other) for other in people[:1] if not is_shared)
            yield from [(each, other) for other in people if is_shared and fold(other.name) == fold(colleague.name)][:1]

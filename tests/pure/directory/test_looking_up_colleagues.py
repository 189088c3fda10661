"""An agent looks up somebody of the organisation: by words, by number, in one organisation or in several beside one another."""

import random

import pytest

from controller.directory.colleague_search import ColleagueList, find, search
from controller.directory.colleagues import Roster
from controller.directory.ids import ColleagueId, OrganisationId
from controller.directory.organisation import SHRUNK_TOLD_SECONDS, GraphSource, Organisation, OrganisationState, is_far_fewer
from tests.pure.directory.people import ELODIE, MARIE, NUMBERS, SOREN, WRITTEN_AT, colleague, known, organisation

HEAD_OFFICE = known(ELODIE, MARIE, SOREN)
TEAMS = organisation("teams", name="Teams", teams=True, single_sign_on=True)
TEAMS_WITHOUT_SIGN_ON = organisation("teams", name="Teams", teams=True)
TENANT = GraphSource(tenant="example.com", client_id="c0ffee", secret_file="secret")


def ids(asked: str, *lists: ColleagueList, most: int = 50) -> list[str]:
    return [listed.id for listed in search(lists, asked, most, NUMBERS.read).colleagues]


# --- By words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["mar", "DURAND", "durand marie", "expérte", "technique reseau", "e a u", "  rand "])
def test_somebody_is_found_by_any_part_of_name_title_and_department_in_any_order(asked: str) -> None:
    assert "marie.durand" in ids(asked, HEAD_OFFICE)


@pytest.mark.parametrize("asked", ["marie juriste", "mariedurand", "zzz", "marie.durand", "00 10", "33199"])
def test_nobody_is_found_by_what_they_do_not_have(asked: str) -> None:
    assert ids(asked, HEAD_OFFICE) == []


def test_an_empty_search_lists_everybody() -> None:
    assert ids(" ", HEAD_OFFICE) == ["elodie.lefevre", "marie.durand", "soren.koch"]
    assert ids("", known()) == []
    assert ids("durand", known()) == []


def test_of_more_than_a_page_the_first_are_listed_and_it_is_said_that_there_are_more() -> None:
    many = known(*(colleague(f"p{number}", f"Person {number}", f"+3319900{number:04}") for number in range(2500)))

    found = search([many], "person 2", 50, NUMBERS.read)

    assert (len(found.colleagues), found.is_truncated) == (50, True)
    assert len(search([many], "person", 2500, NUMBERS.read).colleagues) == 2500
    assert not search([many], "person 2499", 1, NUMBERS.read).is_truncated


def test_words_find_whom_looking_at_each_would_find() -> None:
    chance = random.Random(7)
    letters = "abcé "
    people = [colleague(str(n), "".join(chance.choices(letters, k=6)).strip() or "x", f"+3319900{n:04}") for n in range(1500)]
    everybody = known(*people)

    for _ in range(50):
        asked = "".join(chance.choices(letters, k=5))
        by_hand = [each.id for each in people if all(word.replace("é", "e") in each.searched for word in asked.split())]
        assert ids(asked, everybody, most=2000) == by_hand


# --- By number ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["01 99 00 10 02", "+33199001002", "0033 1 99 00 10 02", "+33 (0)1 99 00 10 02", "33199001002"])
def test_a_number_in_full_finds_whose_it_is_however_it_is_written(asked: str) -> None:
    assert ids(asked, HEAD_OFFICE) == ["elodie.lefevre"]


@pytest.mark.parametrize("asked", ["0199", "990010", "01 99 00 10 0", "01 99 00 10 99"])
def test_a_part_of_a_number_finds_nobody(asked: str) -> None:
    assert ids(asked, HEAD_OFFICE) == []


def test_a_number_that_several_share_finds_all_of_them() -> None:
    reception = known(
        colleague("a", "Anna", "+33199002000"), colleague("b", "Berta", "+33199002000"), colleague("c", "Carla", "+33199002000")
    )

    assert ids("01 99 00 20 00", reception) == ["a", "b", "c"]


# --- Several organisations ---------------------------------------------------------------------------------------------


def test_people_of_several_organisations_are_found_beside_one_another() -> None:
    paul = colleague("paul", "Paul Meunier", "+33199003001", title="Juriste")

    assert ids("juriste", HEAD_OFFICE, known(paul, of=TEAMS)) == ["elodie.lefevre", "paul@teams"]


def test_somebody_whom_two_organisations_know_by_one_number_is_listed_once_with_both_names() -> None:
    again = colleague("9f3c", "LEFEVRE Élodie", "+33199001002", title="Legal counsel", presence="in a call")
    lists = (HEAD_OFFICE, known(again, of=TEAMS))

    for asked in ("lefevre", "juriste", "counsel", "01 99 00 10 02", ""):
        found = {listed.id: listed for listed in search(lists, asked, 50, NUMBERS.read).colleagues}
        listed = found[ColleagueId("elodie.lefevre")]
        assert listed.organisations == ("Head office", "Teams")
        assert listed.colleague == ELODIE
        assert (listed.presence, listed.presence_at) == ("in a call", WRITTEN_AT), "the first that knows their presence says it"
        assert ColleagueId("9f3c@teams") not in found


def test_of_people_who_share_a_number_only_those_of_one_name_are_the_same() -> None:
    here = known(colleague("r", "Réception", "+33199002000"), colleague("m", "Marie Durand", "+33199002000"))
    there = known(colleague("x", "marie durand", "+33199002000"), colleague("y", "Yuki Tanaka", "+33199002000"), of=TEAMS)

    found = search((here, there), "", 50, NUMBERS.read).colleagues

    assert [(listed.id, listed.organisations) for listed in found] == [
        ("r", ("Head office",)),
        ("m", ("Head office", "Teams")),
        ("y@teams", ("Teams",)),
    ]


def test_a_page_that_is_full_of_people_whom_both_know_is_not_called_cut() -> None:
    again = colleague("x", "Marie Durand", MARIE.number)

    assert not search((known(MARIE), known(again, of=TEAMS)), "", 1, NUMBERS.read).is_truncated


def test_an_id_means_the_same_person_however_many_organisations_have_it() -> None:
    other_marie = colleague("marie.durand", "Marie Durand-Roux", "+33199009009")
    lists = (HEAD_OFFICE, known(other_marie, of=TEAMS))

    assert [find(lists, listed.id) for listed in search(lists, "durand", 50, NUMBERS.read).colleagues] == list(
        search(lists, "durand", 50, NUMBERS.read).colleagues
    )
    assert ids("durand", *lists) == ["marie.durand", "marie.durand@teams"]
    for nobody in ("nobody", "nobody@teams", "marie.durand@elsewhere"):
        assert find(lists, ColleagueId(nobody)) is None
    assert find((), ColleagueId("marie.durand")) is None


def test_an_id_of_the_first_organisation_may_look_like_one_of_another() -> None:
    upn = colleague("marie@teams", "Marie", "+33199009009")

    found = find((known(upn), known(of=TEAMS)), ColleagueId("marie@teams"))

    assert found is not None
    assert found.colleague == upn


# --- Single sign-on ----------------------------------------------------------------------------------------------------


def test_people_who_use_teams_are_offered_only_with_single_sign_on() -> None:
    assert ids("juriste", known(ELODIE, of=TEAMS)) == ["elodie.lefevre"]
    assert ids("juriste", known(ELODIE, of=TEAMS_WITHOUT_SIGN_ON)) == []
    assert ids("01 99 00 10 02", known(ELODIE, of=TEAMS_WITHOUT_SIGN_ON)) == []


def test_somebody_who_is_not_offered_is_still_known_by_their_id() -> None:
    found = find((HEAD_OFFICE, known(SOREN, of=TEAMS_WITHOUT_SIGN_ON)), ColleagueId("soren.koch@teams"))

    assert found is not None
    assert (found.colleague, found.is_offered, found.organisations) == (SOREN, False, ("Teams",))


def test_of_a_tenant_that_is_not_asked_everybody_is_somebody_who_is_not_offered() -> None:
    tenant = ColleagueList(organisation=Organisation(id=OrganisationId("teams"), name="Teams", source=TENANT, is_teams=True))

    assert search([HEAD_OFFICE, tenant], "", 50, NUMBERS.read).colleagues == search([HEAD_OFFICE], "", 50, NUMBERS.read).colleagues
    for lists, id_ in (((HEAD_OFFICE, tenant), "any-id@teams"), ((tenant, HEAD_OFFICE), "any-id")):
        found = find(lists, ColleagueId(id_))
        assert found is not None
        assert (found.is_offered, found.colleague.name, found.colleague.number) == (False, "This person", "")
    assert find((tenant, HEAD_OFFICE), ColleagueId("nobody@head-office")) is None
    assert find((HEAD_OFFICE, tenant), ColleagueId("nobody")) is None


# --- Rosters and their age ---------------------------------------------------------------------------------------------


def test_who_has_not_changed_is_not_kept_twice_while_everybody_is_fetched_again() -> None:
    promoted = MARIE._replace(title="Directrice")
    roster = Roster(HEAD_OFFICE.roster)
    roster.add([colleague(ELODIE.id, ELODIE.name, ELODIE.number, title="Juriste", department="Affaires juridiques"), promoted])
    roster.add([colleague("new", "New", "+33199008888")])
    roster.complete()

    assert roster._people[0] is HEAD_OFFICE.roster._people[0]
    assert roster.find(ColleagueId("marie.durand")) == promoted
    assert len(roster) == 3


def test_an_id_twice_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="is there already"):
        known(MARIE, MARIE)


@pytest.mark.parametrize(
    ("fetched_at", "failed_because", "is_stale"),
    [(None, "", True), (1000.0, "", False), (1000.0, "it can't be read", True), (-801.0, "", True), (-799.0, "", False)],
)
def test_a_list_is_stale_when_it_was_never_fetched_or_failed_or_was_missed_twice(
    fetched_at: float | None, failed_because: str, is_stale: bool
) -> None:
    state = OrganisationState(organisation=organisation(), people=3, fetched_at=fetched_at, failed_because=failed_because)

    assert state.is_stale(1000.0) is is_stale


def test_a_list_of_an_earlier_process_is_stale_however_young_it_is() -> None:
    assert OrganisationState(organisation=organisation(), people=1, fetched_at=WRITTEN_AT, is_of_last_time=True).is_stale(WRITTEN_AT)


@pytest.mark.parametrize(("people", "before", "is_so"), [(49, 100, True), (50, 100, False), (0, 1, True), (0, 0, False), (3, 0, False)])
def test_a_list_has_far_fewer_people_when_more_than_half_of_them_are_gone(people: int, before: int, is_so: bool) -> None:
    assert is_far_fewer(people, before) is is_so


@pytest.mark.parametrize(
    ("people", "shrunk_at", "told"),
    [(40, None, 0), (40, 900.0, 100), (40, 1000.0 - SHRUNK_TOLD_SECONDS, 0), (50, 900.0, 0)],
    ids=["it did not", "within the day", "longer ago", "they are back"],
)
def test_a_list_that_has_become_far_shorter_is_told_for_a_day_unless_its_people_are_back(
    people: int, shrunk_at: float | None, told: int
) -> None:
    state = OrganisationState(organisation=organisation(), people=people, fetched_at=1000.0, people_before=100, shrunk_at=shrunk_at)

    assert state.shrunk_from(1000.0) == told

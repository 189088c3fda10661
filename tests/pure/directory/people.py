"""Colleagues and the organisations that know them, for tests of looking them up."""

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleague_search import ColleagueList
from controller.directory.colleagues import Colleague, Roster
from controller.directory.folding import searched_text
from controller.directory.ids import ColleagueId, OrganisationId
from controller.directory.organisation import FileSource, Organisation

NUMBERS = ListedNumbers(region="FR")
WRITTEN_AT = 1_799_999_940.0


def colleague(id_: str, name: str, number: str, *, title: str = "", department: str = "", presence: str = "") -> Colleague:
    return Colleague(
        id=ColleagueId(id_),
        name=name,
        title=title,
        department=department,
        number=number,
        presence=presence,
        searched=searched_text((name, title, department)),
    )


MARIE = colleague(
    "marie.durand", "Marie Durand", "+33199001001", title="Experte réseau", department="Direction technique", presence="available"
)
ELODIE = colleague("elodie.lefevre", "Élodie Lefèvre", "+33199001002", title="Juriste", department="Affaires juridiques")
SOREN = colleague("soren.koch", "Søren Koch", "+33199001003", department="Facturation", presence="away")


def organisation(id_: str = "head-office", *, name: str = "Head office", teams: bool = False, single_sign_on: bool = False) -> Organisation:
    return Organisation(
        id=OrganisationId(id_), name=name, source=FileSource(file=f"{id_}.csv"), is_teams=teams, single_sign_on=single_sign_on
    )


def known(*people: Colleague, of: Organisation | None = None) -> ColleagueList:
    """An organisation whose people these are."""
    roster = Roster()
    roster.add(people)
    roster.complete()
    return ColleagueList(organisation=of or organisation(), roster=roster, presence_at=WRITTEN_AT)

"""What a site file says about organisations, and each mistake that it can make there."""

import pytest

from controller.dialling.rules import ExtensionRange
from controller.directory.dial_plan import listed_numbers
from controller.directory.ids import OrganisationId
from controller.directory.organisation import Organisation
from tests.pure.directory.site_text import SITE, line_number, mistakes_in, only_mistake_in, read, with_line

TABLE = '[[organisation]]\nid = "head-office"\nname = "Head office"\n'


def test_a_site_without_an_organisation_has_none() -> None:
    assert read(SITE).organisations == ()


def test_every_key_of_an_organisation_becomes_its_value() -> None:
    more = 'kind = "file"\nfile = "a.csv"\nrefresh_minutes = 5\ndeadline_seconds = 20\nteams = true\nsingle_sign_on = true\n'

    assert read(SITE + TABLE + more).organisations == (
        Organisation(
            id=OrganisationId("head-office"),
            name="Head office",
            file="a.csv",
            refresh_seconds=300,
            deadline_seconds=20,
            is_teams=True,
            single_sign_on=True,
        ),
    )


def test_what_an_organisation_does_not_say_has_its_default() -> None:
    organisation = read(SITE + TABLE + 'file = "a.toml"').organisations[0]

    assert (organisation.refresh_seconds, organisation.deadline_seconds, organisation.is_offered) == (900, 60, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'kind = "ldap"',
            '[[organisation]] kind: "ldap" is not served by this version yet: export the people to a list and say kind = "file"',
        ),
        ('kind = "fil"', "[[organisation]] kind: must be 'file', 'ldap' or 'graph'; it is \"fil\"; did you mean 'file'?"),
        ('file = "a.xlsx"', "[[organisation]] file: must be the name of a list in TOML or CSV, which ends with .toml or .csv"),
        ('file = ""', "[[organisation]] file: must be the name of a list of colleagues in TOML or CSV"),
        ('file = "a.csv"\nrefresh_minutes = 0', "refresh_minutes: must be after how many minutes colleagues are fetched again, from 1"),
        ('file = "a.csv"\ndeadline_seconds = 601', "deadline_seconds: must be how many seconds it may take to fetch them, from 1 to 600"),
        ('file = "a.csv"\nteams = "yes"', 'teams: must be true or false; it is "yes"'),
        ('file = "a.csv"\nsingle_sign_on = true', "single_sign_on: is only for people who use Microsoft Teams: say teams = true too"),
        ('file = "a.csv"\nurl = "ldaps://x"', "[[organisation]] url: not served by this version yet: leave it out"),
        ('file = "a.csv"\ntrunk = "teams"', "[[organisation]] trunk: not served by this version yet: leave it out"),
        ('file = "a.csv"\nfiel = "b.csv"', "[[organisation]] fiel: there is no such key; did you mean 'file'?"),
    ],
)
def test_a_mistake_about_an_organisation_says_what_to_do(line: str, said: str) -> None:
    text = SITE + TABLE + line + "\n"

    found = only_mistake_in(text)

    assert said in found
    assert found.startswith(f"line {line_number(line.splitlines()[-1], text)}: ")


def test_an_organisation_of_a_file_names_it() -> None:
    assert only_mistake_in(SITE + TABLE).endswith(
        '[[organisation]] file: file is missing: give it the name of a list of colleagues, such as "colleagues.toml"'
    )


def test_two_organisations_can_not_have_one_id() -> None:
    table = TABLE + 'file = "a.csv"\n'

    assert "[[organisation]] id: the id 'head-office' is taken: see line " in only_mistake_in(SITE + table + table)


def test_there_may_not_be_twenty_one_organisations() -> None:
    tables = "".join(f'[[organisation]]\nid = "o{number}"\nname = "O"\nfile = "a.csv"\n' for number in range(21))

    assert [mistake.sentence for mistake in mistakes_in(SITE + tables)] == ["there may be 20 of these and no more"]


def test_a_list_that_is_not_there_is_no_mistake_of_the_site_file() -> None:
    assert mistakes_in(SITE + TABLE + 'file = "nowhere.csv"') == ()


def test_internal_numbers_of_colleagues_are_the_sites_extensions_and_its_agents_telephones() -> None:
    text = with_line('phone = "1002"', 'phone = "bobs-desk"') + '[dialling]\nextensions = ["200-299"]\n'

    numbers = listed_numbers(read(text).directory)

    assert numbers.region == "FR"
    assert numbers.extensions == (ExtensionRange("200", "299"), ExtensionRange("1001", "1001"))

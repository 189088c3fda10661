"""What a site file says about organisations, and each mistake that it can make there."""

import pytest

from controller.dialling.rules import ExtensionRange, NumberFormat, Trunk
from controller.directory.dial_plan import listed_numbers
from controller.directory.ids import OrganisationId
from controller.directory.organisation import FileSource, GraphSource, LdapSource, Organisation
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
            source=FileSource(file="a.csv"),
            refresh_seconds=300,
            deadline_seconds=20,
            is_teams=True,
            single_sign_on=True,
        ),
    )


def test_what_an_organisation_does_not_say_has_its_default() -> None:
    organisation = read(SITE + TABLE + 'file = "a.toml"').organisations[0]

    assert (organisation.refresh_seconds, organisation.deadline_seconds, organisation.is_offered) == (900, 300, True)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('kind = "fil"', "[[organisation]] kind: must be 'file', 'ldap' or 'graph'; it is \"fil\"; did you mean 'file'?"),
        ('file = "a.xlsx"', "[[organisation]] file: must be the name of a list in TOML or CSV, which ends with .toml or .csv"),
        ('file = ""', "[[organisation]] file: must be the name of a list of colleagues in TOML or CSV"),
        ('file = "a.csv"\nrefresh_minutes = 0', "refresh_minutes: must be after how many minutes colleagues are fetched again, from 1"),
        ('file = "a.csv"\ndeadline_seconds = 601', "deadline_seconds: must be how many seconds it may take to fetch them, from 1 to 600"),
        ('file = "a.csv"\nteams = "yes"', 'teams: must be true or false; it is "yes"'),
        ('file = "a.csv"\nsingle_sign_on = true', "single_sign_on: is only for people who use Microsoft Teams: say teams = true too"),
        ('file = "a.csv"\nurl = "ldaps://x"', '[[organisation]] url: is for kind = "ldap"; this one has kind = "file"'),
        ('file = "a.csv"\ntrunk = "teams"', "[[organisation]] trunk: there is no trunk 'teams': add a [[trunk]] of this name"),
        ('file = "a.csv"\ntrunk = "PJSIP/teams"', '[[organisation]] trunk: must be the name of a [[trunk]], such as "outside"'),
        ('file = "a.csv"\nfiel = "b.csv"', "[[organisation]] fiel: there is no such key; did you mean 'file'?"),
    ],
)
def test_a_mistake_about_an_organisation_says_what_to_do(line: str, said: str) -> None:
    text = SITE + TABLE + line + "\n"

    found = only_mistake_in(text)

    assert said in found
    assert found.startswith(f"line {line_number(line.splitlines()[-1], text)}: ")


def test_the_trunk_of_an_organisation_that_is_none_may_have_been_meant_otherwise() -> None:
    text = SITE + TABLE + 'file = "a.csv"\ntrunk = "teems"\n[[trunk]]\nname = "teams"\n'

    assert "[[organisation]] trunk: there is no trunk 'teems'; did you mean 'teams'?" in only_mistake_in(text)


def test_calls_to_an_organisations_people_leave_by_its_own_trunk_or_by_the_sites() -> None:
    trunks = '[dialling]\ntrunk = "outside"\n[[trunk]]\nname = "outside"\n[[trunk]]\nname = "teams"\nnumber_format = "e164-no-plus"\n'
    other = TABLE.replace("head-office", "branch") + 'file = "b.csv"\n'

    directory = read(SITE + trunks + TABLE + 'file = "a.csv"\ntrunk = "teams"\n' + other).directory

    assert directory.trunks_of_organisations == {"head-office": "teams"}
    assert directory.trunk_to(OrganisationId("head-office")) == Trunk(name="teams", number_format=NumberFormat.E164_NO_PLUS)
    assert directory.trunk_to(OrganisationId("branch")) == directory.trunk_to() == Trunk(name="outside")


def test_where_there_is_no_trunk_no_call_to_outside_can_leave() -> None:
    directory = read(SITE + TABLE + 'file = "a.csv"').directory

    assert directory.trunk_to() is None
    assert directory.trunk_to(OrganisationId("head-office")) is None


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


# --- LDAP --------------------------------------------------------------------------------------------------------------

LDAP = TABLE + 'kind = "ldap"\n'
DIRECTORY = LDAP + 'url = "ldaps://ldap.example.com"\nbase = "dc=example,dc=com"\n'


def ldap(more: str = "", text: str = DIRECTORY) -> LdapSource:
    """The directory of a site file."""
    source = read(SITE + text + more).organisations[0].source
    assert isinstance(source, LdapSource)
    return source


def test_every_key_of_a_directory_becomes_its_value() -> None:
    more = """\
ca_file = "ca.pem"
bind_dn = "cn=reader,dc=example,dc=com"
password_file = "ldap-password"
filter = "(objectClass=person)"
attributes = { id = "uid", number = ["telephoneNumber", "mobile"] }
page_size = 200
"""

    source = ldap(more)

    assert (source.url, source.host, source.port, source.security) == ("ldaps://ldap.example.com", "ldap.example.com", 636, "ldaps")
    assert (source.ca_file, source.bind_dn, source.password_file) == ("ca.pem", "cn=reader,dc=example,dc=com", "ldap-password")
    assert (source.base, source.filter, source.page_size) == ("dc=example,dc=com", "(objectClass=person)", 200)
    assert dict(source.attributes)["id"] == ("uid",)
    assert dict(source.attributes)["number"] == ("telephoneNumber", "mobile")
    assert dict(source.attributes)["name"] == ("displayName", "cn"), "what it does not say is the preset's"
    assert source.place == "ldaps://ldap.example.com"


def test_a_directory_is_taken_for_openldap_unless_the_site_file_says_active_directory() -> None:
    here, there = ldap(), ldap('preset = "active-directory"\n')

    assert (here.filter, dict(here.attributes)["id"], here.page_size) == ("(objectClass=inetOrgPerson)", ("entryUUID",), 500)
    assert "userAccountControl:1.2.840.113556.1.4.803:=2" in there.filter
    assert (dict(there.attributes)["id"], dict(there.attributes)["department"]) == (("objectGUID",), ("department",))
    assert all("mobile" not in names for source in (here, there) for _, names in source.attributes)


@pytest.mark.parametrize(
    ("url", "ca_file", "security", "port"),
    [
        ("ldaps://127.0.0.1:1636", "", "ldaps", 1636),
        ("ldap://ldap.example.com", "", "start-tls", 389),
        ("ldap://10.0.0.1/", "", "start-tls", 389),
        ("ldap://127.0.0.1.example.com", "", "start-tls", 389),
        ("ldap://localhost.example.com", "", "start-tls", 389),
        ("ldap://127.0.0.1:1389", "", "none", 1389),
        ("ldap://localhost", "", "none", 389),
        ("ldap://[::1]:1389", "", "none", 1389),
        ("ldap://localhost", "ca.pem", "start-tls", 389),
    ],
)
def test_only_to_this_very_machine_nothing_is_encrypted(url: str, ca_file: str, security: str, port: int) -> None:
    text = LDAP + f'url = "{url}"\nbase = "dc=x"\n' + (f'ca_file = "{ca_file}"\n' if ca_file else "")

    source = ldap(text=text)

    assert (source.security, source.port) == (security, port)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LDAP + 'base = "dc=x"\n', "url: url is missing: give it the place of the directory"),
        (LDAP + 'url = "ldaps://x"\n', "base: base is missing: say under which entry the people are"),
        (LDAP + 'base = "dc=x"\nurl = "https://x"\n', "url: must be ldaps:// or ldap://, a host, and perhaps a port"),
        (LDAP + 'base = "dc=x"\nurl = "ldaps://x/dc=x"\n', "base stands by itself"),
        (LDAP + 'base = "dc=x"\nurl = "ldaps://u:p@x"\n', "url: must be ldaps:// or ldap://"),
        (LDAP + 'base = "dc=x"\nurl = "ldaps://x:70000"\n', "url: a port is a number from 1 to 65535"),
        (DIRECTORY + 'bind_dn = "cn=x"\n', "bind_dn: needs password_file beside it"),
        (DIRECTORY + 'password_file = "x"\n', "password_file: needs bind_dn beside it"),
        (DIRECTORY + 'filter = "objectClass=*"\n', "filter: must be a filter of LDAP in round brackets"),
        (DIRECTORY + "attributes = { id = 3 }\n", 'attributes.id: must be an attribute of the directory, such as "entryUUID"'),
        (DIRECTORY + 'attributes = { number = "mobile" }\n', "attributes.number: must be a list of one attribute of the directory or more"),
        (DIRECTORY + "attributes = { mobile = [] }\n", "attributes.mobile: there is no such key; there are department, first_name, id"),
        (DIRECTORY + "page_size = 5000\n", "page_size: must be how many people are asked for at a time"),
        (DIRECTORY + 'preset = "openldp"\n', "did you mean 'openldap'?"),
        (DIRECTORY + 'tenant = "x"\n', 'tenant: is for kind = "graph"; this one has kind = "ldap"'),
        (TABLE + 'file = "a.csv"\nca_file = "x"\n', 'ca_file: is for kind = "ldap" or "graph"; this one has kind = "file"'),
    ],
)
def test_a_mistake_about_a_directory_says_what_to_do(text: str, said: str) -> None:
    assert said in only_mistake_in(SITE + text)


# --- Microsoft Graph ---------------------------------------------------------------------------------------------------

GRAPH = TABLE + 'kind = "graph"\n'
TENANT = GRAPH + 'tenant = "example.onmicrosoft.com"\nclient_id = "c0ffee"\nsecret_file = "secret"\n'


def test_every_key_of_a_tenant_becomes_its_value() -> None:
    more = 'authority = "https://127.0.0.1:1"\ngraph_url = "https://127.0.0.1:2"\nca_file = "ca.pem"\nsingle_sign_on = true\n'

    organisation = read(SITE + TENANT + more).organisations[0]

    assert organisation.source == GraphSource(
        tenant="example.onmicrosoft.com",
        client_id="c0ffee",
        secret_file="secret",
        authority="https://127.0.0.1:1",
        graph_url="https://127.0.0.1:2",
        ca_file="ca.pem",
    )
    assert organisation.source.place == "Microsoft Entra, tenant example.onmicrosoft.com"
    assert (organisation.is_teams, organisation.is_offered, organisation.is_asked) == (True, True, True)


def test_a_tenant_is_microsofts_own_and_is_not_asked_unless_single_sign_on_is_said_to_be_on() -> None:
    organisation = read(SITE + TENANT).organisations[0]

    assert isinstance(organisation.source, GraphSource)
    assert (organisation.source.authority, organisation.source.graph_url) == (
        "https://login.microsoftonline.com",
        "https://graph.microsoft.com",
    )
    assert (organisation.is_teams, organisation.is_offered, organisation.is_asked) == (True, False, False)


def test_a_list_of_people_who_use_teams_is_read_all_the_same() -> None:
    organisation = read(SITE + TABLE + 'file = "a.csv"\nteams = true\n').organisations[0]

    assert (organisation.is_offered, organisation.is_asked, organisation.source.place) == (False, True, "a.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GRAPH + 'client_id = "c"\nsecret_file = "s"\n', "tenant: tenant is missing: give it the directory (tenant) ID"),
        (GRAPH + 'tenant = "t"\nsecret_file = "s"\n', "client_id: client_id is missing: give it the application (client) ID"),
        (GRAPH + 'tenant = "t"\nclient_id = "c"\n', "secret_file: give either secret_file or certificate_file"),
        (TENANT + 'certificate_file = "c"\n', "secret_file: give either secret_file or certificate_file"),
        (TENANT + 'graph_url = "http://127.0.0.1"\n', "graph_url: must be where Microsoft Graph is, such as"),
        (TENANT + 'authority = "https://x/"\n', "authority: must be where tokens are asked for"),
        (TENANT.replace("example.onmicrosoft.com", "a/b"), "tenant: must be the directory (tenant) ID"),
    ],
)
def test_a_mistake_about_a_tenant_says_what_to_do(text: str, said: str) -> None:
    assert any(said in f"{mistake.where.removeprefix('[[organisation]] ')}: {mistake.sentence}" for mistake in mistakes_in(SITE + text))

"""The people of a real slapd, over TLS, and everything that a directory does to whoever asks it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from controller.dialling.listed_number import ListedNumbers
from controller.dialling.rules import ExtensionRange
from controller.directory.colleagues import Colleague
from controller.directory.ids import OrganisationId
from controller.directory.organisation import LdapSource, Organisation
from controller.directory.site_organisations import PRESETS
from controller.organisation.kept_lists import KeptLists
from controller.organisation.ldap_provider import LdapProvider
from controller.organisation.organisations import Organisations
from controller.organisation.provider import Fetched, ProviderFailed
from tests.authority import Authority
from tests.live.directory import DirectoryServer, running_directory, wait_until_it_answers
from tests.live.directory_people import (
    AD,
    BLIND,
    ELSEWHERE,
    FEW,
    GUID,
    KINDS,
    LIMITED,
    PAGE_LIMIT,
    PASSWORD,
    PEOPLE,
    READER,
    SUFFIX,
    UNPAGED,
)
from tests.live.slow_line import SlowLine

NUMBERS = ListedNumbers(region="FR", extensions=(ExtensionRange("0900", "0999"),))
PEOPLE_THERE = 20_000
"""Enough for an answer that has a middle; the bench asks for fifty thousand."""
SECONDS_MAX = 300.0
"""For what comes to its end: the machine may be busy, and the program goes behind everything else."""
SHORT_SECONDS = 8.0
OPENLDAP = PRESETS["openldap"]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory, elsewhere: "Elsewhere") -> Iterator[DirectoryServer]:
    folder = tmp_path_factory.mktemp("directory")
    with running_directory(folder, people=PEOPLE_THERE, elsewhere=f"ldap://127.0.0.1:{elsewhere.port}") as running:
        (folder / "password").write_text(f"{PASSWORD}\n")
        (folder / "wrong").write_text("another")
        (folder / "empty").write_text("\n")
        yield running


class Elsewhere:
    """Another directory, where ours says that more people are."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port = int(self._socket.getsockname()[1])

    def has_been_asked(self) -> bool:
        try:
            self._socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    listening = Elsewhere()
    yield listening
    listening.close()


def source(directory: DirectoryServer, **otherwise: Any) -> LdapSource:
    """The directory as a site file would name it."""
    known = LdapSource(
        url=directory.ldaps,
        host="127.0.0.1",
        port=directory.ldaps_port,
        security="ldaps",
        ca_file="authority.crt",
        bind_dn=READER,
        password_file="password",
        base=FEW,
        filter=OPENLDAP.filter,
        attributes=tuple(OPENLDAP.attributes.items()),
    )
    return replace(known, **otherwise)


def provider(directory: DirectoryServer, *, seconds_max: float = SECONDS_MAX, **otherwise: Any) -> LdapProvider:
    folder = directory.ca_file.parent
    return LdapProvider(source(directory, **otherwise), folder=folder, numbers=NUMBERS, seconds_max=seconds_max)


def with_attributes(**otherwise: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """OpenLDAP's own attributes, but for these."""
    return tuple((key, otherwise.get(key, names)) for key, names in OPENLDAP.attributes.items())


async def read(asked: LdapProvider) -> tuple[list[Colleague], Fetched]:
    people: list[Colleague] = []
    return people, await asked.fetch(people.extend, None)


async def why_not(asked: LdapProvider) -> str:
    with pytest.raises(ProviderFailed) as failed:
        await asked.fetch(lambda people: None, None)
    return failed.value.because


# --- Who comes ---------------------------------------------------------------------------------------------------------


async def test_everybody_with_a_business_number_comes_with_the_first_of_their_numbers_that_is_one(directory: DirectoryServer) -> None:
    people, fetched = await read(provider(directory))

    found = {person.name: person.number for person in people}
    assert found == {
        "Anna Plain": "+33199001001",
        "Berta Prose": "+33199001002",
        "Carl Extension": "0996",
        "Dora Zero": "+33199001004",
        "Emil Exit": "+33199001005",
        "Frida Uri": "+33199001006",
        "Gustav Ext": "+33199001007",
        "Hanna Poste": "+33199001008",
        "i": "+33199001009",
        "Star*man (\\ & co)": "+33199001010",
        "Élodie Łuk 田中": "+33199001011",
        "Karl Long": "+33199001012",
    }
    assert (fetched.without_number, fetched.mistakes, fetched.notes) == (3, 0, ())
    assert len(KINDS) == len(people) + 3


async def test_a_mobile_number_is_read_only_where_the_site_names_its_attribute(directory: DirectoryServer) -> None:
    people, _ = await read(provider(directory, attributes=with_attributes(number=("telephoneNumber", "mobile"))))

    assert {person.name: person.number for person in people}["Lena Mobile"] == "+33699001013"


async def test_names_are_folded_and_somebody_without_one_has_their_first_and_last(directory: DirectoryServer) -> None:
    people, _ = await read(provider(directory, attributes=with_attributes(name=("displayName",))))

    searched = {person.name: person.searched for person in people}
    assert searched["Ida Nameless"] == "ida nameless"
    assert "x" in searched, "who has neither displayName nor givenName has their sn"


async def test_everybody_comes_page_by_page(directory: DirectoryServer) -> None:
    people, fetched = await read(provider(directory, base=PEOPLE, page_size=1000))

    assert (len(people), fetched.mistakes) == (PEOPLE_THERE, 0)
    assert len({person.id for person in people}) == PEOPLE_THERE


async def test_people_of_active_directorys_own_schema_come_with_its_own_attributes(directory: DirectoryServer) -> None:
    """The filter of that preset is for Active Directory alone: it has a matching rule that slapd does not know."""
    attributes = tuple(PRESETS["active-directory"].attributes.items())

    people, fetched = await read(provider(directory, base=AD, filter="(objectClass=user)", attributes=attributes))

    assert [(person.id, person.name, person.title, person.department, person.number) for person in people] == [
        (str(GUID), "Durand, Marie", "Experte réseau", "Direction technique", "+33199003001"),
        ("03020100-0504-0706-0809-0a0b0c0d0e0f", "Paul Petit", "", "", "0996"),
    ]
    assert (fetched.mistakes, fetched.without_number) == (0, 0)


@pytest.mark.parametrize("security", ["start-tls", "none"])
async def test_it_is_asked_in_the_other_ways_too(directory: DirectoryServer, security: str) -> None:
    people, _ = await read(provider(directory, url=directory.ldap, port=directory.ldap_port, security=security))

    assert len(people) == 12


# --- Who may not, and what is not there ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"password_file": "wrong"}, "the directory refuses the name or the password: look at bind_dn and password_file"),
        ({"bind_dn": f"cn=nobody-at-all,{SUFFIX}"}, "the directory refuses the name or the password"),
        ({"password_file": "empty"}, "password_file is empty"),
        ({"password_file": "nowhere"}, "password_file can't be read: No such file or directory"),
        ({"bind_dn": "nonsense"}, "base or bind_dn is not a name of LDAP"),
        ({"base": "nonsense"}, "base or bind_dn is not a name of LDAP"),
        ({"base": f"ou=nowhere,{SUFFIX}"}, f"there is no ou=nowhere,{SUFFIX} in the directory, or bind_dn may not see it"),
        ({"bind_dn": BLIND}, f"there is no {FEW} in the directory, or bind_dn may not see it"),
        ({"bind_dn": "", "password_file": ""}, f"there is no {FEW} in the directory, or bind_dn may not see it"),
        ({"filter": "(&(a=b)"}, "the filter (&(a=b) is not one of LDAP: look at its brackets"),
    ],
)
async def test_what_an_administrator_has_got_wrong_is_said_in_a_sentence(
    directory: DirectoryServer, otherwise: dict[str, Any], said: str
) -> None:
    assert said in await why_not(provider(directory, **otherwise))


async def test_a_filter_that_finds_nobody_is_said_to(directory: DirectoryServer) -> None:
    people, fetched = await read(provider(directory, filter="(objectClass=nothing)"))

    assert people == []
    assert fetched.notes == ("the filter finds nobody under base: look at base and filter, and whether bind_dn may read there",)


# --- Pages -------------------------------------------------------------------------------------------------------------


async def test_a_page_that_is_too_large_is_a_failure_and_no_end_of_the_list(directory: DirectoryServer) -> None:
    refused = await why_not(provider(directory, bind_dn=UNPAGED, base=PEOPLE))

    assert refused.startswith("the directory refuses pages of 500: make page_size smaller, or have its limit lifted (adminLimitExceeded)")
    people, _ = await read(provider(directory, bind_dn=UNPAGED, page_size=PAGE_LIMIT))
    assert len(people) == 12


async def test_a_list_that_is_cut_short_by_a_limit_is_a_failure_although_people_came(directory: DirectoryServer) -> None:
    assert (await why_not(provider(directory, bind_dn=LIMITED, base=PEOPLE))).startswith(
        "the directory gives fewer people than there are to bind_dn: have its limit lifted (sizeLimitExceeded)"
    )


# --- Referrals ---------------------------------------------------------------------------------------------------------


async def test_nobody_goes_where_a_referral_leads(directory: DirectoryServer, elsewhere: Elsewhere) -> None:
    people, fetched = await read(provider(directory, base=ELSEWHERE))
    because = await why_not(provider(directory, base=f"ou=there1,{ELSEWHERE}"))

    assert [person.name for person in people] == ["Here 1", "Here 2"]
    assert fetched.notes == ("2 references to other directories were not followed: whoever is there needs an [[organisation]] too",)
    assert "names another one, which is not asked" in because
    assert not elsewhere.has_been_asked()


# --- Certificates ------------------------------------------------------------------------------------------------------


async def test_an_authority_that_is_not_known_is_not_trusted_and_the_password_stays_here(
    directory: DirectoryServer, tmp_path: Path
) -> None:
    another = Authority(tmp_path, "another").certificate
    in_clear = {"url": directory.ldap, "port": directory.ldap_port, "security": "start-tls"}

    for ca_file in (str(another), ""):
        for way in (dict[str, Any](), in_clear):
            because = await why_not(provider(directory, ca_file=ca_file, **way))
            assert "is not trusted: unable to get local issuer certificate; ca_file must hold the authority that signed it" in because


async def test_a_name_that_the_certificate_does_not_have_is_not_trusted(directory: DirectoryServer) -> None:
    ways: list[dict[str, Any]] = [{"port": directory.ldaps_port}, {"port": directory.ldap_port, "security": "start-tls"}]
    for way in ways:
        because = await why_not(provider(directory, host="localhost", url="ldaps://localhost", **way))
        assert because == "the certificate of ldaps://localhost is one for another host: write the host as its certificate has it"


async def test_a_certificate_that_has_expired_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "password").write_text(PASSWORD)
    with running_directory(tmp_path, people=0, days=-1) as expired:
        because = await why_not(provider(expired))

    assert because == f"the certificate of {expired.ldaps} is not trusted: certificate has expired; have it renewed"


async def test_a_file_of_authorities_that_is_none_is_said_to_be_so(directory: DirectoryServer) -> None:
    assert await why_not(provider(directory, ca_file="nowhere")) == "ca_file can't be read: No such file or directory"
    assert await why_not(provider(directory, ca_file="password")) == "ca_file holds no certificate in PEM form"


# --- Servers that are slow, down or mad ----------------------------------------------------------------------------------


async def test_a_port_at_which_nobody_listens_is_refused_at_once(directory: DirectoryServer) -> None:
    because = await why_not(provider(directory, port=1, url="ldaps://127.0.0.1:1"))

    assert because == "ldaps://127.0.0.1:1 can't be reached: [Errno 111] Connection refused"


async def test_a_port_for_something_else_is_said_to_be_so(directory: DirectoryServer) -> None:
    assert "does not speak TLS as we do" in await why_not(provider(directory, port=directory.ldap_port))
    assert "has ended the connection" in await why_not(provider(directory, port=directory.ldaps_port, security="none"))


@pytest.mark.parametrize("security", ["none", "start-tls", "ldaps"])
async def test_one_that_never_answers_costs_the_deadline_and_no_more(directory: DirectoryServer, security: str) -> None:
    """With `ldaps` it is the handshake that never ends."""
    time = asyncio.get_running_loop().time
    async with SlowLine(None) as nobody:
        began = time()

        because = await why_not(provider(directory, port=nobody.port, security=security, seconds_max=SHORT_SECONDS))

    assert because == f"it did not come within {SHORT_SECONDS:g} s"
    assert time() - began < 2 * SHORT_SECONDS


async def test_one_that_trickles_costs_the_deadline_and_no_more(directory: DirectoryServer) -> None:
    """Each read is in time: only the whole is not."""
    async with SlowLine(directory.ldaps_port, then_seconds=0.3) as line:
        asked = provider(directory, port=line.port, base=PEOPLE, seconds_max=SHORT_SECONDS)
        assert await why_not(asked) == f"it did not come within {SHORT_SECONDS:g} s"
        assert line.connections == 1


async def test_one_that_waits_long_between_two_pieces_costs_the_deadline_and_no_more(directory: DirectoryServer) -> None:
    async with SlowLine(directory.ldaps_port, then_seconds=4.0, chunk_bytes=64 * 1024) as line:
        asked = provider(directory, port=line.port, base=PEOPLE, seconds_max=SHORT_SECONDS)
        assert await why_not(asked) == f"it did not come within {SHORT_SECONDS:g} s"


@asynccontextmanager
async def known(directory: DirectoryServer, line: SlowLine, folder: Path) -> AsyncIterator[Organisations]:
    """An organisation that has fetched its people once, straight, and from then on over the line."""
    straight = LdapProvider(source(directory), folder=directory.ca_file.parent, numbers=NUMBERS, seconds_max=SECONDS_MAX)
    over_the_line = provider(directory, port=line.port, base=PEOPLE, seconds_max=SECONDS_MAX)
    one = Organisation(id=OrganisationId("office"), name="Office", source=source(directory))
    providers = iter((straight, over_the_line))
    kept = KeptLists(folder)
    organisations = Organisations([one], NUMBERS, provider_for=lambda one, numbers: next(providers), clock=lambda: 1000.0, kept=kept)
    await organisations.refresh(SECONDS_MAX)
    assert organisations.states()[0].people == 12
    organisations.use([replace(one, source=source(directory, base=PEOPLE))], NUMBERS)
    yield organisations


async def test_one_that_is_killed_in_the_middle_leaves_the_last_list(directory: DirectoryServer, tmp_path: Path) -> None:
    async with SlowLine(directory.ldaps_port, passes_bytes=300_000) as line, known(directory, line, tmp_path) as organisations:
        fetching = asyncio.create_task(organisations.refresh(SECONDS_MAX))
        await asyncio.wait_for(line.is_in_the_middle.wait(), SECONDS_MAX)
        await asyncio.to_thread(directory.engines.kill)
        await fetching
        await asyncio.to_thread(directory.engines.start)
        await asyncio.to_thread(wait_until_it_answers, directory)

    state = organisations.states()[0]
    assert (state.people, state.is_stale(1000.0)) == (12, True)
    assert state.failed_because.startswith(f"{directory.ldaps} has ")
    assert len((await organisations.search("", 50)).colleagues) == 12


async def test_one_that_freezes_in_the_middle_costs_the_deadline_and_leaves_the_last_list(
    directory: DirectoryServer, tmp_path: Path
) -> None:
    async with SlowLine(directory.ldaps_port, passes_bytes=300_000) as line, known(directory, line, tmp_path) as organisations:
        fetching = asyncio.create_task(organisations.refresh(SECONDS_MAX))
        await asyncio.wait_for(line.is_in_the_middle.wait(), SECONDS_MAX)
        await asyncio.to_thread(directory.engines.pause)
        try:
            await fetching
        finally:
            await asyncio.to_thread(directory.engines.unpause)

    state = organisations.states()[0]
    assert (state.people, state.is_stale(1000.0)) == (12, True)
    assert state.failed_because.startswith(f"{directory.ldaps} has stopped answering")


async def test_a_fetch_that_is_given_up_leaves_no_process_at_the_directory(directory: DirectoryServer) -> None:
    async with SlowLine(directory.ldaps_port, passes_bytes=100_000, then_seconds=0.3) as line:
        fetching = asyncio.create_task(provider(directory, port=line.port, base=PEOPLE).fetch(lambda people: None, None))
        await asyncio.wait_for(line.is_in_the_middle.wait(), SECONDS_MAX)

        fetching.cancel()
        await asyncio.wait([fetching])
        await asyncio.wait_for(line.is_quiet.wait(), SHORT_SECONDS)

    assert fetching.cancelled()

"""The people of a tenant of Microsoft Entra, read from an honest stand-in over HTTPS by the program that reads them in the service."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleagues import Colleague
from controller.directory.organisation import GraphSource
from controller.organisation.graph_provider import GraphProvider
from controller.organisation.provider import Fetched, ProviderFailed
from tests.authority import Authority
from tests.edges.graph_stand_in import (
    CLIENT_ID,
    SECRET,
    TENANT,
    GraphStandIn,
    Trouble,
    cut_in_the_middle,
    graph_stand_in,
    never,
    refuses,
    says,
    thirty_megabytes,
    trickle,
    user,
)

pytestmark = pytest.mark.long

NUMBERS = ListedNumbers(region="FR")
SECONDS_MAX = 60.0
NOW = 1000.0


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[GraphStandIn]:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    async with graph_stand_in(tmp_path) as standing_in:
        standing_in.users = [user(number) for number in range(1, 4)]
        yield standing_in


def provider(graph: GraphStandIn, folder: Path, *, seconds_max: float = SECONDS_MAX, **otherwise: Any) -> GraphProvider:
    known = {"tenant": TENANT, "client_id": CLIENT_ID, "secret_file": "secret", "authority": graph.url, "graph_url": graph.url}
    source = GraphSource(**{**known, "ca_file": "authority.crt", **otherwise})
    return GraphProvider(source, folder=folder, numbers=NUMBERS, seconds_max=seconds_max, clock=lambda: NOW)


async def read(fetching: GraphProvider) -> tuple[list[Colleague], Fetched]:
    people: list[Colleague] = []
    return people, await fetching.fetch(people.extend, None)


async def why_not(fetching: GraphProvider) -> ProviderFailed:
    with pytest.raises(ProviderFailed) as failed:
        await fetching.fetch(lambda people: None, None)
    return failed.value


def named(people: list[Colleague]) -> list[str]:
    return [person.name for person in people]


# --- What comes --------------------------------------------------------------------------------------------------------


async def test_whoever_has_a_business_number_is_read_with_title_and_department(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.users = [
        user(1, "Élodie Lefèvre", businessPhones=["ask reception", "01 99 00 10 02"]),
        user(2, "No Number", businessPhones=[]),
        user(3, "Nulls", jobTitle=None, department=None, businessPhones=["+33 1 99 00 10 03"]),
        user(4, displayName=None, givenName="Ida", surname="Koch", businessPhones=["+33 1 99 00 10 04"]),
        user(5, "Mobile Only", businessPhones=[], mobilePhone="+33 6 99 00 10 05"),
        user(6, "Has Left", accountEnabled=False),
    ]

    people, fetched = await read(provider(graph, tmp_path))

    assert [(each.name, each.title, each.department, each.number) for each in people] == [
        ("Élodie Lefèvre", "Juriste", "Direction technique", "+33199001002"),
        ("Ida Koch", "Juriste", "Direction technique", "+33199001004"),
        ("Nulls", "", "", "+33199001003"),
    ]
    assert (fetched.without_number, fetched.mistakes, fetched.notes) == (2, 0, ())
    assert people[0].id == "00000000-0000-0000-0000-000000000001"


async def test_only_what_is_needed_is_asked_for(graph: GraphStandIn, tmp_path: Path) -> None:
    await read(provider(graph, tmp_path))

    assert [(asked.method, asked.path) for asked in graph.asked] == [("POST", f"/{TENANT}/oauth2/v2.0/token"), ("GET", "/v1.0/users")]
    assert graph.asked[1].query == {
        "$select": "id,displayName,givenName,surname,jobTitle,department,businessPhones",
        "$top": "999",
        "$filter": "accountEnabled eq true",
    }


async def test_page_after_page_is_read_also_an_empty_one_and_one_that_repeats_somebody(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.users = [user(number) for number in range(1, 8)]
    graph.users.insert(5, graph.users[2])
    graph.page_size = 2
    first = f"{graph.url}/v1.0/users?$top=999&$select=id,displayName,businessPhones"
    graph.trouble("users", says({"value": [], "@odata.nextLink": first}))

    people, fetched = await read(provider(graph, tmp_path))

    assert named(people) == [f"Person {number}" for number in range(1, 8)]
    assert fetched.mistakes == 0
    assert len(graph.of("users")) == 5


async def test_a_token_comes_by_certificate_too(graph: GraphStandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = Authority(tmp_path, "of-ours").sign("application", rsa=True)
    (tmp_path / "application.pem").write_text(key.read_text() + certificate.read_text())
    graph.certificate = certificate
    # Such a variable would be trusted instead of ca_file.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "of-ours.crt"))

    people, _ = await read(provider(graph, tmp_path, secret_file="", certificate_file="application.pem"))

    assert len(people) == 3


async def test_a_certificate_that_entra_does_not_know_is_said_to_be_so(graph: GraphStandIn, tmp_path: Path) -> None:
    authority = Authority(tmp_path, "of-ours")
    graph.certificate, _ = authority.sign("known", rsa=True)
    certificate, key = authority.sign("another", rsa=True)
    (tmp_path / "another.pem").write_text(key.read_text() + certificate.read_text())
    (tmp_path / "key.pem").write_text(key.read_text())
    (tmp_path / "nonsense.pem").write_text(certificate.read_text())

    because = {
        name: (await why_not(provider(graph, tmp_path, secret_file="", certificate_file=name))).because
        for name in ("another.pem", "key.pem", "nonsense.pem", "nowhere.pem")
    }

    assert because["another.pem"] == (
        "Microsoft Entra gives no token: the certificate is not the one that the application has in Microsoft Entra, or has expired "
        "(AADSTS700027)"
    )
    assert because["key.pem"].startswith("certificate_file holds no certificate")
    assert because["nonsense.pem"].startswith("no token can be asked for with certificate_file: ")
    assert because["nowhere.pem"] == "certificate_file can't be read: No such file or directory"


# --- Who may not -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"tenant": "other.example"}, "there is no such tenant (AADSTS90002)"),
        ({"client_id": "another"}, "there is no application with this client_id in the tenant (AADSTS700016)"),
        ({"secret_file": "wrong"}, "the client secret is wrong: secret_file must hold its value, not its ID (AADSTS7000215)"),
        ({"secret_file": "empty"}, "secret_file is empty"),
        ({"secret_file": "nowhere"}, "secret_file can't be read: No such file or directory"),
        ({"ca_file": "nowhere"}, "ca_file can't be read: No such file or directory"),
        ({"ca_file": ""}, "the certificate of 127.0.0.1 is not trusted: unable to get local issuer certificate"),
        ({"authority": "https://127.0.0.1:1"}, "127.0.0.1 can't be reached: "),
    ],
)
async def test_what_an_administrator_has_got_wrong_is_said_in_a_sentence(
    graph: GraphStandIn, tmp_path: Path, otherwise: dict[str, Any], said: str
) -> None:
    (tmp_path / "wrong").write_text("not-the-secret")
    (tmp_path / "empty").write_text("\n")

    failed = await why_not(provider(graph, tmp_path, **otherwise))

    assert said in failed.because
    assert "not-the-secret" not in failed.because
    assert not graph.of("users")


async def test_a_missing_consent_is_named(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.consents.remove("User.Read.All")

    assert (await why_not(provider(graph, tmp_path))).because == (
        "Microsoft Graph refuses: the application has no consent for User.Read.All, or an administrator took it back "
        "(Authorization_RequestDenied)"
    )


async def test_a_token_that_ends_in_the_middle_is_replaced_once_and_no_more(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.users, graph.page_size, graph.uses_of_a_token = [user(number) for number in range(10)], 2, 3

    people, _ = await read(provider(graph, tmp_path))
    assert (len(people), len(graph.of("token"))) == (10, 2)

    graph.uses_of_a_token = 0
    graph.asked.clear()
    assert (await why_not(provider(graph, tmp_path))).because == "Microsoft Graph takes no token of ours, not even a new one"
    assert (len(graph.of("token")), len(graph.of("users"))) == (2, 2)


async def test_a_list_whose_page_mark_has_expired_is_begun_anew(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.users, graph.page_size, graph.page_token_seconds = [user(number) for number in range(4)], 2, -1.0

    assert "forgets where in the list we are" in (await why_not(provider(graph, tmp_path))).because
    assert len(graph.of("users")) == 6, "three beginnings"

    graph.page_token_seconds = 300.0
    graph.trouble("users", says({"value": [], "@odata.nextLink": f"{graph.url}/v1.0/users?$skiptoken=gone"}))
    people, _ = await read(provider(graph, tmp_path))
    assert len(people) == 4


# --- A server that is busy, slow or mad --------------------------------------------------------------------------------


async def test_nothing_is_asked_before_the_server_wants_it(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.trouble("users", refuses(429, Retry_After="2"), refuses(503, Retry_After="1"), refuses(429), refuses(504))

    people, _ = await read(provider(graph, tmp_path))

    waited = [later.at - earlier.at for earlier, later in pairwise(graph.of("users"))]
    assert len(people) == 3
    # What does not say how long is asked again after 1, 2, 4 and 8 seconds: the third time after 4, the fourth after 8.
    assert [seconds >= wanted for seconds, wanted in zip(waited, (2, 1, 4, 8), strict=True)] == [True] * 4


async def test_what_wants_more_time_than_there_is_fails_at_once_and_says_when_to_ask_again(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.trouble("users", refuses(429, Retry_After="120"))

    failed = await why_not(provider(graph, tmp_path, seconds_max=10))

    assert (failed.because, failed.retry_after) == ("Microsoft is busy or wants fewer questions (429 TooManyRequests)", 120)
    assert len(graph.of("users")) == 1


async def test_a_connection_that_is_cut_in_the_middle_is_made_anew(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.trouble("users", cut_in_the_middle)

    people, _ = await read(provider(graph, tmp_path))

    assert (len(people), len(graph.of("users"))) == (3, 2)


async def test_thirty_megabytes_are_not_read_to_their_end(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.trouble("users", thirty_megabytes)

    assert (await why_not(provider(graph, tmp_path))).because == "127.0.0.1 says more than 8 MB at once: no list of people does"


@pytest.mark.parametrize("trouble", [trickle, never])
async def test_a_server_that_does_not_come_to_an_end_costs_the_deadline_and_no_more(
    graph: GraphStandIn, tmp_path: Path, trouble: Trouble
) -> None:
    graph.trouble("users", trouble)
    time = asyncio.get_running_loop().time
    began = time()

    failed = await why_not(provider(graph, tmp_path, seconds_max=3))

    assert failed.because == "it did not come within 3 s"
    assert time() - began < 6


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (says("<html>Sign in to the network</html>"), "says something that is not from Microsoft Graph: look at graph_url"),
        (says("[1, 2]"), "says something that is not from Microsoft Graph"),
        (says({"value": 3}), "says something that is no list of users"),
        (says({"value": [3]}), "says something that is no list of users"),
        (says({"value": [], "@odata.nextLink": "https://127.0.0.2/v1.0/users"}), "names a next page on another host"),
        (says("", status=302, Location="https://127.0.0.2/"), "Microsoft Graph refuses (302 )"),
        (says({"error": {"code": "Request_BadRequest", "message": "Bad\x1b[31m."}}, status=400), "(400 Request_BadRequest): Bad[31m."),
    ],
)
async def test_an_answer_that_makes_no_sense_is_refused_in_a_sentence(
    graph: GraphStandIn, tmp_path: Path, trouble: Trouble, said: str
) -> None:
    graph.trouble("users", trouble)

    assert said in (await why_not(provider(graph, tmp_path))).because


async def test_pages_that_lead_in_a_circle_are_left(graph: GraphStandIn, tmp_path: Path) -> None:
    page = says({"value": [], "@odata.nextLink": f"{graph.url}/v1.0/users?again"})
    graph.trouble("users", page, page)

    assert (await why_not(provider(graph, tmp_path))).because == "Microsoft Graph gives page after page without end"


async def test_people_of_whom_nothing_makes_sense_are_counted_and_the_others_come(graph: GraphStandIn, tmp_path: Path) -> None:
    odd = [{"id": 3}, {"displayName": ["x"], "id": "ok-1"}, {"id": "ok-2", "displayName": "Odd", "businessPhones": "01"}, {"id": "a b"}]
    graph.trouble("users", says({"value": [*odd, user(9, "Fine")]}))

    people, fetched = await read(provider(graph, tmp_path))

    assert named(people) == ["Fine"]
    assert (fetched.mistakes, fetched.without_number) == (3, 1)

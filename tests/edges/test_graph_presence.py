"""What the people of a tenant do at the moment: asked of an honest stand-in for those who are shown, and shown with its age."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.directory.ids import ColleagueId, OrganisationId, Seconds
from controller.directory.organisation import GraphSource, Organisation
from controller.organisation.graph_provider import ASK_SECONDS_MAX, IDS_MAX, GraphPresence, GraphProvider
from controller.organisation.organisations import Organisations
from controller.organisation.provider import ProviderFailed
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
from tests.pure.directory.people import NUMBERS

pytestmark = pytest.mark.long

SECONDS_MAX = 60.0
PRESENCE = "getPresencesByUserId"
NOW = 1_800_000_000.0


@dataclass
class Tenant:
    """A tenant of a site, with people who have been fetched; `now` is the time of day."""

    graph: GraphStandIn
    organisations: Organisations
    now: Seconds = NOW

    async def shown(self, asked: str = "") -> dict[str, tuple[str, Seconds | None]]:
        """Look somebody up: their presence, and when it was so."""
        found = await self.organisations.search(asked, 50)
        return {listed.colleague.name: (listed.presence, listed.presence_at) for listed in found.colleagues}

    @property
    def failed_because(self) -> str:
        return self.organisations.states()[0].presence_failed_because


def site_of(graph: GraphStandIn, *, single_sign_on: bool = True) -> Organisation:
    source = GraphSource(
        tenant=TENANT, client_id=CLIENT_ID, secret_file="secret", authority=graph.url, graph_url=graph.url, ca_file="authority.crt"
    )
    return Organisation(id=OrganisationId("teams"), name="Teams", source=source, is_teams=True, single_sign_on=single_sign_on)


def tenant_of(graph: GraphStandIn, folder: Path, *, single_sign_on: bool = True) -> Tenant:
    (folder / "secret").write_text(SECRET)
    tenant: Tenant

    def provider_for(one: Organisation, numbers: object) -> GraphProvider:
        assert isinstance(one.source, GraphSource)
        return GraphProvider(one.source, folder=folder, numbers=NUMBERS, seconds_max=SECONDS_MAX, clock=lambda: tenant.now)

    one = site_of(graph, single_sign_on=single_sign_on)
    tenant = Tenant(graph, Organisations([one], NUMBERS, provider_for=provider_for, clock=lambda: tenant.now))
    return tenant


@pytest.fixture
async def graph(tmp_path: Path) -> AsyncIterator[GraphStandIn]:
    async with graph_stand_in(tmp_path) as standing_in:
        standing_in.users = [user(1, "Anna"), user(2, "Berta"), user(3, "Carl")]
        standing_in.presences = {
            standing_in.users[0]["id"]: ("DoNotDisturb", "Presenting"),
            standing_in.users[1]["id"]: ("AvailableIdle", "AvailableIdle"),
        }
        yield standing_in


@pytest.fixture
async def tenant(graph: GraphStandIn, tmp_path: Path) -> Tenant:
    here = tenant_of(graph, tmp_path)
    await here.organisations.refresh(SECONDS_MAX)
    assert here.organisations.states()[0].people == len(graph.users)
    return here


# --- What is shown -----------------------------------------------------------------------------------------------------


async def test_whoever_is_shown_has_their_presence_in_our_words_and_its_moment(tenant: Tenant) -> None:
    assert await tenant.shown() == {"Anna": ("do_not_disturb", NOW), "Berta": ("available", NOW), "Carl": ("", None)}


async def test_it_is_asked_in_one_question_and_believed_for_half_a_minute(tenant: Tenant) -> None:
    await tenant.shown()
    tenant.now += 29
    await tenant.shown("anna")

    assert len(tenant.graph.of(PRESENCE)) == 1
    assert (await tenant.shown("anna"))["Anna"] == ("do_not_disturb", NOW), "its age is that of the answer"


async def test_a_refresh_asks_anew(tenant: Tenant) -> None:
    await tenant.shown()
    tenant.graph.presences[tenant.graph.users[0]["id"]] = ("Away", "Away")
    tenant.now += 5

    await tenant.organisations.refresh(SECONDS_MAX)

    assert (await tenant.shown())["Anna"] == ("away", NOW + 5)
    assert len(tenant.graph.of(PRESENCE)) == 2


async def test_a_word_that_nobody_knows_yet_is_shown_as_it_is(tenant: Tenant) -> None:
    ids = [each["id"] for each in tenant.graph.users]
    odd = [
        {"id": ids[0], "availability": "BlueSky"},
        {"id": ids[1], "availability": 3},
        {"id": ids[2], "availability": "PresenceUnknown"},
        7,
    ]
    tenant.graph.trouble(PRESENCE, says({"value": odd}))

    assert {name: word for name, (word, _) in (await tenant.shown()).items()} == {"Anna": "blue_sky", "Berta": "", "Carl": ""}


async def test_those_whom_many_agents_look_up_at_once_are_asked_for_together(graph: GraphStandIn, tmp_path: Path) -> None:
    graph.users = [user(number) for number in range(1, 901)]
    graph.presences = {each["id"]: ("Busy", "Busy") for each in graph.users}
    graph.answer_seconds = 0.2
    tenant = tenant_of(graph, tmp_path)
    await tenant.organisations.refresh(SECONDS_MAX)

    words = [""]
    while "" in words:  # who waits longer than a person does is shown at the next look
        pages = await asyncio.gather(*(tenant.shown(f"person {number}") for number in range(1, 10)))
        words = [word for page in pages for word, _ in page.values()]

    assert set(words) == {"busy"}
    assert len(graph.of(PRESENCE)) <= 2, "the first page by itself perhaps, and all who came meanwhile"


async def test_no_question_has_more_ids_than_are_allowed(graph: GraphStandIn, tmp_path: Path) -> None:
    presence = tenant_of(graph, tmp_path).organisations._sources[0].provider.presence
    assert isinstance(presence, GraphPresence)
    people = [ColleagueId(f"id-{number}") for number in range(2 * IDS_MAX)]

    known = await presence.know(people)
    while len(known) < len(people):
        known = await presence.know(people)

    assert presence.failed_because == ""
    assert [asked.status for asked in graph.of(PRESENCE)] == [200, 200]


# --- Without single sign-on --------------------------------------------------------------------------------------------


async def test_without_single_sign_on_nothing_at_all_is_asked_shown_or_known(graph: GraphStandIn, tmp_path: Path) -> None:
    tenant = tenant_of(graph, tmp_path, single_sign_on=False)

    await tenant.organisations.refresh(SECONDS_MAX)
    running = asyncio.create_task(tenant.organisations.run())
    assert await tenant.shown() == {}
    listed = tenant.organisations.find(ColleagueId(graph.users[0]["id"]))
    running.cancel()
    await asyncio.wait([running])

    assert graph.asked == []
    assert listed is not None
    assert not listed.is_offered


async def test_people_are_forgotten_when_single_sign_on_is_turned_off(tenant: Tenant) -> None:
    tenant.organisations.use([site_of(tenant.graph, single_sign_on=False)], NUMBERS)
    tenant.graph.asked.clear()

    await tenant.organisations.refresh(SECONDS_MAX)

    assert await tenant.shown() == {}
    assert tenant.organisations.states()[0].people == 0
    assert tenant.graph.asked == []


# --- Answers that do not come ------------------------------------------------------------------------------------------


async def test_without_the_consent_people_are_known_and_it_is_said_which_one_is_missing(tenant: Tenant) -> None:
    tenant.graph.consents.remove("Presence.Read.All")

    with capture_logs() as logged:
        assert await tenant.shown() == {"Anna": ("", None), "Berta": ("", None), "Carl": ("", None)}
        await tenant.shown()

    assert "has no consent for Presence.Read.All" in tenant.failed_because
    assert [line["event"] for line in logged] == ["presence could not be asked for"], "it is told once"
    assert tenant.organisations.states()[0].failed_because == ""


async def test_nothing_is_asked_before_the_server_wants_it(tenant: Tenant) -> None:
    tenant.graph.trouble(PRESENCE, refuses(429, Retry_After="2"))
    time = asyncio.get_running_loop().time

    await tenant.shown()
    assert tenant.failed_because == "Microsoft Graph wants fewer questions (429)"
    until = time() + SECONDS_MAX
    while (await tenant.shown())["Anna"][0] == "":
        assert time() < until, "it was never asked again"
        await asyncio.sleep(0.05)

    first, second = tenant.graph.of(PRESENCE)
    assert second.at - first.at >= 2
    assert tenant.failed_because == ""


async def test_without_a_word_of_when_it_waits_longer_each_time(tenant: Tenant) -> None:
    tenant.graph.trouble(PRESENCE, refuses(429), refuses(503))
    time = asyncio.get_running_loop().time
    until = time() + SECONDS_MAX

    while (await tenant.shown())["Anna"][0] == "":
        assert time() < until, "it was never asked again"
        await asyncio.sleep(0.05)

    first, second = [later.at - earlier.at for earlier, later in pairwise(tenant.graph.of(PRESENCE))]
    assert first >= 1
    assert second >= 2


async def test_a_token_that_has_ended_is_replaced_once(tenant: Tenant) -> None:
    for token in tenant.graph._tokens.values():
        token[1] = 0
    presence = tenant.organisations._sources[0].provider.presence
    assert isinstance(presence, GraphPresence)
    people = [ColleagueId(each["id"]) for each in tenant.graph.users]

    known = await presence.know(people)
    while not known:  # a new token takes a program of its own, and may take longer than a person waits
        known = await presence.know(people)
    assert [asked.status for asked in tenant.graph.of(PRESENCE)] == [401, 200]

    tenant.graph.uses_of_a_token = 0
    for token in tenant.graph._tokens.values():
        token[1] = 0
    presence.forget()
    while not presence.failed_because:
        await presence.know(people)
    assert presence.failed_because == "Microsoft Graph takes no token of ours, not even a new one"
    assert [asked.status for asked in tenant.graph.of(PRESENCE)] == [401, 200, 401, 401]


async def test_a_secret_that_was_withdrawn_is_told_of_presence_too(tenant: Tenant) -> None:
    for token in tenant.graph._tokens.values():
        token[1] = 0
    tenant.graph.secret = "another one"

    while not tenant.failed_because:
        await tenant.shown()

    assert tenant.failed_because.startswith("Microsoft Entra gives no token: the client secret is wrong")


@pytest.mark.parametrize("trouble", [never, trickle])
async def test_whoever_looks_somebody_up_does_not_wait_for_a_server_that_does_not_answer(tenant: Tenant, trouble: Trouble) -> None:
    tenant.graph.trouble(PRESENCE, trouble)
    time = asyncio.get_running_loop().time
    began = time()

    assert (await tenant.shown())["Anna"] == ("", None)

    assert time() - began < ASK_SECONDS_MAX / 2, "less than a second, on a machine that has the time"
    while not tenant.failed_because:
        await tenant.shown()
    assert tenant.failed_because == "127.0.0.1 does not answer"


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (cut_in_the_middle, "127.0.0.1 has cut the connection"),
        (thirty_megabytes, "127.0.0.1 says more than 8 MB at once: no list of people does"),
        (says("<html>"), "127.0.0.1 says something that is not from Microsoft Graph: look at graph_url, and at proxies between"),
        (says("", status=302, Location="https://127.0.0.2/"), "Microsoft Graph refuses (302 ): "),
    ],
)
async def test_an_answer_that_makes_no_sense_costs_presence_and_nothing_else(tenant: Tenant, trouble: Trouble, said: str) -> None:
    tenant.graph.trouble(PRESENCE, trouble)

    while not tenant.failed_because:
        assert set(await tenant.shown()) == {"Anna", "Berta", "Carl"}

    assert tenant.failed_because == said


async def test_what_was_known_a_while_ago_is_shown_with_its_moment_while_nothing_new_comes(tenant: Tenant) -> None:
    await tenant.shown()
    tenant.graph.trouble(PRESENCE, refuses(503, Retry_After="60"))
    presence = tenant.organisations._sources[0].provider.presence
    assert presence is not None
    presence.forget()
    tenant.now += 45

    assert (await tenant.shown())["Anna"] == ("do_not_disturb", NOW)
    assert tenant.failed_because == "Microsoft Graph wants fewer questions (503)"


async def test_a_file_of_authorities_that_went_away_costs_presence_and_nothing_else(tenant: Tenant, tmp_path: Path) -> None:
    (tmp_path / "authority.crt").unlink()

    await tenant.shown()

    assert tenant.failed_because == "ca_file can't be read: No such file or directory"
    with pytest.raises(ProviderFailed, match="ca_file can't be read"):
        await tenant.organisations._sources[0].provider.fetch(lambda people: None, None)

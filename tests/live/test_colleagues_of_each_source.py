"""A colleague of each source (a list, a real slapd, a tenant of Microsoft Entra that is stood in for) is looked up, in the directory and in
the page's dialog, and is consulted by telephone, brought together with the customer, and given the customer.
"""

import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from tests.authority import Authority
from tests.edges.graph_stand_in import CLIENT_ID, SECRET, TENANT, graph_stand_in, user
from tests.live.desk import AgentDesk, Json
from tests.live.directory import running_directory
from tests.live.directory_people import FEW, PASSWORD, READER
from tests.live.far_ends import COLLEAGUE, COLLEAGUE_OF_A_DIRECTORY, COLLEAGUE_OF_A_TENANT, far_end
from tests.live.scene import AGENTS, Scene, ready, telephones, until
from tests.live.site import live_site
from tests.live.stack import READY_SECONDS_MAX, running_stack
from tests.phones import Ear, FarEnd
from tests.phones.browser_phone import chromium

FETCHED_SECONDS_MAX = 30.0

ORGANISATIONS = """
[[organisation]]
id = "directory"
name = "The directory"
kind = "ldap"
url = "{ldaps}"
ca_file = "directory.crt"
bind_dn = "{reader}"
password_file = "directory-password"
base = "{few}"

[[organisation]]
id = "tenant"
name = "The tenant"
kind = "graph"
tenant = "{tenant}"
client_id = "{client_id}"
secret_file = "tenant-secret"
ca_file = "tenant.crt"
authority = "{graph}"
graph_url = "{graph}"
single_sign_on = true
"""


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """A colleague, by what an agent would type, and what is to be seen of them."""

    typed: str
    name: str
    organisation: str
    number: str
    presence: str


SOMEBODY: Mapping[str, Somebody] = {
    "list": Somebody(typed="durand reseau", name="Marie Durand", organisation="Head office", number=COLLEAGUE, presence="available"),
    "directory": Somebody(
        typed="luk elodie", name="Élodie Łuk 田中", organisation="The directory", number=COLLEAGUE_OF_A_DIRECTORY, presence="unknown"
    ),
    "tenant": Somebody(typed="petit grace", name="Grace Petit", organisation="The tenant", number=COLLEAGUE_OF_A_TENANT, presence="busy"),
}
of_each_source = pytest.mark.parametrize("somebody", SOMEBODY.values(), ids=SOMEBODY)


@pytest.fixture(scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Scene, FarEnd]]:
    """A site of its own with three organisations, and everybody's telephone."""
    site, directory, tenant = (tmp_path_factory.mktemp(name) for name in ("site", "directory", "tenant"))
    with running_directory(directory, people=0) as slapd:
        async with graph_stand_in(tenant, Authority(tenant)) as graph:
            grace = user(1, "Grace Petit", businessPhones=["+33 1 99 00 12 05"])
            graph.users, graph.presences = [grace], {grace["id"]: ("Busy", "InACall")}
            shutil.copy(slapd.ca_file, site / "directory.crt")
            shutil.copy(tenant / "authority.crt", site / "tenant.crt")
            (site / "directory-password").write_text(PASSWORD)
            (site / "tenant-secret").write_text(SECRET)
            more = ORGANISATIONS.format(ldaps=slapd.ldaps, reader=READER, few=FEW, tenant=TENANT, client_id=CLIENT_ID, graph=graph.url)
            async with aiohttp.ClientSession() as http:
                with running_stack(site, site=live_site() + more) as stack, Ear() as ear:
                    await ready(stack, http, READY_SECONDS_MAX)
                    async with telephones(stack, ear) as phones, far_end(stack, ear) as outside:
                        desks = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
                        for desk in desks.values():
                            await desk.log_in()
                        yield Scene(stack=stack, http=http, ear=ear, phones=phones, desks=desks), outside


@pytest.fixture
async def scene(whole: tuple[Scene, FarEnd]) -> AsyncIterator[Scene]:
    yield whole[0]
    await whole[0].close()


@pytest.fixture
async def outside(whole: tuple[Scene, FarEnd], scene: Scene) -> FarEnd:
    """The other end of the outside line; its calls of earlier tests are forgotten."""
    await scene.reaches_outside(whole[1])
    return whole[1]


async def found(scene: Scene, somebody: Somebody) -> Json:
    """Alice looks somebody up, as soon as all three sources have answered; gives the one entry."""
    last: Json = {}

    async def look() -> bool:
        answer = await scene.alice.call("GET", f"/directory?kind=organisation&q={somebody.typed}")
        last.clear()
        last.update(answer.body)
        return not last["stale"]

    await until("everybody has been fetched", look, seconds_max=FETCHED_SECONDS_MAX)
    (entry,) = last["entries"]
    assert isinstance(entry, dict)
    return entry


async def answers_outside(outside: FarEnd, somebody: Somebody) -> None:
    far = await outside.call_to(somebody.number)
    await far.did("180")
    far.answer()


async def consulting(scene: Scene, outside: FarEnd, somebody: Somebody) -> str:
    """Alice talks with a customer, looks somebody up and consults them; the customer hears music."""
    interaction = await scene.connected()
    entry = await found(scene, somebody)
    assert entry["available"] is True, entry
    await scene.alice.does("consult", interaction, target={"kind": entry["kind"], "id": entry["id"]})
    await answers_outside(outside, somebody)
    await scene.hear({"alice": {"outside"}, "outside": {"alice"}, "customer": {"music"}})
    return interaction


@of_each_source
async def test_a_colleague_of_each_source_is_found_and_consulted_and_brought_together_with_the_customer(
    scene: Scene, outside: FarEnd, somebody: Somebody
) -> None:
    interaction = await consulting(scene, outside, somebody)
    seen = await scene.phase(interaction, "consulting")
    assert (seen["consult"]["kind"], seen["agents"][1]["name"]) == ("organisation", somebody.name)

    await scene.alice.does("conference", interaction)

    everybody = {"alice", "customer", "outside"}
    await scene.hear({who: everybody - {who} for who in everybody})


@of_each_source
async def test_a_colleague_of_each_source_who_was_consulted_is_given_the_customer(
    scene: Scene, outside: FarEnd, somebody: Somebody
) -> None:
    interaction = await consulting(scene, outside, somebody)

    await scene.alice.does("transfer", interaction)

    await scene.phones["alice"].closed()
    await scene.hear({"customer": {"outside"}, "outside": {"customer"}})
    await scene.phase(interaction, "handed_out", seen_by="sam")


async def test_of_each_colleague_the_source_and_the_presence_are_told(scene: Scene) -> None:
    for somebody in SOMEBODY.values():
        entry = await found(scene, somebody)

        assert (entry["name"], entry["number"].replace(" ", ""), entry["presence"]) == (somebody.name, somebody.number, somebody.presence)
        assert somebody.organisation in entry["detail"]


# --- In the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def page(browser: Browser, scene: Scene) -> AsyncIterator[Page]:
    """Alice's page, logged on with the telephone on her desk."""
    context = await browser.new_context(locale="en-GB")
    page = await context.new_page()
    await page.goto(scene.stack.desktop_url)
    await page.get_by_role("textbox", name="Agent ID").fill("alice")
    await page.get_by_label("Password", exact=True).fill("alice")
    await page.get_by_role("radio", name="Desk phone").check()
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("button", name="Log out").wait_for()
    yield page
    await context.close()


@pytest.mark.browser
@of_each_source
async def test_a_colleague_of_each_source_is_found_in_the_dialog_and_consulted_from_there(
    scene: Scene, outside: FarEnd, page: Page, somebody: Somebody
) -> None:
    await found(scene, somebody)
    await scene.connected()

    await page.get_by_role("button", name="Consult", exact=True).click()
    await page.get_by_role("tab", name="Organization").click()
    await page.get_by_role("searchbox", name="Search", exact=True).fill(somebody.typed)
    option = page.get_by_role("option", name=somebody.name)
    await expect(page.get_by_role("option")).to_have_count(1)
    await expect(option).to_contain_text(somebody.organisation)
    await option.click()
    await page.get_by_role("dialog").get_by_role("button", name="Consult", exact=True).click()

    await answers_outside(outside, somebody)
    await scene.hear({"alice": {"outside"}, "outside": {"alice"}, "customer": {"music"}})
    await expect(page.locator(".say")).to_contain_text(f"You are talking with {somebody.name}.")

"""One stack, one set of telephones and desks for the whole run; each test begins and ends with an empty Asterisk."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from playwright.async_api import Browser

from tests.live.agent_page import AgentPage
from tests.live.desk import AgentDesk
from tests.live.far_ends import far_end
from tests.live.fragile import FragileScene
from tests.live.scene import AGENTS, Scene, ready, telephones
from tests.live.site import live_site
from tests.live.stack import READY_SECONDS_MAX, Stack, running_stack
from tests.live.wire_cutter import WireCutter
from tests.phones import Ear, FarEnd, SoftPhone
from tests.phones.browser_phone import chromium

ChromiumOf = Callable[[str], Awaitable[Browser]]
Sits = Callable[..., Awaitable[AgentPage]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/live/" in item.path.as_posix():
            item.add_marker(pytest.mark.live)


LOG_LINES_SHOWN = 60


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what was said last beside what failed: without it a failure on a busy machine can't be understood afterwards."""
    report = yield
    if report.failed:
        for scene in {id(given): given for given in getattr(item, "funcargs", {}).values() if isinstance(given, Scene)}.values():
            report.sections += [(f"the {part}'s log", said) for part, said in scene.stack.last_words(LOG_LINES_SHOWN)]
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("site")) as running:
        yield running
        assert running.restarts() == {"controller": 0, "Asterisk": 0}, "a part died by itself: its log before that moment tells why"


@pytest.fixture(scope="session")
async def http(stack: Stack) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        await ready(stack, session, READY_SECONDS_MAX)
        yield session


@pytest.fixture(scope="session")
def ear() -> Iterator[Ear]:
    with Ear() as listening:
        yield listening


@pytest.fixture(scope="session")
async def phones(stack: Stack, ear: Ear, http: aiohttp.ClientSession) -> AsyncIterator[dict[str, SoftPhone]]:
    async with telephones(stack, ear) as registered:
        yield registered


@pytest.fixture(scope="session")
async def desks(stack: Stack, http: aiohttp.ClientSession) -> dict[str, AgentDesk]:
    logged_in = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
    for desk in logged_in.values():
        await desk.log_in()
    return logged_in


@pytest.fixture
async def scene(
    stack: Stack, http: aiohttp.ClientSession, ear: Ear, phones: dict[str, SoftPhone], desks: dict[str, AgentDesk]
) -> AsyncIterator[Scene]:
    situation = Scene(stack=stack, http=http, ear=ear, phones=phones, desks=desks)
    yield situation
    await situation.close()


@pytest.fixture(scope="session")
async def registered_outside(stack: Stack, ear: Ear, http: aiohttp.ClientSession) -> AsyncIterator[FarEnd]:
    async with far_end(stack, ear) as registered:
        yield registered


@pytest.fixture
async def outside(registered_outside: FarEnd, scene: Scene) -> FarEnd:
    """The other end of the outside line; its calls of earlier tests are forgotten."""
    await scene.reaches_outside(registered_outside)
    return registered_outside


# --- Agents who sit at the page ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
async def chromium_of() -> AsyncIterator[ChromiumOf]:
    """A browser of each agent's own, since the tone of its microphone is that of the whole process; one that died is replaced."""
    running: dict[str, Browser] = {}
    async with AsyncExitStack() as all_of_them:

        async def of(agent: str) -> Browser:
            if agent not in running or not running[agent].is_connected():
                running[agent] = await all_of_them.enter_async_context(chromium(speaks=agent))
            return running[agent]

        yield of


@asynccontextmanager
async def sitting(scene: Scene, chromium_of: ChromiumOf) -> AsyncIterator[Sits]:
    """Gives how an agent sits down at the page, `await sits("alice", "fr")`; afterwards everybody has logged out there."""
    opened: list[AgentPage] = []

    async def sits(agent: str, language: str = "fr", *, url: str | None = None) -> AgentPage:
        page = await AgentPage.opened(await chromium_of(agent), url or scene.stack.desktop_url, agent, language)
        opened.append(page)
        await page.log_in()
        scene.pages[agent] = page
        return page

    try:
        yield sits
        await scene.close()
    finally:
        scene.pages.clear()
        for page in opened:
            await page.close()


@pytest.fixture
async def sits(scene: Scene, chromium_of: ChromiumOf) -> AsyncIterator[Sits]:
    async with sitting(scene, chromium_of) as sit_down:
        yield sit_down


# --- A second stack, for tests that break what the others rely on, and for transfers that are left to the controller ----


@pytest.fixture(scope="session")
async def whole_fragile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FragileScene]:
    async with WireCutter() as line:
        folder, site = tmp_path_factory.mktemp("fragile"), live_site(transfers="ari-only")
        with running_stack(folder, ari_port_of_controller=line.port, site=site) as stack, Ear() as ear:
            line.target_port = stack.ari_port
            async with aiohttp.ClientSession() as http:
                await ready(stack, http, READY_SECONDS_MAX)
                async with telephones(stack, ear) as phones:
                    desks = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
                    scene = FragileScene(stack=stack, http=http, ear=ear, phones=phones, desks=desks, line=line)
                    await scene.everybody_logs_on()
                    yield scene


@pytest.fixture
async def fragile(whole_fragile: FragileScene) -> AsyncIterator[FragileScene]:
    yield whole_fragile
    await whole_fragile.made_whole()
    await whole_fragile.close()


@pytest.fixture(scope="session")
async def registered_fragile_outside(whole_fragile: FragileScene) -> AsyncIterator[FarEnd]:
    async with far_end(whole_fragile.stack, whole_fragile.ear) as registered:
        yield registered


@pytest.fixture
async def fragile_outside(registered_fragile_outside: FarEnd, fragile: FragileScene) -> FarEnd:
    """The other end of that stack's outside line."""
    await fragile.reaches_outside(registered_fragile_outside)
    return registered_fragile_outside


@pytest.fixture
async def fragile_sits(fragile: FragileScene, chromium_of: ChromiumOf) -> AsyncIterator[Sits]:
    async with sitting(fragile, chromium_of) as sit_down:
        yield sit_down
        await fragile.made_whole()

"""One stack, one set of telephones and desks for the whole run; each test begins and ends with an empty Asterisk."""

from collections.abc import AsyncIterator, Generator, Iterator

import aiohttp
import pytest

from tests.live.desk import AgentDesk
from tests.live.fragile import FragileScene
from tests.live.scene import AGENTS, Scene, ready, telephones
from tests.live.stack import READY_SECONDS_MAX, Stack, running_stack
from tests.live.wire_cutter import WireCutter
from tests.phones import Ear, SoftPhone


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


# --- A second stack, for tests that break what the others rely on ------------------------------------------------------


@pytest.fixture(scope="session")
async def whole_fragile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FragileScene]:
    async with WireCutter() as line:
        with running_stack(tmp_path_factory.mktemp("fragile"), ari_port_of_controller=line.port) as stack, Ear() as ear:
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

"""A real Chromium, Debian's, and a page that was built from what is there."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.browser.pages import Seen
from tests.browser.scenes import Scene, scenes
from tests.browser.stub_api import DIST, PATIENCE_SECONDS, StubApi
from tests.edges.desktop_world import World

PAGE = DIST.parent
CACHE = PAGE.parents[2] / ".cache"
SOURCES = ("src", "index.html", "package-lock.json", "vite.config.ts")
BUILD_SECONDS_MAX = 300
expect.set_options(timeout=PATIENCE_SECONDS * 1000)
Opener = Callable[..., Awaitable[Seen]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _newest(paths: list[Path]) -> float:
    return max((path.stat().st_mtime for path in paths), default=0.0)


@pytest.fixture(scope="session", autouse=True)
def _built_page() -> None:
    """Build the page where it is missing or older than its sources."""
    sources = [
        path for name in SOURCES for path in ([PAGE / name] if (PAGE / name).is_file() else (PAGE / name).rglob("*")) if path.is_file()
    ]
    built = DIST / "index.html"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "page.lock").open("w") as lock:
        # One of the processes that run these tests builds, and the others wait for it.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.is_file() or built.stat().st_mtime < _newest(sources):
            subprocess.run([sys.executable, PAGE / "build"], check=True, timeout=BUILD_SECONDS_MAX)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    where = shutil.which("chromium")
    assert where is not None, "These tests need Debian's Chromium: apt-get install chromium."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=where,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def world(_built_page: None) -> AsyncIterator[World]:
    """The controller's own desktop server and floor; a test is the telephones."""
    here = World(page=DIST)
    await here.start()
    yield here
    await here.stop()


@pytest.fixture
async def opens(chromium: Browser) -> AsyncIterator[Opener]:
    """Open the page in a scene: `await opens("consulting", "fr")`."""
    stubs: list[StubApi] = []
    contexts: list[BrowserContext] = []

    async def open_page(
        name: str | Scene,
        language: str = "en",
        *,
        at: str = "/",
        width: int = 1280,
        height: int = 800,
        theme: str = "light",
        long: bool = False,
        story: bool = True,
        script: str = "",
        before: Callable[[StubApi], None] | None = None,
        **options: Any,
    ) -> Seen:
        scene = name if isinstance(name, Scene) else scenes(language, long=long)[name]
        stub = StubApi(scene, language, story=story)
        if before is not None:
            before(stub)
        await stub.start()
        stubs.append(stub)
        context = await chromium.new_context(
            locale="fr-FR" if language == "fr" else "en-GB",
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        if script:
            await context.add_init_script(script)
        page: Page = await context.new_page()
        seen = Seen(page=page, api=stub, language=language)
        await seen.open(at)
        return seen

    yield open_page
    for context in contexts:
        await context.close()
    for stub in stubs:
        await stub.stop()

"""Two controllers beside one Asterisk: the one that steers keeps the application whatever Asterisk forgets, and the other stands by."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from controller.asterisk import lease
from controller.asterisk.attachment import Attachment
from tests.edges.ari.fake_asterisk import SECONDS_MAX, Asked, FakeAsterisk
from tests.edges.ari.following import Follower

SILENT_SECONDS, CLEARED_SECONDS, LOOK_AGAIN_SECONDS = 0.4, 1.2, 0.02


@dataclass
class WithVariable(FakeAsterisk):
    """Keeps the global variable, over HTTP and over the sockets, and counts who looked at it."""

    variable: str = ""
    looks: int = 0
    names: list[str] = field(default_factory=list)
    """Who has written its name, in order."""

    def _add_routes(self, router: web.UrlDispatcher) -> None:
        router.add_get("/ari/asterisk/variable", self._show)
        router.add_post("/ari/asterisk/variable", self._claim)
        super()._add_routes(router)

    async def _show(self, request: web.Request) -> web.Response:
        self.looks += 1
        return web.json_response({"value": self.variable})

    async def _claim(self, request: web.Request) -> web.Response:
        self._is_set_to(request.query["value"])
        return web.Response(status=204)

    async def _answer(self, socket: web.WebSocketResponse, asked: Asked, status: int, body: object) -> None:
        if asked.what == "POST asterisk/variable":
            self._is_set_to(asked.query["value"])
        await super()._answer(socket, asked, status, body)

    def _is_set_to(self, value: str) -> None:
        self.variable = value
        self.names.append(value.split()[0])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(lease, "SILENT_SECONDS", SILENT_SECONDS)
    monkeypatch.setattr(lease, "CLEARED_SECONDS", CLEARED_SECONDS)
    monkeypatch.setattr(lease, "LOOK_AGAIN_SECONDS", LOOK_AGAIN_SECONDS)


@asynccontextmanager
async def two_controllers(asterisk: WithVariable) -> AsyncIterator[tuple[Follower, Follower, Callable[[], object]]]:
    """One steers, and the other has seen it; the last is how the first one ends."""
    followers = {"active": Follower(), "standby": Follower()}
    running = []
    for name, follower in followers.items():
        running.append(asyncio.create_task(Attachment(asterisk.access(), follower, instance=name).run()))
        if name == "active":
            await follower.until_told("attached")
    await looked_at(asterisk)
    try:
        yield followers["active"], followers["standby"], running[0].cancel
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def looked_at(asterisk: WithVariable, times: int = 5) -> None:
    """Wait until the one that stands by has looked so often."""
    enough = asterisk.looks + times
    async with asyncio.timeout(SECONDS_MAX):
        while asterisk.looks < enough:  # noqa: ASYNC110 - a counter tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def asterisk() -> AsyncIterator[WithVariable]:
    here = WithVariable()
    await here.start()
    yield here
    await here.stop()


async def test_when_asterisk_is_restarted_the_one_that_steered_goes_on(asterisk: WithVariable) -> None:
    async with two_controllers(asterisk) as (active, standby, _):
        await asterisk.stop()
        asterisk.variable = ""
        asterisk.startup_time = "2026-11-22T10:00:00.000+0000"
        await asterisk.start()
        await active.until_told("attached", "lost", "restarted")
        await looked_at(asterisk)

        assert standby.story == []
    assert set(asterisk.names) == {"active"}


async def test_when_the_dialplan_is_reloaded_and_clears_the_variable_nobody_is_robbed(asterisk: WithVariable) -> None:
    async with two_controllers(asterisk) as (active, standby, _):
        asterisk.variable = ""
        await looked_at(asterisk)

        assert (active.story, standby.story) == (["attached"], [])
    assert set(asterisk.names) == {"active"}


async def test_when_the_one_that_steered_does_not_come_back_from_a_restart_the_other_steers(asterisk: WithVariable) -> None:
    async with two_controllers(asterisk) as (_, standby, ends):
        await asterisk.stop()
        asterisk.variable = ""
        ends()
        await asterisk.start()
        await standby.until_told("attached")
    assert asterisk.names[-1] == "standby"

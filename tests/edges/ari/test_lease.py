"""One controller steers; the next waits beside it until it has fallen silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from controller.asterisk import lease
from controller.asterisk.lease import Held, Lease
from controller.directory.site import AsteriskAccess


class Board:
    """The global variable in Asterisk."""

    def __init__(self) -> None:
        self.value = ""
        self.status = 200

    async def show(self, request: web.Request) -> web.Response:
        assert request.query["variable"] == "ARI_CONTROLLER_HOLDER_my_app"
        return web.json_response({"value": self.value}, status=self.status)


@asynccontextmanager
async def newcomer(board: Board, instance: str) -> AsyncIterator[tuple[Lease, aiohttp.ClientSession]]:
    app = web.Application()
    app.router.add_get("/ari/asterisk/variable", board.show)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    access = AsteriskAccess(url=url, app="my-app", username="u", password="p", transport="rest-over-websocket", lanes=1)
    try:
        async with aiohttp.ClientSession() as session:
            yield Lease(access, instance), session
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.05)


async def test_where_nobody_steers_a_newcomer_does_at_once() -> None:
    async with newcomer(Board(), "me") as (claim, session):
        await asyncio.wait_for(claim.win(session), 0.04)


async def test_a_process_that_was_started_again_need_not_wait_for_itself() -> None:
    board = Board()
    board.value = "me 17"
    async with newcomer(board, "me") as (claim, session):
        await asyncio.wait_for(claim.win(session), 0.04)


async def test_beside_one_who_is_alive_a_newcomer_waits() -> None:
    board = Board()
    board.value = "other 17"
    async with newcomer(board, "me") as (claim, session):
        winning = asyncio.create_task(claim.win(session))
        await asyncio.sleep(0.02)
        board.value = "other 18"
        with pytest.raises(Held):
            await winning


async def test_who_has_fallen_silent_is_followed() -> None:
    board = Board()
    board.value = "other 17"
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)


async def test_who_has_said_goodbye_is_followed() -> None:
    board = Board()
    board.value = "other 17"
    async with newcomer(board, "me") as (claim, session):
        winning = asyncio.create_task(claim.win(session))
        await asyncio.sleep(0.02)
        board.value = ""
        await winning


async def test_an_asterisk_that_does_not_tell_stops_nobody() -> None:
    board = Board()
    board.value, board.status = "other 17", 503
    async with newcomer(board, "me") as (claim, session):
        await asyncio.wait_for(claim.win(session), 0.04)

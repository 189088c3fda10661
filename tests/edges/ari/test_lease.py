"""One controller steers; the next waits beside it until it has fallen silent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from controller.asterisk import lease
from controller.asterisk.lease import Held, Lease
from controller.directory.site import AsteriskAccess


class Board:
    """The global variable in Asterisk. It says each of these when it is looked at, and the last from then on."""

    def __init__(self, *says: str, status: int = 200) -> None:
        self.looks = 0
        self._says = says
        self._status = status

    async def show(self, request: web.Request) -> web.Response:
        assert request.query["variable"] == "ARI_CONTROLLER_HOLDER_my_app"
        value = self._says[min(self.looks, len(self._says) - 1)]
        self.looks += 1
        return web.json_response({"value": value}, status=self._status)


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
    monkeypatch.setattr(lease, "SILENT_SECONDS", 0.01)


async def test_where_nobody_steers_a_newcomer_does_at_once() -> None:
    board = Board("")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 1, "it did not wait to look again"


async def test_a_process_that_was_started_again_need_not_wait_for_itself() -> None:
    board = Board("me 17")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 1


async def test_beside_one_who_is_alive_a_newcomer_waits() -> None:
    board = Board("other 17", "other 18")
    async with newcomer(board, "me") as (claim, session):
        with pytest.raises(Held):
            await claim.win(session)


async def test_who_has_fallen_silent_is_followed() -> None:
    board = Board("other 17")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 2, "only a second look tells that it is silent"


async def test_who_has_said_goodbye_is_followed() -> None:
    board = Board("other 17", "")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 2


async def test_an_asterisk_that_does_not_tell_stops_nobody() -> None:
    board = Board("other 17", status=503)
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 1

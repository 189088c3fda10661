"""One controller steers; the next waits beside it until it has fallen silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from controller.asterisk import lease
from controller.asterisk.errors import NoAnswer
from controller.asterisk.lease import Held, Lease
from controller.directory.site import AsteriskAccess


class Board:
    """The global variable in Asterisk. It says each of these when it is looked at, and the last from then on; None: it refuses to."""

    def __init__(self, *says: str | None) -> None:
        self.looks = 0
        self.claims: list[str] = []
        self._says = says

    async def show(self, request: web.Request) -> web.Response:
        assert request.query["variable"] == "ARI_CONTROLLER_HOLDER_my_app"
        value = self._says[min(self.looks, len(self._says) - 1)]
        self.looks += 1
        return web.json_response({"value": value}, status=503 if value is None else 200)

    async def claim(self, request: web.Request) -> web.Response:
        assert request.query["variable"] == "ARI_CONTROLLER_HOLDER_my_app"
        self.claims.append(request.query["value"])
        return web.Response(status=204)


@asynccontextmanager
async def newcomer(board: Board, instance: str) -> AsyncIterator[tuple[Lease, aiohttp.ClientSession]]:
    app = web.Application()
    app.router.add_get("/ari/asterisk/variable", board.show)
    app.router.add_post("/ari/asterisk/variable", board.claim)
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
    monkeypatch.setattr(lease, "CLEARED_SECONDS", 0.25)
    monkeypatch.setattr(lease, "LOOK_AGAIN_SECONDS", 0.01)


async def test_where_nobody_steers_a_newcomer_does_at_once() -> None:
    board = Board("")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 1, "it did not wait to look again"
    assert board.claims == ["me 0"], "whoever comes next finds its name, before it is connected"


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

    assert board.looks > 2, "it was given time"


async def test_who_has_said_goodbye_is_followed_at_once() -> None:
    board = Board("other 17", "-")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 2


async def test_an_asterisk_that_does_not_tell_stops_nobody_who_has_seen_nobody() -> None:
    board = Board(None)
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)

    assert board.looks == 2, "one look that fails is no news: a holder may be alive"


async def test_a_second_look_that_fails_robs_nobody_who_is_alive() -> None:
    board = Board("other 17", None)
    async with newcomer(board, "me") as (claim, session):
        with pytest.raises(Held, match="can't be asked"):
            await claim.win(session)
        with pytest.raises(Held, match="can't be asked"):
            await claim.win(session)

    assert board.claims == []


async def test_a_look_that_is_not_answered_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_PATIENCE", aiohttp.ClientTimeout(total=0.02))
    board = Board("other 17")
    show = board.show

    async def late(request: web.Request) -> web.Response:
        if board.looks == 1:
            await asyncio.sleep(0.2)
        return await show(request)

    monkeypatch.setattr(board, "show", late)
    async with newcomer(board, "me") as (claim, session):
        with pytest.raises(NoAnswer):
            await claim.win(session)

    assert board.claims == []


async def test_a_holder_whose_name_was_cleared_is_given_time_to_write_it_again() -> None:
    board = Board("other 17", "", "", "", "other 18")
    async with newcomer(board, "me") as (claim, session):
        with pytest.raises(Held, match="its name was cleared"):
            await claim.win(session)
        with pytest.raises(Held, match="does already"):
            await claim.win(session)

    assert board.claims == []


async def test_a_holder_whose_name_was_cleared_and_who_does_not_come_back_is_followed() -> None:
    board = Board("other 17", "")
    async with newcomer(board, "me") as (claim, session):
        with pytest.raises(Held, match="its name was cleared"):
            await claim.win(session)
        await claim.win(session)

    assert board.claims == ["me 0"]


async def test_whoever_steered_before_asterisk_was_restarted_goes_on_at_once() -> None:
    board = Board("", "")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)
        await claim.win(session)

    assert board.looks == 2
    assert board.claims == ["me 0", "me 1"]


async def test_whoever_was_followed_meanwhile_stands_by() -> None:
    board = Board("", "other 3", "other 4")
    async with newcomer(board, "me") as (claim, session):
        await claim.win(session)
        with pytest.raises(Held):
            await claim.win(session)

    assert board.claims == ["me 0"]

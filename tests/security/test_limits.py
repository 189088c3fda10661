"""What one client, or very many, can make the controller do: so much and no more."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from controller.desktop.limits import Limits
from controller.desktop.problems import Problem
from controller.desktop.sessions import Sessions
from controller.desktop.shares import Rates
from controller.directory.ids import AgentId
from tests.edges.desktop_world import Desktop, World


@asynccontextmanager
async def limited(limits: Limits) -> AsyncIterator[World]:
    here = World(limits)
    await here.start()
    try:
        yield here
    finally:
        await here.stop()


# --- Rates -------------------------------------------------------------------------------------------------------------


async def test_a_session_that_asks_too_fast_is_told_when_to_come_back_and_the_others_notice_nothing() -> None:
    async with limited(Limits(requests_at_once_max=3, requests_per_second_max=0.001)) as world:
        alice, again, bob = await world.desktop("alice"), await world.desktop("alice"), await world.desktop("bob")
        assert [(await alice.get("/me")).status for _ in range(3)] == [200] * 3

        refused = await alice.get("/me")

        assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too-many-requests", "1")
        assert (await again.get("/me")).status == 200
        assert (await bob.get("/me")).status == 200


def test_a_person_never_notices_the_limit_and_time_gives_back_what_was_used() -> None:
    now = 0.0
    limits = Limits()
    rates = Rates(limits, lambda: now)
    _, session, _ = Sessions(60, limits).open(AgentId("alice"), "hash", 0)

    for _ in range(limits.requests_at_once_max):
        rates.count(session)
    with pytest.raises(Problem):
        rates.count(session)
    now += 1.0
    for _ in range(int(limits.requests_per_second_max)):
        rates.count(session)
    with pytest.raises(Problem):
        rates.count(session)
    rates.sweep()
    with pytest.raises(Problem):
        rates.count(session)


async def test_what_is_refused_for_its_rate_has_done_nothing() -> None:
    async with limited(Limits(requests_at_once_max=1, requests_per_second_max=0.001)) as world:
        alice = await world.desktop("alice")
        await alice.get("/me")
        told = len(world.inbox.commands)

        assert (await alice.go("available")).status == 429

        assert len(world.inbox.commands) == told


# --- Sessions and sockets ----------------------------------------------------------------------------------------------


async def test_there_are_so_many_sessions_of_all_together_and_whoever_has_one_may_renew_it() -> None:
    async with limited(Limits(sessions_max=2, sessions_per_agent_max=1)) as world:
        alice, bob = await world.desktop("alice"), await world.desktop("bob")

        refused = await world.browser().ask("POST", "/session", json={"agent": "carol", "password": "carol"})
        renewed = await world.desktop("alice")

        assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too-many-sessions", "60")
        assert (await alice.get("/me")).status == 401
        assert (await renewed.get("/me")).status == (await bob.get("/me")).status == 200


async def test_there_are_so_many_desktops_of_all_together() -> None:
    async with limited(Limits(sockets_max=2)) as world:
        alice, bob = await world.desktop("alice"), await world.desktop("bob")
        await alice.listen()
        await bob.listen()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}

        refused = await alice.get("/events", headers=upgrade)

        assert (refused.status, refused.code) == (429, "too-many-sockets")


async def test_a_desktop_that_talks_and_talks_is_closed() -> None:
    async with limited(Limits(words_max=5)) as world:
        listening = await (await world.desktop("alice")).listen()

        for _ in range(6):
            await listening.socket.send_str("hello")

        assert await listening.closed_with() == 1008


# --- Connections -------------------------------------------------------------------------------------------------------


async def opened(world: World) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", world.server.port)


async def ended(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(5):
        return await reader.read()


@pytest.mark.parametrize("said", [b"", b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\n"])
async def test_a_connection_that_says_nothing_or_half_a_request_does_not_stay(said: bytes) -> None:
    async with limited(Limits(connection_idle_seconds_max=0.1)) as world:
        reader, writer = await opened(world)
        writer.write(said)

        assert await ended(reader) == b""

        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "said",
    [
        b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer hunter22\x01\r\n\r\n",
        b"GET /api/v1/me?hunter22 HTTP/9.9\r\n\r\n",
        b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nCookie: x=" + b"hunter22" * 2000 + b"\r\n\r\n",
        b"hunter22\r\n\r\n",
    ],
)
async def test_what_is_no_http_gets_a_problem_and_its_words_are_neither_answered_nor_logged(
    world: World, said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await opened(world)

    with capture_logs() as logged, caplog.at_level(logging.DEBUG, logger="aiohttp"):
        writer.write(said)
        answer = await ended(reader)

    assert answer.startswith((b"HTTP/1.0 400", b"HTTP/1.1 400"))
    assert b"application/problem+json" in answer
    assert b'"code": "bad-request"' in answer
    assert b"hunter22" not in answer
    assert b"aiohttp" not in answer
    assert "hunter22" not in str(logged) + caplog.text
    writer.close()
    await writer.wait_closed()


async def test_every_answer_forbids_what_browsers_allow_by_themselves(world: World, alice: Desktop) -> None:
    for method, path, prefix in (
        ("GET", "/me", "/api/v1"),
        ("GET", "/nothing", "/api/v1"),
        ("GET", "/healthz", ""),
        ("GET", "/metrics", ""),
        ("PATCH", "/me", "/api/v1"),
    ):
        headers = (await alice.ask(method, path, prefix=prefix)).headers
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] == "ari-controller"
        assert "Access-Control-Allow-Origin" not in headers

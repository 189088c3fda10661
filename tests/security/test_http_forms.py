"""Requests in forms that nobody needs: each gets a problem, and none gets bare text, a page of its own words, or a traceback."""

import asyncio
import json
from typing import Never

import pytest
from structlog.testing import capture_logs

from controller.interaction.commands import Command
from controller.interaction.refusals import Refused
from controller.routing.commands import DeskCommand
from tests.edges.desktop_world import Desktop, World
from tests.security.raw import answer_to, connected, request


def problem_in(answer: bytes) -> dict[str, object]:
    """The problem of an answer; asserts that it is one, in a version of HTTP that everybody reads."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")), answer
    assert b"Content-Type: application/problem+json" in head
    assert b"X-Content-Type-Options: nosniff" in head
    problem: dict[str, object] = json.loads(body)
    assert head.split(b" ")[1] == str(problem["status"]).encode()
    return problem


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (b"GET /healthz\r\n\r\n", "version-not-supported"),
        (b"GET /healthz HTTP/0.9\r\n\r\n", "version-not-supported"),
        (b"GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n", "version-not-supported"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "bad-request"),
        (b"GET /healthz HTTP/1.7\r\n\r\n", "bad-request"),
        (b"GET /healthz\x00hunter22 HTTP/1.1\r\n\r\n", "bad-request"),
        (b"hunter22 / HTTP/1.1\r\n\r\n", "bad-request"),
        (b"GET  HTTP/1.1\r\n\r\n", "bad-request"),
        (b"GET http://[::hunter22/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "bad-request"),
        (b"GET http://localhost:hunter22/ HTTP/1.1\r\nHost: localhost\r\n\r\n", "bad-request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hunter22", "bad-request"),
        (request("GET", "/healthz", "Expect: hunter22"), "expectation-failed"),
        (request("GET", "/nothing", "Expect: hunter22"), "expectation-failed"),
        (request("PATCH", "/healthz", "Expect: hunter22"), "expectation-failed"),
        (request("POST", "/api/v1/session", "Expect: 100-continue, hunter22", body="{}"), "expectation-failed"),
        (request("GET", "/healthz", "Expect:"), "expectation-failed"),
        (request("GET", "/healthz", "Content-Encoding: hunter22"), "unsupported-media-type"),
    ],
)
async def test_each_is_answered_with_a_problem_that_does_not_repeat_it(world: World, said: bytes, code: str) -> None:
    answer = await answer_to(world, said.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1) if b"Host: " in said else said)

    assert problem_in(answer)["code"] == code
    assert b"hunter22" not in answer


async def test_whoever_waits_for_a_go_ahead_before_sending_a_body_gets_it(world: World) -> None:
    async with connected(world) as raw:
        await raw.say(request("POST", "/api/v1/session", "Expect: 100-continue", "Content-Length: 38", "Content-Type: application/json"))
        assert (await raw.head()).startswith(b"HTTP/1.1 100")

        await raw.say(b'{"agent": "alice", "password":"alice"}')

        assert (await raw.head()).startswith(b"HTTP/1.1 201")


PACKED = request("PUT", "/api/v1/me/state", "Content-Encoding: gzip", body="not packed at all")
ODD_CHUNK = request("PUT", "/api/v1/me/state", "Transfer-Encoding: chunked") + b"hunter22\r\n"


@pytest.mark.parametrize("said", [PACKED, ODD_CHUNK], ids=["packed", "an odd chunk"])
async def test_a_body_that_can_not_be_read_is_one_line_of_the_log_at_most(
    world: World, said: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logged:
        async with connected(world) as raw:
            await raw.say(said)
            await raw.head()
        await answer_to(world, request("GET", "/healthz", "Connection: close"))

    assert len(logged) <= 1
    assert not any("exc_info" in line for line in logged)
    assert "hunter22" not in str(logged)
    assert "Traceback" not in capfd.readouterr().err


# --- Our own mistakes --------------------------------------------------------------------------------------------------


class NewRefusal(Refused):
    """One that the API has no name for yet."""

    code = "some-new-code"


async def test_a_mistake_in_what_makes_problems_of_mistakes_is_in_the_log_too(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(command: Command | DeskCommand) -> Never:
        raise NewRefusal("A refusal that the API does not know.")

    with capture_logs() as logged, monkeypatch.context() as odd:
        odd.setattr(world.inbox, "ask", ask)
        reply = await alice.go("available")

    assert (reply.status, reply.code) == (500, "unexpected")
    [line] = [line for line in logged if line["event"] == "unexpected"]
    assert isinstance(line["exc_info"], KeyError)
    assert line["reference"] in reply.json["detail"]


async def test_a_mistake_that_ends_a_connection_is_in_the_log(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("on purpose")

    with capture_logs() as logged, monkeypatch.context() as broken:
        async with connected(world) as raw:
            broken.setattr("aiohttp.web.Response.prepare", fails)
            await raw.say(request("GET", "/healthz"))
            assert await raw.is_closed()
        await asyncio.sleep(0)

    assert [str(line["exc_info"]) for line in logged if line["event"] == "unexpected"] == ["on purpose"]

"""Whatever is sent, the answer is a clear problem and nothing has changed."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Never

import pytest
from structlog.testing import capture_logs

from controller.desktop.limits import Limits
from controller.desktop.problems import KINDS
from controller.desktop.server import CannotListen, DesktopServer
from controller.interaction.commands import Command
from controller.interaction.refusals import Refused
from controller.routing.commands import DeskCommand
from tests.edges.browser_telephones import PasswordsInMemory
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.desktop_world import API, PATIENCE_SECONDS, Desktop, World

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nonsense", b"{'state': 1}", b"[" * 10_000, b'{"state": "\\ud800"}'])
async def test_what_is_no_json_is_a_bad_request(alice: Desktop, body: bytes) -> None:
    reply = await alice.ask("PUT", "/me/state", data=body, headers=JSON)

    assert (reply.status, reply.code) == (400, "bad-json")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{}", "state"),
        ("[]", ""),
        ("null", ""),
        ('"available"', ""),
        ('{"state": 1}', "state"),
        ('{"state": NaN}', "state"),
        ('{"state": ["available"]}', "state"),
        ('{"state": "engaged"}', "state"),
        ('{"state": "idle", "reason": 5}', "reason"),
        ('{"state": "idle", "reson": "lunch"}', "reson"),
        ('{"state": "idle", "reason": "' + "x" * 81 + '"}', "reason"),
    ],
)
async def test_json_of_a_wrong_shape_names_the_field(alice: Desktop, body: str, field: str) -> None:
    reply = await alice.ask("PUT", "/me/state", data=body, headers=JSON)

    assert (reply.status, reply.code) == (422, "bad-body")
    assert [error["field"] for error in reply.json["errors"]] == [field]
    assert (field or "the body") in reply.json["detail"]


async def test_all_wrong_fields_are_named_at_once(alice: Desktop) -> None:
    reply = await alice.do("wrap-up", "any", {"note": 5})
    assert reply.code == "unknown-interaction"

    reply = await alice.ask("POST", "/session", json={"agent": 1, "passwort": "x"})

    assert {error["field"] for error in reply.json["errors"]} == {"agent", "password", "passwort"}


async def test_a_password_is_never_said_back(world: World) -> None:
    for body in ({"agent": "alice", "password": "hunter2" * 1000}, {"agent": "alice", "password": ["hunter2"]}, {"password": "hunter2"}):
        reply = await world.browser().ask("POST", "/session", json=body)
        assert (reply.status, reply.code) == (422, "bad-body")
        assert "hunter2" not in reply.text


@pytest.mark.parametrize("path", ["/session", "/me/state", "/interactions/x/hold"])
async def test_a_huge_body_is_refused(alice: Desktop, path: str) -> None:
    method = "PUT" if path == "/me/state" else "POST"
    for body in (b" " * (64 * 1024 + 1), b'"' + b"x" * 10_000_000 + b'"'):
        reply = await alice.ask(method, path, data=BytesIO(body), headers=JSON)
        assert (reply.status, reply.code) == (413, "too-large")

    assert (await alice.get("/me")).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml"])
async def test_a_body_of_another_kind_is_refused(alice: Desktop, kind: str) -> None:
    reply = await alice.ask("PUT", "/me/state", data=b'{"state": "idle"}', headers={"Content-Type": kind})

    assert (reply.status, reply.code) == (415, "unsupported-media-type")


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "identity", "rubbish", ""])
async def test_a_packed_body_is_refused_before_anybody_unpacks_it(alice: Desktop, coding: str) -> None:
    reply = await alice.ask("PUT", "/me/state", data=b"not packed at all", headers={**JSON, "Content-Encoding": coding})

    assert (reply.status, reply.code) == (415, "unsupported-media-type")
    assert reply.headers["Accept-Encoding"] == "identity"


async def test_a_path_that_does_not_exist_is_not_found(alice: Desktop) -> None:
    for path in ("/nothing", "/interactions/", "/interactions/a/b/c", "/interactions/../../etc/passwd"):
        reply = await alice.get(path)
        assert (reply.status, reply.code) == (404, "not-found"), path


@pytest.mark.parametrize(
    ("method", "path", "ways"),
    [
        ("GET", "/session", {"POST", "DELETE"}),
        ("POST", "/me", {"GET"}),
        ("DELETE", "/me/state", {"PUT"}),
        ("GET", "/interactions/x/hold", {"POST"}),
        ("PATCH", "/interactions", {"GET", "POST"}),
    ],
)
async def test_a_wrong_method_names_the_right_ones(alice: Desktop, method: str, path: str, ways: set[str]) -> None:
    reply = await alice.ask(method, path)

    assert (reply.status, reply.code) == (405, "method-not-allowed")
    assert ways <= set(reply.headers["Allow"].split(", "))


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "", "9" * 30, "²"])
async def test_a_number_to_resume_after_that_is_none_is_refused(alice: Desktop, after: str) -> None:
    reply = await alice.get("/events", params={"after": after})

    assert (reply.status, reply.code) == (422, "bad-query")


async def test_events_are_a_websocket_and_nothing_else(alice: Desktop) -> None:
    reply = await alice.get("/events")

    assert (reply.status, reply.code, reply.headers["Upgrade"]) == (426, "upgrade-required", "websocket")


async def test_our_own_mistake_shows_a_reference_and_the_log_has_the_rest(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(command: Command | DeskCommand) -> Never:
        raise AssertionError("secret detail")

    monkeypatch.setattr(world.inbox, "ask", ask)
    with capture_logs() as logged:
        reply = await alice.go("available")

    assert (reply.status, reply.code) == (500, "unexpected")
    assert "secret detail" not in reply.text
    [line] = [line for line in logged if line["event"] == "unexpected"]
    assert line["reference"] in reply.json["detail"]
    assert str(line["exc_info"]) == "secret detail"


def kinds_of(refusal: type[Refused]) -> Iterator[type[Refused]]:
    for kind in refusal.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_every_refusal_has_a_problem_to_be_told_in() -> None:
    """One without would be answered as if the request could not be read."""
    ours = {kind.code for kind in kinds_of(Refused) if kind.__module__.startswith("controller.")}
    assert "not-now" in ours
    assert ours <= KINDS.keys()


async def test_a_mistake_of_ours_outside_of_every_route_is_no_mistake_of_the_client(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refusal without a problem, for one: nobody may be told that their request can't be read, and the log has the trace."""

    class Unheard(Refused):
        code = "unheard-of"

    async def ask(command: Command | DeskCommand) -> Never:
        raise Unheard("for once")

    monkeypatch.setattr(world.inbox, "ask", ask)
    with capture_logs() as logged:
        reply = await alice.go("available")

    assert (reply.status, reply.code) == (500, "unexpected")
    [line] = [line for line in logged if line["event"] == "unexpected"]
    assert line["reference"] in reply.json["detail"]
    assert isinstance(line["exc_info"], KeyError)


@pytest.fixture
async def impatient() -> AsyncIterator[World]:
    here = World(Limits(body_seconds_max=0.05))
    await here.start()
    yield here
    await here.stop()


async def test_a_body_that_never_comes_is_not_waited_for(impatient: World) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", impatient.server.port)
    head = f"POST {API}/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"
    writer.write(head.encode())

    async with asyncio.timeout(PATIENCE_SECONDS):
        first = await reader.readline()

    assert first.startswith(b"HTTP/1.1 408 ")
    writer.close()
    await writer.wait_closed()


def second_server(world: World, host: str, port: int) -> DesktopServer:
    return DesktopServer(
        world.inbox,
        lambda: world.inbox.now,
        host=host,
        port=port,
        session_hours=1,
        passwords={},
        metrics_text=str,
        is_ready=lambda: True,
        colleagues=ColleaguesInMemory(),
        browser_passwords=PasswordsInMemory(),
        sip_url="http://127.0.0.1:9/ws",
        stories=world.inbox.stories,
    )


async def test_a_port_that_is_taken_is_said_in_a_sentence(world: World) -> None:
    with pytest.raises(CannotListen) as cannot:
        await second_server(world, "127.0.0.1", world.server.port).start()

    assert cannot.value.because == (
        f"Port {world.server.port} of 127.0.0.1 is taken by another program: stop that one, or change `listen` in [desktop]."
    )
    assert (cannot.value.host, cannot.value.port) == ("127.0.0.1", world.server.port)


async def test_an_address_that_is_not_ours_is_said_in_a_sentence(world: World) -> None:
    with pytest.raises(CannotListen, match=r"This machine has no address 192\.0\.2\.1"):
        await second_server(world, "192.0.2.1", 0).start()


async def test_a_name_that_leads_nowhere_is_said_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> Never:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)

    with pytest.raises(CannotListen, match=r"can't listen on nowhere:8080: Name or service not known"):
        await second_server(world, "nowhere", 8080).start()


async def test_a_port_that_needs_more_rights_is_said_in_a_sentence(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def forbidden(*_: object, **__: object) -> Never:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(asyncio.get_running_loop(), "create_server", forbidden)

    with pytest.raises(CannotListen, match="take a port above 1023"):
        await second_server(world, "127.0.0.1", 80).start()

"""A page of somebody else's, whose name was made to lead to us (DNS rebinding), is not taken for the desktop's own page."""

import pytest

from controller.desktop.endpoints import ENDPOINTS, Endpoint
from controller.desktop.guard import is_of_this_machine
from controller.desktop.limits import Limits
from tests.edges.desktop_world import World
from tests.security.raw import answer_to, request, upgrade, world_with


def named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=named)
async def test_no_endpoint_answers_to_another_name_not_even_those_that_are_open_to_everybody(world: World, endpoint: Endpoint) -> None:
    answer = await answer_to(world, request(endpoint.method, endpoint.path, "Host: evil.example:8080", "Connection: close"))

    assert answer.startswith(b"HTTP/1.1 421")
    assert b'"code": "wrong-host"' in answer
    assert b"evil.example" not in answer


async def test_a_rebound_page_with_the_agents_cookie_neither_reads_nor_listens(world: World) -> None:
    browser = await world.by_cookie("alice")
    page = {"Host": f"evil.example:{world.server.port}", "Origin": f"http://evil.example:{world.server.port}"}

    assert (await browser.get("/me", headers=page)).code == "wrong-host"
    assert (await browser.ask("PUT", "/me/state", json={"state": "available"}, headers=page)).code == "wrong-host"
    assert (await answer_to(world, upgrade("Host: evil.example", "Connection: close"))).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8080",
        "desk.localhost",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.9.9.9",
        "[::1]:8080",
        "desktop.example",
        "Desktop.Example:443",
        "192.0.2.1",
        "[2001:DB8::1]:443",
    ],
)
async def test_the_machines_own_names_and_those_of_the_site_file_are_answered(host: str) -> None:
    async with world_with(Limits(), host_names=("desktop.EXAMPLE", "192.0.2.1", "2001:db8::1")) as world:
        answer = await answer_to(world, request("GET", "/healthz", f"Host: {host}", "Connection: close"))

    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "notlocalhost",
        "192.0.2.9",
        "",
        "[::1",
        "desktop.example.evil.example",
        "a b",
        "@",
        "127.0.0.1.evil.example",
    ],
)
async def test_any_other_name_is_refused(host: str) -> None:
    async with world_with(Limits(), host_names=("desktop.example",)) as world:
        answer = await answer_to(world, request("GET", "/healthz", f"Host: {host}", "Connection: close"))

    assert answer.startswith((b"HTTP/1.1 421", b"HTTP/1.0 400"))


async def test_a_whole_address_in_the_request_line_counts_as_much_as_the_header(world: World) -> None:
    evil = await answer_to(world, request("GET", "http://evil.example/healthz", "Connection: close"))
    ours = await answer_to(world, request("GET", "http://localhost/healthz", "Connection: close"))

    assert evil.startswith(b"HTTP/1.1 421")
    assert ours.startswith(b"HTTP/1.1 200")


async def test_monitoring_that_speaks_http_1_0_without_a_name_is_answered_since_no_browser_does_so(world: World) -> None:
    assert (await answer_to(world, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.0 200")


@pytest.mark.parametrize(
    ("name", "here", "is_ours"),
    [("192.0.2.1", "192.0.2.1", True), ("192.0.2.2", "192.0.2.1", False), ("2001:db8:0::1", "2001:db8::1", True), ("desk", "", False)],
)
def test_the_address_that_a_connection_has_come_to_is_a_name_of_this_machine(name: str, here: str, is_ours: bool) -> None:
    assert is_of_this_machine(name, here) is is_ours

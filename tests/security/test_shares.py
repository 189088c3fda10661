"""What one address, or one agent, can take from all others: its share, and no more."""

import asyncio
import resource
from contextlib import AsyncExitStack

import pytest

from controller.desktop.limits import Limits
from controller.desktop.shares import neighbourhood
from tests.edges.desktop_world import API, World
from tests.security.raw import Raw, answer_to, connected, request, world_with

HALF = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
ME = request("GET", f"{API}/me", "Connection: close")
HEALTH = request("GET", "/healthz", "Connection: close")
AN_ADDRESS, ANOTHER, A_THIRD = "127.0.0.2", "127.0.0.3", "127.0.0.4"


async def half_sent(stack: AsyncExitStack, world: World, address: str, times: int) -> list[Raw]:
    """Connections that have sent half a request each."""
    all_of_them = []
    for _ in range(times):
        raw = await stack.enter_async_context(connected(world, address))
        await raw.say(HALF)
        all_of_them.append(raw)
    return all_of_them


async def go_on(raw: Raw) -> bytes:
    """Send the other half."""
    await raw.say(b"Connection: close\r\n\r\n")
    return await raw.rest()


# --- Connections -------------------------------------------------------------------------------------------------------


async def test_thousands_of_half_sent_requests_from_one_address_do_not_close_the_door_for_anybody() -> None:
    async with world_with(Limits(connections_max=40, connections_per_address_max=10)) as world, AsyncExitStack() as stack:
        await half_sent(stack, world, AN_ADDRESS, 100)

        assert (await answer_to(world, HEALTH, ANOTHER)).startswith(b"HTTP/1.1 200")
        assert (await answer_to(world, HEALTH, AN_ADDRESS)).startswith(b"HTTP/1.1 200"), "not even for others at the same address"


async def test_an_address_with_more_than_its_share_loses_its_oldest_connection() -> None:
    async with world_with(Limits(connections_per_address_max=2)) as world, AsyncExitStack() as stack:
        [other] = await half_sent(stack, world, ANOTHER, 1)

        first, second, third = await half_sent(stack, world, AN_ADDRESS, 3)

        assert await first.is_closed()
        for stays in (second, third, other):
            assert (await go_on(stays)).startswith(b"HTTP/1.1 200")


async def test_when_all_places_are_taken_whoever_has_most_of_them_makes_room() -> None:
    async with world_with(Limits(connections_max=4)) as world, AsyncExitStack() as stack:
        first, *_ = await half_sent(stack, world, AN_ADDRESS, 3)
        [other] = await half_sent(stack, world, ANOTHER, 1)

        [new] = await half_sent(stack, world, A_THIRD, 1)

        assert await first.is_closed()
        for stays in (other, new):
            assert (await go_on(stays)).startswith(b"HTTP/1.1 200")


async def test_a_connection_over_which_somebody_has_logged_on_makes_no_room_for_strangers() -> None:
    async with world_with(Limits(connections_max=1)) as world:
        alice = await world.desktop("alice")

        assert await answer_to(world, HEALTH) == b""

        assert (await alice.get("/me")).status == 200


async def test_a_request_that_is_being_answered_is_cut_off_only_when_there_is_no_other_to_cut_off() -> None:
    async with world_with(Limits(connections_per_address_max=2, body_seconds_max=0.3)) as world, AsyncExitStack() as stack:
        works = await stack.enter_async_context(connected(world, AN_ADDRESS))
        await works.say(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{")
        assert (await answer_to(world, HEALTH, AN_ADDRESS)).startswith(b"HTTP/1.1 200")
        idle, _ = await half_sent(stack, world, AN_ADDRESS, 2)

        assert await idle.is_closed()

        assert (await works.head()).startswith(b"HTTP/1.1 408"), "its own time was over"


async def test_an_agent_has_a_share_too_and_never_loses_what_is_being_answered() -> None:
    async with world_with(Limits(connections_per_agent_max=2)) as world, AsyncExitStack() as stack:
        alice, bob = await world.desktop("alice"), await world.desktop("bob")
        listening = await alice.listen()
        await listening.hear()
        as_alice = request("GET", f"{API}/me", f"Authorization: {alice.headers['Authorization']}")
        more = []
        for _ in range(3):
            raw = await stack.enter_async_context(connected(world, AN_ADDRESS))
            await raw.say(as_alice)
            assert (await raw.head()).startswith(b"HTTP/1.1 200")
            more.append(raw)

        assert b"HTTP/1.1" not in await more[0].rest(), "closed for the third"
        await alice.go("available")
        assert (await listening.hear_until("me"))["me"]["state"] == "available"
        assert (await bob.get("/me")).status == 200


async def test_behind_a_proxy_no_share_is_an_addresss() -> None:
    limits = Limits(connections_per_address_max=1, address_requests_at_once_max=1, address_requests_per_second_max=0.001)
    async with world_with(limits, is_behind_proxy=True, host_names=("desktop.example",)) as world, AsyncExitStack() as stack:
        kept = await half_sent(stack, world, AN_ADDRESS, 20)

        assert [(await go_on(raw))[:12] for raw in kept] == [b"HTTP/1.1 200"] * 20


async def test_the_usual_limit_of_open_files_does_not_close_the_door_before_ours_does() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    try:
        async with world_with(Limits(connections_max=1000)):
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(1000, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("no address", "no address"),
    ],
)
def test_whoever_has_half_an_ipv6_address_has_one_share(address: str, counts_as: str) -> None:
    assert neighbourhood(address) == counts_as


# --- Requests ----------------------------------------------------------------------------------------------------------


async def test_a_stranger_who_asks_too_fast_waits_for_a_refusal_and_the_others_notice_nothing() -> None:
    limits = Limits(address_requests_at_once_max=3, address_requests_per_second_max=0.001, refused_seconds=0.2)
    async with world_with(limits) as world:
        assert [(await answer_to(world, ME, AN_ADDRESS))[:12] for _ in range(3)] == [b"HTTP/1.1 401"] * 3

        before = asyncio.get_running_loop().time()
        refused = await answer_to(world, ME, AN_ADDRESS)

        assert refused.startswith(b"HTTP/1.1 429")
        assert b'"code": "too-many-requests"' in refused
        assert b"Retry-After: 1\r\n" in refused
        assert asyncio.get_running_loop().time() - before >= 0.2
        assert (await answer_to(world, ME, ANOTHER)).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize(
    "header", ["Host: evil.example", "Content-Encoding: gzip", "Expect: rubbish"], ids=["another name", "packed", "an odd expectation"]
)
async def test_what_is_refused_for_another_reason_counts_as_well(header: str) -> None:
    async with world_with(Limits(address_requests_at_once_max=1, address_requests_per_second_max=0.001, refused_seconds=0)) as world:
        odd = request("GET", "/healthz", header, "Connection: close")

        assert not (await answer_to(world, odd)).startswith((b"HTTP/1.1 200", b"HTTP/1.1 429"))
        assert (await answer_to(world, odd)).startswith(b"HTTP/1.1 429")


async def test_whoever_has_logged_on_is_not_counted_with_the_strangers_of_the_same_address() -> None:
    async with world_with(Limits(address_requests_at_once_max=3, address_requests_per_second_max=0.001, refused_seconds=0)) as world:
        alice = await world.desktop("alice")
        for _ in range(4):
            await answer_to(world, ME)

        assert (await alice.get("/me")).status == 200
        assert (await answer_to(world, HEALTH)).startswith(b"HTTP/1.1 429")


async def test_addresses_that_ask_no_more_are_forgotten() -> None:
    async with world_with(Limits(addresses_remembered_max=2, address_requests_at_once_max=2, refused_seconds=0)) as world:
        for number in range(2, 9):
            assert (await answer_to(world, HEALTH, f"127.0.0.{number}")).startswith(b"HTTP/1.1 200")
        await world.server.sweep()

        assert (await answer_to(world, HEALTH, AN_ADDRESS)).startswith(b"HTTP/1.1 200")

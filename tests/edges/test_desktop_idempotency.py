"""A command that is sent twice acts once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from controller.desktop.limits import Limits
from controller.interaction.commands import HoldCustomer
from tests.edges.desktop_world import Desktop, World

KEY = {"Idempotency-Key": "one"}


def holds(world: World) -> int:
    return sum(isinstance(command, HoldCustomer) for command in world.inbox.commands)


async def test_the_second_request_with_a_key_gets_the_first_answer(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    first = await alice.do("hold", call, headers=KEY)
    await alice.do("resume", call)
    second = await alice.do("hold", call, headers=KEY)

    assert (second.status, second.text, second.headers["ETag"]) == (first.status, first.text, first.headers["ETag"])
    assert world.interaction(call).phase == "connected"
    assert holds(world) == 1


async def test_a_request_that_overtakes_its_first_answer_waits_for_it(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.gate = asyncio.Event()

    both = [asyncio.create_task(alice.do("hold", call, headers=KEY)) for _ in range(2)]
    assert (await alice.get("/me")).status == 200
    world.inbox.gate.set()
    first, second = await asyncio.gather(*both)

    assert (first.status, first.text) == (second.status, second.text) == (200, first.text)
    assert holds(world) == 1


async def test_whoever_waits_for_a_refused_command_gets_the_same_refusal(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.gate = asyncio.Event()

    both = [asyncio.create_task(alice.do("resume", call, headers=KEY)) for _ in range(2)]
    assert (await alice.get("/me")).status == 200
    world.inbox.gate.set()

    assert [reply.code for reply in await asyncio.gather(*both)] == ["not-now", "not-now"]


async def test_a_refused_command_may_be_tried_again_with_its_key(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    assert (await alice.do("resume", call, headers=KEY)).code == "not-now"

    await alice.do("hold", call)

    assert (await alice.do("resume", call, headers=KEY)).status == 200


async def test_a_wrap_up_that_is_sent_twice_is_answered_twice_though_the_interaction_is_over(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("end", call)

    first = await alice.do("wrap-up", call, {"reason": "resolved"}, headers=KEY)
    second = await alice.do("wrap-up", call, {"reason": "resolved"}, headers=KEY)

    assert (first.status, second.status) == (200, 200)
    assert first.text == second.text


async def test_a_key_means_one_command_of_one_interaction(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("dtmf", call, {"digits": "1"}, headers=KEY)

    for reply in (
        await alice.do("dtmf", call, {"digits": "2"}, headers=KEY),
        await alice.do("hold", call, headers=KEY),
        await alice.ask("PUT", "/me/state", json={"state": "idle"}, headers=KEY),
    ):
        assert (reply.status, reply.code) == (422, "reused-key")
    assert world.interaction(call).phase == "connected"


async def test_two_agents_may_use_the_same_key(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    assert (await alice.do("mute", call, headers=KEY)).json["my_role"] == "agent1"
    assert (await bob.do("mute", call, headers=KEY)).json["my_role"] == "agent2"


@pytest.mark.parametrize("key", ["", "x" * 129, "a\tb"])
async def test_a_key_that_is_none_is_refused(world: World, alice: Desktop, key: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do("hold", call, headers={"Idempotency-Key": key})

    assert (reply.status, reply.code) == (400, "bad-header")


async def test_a_key_is_forgotten_after_a_while(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("hold", call, headers=KEY)
    await alice.do("resume", call)

    world.inbox.now += Limits().key_seconds
    await world.server.sweep()

    assert (await alice.do("hold", call, headers=KEY)).status == 200
    assert holds(world) == 2


@pytest.fixture
async def forgetful() -> AsyncIterator[World]:
    here = World(Limits(keys_per_agent_max=3))
    await here.start()
    yield here
    await here.stop()


async def test_only_so_many_keys_of_an_agent_are_kept(forgetful: World) -> None:
    alice = await forgetful.desktop("alice")
    call = await forgetful.connected(alice)
    await alice.do("hold", call, headers=KEY)
    await alice.do("resume", call)

    for number in range(3):
        await alice.do("dtmf", call, {"digits": "1"}, headers={"Idempotency-Key": f"other-{number}"})

    await alice.do("hold", call, headers=KEY)
    assert holds(forgetful) == 2

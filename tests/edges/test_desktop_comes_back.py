"""A desktop that comes back hears what it missed, without a gap, or begins anew."""

from collections.abc import AsyncIterator

import pytest

from controller.desktop.limits import Limits
from controller.directory.ids import AgentId
from controller.routing.commands import GoAvailable, GoIdle
from tests.edges.desktop_world import Desktop, Json, Listening, World


async def test_a_desktop_that_comes_back_gets_exactly_what_it_missed(world: World, alice: Desktop) -> None:
    witness = await alice.listen()
    listening = await alice.listen()
    await witness.hear()
    last = (await listening.hear())["seq"]
    await listening.socket.close()

    call = await world.connected(alice)
    back = await alice.listen(after=last)
    back.last_seq = last
    await alice.do("hold", call)

    async def until_held(of: Listening) -> list[Json]:
        frames = [await of.hear()]
        while frames[-1].get("interaction", {}).get("phase") != "held":
            frames.append(await of.hear())
        return frames

    assert await until_held(back) == await until_held(witness)


async def test_a_desktop_that_missed_nothing_hears_only_what_is_new(alice: Desktop) -> None:
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    await listening.socket.close()

    back = await alice.listen(after=last)
    back.last_seq = last
    await alice.go("available")

    assert (await back.hear())["type"] == "me"


async def test_a_desktop_that_comes_back_after_nine_minutes_of_a_busy_floor_has_missed_nothing(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    await listening.socket.close()
    for _ in range(9 * 60):
        world.happens(GoAvailable(agent=AgentId("alice")))
        world.happens(GoIdle(agent=AgentId("alice")))
        world.inbox.now += 1
    await world.server.sweep()

    back = await alice.listen(after=last)
    back.last_seq = last

    frames = [await back.hear() for _ in range(2 * 9 * 60)]
    assert {frame["type"] for frame in frames} == {"me", "queue"}


async def test_a_desktop_that_was_away_too_long_begins_anew(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    await alice.go("available")
    world.inbox.now += Limits().kept_seconds
    await world.server.sweep()

    back = await (await alice.listen(after=last)).hear()

    assert back["type"] == "snapshot"
    assert back["seq"] > last


async def test_what_is_kept_for_an_agent_is_bounded(small: World) -> None:
    alice = await small.desktop("alice")
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    for _ in range(5):
        small.happens(GoAvailable(agent=AgentId("alice")))
        small.happens(GoIdle(agent=AgentId("alice")))

    assert (await (await alice.listen(after=last)).hear())["type"] == "snapshot"
    newest = (await (await alice.listen()).hear())["seq"]
    assert (await (await alice.listen(after=newest - 1)).hear())["seq"] == newest


@pytest.fixture
async def small() -> AsyncIterator[World]:
    here = World(Limits(kept_bytes_max=1000, kept_for_all_bytes_max=1000))
    await here.start()
    yield here
    await here.stop()


@pytest.mark.parametrize("after", [0, 10**15])
async def test_a_number_that_was_never_given_begins_anew(alice: Desktop, after: int) -> None:
    assert (await (await alice.listen(after=after)).hear())["type"] == "snapshot"


async def test_what_is_kept_for_an_agent_who_does_not_come_back_is_forgotten(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    await listening.socket.close()
    await alice.get("/me")  # by now the server has heard the goodbye
    world.inbox.now += Limits().kept_seconds
    await world.server.sweep()

    assert (await (await alice.listen(after=last)).hear())["type"] == "snapshot"


async def test_numbers_from_before_a_restart_are_never_taken_for_new_ones(world: World, alice: Desktop) -> None:
    last = (await (await alice.listen()).hear())["seq"]
    restarted = World()
    restarted.inbox.now = world.inbox.now + 1
    await restarted.start()
    desktop = await restarted.desktop("alice")
    await desktop.listen()

    back = await (await desktop.listen(after=last)).hear()
    await restarted.stop()

    assert back["type"] == "snapshot"
    assert back["seq"] > last

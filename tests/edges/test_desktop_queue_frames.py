"""Every desktop is told of queues: the first change at once, and then how they are, once a second."""

import time
from collections.abc import AsyncIterator

import pytest

from controller.desktop.limits import Limits
from controller.directory.ids import AgentId
from controller.interaction.facts import TelephonesSeen
from controller.routing.commands import GoAvailable, GoIdle
from tests.edges.desktop_world import Desktop, World


async def test_a_queue_is_told_of_at_once_and_then_as_it_is_a_second_later(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()

    world.happens(GoAvailable(agent=AgentId("alice")))
    first = await listening.hear_until("queue")
    began = time.monotonic()
    for _ in range(50):
        world.happens(GoIdle(agent=AgentId("alice")))
        world.happens(GoAvailable(agent=AgentId("alice")))
    world.happens(GoIdle(agent=AgentId("alice")))
    frames = await listening.hear_all_until("queue")

    assert first["queue"]["agents"] == {"available": 1, "logged_off": 1}
    assert [frame["type"] for frame in frames] == ["me"] * 101 + ["queue"]
    assert frames[-1]["queue"]["agents"] == {"idle": 1, "logged_off": 1}
    assert time.monotonic() - began > 0.9 * Limits().queue_seconds


async def test_an_agent_whose_page_is_closed_is_not_available_to_a_queue(world: World, alice: Desktop, bob: Desktop) -> None:
    await alice.go("available")
    await bob.go("available")
    listening = await bob.listen()
    await listening.hear()

    world.happens(TelephonesSeen(away=("1001",)))  # the one on the desk was not there either

    told = (await listening.hear_until("queue"))["queue"]
    assert (told["id"], told["agents"]) == ("support", {"no_telephone": 1, "available": 1})
    world.happens(TelephonesSeen(away=("1002",)))
    (support, *_) = (await bob.get("/queues")).json["queues"]
    assert support["agents"] == {"no_telephone": 2}
    listed = (await bob.get("/directory?kind=queue")).json["entries"]
    assert next(entry["presence"] for entry in listed if entry["id"] == "support") == "busy"


async def test_queues_that_change_within_a_second_are_each_told_at_once(world: World, alice: Desktop) -> None:
    carol = await world.desktop("carol")
    listening = await alice.listen()
    await listening.hear()

    await alice.go("available")
    await carol.go("available")

    assert [frame["queue"]["id"] for frame in (await listening.hear_all_until("queue") + await listening.hear_all_until("queue"))[1:]] == [
        "support",
        "billing",
    ]


@pytest.fixture
async def crowded() -> AsyncIterator[World]:
    """A server that tells of one queue at once and of the others when it tells the next."""
    here = World(Limits(queue_writes_at_once_max=1, queue_seconds=0.2))
    await here.start()
    yield here
    await here.stop()


async def test_where_many_queues_change_they_are_told_together(crowded: World) -> None:
    alice = await crowded.desktop("alice")
    await crowded.desktop("carol")
    listening = await alice.listen()
    await listening.hear()

    for agent in ("alice", "carol", "alice"):
        crowded.happens(GoAvailable(agent=AgentId(agent)))
        crowded.happens(GoIdle(agent=AgentId(agent)))

    frames = await listening.hear_all_until("queue")
    assert frames[-1]["queue"]["agents"] == {"available": 1, "logged_off": 1}
    assert {(await listening.hear_until("queue"))["queue"]["id"], (await listening.hear())["queue"]["id"]} == {"support", "billing"}

"""The API on the event loop that the controller runs on; all other tests run on Python's own."""

import asyncio

import uvloop

from controller.desktop.limits import Limits
from controller.directory.ids import AgentId
from controller.routing.commands import GoAvailable, GoIdle
from tests.edges.desktop_world import World


async def _live() -> None:
    world = World(Limits(frames_pending_max=8, close_seconds=0.5))
    await world.start()
    alice, bob = await world.desktop("alice"), await world.desktop("bob")
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    call = await world.consulting(alice, bob)
    assert (await alice.do("swap", call)).json["phase"] == "consult_held"
    assert (await listening.hear_until("interaction"))["interaction"]["id"] == call

    for _ in range(8):
        world.happens(GoAvailable(agent=AgentId("alice")))
        world.happens(GoIdle(agent=AgentId("alice")))
    assert await listening.closed_with() == 4008

    back = await alice.listen(after=last)
    back.last_seq = last
    await back.hear()
    closed, _ = await asyncio.gather(back.closed_with(), world.server.stop())
    assert closed == 1001
    await world.stop()


def test_a_desktop_works_and_a_slow_reader_is_closed_on_uvloop_too() -> None:
    uvloop.run(_live())

"""The API on the event loop that the controller runs on; all other tests run on Python's own."""

import asyncio

import uvloop

from controller.desktop.limits import Limits
from tests.edges.desktop_world import World
from tests.edges.test_desktop_events import FLOOD_BYTES, NAME_LETTERS, flood


async def _live() -> None:
    world = World(Limits(unread_bytes_max=1000, kept_bytes_max=FLOOD_BYTES, close_seconds=2.0))
    await world.start()
    alice, bob = await world.desktop("alice"), await world.desktop("bob")
    listening = await alice.listen()
    last = (await listening.hear())["seq"]
    call = await world.consulting(alice, bob, name="C" * NAME_LETTERS)
    assert (await alice.do("swap", call)).json["phase"] == "consult_held"
    assert (await listening.hear_until("interaction"))["interaction"]["id"] == call

    flood(world, call)
    assert await listening.closed_with() == 4008

    back = await alice.listen(after=last)
    back.last_seq = last
    await back.hear()
    closed, _ = await asyncio.gather(back.closed_with(), world.server.stop())
    assert closed == 1001
    await world.stop()


def test_a_desktop_works_and_a_slow_reader_is_closed_on_uvloop_too() -> None:
    uvloop.run(_live())

"""A contact centre that begins each request in the next phase of one and the same interaction, so that requests sent blindly meet them all.

What one request did is no other's past.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

from controller.desktop.limits import Limits
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from controller.interaction.interaction import Phase
from tests.edges.desktop_world import Desktop, InMemoryInbox, World
from tests.edges.outside_world import outside_world

OUTSIDE = {"kind": "number", "number": "01 99 00 20 02"}
UNBOUNDED = Limits(requests_at_once_max=1_000_000, wrong_passwords_free=1_000_000, sessions_per_agent_max=1_000_000)


class SceneByScene(InMemoryInbox):
    """Shows the next scene whenever a request begins."""

    def __init__(self, scenes: list[FloorState]) -> None:
        super().__init__(Floor.from_state(scenes[0]))
        self._scenes = cycle(scenes)

    async def settled(self) -> None:
        """Called once for each request, before anything else."""
        self._floor = Floor.from_state(next(self._scenes))


async def every_phase() -> tuple[str, list[FloorState]]:
    """The interaction's id, which is the same in all scenes, and the contact centre in each phase: Alice owns it, Bob is consulted."""
    scenes = [scene for life in (_consulted, _handed_out, _called_out) for scene in await life()]
    [call] = {scene.interactions[0].id for scene in scenes}
    assert {scene.interactions[0].phase for scene in scenes} == set(Phase) - {Phase.TRANSFER_ASKED}
    return call, scenes


@dataclass
class _Life:
    """One interaction, from scene to scene."""

    world: World
    alice: Desktop
    bob: Desktop
    call: str = ""
    scenes: list[FloorState] = field(default_factory=list)

    def keep(self) -> None:
        self.scenes.append(self.world.floor.state())

    async def alice_asks(self, action: str, **body: object) -> None:
        reply = await self.alice.do(action, self.call, body)
        assert reply.status == 200, reply.text
        self.keep()


@asynccontextmanager
async def _life() -> AsyncIterator[_Life]:
    world = outside_world()
    await world.start()
    try:
        yield _Life(world, await world.desktop("alice"), await world.desktop("bob"))
    finally:
        await world.stop()


async def _consulted() -> list[FloorState]:
    """A customer waits, is taken, held, and in a conference at last; Bob's queue is consulted, and then he himself."""
    async with _life() as life:
        life.call = life.world.customer_calls()
        life.keep()
        await life.alice.go("available")
        life.keep()
        life.world.picks_up(life.call, "alice")
        await life.alice_asks("consult", target={"kind": "queue", "id": "support"})
        await life.alice_asks("cancel-consult")
        await life.bob.go("available")
        life.keep()
        await life.alice_asks("hold")
        await life.alice_asks("consult", target={"kind": "agent", "id": "bob"})
        life.world.picks_up(life.call, "bob")
        life.keep()
        for action in ("resume", "conference", "end"):
            await life.alice_asks(action)
        return life.scenes


async def _handed_out() -> list[FloorState]:
    """Alice transfers a customer to somebody outside without asking."""
    async with _life() as life:
        await life.alice.go("available")
        life.call = life.world.customer_calls()
        life.world.picks_up(life.call, "alice")
        await life.alice_asks("transfer", target=OUTSIDE)
        life.world.outside_answers(life.call)
        life.keep()
        return life.scenes


async def _called_out() -> list[FloorState]:
    """Alice calls somebody: her own telephone rings, then theirs."""
    async with _life() as life:
        reply = await life.alice.ask("POST", "/interactions", json={"target": OUTSIDE})
        life.call = reply.json["id"]
        life.keep()
        life.world.picks_up(life.call, "alice")
        life.keep()
        return life.scenes

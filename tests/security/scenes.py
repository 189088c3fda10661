"""A contact centre that begins each request in the next phase of one and the same interaction, so that requests sent blindly meet them all.

What one request did is no other's past.
"""

from itertools import cycle

from controller.desktop.limits import Limits
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from controller.interaction.interaction import Phase
from tests.edges.desktop_world import Desktop, InMemoryInbox, World

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
    """The interaction's id, and the contact centre in each phase of it: Alice owns it, Bob is consulted."""
    world = World()
    await world.start()
    try:
        call, scenes = await _lived_through(world, await world.desktop("alice"), await world.desktop("bob"))
    finally:
        await world.stop()
    assert {scene.interactions[0].phase for scene in scenes} == set(Phase) - {Phase.TRANSFER_ASKED}
    return call, scenes


async def _lived_through(world: World, alice: Desktop, bob: Desktop) -> tuple[str, list[FloorState]]:
    call, scenes = world.customer_calls(), list[FloorState]()

    def keep() -> None:
        scenes.append(world.floor.state())

    async def alice_asks(action: str, **body: object) -> None:
        reply = await alice.do(action, call, body)
        assert reply.status == 200, reply.text
        keep()

    keep()
    await alice.go("available")
    keep()
    world.picks_up(call, "alice")
    await bob.go("available")
    keep()
    await alice_asks("hold")
    await alice_asks("consult", target={"kind": "agent", "id": "bob"})
    world.picks_up(call, "bob")
    keep()
    for action in ("resume", "conference", "end"):
        await alice_asks(action)
    return call, scenes

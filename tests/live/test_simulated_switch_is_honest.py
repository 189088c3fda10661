"""The same call on the simulated and on the real Asterisk: the core must see the same, or the simulator hunts in the wrong world."""

from collections.abc import Callable, Iterable, Iterator

from controller.directory.ids import AgentId, InteractionId, LegId
from controller.directory.targets import AgentTarget
from controller.interaction import commands
from controller.interaction.commands import Command, GiveWrapUp, StartConsult
from controller.interaction.facts import CustomerArrived, LegEnded, LegFact
from controller.journal.codec import Taken, read_input
from controller.routing.commands import GoAvailable, LogOn
from controller.simulator.world import World, quiet_logs
from tests.live.scene import Scene
from tests.pure.story import PHONES, RESOLVED, site
from tests.simulation.quiet import Handsets

READ_JOURNAL = """
import glob, shutil, sqlite3
for part in glob.glob("/var/lib/ari-controller/journal.db*"):
    shutil.copy(part, "/tmp")  # the controller lets nobody else into the one that it writes
for (body,) in sqlite3.connect("/tmp/journal.db").execute("SELECT body FROM batch ORDER BY first"):
    print(body)
"""

CALL = [
    "CustomerArrived customer",
    "LegAnswered alice",
    "HoldCustomer alice",
    "ResumeCustomer alice",
    "StartConsult alice",
    "LegAnswered bob",
    "ResumeCustomer alice",
    "SwapParties alice",
    "StartConference alice",
    "TransferCustomer alice",
    "LegEnded customer hung up",
    "GiveWrapUp alice",
    "GiveWrapUp bob",
]
"""What the journal of this call must hold: all that the core was told and that changed anything."""


def seen(inputs: Iterable[Taken]) -> Iterator[str]:
    """What the core saw of the last call, without times and ids."""
    told = [taken.what for taken in inputs]
    first = max(place for place, what in enumerate(told) if isinstance(what, CustomerArrived))
    for what in told[first:]:
        if isinstance(what, Command):
            yield f"{type(what).__name__} {what.agent}"
        elif isinstance(what, LegFact):
            cause = f" {what.cause.value}" if isinstance(what, LegEnded) else ""
            yield f"{type(what).__name__} {_who(what.leg)}{cause}"


def _who(leg: LegId) -> str:
    return leg.split("-")[2] if leg.startswith("ix-") else "customer"


def on_the_simulated_switch() -> list[str]:
    world = World(0, directory=site())
    handsets = world.people = Handsets(world)
    world.troubles.end()
    for agent in ("alice", "bob"):
        world.ask(LogOn(agent=AgentId(agent)))
    world.rest(1.0)
    world.ask(GoAvailable(agent=AgentId("alice")))
    world.rest(1.0)
    customer = world.exchange.calls("2001", "800")
    world.rest(1.0)
    world.exchange.picks_up(handsets.ringing[PHONES["alice"]])
    world.rest(1.0)
    floor = world.desktop()
    assert floor is not None, "nobody kills this controller"
    (interaction,) = floor.interactions

    def does(kind: Callable[..., Command], agent: str = "alice", **more: object) -> None:
        world.ask(kind(agent=AgentId(agent), interaction=InteractionId(interaction), **more))
        world.rest(1.0)

    does(commands.HoldCustomer)
    does(commands.ResumeCustomer)
    world.ask(GoAvailable(agent=AgentId("bob")))
    world.rest(1.0)
    does(StartConsult, target=AgentTarget(agent=AgentId("bob")))
    world.exchange.picks_up(handsets.ringing[PHONES["bob"]])
    world.rest(1.0)
    for kind in (commands.ResumeCustomer, commands.SwapParties, commands.StartConference, commands.TransferCustomer):
        does(kind)
    world.exchange.hangs_up(customer)
    world.rest(1.0)
    for agent in ("alice", "bob"):
        does(GiveWrapUp, agent, reason=RESOLVED)
    return list(seen(world.disk.open().inputs))


async def on_the_real_switch(scene: Scene) -> list[str]:
    interaction = await scene.connected()
    await scene.alice.does("hold", interaction)
    await scene.hear({"customer": {"music"}})
    await scene.alice.does("resume", interaction)
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
    await scene.bob.available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await scene.phones["bob"].incoming()
    await scene.picks_up("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}})
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
    await scene.alice.does("conference", interaction)
    await scene.hear({"alice": {"bob", "customer"}, "bob": {"alice", "customer"}})
    await scene.alice.does("transfer", interaction)
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.customer.hang_up()
    await scene.phones["bob"].closed()
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.bob.does("wrap-up", interaction, reason="resolved")
    read = scene.stack.controller.exec(["/opt/ari-controller/bin/python", "-I", "-c", READ_JOURNAL])
    assert read.exit_code == 0, read.output.decode()
    return list(seen(read_input(line) for line in read.output.decode().splitlines()))


async def test_the_core_sees_the_same_call_on_the_simulated_and_on_the_real_switch(scene: Scene) -> None:
    with quiet_logs():
        simulated = on_the_simulated_switch()

    assert simulated == CALL
    assert await on_the_real_switch(scene) == simulated

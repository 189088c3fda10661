"""The administrator changes the site file while desktops look: each is told what it sees more, and what it sees no longer."""

from dataclasses import replace

from pydantic import TypeAdapter

from controller.desktop import shapes
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, QueueId
from controller.floor.outcome import SiteReloaded
from tests.edges.desktop_world import Desktop, World, directory

FRAME: TypeAdapter[shapes.Frame] = TypeAdapter(shapes.Frame)


def with_supervisor(agent: str, *, supervisor: bool) -> SiteReloaded:
    """The site file after somebody became a supervisor, or is none any more."""
    before = directory()
    changed = replace(before.agents[AgentId(agent)], supervisor=supervisor)
    return SiteReloaded(directory=replace(before, agents={**before.agents, changed.id: changed}))


def without_queue(queue: str) -> Directory:
    """The site file after a queue was taken out."""
    before = directory()
    return replace(before, queues={known: kept for known, kept in before.queues.items() if known != queue})


async def test_a_new_supervisor_is_told_of_every_interaction(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    listening = await (await world.desktop("carol")).listen()
    assert (await listening.hear())["interactions"] == []

    world.happens(with_supervisor("carol", supervisor=True))

    told = (await listening.hear_until("interaction"))["interaction"]
    assert (told["id"], told["my_role"], told["gone"]) == (call, "supervisor", False)


async def test_who_is_no_supervisor_any_more_is_told_that_others_interactions_are_gone(world: World, alice: Desktop, sam: Desktop) -> None:
    call = await world.connected(alice)
    listening = await sam.listen()
    assert [interaction["id"] for interaction in (await listening.hear())["interactions"]] == [call]

    world.happens(with_supervisor("sam", supervisor=False))

    told = (await listening.hear_until("interaction"))["interaction"]
    assert (told["id"], told["my_role"], told["allowed"], told["gone"]) == (call, None, [], True)


async def test_an_agent_who_stays_what_they_are_is_told_of_no_interaction(world: World, alice: Desktop, bob: Desktop) -> None:
    await world.connected(alice)
    listening = await bob.listen()
    await listening.hear()

    world.happens(with_supervisor("carol", supervisor=True))

    assert (await listening.hear())["type"] == "me"
    assert (await listening.hear())["type"] == "queue"


async def test_a_queue_that_was_taken_out_is_told_to_be_gone(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()

    world.happens(SiteReloaded(directory=without_queue("billing")))

    frames = [await listening.hear_until("queue"), await listening.hear()]
    queues = {frame["queue"]["id"]: frame["queue"] for frame in frames}
    assert queues["billing"]["gone"] is True
    assert (queues["billing"]["name"], queues["billing"]["agents"]) == ("Billing", {})
    assert "gone" not in queues["support"]
    for frame in frames:
        FRAME.validate_python(frame)


async def test_a_queue_that_was_taken_out_is_gone_when_its_last_customer_is_through(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.happens(SiteReloaded(directory=without_queue("support")))
    listening = await alice.listen()
    assert "support" in {queue["id"] for queue in (await listening.hear())["queues"]}

    await alice.do("end", call)
    await alice.do("wrap-up", call, {"reason": "resolved"})

    queue = (await listening.hear_until("queue"))["queue"]
    while "gone" not in queue:
        queue = (await listening.hear_until("queue"))["queue"]
    assert queue["id"] == "support"
    assert QueueId("support") not in world.floor.directory.queues

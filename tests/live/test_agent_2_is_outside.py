"""Agent 2 is somebody outside, who has a telephone and nothing else. In every phase that they can be in, each of the three hangs up."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from tests.live.far_ends import ANSWERS, RINGS, number
from tests.live.scene import Scene
from tests.phones import FarCall, FarEnd

pytestmark = pytest.mark.usefixtures("outside")

Outcome = Callable[[Scene, FarCall, str], Awaitable[None]]
CUSTOMER_IS_BACK = {"alice": {"customer"}, "customer": {"alice"}}
HANDED_OUT = {"customer": {"outside"}, "outside": {"customer"}}


# --- The phases --------------------------------------------------------------------------------------------------------


async def rings(scene: Scene) -> str:
    interaction = await scene.connected()
    await scene.alice.does("consult", interaction, target=number(RINGS))
    return interaction


async def rings_on(scene: Scene) -> str:
    interaction = await rings(scene)
    await scene.alice.does("resume", interaction)
    await scene.hear(CUSTOMER_IS_BACK)
    return interaction


async def consulting(scene: Scene) -> str:
    interaction = await scene.connected()
    await scene.alice.does("consult", interaction, target=number(ANSWERS))
    await scene.hear({"alice": {"outside"}, "outside": {"alice"}, "customer": {"music"}})
    return interaction


async def consult_held(scene: Scene) -> str:
    interaction = await consulting(scene)
    await scene.alice.does("resume", interaction)
    await scene.hear({**CUSTOMER_IS_BACK, "outside": {"music"}})
    return interaction


async def conference(scene: Scene) -> str:
    interaction = await consulting(scene)
    await scene.alice.does("conference", interaction)
    await scene.hear({"alice": {"outside", "customer"}, "outside": {"alice", "customer"}, "customer": {"alice", "outside"}})
    return interaction


async def handed_out(scene: Scene) -> str:
    interaction = await consulting(scene)
    await scene.alice.does("transfer", interaction)
    await scene.hear(HANDED_OUT)
    return interaction


# --- What comes of it --------------------------------------------------------------------------------------------------


async def is_over(scene: Scene, far: FarCall, interaction: str) -> None:
    """For everybody: the owner, or who was it last, owes a reason."""
    await far.did("over", seconds_max=1.0)
    await scene.over(interaction, owner="alice")


async def goes_on_without(scene: Scene, far: FarCall, interaction: str) -> None:
    """Alice talks with the customer, and nobody owes anything."""
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.phase(interaction, "connected")
    assert (await scene.alice.me())["wrap_ups"] == []


async def is_handed_out(scene: Scene, far: FarCall, interaction: str) -> None:
    """The two others talk on, until either has gone."""
    await scene.hear(HANDED_OUT)
    await scene.phase(interaction, "handed_out")
    await scene.owes_wrap_up("alice", interaction)
    far.hang_up()
    await scene.over(interaction, owner="alice")


CASES: Mapping[str, tuple[Callable[[Scene], Awaitable[str]], str, Outcome]] = {
    "it rings, the customer": (rings, "customer", is_over),
    "it rings, the owner": (rings, "alice", is_over),
    "it rings, the far end": (rings, "outside", goes_on_without),
    "it rings on, the customer": (rings_on, "customer", is_over),
    "it rings on, the owner": (rings_on, "alice", is_over),
    "it rings on, the far end": (rings_on, "outside", goes_on_without),
    "consulting, the customer": (consulting, "customer", is_over),
    "consulting, the owner": (consulting, "alice", is_over),
    "consulting, the far end": (consulting, "outside", goes_on_without),
    "on hold, the customer": (consult_held, "customer", is_over),
    "on hold, the owner": (consult_held, "alice", is_over),
    "on hold, the far end": (consult_held, "outside", goes_on_without),
    "conference, the customer": (conference, "customer", is_over),
    "conference, the owner": (conference, "alice", is_handed_out),
    "conference, the far end": (conference, "outside", goes_on_without),
    "handed out, the customer": (handed_out, "customer", is_over),
    "handed out, the far end": (handed_out, "outside", is_over),
}


@pytest.mark.parametrize("case", CASES)
async def test_somebody_hangs_up(scene: Scene, outside: FarEnd, case: str) -> None:
    begin, who, outcome = CASES[case]
    interaction = await begin(scene)
    far = outside.far_calls[-1] if outside.far_calls else await outside.call_to(RINGS)
    await far.did("180")
    if who != "outside":
        await scene.phones[who].hang_up()
    elif "ACK" in far.moments:
        far.hang_up()
    else:
        far.refuse(603)
    await outcome(scene, far, interaction)


async def test_a_supervisor_ends_what_was_handed_out(scene: Scene, outside: FarEnd) -> None:
    interaction = await scene.handed_out()
    await scene.supervisor.does("end", interaction)
    await outside.far_calls[-1].did("BYE")
    await scene.over(interaction, owner="alice")


async def test_a_customer_who_was_handed_out_is_first_in_line_when_the_far_end_is_lost(scene: Scene, outside: FarEnd) -> None:
    """Nobody has hung up: an administrator ends that leg in Asterisk."""
    interaction = await scene.handed_out()
    await scene.queued(customer="customer-2")
    (channel,) = [channel["name"] for channel in await scene.ari("/channels") if "-out-" in channel["id"]]
    scene.stack.asterisk_cli(f"channel request hangup {channel}")
    await scene.phase(interaction, "queued", seen_by="sam")
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}, "customer-2": {"music"}})


async def test_the_owner_drops_somebody_outside_from_a_conference(scene: Scene, outside: FarEnd) -> None:
    interaction = await conference(scene)
    leg = next(party["leg_id"] for party in (await scene.alice.interaction(interaction))["agents"] if party["agent"] is None)
    await scene.alice.does("drop", interaction, leg=leg)
    await outside.far_calls[-1].did("BYE", seconds_max=1.0)
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.phase(interaction, "connected")


async def test_a_transfer_that_is_asked_for_elsewhere_is_not_asked_of_somebody_outside(scene: Scene) -> None:
    interaction = await scene.connected("811")
    await scene.alice.does("consult", interaction, target=number(ANSWERS))
    await scene.hear({"alice": {"outside"}})
    await scene.alice.does("transfer", interaction)
    await scene.hear(HANDED_OUT)
    await scene.phase(interaction, "handed_out")

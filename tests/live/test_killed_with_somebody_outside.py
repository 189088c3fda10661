"""The controller is killed outright while somebody outside rings, is heard before they answer, or talks with the customer."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.live.far_ends import ANSWERS, HEARD, RINGS, number
from tests.live.fragile import FragileScene
from tests.live.scene import until
from tests.live.test_killed import MUSIC, TALK, Hears, Situation, goes_through
from tests.phones import FarCall, FarEnd

HANDED_OUT = {"customer": {"outside"}, "outside": {"customer"}}
WITH_ALICE = {"alice": {"outside"}, "outside": {"alice"}}
CONFERENCE = {"alice": {"outside", "customer"}, "outside": {"alice", "customer"}, "customer": {"alice", "outside"}}


async def calls_a_number(scene: FragileScene) -> str:
    interaction = await scene.dialling(HEARD)
    await scene.hear({"alice": {"outside"}})
    return interaction


async def consults_a_number(scene: FragileScene, dialled: str = HEARD) -> str:
    interaction = await scene.connected()
    await scene.alice.does("consult", interaction, target=number(dialled))
    await scene.hear({"alice": {"outside"}})
    return interaction


async def hands_over_to_a_number(scene: FragileScene) -> str:
    interaction = await scene.connected()
    await scene.alice.does("transfer", interaction, target=number(HEARD))
    await scene.off_the_line("alice")
    await scene.hear(MUSIC)
    return interaction


async def confers_with_a_number(scene: FragileScene) -> str:
    interaction = await consults_a_number(scene, ANSWERS)
    await scene.phase(interaction, "consulting")
    await scene.alice.does("conference", interaction)
    await scene.hear(CONFERENCE)
    return interaction


@dataclass(frozen=True, kw_only=True)
class FarSituation:
    """Who hears whom when the controller dies, and what the far end does next."""

    begin: Callable[[FragileScene], Awaitable[str]]
    hears: Hears
    then: Callable[[FarCall], None]
    then_hears: Hears


SITUATIONS = {
    "transferring": FarSituation(begin=hands_over_to_a_number, hears=MUSIC, then=FarCall.answer, then_hears=HANDED_OUT),
    "dialling": FarSituation(begin=calls_a_number, hears={"alice": {"outside"}}, then=FarCall.answer, then_hears=WITH_ALICE),
    "consult_offered": FarSituation(
        begin=consults_a_number, hears={"alice": {"outside"}, **MUSIC}, then=FarCall.answer, then_hears={**WITH_ALICE, **MUSIC}
    ),
    "conference": FarSituation(begin=confers_with_a_number, hears=CONFERENCE, then=FarCall.hang_up, then_hears=TALK),
    "handed_out": FarSituation(begin=FragileScene.handed_out, hears=HANDED_OUT, then=FarCall.hang_up, then_hears={"customer": set()}),
}


@pytest.mark.parametrize("name", SITUATIONS)
async def test_nobody_notices_that_the_controller_was_killed(
    fragile: FragileScene, fragile_outside: FarEnd, name: str, request: pytest.FixtureRequest
) -> None:
    of = SITUATIONS[name]

    async def then(scene: FragileScene, interaction: str) -> None:
        of.then(fragile_outside.far_calls[-1])

    situation = Situation(begin=of.begin, hears=of.hears, then=then, then_hears=of.then_hears)
    await goes_through(fragile, situation, request.node.user_properties, "SIGKILL")
    assert len(fragile_outside.far_calls) == 1, "nobody is called once more"


# --- What happens outside while nobody is there ------------------------------------------------------------------------


async def test_a_far_end_that_answered_meanwhile_talks_with_the_owner_and_not_with_the_customer(
    fragile: FragileScene, fragile_outside: FarEnd
) -> None:
    interaction = await consults_a_number(fragile)
    died_at = time.time()
    await fragile.controller_dies()
    fragile_outside.far_calls[-1].answer()

    await fragile.controller_starts()

    await fragile.hear({**WITH_ALICE, **MUSIC})
    await fragile.phase(interaction, "consulting")
    assert fragile.ear.containing("customer", "outside", since=died_at) == []


async def test_a_far_end_that_answered_a_transfer_meanwhile_talks_with_the_customer(fragile: FragileScene, fragile_outside: FarEnd) -> None:
    interaction = await hands_over_to_a_number(fragile)
    await fragile.controller_dies()
    fragile_outside.far_calls[-1].answer()

    await fragile.controller_starts()

    await fragile.hear(HANDED_OUT)
    await fragile.phase(interaction, "handed_out")


async def test_a_called_one_who_answered_meanwhile_is_the_customer(fragile: FragileScene, fragile_outside: FarEnd) -> None:
    interaction = await calls_a_number(fragile)
    await fragile.controller_dies()
    fragile_outside.far_calls[-1].answer()

    await fragile.controller_starts()

    await fragile.phase(interaction, "connected")
    await fragile.hear(WITH_ALICE)


async def test_a_customer_who_was_handed_out_and_left_meanwhile_ends_it(fragile: FragileScene, fragile_outside: FarEnd) -> None:
    interaction = await fragile.handed_out()
    await fragile.controller_dies()
    await fragile.customer.hang_up()

    await fragile.controller_starts()

    await fragile_outside.far_calls[-1].did("BYE")
    await fragile.over(interaction, owner="alice")


async def test_a_number_that_rings_is_called_no_more_when_its_agent_hung_up_meanwhile(
    fragile: FragileScene, fragile_outside: FarEnd
) -> None:
    await fragile.dialling(RINGS)
    far = await fragile_outside.call_to(RINGS)
    await far.did("180")
    await fragile.controller_dies()
    await fragile.phones["alice"].hang_up()

    await fragile.controller_starts()

    await far.did("CANCEL")
    await fragile.owes_nothing("alice", state="idle")
    await until("it is over", lambda: far.is_over)

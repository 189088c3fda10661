"""A queue is consulted: the request stands in its line like a customer, and whoever of its agents is free next is rung for it."""

import time

import pytest

from tests.live.desk import Json
from tests.live.scene import Scene
from tests.live.site import EXPERTS, EXPERTS_NUMBER

EXPERT: Json = {"kind": "queue", "id": EXPERTS}
PRIVATE = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
WITH_THE_CUSTOMER = {"alice": {"customer"}, "customer": {"alice"}}
RUNG_SECONDS_MAX = 6.0
"""Until the next one is rung: the first has two seconds."""


async def test_the_owner_hears_music_until_somebody_is_free_and_then_that_agent_and_nobody_else(scene: Scene) -> None:
    began = time.time()
    interaction = await scene.consult_waits()
    seen = (await scene.phase(interaction, "consult_offered"))["consult"]
    assert (seen["stage"], seen["position"], seen["name"]) == ("waiting", 1, EXPERTS)

    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear(PRIVATE)
    assert scene.ear.containing("customer", "bob", since=began) == [], scene.ear.timeline("customer", began)


async def test_the_customer_comes_back_while_the_consult_waits_and_whoever_answers_then_waits_with_music(scene: Scene) -> None:
    interaction = await scene.consult_waits()
    await scene.alice.does("resume", interaction)
    await scene.hear(WITH_THE_CUSTOMER)
    assert (await scene.phase(interaction, "consult_held"))["consult"]["stage"] == "waiting"
    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear({**WITH_THE_CUSTOMER, "bob": {"music"}})
    await scene.alice.does("swap", interaction)
    await scene.hear(PRIVATE)


async def test_who_goes_back_to_a_consult_that_waits_hears_music_again(scene: Scene) -> None:
    interaction = await scene.consult_waits()
    await scene.alice.does("resume", interaction)
    await scene.hear(WITH_THE_CUSTOMER)
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"music"}, "customer": {"music"}})


async def test_a_consult_that_waits_is_cancelled_and_nobody_is_rung_for_it(scene: Scene) -> None:
    interaction = await scene.consult_waits()
    await scene.alice.does("cancel-consult", interaction)
    await scene.hear(WITH_THE_CUSTOMER)
    await scene.bob.available()
    await scene.state_of("bob", "available")
    assert scene.phones["bob"].live_calls == []


async def test_a_customer_who_has_waited_longer_is_served_before_the_consult(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.queued(EXPERTS_NUMBER, customer="customer-2")
    await scene.alice.does("consult", interaction, target=EXPERT)
    assert (await scene.alice.interaction(interaction))["consult"]["position"] == 2

    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear({"bob": {"customer-2"}, "customer-2": {"bob"}, "alice": {"music"}})
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"alice": {"carol"}, "carol": {"alice"}, "customer": {"music"}})


async def test_a_customer_who_came_later_waits_until_the_consult_is_served(scene: Scene) -> None:
    await scene.consult_waits()
    await scene.queued(EXPERTS_NUMBER, customer="customer-2")
    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear({**PRIVATE, "customer-2": {"music"}})


@pytest.mark.parametrize("how", ["declines", "does not answer"])
async def test_the_next_one_is_rung_when_the_first_does_not_take_it(scene: Scene, how: str) -> None:
    interaction = await scene.connected("818")
    await scene.bob.available()
    await scene.carol.available()
    await scene.alice.does("consult", interaction, target=EXPERT)
    await scene.phones["bob"].incoming()
    if how == "declines":
        await scene.phones["bob"].decline()
    await scene.answers_within("carol", RUNG_SECONDS_MAX)
    await scene.hear({"alice": {"carol"}, "carol": {"alice"}, "customer": {"music"}})
    await scene.state_of("bob", "available" if how == "declines" else "not_answering")


async def test_a_consult_that_nobody_takes_in_time_ends_with_a_reason(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.alice.does("consult", interaction, target={"kind": "queue", "id": "short"})
    await scene.phase(interaction, "connected", seconds_max=RUNG_SECONDS_MAX)
    await scene.hear(WITH_THE_CUSTOMER)
    assert "short" in (await scene.alice.interaction(interaction))["news"]


async def test_the_customer_hangs_up_while_the_consult_waits_and_it_is_over(scene: Scene) -> None:
    interaction = await scene.consult_waits()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")
    await scene.bob.available()
    await scene.state_of("bob", "available")
    assert scene.phones["bob"].live_calls == []


async def test_the_owner_hangs_up_while_the_consult_waits_and_it_is_over_for_everybody(scene: Scene) -> None:
    interaction = await scene.consult_waits()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice")

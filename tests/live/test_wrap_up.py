"""The reason that an owner gives afterwards: the server keeps it, notes the default when its time is over, and gives no call before."""

import asyncio
import json

import pytest

from tests.live.scene import Scene

WRAP_UP_SECONDS_MAX = 4.0
"""The queue `quick` (816) gives an agent 2 s for a reason."""


async def wrapping_up(scene: Scene, number: str = "810") -> str:
    """Alice owes a reason."""
    interaction = await scene.connected(number)
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")
    return interaction


async def test_an_agent_who_gives_a_reason_is_available_again_and_the_interaction_is_over(scene: Scene) -> None:
    interaction = await wrapping_up(scene)
    given = await scene.alice.does("wrap-up", interaction, reason="follow-up", note="call back on Monday")
    assert given["gone"]
    await scene.owes_nothing("alice")
    assert (await scene.alice.call("GET", f"/interactions/{interaction}")).status == 404


@pytest.mark.parametrize("reason", ["resolved", "follow-up", "wrong-number"])
async def test_every_reason_of_the_site_can_be_given(scene: Scene, reason: str) -> None:
    interaction = await wrapping_up(scene)
    await scene.alice.does("wrap-up", interaction, reason=reason)
    await scene.owes_nothing("alice")


async def test_a_reason_that_does_not_exist_is_refused_and_is_still_owed(scene: Scene) -> None:
    interaction = await wrapping_up(scene)
    assert await scene.alice.is_refused("wrap-up", interaction, reason="fell-asleep") == "bad-target"
    await scene.owes_wrap_up("alice", interaction)


async def test_a_reason_can_t_be_given_twice(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    again = await scene.alice.call("POST", f"/interactions/{interaction}/wrap-up", {"reason": "follow-up"})
    assert again.status == 404, "it is no longer this agent's"


async def noted(scene: Scene, interaction: str) -> list[tuple[str, str]]:
    """Who gave which reason, as the journal tells it afterwards."""
    asked = ["ari-controller", "story", interaction, "-c", "/etc/ari-controller/site.toml", "--json"]
    told = await asyncio.to_thread(scene.stack.controller.exec, asked)
    return [(given["agent"], given["reason"]) for given in json.loads(told.output)["steps"][-1]["wrap_ups"]]


async def test_the_reason_that_an_agent_gives_is_noted(scene: Scene) -> None:
    interaction = await wrapping_up(scene)
    await scene.alice.does("wrap-up", interaction, reason="wrong-number")
    assert await noted(scene, interaction) == [("alice", "wrong-number")]


async def test_the_default_reason_is_noted_when_its_time_is_over_and_the_agent_gets_calls_again(scene: Scene) -> None:
    interaction = await wrapping_up(scene, "816")
    await scene.state_of("alice", "available", seconds_max=WRAP_UP_SECONDS_MAX)
    assert (await scene.alice.me())["wrap_ups"] == []
    assert await noted(scene, interaction) == [("alice", "resolved")]
    await scene.queued()
    await scene.phones["alice"].incoming()


async def test_the_time_for_a_reason_runs_while_the_new_owner_talks_on(scene: Scene) -> None:
    interaction = await scene.consulting("816")
    await scene.alice.does("transfer", interaction)
    await scene.owes_wrap_up("alice", interaction)
    await scene.state_of("alice", "available", seconds_max=WRAP_UP_SECONDS_MAX)
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})


async def test_an_agent_who_wraps_up_gets_no_call_and_the_customer_waits(scene: Scene) -> None:
    interaction = await wrapping_up(scene)
    await scene.queued()
    await scene.hear({"customer": {"music"}})
    assert scene.phones["alice"].live_calls == []
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.phones["alice"].incoming()


async def test_idle_that_is_chosen_during_a_call_takes_effect_after_the_reason_is_given(scene: Scene) -> None:
    interaction = await scene.connected()
    chosen = await scene.alice.call("PUT", "/me/state", {"state": "idle", "reason": "lunch"})
    assert (chosen.body["state"], chosen.body["next_state"]) == ("engaged", "idle")

    await scene.customer.hang_up()
    await scene.owes_wrap_up("alice", interaction)
    await scene.alice.does("wrap-up", interaction, reason="resolved")

    assert (await scene.state_of("alice", "idle"))["idle_reason"] == "lunch"
    await scene.queued()
    await scene.hear({"customer": {"music"}})
    assert scene.phones["alice"].live_calls == []


async def test_idle_that_is_chosen_during_a_call_takes_effect_when_the_time_for_a_reason_is_over(scene: Scene) -> None:
    interaction = await scene.connected("816")
    await scene.alice.idle()
    await scene.customer.hang_up()
    await scene.owes_wrap_up("alice", interaction)
    await scene.state_of("alice", "idle", seconds_max=WRAP_UP_SECONDS_MAX)


async def test_available_that_is_chosen_while_wrapping_up_does_not_cut_it_short(scene: Scene) -> None:
    interaction = await wrapping_up(scene)
    await scene.alice.available()
    await scene.queued()
    await scene.hear({"customer": {"music"}})
    await scene.owes_wrap_up("alice", interaction)
    assert scene.phones["alice"].live_calls == []


async def test_agent_2_is_asked_for_no_reason_after_a_consult_nor_after_a_conference(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.alice.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))
    assert await scene.bob.interactions() == []


async def test_an_agent_who_never_picked_up_is_asked_for_no_reason(scene: Scene) -> None:
    interaction = await scene.offered()
    await scene.customer.hang_up()
    await scene.owes_nothing("alice")
    assert (await scene.alice.call("GET", f"/interactions/{interaction}")).status == 404

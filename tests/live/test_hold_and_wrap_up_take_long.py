"""A customer who is on hold for long is not forgotten (818: one second), and a wrap-up takes longer where the site allows it (820, 821)."""

from functools import partial

from tests.live.desk import AgentDesk
from tests.live.scene import Scene, until

OVER_SECONDS_MAX = 6.0
"""A wrap-up here takes two seconds, and with more time four."""


async def wraps_up(scene: Scene, number: str) -> str:
    """The customer has gone, and Alice owes a reason."""
    interaction = await scene.connected(number)
    await scene.customer.hang_up()
    await scene.owes_wrap_up("alice", interaction)
    return interaction


async def is_told(desk: AgentDesk, interaction: str) -> bool:
    return bool((await desk.interaction(interaction))["hold_alarm"])


async def test_the_owner_and_supervisors_are_told_of_a_customer_who_is_on_hold_for_long_until_they_are_not(scene: Scene) -> None:
    interaction = await scene.held("818")

    for desk in (scene.alice, scene.supervisor):
        await until(f"{desk.agent} is told", partial(is_told, desk, interaction))
    assert "on hold for 0:0" in (await scene.alice.interaction(interaction))["news"]
    await scene.hear({"customer": {"music"}})

    await scene.alice.does("resume", interaction)
    seen = await scene.alice.interaction(interaction)
    assert (seen["hold_alarm"], seen["customer"]["held_since"]) == (False, None)


async def test_more_time_is_given_once(scene: Scene) -> None:
    interaction = await wraps_up(scene, "820")
    (owed,) = (await scene.alice.me())["wrap_ups"]
    await scene.alice.does("extend-wrap-up", interaction)
    (longer,) = (await scene.alice.me())["wrap_ups"]
    assert (longer["extended"], longer["over_at"] > owed["over_at"]) == (True, True)
    assert await scene.alice.is_refused("extend-wrap-up", interaction) == "not-now"
    await scene.state_of("alice", "available", seconds_max=OVER_SECONDS_MAX)


async def test_an_agent_takes_as_much_time_as_they_need(scene: Scene) -> None:
    interaction = await wraps_up(scene, "821")
    await scene.alice.does("extend-wrap-up", interaction)
    (owed,) = (await scene.alice.me())["wrap_ups"]
    assert (owed["extended"], owed["over_at"]) == (True, None)
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.owes_nothing("alice")


async def test_no_more_time_is_given_where_the_site_gives_none(scene: Scene) -> None:
    interaction = await wraps_up(scene, "810")
    assert await scene.alice.is_refused("extend-wrap-up", interaction) == "not-now"

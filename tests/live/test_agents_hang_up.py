"""An agent puts the handset down, in every phase. An owner who does so ends it for everybody (the default); Agent 2 leaves."""

import pytest

from tests.live.scene import Scene


async def test_the_owner_who_hangs_up_ends_the_call(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice")


async def test_the_owner_who_hangs_up_on_a_held_customer_ends_the_call_rather_than_leaving_them_with_music(scene: Scene) -> None:
    interaction = await scene.held()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice")


async def test_a_telephone_that_rings_for_a_consult_stops_when_the_owner_hangs_up(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_who_hangs_up_a_consult_ends_it_for_the_customer_and_agent_2(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_who_hangs_up_while_agent_2_waits_with_music_ends_it_for_everybody(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_who_hangs_up_while_agent_2_rings_on_ends_it_for_everybody(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}})
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_host_who_hangs_up_a_conference_leaves_it_to_agent_2_and_gives_a_reason(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.phones["alice"].hang_up()
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    assert (await scene.phase(interaction, "connected", seen_by="bob"))["my_role"] == "agent1"
    await scene.owes_wrap_up("alice", interaction)


async def test_agent_2_who_hangs_up_a_consult_leaves_the_owner_with_the_customer(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.phones["bob"].hang_up()
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
    assert "Bob Durand has left" in (await scene.phase(interaction, "connected"))["news"]
    await scene.owes_nothing("bob")


async def test_agent_2_who_hangs_up_while_waiting_with_music_disturbs_nobody(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.phones["bob"].hang_up()
    await scene.phase(interaction, "connected")
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
    await scene.owes_nothing("bob")


async def test_agent_2_who_hangs_up_a_conference_leaves_the_others_together(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.phones["bob"].hang_up()
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
    assert (await scene.phase(interaction, "connected"))["my_role"] == "agent1"
    await scene.owes_nothing("bob")


async def test_agent_2_who_became_the_owner_ends_the_call_by_hanging_up(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    await scene.phones["bob"].hang_up()
    await scene.over(interaction, owner="bob")


@pytest.mark.parametrize("order", [("alice", "bob"), ("bob", "alice")])
async def test_both_agents_hang_up_a_consult_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.consulting()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


@pytest.mark.parametrize("order", [("alice", "bob"), ("bob", "alice")])
async def test_both_agents_hang_up_at_the_same_moment_while_agent_2_waits_with_music(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.consult_held()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


@pytest.mark.parametrize("order", [("alice", "bob"), ("bob", "alice")])
async def test_both_agents_hang_up_a_conference_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    """Whoever was first decides whether Agent 2 became the owner for a moment; the customer is not left alone either way."""
    interaction = await scene.conference()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice")


@pytest.mark.parametrize("order", [("alice", "bob"), ("bob", "alice")])
async def test_the_owner_hangs_up_as_agent_2_declines(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.consult_offered()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice")

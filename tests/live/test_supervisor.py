"""A supervisor who is no party sees every interaction, and may end it. In no phase may they do anything else (see test_who_may_do_what)."""

from tests.live.scene import Scene


async def test_a_supervisor_ends_a_call_and_the_owner_wraps_up(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice")


async def test_a_supervisor_ends_a_call_whose_customer_is_on_hold(scene: Scene) -> None:
    interaction = await scene.held()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice")


async def test_a_supervisor_ends_a_consult_and_agent_2_owes_no_reason(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_telephone_that_rings_for_a_consult_stops_when_a_supervisor_ends_the_call(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_supervisor_ends_a_conference(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_supervisor_ends_the_wait_of_a_customer_and_nobody_owes_a_reason(scene: Scene) -> None:
    await scene.queued()
    await scene.supervisor.does("end", await scene.seen_by_the_supervisor())
    await scene.off_the_line("customer")
    assert await scene.supervisor.interactions() == []


async def test_a_telephone_that_rings_for_a_customer_stops_when_a_supervisor_ends_the_call(scene: Scene) -> None:
    interaction = await scene.offered()
    await scene.supervisor.does("end", interaction)
    await scene.off_the_line("customer", "alice")
    await scene.owes_nothing("alice")


async def test_a_supervisor_ends_a_call_whose_transfer_is_asked(scene: Scene) -> None:
    interaction = await scene.transfer_asked()
    await scene.supervisor.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_supervisor_sees_a_call_until_the_last_reason_is_given(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.customer.hang_up()
    await scene.owes_wrap_up("alice", interaction)
    assert [seen["id"] for seen in await scene.supervisor.interactions()] == [interaction]

    await scene.alice.does("wrap-up", interaction, reason="resolved")

    assert await scene.supervisor.interactions() == []

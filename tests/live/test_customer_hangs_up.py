"""The customer hangs up, in every phase: it is over for everybody, the owner gives a reason, Agent 2 is removed without one.

A telephone that rings must stop within 200 ms; `tests/bench` prints the figure, here a generous bound keeps a busy machine from
failing a right controller.
"""

import asyncio

import pytest

from tests.live.scene import Scene, until

STOPS_RINGING_SECONDS_MAX = 1.0


async def customer_gives_up(scene: Scene, ringing: str) -> None:
    """The customer hangs up while a telephone rings, which stops at once."""
    rings = await scene.phones[ringing].incoming(seconds_max=0)
    left = await scene.customer.established()
    await scene.customer.hang_up()
    stopped = await scene.phones[ringing].closed(rings)

    assert stopped.closed_at is not None
    assert left.closed_at is not None
    assert stopped.closed_at - left.closed_at < STOPS_RINGING_SECONDS_MAX
    assert stopped.established_at is None


async def test_a_customer_who_gives_up_waiting_leaves_nothing_behind(scene: Scene) -> None:
    await scene.queued()
    await scene.seen_by_the_supervisor()

    await scene.customer.hang_up()

    async def gone() -> bool:
        return await scene.supervisor.interactions() == []

    await until("the interaction is gone", gone)


async def test_the_telephone_that_rings_for_a_customer_who_gives_up_stops_and_its_agent_owes_nothing(scene: Scene) -> None:
    await scene.offered()
    await customer_gives_up(scene, ringing="alice")
    await scene.owes_nothing("alice")


async def test_connected_the_owner_wraps_up_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")


async def test_held_the_owner_wraps_up_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.held()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")


async def test_a_telephone_that_rings_for_a_consult_stops_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await customer_gives_up(scene, ringing="bob")
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_consulting_agent_2_is_removed_without_a_reason_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_agent_2_who_waits_with_music_is_removed_without_a_reason_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_a_telephone_that_rings_on_while_the_owner_is_back_with_the_customer_stops_when_the_customer_hangs_up(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}})

    await customer_gives_up(scene, ringing="bob")

    await scene.over(interaction, owner="alice", others=("bob",))


async def test_while_a_transfer_is_asked_agent_2_is_removed_and_only_the_former_owner_gives_a_reason(scene: Scene) -> None:
    interaction = await scene.transfer_asked()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_in_a_conference_both_agents_are_removed_and_only_the_owner_gives_a_reason(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_after_a_transfer_the_new_owner_gives_a_reason_too(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    await scene.owes_wrap_up("alice", interaction)

    await scene.customer.hang_up()

    await scene.over(interaction, owner="bob")
    await scene.owes_wrap_up("alice", interaction)


async def test_after_a_transfer_whose_former_owner_has_given_a_reason_only_the_new_owner_is_asked(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})

    await scene.customer.hang_up()

    await scene.over(interaction, owner="bob", others=("alice",))


@pytest.mark.parametrize("order", [("customer", "alice"), ("alice", "customer")])
async def test_the_customer_and_the_owner_hang_up_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.connected()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice")


@pytest.mark.parametrize("order", [("customer", "alice"), ("alice", "customer")])
async def test_the_customer_and_the_owner_hang_up_a_consult_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.consulting()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


@pytest.mark.parametrize("order", [("customer", "bob"), ("bob", "customer")])
async def test_the_customer_and_agent_2_hang_up_a_consult_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.consulting()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


@pytest.mark.parametrize("order", [("customer", "bob"), ("bob", "customer")])
async def test_the_customer_and_agent_2_hang_up_a_conference_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    interaction = await scene.conference()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


@pytest.mark.parametrize("order", [("customer", "alice"), ("alice", "customer")])
async def test_the_customer_and_the_host_hang_up_a_conference_at_the_same_moment(scene: Scene, order: tuple[str, str]) -> None:
    """Whoever was first decides whether Agent 2 became the owner for a moment; the host gives a reason either way."""
    interaction = await scene.conference()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice")


@pytest.mark.parametrize("order", [("customer", "alice", "bob"), ("bob", "alice", "customer"), ("alice", "bob", "customer")])
async def test_all_three_hang_up_at_the_same_moment(scene: Scene, order: tuple[str, str, str]) -> None:
    interaction = await scene.consulting()
    await scene.hang_up_together(*order)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_customer_hangs_up_as_agent_2_picks_up(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await asyncio.gather(scene.customer.hang_up(), scene.phones["bob"].accept())
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_customer_hangs_up_as_the_owner_picks_up(scene: Scene) -> None:
    """Whoever was first decides whether the agent has had the customer; nobody keeps a call with nobody."""
    await scene.offered()
    await asyncio.gather(scene.customer.hang_up(), scene.phones["alice"].accept())
    await scene.off_the_line("alice", "customer")

    async def free_or_wrapping_up() -> bool:
        return (await scene.alice.me())["state"] in ("available", "wrap_up")

    await until("the owner is free, or wraps up", free_or_wrapping_up)


@pytest.mark.parametrize("action", ["hold", "end"])
async def test_the_customer_hangs_up_as_the_owner_presses_a_button(scene: Scene, action: str) -> None:
    """The command is done or refused, and the interaction is over either way."""
    interaction = await scene.connected()
    _, answer = await asyncio.gather(scene.customer.hang_up(), scene.alice.call("POST", f"/interactions/{interaction}/{action}", {}))
    assert answer.status in (200, 409)
    await scene.over(interaction, owner="alice")


@pytest.mark.parametrize("action", ["resume", "transfer", "conference", "end-consult"])
async def test_the_customer_hangs_up_as_the_owner_presses_a_button_of_the_consult(scene: Scene, action: str) -> None:
    interaction = await scene.consulting()
    _, answer = await asyncio.gather(scene.customer.hang_up(), scene.alice.call("POST", f"/interactions/{interaction}/{action}", {}))
    assert answer.status in (200, 409)
    await scene.off_the_line("customer", "alice", "bob")
    await scene.owes_wrap_up("alice", interaction)

"""The owner hands the customer over to Agent 2, who took the consult and thereby the customer (the default), and wraps up."""

import time

from tests.live.scene import Scene

WITH_BOB = {"customer": {"bob"}, "bob": {"customer"}}


async def transferred(scene: Scene) -> str:
    """Bob owns the customer whom Alice had."""
    interaction = await scene.consulting()
    await scene.alice.does("transfer", interaction)
    await scene.hear(WITH_BOB)
    return interaction


async def test_the_customer_and_agent_2_talk_and_the_former_owner_is_gone_and_wraps_up(scene: Scene) -> None:
    interaction = await scene.consulting()
    handed_over = await scene.alice.does("transfer", interaction)
    assert handed_over["my_role"] == "former"
    assert handed_over["allowed"] == ["wrap-up"]
    await scene.phones["alice"].closed()
    await scene.hear(WITH_BOB)
    await scene.owes_wrap_up("alice", interaction)
    assert (await scene.bob.interaction(interaction))["my_role"] == "agent1"
    assert (await scene.bob.me())["wrap_ups"] == []


async def test_the_former_owner_and_the_new_one_are_never_with_the_customer_at_once(scene: Scene) -> None:
    """The customer waits with music until the former owner has left: not one packet of the former owner's voice comes with the transfer."""
    interaction = await scene.consulting()
    since = time.time()
    await scene.alice.does("transfer", interaction)
    await scene.hear(WITH_BOB)
    assert scene.ear.containing("customer", "alice", since) == []


async def test_a_transfer_works_while_agent_2_waits_with_music(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.alice.does("transfer", interaction)
    await scene.phones["alice"].closed()
    await scene.hear(WITH_BOB)
    await scene.owes_wrap_up("alice", interaction)


async def test_the_former_owner_who_has_given_a_reason_takes_the_next_call_while_the_customer_talks_on(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.phones["customer-2"].dial("810")
    await scene.answers("alice")
    await scene.hear({"alice": {"customer-2"}, "customer-2": {"alice"}, **WITH_BOB})


async def test_the_former_owner_gets_no_call_before_a_reason_is_given(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.queued(customer="customer-2")
    assert scene.phones["alice"].live_calls == []
    await scene.owes_wrap_up("alice", interaction)
    await scene.alice.does("wrap-up", interaction, reason="resolved")
    await scene.phones["alice"].incoming()


async def test_the_new_owner_holds_resumes_and_ends_the_call_and_wraps_up(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.bob.does("hold", interaction)
    await scene.hear({"customer": {"music"}, "bob": ()})
    await scene.bob.does("resume", interaction)
    await scene.hear(WITH_BOB)
    await scene.bob.does("end", interaction)
    await scene.over(interaction, owner="bob")


async def test_roles_are_exchanged_when_the_new_owner_consults_the_former_one_and_transfers_back(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.bob.does("consult", interaction, target={"kind": "agent", "id": "alice"})
    await scene.answers("alice")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})

    seen = await scene.alice.interaction(interaction)
    assert (seen["my_role"], seen["owner"], seen["consult"]["name"]) == ("agent2", "bob", "Alice Martin")
    assert await scene.alice.is_refused("resume", interaction) == "not-permitted"
    assert await scene.alice.is_refused("wrap-up", interaction, reason="resolved") == "not-permitted"

    await scene.bob.does("transfer", interaction)
    await scene.phones["bob"].closed()
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})
    await scene.owes_wrap_up("bob", interaction)
    assert (await scene.alice.interaction(interaction))["owner"] == "alice"

    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")


async def test_the_former_owner_who_is_consulted_again_leaves_without_a_second_reason(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.bob.does("consult", interaction, target={"kind": "agent", "id": "alice"})
    await scene.answers("alice")
    await scene.hear({"alice": {"bob"}})
    await scene.phones["alice"].hang_up()
    await scene.hear(WITH_BOB)
    await scene.owes_nothing("alice")


async def test_a_customer_is_transferred_twice_in_a_row(scene: Scene) -> None:
    interaction = await transferred(scene)
    await scene.carol.available()
    await scene.bob.does("consult", interaction, target={"kind": "agent", "id": "carol"})
    await scene.answers("carol")
    await scene.hear({"bob": {"carol"}, "carol": {"bob"}, "customer": {"music"}})
    await scene.bob.does("transfer", interaction)
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}})
    await scene.owes_wrap_up("alice", interaction)
    await scene.owes_wrap_up("bob", interaction)
    await scene.customer.hang_up()
    await scene.over(interaction, owner="carol")

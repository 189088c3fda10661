"""The queue asks Agent 2 before the customer is handed over (811). Whatever Agent 2 does, the customer is not lost.

The customer who comes back to the line is offered at once to the next agent, and never to the one who would not take them.
"""

from tests.live.scene import Scene

SILENCE_SECONDS_MAX = 6.0
"""This queue gives Agent 2 three seconds."""


async def carol_takes_the_customer(scene: Scene, interaction: str) -> None:
    """The customer heads the line: Carol, who becomes available, gets them rather than somebody who waits already."""
    await scene.phase(interaction, "queued", seen_by="sam", seconds_max=SILENCE_SECONDS_MAX)
    await scene.hear({"customer": {"music"}})
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"customer": {"carol"}, "carol": {"customer"}})


async def asked_while_another_customer_waits(scene: Scene) -> str:
    """Somebody who called after the customer waits in the same line, before Bob is asked."""
    interaction = await scene.transfer_asked()
    await scene.queued("811", customer="customer-2")
    return interaction


async def test_agent_2_accepts_and_has_the_customer(scene: Scene) -> None:
    interaction = await scene.transfer_asked()
    await scene.bob.does("accept-transfer", interaction)
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    assert (await scene.bob.interaction(interaction))["my_role"] == "agent1"
    await scene.owes_wrap_up("alice", interaction)
    await scene.customer.hang_up()
    await scene.over(interaction, owner="bob")


async def test_the_former_owner_gives_a_reason_while_agent_2_is_asked(scene: Scene) -> None:
    interaction = await scene.transfer_asked()
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.owes_nothing("alice")
    await scene.bob.does("accept-transfer", interaction)
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})


async def test_agent_2_declines_and_the_customer_is_first_in_line(scene: Scene) -> None:
    interaction = await asked_while_another_customer_waits(scene)
    await scene.bob.idle()
    await scene.bob.does("decline-transfer", interaction)
    await scene.phones["bob"].closed()
    await carol_takes_the_customer(scene, interaction)
    await scene.owes_nothing("bob", state="idle")


async def test_agent_2_who_declines_is_given_the_next_customer_and_not_the_same_again(scene: Scene) -> None:
    interaction = await asked_while_another_customer_waits(scene)
    await scene.bob.does("decline-transfer", interaction)
    await scene.answers("bob")
    await scene.hear({"bob": {"customer-2"}, "customer-2": {"bob"}})
    await carol_takes_the_customer(scene, interaction)


async def test_agent_2_hangs_up_and_the_customer_is_first_in_line(scene: Scene) -> None:
    interaction = await asked_while_another_customer_waits(scene)
    await scene.bob.idle()
    await scene.phones["bob"].hang_up()
    await carol_takes_the_customer(scene, interaction)
    await scene.owes_nothing("bob", state="idle")


async def test_agent_2_says_nothing_and_the_customer_is_first_in_line(scene: Scene) -> None:
    interaction = await asked_while_another_customer_waits(scene)
    await scene.phones["bob"].closed(seconds_max=SILENCE_SECONDS_MAX)
    await carol_takes_the_customer(scene, interaction)
    await scene.owes_nothing("bob", state="not_answering")


async def test_the_former_owner_who_is_free_again_may_get_the_customer_whom_agent_2_declined(scene: Scene) -> None:
    interaction = await scene.transfer_asked()
    await scene.alice.does("wrap-up", interaction, reason="follow-up")
    await scene.bob.does("decline-transfer", interaction)
    await scene.answers("alice")
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}})

"""All three together. Nobody is hung up because somebody else leaves; the host who leaves hands the customer over."""

from tests.live.scene import Scene

ALL_THREE = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}


async def test_a_conference_begins_while_agent_2_waits_with_music(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.alice.does("conference", interaction)
    await scene.hear(ALL_THREE)


async def test_agent_2_leaves_and_the_others_go_on(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.bob.does("leave-conference", interaction)
    await scene.phones["bob"].closed()
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.owes_nothing("bob")
    assert (await scene.alice.interaction(interaction))["my_role"] == "agent1"


async def test_the_host_leaves_nobody_is_hung_up_and_agent_2_is_the_owner(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.alice.does("leave-conference", interaction)
    await scene.phones["alice"].closed()
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    assert (await scene.bob.interaction(interaction))["my_role"] == "agent1"
    await scene.owes_wrap_up("alice", interaction)
    assert (await scene.bob.me())["wrap_ups"] == []
    await scene.customer.hang_up()
    await scene.over(interaction, owner="bob")


async def test_the_host_transfers_out_of_a_conference_and_nobody_is_hung_up(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.alice.does("transfer", interaction)
    await scene.phones["alice"].closed()
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    await scene.owes_wrap_up("alice", interaction)


async def test_a_transfer_out_of_a_conference_asks_nobody_even_where_transfers_are_asked(scene: Scene) -> None:
    interaction = await scene.conference("811")
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})


async def test_the_host_ends_it_for_everybody(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.alice.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_hold_is_refused_and_everybody_goes_on_hearing_everybody(scene: Scene) -> None:
    interaction = await scene.conference()
    assert await scene.alice.is_refused("hold", interaction) == "not-now"
    await scene.hear(ALL_THREE)


async def test_somebody_muted_in_a_conference_hears_the_others_and_is_heard_by_nobody(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.bob.does("mute", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"alice", "customer"}})
    await scene.alice.does("mute", interaction)
    await scene.hear({"alice": {"customer"}, "customer": (), "bob": {"customer"}})
    await scene.bob.does("unmute", interaction)
    await scene.hear({"alice": {"bob", "customer"}, "customer": {"bob"}, "bob": {"customer"}})


async def test_a_new_consult_can_follow_a_conference(scene: Scene) -> None:
    interaction = await scene.conference()
    await scene.bob.does("leave-conference", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.owes_nothing("bob")
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await scene.answers("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})

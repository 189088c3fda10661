"""What a queue may decide otherwise: 812 ends a consult and keeps the customer, 813 rings an owner back, 814 keeps the customer held,
815 lets the agents stay together."""

from tests.live.scene import Scene

RING_BACK_SECONDS_MAX = 6.0
"""Queue 813 rings the owner again for three seconds."""

CUSTOMER_IS_BACK = {"alice": {"customer"}, "customer": {"alice"}}


# --- 812: ending a consult returns to the customer ---------------------------------------------------------------------


async def test_ending_the_consult_drops_agent_2_only(scene: Scene) -> None:
    interaction = await scene.consulting("812")
    await scene.alice.does("end-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear(CUSTOMER_IS_BACK)
    assert (await scene.alice.interaction(interaction))["phase"] == "connected"
    await scene.owes_nothing("bob")


async def test_ending_the_consult_while_agent_2_waits_drops_agent_2_only(scene: Scene) -> None:
    interaction = await scene.consult_held("812")
    await scene.alice.does("end-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear(CUSTOMER_IS_BACK)
    await scene.owes_nothing("bob")


async def test_hanging_up_the_telephone_still_ends_it_for_everybody(scene: Scene) -> None:
    interaction = await scene.consulting("812")
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


# --- 813: an owner who hangs up is rung back ---------------------------------------------------------------------------


async def test_an_owner_who_hangs_up_is_rung_again_while_the_customer_hears_music(scene: Scene) -> None:
    interaction = await scene.connected("813")
    await scene.phones["alice"].hang_up()
    await scene.phones["alice"].incoming()
    await scene.hear({"customer": {"music"}})
    assert (await scene.alice.interaction(interaction))["phase"] == "offered"
    await scene.picks_up("alice")
    await scene.hear(CUSTOMER_IS_BACK)


async def test_an_owner_who_hangs_up_a_consult_is_rung_again_and_agent_2_is_dropped(scene: Scene) -> None:
    await scene.consulting("813")
    await scene.phones["alice"].hang_up()
    await scene.phones["bob"].closed()
    await scene.owes_nothing("bob")
    await scene.phones["alice"].incoming()
    await scene.hear({"customer": {"music"}})
    await scene.picks_up("alice")
    await scene.hear(CUSTOMER_IS_BACK)


async def test_an_owner_who_hangs_up_on_a_held_customer_is_rung_again(scene: Scene) -> None:
    await scene.held("813")
    await scene.phones["alice"].hang_up()
    await scene.answers("alice")
    await scene.hear(CUSTOMER_IS_BACK)


async def test_an_owner_who_does_not_answer_the_second_ringing_loses_the_customer_to_the_front_of_the_line(scene: Scene) -> None:
    interaction = await scene.connected("813")
    await scene.queued("813", customer="customer-2")
    await scene.phones["alice"].hang_up()
    await scene.phones["alice"].incoming()
    await scene.phones["alice"].closed(seconds_max=RING_BACK_SECONDS_MAX)
    await scene.phase(interaction, "queued", seen_by="sam")
    await scene.owes_wrap_up("alice", interaction)
    await scene.bob.available()
    await scene.answers("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}, "customer-2": {"music"}})


async def test_a_customer_who_gives_up_while_the_owner_is_rung_back_leaves_a_reason_to_give(scene: Scene) -> None:
    interaction = await scene.connected("813")
    await scene.phones["alice"].hang_up()
    await scene.phones["alice"].incoming()
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice")


async def test_the_end_button_ends_the_call_where_hanging_up_does_not(scene: Scene) -> None:
    interaction = await scene.connected("813")
    await scene.alice.does("end", interaction)
    await scene.over(interaction, owner="alice")


# --- 814: after a consult the customer stays on hold -------------------------------------------------------------------


async def test_the_customer_stays_held_when_agent_2_leaves_until_the_owner_resumes(scene: Scene) -> None:
    interaction = await scene.consulting("814")
    await scene.bob.does("leave-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear({"customer": {"music"}, "alice": ()})
    assert (await scene.alice.interaction(interaction))["phase"] == "held"
    await scene.alice.does("resume", interaction)
    await scene.hear(CUSTOMER_IS_BACK)


async def test_cancelling_brings_the_customer_back_even_where_they_would_stay_held(scene: Scene) -> None:
    interaction = await scene.consult_offered("814")
    await scene.alice.does("cancel-consult", interaction)
    await scene.hear(CUSTOMER_IS_BACK)


async def test_a_customer_who_is_off_hold_already_stays_so_when_agent_2_leaves(scene: Scene) -> None:
    interaction = await scene.consult_held("814")
    await scene.bob.does("leave-consult", interaction)
    await scene.phase(interaction, "connected")
    await scene.hear(CUSTOMER_IS_BACK)


# --- 815: the agents stay together -------------------------------------------------------------------------------------


async def agents_alone(scene: Scene) -> str:
    """The customer has left a conference, and the agents talk on."""
    interaction = await scene.conference("815")
    await scene.customer.hang_up()
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}})
    return interaction


async def test_the_agents_talk_on_when_the_customer_leaves_a_conference(scene: Scene) -> None:
    interaction = await agents_alone(scene)
    seen = await scene.alice.interaction(interaction)
    assert (seen["phase"], seen["customer"]["leg"], seen["news"]) == ("conference", "gone", "The customer has hung up.")
    assert set(seen["allowed"]) == {"end", "leave-conference", "drop", "mute"}


async def test_the_owner_ends_it_when_the_customer_has_left_and_only_the_owner_wraps_up(scene: Scene) -> None:
    interaction = await agents_alone(scene)
    await scene.alice.does("end", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_agent_2_ends_it_by_leaving_when_the_customer_has_left(scene: Scene) -> None:
    interaction = await agents_alone(scene)
    await scene.bob.does("leave-conference", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_ends_it_by_hanging_up_when_the_customer_has_left(scene: Scene) -> None:
    interaction = await agents_alone(scene)
    await scene.phones["alice"].hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_everywhere_but_in_a_conference_the_customer_who_hangs_up_ends_it_for_both_agents(scene: Scene) -> None:
    interaction = await scene.consulting("815")
    await scene.customer.hang_up()
    await scene.over(interaction, owner="alice", others=("bob",))

"""The owner goes back and forth between the customer and Agent 2, and Agent 2 leaves."""

import asyncio
import time

from tests.live.scene import Scene
from tests.phones import OTHER

WITH_BOB = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
WITH_THE_CUSTOMER = {"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}
SWAPS = 6


async def test_the_owner_hears_the_ringing_and_nothing_else_while_agent_2_rings(scene: Scene) -> None:
    await scene.consult_offered()
    rings_since = time.time()
    await scene.ear.wait_for_first("alice", OTHER, after=rings_since)
    assert scene.ear.heard("alice", rings_since) <= {OTHER}


async def test_resume_while_agent_2_rings_brings_the_customer_back_and_the_ringing_goes_on_unheard(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}}, seconds_max=3.0)
    await scene.phones["bob"].incoming(seconds_max=0)
    assert (await scene.phase(interaction, "consult_held"))["agents"][1]["leg"] == "ringing"


async def test_agent_2_who_answers_while_the_owner_is_back_with_the_customer_waits_with_music_until_the_owner_swaps(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.picks_up("bob")
    await scene.hear(WITH_THE_CUSTOMER)
    assert (await scene.alice.interaction(interaction))["news"] == "Bob Durand has answered and waits for you."

    await scene.alice.does("swap", interaction)

    await scene.hear(WITH_BOB)


async def test_agent_2_who_answers_after_the_owner_went_to_the_customer_and_back_talks_with_the_owner(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.alice.does("swap", interaction)
    await scene.picks_up("bob")
    await scene.hear(WITH_BOB)


async def test_every_swap_works_at_the_first_press(scene: Scene) -> None:
    interaction = await scene.consulting()
    for press in range(SWAPS):
        swapped = await scene.alice.does("swap", interaction)
        assert swapped["phase"] == ("consult_held" if press % 2 == 0 else "consulting")
        await scene.hear(WITH_THE_CUSTOMER if press % 2 == 0 else WITH_BOB)


async def test_swaps_that_are_pressed_faster_than_anybody_can_be_moved_all_count(scene: Scene) -> None:
    interaction = await scene.consulting()
    for _ in range(SWAPS + 1):
        await scene.alice.does("swap", interaction)
    await scene.hear(WITH_THE_CUSTOMER)
    for _ in range(SWAPS + 1):
        await scene.alice.does("swap", interaction)
    await scene.hear(WITH_BOB)


async def test_a_conference_that_is_pressed_right_after_a_swap_brings_all_three_together(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("swap", interaction)
    await scene.alice.does("conference", interaction)
    await scene.hear({"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}})


async def test_resume_and_swap_mean_the_same_while_consulting(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("resume", interaction)
    await scene.hear(WITH_THE_CUSTOMER)


async def test_the_api_says_who_talks_and_who_is_held(scene: Scene) -> None:
    interaction = await scene.consulting()
    consulting = await scene.alice.interaction(interaction)
    held = await scene.alice.does("swap", interaction)

    assert (consulting["customer"]["leg"], held["customer"]["leg"]) == ("held", "talking")
    assert [(agent["agent"], agent["role"], agent["leg"]) for agent in consulting["agents"]] == [
        ("alice", "agent1", "talking"),
        ("bob", "agent2", "talking"),
    ]
    assert [(agent["agent"], agent["role"], agent["leg"]) for agent in held["agents"]] == [
        ("alice", "agent1", "talking"),
        ("bob", "agent2", "held"),
    ]
    assert consulting["consult"]["name"] == "Bob Durand"
    assert "already consulting Bob Durand" in consulting["refused"]["consult"]


async def test_a_consult_that_begins_while_the_customer_is_held_has_sound_both_ways(scene: Scene) -> None:
    interaction = await scene.held()
    await scene.bob.available()
    held_since = time.time()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await scene.answers("bob")
    await scene.hear(WITH_BOB)
    assert {packet.tones for packet in scene.ear.packets("customer", held_since)} == {frozenset({"music"})}, "the music goes on"

    await scene.alice.does("resume", interaction)
    await scene.hear(WITH_THE_CUSTOMER)


async def test_agent_2_leaves_the_consult_and_the_customer_comes_off_hold(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.bob.does("leave-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert (await scene.phase(interaction, "connected"))["news"] == "Bob Durand has left."
    await scene.owes_nothing("bob")


async def test_agent_2_who_waits_with_music_leaves_and_the_call_goes_on_undisturbed(scene: Scene) -> None:
    interaction = await scene.consult_held()
    since = time.time()
    await scene.bob.does("leave-consult", interaction)
    await scene.phones["bob"].closed()
    await scene.phase(interaction, "connected")
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert {packet.tones for packet in scene.ear.packets("customer", since)} == {frozenset({"alice"})}


async def test_the_former_agent_2_sees_nothing_of_the_call_any_more(scene: Scene) -> None:
    interaction = await scene.consulting()
    left = await scene.bob.does("leave-consult", interaction)
    assert left["gone"]
    assert await scene.bob.interactions() == []
    assert (await scene.bob.call("POST", f"/interactions/{interaction}/leave-consult", {})).status == 404


async def test_after_a_consult_another_colleague_can_be_consulted_and_only_their_name_shows(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.bob.does("leave-consult", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert (await scene.alice.interaction(interaction))["consult"] is None
    await scene.carol.available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "carol"})
    await scene.answers("carol")
    await scene.hear({"alice": {"carol"}, "carol": {"alice"}, "customer": {"music"}})
    assert (await scene.alice.interaction(interaction))["consult"]["name"] == "Carol Petit"


async def test_the_owner_ends_the_consult_and_with_it_the_call(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("end-consult", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_ends_the_consult_while_agent_2_waits_and_with_it_the_call(scene: Scene) -> None:
    interaction = await scene.consult_held()
    await scene.alice.does("end-consult", interaction)
    await scene.over(interaction, owner="alice", others=("bob",))


async def test_the_owner_resumes_as_agent_2_picks_up(scene: Scene) -> None:
    """Either came first; in both cases the customer is back and Agent 2 waits with music."""
    interaction = await scene.consult_offered()
    await asyncio.gather(scene.alice.does("resume", interaction), scene.phones["bob"].accept())
    await scene.hear(WITH_THE_CUSTOMER)


async def test_the_owner_cancels_as_agent_2_picks_up(scene: Scene) -> None:
    """Cancelled in time, or too late: then Agent 2 is there and cancelling is refused."""
    interaction = await scene.consult_offered()
    answer, _ = await asyncio.gather(
        scene.alice.call("POST", f"/interactions/{interaction}/cancel-consult", {}), scene.phones["bob"].accept()
    )
    if answer.status == 200:
        await scene.off_the_line("bob")
        await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    else:
        assert answer.code == "not-now"
        await scene.hear(WITH_BOB)


async def test_agent_2_leaves_as_the_owner_swaps(scene: Scene) -> None:
    interaction = await scene.consulting()
    swap, leave = await asyncio.gather(
        scene.alice.call("POST", f"/interactions/{interaction}/swap", {}),
        scene.bob.call("POST", f"/interactions/{interaction}/leave-consult", {}),
    )
    assert leave.status == 200
    assert swap.status in (200, 409)
    await scene.phones["bob"].closed()
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})

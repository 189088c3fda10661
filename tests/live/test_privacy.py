"""The customer hears not one packet of a consult, and whoever is on hold hears nobody: counted packet by packet.

Which window is honest. Agent 2's voice must never reach the customer before a transfer or a conference: that is asked of every packet since
the customer called. The owner's voice is another matter, because the customer talks with the owner until the consult begins. What must not
leak is the consult, and it can't begin before Agent 2's telephone rings: the customer leaves the talk room first, and only then is
Agent 2 rung. So the window opens with the first packet of music after the command (the proof that the customer has left), and closes when
the command that brings the customer back is sent. That nothing of the owner's comes between Agent 2's ringing and the music is a test of
its own.
"""

import time

from tests.live.scene import Scene

ONLY_MUSIC = {frozenset({"music"})}
CONSULTS = 4
MUSIC_GAP_SECONDS_MAX = 0.25
"""On a busy machine every packet may be late for a moment; a break that somebody notices is longer."""


async def music_since(scene: Scene, who: str, after: float) -> float:
    """When this telephone was on hold: its first packet of music after a command."""
    return (await scene.ear.wait_for_first(who, "music", after)).at


async def test_the_customer_has_left_before_agent_2_s_telephone_rings(scene: Scene) -> None:
    await scene.consult_offered()
    rang = await scene.phones["bob"].incoming(seconds_max=0)
    await scene.hear({"customer": {"music"}})
    assert scene.ear.containing("customer", "alice", rang.began_at) == []


async def test_not_one_packet_of_a_consult_reaches_the_customer(scene: Scene) -> None:
    interaction = await scene.connected()
    began = time.time()
    await scene.bob.available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    since = await music_since(scene, "customer", began)
    await scene.answers("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
    until = time.time()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}})

    assert scene.ear.containing("customer", "alice", since, until) == []
    assert scene.ear.containing("customer", "bob", began) == []
    assert {packet.tones for packet in scene.ear.packets("customer", since, until)} == ONLY_MUSIC, "nor anything else but the music"


async def test_not_one_packet_reaches_the_customer_however_often_the_owner_swaps(scene: Scene) -> None:
    began = time.time()
    interaction = await scene.consulting()
    for _ in range(CONSULTS):
        parked_at = time.time()
        await scene.alice.does("swap", interaction)
        bob_since = await music_since(scene, "bob", parked_at)
        await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}})
        back_at = time.time()
        await scene.alice.does("swap", interaction)
        customer_since = await music_since(scene, "customer", back_at)
        await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
        until = time.time()

        assert {packet.tones for packet in scene.ear.packets("bob", bob_since, back_at)} == ONLY_MUSIC
        assert {packet.tones for packet in scene.ear.packets("customer", customer_since, until)} == ONLY_MUSIC
    assert scene.ear.containing("customer", "bob", began) == []
    assert scene.ear.containing("bob", "customer", began) == []


async def test_not_one_packet_reaches_the_customer_while_swaps_are_pressed_as_fast_as_can_be(scene: Scene) -> None:
    """No moment here is the consult, so what must never be is asked: the customer and Agent 2 never hear each other."""
    began = time.time()
    interaction = await scene.consulting()
    for _ in range(CONSULTS * 2):
        await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
    assert scene.ear.containing("customer", "bob", began) == []
    assert scene.ear.containing("bob", "customer", began) == []


async def test_agent_2_who_leaves_is_heard_no_more_when_the_customer_comes_back(scene: Scene) -> None:
    began = time.time()
    interaction = await scene.consulting()
    await scene.bob.does("leave-consult", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    assert scene.ear.containing("customer", "bob", began) == []


async def test_the_customer_s_music_does_not_break_from_the_consult_to_the_resume(scene: Scene) -> None:
    interaction = await scene.connected()
    began = time.time()
    await scene.bob.available()
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    since = await music_since(scene, "customer", began)
    await scene.answers("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}})
    assert scene.ear.longest_gap("customer", since).seconds < MUSIC_GAP_SECONDS_MAX


async def test_the_music_of_a_customer_who_waits_does_not_break_while_an_agent_is_rung(scene: Scene) -> None:
    await scene.queued()
    await scene.hear({"customer": {"music"}})
    since = time.time()
    await scene.alice.available()
    await scene.phones["alice"].incoming()
    await scene.hear({"customer": {"music"}})
    assert {packet.tones for packet in scene.ear.packets("customer", since)} == ONLY_MUSIC
    assert scene.ear.longest_gap("customer", since).seconds < MUSIC_GAP_SECONDS_MAX


async def test_a_customer_on_hold_is_heard_by_nobody_and_hears_nobody(scene: Scene) -> None:
    interaction = await scene.connected()
    asked = time.time()
    await scene.alice.does("hold", interaction)
    since = await music_since(scene, "customer", asked)
    await scene.hear({"alice": (), "customer": {"music"}})
    until = time.time()
    assert {packet.tones for packet in scene.ear.packets("customer", since, until)} == ONLY_MUSIC


async def test_a_customer_whose_transfer_is_asked_hears_only_music_and_never_agent_2(scene: Scene) -> None:
    began = time.time()
    interaction = await scene.transfer_asked()
    await scene.bob.does("decline-transfer", interaction)
    await scene.phones["bob"].closed()
    await scene.hear({"customer": {"music"}})
    assert scene.ear.containing("customer", "bob", began) == []


async def test_agent_2_hears_not_one_packet_of_the_customer_before_a_conference(scene: Scene) -> None:
    began = time.time()
    interaction = await scene.consult_held()
    asked = time.time()
    await scene.alice.does("conference", interaction)
    await scene.hear({"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}})
    assert scene.ear.containing("bob", "customer", began, asked) == []


async def test_two_calls_at_the_same_time_never_hear_each_other(scene: Scene) -> None:
    began = time.time()
    await scene.queued(customer="customer-2")
    await scene.carol.available()
    await scene.answers("carol")
    await scene.hear({"carol": {"customer-2"}, "customer-2": {"carol"}})
    interaction = await scene.consulting()
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}, "carol": {"customer-2"}, "customer-2": {"carol"}})

    for here, there in (("customer", "carol"), ("customer", "customer-2"), ("alice", "carol"), ("carol", "alice"), ("carol", "bob")):
        assert scene.ear.containing(here, there, began) == []

"""What an agent does with their own microphone, keypad and hold key."""

import time

from tests.live.scene import Scene
from tests.phones import KEYS

TALKING = {"alice": {"customer"}, "customer": {"alice"}}


# --- Microphone --------------------------------------------------------------------------------------------------------


async def test_nobody_hears_somebody_muted_who_hears_everybody(scene: Scene) -> None:
    interaction = await scene.connected()
    muted = await scene.alice.does("mute", interaction)
    assert muted["agents"][0]["muted"]
    await scene.hear({"customer": (), "alice": {"customer"}})

    await scene.alice.does("unmute", interaction)

    await scene.hear(TALKING)


async def test_the_owner_stays_muted_through_hold_and_resume(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.alice.does("mute", interaction)
    await scene.hear({"customer": ()})
    await scene.alice.does("hold", interaction)
    await scene.hear({"customer": {"music"}})
    resumed_at = time.time()
    await scene.alice.does("resume", interaction)
    await scene.hear({"customer": (), "alice": {"customer"}})
    assert scene.ear.containing("customer", "alice", resumed_at) == [], "not for a moment"


async def test_the_owner_stays_muted_from_the_customer_to_a_consult_and_back(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.alice.does("mute", interaction)
    await scene.hear({"bob": (), "alice": {"bob"}})
    since = time.time()
    await scene.alice.does("swap", interaction)
    await scene.hear({"customer": (), "alice": {"customer"}})
    await scene.alice.does("swap", interaction)
    await scene.hear({"bob": (), "alice": {"bob"}, "customer": {"music"}})
    assert scene.ear.containing("customer", "alice", since) == []
    assert scene.ear.containing("bob", "alice", since) == []


async def test_agent_2_is_muted_in_a_consult_and_heard_again(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.bob.does("mute", interaction)
    await scene.hear({"alice": (), "bob": {"alice"}})
    await scene.bob.does("unmute", interaction)
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}})


async def test_agent_2_stays_muted_through_the_time_of_waiting_with_music(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.bob.does("mute", interaction)
    await scene.hear({"alice": ()})
    since = time.time()
    await scene.alice.does("swap", interaction)
    await scene.hear({"bob": {"music"}, **TALKING})
    await scene.alice.does("swap", interaction)
    await scene.hear({"alice": (), "bob": {"alice"}, "customer": {"music"}})
    assert scene.ear.containing("alice", "bob", since) == []


async def test_a_muted_agent_2_who_gets_the_customer_is_still_muted_and_may_unmute(scene: Scene) -> None:
    interaction = await scene.consulting()
    await scene.bob.does("mute", interaction)
    await scene.hear({"alice": ()})
    await scene.alice.does("transfer", interaction)
    await scene.hear({"bob": {"customer"}, "customer": ()})
    await scene.bob.does("unmute", interaction)
    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})


# --- Keypad ------------------------------------------------------------------------------------------------------------


async def test_keys_of_the_desktop_reach_the_customer_s_telephone(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.alice.does("dtmf", interaction, digits="12#")
    await scene.customer.keys_received("12#")


async def test_keys_of_the_desktop_reach_agent_2_and_not_the_customer_during_a_consult(scene: Scene) -> None:
    interaction = await scene.consulting()
    since = time.time()
    await scene.alice.does("dtmf", interaction, digits="907")
    await scene.phones["bob"].keys_received("907")
    assert scene.ear.containing("customer", KEYS, since) == []
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})


async def test_keys_of_the_desktop_reach_the_customer_and_not_agent_2_who_waits(scene: Scene) -> None:
    interaction = await scene.consult_held()
    since = time.time()
    await scene.alice.does("dtmf", interaction, digits="44")
    await scene.customer.keys_received("44")
    assert scene.ear.containing("bob", KEYS, since) == []


async def test_what_is_no_key_is_refused(scene: Scene) -> None:
    interaction = await scene.connected()
    for digits in ("", "12a", "x", " ", "1" * 33):
        assert await scene.alice.is_refused("dtmf", interaction, digits=digits) == "bad-target", digits


# --- Hold key ----------------------------------------------------------------------------------------------------------


async def test_the_hold_key_of_the_owner_s_telephone_holds_the_customer_and_the_desktop_shows_it(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.phones["alice"].hold()
    held = await scene.phase(interaction, "held")
    assert held["customer"]["leg"] == "held"
    await scene.hear({"customer": {"music"}})


async def test_the_hold_key_pressed_again_resumes_the_customer_and_the_desktop_shows_it(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.phones["alice"].hold()
    await scene.phase(interaction, "held")
    await scene.hear({"customer": {"music"}})
    await scene.phones["alice"].resume()
    await scene.phase(interaction, "connected")
    await scene.hear(TALKING)


async def test_a_customer_who_was_held_by_the_telephone_is_not_brought_to_a_telephone_on_hold_by_the_desktop(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.phones["alice"].hold()
    await scene.phase(interaction, "held")
    answer = await scene.alice.call("POST", f"/interactions/{interaction}/resume", {})
    assert (answer.status, answer.code) == (409, "not-now")
    assert "release its own hold key first" in answer.body["detail"]
    await scene.hear({"customer": {"music"}})
    await scene.phones["alice"].resume()
    await scene.hear(TALKING)


async def test_a_customer_who_was_held_by_the_desktop_is_resumed_by_the_desktop_though_the_hold_key_was_never_pressed(scene: Scene) -> None:
    interaction = await scene.held()
    await scene.alice.does("resume", interaction)
    await scene.hear(TALKING)


async def test_the_hold_key_works_several_times_in_a_row(scene: Scene) -> None:
    interaction = await scene.connected()
    for _ in range(3):
        await scene.phones["alice"].hold()
        await scene.phase(interaction, "held")
        await scene.hear({"customer": {"music"}})
        await scene.phones["alice"].resume()
        await scene.phase(interaction, "connected")
        await scene.hear(TALKING)

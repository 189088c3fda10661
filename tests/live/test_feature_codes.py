"""Agents who give commands by the keys of their telephones, and who hears what of it."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.live.scene import Scene, until
from tests.phones import KEYS, OTHER, Account, AnsweringPhone

TALKING = {"alice": {"customer"}, "customer": {"alice"}}
CONSULTING = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
ALL_THREE = {"alice": {"bob", "customer"}, "bob": {"alice", "customer"}, "customer": {"alice", "bob"}}
TONE_SECONDS_MAX = 3.0
TONE_PACKETS = 3
"""One packet alone may be the cut between two voices."""


def never_heard(scene: Scene, who: str, since: float, *what: str) -> None:
    for tone in what:
        assert scene.ear.containing(who, tone, since) == [], f"{who} heard {tone}: {scene.ear.timeline(who, since)}"


async def test_a_code_does_what_the_button_does_and_the_customer_hears_no_key_of_it(scene: Scene) -> None:
    interaction = await scene.connected()
    since = time.time()

    await scene.phones["alice"].send_keys("*8")
    await scene.phase(interaction, "held")
    await scene.hear({"customer": {"music"}})
    await scene.phones["alice"].send_keys("*8")
    await scene.phase(interaction, "connected")

    await scene.hear(TALKING)
    never_heard(scene, "customer", since, KEYS)


async def test_a_whole_consult_by_keys_and_nobody_else_hears_any(scene: Scene) -> None:
    interaction = await scene.connected()
    await scene.bob.available()
    since = time.time()

    await scene.phones["alice"].send_keys("*21002#")
    await scene.rings("bob")
    await scene.picks_up("bob")
    await scene.hear(CONSULTING)
    never_heard(scene, "customer", since, "bob")
    await scene.phones["alice"].send_keys("*5")
    await scene.hear({**TALKING, "bob": {"music"}})
    await scene.phones["alice"].send_keys("*5")
    await scene.hear(CONSULTING)
    await scene.phones["alice"].send_keys("*3")
    await scene.hear(ALL_THREE)
    await scene.phones["bob"].send_keys("*7")
    await scene.hear(TALKING)

    assert (await scene.alice.interaction(interaction))["phase"] == "connected"
    for who in ("customer", "bob"):
        never_heard(scene, who, since, KEYS, OTHER)


async def test_a_transfer_by_keys_gives_the_customer_to_agent_2_and_the_owner_wraps_up(scene: Scene) -> None:
    interaction = await scene.consulting()

    await scene.phones["alice"].send_keys("*4")

    await scene.hear({"bob": {"customer"}, "customer": {"bob"}})
    await scene.owes_wrap_up("alice", interaction)


async def test_a_transfer_by_keys_to_a_queue_by_its_number(scene: Scene) -> None:
    interaction = await scene.connected()

    await scene.phones["alice"].send_keys("*4851#")

    assert (await scene.phase(interaction, "queued", seen_by="sam"))["queue"] == "billing"


@pytest.mark.parametrize("keys", ["*4#", "*6", "*21001#"], ids=["mistyped", "not for now", "oneself"])
async def test_only_whoever_pressed_keys_that_come_to_nothing_hears_a_tone_and_then_the_call_again(scene: Scene, keys: str) -> None:
    await scene.connected()
    since = time.time()

    await scene.phones["alice"].send_keys(keys)

    tone = await scene.ear.wait_for_first("alice", OTHER, after=since, seconds_max=TONE_SECONDS_MAX, in_a_row=TONE_PACKETS)
    await scene.hear(TALKING)
    again = scene.ear.first("alice", "customer", tone.at + 0.1, in_a_row=5)
    assert again is not None
    assert again.at - tone.at < 1.5
    never_heard(scene, "customer", since, KEYS, OTHER)
    assert scene.ear.longest_gap("customer", tone.at).seconds < 0.5, "the customer hears the agent while the tone lasts"


async def test_a_code_that_is_not_finished_in_time_is_told_by_a_tone(scene: Scene) -> None:
    await scene.connected()
    since = time.time()

    await scene.phones["alice"].send_keys("*2100")

    await scene.ear.wait_for_first("alice", OTHER, after=since, seconds_max=8.0, in_a_row=TONE_PACKETS)
    await scene.hear(TALKING)


async def test_a_tone_in_the_hold_room_is_followed_by_music_again(scene: Scene) -> None:
    await scene.consult_waits()
    since = time.time()

    await scene.phones["alice"].send_keys("*3")

    await scene.ear.wait_for_first("alice", OTHER, after=since, seconds_max=TONE_SECONDS_MAX, in_a_row=TONE_PACKETS)
    await scene.hear({"alice": {"music"}, "customer": {"music"}})


async def test_digits_that_are_no_code_reach_nobody_who_has_called_us(scene: Scene) -> None:
    await scene.connected()
    since = time.time()

    await scene.phones["alice"].send_keys("12")
    await scene.phones["alice"].send_keys("*8")

    await scene.hear({"customer": {"music"}})
    never_heard(scene, "customer", since, KEYS)
    assert scene.customer.live_calls[-1].keys == ""


# --- Other ways in which keys come -----------------------------------------------------------------------------------


@pytest.fixture
async def dave(scene: Scene) -> AsyncIterator[AnsweringPhone]:
    """Dave's telephone, which has agreed on no RFC 4733, with a customer on the line."""
    async with AnsweringPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)) as telephone:
        await scene.dave.available()
        await scene.queued("801")
        await until("dave is on the call", lambda: telephone.calls)
        await scene.state_of("dave", "engaged")
        yield telephone


async def test_keys_that_come_by_sip_info_are_codes_and_the_customer_hears_none(scene: Scene, dave: AnsweringPhone) -> None:
    interaction, since = await scene.interaction_of("dave"), time.time()

    for key in "*8":
        dave.press_by_info(key)
        await asyncio.sleep(0.3)  # a hand's pause, which is part of what is sent

    await scene.phase(interaction, "held", seen_by="dave")
    never_heard(scene, "customer", since, KEYS)


async def test_keys_that_are_nothing_but_tones_are_codes_and_the_customer_hears_no_key(scene: Scene, dave: AnsweringPhone) -> None:
    interaction, since = await scene.interaction_of("dave"), time.time()

    await dave.press_in_sound("*8")

    await scene.phase(interaction, "held", seen_by="dave")
    never_heard(scene, "customer", since, KEYS)


async def test_keys_of_a_machine_that_come_without_a_pause_count_once_each(scene: Scene, dave: AnsweringPhone) -> None:
    """By SIP INFO, so that it is certain what comes doubled: as Asterisk tells keys of a fast dialler."""
    interaction = await scene.interaction_of("dave")

    for key in "**88":
        dave.press_by_info(key, milliseconds=160)

    await scene.phase(interaction, "held", seen_by="dave")


# --- The hold key of others ------------------------------------------------------------------------------------------


async def test_an_owner_whose_customer_has_pressed_hold_hears_music_until_it_is_released(scene: Scene) -> None:
    interaction = await scene.connected()

    await scene.customer.hold()
    await scene.hear({"alice": {"music"}})
    assert (await scene.alice.interaction(interaction))["phase"] == "connected"
    await scene.customer.resume()

    await scene.hear(TALKING)


async def test_an_agent_who_answers_a_customer_on_their_own_hold_hears_music_until_it_is_released(scene: Scene) -> None:
    await scene.offered()
    await scene.customer.hold()

    await scene.picks_up("alice")
    await scene.hear({"alice": {"music"}})
    await scene.customer.resume()

    await scene.hear(TALKING)


async def test_an_owner_whose_colleague_has_pressed_hold_hears_music_and_none_when_they_are_parked(scene: Scene) -> None:
    interaction = await scene.consulting()

    await scene.phones["bob"].hold()
    await scene.hear({"alice": {"music"}, "customer": {"music"}})
    await scene.alice.does("resume", interaction)
    await scene.hear(TALKING)
    await scene.phones["bob"].resume()
    await scene.alice.does("swap", interaction)

    await scene.hear(CONSULTING)


async def test_in_a_conference_nobody_hears_music_because_one_has_pressed_hold(scene: Scene) -> None:
    await scene.conference()
    since = time.time()

    await scene.phones["bob"].hold()
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.phones["bob"].resume()
    await scene.hear(ALL_THREE)

    for who in ("alice", "customer"):
        never_heard(scene, who, since, "music", OTHER)

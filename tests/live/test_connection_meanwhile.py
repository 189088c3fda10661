"""What people do while the controller can't hear Asterisk: it is known as soon as the line is back, and nobody stands in a wrong room."""

import time

from tests.live.fragile import BACK_SECONDS_MAX, FragileScene
from tests.phones import OTHER

TRIES = 30
"""How often, a second apart, the dialplan offers a customer again."""
ANNOUNCEMENT_SECONDS_MAX = 8.0


async def test_a_customer_who_hung_up_meanwhile_is_gone_when_the_line_is_back(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.cut()
    await fragile.customer.hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice")


async def test_a_customer_who_hung_up_during_a_consult_takes_both_agents_off_the_line(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    await fragile.cut()
    await fragile.customer.hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice", others=["bob"])


async def test_a_customer_who_hung_up_in_a_conference_ends_it(fragile: FragileScene) -> None:
    interaction = await fragile.conference()
    await fragile.cut()
    await fragile.customer.hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice", others=["bob"])


async def test_a_customer_who_gave_up_while_a_consult_rings_stops_the_ringing(fragile: FragileScene) -> None:
    interaction = await fragile.consult_offered()
    await fragile.cut()
    await fragile.customer.hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice", others=["bob"])


async def test_an_owner_who_left_meanwhile_has_hung_up_and_ended_the_call(fragile: FragileScene) -> None:
    """Asterisk ran on, so a leg that was up and is gone was put down, as far as anybody can know."""
    interaction = await fragile.connected()
    await fragile.cut()
    await fragile.phones["alice"].hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice")


async def test_an_owner_who_left_a_held_customer_meanwhile_has_ended_the_call(fragile: FragileScene) -> None:
    interaction = await fragile.held()
    await fragile.cut()
    await fragile.phones["alice"].hang_up()

    await fragile.mend()

    await fragile.over(interaction, owner="alice")


async def test_a_hold_key_that_was_released_meanwhile_is_learnt_and_the_customer_is_back(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.phones["alice"].hold()
    await fragile.phase(interaction, "held")
    await fragile.cut()
    await fragile.phones["alice"].resume()

    await fragile.mend()

    await fragile.phase(interaction, "connected")
    await fragile.hear({"customer": {"alice"}, "alice": {"customer"}})


async def test_a_hold_key_that_was_pressed_meanwhile_is_learnt_and_the_customer_hears_music(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.cut()
    await fragile.phones["alice"].hold()

    await fragile.mend()

    await fragile.phase(interaction, "held")
    await fragile.hear({"customer": {"music"}})


async def test_a_hold_key_that_stayed_pressed_meanwhile_is_still_what_resumes(fragile: FragileScene) -> None:
    interaction = await fragile.connected()
    await fragile.phones["alice"].hold()
    await fragile.phase(interaction, "held")
    await fragile.cut()

    await fragile.mend()

    assert (await fragile.phase(interaction, "held"))["allowed"] == ["transfer"], "all that needs no telephone of hers"
    await fragile.phones["alice"].resume()
    await fragile.hear({"customer": {"alice"}, "alice": {"customer"}})


async def test_agent_2_who_answered_meanwhile_talks_to_the_owner_and_not_to_the_customer(fragile: FragileScene) -> None:
    interaction = await fragile.consult_offered()
    cut_at = await fragile.cut()
    await fragile.picks_up("bob")

    await fragile.mend()

    await fragile.phase(interaction, "consulting")
    await fragile.hear({"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}})
    assert fragile.ear.containing("customer", "bob", since=cut_at) == []
    assert fragile.ear.containing("customer", "alice", since=cut_at) == []
    await fragile.alice.does("resume", interaction)
    await fragile.hear({"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}, seconds_max=BACK_SECONDS_MAX)


async def test_agent_2_who_declined_meanwhile_is_no_longer_waited_for(fragile: FragileScene) -> None:
    interaction = await fragile.consult_offered()
    await fragile.cut()
    await fragile.phones["bob"].decline()

    await fragile.mend()

    await fragile.phase(interaction, "connected")
    await fragile.hear({"alice": {"customer"}, "customer": {"alice"}})


async def test_agent_2_who_left_the_consult_meanwhile_gives_the_customer_back_to_the_owner(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()
    await fragile.cut()
    await fragile.phones["bob"].hang_up()

    await fragile.mend()

    await fragile.phase(interaction, "connected")
    await fragile.hear({"alice": {"customer"}, "customer": {"alice"}})
    await fragile.owes_nothing("bob")


async def test_an_agent_who_picked_up_an_offer_meanwhile_has_the_customer(fragile: FragileScene) -> None:
    interaction = await fragile.offered()
    await fragile.cut()
    await fragile.picks_up("alice")

    await fragile.mend()

    await fragile.phase(interaction, "connected")
    await fragile.hear({"alice": {"customer"}, "customer": {"alice"}})


async def test_a_new_customer_hears_ringing_and_is_served_when_the_line_is_back(fragile: FragileScene) -> None:
    await fragile.alice.available()
    await fragile.cut()
    call = await fragile.customer.dial("810")
    await fragile.customer.ringing()

    await fragile.mend()

    await fragile.customer.established(call)
    await fragile.phones["alice"].incoming()
    await fragile.picks_up("alice")
    await fragile.hear({"alice": {"customer"}, "customer": {"alice"}})


async def test_a_customer_whom_nobody_serves_in_time_hears_the_announcement(fragile: FragileScene) -> None:
    """Half a minute, as the dialplan is delivered."""
    await fragile.cut()
    called_at = time.time()
    call = await fragile.customer.dial("810")
    await fragile.customer.ringing()

    await fragile.customer.established(call, seconds_max=TRIES + ANNOUNCEMENT_SECONDS_MAX)

    assert time.time() - called_at >= TRIES - 1
    await fragile.ear.wait_for_first("customer", OTHER, after=called_at, seconds_max=ANNOUNCEMENT_SECONDS_MAX)

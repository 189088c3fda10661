"""Asterisk itself is killed and starts again: calls are lost with it, reasons and people are not."""

from tests.live.fragile import FragileScene

TALK = {"alice": {"customer"}, "customer": {"alice"}}


async def _hang_up_dead_calls(fragile: FragileScene) -> None:
    """Telephones do not know that the exchange has forgotten their calls."""
    for phone in fragile.phones.values():
        if phone.live_calls:
            await phone.hang_up()


async def test_a_consult_ends_when_asterisk_restarts_and_the_owner_is_asked_for_a_reason(fragile: FragileScene) -> None:
    interaction = await fragile.consulting()

    await fragile.asterisk_restarts()

    await fragile.owes_wrap_up("alice", interaction)
    await fragile.owes_nothing("bob")
    await fragile.phase(interaction, "ended")
    await fragile.nothing_is_left()


async def test_a_reason_that_is_owed_survives_a_restart_of_asterisk_and_new_calls_work(fragile: FragileScene) -> None:
    owed = await fragile.connected()
    await fragile.customer.hang_up()
    await fragile.owes_wrap_up("alice", owed)

    await fragile.asterisk_restarts()

    await fragile.owes_wrap_up("alice", owed)
    await fragile.alice.does("wrap-up", owed, reason="follow-up")
    interaction = await fragile.connected()
    await fragile.alice.does("hold", interaction)
    await fragile.hear({"customer": {"music"}})


async def test_the_next_customer_is_served_after_a_restart_in_the_middle_of_a_conference(fragile: FragileScene) -> None:
    lost = await fragile.conference()

    await fragile.asterisk_restarts()
    await fragile.owes_wrap_up("alice", lost)
    await _hang_up_dead_calls(fragile)
    await fragile.alice.does("wrap-up", lost, reason="resolved")
    await fragile.bob.idle()

    await fragile.connected()
    await fragile.hear(TALK)

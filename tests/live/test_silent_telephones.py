"""Silence is not death: a telephone that sends no packet keeps its call as long as it answers SIP; one that is dead loses it soon."""

from tests.live.fragile import FragileScene
from tests.phones import Account, AnsweringPhone

DEAD_SECONDS_MAX = 85.0
"""45 s until the call is refreshed, and twice 16 s in which nobody answers (pjsip.conf); and what a busy machine takes."""


async def test_a_silent_agent_keeps_the_customer_while_a_dead_telephones_customer_goes_to_the_front_of_the_line(
    fragile: FragileScene,
) -> None:
    account = Account("1004", "phone-1004", registrar_port=fragile.stack.sip_port)
    async with AnsweringPhone(account) as silent:
        lost = await fragile.connected()
        await fragile.dave.available()
        await fragile.queued("801", customer="customer-2")
        kept = await fragile.interaction_of("dave")
        await fragile.phase(kept, "connected", seen_by="dave")
        await fragile.dave.does("hold", kept)
        fragile.phones["alice"].freeze()
        try:
            await fragile.phase(lost, "queued", seen_by="sam", seconds_max=DEAD_SECONDS_MAX)
            await fragile.hear({"customer": {"music"}})

            assert silent.asked_so_far("UPDATE"), "its call was refreshed, and it answered"
            assert (await fragile.phase(kept, "held", seen_by="dave"))["owner"] == "dave"
            assert silent.asked_so_far("BYE") == []
        finally:
            silent.hang_up()
            await fragile.thaws("alice")
        await fragile.phase(kept, "ended", seen_by="dave")

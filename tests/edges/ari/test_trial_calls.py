"""A test call comes to a controller at work: it is hung up, and nobody is told of a customer."""

from controller.interaction.facts import AgentDialled, BlindTransferAsked, CustomerArrived
from tests.edges.ari.fake_asterisk import APP, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox

TEST_CALL = "ari-controller-check-0a1b2c3d"


def comes(leg: str, name: str, *args: str, caller: str = "") -> Json:
    came = {**channel(leg), "name": name, "caller": {"name": caller, "number": ""}}
    return {"type": "StasisStart", "application": APP, "args": list(args), "channel": came}


async def test_a_test_call_is_hung_up_whatever_the_dialplan_says_of_it_and_the_next_customer_is_one() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(comes(f"{TEST_CALL}-2", "Local/800@in-0a;2", "customer", "800", caller=TEST_CALL))
            await asterisk.tell(comes(f"{TEST_CALL}-4", "Local/1002@agents-0b;2", "agent", "1002", "", caller=TEST_CALL))
            await asterisk.tell(comes("17.4", "Local/800@in-0c;2", "customer", "800", caller=TEST_CALL))
            await asterisk.tell(comes("17.5", "PJSIP/2001-0d", "customer", "800", caller=TEST_CALL))

            for leg in (f"{TEST_CALL}-2", f"{TEST_CALL}-4", "17.4"):
                await asterisk.until_asked(f"DELETE channels/{leg}")
            await inbox.until(lambda: inbox.count(CustomerArrived) == 1)

    assert [fact.leg for fact in inbox.facts if isinstance(fact, CustomerArrived | AgentDialled | BlindTransferAsked)] == ["17.5"]

"""A telephone is offered first the codec in which whoever it is rung for speaks, so that Asterisk has no packet to convert."""

import asyncio
import re

from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import CustomerArrived, LegAnswered
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.live.lone_switch import LoneSwitch, lone_switch
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone
from tests.phones.far_call import FarCall

BOTH = "for file in /etc/asterisk/*pjsip*.conf; do sed 's/^allow = ulaw$/&,alaw/' $file > /tmp/both && cat /tmp/both > $file; done"
"""Endpoints that allow two codecs, and have one by default."""


async def rung_for(world: LoneSwitch, speaks: str, dave: DeskPhone, interaction: str) -> FarCall:
    """A customer who speaks in this codec waits with music, and Dave's telephone is rung."""
    async with DeskPhone(Account("2002", "phone-2002", registrar_port=world.sip_port), voice="sam", codec=speaks) as customer:
        world.facts.clear()
        dials = asyncio.create_task(customer.dial("800"))
        leg = (await world.told(CustomerArrived)).leg
        held = Place(leg=leg, origin=Origin.CAME, room=Room.HOLD, music="tone")
        rung = Place(leg=LegId(f"ix-{interaction}-dave-1"), origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1004"))
        world.switch.arrange(Layout(interaction=InteractionId(interaction), places=(held,)))
        await dials
        await world.told(LegAnswered, lambda answered: answered.leg == leg)
        before = len(dave.far_calls)
        world.switch.arrange(Layout(interaction=InteractionId(interaction), places=(held, rung)))
        call = await dave.call_to("1004", after=before)
        await call.did("ACK")
        world.switch.arrange(Layout(interaction=InteractionId(interaction), places=()))
        await call.did("BYE")
        return call


def offered(call: FarCall) -> list[str]:
    """The payload types of an invitation, in its order: 0 is mu-law, 8 is A-law."""
    found = re.search(r"^m=audio \d+ RTP/AVP ([\d ]+)", call.invitation.body, re.MULTILINE)
    assert found is not None, call.invitation.body
    return [one for one in found[1].split() if one in ("0", "8")]


async def test_an_agents_telephone_is_offered_first_the_codec_of_the_customer() -> None:
    async with lone_switch() as world:
        told = world.asterisk.exec(["sh", "-c", BOTH])
        assert told.exit_code == 0, told.output
        world.cli("module load codec_alaw.so")
        world.cli("module reload res_pjsip.so")
        async with DeskPhone(Account("1004", "phone-1004", registrar_port=world.sip_port), voice="dave") as dave:
            assert offered(await rung_for(world, "PCMA", dave, "alaw")) == ["8", "0"]
            assert offered(await rung_for(world, "PCMU", dave, "ulaw")) == ["0", "8"]

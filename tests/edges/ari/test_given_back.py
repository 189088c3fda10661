"""Customers who are turned away while Asterisk is away: they are given back to the dialplan when it is there again, and nothing else."""

import asyncio

import pytest

from controller.asterisk.seen import bridge_name
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import CustomerArrived, SwitchFound, SwitchLost
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import attached
from tests.edges.ari.test_switch import Inbox, bridge

IX = InteractionId("i1")
CALLED, CALLER = LegId("ix-i1-out-0"), LegId("17.1")


def there(leg: LegId) -> Json:
    words = f"{APP},customer,800" if leg == CALLER else APP
    return {**channel(leg, "Up"), "dialplan": {"app_name": "Stasis", "app_data": words}}


@pytest.mark.parametrize(("leg", "origin"), [(CALLED, Origin.MADE), (CALLER, Origin.CAME)])
async def test_whoever_is_turned_away_meanwhile_is_given_back_and_neither_hung_up_nor_served_again(leg: LegId, origin: Origin) -> None:
    inbox = Inbox()
    waits = Layout(interaction=IX, places=(Place(leg=leg, origin=origin, room=Room.HOLD, is_customer=True, music="tone"),))
    async with fake_asterisk() as asterisk:
        rooms = [bridge("ix-i1-hold", leg, called=bridge_name(APP))]
        asterisk.replies = {"GET channels": (200, [there(leg)]), "GET bridges": (200, rooms)}
        async with attached(asterisk, inbox, waits) as switch:
            asterisk.booting = True
            asterisk.cut()
            await inbox.until(lambda: inbox.count(SwitchLost) == 1)

            switch.arrange(Layout(interaction=IX, places=()))
            switch.turn_away(leg)
            asterisk.booting = False
            await inbox.until(lambda: inbox.count(SwitchFound) == 2)

            given_back = await asterisk.until_asked(f"POST channels/{leg}/continue")
            await asterisk.until_asked("DELETE bridges/ix-i1-hold")
            assert given_back.query["context"] == "ari-controller-returned"
            assert not asterisk.asked_for(f"DELETE channels/{leg}")
            assert not inbox.count(CustomerArrived)


async def test_whoever_was_given_back_before_the_connection_broke_is_not_given_back_once_more() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        async with attached(asterisk, inbox) as switch:
            switch.turn_away(CALLER)
            async with asyncio.timeout(SECONDS_MAX):
                while switch._strays.to_be_given_back:  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0)

            asterisk.cut()
            await inbox.until(lambda: inbox.count(SwitchFound) == 2)

            assert len(asterisk.asked_for(f"POST channels/{CALLER}/continue")) == 1

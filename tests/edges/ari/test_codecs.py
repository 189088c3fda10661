"""A telephone is offered first the codec of whoever it is rung for; where Asterisk can't say which, it rings all the same."""

import pytest

from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import CustomerArrived
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox

IX = InteractionId("i1")
CORA, ALICE = LegId("17.1"), LegId("ix-i1-alice-1")
HELD = Place(leg=CORA, origin=Origin.CAME, room=Room.HOLD)
RUNG = Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001"))
ASKED = f"GET channels/{CORA}/variable"


@pytest.mark.parametrize(
    ("answer", "formats"),
    [
        ((200, {"value": "(alaw)"}), "alaw"),
        ((200, {"value": "(alaw|ulaw)"}), "alaw"),
        ((200, {"value": ""}), None),
        ((200, {"value": "(nothing)"}), None),
        ((500, {"message": "Unable to read provided function"}), None),
        ((204, ""), None),
    ],
)
async def test_the_codec_of_the_customer_comes_first_and_nobody_is_rung_later_where_it_is_not_known(
    answer: tuple[int, object], formats: str | None
) -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {**NOBODY, ASKED: answer}
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell({"type": "StasisStart", "application": APP, "args": ["customer", "800"], "channel": channel(CORA)})
            await inbox.until(lambda: inbox.count(CustomerArrived) == 1)
            switch.arrange(Layout(interaction=IX, places=(HELD, RUNG)))
            made = await asterisk.until_asked("POST channels/create")

    assert made.query.get("formats") == formats
    assert asterisk.asked_for(ASKED)[0].query == {"variable": "CHANNEL(audionativeformat)"}

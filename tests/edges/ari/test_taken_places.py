"""Another call takes a leg's place (INVITE with Replaces): of the same endpoint it is the leg from then on, of any other it is put out."""

from controller.asterisk.seen import bridge_name
from controller.asterisk.switch import AriSwitch
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import CustomerArrived, LegAnswered, LegHeld, LegReplaced, LegUnheld
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox, bridge

IX = InteractionId("i1")
CORA, NEW, ALICE = LegId("17.1"), LegId("17.5"), LegId("ix-i1-alice-1")


def layout(customer: LegId, room: Room, *, took_place: bool = False) -> Layout:
    place = Place(leg=customer, origin=Origin.CAME, room=room, is_customer=True, music="tone", took_place=took_place)
    return Layout(interaction=IX, places=(place,))


def by(endpoint: str, leg: str, state: str = "Up") -> Json:
    return {**channel(leg, state), "name": f"PJSIP/{endpoint}-{leg[-1:]:0>8}"}


def takes_place(newcomer: Json, old: Json) -> Json:
    return {"type": "StasisStart", "application": APP, "args": [], "channel": newcomer, "replace_channel": old}


def entered(leg: Json, room: str) -> Json:
    return {"type": "ChannelEnteredBridge", "channel": leg, "bridge": {"id": f"ix-i1-{room}"}}


def left(leg: Json, room: str) -> Json:
    return {**entered(leg, room), "type": "ChannelLeftBridge"}


async def customer_holds(asterisk: FakeAsterisk, switch: AriSwitch, inbox: Inbox) -> None:
    """The customer has come by 2009 and stands in the hold room."""
    came = by("2009", CORA)
    await asterisk.tell({"type": "StasisStart", "application": APP, "args": ["customer", "800"], "channel": came})
    await inbox.until(lambda: inbox.count(CustomerArrived) == 1)
    switch.arrange(layout(CORA, Room.HOLD))
    await asterisk.until_asked("POST bridges/ix-i1-hold/addChannel")
    await asterisk.tell(entered(came, "hold"))
    asterisk.asked.clear()


async def test_a_call_by_the_same_endpoint_is_the_customer_and_goes_out_and_in_with_music() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await customer_holds(asterisk, switch, inbox)

            await asterisk.tell(takes_place(by("2009", NEW), by("2009", CORA)))
            await asterisk.tell(left(by("2009", CORA), "hold"))
            await asterisk.tell(entered(by("2009", NEW), "hold"))
            await inbox.until(lambda: inbox.count(LegReplaced) == 1)
            assert not asterisk.asked_for("POST bridges/ix-i1-hold/addChannel"), "the old leg is not brought back meanwhile"
            switch.arrange(layout(NEW, Room.HOLD, took_place=True))

            added = await asterisk.until_asked("POST bridges/ix-i1-hold/addChannel")
            await asterisk.until_asked(f"DELETE channels/{CORA}")

    assert inbox.facts[-2:] == [LegReplaced(leg=CORA, by=NEW), LegUnheld(leg=NEW)]
    assert (added.query["channel"], added.query["role"]) == (NEW, "holding_participant")
    steps = [asked.what.rpartition("/")[2] for asked in asterisk.asked if NEW in (asked.query.get("channel"), asked.what.split("/")[1])]
    assert steps[:3] == ["variable", "removeChannel", "addChannel"]
    assert not asterisk.asked_for(f"DELETE channels/{NEW}")


async def test_whoever_took_a_place_is_brought_in_once_however_soon_it_is_told() -> None:
    inbox = Inbox()
    place = Place(
        leg=NEW,
        origin=Origin.CAME,
        room=Room.HOLD,
        is_customer=True,
        music="tone",
        took_place=True,
        shows=Display(name="Alice", number="1001"),
    )
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await customer_holds(asterisk, switch, inbox)
            asterisk.unanswered.add("POST bridges/ix-i1-hold/addChannel")
            await asterisk.tell(takes_place(by("2009", NEW), by("2009", CORA)))
            await asterisk.tell(entered(by("2009", NEW), "hold"))
            await inbox.until(lambda: inbox.count(LegReplaced) == 1)
            switch.arrange(Layout(interaction=IX, places=(place,)))
            added = await asterisk.until_asked("POST bridges/ix-i1-hold/addChannel")

            await asterisk.tell(left(by("2009", NEW), "hold"))
            await asterisk.tell(entered(by("2009", NEW), "hold"))
            await asterisk.tell({"type": "ChannelHold", "channel": by("2009", NEW)})
            await inbox.until(lambda: inbox.count(LegHeld) == 1)
            await asterisk.reply(added)
            await asterisk.until(lambda: any(asked.query.get("variable") == "CONNECTEDLINE(num)" for asked in asterisk.asked))

    assert len(asterisk.asked_for("POST bridges/ix-i1-hold/addChannel")) == 1, "the music of a caller is not begun twice"


async def test_a_call_by_another_endpoint_is_put_out_and_the_old_leg_is_back() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await customer_holds(asterisk, switch, inbox)

            await asterisk.tell(takes_place(by("2008", NEW), by("2009", CORA)))
            await asterisk.tell(left(by("2009", CORA), "hold"))

            await asterisk.until_asked(f"DELETE channels/{NEW}")
            added = await asterisk.until_asked("POST bridges/ix-i1-hold/addChannel")

    assert added.query["channel"] == CORA
    assert not inbox.count(LegReplaced)


async def test_a_telephone_that_rings_is_picked_up_by_a_call_of_the_same_endpoint() -> None:
    inbox = Inbox()
    rung = Layout(
        interaction=IX,
        places=(Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001"), gives_codes=True),),
    )
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            switch.arrange(rung)
            await asterisk.until_asked("POST channels/create")
            await asterisk.tell({"type": "StasisStart", "application": APP, "args": [], "channel": by("1001", ALICE, "Down")})
            await asterisk.until_asked("POST bridges/ix-i1-talk/addChannel")
            await asterisk.tell(entered(by("1001", ALICE, "Ringing"), "talk"))

            await asterisk.tell(takes_place(by("1001", NEW), by("1001", ALICE, "Ringing")))
            await asterisk.tell(left(by("1001", ALICE, "Ringing"), "talk"))
            await inbox.until(lambda: inbox.count(LegReplaced) == 1)
            switch.arrange(
                Layout(
                    interaction=IX,
                    places=(Place(leg=NEW, origin=Origin.DIALLED, room=Room.TALK, gives_codes=True, took_place=True),),
                )
            )
            await asterisk.until_asked(f"DELETE channels/{ALICE}")
            await asterisk.until_asked(f"POST channels/{NEW}/variable")
            added = await asterisk.until_asked("POST bridges/ix-i1-talk/addChannel", times=2)

    assert (added.query["channel"], added.query["absorbDTMF"]) == (NEW, "true")
    assert not inbox.count(LegAnswered), "the floor knows what a telephone that rang and was replaced has done"


async def test_a_process_that_begins_anew_brings_in_once_more_whoever_took_a_place() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        there = {**by("2009", NEW), "dialplan": {"app_name": "Stasis", "app_data": APP}}
        rooms = [bridge("ix-i1-hold", NEW, called=bridge_name(APP))]
        asterisk.replies = {"GET channels": (200, [there]), "GET bridges": (200, rooms)}
        async with attached(asterisk, inbox, layout(NEW, Room.HOLD, took_place=True)):
            await asterisk.until_asked("POST bridges/ix-i1-hold/removeChannel")
            added = await asterisk.until_asked("POST bridges/ix-i1-hold/addChannel")

    assert added.query["channel"] == NEW

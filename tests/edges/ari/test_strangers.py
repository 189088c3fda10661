"""Another application, or the dialplan, brings somebody into one of our rooms: they are put out at once."""

from controller.asterisk.seen import bridge_name
from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox, bridge
from tests.edges.ari.test_transfer_keys import half

IX = InteractionId("i1")
CORA = LegId("17.1")
ROOM = Layout(interaction=IX, places=(Place(leg=CORA, origin=Origin.CAME, room=Room.TALK, is_customer=True),))


def stranger(leg: str, name: str = "PJSIP/7001-00000009") -> Json:
    return {**channel(leg), "name": name, "dialplan": {"app_name": "Stasis", "app_data": "other"}}


def enters(who: Json, room: str = "ix-i1-talk") -> Json:
    return {"type": "ChannelEnteredBridge", "channel": who, "bridge": {"id": room}}


async def asked_within_the_next_request(asterisk: FakeAsterisk) -> list[str]:
    """What has been asked of strangers when the switch has heard all that was told until now."""
    await asterisk.tell(half("nobody@t-0a;1", "19.1"))  # put out after its pause, which comes behind
    await asterisk.until_asked("DELETE channels/19.1")
    return [asked.what for asked in asterisk.asked if "removeChannel" in asked.what]


async def test_whoever_another_application_brings_in_is_put_out_and_stays_theirs() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox, ROOM):
            await asterisk.tell(enters(stranger("18.1")))

            put_out = await asterisk.until_asked("POST bridges/ix-i1-talk/removeChannel")

    assert put_out.query["channel"] == "18.1"
    assert not asterisk.asked_for("DELETE channels/18.1")


async def test_whoever_the_dialplan_brings_in_is_in_no_application_and_is_hung_up() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {
            **NOBODY,
            "POST bridges/ix-i1-talk/removeChannel": (422, {"message": "Channel not in Stasis application"}),
            "GET bridges/ix-i1-talk": (200, bridge("ix-i1-talk", "18.1", called=bridge_name(APP))),
        }
        async with attached(asterisk, inbox, ROOM):
            await asterisk.tell(enters(stranger("18.1")))

            await asterisk.until_asked("DELETE channels/18.1")


async def test_whoever_has_left_by_themselves_is_not_hung_up() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {
            **NOBODY,
            "POST bridges/ix-i1-talk/removeChannel": (422, {"message": "Channel not in this bridge"}),
            "GET bridges/ix-i1-talk": (200, bridge("ix-i1-talk", CORA, called=bridge_name(APP))),
        }
        async with attached(asterisk, inbox, ROOM):
            await asterisk.tell(enters(stranger("18.1")))
            await asterisk.until_asked("GET bridges/ix-i1-talk")
            await asked_within_the_next_request(asterisk)

    assert not asterisk.asked_for("DELETE channels/18.1")


async def test_whoever_was_brought_in_while_nobody_listened_is_found_and_put_out() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        cora = {**channel(CORA), "dialplan": {"app_name": "Stasis", "app_data": f"{APP},customer,800"}}
        asterisk.replies = {
            "GET channels": (200, [cora, stranger("18.1")]),
            "GET bridges": (200, [bridge("ix-i1-talk", CORA, "18.1", called=bridge_name(APP))]),
        }
        async with attached(asterisk, inbox, ROOM):
            put_out = await asterisk.until_asked("POST bridges/ix-i1-talk/removeChannel")

    assert put_out.query["channel"] == "18.1"


async def test_another_applications_rooms_and_what_asterisk_records_with_are_left_alone() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox, ROOM):
            await asterisk.tell(enters(stranger("18.1"), "ix-i2-talk"))
            await asterisk.tell(enters(stranger("18.2", "Recorder/ARI-00000001;2")))

            assert await asked_within_the_next_request(asterisk) == []


async def test_a_half_of_a_transfer_is_no_stranger_until_nobody_has_told_what_it_is_for() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox, ROOM):
            waits = half("_attended@transfer-0a;1", "17.8", replaced=CORA)
            await asterisk.tell(enters(waits["channel"]))
            await asterisk.tell(waits)
            apart = [half("1002@t-0c;1", "17.6", replaced="17.9"), half("1002@t-0c;2", "17.7", "transfer", "1002")]
            await asterisk.tell(enters(apart[0]["channel"]))
            for one in apart:
                await asterisk.tell(one)
            await asterisk.tell(enters({**stranger("18.3"), "name": "Local/600@x-0b;1"}))

            put_out = await asterisk.until_asked("POST bridges/ix-i1-talk/removeChannel")

    assert put_out.query["channel"] == "18.3"


async def test_a_stranger_who_is_moved_to_our_other_room_while_asterisk_will_not_do_it_is_put_out_of_that_one_too() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {**NOBODY, "POST bridges/ix-i1-talk/removeChannel": (500, {"message": "no"})}
        async with attached(asterisk, inbox, ROOM):
            await asterisk.tell(enters(stranger("18.1")))
            await asterisk.until_asked("POST bridges/ix-i1-talk/removeChannel")

            await asterisk.tell(enters(stranger("18.1"), "ix-i1-hold"))

            put_out = await asterisk.until_asked("POST bridges/ix-i1-hold/removeChannel")

    assert put_out.query["channel"] == "18.1"

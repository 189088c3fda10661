"""Asterisk carries out a transfer by itself: the switch takes it apart and asks the floor; who takes a place unasked is put out."""

from controller.directory.ids import AgentId, InteractionId, LegId
from controller.directory.targets import AgentTarget
from controller.interaction.facts import AttendedTransferAsked, BlindTransferAsked, CustomerArrived, EndCause, LegAnswered, LegEnded
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox

IX = InteractionId("i1")
ALICE = LegId("ix-i1-alice-1")
RUNG = Layout(interaction=IX, places=(Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001")),))


def half(name: str, leg: str, *args: str, replaced: str = "") -> Json:
    """Half of a Local pair comes."""
    place = {"context": "x", "exten": "1002", "priority": 1, "app_name": "Stasis", "app_data": ",".join((APP, *args))}
    came = {**channel(leg), "name": f"Local/{name}", "dialplan": place}
    told: Json = {"type": "StasisStart", "application": APP, "args": list(args), "channel": came}
    return {**told, "replace_channel": {**channel(replaced), "name": "PJSIP/1001-00000001"}} if replaced else told


async def test_a_blind_transfer_is_taken_apart_and_is_a_fact_that_says_whom_it_names() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(half("1002@t-0a;2", "17.2", "transfer", "1002"))
            await asterisk.tell(half("1002@t-0a;1", "17.1", replaced=ALICE))

            await asterisk.until_asked("DELETE channels/17.1")
            await asterisk.until_asked("DELETE channels/17.2")
            await inbox.until(lambda: inbox.count(BlindTransferAsked) == 1)

    assert inbox.facts[-1] == BlindTransferAsked(leg=ALICE, dialled="1002", target=AgentTarget(agent=AgentId("bob")))


async def test_an_attended_one_names_both_calls_of_the_telephone() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(half("_attended@transfer-0b;2", "17.2", replaced="17.9"))
            await asterisk.tell(half("_attended@transfer-0b;1", "17.1", replaced=ALICE))
            await inbox.until(lambda: inbox.count(AttendedTransferAsked) == 1)

    assert inbox.facts[-1] == AttendedTransferAsked(leg=LegId("17.9"), other=ALICE)


async def test_half_of_a_pair_that_stays_alone_is_put_out_and_its_telephone_has_named_no_call_of_ours() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(half("_attended@transfer-0a;1", "17.1", replaced=ALICE))

            await asterisk.until_asked("DELETE channels/17.1")
            await inbox.until(lambda: inbox.count(AttendedTransferAsked) == 1)

    assert inbox.facts[-1] == AttendedTransferAsked(leg=ALICE, other=LegId(""))


async def test_a_telephone_that_joins_a_call_of_ours_to_another_and_goes_has_not_hung_up_on_the_customer() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            switch.arrange(RUNG)
            await _answers(asterisk, inbox)
            await asterisk.tell(half("_attended@transfer-0a;1", "17.1", replaced=ALICE))
            await asterisk.tell({"type": "StasisEnd", "channel": channel(ALICE)})
            await inbox.until(lambda: inbox.count(LegEnded) == 1)

    assert LegEnded(leg=ALICE, cause=EndCause.FAILED) in inbox.facts


async def test_a_customer_whom_a_dialplan_reaches_by_a_local_channel_is_a_customer() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(half("600@from-queue-0d;2", "17.2", "customer", "600"))
            await inbox.until(lambda: inbox.count(CustomerArrived) == 1)

    arrived = inbox.facts[-1]
    assert isinstance(arrived, CustomerArrived)
    assert (arrived.leg, arrived.dialled) == ("17.2", "600")
    assert not asterisk.asked_for("DELETE channels/17.2")


async def test_a_telephone_that_takes_a_legs_place_unasked_is_put_out() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            newcomer = {**channel("17.5"), "name": "PJSIP/2009-00000005"}
            await asterisk.tell(
                {"type": "StasisStart", "application": APP, "args": [], "channel": newcomer, "replace_channel": channel(ALICE)}
            )

            await asterisk.until_asked("DELETE channels/17.5")


async def test_of_a_leg_that_was_replaced_the_end_of_its_stay_with_us_is_its_end() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            switch.arrange(RUNG)
            await _answers(asterisk, inbox)
            await asterisk.tell(half("1002@t-0a;1", "17.1", replaced=ALICE))
            await asterisk.tell(half("1002@t-0a;2", "17.2", "transfer", "1002"))
            await asterisk.tell({"type": "StasisEnd", "channel": channel(ALICE)})
            await inbox.until(lambda: inbox.count(LegEnded) == 1)

    assert LegEnded(leg=ALICE, cause=EndCause.HUNG_UP) in inbox.facts


async def _answers(asterisk: FakeAsterisk, inbox: Inbox) -> None:
    await asterisk.until_asked("POST channels/create")
    await asterisk.tell({"type": "StasisStart", "application": APP, "args": [], "channel": channel(ALICE, "Down")})
    await asterisk.tell({"type": "ChannelStateChange", "channel": channel(ALICE)})
    await inbox.until(lambda: inbox.count(LegAnswered) == 1)


async def test_half_of_a_transfer_that_is_found_after_an_outage_is_put_out() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        found = half("1002@t-0a;1", "17.1", replaced=ALICE)["channel"]
        asterisk.replies = {"GET channels": (200, [found]), "GET bridges": (200, [])}
        async with attached(asterisk, inbox):
            await asterisk.until_asked("DELETE channels/17.1")

"""Asterisk leaves it to the controller what a transfer key asks for (`ari-only`): it is asked of the floor, and the telephone is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from controller.asterisk.switch import AriSwitch
from controller.asterisk.transfer_keys import LEFT_ALONE_SECONDS
from controller.directory.ids import AgentId, InteractionId, LegId
from controller.directory.targets import AgentTarget
from controller.interaction.facts import AgentDialled, AttendedTransferAsked, BlindTransferAsked, CustomerArrived, LegAnswered
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, FakeAsterisk, Json, channel, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY, attached
from tests.edges.ari.test_switch import Inbox

IX = InteractionId("i1")
ALICE = LegId("ix-i1-alice-1")
CORA = LegId("17.1")
SECOND = LegId("17.9")
ALICES = Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001"))
CORAS = Place(leg=CORA, origin=Origin.CAME, room=Room.TALK)
TALK, HOLD = "ix-i1-talk", "ix-i1-hold"
HANDLING = "PJSIP_TRANSFER_HANDLING()"


def layout(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places)


def transfer(leg: str, dialled: str = "1002", **more: Json | str) -> Json:
    """Asterisk tells of the transfer key: `protocol_id` and `destination_channel` of an attended one, `state` of an echo."""
    state, named = more.pop("state", None), more.pop("destination_channel", None)
    wanted: Json = {**more} if more else {"destination": dialled}
    to: Json = {"requested_destination": wanted}
    if named is not None:
        to["destination_channel"] = named
    told: Json = {"type": "ChannelTransfer", "refer_to": to, "referred_by": {"source_channel": channel(leg)}}
    return {**told, "state": state} if state is not None else told


def enters(leg: str, bridge: str) -> Json:
    return {"type": "ChannelEnteredBridge", "bridge": {"id": bridge}, "channel": channel(leg)}


async def a_customer_comes(asterisk: FakeAsterisk, inbox: Inbox, came: Json | None = None) -> None:
    await asterisk.tell({"type": "StasisStart", "application": APP, "args": ["customer", "800"], "channel": came or channel(CORA)})
    await inbox.until(lambda: inbox.count(CustomerArrived) == 1)


async def answers(asterisk: FakeAsterisk, inbox: Inbox) -> None:
    """Alice's telephone is rung and picked up, and stands in the talk room."""
    await asterisk.until_asked("POST channels/create")
    await asterisk.tell({"type": "StasisStart", "application": APP, "args": [], "channel": channel(ALICE, "Down")})
    await asterisk.tell({"type": "ChannelStateChange", "channel": channel(ALICE)})
    await inbox.until(lambda: inbox.count(LegAnswered) == 1)
    await asterisk.until_asked(f"POST bridges/{TALK}/addChannel")
    await asterisk.tell(enters(ALICE, TALK))


@asynccontextmanager
async def alice_is_up(asterisk: FakeAsterisk, inbox: Inbox) -> AsyncIterator[AriSwitch]:
    """An Asterisk that leaves transfers to us, and Alice, whose telephone is rung and picked up."""
    asterisk.version, asterisk.replies = "22.11.0", {**NOBODY, **asterisk.replies}
    async with attached(asterisk, inbox) as switch:
        switch.arrange(layout(ALICES))
        await answers(asterisk, inbox)
        yield switch


async def presses(asterisk: FakeAsterisk, inbox: Inbox, dialled: str = "1002", *, times: int = 1) -> None:
    """Alice's telephone asks for a blind transfer, and the floor is asked for the so many-th."""
    await asterisk.tell(transfer(ALICE, dialled))
    await inbox.until(lambda: inbox.count(BlindTransferAsked) == times)


def said(asterisk: FakeAsterisk, leg: str = ALICE) -> list[str]:
    return [asked.query["states"] for asked in asterisk.asked_for(f"POST channels/{leg}/transfer_progress")]


async def until_said(asterisk: FakeAsterisk, *states: str, leg: str = ALICE) -> None:
    await asterisk.until(lambda: said(asterisk, leg) == list(states))


@pytest.mark.parametrize(("version", "asks"), [("22.11.0", True), ("22.10.1", False)])
async def test_a_telephone_that_is_rung_has_its_transfers_left_to_us_where_no_telephone_can_end_asterisk_by_it(
    version: str, asks: bool
) -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.version, asterisk.replies = version, dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            switch.arrange(layout(ALICES))
            made = await asterisk.until_asked("POST channels/create")

    assert made.body["variables"].get(HANDLING) == ("ari-only" if asks else None)


async def test_a_customers_leg_too_so_that_asterisk_carries_out_nothing_that_a_customer_asks_for() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.version, asterisk.replies = "22.11.0", dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await a_customer_comes(asterisk, inbox)
            switch.arrange(layout(CORAS))
            asked = await asterisk.until_asked(f"POST channels/{CORA}/variable")

    assert asked.query == {"variable": HANDLING, "value": "ari-only"}


async def test_a_customer_who_comes_by_no_telephone_has_no_transfer_key() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.version, asterisk.replies = "22.11.0", dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            came = {**channel(CORA), "name": "Local/600@from-queue-0d;2"}
            await a_customer_comes(asterisk, inbox, came)
            switch.arrange(layout(CORAS))
            await asterisk.until_asked(f"POST bridges/{TALK}/addChannel")
            await asterisk.tell(enters(CORA, TALK))
            switch.arrange(layout())
            await asterisk.until_asked(f"DELETE channels/{CORA}")

    assert not asterisk.asked_for(f"POST channels/{CORA}/variable")


async def test_a_blind_transfer_is_a_fact_and_the_telephone_hears_at_once_that_we_are_at_it() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox):
        await presses(asterisk, inbox)
        await until_said(asterisk, "channel_progress")

    assert inbox.facts[-1] == BlindTransferAsked(leg=ALICE, dialled="1002", target=AgentTarget(agent=AgentId("bob")))


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        (None, "channel_answered"),
        ("not-permitted", "channel_declined"),
        ("not-now", "channel_declined"),
        ("bad-target", "channel_declined"),
        ("target-unavailable", "channel_unavailable"),
        ("asterisk-unavailable", "channel_unavailable"),
    ],
)
async def test_the_telephone_is_told_what_has_come_of_it(refused: str | None, told: str) -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox) as switch:
        await presses(asterisk, inbox)
        switch.answer_transfer(ALICE, refused)
        await until_said(asterisk, "channel_progress", told)


async def test_nobody_is_hung_up_before_the_telephone_was_told_and_a_moment_longer() -> None:
    """She leaves the talk room at once, so that nobody hears her meanwhile."""
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.version, asterisk.replies = "22.11.0", dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await a_customer_comes(asterisk, inbox)
            switch.arrange(layout(ALICES, CORAS))
            await answers(asterisk, inbox)
            await presses(asterisk, inbox)
            switch.arrange(layout(Place(leg=CORA, origin=Origin.CAME, room=Room.HOLD)))
            await asterisk.until(
                lambda: any(asked.query["channel"] == ALICE for asked in asterisk.asked_for(f"POST bridges/{HOLD}/addChannel"))
            )
            await asterisk.tell(enters(ALICE, HOLD))
            assert not asterisk.asked_for(f"DELETE channels/{ALICE}")
            switch.answer_transfer(ALICE, None)
            await until_said(asterisk, "channel_progress", "channel_answered")
            told_at = time.monotonic()
            await asterisk.until_asked(f"DELETE channels/{ALICE}")

    assert time.monotonic() - told_at >= LEFT_ALONE_SECONDS * 0.9


async def test_an_attended_one_names_the_telephones_other_call() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        await _with_two_calls(asterisk, inbox, {"protocol_id": "a@b", "destination_channel": channel(SECOND)})

    assert inbox.facts[-1] == AttendedTransferAsked(leg=ALICE, other=SECOND)


@pytest.mark.parametrize(
    "named",
    [{"protocol_id": "a@b", "destination_channel": channel(CORA)}, {"protocol_id": "a@b"}, {"protocol_id": ""}],
    ids=["the customer's call", "no call", "a header that can't be read"],
)
async def test_one_that_names_a_call_which_is_not_that_telephones_names_none_of_ours(named: Json) -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        await _with_two_calls(asterisk, inbox, named)

    assert inbox.facts[-1] == AttendedTransferAsked(leg=ALICE, other=LegId(""))


async def _with_two_calls(asterisk: FakeAsterisk, inbox: Inbox, named: Json) -> None:
    """Alice has a customer, a second call that she has dialled, and presses the key that joins two calls."""
    asterisk.version, asterisk.replies = "22.11.0", dict(NOBODY)
    async with attached(asterisk, inbox) as switch:
        await asterisk.tell({"type": "StasisStart", "application": APP, "args": ["customer", "800"], "channel": channel(CORA)})
        switch.arrange(layout(ALICES))
        await answers(asterisk, inbox)
        dialled = {**channel(SECOND), "name": "PJSIP/1001-00000009"}
        await asterisk.tell({"type": "StasisStart", "application": APP, "args": ["agent", "1002", "1001"], "channel": dialled})
        await inbox.until(lambda: inbox.count(AgentDialled) == 1)
        switch.arrange(layout(ALICES, CORAS, Place(leg=SECOND, origin=Origin.DIALLED, room=Room.TALK)))
        await asterisk.tell(transfer(ALICE, **named))
        await inbox.until(lambda: inbox.count(AttendedTransferAsked) == 1)


@pytest.mark.parametrize("leg", [CORA, "17.77"], ids=["a customer", "somebody unknown"])
async def test_whoever_is_no_agent_is_declined_at_once_and_nobody_is_asked(leg: str) -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.version, asterisk.replies = "22.11.0", dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await a_customer_comes(asterisk, inbox)
            switch.arrange(layout(CORAS))
            await asterisk.tell(transfer(leg))
            await until_said(asterisk, "channel_progress", "channel_declined", leg=leg)

    assert not inbox.count(BlindTransferAsked)


async def test_a_key_that_is_pressed_once_more_is_declined_when_the_first_one_is_answered() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox) as switch:
        await asterisk.tell(transfer(ALICE))
        await asterisk.tell(transfer(ALICE, "1003"))
        await inbox.until(lambda: inbox.count(BlindTransferAsked) == 1)
        await until_said(asterisk, "channel_progress")
        switch.answer_transfer(ALICE, None)
        await until_said(asterisk, "channel_progress", "channel_answered", "channel_declined")

    assert inbox.count(BlindTransferAsked) == 1


async def test_a_key_that_is_pressed_once_more_just_after_the_first_one_is_answered_is_declined_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered, passes = asyncio.Event(), asyncio.Event()

    async def pause(switch: AriSwitch, seconds: float) -> None:
        if seconds == LEFT_ALONE_SECONDS:
            answered.set()
            await passes.wait()
        else:
            await asyncio.sleep(seconds)

    monkeypatch.setattr(AriSwitch, "_pause", pause)
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox) as switch:
        await presses(asterisk, inbox)
        switch.answer_transfer(ALICE, None)
        async with asyncio.timeout(SECONDS_MAX):
            await answered.wait()
        await asterisk.tell(transfer(ALICE, "1003"))
        await a_customer_comes(asterisk, inbox)  # told after the key, and so heard after it
        passes.set()

        await until_said(asterisk, "channel_progress", "channel_answered", "channel_progress", "channel_declined")

    assert inbox.count(BlindTransferAsked) == 1


async def test_a_key_that_is_pressed_once_more_while_the_first_one_is_being_answered_is_declined_too() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox) as switch:
        await presses(asterisk, inbox)
        await until_said(asterisk, "channel_progress")
        asterisk.unanswered = {f"POST channels/{ALICE}/transfer_progress"}
        switch.answer_transfer(ALICE, None)
        await until_said(asterisk, "channel_progress", "channel_answered")
        await asterisk.tell(transfer(ALICE, "1003"))
        await a_customer_comes(asterisk, inbox)  # told after the key, and so heard after it
        asterisk.unanswered = set()
        await asterisk.reply(asterisk.asked_for(f"POST channels/{ALICE}/transfer_progress")[-1])

        await until_said(asterisk, "channel_progress", "channel_answered", "channel_progress", "channel_declined")


async def test_what_we_have_told_a_telephone_comes_back_and_is_no_transfer() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox):
        await asterisk.tell(transfer(ALICE, state="channel_declined"))
        await presses(asterisk, inbox)

    assert inbox.count(BlindTransferAsked) == 1


async def test_a_telephone_that_was_refused_may_ask_again() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk, alice_is_up(asterisk, inbox) as switch:
        for times in (1, 2):
            await presses(asterisk, inbox, times=times)
            switch.answer_transfer(ALICE, "not-now")
            await until_said(asterisk, *["channel_progress", "channel_declined"] * times)
            await asyncio.sleep(LEFT_ALONE_SECONDS * 1.5)


async def test_a_telephone_that_can_not_be_told_is_told_once_more_and_its_leg_is_not_kept_for_ever() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {f"POST channels/{ALICE}/transfer_progress": (500, {"message": "no"})}
        async with alice_is_up(asterisk, inbox) as switch:
            await presses(asterisk, inbox)
            switch.answer_transfer(ALICE, None)
            switch.arrange(layout())
            await asterisk.until_asked(f"DELETE channels/{ALICE}")

    assert said(asterisk) == ["channel_progress"] * 3 + ["channel_answered"] * 3

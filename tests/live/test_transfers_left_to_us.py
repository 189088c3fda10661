"""Asterisk leaves to the controller what a transfer key asks for (`ari-only`): the telephone is told what comes of it, refusals too."""

from collections.abc import AsyncIterator

import pytest

from tests.live.fragile import FragileScene
from tests.live.scene import until
from tests.live.site import DESK_NUMBER
from tests.live.test_transfer_key import consults_bob, has_customer
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone
from tests.phones.far_call import FarCall

DONE, UNAVAILABLE, DECLINED = "SIP/2.0 200", "SIP/2.0 503", "SIP/2.0 603"


@pytest.fixture
async def dave(fragile: FragileScene) -> AsyncIterator[DeskPhone]:
    """Dave's telephone, which is there for one test."""
    async with DeskPhone(Account("1004", "phone-1004", registrar_port=fragile.stack.sip_port), voice="dave") as phone:
        yield phone
        phone.forget_calls()


async def is_told(call: FarCall, *statuses: str) -> None:
    """The telephone that has asked hears this of it, in this order, and nothing else."""
    await until(f"it was told {statuses}", lambda: [told[: len(DONE)] for told in call.notified] == ["SIP/2.0 100", *statuses])


async def test_a_telephone_is_told_that_its_transfer_is_done(fragile: FragileScene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(fragile, dave)

    first.refer(dave.account.uri("1002"))

    await is_told(first, DONE)
    await first.did("BYE")
    await fragile.answers("bob")
    await fragile.hear({"customer": {"bob"}, "bob": {"customer"}})
    await fragile.owes_wrap_up("dave", interaction)


async def test_a_telephone_is_told_that_nobody_is_available_and_may_ask_again(fragile: FragileScene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(fragile, dave)
    await fragile.bob.idle()

    first.refer(dave.account.uri("1002"))

    await is_told(first, UNAVAILABLE)
    await fragile.hear({"customer": {"dave"}, "dave": {"customer"}})
    await fragile.phase(interaction, "connected", seen_by="dave")
    await fragile.bob.available()
    first.refer(dave.account.uri("1002"))
    await fragile.answers("bob")
    await fragile.hear({"customer": {"bob"}, "bob": {"customer"}})


async def test_a_telephone_that_names_a_number_of_nobody_is_declined(fragile: FragileScene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(fragile, dave)

    first.refer(dave.account.uri("9"))

    await is_told(first, DECLINED)
    await fragile.phase(interaction, "connected", seen_by="dave")


async def test_two_calls_are_joined_and_both_of_the_telephones_calls_end(fragile: FragileScene, dave: DeskPhone) -> None:
    interaction, first, second = await consults_bob(fragile, dave)

    first.refer(dave.joins(second))

    await is_told(first, DONE)
    await fragile.hear({"customer": {"bob"}, "bob": {"customer"}})
    await first.did("BYE")
    await second.did("BYE")
    await fragile.owes_wrap_up("dave", interaction)


async def test_a_telephone_that_names_the_customers_call_is_declined_and_nobody_moves(fragile: FragileScene, dave: DeskPhone) -> None:
    """Asterisk takes any call for an answer, whoever's it is."""
    await fragile.dave.available()
    await fragile.telephone_is_there("dave")
    async with DeskPhone(Account("2009", "phone-2009", registrar_port=fragile.stack.sip_port), voice="sam") as customer:
        fragile.ear.listen("another customer", customer.rtp_ports)
        theirs = await customer.dial(DESK_NUMBER)
        first = await dave.call_to("1004")
        await first.did("ACK")
        fragile.ear.listen("dave", [first.rtp_port])
        await fragile.hear({"another customer": {"dave"}, "dave": {"sam"}})

        first.refer(dave.joins(theirs))

        await is_told(first, DECLINED)
        await fragile.hear({"another customer": {"dave"}, "dave": {"sam"}})
        theirs.hang_up()
        await first.did("BYE")


async def test_a_key_that_is_pressed_twice_transfers_once(fragile: FragileScene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(fragile, dave)

    first.refer(dave.account.uri("1002"))
    first.refer(dave.account.uri("1002"))

    await until("both were answered", lambda: sum(told.startswith(DONE) for told in first.notified) == 2)
    await fragile.answers("bob")
    await fragile.hear({"customer": {"bob"}, "bob": {"customer"}})
    await fragile.owes_wrap_up("dave", interaction)


async def test_a_telephone_that_hangs_up_by_itself_when_it_is_refused_is_rung_back(fragile: FragileScene) -> None:
    """As baresip does, 2 ms after it was told."""
    await fragile.connected("810")

    await fragile.phones["alice"].transfer("1002")

    await fragile.rings("alice")
    await fragile.hear({"customer": {"music"}})
    await fragile.picks_up("alice")
    await fragile.hear({"customer": {"alice"}, "alice": {"customer"}})

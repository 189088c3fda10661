"""Two soft phones without a registrar do what a person does with them, and their packets carry their tones."""

import shutil
from collections.abc import AsyncIterator

import pytest

from tests.phones import Account, CallState, Ear, SoftPhone
from tests.phones.errors import EarNotAllowed, PhoneDidNotStart, PhoneFailed, PhoneTimeout

pytestmark = [pytest.mark.long, pytest.mark.skipif(shutil.which("baresip") is None, reason="baresip is not installed")]


@pytest.fixture
async def alice() -> AsyncIterator[SoftPhone]:
    async with SoftPhone("alice", Account("1001")) as phone:
        yield phone


@pytest.fixture
async def bob() -> AsyncIterator[SoftPhone]:
    async with SoftPhone("bob", Account("1002")) as phone:
        yield phone


async def talk(caller: SoftPhone, called: SoftPhone) -> None:
    """Bring two phones into one call."""
    call = await caller.dial(called.uri)
    await called.incoming()
    await called.accept()
    await called.established()
    await caller.established(call)


async def test_they_hear_each_other_and_the_hold_key_ends_that_until_it_is_pressed_again(alice: SoftPhone, bob: SoftPhone) -> None:
    try:
        ear = Ear()
    except EarNotAllowed as error:
        pytest.skip(str(error))
    with ear:
        for phone in (alice, bob):
            ear.listen(phone.name, phone.rtp_ports)
        await talk(alice, bob)
        await ear.wait_until({"alice": {"bob"}, "bob": {"alice"}})
        await alice.hold()
        await ear.wait_until({"alice": ()})
        await alice.resume()
        await ear.wait_until({"alice": {"bob"}, "bob": {"alice"}})


async def test_telephone_keys_arrive_in_order(alice: SoftPhone, bob: SoftPhone) -> None:
    await talk(alice, bob)
    await alice.send_keys("*21#")
    assert (await bob.keys_received("*21#")).keys == "*21#"


async def test_hanging_up_closes_the_call_at_both_ends(alice: SoftPhone, bob: SoftPhone) -> None:
    await talk(alice, bob)
    await bob.hang_up()
    assert (await alice.closed()).closed_because == "Connection reset by peer"
    assert bob.live_calls == []


async def test_declining_gives_486_to_the_caller(alice: SoftPhone, bob: SoftPhone) -> None:
    call = await alice.dial(bob.uri)
    await bob.incoming()
    await bob.decline()
    assert (await alice.closed(call)).closed_because == "486 Rejected"


async def test_a_caller_who_gives_up_ends_the_ringing(alice: SoftPhone, bob: SoftPhone) -> None:
    await alice.dial(bob.uri)
    ringing = await bob.incoming()
    await alice.ringing()
    await alice.hang_up()
    assert (await bob.closed(ringing)).state is CallState.CLOSED


async def test_a_phone_answers_by_itself_when_told_to(alice: SoftPhone, bob: SoftPhone) -> None:
    await bob.answer_by_itself()
    await alice.established(await alice.dial(bob.uri))


async def test_a_frozen_phone_answers_nothing_and_a_thawed_one_does(alice: SoftPhone, bob: SoftPhone) -> None:
    bob.freeze()
    await alice.dial(bob.uri)
    with pytest.raises(PhoneTimeout, match="no ringing at the far end"):
        await alice.ringing(seconds_max=0.3)
    bob.thaw()
    await alice.ringing()


async def test_a_killed_phone_is_gone_without_a_word_and_can_be_started_again(alice: SoftPhone, bob: SoftPhone) -> None:
    await talk(alice, bob)
    await bob.kill()
    with pytest.raises(PhoneTimeout):
        await alice.closed(seconds_max=0.3)
    await alice.hang_up()
    await bob.start()
    await talk(alice, bob)
    await alice.kill()  # it would wait a while for an answer to the BYE that it sent to the dead phone


async def test_what_did_not_happen_is_told_with_the_phones_last_events(alice: SoftPhone) -> None:
    with pytest.raises(PhoneTimeout, match=r"alice: no incoming call in 0\.05 s\ncalls of alice: none"):
        await alice.incoming(seconds_max=0.05)
    with pytest.raises(PhoneFailed, match="alice has no such call now"):
        await alice.hang_up()


async def test_a_phone_that_can_not_register_says_so(bob: SoftPhone) -> None:
    nobody = Account("1001", "secret", registrar_port=bob.process.ports.sip + 1)
    with pytest.raises(PhoneDidNotStart, match="did not register"):
        await SoftPhone("alice", nobody).start(register_seconds_max=0.3)

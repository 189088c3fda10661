"""The keys of a telephone on the desk: its second call is our consult, its transfer key our transfer. Who hears whom, by their tones.

Both ways of transfers: Asterisk carries them out, and that is taken apart (`core`); or it leaves them to the controller (`ari-only`).
"""

from collections.abc import AsyncIterator

import pytest

from tests.live.fragile import FragileScene
from tests.live.scene import Scene
from tests.live.site import DESK_NUMBER
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone, Refused, dialogue
from tests.phones.far_call import FarCall

SECOND = "Dave, by his second call"


@pytest.fixture(params=["core", "ari-only"])
def scene(request: pytest.FixtureRequest, scene: Scene, fragile: FragileScene) -> Scene:
    """A scene of the stack that has this way."""
    return scene if request.param == "core" else fragile


@pytest.fixture
async def dave(scene: Scene) -> AsyncIterator[DeskPhone]:
    """Dave's telephone, which is there for one test."""
    async with DeskPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), voice="dave") as phone:
        yield phone
        phone.forget_calls()


async def has_customer(scene: Scene, dave: DeskPhone) -> tuple[str, FarCall]:
    """Dave talks with the customer; Bob is available."""
    await scene.dave.available()
    await scene.telephone_is_there("dave")
    await scene.queued(DESK_NUMBER)
    first = await dave.call_to("1004")
    await first.did("ACK")
    scene.ear.listen("dave", [first.rtp_port])
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})
    await scene.bob.available()
    return await scene.interaction_of("dave"), first


async def consults_bob(scene: Scene, dave: DeskPhone) -> tuple[str, FarCall, FarCall]:
    """Dave has put the customer on hold at his telephone, and talks with Bob by its second call."""
    interaction, first = await has_customer(scene, dave)
    first.hold()
    await scene.hear({"customer": {"music"}})
    second = await dave.dial("1002")
    scene.ear.listen(SECOND, [second.rtp_port])
    await scene.answers("bob")
    await scene.hear({SECOND: {"bob"}, "bob": {"dave"}, "customer": {"music"}})
    return interaction, first, second


async def test_a_second_call_to_a_colleague_is_a_consult_and_the_customer_hears_music(scene: Scene, dave: DeskPhone) -> None:
    interaction, _, _ = await consults_bob(scene, dave)

    await scene.phase(interaction, "consulting", seen_by="dave")


async def test_changing_between_the_calls_swaps(scene: Scene, dave: DeskPhone) -> None:
    interaction, first, second = await consults_bob(scene, dave)

    second.hold()
    first.hold(held=False)

    await scene.hear({"dave": {"customer"}, "customer": {"dave"}, "bob": {"music"}})
    await scene.phase(interaction, "consult_held", seen_by="dave")


@pytest.mark.parametrize("named", ["the second call", "the first call"])
async def test_the_key_that_joins_two_calls_transfers_the_customer(scene: Scene, dave: DeskPhone, named: str) -> None:
    """Telephones differ in which of the two calls asks for it, and which it names."""
    interaction, first, second = await consults_bob(scene, dave)
    asks, is_named = (first, second) if named == "the second call" else (second, first)

    asks.refer(dave.joins(is_named))

    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await is_named.did("BYE")
    assert asks.notified[-1] == "SIP/2.0 200 OK"
    asks.hang_up()  # as telephones do by themselves
    await scene.owes_wrap_up("dave", interaction)


async def test_the_transfer_key_with_a_number_hands_the_customer_over(scene: Scene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(scene, dave)

    first.refer(dave.account.uri("1002"))

    await scene.hear({"customer": {"music"}})
    await scene.answers("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.owes_wrap_up("dave", interaction)


async def test_a_transfer_to_who_is_not_available_is_refused_and_nothing_changes(scene: Scene, dave: DeskPhone) -> None:
    interaction, first = await has_customer(scene, dave)
    await scene.bob.idle()

    first.refer(dave.account.uri("1002"))
    await first.answered("REFER")

    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})
    await scene.phase(interaction, "connected", seen_by="dave")


async def test_a_telephone_that_hangs_up_because_its_transfer_was_refused_is_rung_again(scene: Scene, dave: DeskPhone) -> None:
    _, first = await has_customer(scene, dave)
    await scene.bob.idle()
    before = len(dave.far_calls)

    first.refer(dave.account.uri("1002"))
    await first.did("NOTIFY")
    first.hang_up()

    again = await dave.call_to("1004", after=before)
    await again.did("ACK")
    scene.ear.listen("dave", [again.rtp_port])
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})


async def test_what_is_dialled_and_refused_is_heard_as_a_tone_and_then_as_a_status(scene: Scene, dave: DeskPhone) -> None:
    await scene.dave.available()

    with pytest.raises(Refused) as refused:
        await dave.dial("1002")

    assert refused.value.status == 484
    assert 183 in dave.statuses


async def test_whoever_takes_a_calls_place_unasked_is_put_out_and_hears_nobody(scene: Scene, dave: DeskPhone) -> None:
    """INVITE with Replaces, from a telephone that knows the three ids of somebody else's dialogue."""
    interaction, first = await has_customer(scene, dave)
    async with DeskPhone(Account("2009", "phone-2009", registrar_port=scene.stack.sip_port), voice="sam") as stranger:
        scene.ear.listen("stranger", stranger.rtp_ports)

        call = await stranger.dial(DESK_NUMBER, f"Replaces: {dialogue(first)}")

        await call.did("BYE")
        await scene.hear({"customer": {"dave"}, "dave": {"customer"}, "stranger": ()})
        await scene.phase(interaction, "connected", seen_by="dave")

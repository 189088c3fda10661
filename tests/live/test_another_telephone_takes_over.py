"""INVITE with Replaces (RFC 3891): who may take a call's place keeps it, everybody else is put out. Who hears whom, by their tones."""

from collections.abc import AsyncIterator

import pytest

from tests.live.fragile import FragileScene
from tests.live.scene import Scene
from tests.live.site import DESK_NUMBER
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone, Refused, dialogue
from tests.phones.far_call import FarCall

CUSTOMERS = "2009"


def telephone(scene: Scene, user: str, voice: str) -> DeskPhone:
    return DeskPhone(Account(user, f"phone-{user}", registrar_port=scene.stack.sip_port), voice=voice)


@pytest.fixture
async def cora(scene: Scene) -> AsyncIterator[DeskPhone]:
    """A customer's telephone, by which they call as often as they like."""
    async with telephone(scene, CUSTOMERS, "customer-2") as phone:
        yield phone
        phone.forget_calls()


@pytest.fixture
async def dave(scene: Scene) -> AsyncIterator[DeskPhone]:
    async with telephone(scene, "1004", "dave") as phone:
        yield phone
        phone.forget_calls()


async def takes(scene: Scene, phone: DeskPhone, call: FarCall, who: str, number: str = "810") -> FarCall:
    """Another call of this telephone takes the place of one that is there."""
    newcomer = await phone.dial(number, f"Replaces: {dialogue(call)}")
    scene.ear.listen(who, [newcomer.rtp_port])
    return newcomer


async def connected(scene: Scene, cora: DeskPhone) -> tuple[str, FarCall]:
    """Cora talks with Alice."""
    await scene.alice.available()
    call = await cora.dial("810")
    scene.ear.listen("cora", [call.rtp_port])
    await scene.answers("alice")
    await scene.hear({"cora": {"alice"}, "alice": {"customer-2"}})
    return await scene.interaction_of("alice"), call


async def test_a_customer_goes_on_by_another_call_of_the_same_telephone_and_the_old_one_is_ended(scene: Scene, cora: DeskPhone) -> None:
    interaction, call = await connected(scene, cora)

    newcomer = await takes(scene, cora, call, "cora, anew")

    await call.did("BYE")
    await scene.hear({"cora, anew": {"alice"}, "alice": {"customer-2"}})
    await scene.phase(interaction, "connected")
    newcomer.hang_up()
    await scene.owes_wrap_up("alice", interaction)


async def test_a_customer_on_hold_who_goes_on_by_another_call_hears_music_there(scene: Scene, cora: DeskPhone) -> None:
    interaction, call = await connected(scene, cora)
    await scene.alice.does("hold", interaction)
    await scene.hear({"cora": {"music"}})

    await takes(scene, cora, call, "cora, anew")

    await call.did("BYE")
    await scene.hear({"cora, anew": {"music"}})
    await scene.alice.does("resume", interaction)
    await scene.hear({"cora, anew": {"alice"}, "alice": {"customer-2"}})


async def test_whoever_a_stranger_replaces_is_put_back_and_the_stranger_hears_nobody(scene: Scene, cora: DeskPhone) -> None:
    interaction, call = await connected(scene, cora)
    async with telephone(scene, "2008", "dave") as stranger:
        scene.ear.listen("stranger", stranger.rtp_ports)

        newcomer = await stranger.dial("810", f"Replaces: {dialogue(call)}")

        await newcomer.did("BYE")
        await scene.hear({"cora": {"alice"}, "alice": {"customer-2"}, "stranger": ()})
        await scene.phase(interaction, "connected")


async def test_an_agent_who_holds_a_customer_takes_them_back_by_another_telephone(scene: Scene, dave: DeskPhone) -> None:
    await scene.dave.available()
    await scene.telephone_is_there("dave")
    await scene.queued(DESK_NUMBER)
    call = await dave.call_to("1004")
    scene.ear.listen("dave", [call.rtp_port])
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})
    interaction = await scene.interaction_of("dave")
    call.hold()
    await scene.phase(interaction, "held", seen_by="dave")

    newcomer = await takes(scene, dave, call, "dave, anew", "1002")

    await call.did("BYE")
    await scene.hear({"customer": {"dave"}, "dave, anew": {"customer"}})
    await scene.phase(interaction, "connected", seen_by="dave")
    newcomer.hang_up()
    await scene.owes_wrap_up("dave", interaction)


async def test_a_call_that_rings_is_picked_up_at_another_telephone_of_the_same_agent(scene: Scene, dave: DeskPhone) -> None:
    async def rings(call: FarCall) -> None:
        call.ring()

    dave.ways["1004"] = rings
    await scene.dave.available()
    await scene.telephone_is_there("dave")
    await scene.queued(DESK_NUMBER)
    call = await dave.call_to("1004")
    await call.did("180")

    await takes(scene, dave, call, "dave, anew", "1002")

    await scene.hear({"customer": {"dave"}, "dave, anew": {"customer"}})
    await call.did("CANCEL")
    await scene.phase(await scene.interaction_of("dave"), "connected", seen_by="dave")


async def test_a_call_that_is_not_there_can_be_taken_by_nobody(scene: Scene, cora: DeskPhone) -> None:
    _, call = await connected(scene, cora)
    call.hang_up()
    await call.answered("BYE")

    with pytest.raises(Refused) as refused:
        await cora.dial("810", f"Replaces: {dialogue(call)}")

    assert refused.value.status in (481, 603)  # forgotten, or over a moment ago (RFC 3891, 3)


async def test_whoever_has_taken_a_calls_place_survives_the_controller(fragile: FragileScene) -> None:
    async with telephone(fragile, CUSTOMERS, "customer-2") as cora:
        interaction, call = await connected(fragile, cora)
        await takes(fragile, cora, call, "cora, anew")
        await call.did("BYE")
        await fragile.hear({"cora, anew": {"alice"}, "alice": {"customer-2"}})

        await fragile.controller_dies()
        await fragile.controller_starts()

        await fragile.hear({"cora, anew": {"alice"}, "alice": {"customer-2"}})
        await fragile.alice.does("hold", interaction)
        await fragile.hear({"cora, anew": {"music"}})
        cora.far_calls[-1].hang_up()
        await fragile.owes_wrap_up("alice", interaction)

"""An agent with Linphone: its hold key, its transfer keys, feature codes, hanging up. Who hears whom, by their tones."""

from collections.abc import AsyncIterator

import pytest

from tests.live.linphone_telephone import COMES, LinphoneTelephone
from tests.live.scene import Scene
from tests.live.site import DESK_NUMBER

SECOND = "Dave, by his second call"


@pytest.fixture
async def dave(scene: Scene) -> AsyncIterator[LinphoneTelephone]:
    """Dave's telephone, which is there for one test."""
    async with LinphoneTelephone("1004", registrar_port=scene.stack.sip_port, voice="dave") as phone:
        scene.ear.listen("dave", [phone.rtp_port])
        yield phone


async def rings(scene: Scene, dave: LinphoneTelephone) -> None:
    await scene.dave.available()
    await scene.telephone_is_there("dave")
    await scene.queued(DESK_NUMBER)
    await dave.has(COMES)


async def talks(scene: Scene, dave: LinphoneTelephone) -> str:
    """Dave talks with the customer."""
    await rings(scene, dave)
    dave.does("answer")
    await scene.hear({"dave": {"customer"}})
    await dave.plays()
    await scene.hear({"customer": {"dave"}})
    return await scene.interaction_of("dave")


async def test_the_hold_key_gives_the_customer_music_and_its_release_takes_them_back(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)

    dave.does("pause")
    await scene.hear({"customer": {"music"}})
    await scene.phase(interaction, "held", seen_by="dave")

    dave.does("resume 1")
    await scene.hear({"dave": {"customer"}})
    await dave.plays()
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})


async def test_a_blind_transfer_hands_the_customer_over(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)
    await scene.bob.available()

    dave.does(f"transfer sip:1002@127.0.0.1:{scene.stack.sip_port}")

    await scene.hear({"customer": {"music"}})
    await scene.answers("bob")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.owes_wrap_up("dave", interaction)


async def test_an_attended_transfer_joins_the_customer_and_the_colleague(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)
    await scene.bob.available()
    dave.does("pause")
    await scene.hear({"customer": {"music"}})

    dave.does(f"call sip:1002@127.0.0.1:{scene.stack.sip_port}")
    await scene.answers("bob")
    dave.does("play /site/tone.wav")
    scene.ear.listen(SECOND, dave.other_rtp_ports)
    await scene.hear({SECOND: {"bob"}, "bob": {"dave"}, "customer": {"music"}})
    await scene.phase(interaction, "consulting", seen_by="dave")

    dave.does("transfer 1 --to-call 2")
    await scene.hear({"customer": {"bob"}, "bob": {"customer"}})
    await scene.owes_wrap_up("dave", interaction)


async def test_a_code_by_the_keys_puts_the_customer_on_hold_and_takes_them_back(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)

    dave.does("*8")
    await scene.hear({"customer": {"music"}})
    await scene.phase(interaction, "held", seen_by="dave")

    dave.does("*8")
    await scene.hear({"customer": {"dave"}, "dave": {"customer"}})


async def test_a_call_that_is_refused_leaves_the_customer_with_music(scene: Scene, dave: LinphoneTelephone) -> None:
    await rings(scene, dave)

    dave.does("terminate")

    await scene.hear({"customer": {"music"}})
    await scene.state_of("dave", "idle")


async def test_whoever_hangs_up_ends_the_call_and_owes_a_reason(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)

    dave.does("terminate")

    await scene.over(interaction, owner="dave")


async def test_the_telephone_is_free_when_the_customer_has_hung_up(scene: Scene, dave: LinphoneTelephone) -> None:
    interaction = await talks(scene, dave)

    await scene.customer.hang_up()

    await scene.over(interaction, owner="dave")
    await dave.is_free()

"""What a telephone says beside the keys: a BYE that names a reason, and a session that is only refreshed."""

from collections.abc import AsyncIterator

import pytest

from tests.live.scene import Scene, until
from tests.phones import Account, AnsweringPhone


@pytest.fixture
async def dave(scene: Scene) -> AsyncIterator[AnsweringPhone]:
    """Dave's telephone, which answers at once and says nothing."""
    async with AnsweringPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port)) as telephone:
        await scene.dave.available()
        await scene.queued("801")
        await until("dave is on the call", lambda: telephone.calls)
        await scene.state_of("dave", "engaged")
        yield telephone


async def somebody_hears_music(scene: Scene, interaction: str) -> None:
    """The customer stands in the hold room; this queue's music is no tone that could be told from speech."""

    async def stands_there() -> bool:
        return any(bridge["id"] == f"ix-{interaction}-hold" and bridge["channels"] for bridge in await scene.ari("/bridges"))

    await until("the customer stands in the hold room", stands_there)


@pytest.mark.parametrize("reason", [*(f"Q.850;cause={cause}" for cause in (17, 19, 31, 38, 41, 102, 127, 999)), "SIP;cause=503"])
async def test_an_owner_who_hangs_up_ends_the_call_whatever_reason_the_telephone_names(
    scene: Scene, dave: AnsweringPhone, reason: str
) -> None:
    interaction = await scene.interaction_of("dave")

    dave.hang_up(f"Reason: {reason}")

    await scene.phase(interaction, "ended", seen_by="dave")
    await scene.owes_wrap_up("dave", interaction)


async def test_an_owner_whose_leg_is_hung_up_in_asterisk_was_lost_and_the_customer_waits_at_the_front(
    scene: Scene, dave: AnsweringPhone
) -> None:
    interaction = await scene.interaction_of("dave")
    (channel,) = [channel["name"] for channel in await scene.ari("/channels") if channel["name"].startswith("PJSIP/1004")]

    scene.stack.asterisk_cli(f"channel request hangup {channel}")

    await scene.phase(interaction, "queued", seen_by="sam")
    await somebody_hears_music(scene, interaction)
    await scene.owes_wrap_up("dave", interaction)


async def test_a_customer_held_by_the_desktop_hears_music_on_while_the_owners_telephone_refreshes_its_session(
    scene: Scene, dave: AnsweringPhone
) -> None:
    interaction = await scene.interaction_of("dave")
    await scene.dave.does("hold", interaction)
    await somebody_hears_music(scene, interaction)
    held = await scene.dave.interaction(interaction)

    await dave.refresh()
    await somebody_hears_music(scene, interaction)
    assert (await scene.dave.interaction(interaction))["revision"] == held["revision"], "nothing has moved"
    await scene.dave.does("resume", interaction)

    await scene.phase(interaction, "connected", seen_by="dave")

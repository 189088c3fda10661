"""Another application, or the dialplan, brings somebody into a call of ours: they are put out at once. Who hears whom, by their tones."""

from collections.abc import AsyncIterator

import pytest

from tests.live.scene import ARI_HEADERS, Scene, until
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone

STRANGER = "2009"


@pytest.fixture
async def stranger(scene: Scene) -> AsyncIterator[DeskPhone]:
    """A telephone that answers by itself whoever calls it."""
    async with DeskPhone(Account(STRANGER, f"phone-{STRANGER}", registrar_port=scene.stack.sip_port), voice="carol") as phone:
        scene.ear.listen("stranger", phone.rtp_ports)
        await scene.is_reached(STRANGER)
        yield phone
        phone.forget_calls()


async def talk_room(scene: Scene) -> str:
    return next(str(bridge["id"]) for bridge in await scene.ari("/bridges") if bridge["id"].endswith("-talk"))


async def test_whom_another_application_brings_in_is_put_out_and_stays_in_that_application(scene: Scene, stranger: DeskPhone) -> None:
    await scene.connected()
    room = await talk_room(scene)
    async with scene.http.ws_connect(f"{scene.stack.ari_url}/events?app=other", headers=ARI_HEADERS) as other:
        asked = {"endpoint": f"PJSIP/{STRANGER}", "app": "other", "channelId": "stranger-1"}
        async with scene.http.post(f"{scene.stack.ari_url}/channels", params=asked, headers=ARI_HEADERS) as answer:
            assert answer.status == 200
        while (await other.receive_json(timeout=5.0))["type"] != "StasisStart":
            pass

        url = f"{scene.stack.ari_url}/bridges/{room}/addChannel"
        async with scene.http.post(url, params={"channel": "stranger-1"}, headers=ARI_HEADERS) as answer:
            assert answer.status == 204

        async def is_out() -> bool:
            return "stranger-1" not in (await scene.ari(f"/bridges/{room}"))["channels"]

        await until("the stranger is out", is_out)
        await scene.hear({"customer": {"alice"}, "alice": {"customer"}, "stranger": ()})
        assert (await scene.ari("/channels/stranger-1"))["state"] == "Up", "nobody has hung up on whom another application has"
        (await stranger.call_to(STRANGER)).hang_up()


async def test_whom_the_dialplan_brings_in_is_hung_up(scene: Scene, stranger: DeskPhone) -> None:
    await scene.connected()
    alices = next(channel["name"] for channel in await scene.ari("/channels") if channel["name"].startswith("PJSIP/1001-"))
    for module in ("app_bridgeaddchan", "res_clioriginate"):
        scene.stack.asterisk_cli(f"module load {module}.so")

    scene.stack.asterisk_cli(f"channel originate PJSIP/{STRANGER} application BridgeAdd {alices}")

    call = await stranger.call_to(STRANGER)
    await call.did("BYE")
    await scene.hear({"customer": {"alice"}, "alice": {"customer"}, "stranger": ()})

"""In each phase, who hears whom, measured on the packets that each telephone receives."""

import time

from tests.live.scene import Scene
from tests.phones import OTHER


async def test_a_customer_who_waits_hears_music(scene: Scene) -> None:
    await scene.queued()
    await scene.hear({"customer": {"music"}})


async def test_a_customer_who_is_offered_to_an_agent_hears_music(scene: Scene) -> None:
    await scene.offered()
    await scene.hear({"customer": {"music"}})


async def test_connected_the_customer_and_the_owner_hear_each_other(scene: Scene) -> None:
    await scene.connected()


async def test_held_the_customer_hears_music_and_the_owner_nobody(scene: Scene) -> None:
    await scene.held()
    await scene.hear({"customer": {"music"}, "alice": ()})


async def test_while_agent_2_rings_the_customer_hears_music_and_the_owner_ringing(scene: Scene) -> None:
    began = time.time()
    await scene.consult_offered()
    await scene.hear({"customer": {"music"}})
    await scene.ear.wait_for_first("alice", OTHER, after=began)


async def test_consulting_the_agents_hear_each_other_and_the_customer_music(scene: Scene) -> None:
    await scene.consulting()


async def test_consult_held_the_owner_and_the_customer_hear_each_other_and_agent_2_music(scene: Scene) -> None:
    await scene.consult_held()


async def test_while_a_transfer_is_asked_the_customer_hears_music_and_agent_2_nobody(scene: Scene) -> None:
    await scene.transfer_asked()


async def test_in_a_conference_everybody_hears_everybody(scene: Scene) -> None:
    await scene.conference()

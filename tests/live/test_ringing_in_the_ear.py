"""The ringing that the owner of a consult hears: from the moment Agent 2's telephone rings, and not a moment longer."""

import time

from tests.live.scene import Scene
from tests.phones import OTHER

RINGING_PERIOD_SECONDS = 5.5
"""Ringing comes and goes (France: 1.5 s in 5 s); listen for longer than one pause before saying that there is none."""


async def test_ringing_ends_when_agent_2_declines_and_the_customer_stays_on_hold(scene: Scene) -> None:
    interaction = await scene.consult_offered("814")
    await scene.ear.wait_for_first("alice", OTHER, after=time.time() - 1)
    await scene.bob.does("decline", interaction)
    await scene.phase(interaction, "held")
    await scene.hear({"alice": ()}, seconds_max=RINGING_PERIOD_SECONDS)
    silent_since = time.time()
    await scene.ear.wait_until({"customer": {"music"}}, since=silent_since + RINGING_PERIOD_SECONDS, seconds_max=RINGING_PERIOD_SECONDS + 2)
    assert scene.ear.packets("alice", silent_since) == [], scene.ear.timeline("alice", silent_since)


async def test_ringing_is_heard_again_when_the_owner_comes_back_to_a_telephone_that_still_rings(scene: Scene) -> None:
    interaction = await scene.consult_offered()
    await scene.alice.does("resume", interaction)
    await scene.hear({"alice": {"customer"}, "customer": {"alice"}})
    await scene.alice.does("swap", interaction)
    back = time.time()
    await scene.hear({"customer": {"music"}})
    await scene.ear.wait_for_first("alice", OTHER, after=back)
    await scene.picks_up("bob")
    await scene.hear({"alice": {"bob"}, "bob": {"alice"}})

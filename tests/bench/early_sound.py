"""From the far end's 183 to the moment at which Agent 1 hears it, the whole way: a consult of a number by the demo's outside line."""

import time

from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import connected, say
from tests.live.scene import Scene
from tests.phones import Account, FarEnd

MEDIAN_MAX_MS = 100
NUMBER = "+33199001001"
"""Whoever calls it hears it for two seconds before it answers."""


async def early_sound(scene: Scene, repetitions: int) -> list[Figure]:
    """The far end is a telephone of the tests."""
    say(f"183 of the far end to Agent 1 hearing it: {repetitions} times")
    async with FarEnd(Account("outside", "phone-outside", registrar_port=scene.stack.sip_port)) as outside:
        seconds = [await _once(scene, outside) for _ in range(repetitions)]
    return median_and_p95("183 of the far end to Agent 1 hearing it", seconds, MEDIAN_MAX_MS, None)


async def _once(scene: Scene, outside: FarEnd) -> float:
    known = len(outside.far_calls)
    interaction = await connected(scene)
    asked_at = time.time()
    await scene.alice.does("consult", interaction, target={"kind": "number", "number": NUMBER})
    call = await outside.call_to(NUMBER, after=known)
    said_at = await call.did("183")
    heard = await scene.ear.wait_for_first("alice", "outside", after=asked_at)
    await scene.customer.hang_up()
    await call.did("over")
    await scene.close()
    return heard.at - said_at

"""From the customer's hanging up to the moment at which Agent 2's telephone is told to stop ringing."""

import time

from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import connected, say
from tests.live.scene import Scene, until
from tests.phones import Account, StubPhone

P95_MAX_MS = 200


async def ringing(scene: Scene, repetitions: int) -> list[Figure]:
    """Bob's telephone is one that only rings."""
    say(f"customer hangs up to CANCEL: {repetitions} times")
    bob = scene.phones["bob"]
    await bob.stop()
    seconds = []
    async with StubPhone(Account("1002", "phone-1002", registrar_port=scene.stack.sip_port), status=None, rings=True) as rings:
        for _ in range(repetitions):
            seconds.append(await _once(scene, rings))
    await bob.start()
    scene.ear.listen("bob", bob.rtp_ports)
    await bob.answer_by_itself()
    return median_and_p95("customer hangs up to CANCEL", seconds, None, P95_MAX_MS)


async def _once(scene: Scene, rings: StubPhone) -> float:
    known = len(rings.calls)
    interaction = await connected(scene)
    await scene.alice.does("consult", interaction, target={"kind": "agent", "id": "bob"})
    await until("Bob's telephone rings", lambda: len(rings.calls) > known)
    hung_up_at = time.time()
    await scene.customer.hang_up()
    call = rings.calls[-1]
    await until("Bob's telephone is told to stop", lambda: call.cancelled_at is not None)
    await scene.close()
    assert call.cancelled_at is not None, "that was just waited for"
    return call.cancelled_at - hung_up_at

"""What the controller's process spends on a whole consult call, and what an hour of nothing would cost.

Nobody asks the API how things are meanwhile: two desktops listen to events as real ones do, and only commands are sent.
"""

import asyncio
from contextlib import AsyncExitStack

from tests.bench.desktop import Desktop, desktop
from tests.bench.figures import Figure
from tests.bench.process import cpu_seconds
from tests.bench.stage import QUEUE_NUMBER, controller_pid, hear, say
from tests.live.scene import Scene

PER_CALL = "processor time per consult call"
CPU_MAX_MS = 15
IDLE_SECONDS = 5.0
WARM_UP_CALLS = 3


async def cost(scene: Scene, calls: int) -> list[Figure]:
    """Measure so many consult calls, one after the other."""
    pid = controller_pid(scene.stack)
    async with AsyncExitStack() as listening:
        desktops = [await desktop(scene.http, scene.desks[agent], scene.stack, listening) for agent in ("alice", "bob")]
        for agent in ("alice", "bob"):
            await scene.desks[agent].available()
        for _ in range(WARM_UP_CALLS):
            await _consult_call(scene, *desktops)
        say(f"processor time: {calls} whole consult calls")
        began, frames = cpu_seconds(pid), sum(one.frames for one in desktops)
        for _ in range(calls):
            await _consult_call(scene, *desktops)
        spent = cpu_seconds(pid) - began
        told = sum(one.frames for one in desktops) - frames
        began = cpu_seconds(pid)
        await asyncio.sleep(IDLE_SECONDS)  # what is measured is that nothing happens
        idle = cpu_seconds(pid) - began
        await scene.close()
    return [
        Figure(name=PER_CALL, value=1000 * spent / calls, unit="ms", target=CPU_MAX_MS, samples=calls),
        Figure(name="frames told per consult call", value=told / calls, unit="", target=None, samples=calls),
        Figure(name="processor time per idle second", value=1000 * idle / IDLE_SECONDS, unit="ms", target=None, samples=1),
    ]


async def _consult_call(scene: Scene, one: Desktop, other: Desktop) -> None:
    """Arrival, offer, answer, consult, answer, resume, swap, transfer, hang-up, both wrap-ups."""
    await one.is_told(state="available")
    await other.is_told(state="available")
    await scene.customer.dial(QUEUE_NUMBER)
    owner, colleague = await _who_is_rung(one, other)
    a, b = owner.agent, colleague.agent
    await owner.is_told(phase="connected")
    await hear(scene, {"customer": {a}, a: {"customer"}})
    interaction = owner.interaction["id"]
    desk = scene.desks[a]
    await desk.does("consult", interaction, target={"kind": "agent", "id": b})
    await hear(scene, {"customer": {"music"}, a: {b}, b: {a}})
    await desk.does("resume", interaction)
    await hear(scene, {"customer": {a}, a: {"customer"}, b: {"music"}})
    await desk.does("swap", interaction)
    await hear(scene, {"customer": {"music"}, a: {b}, b: {a}})
    await desk.does("transfer", interaction)
    await hear(scene, {"customer": {b}, b: {"customer"}})
    await desk.does("wrap-up", interaction, reason="resolved")
    await scene.customer.hang_up()
    await colleague.is_told(state="wrap_up")
    await scene.desks[b].does("wrap-up", interaction, reason="resolved")


async def _who_is_rung(one: Desktop, other: Desktop) -> tuple[Desktop, Desktop]:
    waiting = {asyncio.create_task(each.is_told(state="engaged")): each for each in (one, other)}
    done, pending = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    owner = waiting[done.pop()]
    return (one, other) if owner is one else (other, one)

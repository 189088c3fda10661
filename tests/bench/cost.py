"""What the controller's process spends on a whole consult call, and what an hour of nothing would cost.

Nobody asks the API how things are meanwhile: two desktops listen to events as real ones do, and only commands are sent.
"""

import asyncio
from contextlib import AsyncExitStack

import aiohttp

from tests.bench.figures import Figure
from tests.bench.process import cpu_seconds
from tests.bench.stage import QUEUE_NUMBER, controller_pid, hear, say
from tests.live.desk import AgentDesk
from tests.live.scene import Scene
from tests.live.stack import Stack

PER_CALL = "processor time per consult call"
CPU_MAX_MS = 15
IDLE_SECONDS = 5.0
WARM_UP_CALLS = 3


class Desktop:
    """A desktop that listens: what the last frames have said."""

    def __init__(self, agent: str, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.agent = agent
        self.interaction: dict[str, str] = {}
        self.state = ""
        self.frames = 0
        self._socket = socket
        self._changed = asyncio.Event()

    async def listen(self) -> None:
        """Take in frames until the socket is closed."""
        async for message in self._socket:
            frame = message.json()
            self.frames += 1
            if frame["type"] in ("me", "snapshot"):
                self.state = frame["me"]["state"]
            elif frame["type"] == "interaction":
                self.interaction = frame["interaction"]
            self._changed.set()

    async def is_told(self, *, phase: str | None = None, state: str | None = None) -> None:
        """Wait until it has heard of this phase, or of this state of its agent."""
        async with asyncio.timeout(5):
            while (phase and self.interaction.get("phase") != phase) or (state and self.state != state):
                self._changed.clear()
                await self._changed.wait()


async def cost(scene: Scene, calls: int) -> list[Figure]:
    """Measure so many consult calls, one after the other."""
    pid = controller_pid(scene)
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


async def desktop(http: aiohttp.ClientSession, desk: AgentDesk, stack: Stack, listening: AsyncExitStack) -> Desktop:
    """Open an agent's desktop, which listens until `listening` ends."""
    url = f"{stack.desktop_url}/api/v1/events"
    opened = Desktop(desk.agent, await listening.enter_async_context(http.ws_connect(url, headers=dict(desk.headers))))
    task = asyncio.create_task(opened.listen(), name=f"desktop of {desk.agent}")
    listening.callback(task.cancel)
    return opened


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

"""A desktop that listens to events, as real ones do, and asks for nothing."""

import asyncio
from contextlib import AsyncExitStack

import aiohttp

from tests.live.desk import AgentDesk
from tests.live.stack import Stack


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


async def desktop(http: aiohttp.ClientSession, desk: AgentDesk, stack: Stack, listening: AsyncExitStack) -> Desktop:
    """Open an agent's desktop, which listens until `listening` ends."""
    url = f"{stack.desktop_url}/api/v1/events"
    opened = Desktop(desk.agent, await listening.enter_async_context(http.ws_connect(url, headers=dict(desk.headers))))
    task = asyncio.create_task(opened.listen(), name=f"desktop of {desk.agent}")
    listening.callback(task.cancel)
    return opened

"""A listener that writes down what it is told, and an attachment that runs as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from controller.asterisk.attachment import Attachment
from controller.asterisk.errors import AriError
from controller.asterisk.events import ChannelStateChange, KnownEvent
from controller.asterisk.listener import Listener
from controller.directory.site import AsteriskAccess
from tests.edges.ari.fake_asterisk import SECONDS_MAX


class Follower(Listener):
    """Writes down, in order: `attached`, `restarted`, `heard LEG`, `lost`, `replaced`."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.lost_because: list[str] = []
        self.may_return = asyncio.Event()
        """While it is not set, `attached` goes on reading."""
        self.may_return.set()
        self.fails_with: AriError | None = None
        """What the next reading of the state fails with."""
        self._changed = asyncio.Event()

    def heard(self, event: KnownEvent) -> None:
        self._note(f"heard {event.channel.id}" if isinstance(event, ChannelStateChange) else f"heard a {type(event).__name__}")

    async def attached(self, *, restarted: bool) -> None:
        self._note("restarted" if restarted else "attached")
        if self.fails_with is not None:
            failure, self.fails_with = self.fails_with, None
            raise failure
        await self.may_return.wait()

    def lost(self, because: str) -> None:
        self.lost_because.append(because)
        self._note("lost")

    def replaced(self) -> None:
        self._note("replaced")

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait until it has happened. Looks whenever something is told."""
        async with asyncio.timeout(SECONDS_MAX):
            while not happened():
                self._changed.clear()
                await self._changed.wait()

    async def until_told(self, *lines: str) -> None:
        """Wait until the story is exactly this."""
        try:
            await self.until(lambda: self.story == list(lines))
        except TimeoutError:
            raise AssertionError(f"expected {lines}, was told {self.story}") from None

    def _note(self, line: str) -> None:
        self.story.append(line)
        self._changed.set()


@asynccontextmanager
async def following(access: AsteriskAccess, follower: Follower) -> AsyncIterator[Attachment]:
    """An attachment that runs until the end of the block."""
    attachment = Attachment(access, follower, instance="follower")
    running = asyncio.create_task(attachment.run())
    try:
        yield attachment
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

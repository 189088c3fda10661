"""A stack of its own that tests may break: the line to Asterisk, the controller, Asterisk itself. Afterwards it is whole again."""

import asyncio
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise

import aiohttp

from tests.live.scene import Scene, ready, until
from tests.live.stack import READY_SECONDS_MAX
from tests.live.wire_cutter import WireCutter
from tests.phones import OTHER

LATE_SECONDS_MAX = 0.5
"""How late a packet may be while none is missing: that is this machine's own unevenness, when two processes start on its two cores at the
same moment. Sound that stops with the controller would be away for longer than it takes to start. `tests/bench/takeover.py` measures."""
BACK_SECONDS_MAX = 2.0
"""How soon after the line is back commands work again (the issue's promise)."""
SEQUENCES = 2**16
"""RTP numbers its packets so far and begins again."""
NOTICED_SECONDS_MAX = 12.0
"""How soon a line that only fell silent must be noticed: a ping every 6 s, and half as long again for its pong."""


@dataclass(slots=True)
class FragileScene(Scene):
    """A scene whose parts can be taken away."""

    line: WireCutter

    # --- The line to Asterisk --------------------------------------------------------------------------------------

    async def cut(self) -> float:
        """Cut the line and wait until the controller has noticed; gives the moment of the cut."""
        at = time.time()
        await self.line.cut()
        await self.is_away()
        return at

    async def mend(self) -> None:
        """Give the line back and wait until the controller is attached: soon after its first connection that got through."""
        self.line.mend()
        await self.is_back(seconds_max=READY_SECONDS_MAX)
        assert self.line.forwarded_at is not None, "it is attached through the line"
        took = time.time() - self.line.forwarded_at
        assert took <= BACK_SECONDS_MAX, f"attached {took:.2f} s after the first connection"

    async def is_away(self, *, seconds_max: float = 5.0) -> None:
        """Wait until the controller says that it is not attached."""
        await until("the controller is away from Asterisk", self._is_not_ready, seconds_max=seconds_max)

    async def is_back(self, *, seconds_max: float = READY_SECONDS_MAX) -> None:
        """Wait until the controller says that it is attached."""
        await ready(self.stack, self.http, seconds_max)

    async def is_refused_while_away(self, agent: str, action: str, interaction: str, **body: object) -> None:
        """A command that needs Asterisk is refused with 503, and nothing has changed."""
        desk = self.desks[agent]
        before = await desk.interaction(interaction)
        answer = await desk.call("POST", f"/interactions/{interaction}/{action}", dict(body))
        assert (answer.status, answer.code) == (503, "asterisk-unavailable"), answer
        after = await desk.interaction(interaction)
        assert (after["revision"], after["phase"]) == (before["revision"], before["phase"])
        assert after["allowed"] == [], "nothing can be done now, and the desktop shows it"

    async def sounds_untouched(self, wanted: Mapping[str, Collection[str]], *, seconds: float, since: float) -> None:
        """For so long each of these goes on hearing exactly these others, and not one packet is missing."""
        await asyncio.sleep(max(0.0, since + seconds - time.time()))  # what is listened to is this very time
        for phone, tones in wanted.items():
            packets = self.ear.packets(phone, since)
            told = f"{phone}: {self.ear.timeline(phone, since)}"
            assert not {tone for packet in packets for tone in packet.tones} - set(tones) - {OTHER}, told
            assert self.ear.heard(phone, since) == frozenset(tones), told
            for before, after in pairwise(packets):
                assert (after.sequence - before.sequence) % SEQUENCES == 1, f"{told}; a packet is missing {after.at - since:.3f} s after it"
            gap = self.ear.longest_gap(phone, since)
            assert gap.seconds <= LATE_SECONDS_MAX, (
                f"{told}; nothing for {gap.seconds * 1000:.0f} ms, {gap.began_at - since:.3f} s after it"
            )

    # --- A telephone -----------------------------------------------------------------------------------------------

    async def thaws(self, who: str) -> None:
        """Let a frozen telephone go on, and wait until Asterisk takes it for reachable: before that nobody can ring it."""
        phone = self.phones[who]
        phone.thaw()
        await self.is_reached(phone.account.user)

    # --- The controller and Asterisk themselves --------------------------------------------------------------------

    async def controller_dies(self) -> None:
        """Kill the controller outright, as a crash does."""
        await asyncio.to_thread(self.stack.controller.get_wrapped_container().kill)
        await self.is_away()

    async def controller_stops(self) -> None:
        """Stop the controller as an upgrade does: SIGTERM, and it ends by itself."""
        await asyncio.to_thread(self.stack.controller.get_wrapped_container().stop)
        await self.is_away()

    async def controller_starts(self) -> None:
        """Start it again. Nobody logs on anew: sessions outlive it."""
        await asyncio.to_thread(self.stack.controller.get_wrapped_container().start)
        await self.is_back()

    async def controller_gets(self, signal: str) -> None:
        """Send the controller's process a signal."""
        await asyncio.to_thread(self.stack.controller.get_wrapped_container().kill, signal)

    async def asterisk_restarts(self) -> None:
        """Kill Asterisk outright and start it again."""
        await self.asterisk_is_killed_and_started()
        await self.is_back()

    async def asterisk_is_killed_and_started(self) -> None:
        """Do so whether or not a controller is there to see it."""
        container = self.stack.asterisk.get_wrapped_container()
        await until("every registration is on the disk", self._registrations_are_written)
        await asyncio.to_thread(container.kill)
        await self.is_away()
        await asyncio.to_thread(container.start)

    async def everybody_logs_on(self) -> None:
        """Every desk logs on again."""
        for desk in self.desks.values():
            await desk.log_in()

    async def made_whole(self) -> None:
        """Bring back whatever a test took away, so that the next one finds everything."""
        self.line.mend()
        container = self.stack.controller.get_wrapped_container()
        await asyncio.to_thread(container.reload)
        if container.status != "running":
            await self.controller_starts()
        await self.is_back()

    async def _registrations_are_written(self) -> bool:
        """Asterisk writes its database a second late; who registered just before a kill would not ring until they register again."""
        users = [phone.account.user for phone in self.phones.values()]
        chunks, _ = await asyncio.to_thread(self.stack.asterisk.get_wrapped_container().get_archive, "/var/lib/asterisk/astdb.sqlite3")
        written = b"".join(chunks)
        return all(f"/registrar/contact/{user};@".encode() in written for user in users)

    async def _is_not_ready(self) -> bool:
        try:
            async with self.http.get(f"{self.stack.desktop_url}/readyz") as answer:
                return answer.status != 200
        except aiohttp.ClientError:
            return True

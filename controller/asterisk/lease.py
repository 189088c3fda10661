"""Who steers this application: one controller at a time, and the next only when the last has fallen silent.

Asterisk lets a second controller take the application away from the first at any moment, so we agree among ourselves, over a global
variable in Asterisk itself: whoever steers changes it every few seconds. A newcomer that sees it change waits, ready to take over. Nobody's
clock is compared with anybody else's.
"""

import asyncio
import itertools
from typing import NoReturn

import aiohttp
import structlog

from controller.asterisk.errors import AriError, RequestFailed
from controller.asterisk.transport import Transport
from controller.directory.site import AsteriskAccess

RENEW_SECONDS = 2.0
SILENT_SECONDS = 7.0
"""A holder that has not changed the variable for so long is gone: three changes were missed."""
ASK_SECONDS_MAX = 5.0

log = structlog.get_logger("asterisk")


class Held(AriError):
    """Another controller steers the application and is alive. Wait; it may go."""

    def __init__(self, app: str) -> None:
        super().__init__(f"steering {app}", "another controller does already; this one waits until that one is gone")


class Lease:
    """Our claim to one application. `instance` is the same for every process that works on the same journal."""

    def __init__(self, access: AsteriskAccess, instance: str) -> None:
        self._access = access
        self._instance = instance
        self._beats = itertools.count()
        self._last_seen = ""

    @property
    def _variable(self) -> str:
        return f"ARI_CONTROLLER_HOLDER_{''.join(letter if letter.isalnum() else '_' for letter in self._access.app)}"

    async def win(self, session: aiohttp.ClientSession) -> None:
        """Return when nobody else steers. Raises `Held`; call again later."""
        first = await self._look(session)
        if first == "" or first.split()[0] == self._instance or first == self._last_seen:
            return
        await asyncio.sleep(SILENT_SECONDS)
        second = await self._look(session)
        if second not in ("", first):
            raise Held(self._access.app)
        self._last_seen = second

    async def _look(self, session: aiohttp.ClientSession) -> str:
        """What the variable says; empty also when Asterisk can't be asked, since connecting will say why."""
        url = f"{self._access.url}/ari/asterisk/variable"
        timeout = aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)
        try:
            async with session.get(url, params={"variable": self._variable}, timeout=timeout) as reply:
                said = await reply.json(content_type=None) if reply.status == 200 else {}
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return ""
        return str(said.get("value", "")) if isinstance(said, dict) else ""

    async def renew(self, ari: Transport) -> NoReturn:
        """Show for ever that we are alive. Raises `AriError` when the connection is lost."""
        while True:
            try:
                await self._set(ari, f"{self._instance} {next(self._beats)}")
            except RequestFailed as refused:
                # Calls matter more than a second controller that may never come.
                log.warning("can't show that this controller steers: a second one would take over", because=str(refused))
            await asyncio.sleep(RENEW_SECONDS)

    async def give_up(self, ari: Transport) -> None:
        """Let the next one in at once: we are going. Raises `AriError`."""
        await self._set(ari, "")

    async def _set(self, ari: Transport, value: str) -> None:
        await ari.request("POST", "asterisk/variable", query={"variable": self._variable, "value": value})

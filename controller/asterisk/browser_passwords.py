"""The passwords of telephones in the browser: Asterisk is given one for each login and loses it with the login. Nothing keeps them.

Asterisk has them in its memory (`sorcery.conf`), so they are written again after every attach: it may have been started anew. What could
not be taken away while it was not there is taken away then.

Asterisk's answer to such a request has the password in it: it must never get into a log.
"""

from collections.abc import Callable, Coroutine
from zlib import crc32

import structlog

from controller.asterisk import system
from controller.asterisk.errors import AriError, Gone
from controller.asterisk.failures import failure_of
from controller.asterisk.transport import Transport
from controller.floor.ports import BrowserPasswords
from controller.interaction.refusals import SwitchAway

log = structlog.get_logger("asterisk")


class AriBrowserPasswords(BrowserPasswords):
    """One Asterisk's. `attached` is for whoever follows that Asterisk, the rest is for the desktop."""

    def __init__(self, ari: Transport, spawn: Callable[[Coroutine[None, None, None], str], None]) -> None:
        """`spawn` has something done beside everything else; the name is for whoever debugs."""
        self._ari = ari
        self._spawn = spawn
        self._given: dict[str, str] = {}
        self._to_take_away: dict[str, None] = {}
        """Asterisk may still have these."""
        self._is_there = False

    async def give(self, endpoint: str, password: str) -> None:
        """From now on this telephone registers with this password, and with no other. Raises `SwitchAway`, and then it is given later."""
        self._given[endpoint] = password
        self._to_take_away.pop(endpoint, None)
        try:
            await self._write(endpoint, password)
        except AriError as failed:
            log.warning("a password for a telephone in the browser is not written yet", endpoint=endpoint, because=failure_of(failed).value)
            raise SwitchAway("Asterisk can't be reached now, so the telephone in the browser has no password yet: try again.") from failed

    def take_away(self, endpoint: str) -> None:
        """From now on this telephone can't register."""
        self._given.pop(endpoint, None)
        self._to_take_away[endpoint] = None
        if self._is_there:
            self._spawn(self._take_away_what_is_left(), f"take away the password of {endpoint}")

    def attached(self) -> None:
        """Asterisk is there (again), and may have lost all passwords."""
        self._is_there = True
        if self._given or self._to_take_away:
            self._spawn(self._write_all(), "write passwords of telephones in browsers")

    def lost(self) -> None:
        """Asterisk is not there."""
        self._is_there = False

    async def _write_all(self) -> None:
        """One after the other: a thousand of them take seconds, and calls go first."""
        for endpoint, password in tuple(self._given.items()):
            if self._given.get(endpoint) != password:
                continue  # it was changed or taken away meanwhile
            try:
                await self._write(endpoint, password)
            except AriError as failed:
                # Whoever can't register asks for a password again.
                log.warning("a password for a telephone in the browser is not written", endpoint=endpoint, because=failure_of(failed).value)
        await self._take_away_what_is_left()

    async def _take_away_what_is_left(self) -> None:
        while self._to_take_away:
            endpoint = next(iter(self._to_take_away))
            del self._to_take_away[endpoint]
            try:
                await system.delete_password(self._ari, _lane_of(endpoint), endpoint)
            except Gone:
                pass  # it had none
            except AriError as failed:
                log.warning("a password of a telephone in the browser is still there", endpoint=endpoint, because=failure_of(failed).value)
                if endpoint not in self._given:
                    self._to_take_away[endpoint] = None
                return  # the next attach, or the next one that is taken away, takes this one too

    async def _write(self, endpoint: str, password: str) -> None:
        await system.write_password(self._ari, _lane_of(endpoint), endpoint, password)


def _lane_of(endpoint: str) -> int:
    """Always the same for one telephone, so that its password is never taken away after it was given anew."""
    return crc32(endpoint.encode())

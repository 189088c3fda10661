"""Who steers this application: one controller at a time, and the next only when the last has fallen silent.

Asterisk lets a second controller take the application away from the first at any moment, so we agree among ourselves, over a global
variable in Asterisk itself. Nobody's clock is compared with anybody else's.

* Whoever steers writes its name and a number there before it connects, and another number every two seconds.
* Whoever goes writes a good-bye. The next may steer at once.
* Whoever comes and finds a name that is not its own stands by. It looks again every second: another number means that the holder lives,
  and none for seven seconds that it is gone.
* An empty variable says nothing about anybody: Asterisk was restarted, or its dialplan reloaded with `clearglobalvars=yes`. So the one that
  is known to have steered last goes on. For us that is ourselves when we did, and then we write our name again. A controller that has seen
  another one there gives it the time that the other may need to come back, which is the longest pause between two of its tries and then as
  long as any holder may be silent. One that has seen nobody takes it that there is nobody.
* A look that fails is no news. Whoever has seen another holder goes on standing by, and counts from the beginning when it can look again.

What this leaves open: of two controllers that both come for the first time within the same moment, to an empty variable, the one that
connects last steers; the other is told so by Asterisk and ends. Started again, it stands by.
"""

import asyncio
import itertools
from http import HTTPStatus
from typing import NoReturn

import aiohttp
import structlog

from controller.asterisk.errors import AriError, NoAnswer, NotAllowed, RequestFailed
from controller.asterisk.pauses import LONGEST_SECONDS
from controller.asterisk.transport import Transport
from controller.directory.site import AsteriskAccess

RENEW_SECONDS = 2.0
SILENT_SECONDS = 7.0
"""A holder that has not changed the variable for so long is gone: three changes were missed."""
CLEARED_SECONDS = LONGEST_SECONDS + SILENT_SECONDS
"""A holder whose name was cleared has not written it again for so long: it is gone."""
LOOK_AGAIN_SECONDS = 1.0
ASK_SECONDS_MAX = 5.0
GOOD_BYE = "-"
CAN_NOT_BE_ASKED = "another controller did, and Asterisk can't be asked whether it still does"
WAS_CLEARED = "another controller did, and its name was cleared in Asterisk"

log = structlog.get_logger("asterisk")


def variable_of(app: str) -> str:
    """Name the global variable that says who steers an application: its name, and a number that changes while it lives."""
    return f"ARI_CONTROLLER_HOLDER_{''.join(letter if letter.isalnum() else '_' for letter in app)}"


class Held(AriError):
    """Another controller steers the application and is alive, or may be. Wait; it may go."""

    def __init__(self, app: str, because: str) -> None:
        super().__init__(f"steering {app}", f"{because}; this one waits until that one is gone")


class Lease:
    """Our claim to one application. `instance` is the same for every process that works on the same journal."""

    def __init__(self, access: AsteriskAccess, instance: str) -> None:
        self._access = access
        self._instance = instance
        self._beats = itertools.count()
        self._holder: str | None = None
        """Who steered when we last knew; None: nobody."""

    async def win(self, session: aiohttp.ClientSession) -> None:
        """Return when nobody else steers, with our name there. Raises `Held` or `NoAnswer`; call again later."""
        said = await self._look(session)
        if said is None and self._holder is None:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            said = await self._look(session)
        if said is None and self._holder in (None, self._instance):
            return  # connecting will say why Asterisk can't be asked
        if said is None:
            raise Held(self._access.app, CAN_NOT_BE_ASKED)
        if not self._may_take_over_from(said):
            await self._outwait(session, said)
        self._holder = self._instance
        await self._claim(session)

    def _may_take_over_from(self, said: str) -> bool:
        """Whether whoever is named there need not be waited for; takes note of the name."""
        if said == GOOD_BYE:
            return True
        if said:
            self._holder = said.partition(" ")[0]
        return self._holder == self._instance or (self._holder is None and not said)

    async def _outwait(self, session: aiohttp.ClientSession, said: str) -> None:
        """Return when whoever steers, or did, has shown no life for long enough. Raises `Held` when it has, or can't be looked for."""
        seconds = SILENT_SECONDS if said else CLEARED_SECONDS
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while now() < until:
            await asyncio.sleep(min(LOOK_AGAIN_SECONDS, seconds))
            seen = await self._look(session)
            if seen is None:
                raise Held(self._access.app, CAN_NOT_BE_ASKED)
            if seen == said:
                continue
            if self._may_take_over_from(seen):
                return
            raise Held(self._access.app, "another controller does already" if seen else WAS_CLEARED)
        log.warning("whoever steered this application shows no life any more", app=self._access.app, seconds=seconds)

    async def _look(self, session: aiohttp.ClientSession) -> str | None:
        """What the variable says; None: Asterisk refuses to say it or can't be reached. Raises `NoAnswer`."""
        try:
            async with session.get(self._url, params={"variable": variable_of(self._access.app)}, timeout=_PATIENCE) as reply:
                if reply.status == HTTPStatus.NOT_FOUND:
                    return ""
                said = await reply.json(content_type=None) if reply.status == HTTPStatus.OK else None
        except TimeoutError as error:
            raise NoAnswer("GET asterisk/variable", ASK_SECONDS_MAX) from error
        except (aiohttp.ClientError, ValueError):
            return None
        return str(said.get("value", "")) if isinstance(said, dict) else None

    async def _claim(self, session: aiohttp.ClientSession) -> None:
        """Write our name before we connect: whoever looks meanwhile stands by."""
        params = {"variable": variable_of(self._access.app), "value": self._beat()}
        try:
            async with session.post(self._url, params=params, timeout=_PATIENCE):
                pass  # a refusal is told by `renew`, which asks for the same
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("the claim was not written", because=str(error))  # connecting will say why

    @property
    def _url(self) -> str:
        return f"{self._access.url}/ari/asterisk/variable"

    def _beat(self) -> str:
        return f"{self._instance} {next(self._beats)}"

    async def renew(self, ari: Transport) -> NoReturn:
        """Show for ever that we are alive. Raises `AriError` when the connection is lost."""
        while True:
            try:
                await self._set(ari, self._beat())
            except NotAllowed:
                raise
            except RequestFailed as refused:
                # Calls matter more than a second controller that may never come.
                log.warning("can't show that this controller steers: a second one would take over", because=str(refused))
            await asyncio.sleep(RENEW_SECONDS)

    async def give_up(self, ari: Transport) -> None:
        """Let the next one in at once: we are going. Raises `AriError`."""
        await self._set(ari, GOOD_BYE)

    async def _set(self, ari: Transport, value: str) -> None:
        await ari.request("POST", "asterisk/variable", query={"variable": variable_of(self._access.app), "value": value})


_PATIENCE = aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)

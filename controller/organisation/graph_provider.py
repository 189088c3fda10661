"""Colleagues of a tenant of Microsoft Entra, who use Microsoft Teams, and what they do at the moment."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from controller.dialling.listed_number import ListedNumbers
from controller.directory.ids import ColleagueId, Seconds
from controller.directory.organisation import GraphSource
from controller.organisation.child import as_fetched, of_the_site, run_child
from controller.organisation.graph_http import BUSY, Answer, GraphFailed, ask, refused, trusted
from controller.organisation.provider import Fetched, KeepAs, Presence, ProviderFailed, Take

READER = "controller.organisation.graph_reader"

KNOWN_SECONDS: Seconds = 30.0
"""So long what somebody does is taken for true."""
WAIT_SECONDS_MAX: Seconds = 0.8
"""So long whoever looks somebody up waits for their presence; it goes on afterwards, for the next who looks."""
ASK_SECONDS_MAX: Seconds = 5.0
TOKEN_SECONDS_MAX: Seconds = 20.0
RENEWED_BEFORE_SECONDS: Seconds = 300.0
"""So long before a token ends a new one is asked for."""
PAUSE_SECONDS: Seconds = 1.0
"""After a failure, where Microsoft does not say how long; after each further one twice as long."""
PAUSE_SECONDS_MAX: Seconds = 30.0
IDS_MAX = 650
"""Of one question; Graph refuses more."""
PEOPLE_MAX = 5000
"""Whose presence is remembered."""

Clock = Callable[[], Seconds]


class GraphProvider:
    """Has everybody read anew each time, and asks for the presence of whoever is shown."""

    def __init__(self, source: GraphSource, *, folder: Path, numbers: ListedNumbers, seconds_max: Seconds, clock: Clock) -> None:
        """`folder`: to which the names of files are relative; `clock`: the time of day."""
        self._numbers = numbers
        self._seconds_max = seconds_max
        self._asked = {
            "tenant": source.tenant,
            "client_id": source.client_id,
            "secret_file": str(folder / source.secret_file) if source.secret_file else None,
            "certificate_file": str(folder / source.certificate_file) if source.certificate_file else None,
            "authority": source.authority,
            "graph_url": source.graph_url,
            "ca_file": str(folder / source.ca_file) if source.ca_file else None,
        }
        self.presence = GraphPresence(source.graph_url, self._asked["ca_file"], token=self._fetch_token, clock=clock)

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched:
        said = await self._run("people", take, self._seconds_max, of_the_site(self._numbers, keep))
        self.presence.use_token(said["token"], said["expires_in"])
        return as_fetched(said)

    async def _fetch_token(self) -> tuple[str, Seconds]:
        said = await self._run("token", _nobody, TOKEN_SECONDS_MAX, {})
        return said["token"], said["expires_in"]

    async def _run(self, what: str, take: Take, seconds_max: Seconds, more: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = {**self._asked, "what": what, "seconds_max": seconds_max, **more}
        return await run_child(READER, asked, take, seconds_max=seconds_max)


def _nobody(people: object) -> None:
    """A token comes without people."""


class GraphPresence:
    """What the people of a tenant do, asked for in batches: whoever is shown while a question is out goes into the next one."""

    def __init__(self, graph_url: str, ca_file: str | None, *, token: Callable[[], Awaitable[tuple[str, Seconds]]], clock: Clock) -> None:
        """`token` fetches a token and its seconds; it may raise `ProviderFailed`."""
        self._url = URL(f"{graph_url}/v1.0/communications/getPresencesByUserId")
        self._ca_file = ca_file
        self._fetch_token = token
        self._clock = clock
        self._context: ssl.SSLContext | None = None
        self._token = ""
        self._token_ends_at: Seconds = 0.0
        self._known: dict[ColleagueId, Presence] = {}
        self._fresh_until: dict[ColleagueId, Seconds] = {}
        self._wanted: dict[ColleagueId, None] = {}
        self._being_asked: set[ColleagueId] = set()
        self._asking: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._not_before: Seconds = 0.0
        self._pause = PAUSE_SECONDS
        self.failed_because = ""

    def use_token(self, token: str, expires_in: Seconds) -> None:
        """This one is good for so many seconds."""
        self._token, self._token_ends_at = token, _now() + expires_in

    def forget(self) -> None:
        self._fresh_until.clear()

    async def know(self, people: Iterable[ColleagueId]) -> Mapping[ColleagueId, Presence]:
        people = list(people)
        until = _now() + WAIT_SECONDS_MAX
        self._wanted.update(dict.fromkeys(id_ for id_ in people if not self._is_fresh(id_) and id_ not in self._being_asked))
        while not all(self._is_fresh(id_) for id_ in people) and (left := until - _now()) > 0:
            if self._asking is None or self._asking.done():
                if _now() < self._not_before:
                    self._wanted.clear()  # whoever is shown then is asked for then
                if not self._wanted:
                    break
                self._asking = asyncio.create_task(self._ask_for_some(), name="presence")
            await asyncio.wait([self._asking], timeout=left)
        # What was known a minute ago is better than nothing, with its moment beside it.
        return {id_: self._known[id_] for id_ in people if id_ in self._known}

    def _is_fresh(self, id_: ColleagueId) -> bool:
        return self._fresh_until.get(id_, 0.0) > _now()

    # --- Asking ----------------------------------------------------------------------------------------------------

    async def _ask_for_some(self) -> None:
        """Ask for as many of those who are wanted as one question holds. Whatever comes of it, nobody's fault is raised here."""
        asked = list(self._wanted)[:IDS_MAX]
        for id_ in asked:
            del self._wanted[id_]
        self._being_asked = set(asked)
        try:
            answer = await self._answer(asked)
        except (GraphFailed, ProviderFailed) as failed:
            self._failed(failed.because, failed.retry_after if isinstance(failed, ProviderFailed) else None)
            return
        finally:
            self._being_asked = set()
        if answer.status != HTTPStatus.OK:
            is_passing = answer.status in BUSY
            because = f"Microsoft Graph wants fewer questions ({answer.status})" if is_passing else refused(answer, "Presence.Read.All")
            self._failed(because, answer.retry_after)
            return
        self._learn(asked, answer)
        if _now() + RENEWED_BEFORE_SECONDS >= self._token_ends_at and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._renew(), name="token for presence")

    async def _renew(self) -> None:
        """Have a token for the next hour before this one ends, so that nobody waits for it."""
        try:
            self.use_token(*await self._fetch_token())
        except ProviderFailed as failed:
            self._failed(failed.because, failed.retry_after)

    async def _answer(self, asked: list[ColleagueId]) -> Answer:
        if _now() >= self._token_ends_at:
            self.use_token(*await self._fetch_token())
        answer = await self._ask_once(asked)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            self.use_token(*await self._fetch_token())
            answer = await self._ask_once(asked)
        return answer

    async def _ask_once(self, asked: list[ColleagueId]) -> Answer:
        if self._context is None:
            try:
                # Tens of milliseconds, in which no call would move.
                self._context = await asyncio.to_thread(trusted, self._ca_file)
            except (OSError, ssl.SSLError) as failed:
                raise GraphFailed(f"ca_file can't be read: {getattr(failed, 'strerror', None) or failed}") from failed
        limits = aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)
        async with aiohttp.ClientSession(timeout=limits) as http:
            return await ask(http, self._url, context=self._context, token=self._token, body={"ids": asked})

    def _learn(self, asked: list[ColleagueId], answer: Answer) -> None:
        at, fresh_until = self._clock(), _now() + KNOWN_SECONDS
        found = answer.body.get("value")
        words = {each.get("id"): _word(each) for each in found if isinstance(each, dict)} if isinstance(found, list) else {}
        if len(self._known) + len(asked) > PEOPLE_MAX:
            self._known.clear()
            self._fresh_until.clear()
        for id_ in asked:
            # Whoever is missing uses no Teams: nobody knows what they do, and it is no use to ask again at once.
            self._known[id_] = Presence(words.get(id_, ""), at)
            self._fresh_until[id_] = fresh_until
        self.failed_because, self._pause = "", PAUSE_SECONDS

    def _failed(self, because: str, retry_after: Seconds | None) -> None:
        self.failed_because = because
        self._not_before = _now() + (retry_after or self._pause)
        self._pause = min(PAUSE_SECONDS_MAX, 2 * self._pause)
        self._context = None  # an authority may have been added to the file meanwhile
        self._wanted.clear()


def _now() -> Seconds:
    return asyncio.get_running_loop().time()


_WORDS = {"AvailableIdle": "available", "BusyIdle": "busy", "PresenceUnknown": "", "": ""}


def _word(presence: Mapping[str, Any]) -> str:
    """Say what somebody does as our own lists do: `DoNotDisturb` is `do_not_disturb`. Microsoft may have words that we don't know."""
    word = presence.get("availability")
    if not isinstance(word, str):
        return ""
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in word if letter.isalnum()).lstrip("_")
    return _WORDS.get(word, snake[:40])

"""`python -m controller.organisation.graph_reader`: the program that reads the people of a tenant over Microsoft Graph (see `reading`).

It gives the controller the token too, with which that asks for the presence of the few people who are being shown. So the secret, its file
and the library for certificates never come into the process that has the calls.
"""

import asyncio
import os
import ssl
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
from yarl import URL

from controller.directory.colleagues import Colleague
from controller.directory.ids import Seconds
from controller.organisation.graph_http import BUSY, Answer, GraphFailed, ask, refused, trusted
from controller.organisation.reading import TEXT_LETTERS_MAX, Everybody, NotFetched, Said, be_a_reader, everybody_asked
from controller.organisation.secret_files import secret_in

SECRET_BYTES_MAX = 1000
CERTIFICATE_BYTES_MAX = 100_000
PAGE_SIZE = 999
"""The most that Graph gives."""
PAGES_MAX = 2000
TRIES_MAX = 6
"""Of one request that fails for a passing reason."""
WAIT_SECONDS_MAX: Seconds = 60.0
"""Where Graph does not say how long: 1 s, 2 s, 4 s … up to this."""
BEGINNINGS_MAX = 3
"""The mark of a page that is asked for too late is good no more, and the list has to be begun anew."""
ANSWER_SECONDS_MAX: Seconds = 20.0

# The department is not among what Graph gives unasked. The mobile number is private, and not asked for.
SELECTED = "id,displayName,givenName,surname,jobTitle,department,businessPhones"


def read(asked: Said) -> tuple[Sequence[Colleague], dict[str, Any]]:
    """Read everybody, or get a token only. Raises `NotFetched`."""
    try:
        return asyncio.run(_read(asked))
    except GraphFailed as failed:
        raise NotFetched(failed.because) from failed


async def _read(asked: Said) -> tuple[Sequence[Colleague], dict[str, Any]]:
    try:
        context = trusted(asked["ca_file"])
    except (OSError, ssl.SSLError) as failed:
        raise NotFetched(f"ca_file can't be read: {getattr(failed, 'strerror', None) or failed}") from failed
    limits = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER_SECONDS_MAX, sock_read=ANSWER_SECONDS_MAX)
    async with aiohttp.ClientSession(timeout=limits) as http:
        tenant = _Tenant(http, context, asked)
        await tenant.renew_token()
        if asked["what"] == "token":
            return (), {"token": tenant.token, "expires_in": tenant.expires_in}
        everybody = await tenant.everybody()
        return everybody.in_order(), {"token": tenant.token, "expires_in": tenant.expires_in, **everybody.told(time.time())}


class _Expired(Exception):
    """The mark of the page that was asked for is good no more."""


class _Tenant:
    """One tenant, and what we may do there for the next hour."""

    def __init__(self, http: aiohttp.ClientSession, context: ssl.SSLContext, asked: Said) -> None:
        self._http = http
        self._context = context
        self._asked = asked
        self._ends_at = time.monotonic() + asked["seconds_max"]
        self._graph = URL(asked["graph_url"])
        self.token = ""
        self.expires_in: Seconds = 0.0

    # --- Everybody -------------------------------------------------------------------------------------------------

    async def everybody(self) -> Everybody:
        for _ in range(BEGINNINGS_MAX):
            try:
                return await self._from_the_beginning()
            except _Expired:
                continue
        raise NotFetched("Microsoft Graph forgets where in the list we are before we can ask for the next page")

    async def _from_the_beginning(self) -> Everybody:
        everybody = everybody_asked(self._asked)
        query = f"$select={SELECTED}&$top={PAGE_SIZE}&$filter=accountEnabled%20eq%20true"
        page: URL | None = URL(f"{self._asked['graph_url']}/v1.0/users?{query}", encoded=True)
        seen: set[URL] = set()
        while page is not None:
            if page in seen or len(seen) == PAGES_MAX:
                raise NotFetched("Microsoft Graph gives page after page without end")
            seen.add(page)
            answer = await self._graph_says(page)
            for user in _users(answer):
                # One who changes while the list is read may come twice.
                if not everybody.is_there(str(user.get("id", ""))):
                    everybody.take(str(user.get("id", ""))[:TEXT_LETTERS_MAX] or "a user without an id", _values(user))
            page = self._next(answer)
        return everybody

    def _next(self, answer: Answer) -> URL | None:
        link = answer.body.get("@odata.nextLink")
        if link is None:
            return None
        page = URL(str(link), encoded=True)
        if page.origin() != self._graph.origin():
            raise NotFetched("Microsoft Graph names a next page on another host, where our token has no business")
        return page

    async def _graph_says(self, page: URL) -> Answer:
        answer = await self._patiently(lambda: ask(self._http, page, context=self._context, token=self.token))
        if answer.status == HTTPStatus.UNAUTHORIZED:
            await self.renew_token()
            answer = await self._patiently(lambda: ask(self._http, page, context=self._context, token=self.token))
        if answer.status == HTTPStatus.OK:
            return answer
        if answer.error in ("Directory_ExpiredPageToken", "Directory.ExpiredPageToken") or answer.status == HTTPStatus.GONE:
            raise _Expired
        raise NotFetched(refused(answer, "User.Read.All"))

    async def _patiently(self, once: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask again what fails for a passing reason, as late as the server wants. Raises `NotFetched` where there is no time for that."""
        because, wait = "", 0.0
        for attempt in range(TRIES_MAX):
            try:
                answer = await once()
            except GraphFailed as failed:
                if not failed.is_passing:
                    raise
                because, asked_to_wait = failed.because, None
            else:
                if answer.status not in BUSY:
                    return answer
                because = f"Microsoft is busy or wants fewer questions ({answer.status} {answer.error})".replace(" )", ")")
                asked_to_wait = answer.retry_after
            wait = min(WAIT_SECONDS_MAX, 2.0**attempt) if asked_to_wait is None else asked_to_wait
            if time.monotonic() + wait >= self._ends_at:
                break
            await asyncio.sleep(wait)
        raise NotFetched(because, retry_after=wait)

    # --- A token ---------------------------------------------------------------------------------------------------

    async def renew_token(self) -> None:
        if self._asked["certificate_file"]:
            found = await asyncio.to_thread(_by_certificate, self._asked)
        else:
            found = await self._by_secret()
        token, expires_in = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not isinstance(expires_in, int | float):
            raise NotFetched("Microsoft Entra gives no token: look at authority")
        self.token, self.expires_in = token, float(expires_in)

    async def _by_secret(self) -> dict[str, Any]:
        secret = secret_in(self._asked["secret_file"], "secret_file", SECRET_BYTES_MAX)
        form = {
            "grant_type": "client_credentials",
            "client_id": self._asked["client_id"],
            "client_secret": secret,
            "scope": _scope(self._asked),
        }
        url = URL(f"{self._asked['authority']}/{self._asked['tenant']}/oauth2/v2.0/token")
        answer = await self._patiently(lambda: ask(self._http, url, context=self._context, form=form))
        if answer.status != HTTPStatus.OK:
            raise NotFetched(no_token(answer.body.get("error"), answer.said).replace(secret, "…"))
        body: dict[str, Any] = answer.body
        return body


def _scope(asked: Said) -> str:
    return f"{asked['graph_url']}/.default"


def _by_certificate(asked: Said) -> dict[str, Any]:
    """Sign who we are with a certificate, which takes a library. In a thread: it waits for its answers."""
    try:
        import msal
        import requests
        from jwt.exceptions import PyJWTError
    except ImportError:
        raise NotFetched("certificate_file needs the extra `teams`: install ari-controller[teams], or give a secret_file") from None
    if asked["ca_file"]:
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            os.environ.pop(variable, None)  # the library would trust these instead
    pem = secret_in(asked["certificate_file"], "certificate_file", CERTIFICATE_BYTES_MAX)
    try:
        application = msal.ConfidentialClientApplication(
            asked["client_id"],
            authority=f"{asked['authority']}/{asked['tenant']}",
            client_credential={"private_key": pem, "public_certificate": _certificates_of(pem)},
            # A private authority, such as a national cloud's, is no question for the public one.
            instance_discovery=False,
            verify=asked["ca_file"] or True,
            timeout=ANSWER_SECONDS_MAX,
        )
        found: dict[str, Any] = application.acquire_token_for_client(scopes=[_scope(asked)])
    except requests.RequestException as failed:
        raise NotFetched(f"{URL(asked['authority']).host} can't be asked for a token ({type(failed).__name__})") from failed
    except (ValueError, TypeError, PyJWTError) as wrong:
        raise NotFetched(f"no token can be asked for with certificate_file: {_first_line(str(wrong))}") from wrong
    if "access_token" not in found:
        raise NotFetched(no_token(found.get("error"), _first_line(str(found.get("error_description", "")))))
    return found


_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def _certificates_of(pem: str) -> str:
    """Give the certificates of a file that has the key too: what is sent must not hold that."""
    parts = pem.split(_BEGIN)[1:]
    if not parts:
        raise NotFetched("certificate_file holds no certificate: it must have the certificate and its private key, one after the other")
    return "\n".join(f"{_BEGIN}{part.split(_END)[0]}{_END}" for part in parts)


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "").split(" Trace ID:")[0][:TEXT_LETTERS_MAX]


# --- What Microsoft says, in words --------------------------------------------------------------------------------------

_NO_TOKEN = {
    "AADSTS7000215": "the client secret is wrong: secret_file must hold its value, not its ID",
    "AADSTS7000222": "the client secret has expired: make a new one in Microsoft Entra",
    "AADSTS700016": "there is no application with this client_id in the tenant",
    "AADSTS900023": "there is no such tenant",
    "AADSTS90002": "there is no such tenant",
    "AADSTS700027": "the certificate is not the one that the application has in Microsoft Entra, or has expired",
    "AADSTS7000112": "the application is disabled in the tenant",
}


def no_token(error: object, said: str) -> str:
    """Say why Microsoft Entra gives no token."""
    meaning = next((meaning for code, meaning in _NO_TOKEN.items() if said.startswith(f"{code}:")), "")
    return f"Microsoft Entra gives no token: {meaning or said or error}" + (f" ({said.split(':')[0]})" if meaning else "")


# --- A user as a person --------------------------------------------------------------------------------------------------


def _users(answer: Answer) -> list[dict[str, Any]]:
    users = answer.body.get("value")
    if not isinstance(users, list) or not all(isinstance(user, dict) for user in users):
        raise NotFetched("Microsoft Graph says something that is no list of users: look at graph_url")
    return users


def _values(user: dict[str, Any]) -> dict[str, object]:
    def text(key: str) -> str:
        value = user.get(key)
        return value[:TEXT_LETTERS_MAX] if isinstance(value, str) else ""

    phones = user.get("businessPhones")
    return {
        "id": text("id"),
        "name": text("displayName") or f"{text('givenName')} {text('surname')}".strip(),
        "first_name": text("givenName"),
        "title": text("jobTitle"),
        "department": text("department"),
        "number": [phone[:TEXT_LETTERS_MAX] for phone in phones if isinstance(phone, str)] if isinstance(phones, list) else [],
    }


if __name__ == "__main__":
    sys.exit(be_a_reader(read))

"""One request to Microsoft Entra or Graph, over HTTPS alone, and what the answers mean that are no success.

GraphFailed    it came to nothing; `because` is one sentence for an administrator, `is_passing` says that to ask once more may help
"""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from controller.directory.ids import Seconds

BYTES_MAX = 8 * 1024 * 1024
"""Of one answer. A page of 999 people has some 300 kB."""
CONNECT_SECONDS_MAX: Seconds = 10.0
SAID_LETTERS_MAX = 200
RETRY_AFTER_MAX: Seconds = 3600.0

BUSY = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What passes by itself."""


class GraphFailed(Exception):
    """There is no answer."""

    def __init__(self, because: str, *, is_passing: bool = False) -> None:
        super().__init__(because)
        self.because = because
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, whatever its status."""

    status: int
    body: Any
    """An object of JSON, or an empty one where the answer was none."""
    retry_after: Seconds | None
    """So long nothing may be asked; None: it does not say."""

    @property
    def error(self) -> str:
        """Microsoft's word for what is wrong, such as `Authorization_RequestDenied`; empty: it says none."""
        error = self.body.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else str(error or "")

    @property
    def said(self) -> str:
        """What it says of it, short enough for a sentence."""
        error = self.body.get("error")
        text = error.get("message") if isinstance(error, dict) else self.body.get("error_description")
        # Behind the first line stand numbers for Microsoft's own support.
        line = next(iter(str(text or "").splitlines()), "").split(" Trace ID:")[0]
        return "".join(letter for letter in line if letter.isprintable())[:SAID_LETTERS_MAX].strip()


def refused(answer: Answer, permission: str) -> str:
    """Say why Graph refuses what one application permission is needed for."""
    if answer.status == HTTPStatus.FORBIDDEN:
        return (
            f"Microsoft Graph refuses: the application has no consent for {permission}, or an administrator took it back ({answer.error})"
        )
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return "Microsoft Graph takes no token of ours, not even a new one"
    return f"Microsoft Graph refuses ({answer.status} {answer.error}): {answer.said}"


def trusted(ca_file: str | None) -> ssl.SSLContext:
    """Make what a server's certificate is checked with. Takes tens of milliseconds. Raises OSError or `ssl.SSLError`."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def ask(
    http: aiohttp.ClientSession,
    url: URL,
    *,
    context: ssl.SSLContext,
    token: str = "",
    form: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Answer:
    """Ask once: with a form or a body it is a POST. Raises `GraphFailed`."""
    # A redirection would take the token, or the secret, to wherever it says.
    request = http.request(
        "GET" if form is None and body is None else "POST",
        url,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        data=form,
        json=body,
        ssl=context,
        proxy=_proxy(url),
        allow_redirects=False,
    )
    try:
        async with request as response:
            raw = await _all_of(response, url)
            retry_after = _seconds(response.headers.get("Retry-After"), response.headers.get("Date"))
            return Answer(response.status, _object(raw, response.status, url), retry_after)
    except aiohttp.ClientConnectorCertificateError as wrong:
        raise GraphFailed(f"the certificate of {url.host} is not trusted: {_why(wrong.certificate_error)}") from wrong
    except aiohttp.ClientConnectorError as failed:
        raise GraphFailed(f"{url.host} can't be reached: {failed.os_error.strerror or failed.os_error}") from failed
    except TimeoutError as late:
        raise GraphFailed(f"{url.host} does not answer", is_passing=True) from late
    except (aiohttp.ClientError, OSError) as failed:
        raise GraphFailed(f"{url.host} has cut the connection", is_passing=True) from failed


async def _all_of(response: aiohttp.ClientResponse, url: URL) -> bytes:
    pieces: list[bytes] = []
    length = 0
    async for piece in response.content.iter_any():
        length += len(piece)
        if length > BYTES_MAX:
            raise GraphFailed(f"{url.host} says more than {BYTES_MAX // 1024 // 1024} MB at once: no list of people does")
        pieces.append(piece)
    return b"".join(pieces)


def _object(raw: bytes, status: int, url: URL) -> Any:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return found
    if status == HTTPStatus.OK:
        raise GraphFailed(f"{url.host} says something that is not from Microsoft Graph: look at graph_url, and at proxies between")
    return {}


def _seconds(retry_after: str | None, date: str | None) -> Seconds | None:
    """Read Retry-After: seconds, or a moment by the server's own clock."""
    if retry_after is None:
        return None
    try:
        return min(RETRY_AFTER_MAX, max(0.0, float(retry_after)))
    except ValueError:
        pass  # a moment, then
    try:
        return min(RETRY_AFTER_MAX, max(0.0, (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date or "")).total_seconds()))
    except (ValueError, TypeError):
        return None


def _proxy(url: URL) -> str | None:
    """Give the proxy that this machine's environment names for a host."""
    return None if url.host is None or proxy_bypass(url.host) else getproxies().get(url.scheme)


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return str(error)

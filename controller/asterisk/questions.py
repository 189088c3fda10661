"""Questions to an Asterisk of which nothing is known yet, over plain HTTP. Where it can't answer, a sentence says what to do."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Self, TypeVar

import aiohttp
from pydantic import TypeAdapter, ValidationError

from controller.asterisk.resources import FromAsterisk
from controller.asterisk.telephone_check import Attributes
from controller.asterisk.transport import segment
from controller.directory.site import AsteriskAccess
from controller.floor.trouble import trouble_in_words

SECONDS_MAX = 5.0
"""For each question."""

CLOSE_SECONDS_MAX = 1.0
"""Asterisk is told that a WebSocket ends, and need not say so as well."""

ANSWER_BYTES_MAX = 16 * 1024 * 1024

SIP_PATH = "ws"
"""Where Asterisk's HTTP server takes SIP over WebSocket."""


class Unfit(Exception):
    """A question got no answer that can be used; the sentence says what to do."""


class _Attribute(FromAsterisk):
    attribute: str
    value: str = ""


class _Variable(FromAsterisk):
    value: str = ""


_VARIABLE = TypeAdapter(_Variable)
_ATTRIBUTES = TypeAdapter(list[_Attribute])

T = TypeVar("T")


def sip_url(url: str) -> str:
    """Where an Asterisk takes SIP over WebSocket whose ARI is at this URL."""
    return f"{url}/{SIP_PATH}"


class Questions:
    """Asks one Asterisk, for as long as it is entered."""

    def __init__(self, access: AsteriskAccess) -> None:
        self._access = access

    async def __aenter__(self) -> Self:
        headers = {"Authorization": aiohttp.encode_basic_auth(self._access.username, self._access.password)}
        self._session = aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=SECONDS_MAX))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str, shape: TypeAdapter[T]) -> T:
        """Ask, and read the answer. Raises `Unfit`."""
        status, headers, body = await self.ask("GET", path)
        if status != 200:
            raise Unfit(self.refused(status, headers))
        try:
            return shape.validate_json(body)
        except ValidationError:
            raise Unfit(
                f"{self._access.url} answers, but not as ARI does: is this an Asterisk? ({headers.get('Server', 'no Server header')})"
            ) from None

    async def status_of(self, method: str, path: str, body: Mapping[str, object] | None = None) -> int:
        """Ask, and give the status alone. Raises `Unfit`."""
        status, _, _ = await self.ask(method, path, body)
        return status

    async def attributes(self, kind: str, name: str) -> Attributes | None:
        """Give the settings of an endpoint or an AOR; None: there is none of this name. Raises `Unfit`."""
        path = f"asterisk/config/dynamic/res_pjsip/{kind}/{segment(name)}"
        if await self.status_of("GET", path) == HTTPStatus.NOT_FOUND:
            return None
        return {each.attribute: each.value for each in await self.get(path, _ATTRIBUTES)}

    async def global_variable(self, name: str) -> str:
        """Give what the dialplan's global variable holds; empty: there is none of this name. Raises `Unfit`."""
        path = f"asterisk/variable?variable={segment(name)}"
        if await self.status_of("GET", path) == HTTPStatus.NOT_FOUND:
            return ""
        return (await self.get(path, _VARIABLE)).value

    async def clock(self) -> float | None:
        """Give what its clock shows, in whole seconds since 1970; None: it does not say. Raises `Unfit`."""
        _, headers, _ = await self.ask("GET", "asterisk/info?only=status")
        try:
            return parsedate_to_datetime(headers.get("Date", "")).timestamp()
        except ValueError:
            return None

    async def speaks_sip(self) -> None:
        """Open a WebSocket for SIP, as the telephones in browsers do, and close it. Raises `Unfit`."""
        async with self._session.ws_connect(sip_url(self._access.url), protocols=("sip",)) as socket:
            if socket.protocol != "sip":
                raise Unfit(f"{sip_url(self._access.url)} speaks no SIP: load res_pjsip_transport_websocket.so")

    @asynccontextmanager
    async def events(self, app: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Hear the events of an application that is there for as long as this is entered. Raises `Unfit`."""
        try:
            limits = aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS_MAX)
            socket = await self._session.ws_connect(f"{self._access.url}/ari/events?app={app}", timeout=limits)
        except aiohttp.ClientConnectorError as failed:
            raise Unfit(_no_connection(self._access.url, failed)) from failed
        except (aiohttp.ClientError, TimeoutError) as failed:
            status = failed.status if isinstance(failed, aiohttp.WSServerHandshakeError) else type(failed).__name__
            raise Unfit(f"{self._access.url} gives no events over a WebSocket ({status}): is res_ari_events.so loaded?") from failed
        try:
            yield socket
        finally:
            await socket.close()

    async def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> tuple[int, Mapping[str, str], bytes]:
        """Ask; gives the status, the headers and the body. Raises `Unfit`."""
        url = self._access.url
        try:
            async with self._session.request(method, f"{url}/ari/{path}", json=body, allow_redirects=False) as reply:
                return reply.status, reply.headers, await _body(reply)
        except aiohttp.ClientConnectorCertificateError as failed:
            raise Unfit(f"{url} shows a certificate that is not trusted: {failed.certificate_error}") from failed
        except aiohttp.ClientSSLError as failed:
            raise Unfit(f"{url} speaks no TLS, or none that fits: is it http:// and not https://? ({failed.strerror})") from failed
        except aiohttp.ClientConnectorDNSError as failed:
            raise Unfit(f"the host of {url} is not known to this machine: look at asterisk.url") from failed
        except aiohttp.ClientConnectorError as failed:
            raise Unfit(_no_connection(url, failed)) from failed
        except TimeoutError as failed:
            raise Unfit(f"{url} did not answer in {SECONDS_MAX:g} s: is a firewall between, or Asterisk stuck?") from failed
        except aiohttp.ClientError as failed:
            raise Unfit(f"{url} does not speak HTTP as ARI does: look at asterisk.url ({trouble_in_words(failed)})") from failed

    def refused(self, status: int, headers: Mapping[str, str]) -> str:
        """Say what an answer means that is none."""
        server = headers.get("Server", "")
        url, user = self._access.url, self._access.username
        is_asterisk = server.startswith("Asterisk")
        match status:
            case 401:
                return f"wrong user or password for {url}: compare asterisk.username and password with ari.conf, which must have [{user}]"
            case 403:
                return f"{url} lets this machine not in: look at permit and deny in ari.conf and http.conf"
            case 404 if is_asterisk:
                return f"{url} is an Asterisk, but ARI is not there: load res_ari.so, and set enabled = yes in ari.conf"
            case 503 if is_asterisk:
                return "Asterisk is starting: try again in a few seconds"
            case _ if is_asterisk:
                return f"{url} is an Asterisk, but answers {status} to ARI"
            case _:
                return f"{url} is not an Asterisk (it answers {status}): look at asterisk.url"


async def _body(reply: aiohttp.ClientResponse) -> bytes:
    body = b""
    async for part in reply.content.iter_chunked(65_536):
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            raise Unfit(f"{reply.url.origin()} answers without an end: look at asterisk.url")
    return body


def _no_connection(url: str, failed: aiohttp.ClientConnectorError) -> str:
    if isinstance(failed.os_error, ConnectionRefusedError):
        return f"nothing listens at {url}: is Asterisk running, and are enabled, bindaddr and bindport in its http.conf right?"
    return f"{url} can't be reached: {failed.os_error.strerror or failed.os_error}"

"""Is this Asterisk fit to be steered? Questions over plain HTTP before anything else, and what to do about each answer that is no.

Changes nothing in Asterisk. `ari-controller check --live` prints the findings, and `run` says those that are no.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

import aiohttp
from pydantic import TypeAdapter, ValidationError

from controller.asterisk.resources import FromAsterisk
from controller.directory.directory import Agent, Directory
from controller.directory.site import AsteriskAccess

SECONDS_MAX = 5.0
"""For each question."""

ANSWER_BYTES_MAX = 16 * 1024 * 1024

VERSION_MIN = (22, 10)
VERSION_SAFE = (22, 10, 1)

MODULES: Mapping[str, str] = {
    "app_stasis": "the dialplan's Stasis()",
    "bridge_holding": "the hold room",
    "bridge_simple": "two people in the talk room",
    "bridge_softmix": "three people in the talk room",
    "chan_pjsip": "telephones",
    "res_ari": "ARI",
    "res_ari_applications": "ARI: event filters and subscriptions",
    "res_ari_asterisk": "ARI: version and modules",
    "res_ari_bridges": "ARI: rooms",
    "res_ari_channels": "ARI: legs",
    "res_ari_endpoints": "ARI: telephones",
    "res_ari_events": "ARI: events and commands over WebSocket",
    "res_http_websocket": "ARI over WebSocket",
    "res_musiconhold": "music on hold",
    "res_pjsip_header_funcs": "telephones that are told to answer",
    "res_pjsip_sdp_rtp": "sound of telephones",
    "res_rtp_asterisk": "sound of telephones",
    "res_stasis": "ARI",
}
"""The modules that the controller can't do without, and what each is for."""


class Result(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. The sentence says what was found and, where it is not ok, what to do."""

    check: str
    result: Result
    sentence: str


class _Unfit(Exception):
    """A question got no answer that can be used; the sentence says what to do."""


class _System(FromAsterisk):
    version: str


class _Config(FromAsterisk):
    max_channels: int = 0
    """`maxcalls` of asterisk.conf; 0: there is none."""


class _About(FromAsterisk):
    system: _System
    config: _Config = _Config()


class _Module(FromAsterisk):
    name: str
    status: str


class _Endpoint(FromAsterisk):
    resource: str
    state: str = "unknown"


_ABOUT = TypeAdapter(_About)
_MODULES = TypeAdapter(list[_Module])
_ENDPOINTS = TypeAdapter(list[_Endpoint])

T = TypeVar("T")


async def preflight(access: AsteriskAccess, directory: Directory) -> list[Finding]:
    """Ask this Asterisk everything that must be so before its calls can be steered. Never raises for what Asterisk is or answers.

    Where Asterisk can't be reached the first finding that failed says so, and what could not be asked is not in the list.
    """
    findings = [*_encrypted(access.url)]
    headers = {"Authorization": aiohttp.encode_basic_auth(access.username, access.password)}
    timeout = aiohttp.ClientTimeout(total=SECONDS_MAX)
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        asterisk = _Asterisk(access, session)
        try:
            about = await asterisk.get("asterisk/info?only=system,config", _ABOUT)
        except _Unfit as unfit:
            return [*findings, Finding(check="reachable", result=Result.FAILED, sentence=str(unfit))]
        findings.append(Finding(check="reachable", result=Result.OK, sentence=f"ARI answers at {access.url}"))
        findings.append(_version(about.system.version))
        findings.append(await asterisk.may_write())
        for check, ask in (("modules", _modules_of), ("telephones", _telephones_of)):
            try:
                findings.extend(await ask(asterisk, directory))
            except _Unfit as unfit:
                findings.append(Finding(check=check, result=Result.FAILED, sentence=str(unfit)))
    findings += [_callers(about.config.max_channels, directory), _sound(directory), _music(directory)]
    return findings


class _Asterisk:
    def __init__(self, access: AsteriskAccess, session: aiohttp.ClientSession) -> None:
        self._access = access
        self._session = session

    async def get(self, path: str, shape: TypeAdapter[T]) -> T:
        """Ask, and read the answer. Raises `_Unfit`."""
        status, server, body = await self._ask("GET", path)
        if status != 200:
            raise _Unfit(self._refused(status, server))
        try:
            return shape.validate_json(body)
        except ValidationError:
            raise _Unfit(
                f"{self._access.url} answers, but not as ARI does: is this an Asterisk? ({server or 'no Server header'})"
            ) from None

    async def may_write(self) -> Finding:
        """See whether the user may do more than read, by asking for the end of a room that is not there."""
        try:
            status, _, _ = await self._ask("DELETE", "bridges/ix-preflight-no-such-room")
        except _Unfit as unfit:
            return Finding(check="user", result=Result.FAILED, sentence=str(unfit))
        user = self._access.username
        if status == 403:
            sentence = f"user {user!r} may only read: set read_only = no for it in ari.conf, then `module reload res_ari`"
            return Finding(check="user", result=Result.FAILED, sentence=sentence)
        return Finding(check="user", result=Result.OK, sentence=f"user {user!r} may steer calls")

    async def _ask(self, method: str, path: str) -> tuple[int, str, bytes]:
        url = self._access.url
        try:
            async with self._session.request(method, f"{url}/ari/{path}", allow_redirects=False) as reply:
                return reply.status, reply.headers.get("Server", ""), await _body(reply)
        except aiohttp.ClientConnectorCertificateError as failed:
            raise _Unfit(f"{url} shows a certificate that is not trusted: {failed.certificate_error}") from failed
        except aiohttp.ClientSSLError as failed:
            raise _Unfit(f"{url} speaks no TLS, or none that fits: is it http:// and not https://? ({failed.strerror})") from failed
        except aiohttp.ClientConnectorDNSError as failed:
            raise _Unfit(f"the host of {url} is not known to this machine: look at asterisk.url") from failed
        except aiohttp.ClientConnectorError as failed:
            raise _Unfit(_no_connection(url, failed)) from failed
        except TimeoutError as failed:
            raise _Unfit(f"{url} did not answer in {SECONDS_MAX:g} s: is a firewall between, or Asterisk stuck?") from failed
        except aiohttp.ClientError as failed:
            raise _Unfit(f"{url} does not speak HTTP as ARI does: look at asterisk.url ({type(failed).__name__})") from failed

    def _refused(self, status: int, server: str) -> str:
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
            raise _Unfit(f"{reply.url.origin()} answers without an end: look at asterisk.url")
    return body


def _no_connection(url: str, failed: aiohttp.ClientConnectorError) -> str:
    if isinstance(failed.os_error, ConnectionRefusedError):
        return f"nothing listens at {url}: is Asterisk running, and are enabled, bindaddr and bindport in its http.conf right?"
    return f"{url} can't be reached: {failed.os_error.strerror or failed.os_error}"


def _encrypted(url: str) -> Iterator[Finding]:
    parts = urlsplit(url)
    if parts.scheme == "http" and not _is_loopback(parts.hostname or ""):
        sentence = f"{url} is another machine, and the password and every command travel in the clear: use https://"
        yield Finding(check="encrypted", result=Result.WARNING, sentence=sentence)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _version(version: str) -> Finding:
    numbers = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    if numbers is None:
        sentence = f"version {version!r} says no number; 22.10.1 or later of Asterisk 22 is needed"
        return Finding(check="version", result=Result.WARNING, sentence=sentence)
    found = tuple(int(number) for number in numbers.groups(default="0"))
    name = ".".join(str(number) for number in found)
    if found < VERSION_MIN:
        sentence = f"Asterisk {name} is too old: 22.10.1 or later, for commands over the WebSocket and its security fix"
        return Finding(check="version", result=Result.FAILED, sentence=sentence)
    if found < VERSION_SAFE:
        sentence = f"Asterisk {name} lets users who may only read steer calls over the WebSocket (GHSA-wcvv-g26m-wx5c): 22.10.1 mends it"
        return Finding(check="version", result=Result.WARNING, sentence=sentence)
    if found[0] != VERSION_MIN[0]:
        return Finding(check="version", result=Result.WARNING, sentence=f"Asterisk {name}: the controller is proved with Asterisk 22 only")
    return Finding(check="version", result=Result.OK, sentence=f"Asterisk {name}")


async def _modules_of(asterisk: _Asterisk, directory: Directory) -> Iterable[Finding]:
    modules = await asterisk.get("asterisk/modules", _MODULES)
    running = {module.name.removesuffix(".so") for module in modules if module.status == "Running"}
    missing = [
        Finding(check=f"module {name}", result=Result.FAILED, sentence=f"not running ({why}): load = {name}.so in modules.conf")
        for name, why in MODULES.items()
        if name not in running
    ]
    return missing or [Finding(check="modules", result=Result.OK, sentence=f"all {len(MODULES)} that are needed are running")]


async def _telephones_of(asterisk: _Asterisk, directory: Directory) -> Iterable[Finding]:
    endpoints = await asterisk.get("endpoints/PJSIP", _ENDPOINTS)
    states = {endpoint.resource: endpoint.state for endpoint in endpoints}
    return [_telephone(agent, states.get(agent.phone)) for agent in directory.agents.values()]


def _telephone(agent: Agent, state: str | None) -> Finding:
    check = f"agent {agent.id}"
    match state:
        case None:
            sentence = f"there is no PJSIP endpoint {agent.phone!r}: add it to pjsip.conf, or correct the phone of {agent.id!r}"
            return Finding(check=check, result=Result.FAILED, sentence=sentence)
        case "online":
            return Finding(check=check, result=Result.OK, sentence=f"PJSIP/{agent.phone} is registered")
        case _:
            sentence = f"PJSIP/{agent.phone} is {state}: no telephone is registered, so none will ring"
            return Finding(check=check, result=Result.WARNING, sentence=sentence)


def _callers(calls_max: int, directory: Directory) -> Finding:
    """Compare how many callers Asterisk lets in with how many leave a leg for every agent."""
    limits, agents = directory.limits, len(directory.agents)
    fits = limits.callers_max(agents)
    if not calls_max:
        sentence = f"any number of callers may take the legs that agents are rung on: maxcalls = {fits} in asterisk.conf, and restart"
    elif calls_max > fits:
        sentence = (
            f"asterisk.conf lets {calls_max} callers in, and {limits.legs_max} legs less {limits.legs_max - fits} for agents are {fits}: "
            f"maxcalls = {fits}, or more ports in rtp.conf and legs_max in the site file"
        )
    elif calls_max < limits.customers_max(agents):
        sentence = (
            f"asterisk.conf lets {calls_max} callers in, fewer than the {limits.customers_max(agents)} that legs_max = {limits.legs_max} "
            "is for: the rest is told 503 and no announcement"
        )
    else:
        return Finding(check="callers", result=Result.OK, sentence=f"{calls_max} may be there at once, and agents can still be rung")
    return Finding(check="callers", result=Result.WARNING, sentence=sentence)


def _sound(directory: Directory) -> Finding:
    legs = directory.limits.legs_max
    sentence = f"ARI does not tell the ports: rtpstart and rtpend in rtp.conf must be {2 * legs} ports apart, for legs_max = {legs}"
    return Finding(check="rtp ports", result=Result.NOT_CHECKED, sentence=sentence)


def _music(directory: Directory) -> Finding:
    classes = ", ".join(sorted({queue.music for queue in directory.queues.values()}))
    sentence = f"ARI does not tell which there are; `asterisk -rx 'moh show classes'` must list: {classes}"
    return Finding(check="music classes", result=Result.NOT_CHECKED, sentence=sentence)

"""Is this Asterisk fit to be steered? Questions over plain HTTP before anything else, and what to do about each answer that is no.

Changes nothing in Asterisk: what it writes to see whether it may, a password of nobody, it takes away again. `ari-controller check --live`
prints the findings, and `run` says those that are no.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp
from pydantic import TypeAdapter

from controller.asterisk.capabilities import (
    OLDEST_SERVED,
    PROVED_BRANCHES,
    READ_ONLY_HOLDS,
    Capability,
    Release,
    can,
    is_since,
    lacking,
    transfers_by,
    transport_for,
)
from controller.asterisk.questions import SIP_PATH, Questions, Unfit
from controller.asterisk.resources import FromAsterisk
from controller.asterisk.system import PASSWORDS, fields_of
from controller.asterisk.telephone_check import AGENTS, Leads, contact_ids, contact_words, context_trouble, troubles, trunk_context_trouble
from controller.directory.directory import Agent, Directory
from controller.directory.policy import TransferSound
from controller.directory.site import AsteriskAccess
from controller.floor.ports import Tone
from controller.floor.trouble import trouble_in_words
from controller.interaction.layout import RINGBACK

MODULES: Mapping[str, str] = {
    "app_stasis": "the dialplan's Stasis()",
    "bridge_holding": "the hold room",
    "bridge_simple": "two people in the talk room",
    "bridge_softmix": "three people in the talk room",
    "chan_pjsip": "telephones",
    "func_hangupcause": "whether a trunk answers at all",
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

MODULES_OF_BROWSERS: Mapping[str, str] = {
    "res_pjsip_transport_websocket": "SIP of telephones in the browser",
    "res_srtp": "sound of telephones in the browser",
}
"""Needed as well where an agent has a telephone in the browser."""

SESSIONS_FOR_THE_REST = 100
"""WebSockets and requests of the controller, and of whoever else asks ARI, beside those of the telephones in browsers."""

TELEPHONES_AT_ONCE = 8
"""Whose settings are looked into."""

CUSTOMERS = "ari-controller-customers"
"""The delivered context for calls of customers."""

NOBODY = "ari-controller-preflight"
"""The name of a password that no endpoint uses."""


class Result(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    LACKS = "lacks"
    """Something that this release can't do, and what the controller does instead: nothing has to be mended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at. The sentence says what was found and, where it is not ok, what to do."""

    check: str
    result: Result
    sentence: str


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


LeadsOf = Callable[[str], Leads]
Question = Callable[[Questions, Directory], Awaitable[Iterable[Finding]]]


def leads_by_name(context: str) -> Leads:
    """All that is known of the dialplan where its files can't be read: what the delivered contexts do."""
    known = {AGENTS: Leads.TO_THE_CONTROLLER_AS_AGENTS, CUSTOMERS: Leads.TO_THE_CONTROLLER_AS_CALLERS}
    return known.get(context, Leads.UNKNOWN)


async def preflight(
    access: AsteriskAccess, directory: Directory, *, each_telephone: bool = False, leads_of: LeadsOf = leads_by_name
) -> list[Finding]:
    """Ask this Asterisk everything that must be so before its calls can be steered. Never raises for what Asterisk is or answers.

    `each_telephone`: look into the settings of each, and ask where it is registered, which takes some six requests for each.
    `leads_of`: tells of a context of the dialplan where its calls come to.

    Where Asterisk can't be reached the first finding that failed says so, and what could not be asked is not in the list.
    """
    findings = [*encrypted(access.url)]
    async with Questions(access) as asterisk:
        try:
            about = await asterisk.get("asterisk/info?only=system,config", _ABOUT)
        except Unfit as unfit:
            return [*findings, Finding(check="reachable", result=Result.FAILED, sentence=str(unfit))]
        findings.append(Finding(check="reachable", result=Result.OK, sentence=f"ARI answers at {access.url}"))
        release = Release.read(about.system.version)
        findings += [_version(about.system.version, release), *_lacking(release), _transport(access, release)]
        findings.append(_transfer_key(access, release))
        findings.append(await _may_write(asterisk, access.username))
        telephones: Question = partial(_every_telephone_of, leads_of=leads_of) if each_telephone else _telephones_of
        questions: list[tuple[str, Question]] = [("modules", _modules_of), ("telephones", telephones)]
        if _have_browsers(directory):
            questions += [("browser endpoints", _browsers_of), ("browser passwords", _passwords_of), ("browser sip", _sip_of)]
        for check, ask in questions:
            try:
                findings.extend(await ask(asterisk, directory))
            except Unfit as unfit:
                findings.append(Finding(check=check, result=Result.FAILED, sentence=str(unfit)))
    findings += [_callers(about.config.max_channels, directory), _sound(directory), _music(directory)]
    if _have_browsers(directory):
        findings += [_sound_of_browsers(), _sessions(directory)]
    return findings


def _have_browsers(directory: Directory) -> bool:
    return any(agent.browser for agent in directory.agents.values())


async def _may_write(asterisk: Questions, user: str) -> Finding:
    """See whether the user may do more than read, by asking for the end of a room that is not there."""
    try:
        status = await asterisk.status_of("DELETE", "bridges/ix-preflight-no-such-room")
    except Unfit as unfit:
        return Finding(check="user", result=Result.FAILED, sentence=str(unfit))
    if status == 403:
        sentence = f"user {user!r} may only read: set read_only = no for it in ari.conf, then `module reload res_ari`"
        return Finding(check="user", result=Result.FAILED, sentence=sentence)
    return Finding(check="user", result=Result.OK, sentence=f"user {user!r} may steer calls")


def encrypted(url: str) -> Iterator[Finding]:
    """Warn of a password that another machine is told in the clear. Asks nobody."""
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        sentence = f"{url} is another machine, and the password and every command travel in the clear: use https://"
        yield Finding(check="encrypted", result=Result.WARNING, sentence=sentence)


def is_loopback(host: str) -> bool:
    """Say whether a name or an address, in brackets or not, is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _lacking(release: Release | None) -> Iterator[Finding]:
    for row in lacking(release):
        yield Finding(check=row.name, result=Result.LACKS, sentence=row.without)


def _version(version: str, release: Release | None) -> Finding:
    if release is None:
        sentence = f"version {version!r} says no number: it counts as {OLDEST_SERVED}, the oldest that is served"
    elif release < OLDEST_SERVED:
        sentence = f"Asterisk {release} is too old: {OLDEST_SERVED} or later"
        return Finding(check="version", result=Result.FAILED, sentence=sentence)
    elif can(release, Capability.REST_OVER_WEBSOCKET) and not is_since(release, READ_ONLY_HOLDS):
        sentence = (
            f"Asterisk {release} lets users who may only read steer calls over the WebSocket (GHSA-wcvv-g26m-wx5c): "
            "22.10.1 and 20.20.1 mend it"
        )
    elif release.branch not in PROVED_BRANCHES:
        sentence = f"Asterisk {release}: the controller is proved with Asterisk 22.10 and 16.28 only"
    else:
        return Finding(check="version", result=Result.OK, sentence=f"Asterisk {release}")
    return Finding(check="version", result=Result.WARNING, sentence=sentence)


def _transport(access: AsteriskAccess, release: Release | None) -> Finding:
    """Say which way commands take, and why."""
    check = "transport"
    match transport_for(access.transport, release):
        case None:
            sentence = f'Asterisk {release} has no REST over WebSocket: say transport = "auto" in [asterisk], and commands take plain HTTP'
            return Finding(check=check, result=Result.FAILED, sentence=sentence)
        case "rest-over-websocket":
            sentence = "commands take the WebSocket"
        case "asyncari":
            why = "as the site file wants it" if access.transport == "asyncari" else "since this release has no REST over WebSocket"
            sentence = f"commands take plain HTTP, by the library asyncari, {why}"
    return Finding(check=check, result=Result.OK, sentence=sentence)


def _transfer_key(access: AsteriskAccess, release: Release | None) -> Finding:
    """Which of Asterisk's two ways a telephone's transfer key takes, and why."""
    check, wanted, way = "transfer key", access.transfers, transfers_by(access.transfers, release)
    is_safe = can(release, Capability.REFER_SUB_FALSE)
    danger = "a telephone that sends `Refer-Sub: false` would end this release under ari-only"
    if way == "ari-only":
        sentence = "the controller is asked what comes of it, and tells the telephone (ari-only)"
        if is_safe:
            return Finding(check=check, result=Result.OK, sentence=f"{sentence}, as on every release that no telephone can end by it")
        return Finding(check=check, result=Result.WARNING, sentence=f"{sentence}, as the site file wants it: {danger}")
    if wanted == "ari-only":
        sentence = (
            'this release has no ari-only (20.13, 21.8 and 22.3 have): say transfers = "auto" in [asterisk], transfers go by core as it is'
        )
        return Finding(check=check, result=Result.WARNING, sentence=sentence)
    if wanted == "core":
        why = "as the site file wants it"
    elif can(release, Capability.ARI_TRANSFERS):
        why = f"since {danger}"
    else:
        why = "since this release has no ari-only"
    sentence = f"Asterisk carries out what it asks for (core, TRANSFER_CONTEXT) and the controller takes that apart and decides, {why}"
    return Finding(check=check, result=Result.OK, sentence=sentence)


async def _modules_of(asterisk: Questions, directory: Directory) -> Iterable[Finding]:
    modules = await asterisk.get("asterisk/modules", _MODULES)
    running = {module.name.removesuffix(".so") for module in modules if module.status == "Running"}
    needed = {**MODULES, **(MODULES_OF_BROWSERS if _have_browsers(directory) else {})}
    missing = [
        Finding(check=f"module {name}", result=Result.FAILED, sentence=f"not running ({why}): load = {name}.so in modules.conf")
        for name, why in needed.items()
        if name not in running
    ]
    return missing or [Finding(check="modules", result=Result.OK, sentence=f"all {len(needed)} that are needed are running")]


async def _telephones_of(asterisk: Questions, directory: Directory) -> Iterable[Finding]:
    endpoints = await asterisk.get("endpoints/PJSIP", _ENDPOINTS)
    states = {endpoint.resource: endpoint.state for endpoint in endpoints}
    telephones = [_telephone(agent, states.get(agent.phone)) for agent in directory.agents.values()]
    return telephones + [_trunk(name, states.get(name)) for name in directory.trunks]


async def _every_telephone_of(asterisk: Questions, directory: Directory, *, leads_of: LeadsOf) -> Iterable[Finding]:
    findings = list(await _telephones_of(asterisk, directory))
    known = {finding.check: finding for finding in findings}
    at_once = asyncio.Semaphore(TELEPHONES_AT_ONCE)

    async def looked_at(agent: Agent) -> list[Finding]:
        async with at_once:
            return await _settings_of(asterisk, agent, known[_check_of(agent)], leads_of)

    desks = [agent for agent in directory.agents.values() if known[_check_of(agent)].result is not Result.FAILED]
    seen = dict(zip(map(_check_of, desks), await asyncio.gather(*map(looked_at, desks)), strict=True))
    findings = [one for finding in findings for one in seen.get(finding.check, [finding])]
    return findings + [one for name in directory.trunks for one in await _callers_by(asterisk, name, leads_of)]


async def _callers_by(asterisk: Questions, trunk: str, leads_of: LeadsOf) -> list[Finding]:
    """Say what is wrong with where the calls of a trunk come in."""
    context = (await asterisk.attributes("endpoint", trunk) or {}).get("context", "")
    wrong = trunk_context_trouble(trunk, context, leads_of(context))
    if wrong is None:
        return []
    return [Finding(check=f"trunk {trunk}", result=Result.WARNING, sentence=f"PJSIP/{trunk}: {wrong}")]


async def _settings_of(asterisk: Questions, agent: Agent, finding: Finding, leads_of: LeadsOf) -> list[Finding]:
    """Say where a telephone is, and what of its settings makes calls go wrong."""
    endpoint = await asterisk.attributes("endpoint", agent.phone)
    if endpoint is None:
        return [finding]  # it has none on the desk
    names = [name.strip() for name in endpoint.get("aors", "").split(",") if name.strip()]
    found = {name: await asterisk.attributes("aor", name) for name in names}
    aors = {name: said for name, said in found.items() if said is not None}
    contacts = [one for name, said in aors.items() for one in contact_ids(name, said)]
    if contacts:
        where = [contact_words(uri, await asterisk.attributes("contact", id_)) for uri, id_ in contacts]
        finding = replace(finding, sentence=f"{finding.sentence}: {'; '.join(where)}")
    context = endpoint.get("context", "")
    in_dialplan = context_trouble(agent.phone, context, leads_of(context))
    wrong = [*troubles(agent.phone, endpoint, aors), *([in_dialplan] if in_dialplan is not None else [])]
    return [finding, *(Finding(check=finding.check, result=Result.WARNING, sentence=f"PJSIP/{agent.phone}: {each}") for each in wrong)]


def _check_of(agent: Agent) -> str:
    return f"agent {agent.id}"


def _telephone(agent: Agent, state: str | None) -> Finding:
    check = _check_of(agent)
    match state:
        case None if agent.browser:
            sentence = f"has no desk telephone ({agent.phone!r} is no PJSIP endpoint), and one in the browser"
            return Finding(check=check, result=Result.OK, sentence=sentence)
        case None:
            sentence = f"there is no PJSIP endpoint {agent.phone!r}: add it to pjsip.conf, or correct the phone of {agent.id!r}"
            return Finding(check=check, result=Result.FAILED, sentence=sentence)
        case "online":
            return Finding(check=check, result=Result.OK, sentence=f"PJSIP/{agent.phone} is registered")
        case _:
            sentence = f"PJSIP/{agent.phone} is {state}: no telephone is registered, so none will ring"
            return Finding(check=check, result=Result.WARNING, sentence=sentence)


def _trunk(name: str, state: str | None) -> Finding:
    check = f"trunk {name}"
    match state:
        case None:
            sentence = f"there is no PJSIP endpoint {name!r}: add it to pjsip.conf, or correct the name of the [[trunk]]"
            return Finding(check=check, result=Result.FAILED, sentence=sentence)
        case "online":
            return Finding(check=check, result=Result.OK, sentence=f"PJSIP/{name} can be reached")
        case _:
            sentence = f"PJSIP/{name} is {state}: no call can leave by it. Look at its contact: `asterisk -rx 'pjsip show endpoint {name}'`"
            return Finding(check=check, result=Result.WARNING, sentence=sentence)


# --- Telephones in the browser -----------------------------------------------------------------------------------------


async def _browsers_of(asterisk: Questions, directory: Directory) -> Iterable[Finding]:
    return [await _browser(asterisk, agent) for agent in directory.agents.values() if agent.browser]


async def _browser(asterisk: Questions, agent: Agent) -> Finding:
    check, name = f"browser {agent.id}", agent.browser
    told = await asterisk.attributes("endpoint", name)
    if told is None:
        sentence = f"there is no PJSIP endpoint {name!r}: add it to pjsip.conf, or correct the browser of {agent.id!r}"
        return Finding(check=check, result=Result.FAILED, sentence=sentence)
    wrong = [f"{key} = {wanted}" for key, wanted in (("webrtc", "yes"), ("auth", name), ("aors", name)) if told.get(key) != wanted]
    if wrong:
        sentence = f"PJSIP/{name} can't be a telephone in the browser: it needs {', '.join(wrong)} in pjsip.conf"
        return Finding(check=check, result=Result.FAILED, sentence=sentence)
    if "," in told.get("allow", ""):
        sentence = f"PJSIP/{name} allows {told['allow']}: with more than one codec Asterisk converts every packet; allow = ulaw"
        return Finding(check=check, result=Result.WARNING, sentence=sentence)
    return Finding(check=check, result=Result.OK, sentence=f"PJSIP/{name} is a telephone for a browser")


async def _passwords_of(asterisk: Questions, directory: Directory) -> Iterable[Finding]:
    """See whether a password can be given and taken away."""
    path = PASSWORDS + NOBODY
    status = await asterisk.status_of("PUT", path, {"fields": fields_of(NOBODY, secrets.token_urlsafe())})
    if status != 200:
        sentence = (
            f"Asterisk keeps no passwords for telephones in the browser (it answers {status}): sorcery.conf needs auth = memory in "
            "[res_pjsip], below the line of pjsip.conf, and Asterisk a restart"
        )
        return [Finding(check="browser passwords", result=Result.FAILED, sentence=sentence)]
    await asterisk.status_of("DELETE", path)
    return [Finding(check="browser passwords", result=Result.OK, sentence="can be given to each login, and taken away")]


async def _sip_of(asterisk: Questions, directory: Directory) -> Iterable[Finding]:
    check = "browser sip"
    try:
        await asterisk.speaks_sip()
    except (aiohttp.ClientError, TimeoutError) as failed:
        status = failed.status if isinstance(failed, aiohttp.WSServerHandshakeError) else trouble_in_words(failed)
        sentence = (
            f"Asterisk's HTTP server takes no SIP at /{SIP_PATH} ({status}): load res_http_websocket.so and "
            f"res_pjsip_transport_websocket.so, and look at [/{SIP_PATH}] in http.conf"
        )
        return [Finding(check=check, result=Result.FAILED, sentence=sentence)]
    return [Finding(check=check, result=Result.OK, sentence=f"Asterisk's HTTP server takes SIP at /{SIP_PATH}")]


def _sound_of_browsers() -> Finding:
    sentence = (
        "ARI does not tell ICE: rtp.conf needs icesupport = yes, and where media_address is 127.0.0.1 an address of this machine in "
        "[ice_host_candidates], or calls in the browser have no sound"
    )
    return Finding(check="browser sound", result=Result.NOT_CHECKED, sentence=sentence)


def sessions_needed(browsers: int) -> int:
    """How many sessions Asterisk's HTTP server must allow, for so many telephones in browsers."""
    return 2 * browsers + SESSIONS_FOR_THE_REST


def _sessions(directory: Directory) -> Finding:
    browsers = sum(bool(agent.browser) for agent in directory.agents.values())
    sentence = f"ARI does not tell sessionlimit: in http.conf it must be {sessions_needed(browsers)} or more"
    return Finding(check="browser sessions", result=Result.NOT_CHECKED, sentence=sentence)


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
    rung = {RINGBACK for queue in directory.queues.values() if queue.policy.transfer_sound is TransferSound.RINGBACK}
    tones = {tone.value for tone in Tone} if directory.feature_codes.keys else set()
    classes = ", ".join(sorted({queue.music for queue in directory.queues.values()} | rung | tones))
    sentence = f"ARI does not tell which there are; `asterisk -rx 'moh show classes'` must list: {classes}"
    return Finding(check="music classes", result=Result.NOT_CHECKED, sentence=sentence)

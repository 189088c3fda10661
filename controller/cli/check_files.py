"""What ARI does not tell of an Asterisk and the files of this machine do: rows for `check --live`, each with the line to write."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from controller.asterisk.preflight import Finding, LeadsOf, Result, is_loopback, leads_by_name, sessions_needed
from controller.asterisk.telephone_check import Leads
from controller.directory.site import Site
from controller.provisioning.there import Files, comes_to

WRITE_MS_MIN = 1000
"""With less a connection is cut when the machine is busy for a moment."""
ASTERISKS_WRITE_MS, ASTERISKS_SESSIONS = "100", "100"
ASTERISKS_RTP = ("5000", "31000")


def files_of(site: Site, folder: Path) -> Files | None:
    """Give the files of the Asterisk that the site names; None: it is another machine's, or they can't be read."""
    if not is_loopback(urlsplit(site.asterisk.url).hostname or ""):
        return None
    files = Files(folder)
    return files if files.of("http.conf") is not None else None


def leads_of_files(files: Files | None) -> LeadsOf:
    """Tell where contexts lead, as far as extensions.conf says it."""
    dialplan = files.of("extensions.conf") if files is not None else None
    if dialplan is None:
        return leads_by_name

    def leads_of(context: str) -> Leads:
        found = comes_to(dialplan, context)
        if found is None:
            return leads_by_name(context)
        if "agents" in found:
            return Leads.TO_THE_CONTROLLER_AS_AGENTS
        return Leads.TO_THE_CONTROLLER_AS_CALLERS if "customers" in found else Leads.ELSEWHERE

    return leads_of


def with_files(findings: Iterable[Finding], files: Files | None, site: Site) -> list[Finding]:
    """Put what the files say in the place of what ARI could not tell."""
    if files is None:
        return list(findings)
    said = list(_said(files, site))
    known = {finding.check for finding in said}
    return [one for one in findings if not (one.result is Result.NOT_CHECKED and one.check in known)] + said


def _said(files: Files, site: Site) -> Iterator[Finding]:
    yield from _write_timeout(files.value("ari.conf", "general", "websocket_write_timeout", ASTERISKS_WRITE_MS), "[general] of ari.conf")
    yield from _address(files)
    browsers = sum(bool(agent.browser) for agent in site.directory.agents.values())
    if browsers:
        yield from _browsers(files, browsers)
    yield from _rtp(files, site.directory.limits.legs_max)


def _write_timeout(value: str | None, where: str) -> Iterator[Finding]:
    check = "websocket timeout"
    if value is None:
        return
    if not value.isdecimal() or int(value) < WRITE_MS_MIN:
        sentence = (
            f"Asterisk cuts a connection off that it can't write to for {value} ms: write websocket_write_timeout = 5000 into {where}"
        )
        yield Finding(check=check, result=Result.WARNING, sentence=sentence)
    else:
        yield Finding(check=check, result=Result.OK, sentence=f"{value} ms in {where}")


def _address(files: Files) -> Iterator[Finding]:
    address = files.value("http.conf", "general", "bindaddr", "")
    if not address:
        return
    if is_loopback(address):
        yield Finding(check="http address", result=Result.OK, sentence=f"Asterisk's HTTP server is at {address}, for this machine alone")
        return
    sentence = (
        f"Asterisk's HTTP server listens at {address}, and other machines can try passwords there, in the clear: write bindaddr = "
        "127.0.0.1 into [general] of http.conf, unless another program needs it so"
    )
    yield Finding(check="http address", result=Result.WARNING, sentence=sentence)


def _browsers(files: Files, browsers: int) -> Iterator[Finding]:
    needed = sessions_needed(browsers)
    limit = files.value("http.conf", "general", "sessionlimit", ASTERISKS_SESSIONS) or ""
    if limit.isdecimal() and int(limit) >= needed:
        yield Finding(check="browser sessions", result=Result.OK, sentence=f"sessionlimit = {limit} in http.conf is enough for all")
    else:
        sentence = f"sessionlimit is {limit}, and pages need {needed}: write sessionlimit = 2100 into [general] of http.conf"
        yield Finding(check="browser sessions", result=Result.WARNING, sentence=sentence)
    for name, lines in (files.of("pjsip.conf") or {}).items():
        said = dict(lines)
        if said.get("type") == "transport" and said.get("protocol") in ("ws", "wss"):
            yield from _write_timeout(said.get("websocket_write_timeout", ASTERISKS_WRITE_MS), f"[{name}] of pjsip.conf")


def _rtp(files: Files, legs: int) -> Iterator[Finding]:
    first, last = (files.value("rtp.conf", "general", key, value) for key, value in zip(("rtpstart", "rtpend"), ASTERISKS_RTP, strict=True))
    if first is None or last is None or not (first.isdecimal() and last.isdecimal()):
        return
    ports = int(last) - int(first) + 1
    if ports < 2 * legs:
        sentence = (
            f"rtp.conf has {ports} ports, and legs_max = {legs} needs {2 * legs}: write rtpend = {int(first) + 2 * legs - 1} into "
            f"[general] of rtp.conf, or legs_max = {ports // 2} in the site file"
        )
        yield Finding(check="rtp ports", result=Result.WARNING, sentence=sentence)
    else:
        yield Finding(check="rtp ports", result=Result.OK, sentence=f"rtp.conf has {ports} ports, and legs_max = {legs} needs {2 * legs}")

"""`ari-controller check`: every mistake of a site file, and whether its Asterisk is fit. Changes nothing."""

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from controller.asterisk.preflight import Finding, Result, preflight
from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.desktop.tls import BadCertificate, Tls
from controller.directory.ids import AgentId
from controller.directory.passwords import is_password
from controller.directory.site import Site
from controller.directory.site_mistakes import BadSiteFile, Mistake
from controller.service.site import site_of

SAID = {Result.OK: "ok", Result.WARNING: "warning", Result.FAILED: "FAILED", Result.NOT_CHECKED: "not checked"}


def check(asked: argparse.Namespace) -> int:
    """Print what is wrong with the site file (exit code 2) or, with --live, with Asterisk (exit code 1). Raises `BadSiteFile`."""
    try:
        site = site_of(asked.site)
    except BadSiteFile as bad:
        if not asked.json:
            raise
        _print_json(bad.mistakes, (), BAD_USAGE)
        return BAD_USAGE
    findings = [_of_the_file(site), *_certificate(site, asked.site.parent), *_open_desktop(site), *_passwords(site)]
    if asked.live:
        findings += asyncio.run(preflight(site.asterisk, site.directory))
    code = CHECK_FAILED if any(finding.result is Result.FAILED for finding in findings) else DONE
    if asked.json:
        _print_json((), findings, code)
    else:
        _print_lines(findings)
    return code


def _of_the_file(site: Site) -> Finding:
    people = site.directory
    sentence = (
        f"{len(people.agents)} agents, {len(people.queues)} queues, {len(people.entry_points)} entry points, "
        f"{len(people.wrap_up_reasons)} wrap-up reasons"
    )
    return Finding(check="site file", result=Result.OK, sentence=sentence)


def _certificate(site: Site, folder: Path) -> list[Finding]:
    if site.desktop.tls is None:
        return []
    try:
        Tls(folder / site.desktop.tls.certificate, folder / site.desktop.tls.key)
    except BadCertificate as bad:
        return [Finding(check="certificate", result=Result.FAILED, sentence=bad.because)]
    return [Finding(check="certificate", result=Result.OK, sentence=f"{site.desktop.tls.certificate} and its key fit together")]


def _open_desktop(site: Site) -> list[Finding]:
    if site.desktop.is_loopback:
        return []
    if site.desktop.tls_proxy:
        sentence = f"{site.desktop.listen} is open to other machines without TLS: let nobody but the proxy reach it"
    elif not site.desktop.host_names:
        sentence = f"requests for another name than {site.desktop.host} are refused: say in `host_names` by which name browsers come"
    else:
        return []
    return [Finding(check="desktop", result=Result.WARNING, sentence=sentence)]


def _passwords(site: Site) -> list[Finding]:
    """Try what others would try first. Takes 25 ms for each agent, and is for a desktop that others can reach."""
    if site.desktop.is_loopback:
        return []
    told = []
    for agent, password_hash in site.passwords.items():
        if is_password(password_hash, agent):
            told.append(Finding(check="password", result=Result.FAILED, sentence=f"the password of {agent!r} is {agent!r}: choose another"))
    for agents in _with_one_hash(site.passwords):
        sentence = f"{', '.join(agents)} have the same password, copied as one hash: give each their own"
        told.append(Finding(check="password", result=Result.WARNING, sentence=sentence))
    return told


def _with_one_hash(passwords: Mapping[AgentId, str]) -> list[list[AgentId]]:
    having: dict[str, list[AgentId]] = {}
    for agent, password_hash in passwords.items():
        having.setdefault(password_hash, []).append(agent)
    return [agents for agents in having.values() if len(agents) > 1]


def _print_lines(findings: Sequence[Finding]) -> None:
    said = max(len(SAID[finding.result]) for finding in findings)
    checks = max(len(finding.check) for finding in findings)
    for finding in findings:
        print(f"{SAID[finding.result]:<{said}}  {finding.check:<{checks}}  {finding.sentence}")


def _print_json(mistakes: Sequence[Mistake], findings: Sequence[Finding], code: int) -> None:
    answer = {
        "ok": code == DONE,
        "mistakes": [{"line": m.line, "where": m.where, "sentence": m.sentence} for m in mistakes],
        "findings": [{"check": f.check, "result": f.result, "sentence": f.sentence} for f in findings],
    }
    print(json.dumps(answer, indent=2, ensure_ascii=False))

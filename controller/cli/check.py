"""`ari-controller check`: every mistake of a site file, and whether its Asterisk is fit. Changes nothing."""

import argparse
import asyncio
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from controller.asterisk.preflight import Finding, Result, encrypted, preflight
from controller.asterisk.questions import Unfit
from controller.asterisk.trial_call import contexts_of_callers, finding_of, place, wrong_words
from controller.cli.check_files import files_of, leads_of_files, with_files
from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.desktop.tls import BadCertificate, Tls
from controller.directory.directory import Directory
from controller.directory.passwords import is_password
from controller.directory.site import Site
from controller.directory.site_mistakes import BadSiteFile, Mistake
from controller.service.site import site_of

SAID = {
    Result.OK: "ok",
    Result.LACKS: "lacks",
    Result.WARNING: "warning",
    Result.FAILED: "FAILED",
    Result.NOT_CHECKED: "not checked",
}


def check(asked: argparse.Namespace) -> int:
    """Print what is wrong with the site file (exit code 2) or, with --live, with Asterisk (exit code 1). Raises `BadSiteFile`."""
    if wrong := [*wrong_words(asked.call, asked.context)] if asked.call is not None else []:
        print("\n".join(wrong), file=sys.stderr)
        return BAD_USAGE
    try:
        site = site_of(asked.site)
    except BadSiteFile as bad:
        if not asked.json:
            raise
        _print_json(bad.mistakes, (), BAD_USAGE)
        return BAD_USAGE
    findings = findings_of_the_file(site, asked.site)
    if not asked.live:
        findings += encrypted(site.asterisk.url)
    else:
        findings += asyncio.run(live_findings(site, asked.asterisk))
    if asked.call is not None:
        findings += _called(site, asked.call, asked.context)
    no = {Result.FAILED, Result.WARNING} if asked.strict else {Result.FAILED}
    code = CHECK_FAILED if any(finding.result in no for finding in findings) else DONE
    if asked.json:
        _print_json((), findings, code)
    else:
        print_lines(findings)
    return code


def findings_of_the_file(site: Site, path: Path) -> list[Finding]:
    """Say what a right site file means, and what of it is unwise. Asks nobody."""
    return [
        _of_the_file(site),
        *_calls_to_outside(site.directory),
        *_certificate(site, path.parent),
        *_open_desktop(site),
        *_passwords(site),
    ]


async def live_findings(site: Site, folder: Path) -> list[Finding]:
    """Ask Asterisk, and read its files where they are this machine's. `folder`: where those are."""
    files = files_of(site, folder)
    told = await preflight(site.asterisk, site.directory, each_telephone=True, leads_of=leads_of_files(files))
    return with_files(told, files, site)


def _called(site: Site, number: str, context: str | None) -> list[Finding]:
    try:
        return asyncio.run(_test_calls(site, number, context))
    except asyncio.CancelledError:
        return [Finding(check=f"call {number}", result=Result.FAILED, sentence="stopped before its end, and taken back")]


async def _test_calls(site: Site, number: str, context: str | None) -> list[Finding]:
    """Place a test call by each context in which calls come in, or by this one."""
    this = asyncio.current_task()
    assert this is not None, "a coroutine runs in a task"
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, this.cancel)
    try:
        contexts = await contexts_of_callers(site.asterisk, site.directory) if context is None else [context]
        ways = [(by, await place(site.asterisk, number, by)) for by in contexts]
    except Unfit as unfit:
        return [Finding(check=f"call {number}", result=Result.FAILED, sentence=str(unfit))]
    return [finding_of(way, number, by, site.asterisk.app, site.directory) for by, way in ways]


def _of_the_file(site: Site) -> Finding:
    people = site.directory
    counted = (
        (len(people.agents), "agent"),
        (len(people.queues), "queue"),
        (len(people.entry_points), "entry point"),
        (len(people.wrap_up_reasons), "wrap-up reason"),
    )
    sentence = ", ".join(f"{many} {what}{'' if many == 1 else 's'}" for many, what in counted)
    return Finding(check="site file", result=Result.OK, sentence=sentence)


def _calls_to_outside(directory: Directory) -> Iterator[Finding]:
    """Say from which numbers calls come that leave by each trunk, and what keeps them from leaving."""
    may = [agent.id for agent in directory.agents.values() if agent.may_call_out]
    if may and directory.trunk_to() is None:
        sentence = f"{', '.join(may)} may call out, and there is no trunk by which a call could leave: add a [[trunk]]"
        yield Finding(check="trunk", result=Result.WARNING, sentence=sentence)
    for trunk in directory.trunks.values():
        if trunk.caller_ids:
            sentence = f"{len(trunk.caller_ids)} of the trunk {trunk.name!r}, {trunk.default_caller_id} by default"
            yield Finding(check="caller ids", result=Result.OK, sentence=sentence)
        else:
            sentence = (
                f"calls by the trunk {trunk.name!r} don't say which number they come from, and many providers refuse such: "
                "list those that it owns as caller_ids"
            )
            yield Finding(check="caller ids", result=Result.WARNING, sentence=sentence)


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
    if not site.desktop.is_open:
        return []
    return [
        Finding(check="password", result=Result.FAILED, sentence=f"the password of {agent!r} is {agent!r}: choose another")
        for agent, password_hash in site.passwords.items()
        if is_password(password_hash, agent)
    ]


def print_lines(findings: Sequence[Finding]) -> None:
    """Print them for people."""
    print("\n".join(as_lines(findings)))


def as_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """Give a line for each, in columns."""
    said = max(len(SAID[finding.result]) for finding in findings)
    checks = max(len(finding.check) for finding in findings)
    for finding in findings:
        yield f"{SAID[finding.result]:<{said}}  {finding.check:<{checks}}  {finding.sentence}"


def _print_json(mistakes: Sequence[Mistake], findings: Sequence[Finding], code: int) -> None:
    answer = {
        "ok": code == DONE,
        "mistakes": [{"file": m.file or None, "line": m.line, "where": m.where, "sentence": m.sentence} for m in mistakes],
        "findings": [{"check": f.check, "result": f.result, "sentence": f.sentence} for f in findings],
    }
    print(json.dumps(answer, indent=2, ensure_ascii=False))

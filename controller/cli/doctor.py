"""`ari-controller doctor`: all that an administrator looks at first, on one page; each line says by itself when its part is down."""

import argparse
import asyncio
import json
import platform
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp

from controller import __version__
from controller.asterisk.lease import GOOD_BYE, RENEW_SECONDS, variable_of
from controller.asterisk.preflight import Finding, Result
from controller.asterisk.questions import Questions, Unfit
from controller.cli.backup import BackupFailed, journal_files, site_and_its_files
from controller.cli.bundle import Bundle, write_bundle
from controller.cli.check import findings_of_the_file, live_findings, print_lines
from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.directory.site import AsteriskAccess, DesktopAccess, Site
from controller.directory.site_mistakes import BadSiteFile
from controller.floor.disk import MB, low_disk_sentence
from controller.journal.folder_lock import FILE as LOCK
from controller.journal.journal import JournalFailed
from controller.journal.sqlite_journal import FILE as JOURNAL
from controller.journal.sqlite_journal import SqliteJournal
from controller.service.disk import DiskWatch

UNIT = "ari-controller"
"""The service's name in systemd."""
ASK_SECONDS_MAX = 5.0
APART_SECONDS_MAX = 2.0
"""Clocks that are further apart make a story hard to compare with Asterisk's log."""
WARNINGS_SHOWN = 10
LOG_LINES_MAX = 5000
"""So many of the service's log are looked at, the last ones."""
LINE_LETTERS_MAX = 4000
"""Of one of its lines: ours are shorter, and a file that is no log may have none at all."""
JOURNALCTL_SECONDS_MAX = 10.0
ALARMING = re.compile(r'\b(?:WARNING|ERROR|CRITICAL)\b|"level": ?"(?:warning|error|critical)"')
"""As a line of the log begins that is text, and what one of JSON has."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


def doctor(asked: argparse.Namespace) -> int:
    """Print the page, or write it into an archive with what belongs to it. Exit code 1 where something is wrong, 2: the site file is."""
    if asked.bundle is not None and asked.bundle.exists():
        print(f"{asked.bundle} is there already: give another name.", file=sys.stderr)
        return BAD_USAGE
    log = _log(asked.log)
    findings = [_version()]
    site, read = None, set[str]()
    try:
        site, read = site_and_its_files(asked.site)
    except BadSiteFile as bad:
        findings += [Finding(check="site file", result=Result.FAILED, sentence=str(mistake)) for mistake in bad.mistakes]
    if site is not None:
        findings += findings_of_the_file(site, asked.site)
        findings += asyncio.run(_of_what_runs(site, asked.site.parent / site.journal, asked.asterisk))
        findings += [_journal(asked.site.parent / site.journal), _disk(asked.site.parent / site.journal, site.free_mb_min)]
    findings += _warnings(log)
    code = BAD_USAGE if site is None else CHECK_FAILED if any(one.result is Result.FAILED for one in findings) else DONE
    page = _as_json(findings, code)
    if asked.json:
        print(json.dumps(page, indent=2, ensure_ascii=False))
    else:
        print_lines(findings)
    if asked.bundle is not None:
        bundle = Bundle(site_path=asked.site, site=site, read=frozenset(read), findings=tuple(findings), page=page, log=log)
        try:
            write_bundle(asked.bundle, bundle)
        except OSError as failed:
            print(f"{asked.bundle} can't be written: {failed.strerror or failed}.", file=sys.stderr)
            return CHECK_FAILED
    return code


def _as_json(findings: Sequence[Finding], code: int) -> dict[str, object]:
    said = [{"check": one.check, "result": one.result, "sentence": one.sentence} for one in findings]
    return {"ok": code == DONE, "version": __version__, "at": time.time(), "findings": said}


def _version() -> Finding:
    sentence = f"ari-controller {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    return Finding(check="version", result=Result.OK, sentence=sentence)


# --- What runs ---------------------------------------------------------------------------------------------------------


async def _of_what_runs(site: Site, folder: Path, asterisk_folder: Path) -> list[Finding]:
    service, lease, clock, live = await asyncio.gather(
        _service(site.desktop),
        _lease(site.asterisk, _instance(folder)),
        _clock(site.asterisk),
        live_findings(site, asterisk_folder),
    )
    said_once = {finding.sentence for finding in live}
    return [service, *(one for one in (lease, clock) if one.sentence not in said_once), *_in_short(live)]


def _in_short(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Leave out what is as it should be, and say how much that is: there may be hundreds of telephones."""
    well = [one for one in findings if one.result in (Result.OK, Result.LACKS, Result.NOT_CHECKED)]
    if well:
        sentence = f"{len(well)} of {len(findings)} checks have nothing to say; all of them: `ari-controller check --live`"
        yield Finding(check="asterisk", result=Result.OK, sentence=sentence)
    yield from (one for one in findings if one not in well)


async def _service(desktop: DesktopAccess) -> Finding:
    """Ask the running controller whether it is ready."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(desktop.host, desktop.host)
    url = f"{'http' if desktop.tls is None else 'https'}://{f'[{host}]' if ':' in host else host}:{desktop.port}"
    trusting = ssl.create_default_context()  # it is this machine that is asked, and no secret is told
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ASK_SECONDS_MAX)) as session,
            session.get(f"{url}/readyz", ssl=trusting) as reply,
        ):
            said = await reply.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as failed:
        because = "did not answer" if isinstance(failed, TimeoutError) else "is not there"
        sentence = f"the controller {because} at {url}: `systemctl status {UNIT}`, or where its log goes"
        return Finding(check="service", result=Result.FAILED, sentence=sentence)
    said = said if isinstance(said, dict) else {}
    if reply.status != 200:
        return Finding(check="service", result=Result.FAILED, sentence=f"{url}: {said.get('detail', f'it answers {reply.status}')}")
    if warnings := said.get("warnings"):
        return Finding(check="service", result=Result.WARNING, sentence=" ".join(map(str, warnings)))
    return Finding(check="service", result=Result.OK, sentence=f"the controller at {url} is ready")


def _instance(folder: Path) -> str:
    """Name the controller of this journal; empty: it has never run, or may not be read."""
    try:
        return (folder / "instance").read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


async def _lease(access: AsteriskAccess, own: str) -> Finding:
    """Say who steers the application, and whether they live: they write another number every two seconds."""
    check, app = "lease", repr(access.app)
    try:
        async with Questions(access) as asterisk:
            first = await asterisk.global_variable(variable_of(access.app))
            await asyncio.sleep(RENEW_SECONDS * 1.5)
            then = await asterisk.global_variable(variable_of(access.app))
    except Unfit as unfit:
        return Finding(check=check, result=Result.FAILED, sentence=str(unfit))
    holder = then.partition(" ")[0]
    if not holder:
        return Finding(check=check, result=Result.WARNING, sentence=f"nobody has steered {app} since Asterisk started")
    if holder == GOOD_BYE:
        return Finding(check=check, result=Result.WARNING, sentence=f"nobody steers {app}: the last controller was stopped")
    whose = "this journal's controller" if holder == own else f"another controller, {holder},"
    if first == then:
        return Finding(check=check, result=Result.WARNING, sentence=f"{whose} steered {app} last, and shows no life")
    if holder != own:
        sentence = f"{whose} steers {app}, and this one stands by: is that meant? Its journal has the file `instance` with this name"
        return Finding(check=check, result=Result.WARNING, sentence=sentence)
    return Finding(check=check, result=Result.OK, sentence=f"{whose} steers {app}")


async def _clock(access: AsteriskAccess) -> Finding:
    check = "clock"
    try:
        async with Questions(access) as asterisk:
            shown = await asterisk.clock()
    except Unfit as unfit:
        return Finding(check=check, result=Result.FAILED, sentence=str(unfit))
    if shown is None:
        return Finding(check=check, result=Result.NOT_CHECKED, sentence="Asterisk's HTTP server does not say what time it is")
    now = time.time()
    apart = max(0.0, now - shown - 1, shown - now)  # it tells whole seconds
    if apart > APART_SECONDS_MAX:
        sentence = f"Asterisk's clock and this machine's are {apart:.0f} s apart: set both by NTP, or logs can't be compared"
        return Finding(check=check, result=Result.WARNING, sentence=sentence)
    return Finding(check=check, result=Result.OK, sentence="Asterisk's clock and this machine's agree to the second")


# --- What is on disk ---------------------------------------------------------------------------------------------------


def _journal(folder: Path) -> Finding:
    """Read a copy of the journal as a start would: the service may have the one that is there."""
    check, name = "journal", str(folder)
    try:
        if not (folder / JOURNAL).exists():
            sentence = f"there is none in {folder} yet: the first start makes it"
            return Finding(check=check, result=Result.WARNING, sentence=sentence)
        noted = (folder / LOCK).read_bytes() if (folder / LOCK).exists() else b""
        copies = journal_files(folder)
        with tempfile.TemporaryDirectory() as name:
            copy = Path(name)
            # How far it got stands beside it, and was read first: the journal may then be further, and never less far.
            (copy / LOCK).write_bytes(noted)
            for file, held in copies:
                (copy / file).write_bytes(held)
            kept = _kept(copy)
    except (OSError, BackupFailed, JournalFailed, sqlite3.Error) as failed:
        because = str(failed).replace(name, str(folder))
        return Finding(check=check, result=Result.FAILED, sentence=f"{folder} can't be read: {because}")
    inputs, last, damage = kept
    size = sum(len(held) for _, held in copies)
    if damage:
        sentence = f"{folder / JOURNAL} is damaged ({damage}); the next start keeps what is sound, and puts the file aside"
        return Finding(check=check, result=Result.FAILED, sentence=sentence)
    aside = sorted(path.name for path in folder.glob(f"{JOURNAL}.damaged-*") if not path.name.endswith("-wal"))
    said = f"{folder / JOURNAL} is sound: {size / MB:.1f} MB, {inputs} inputs since the last state"
    said += f", the last of them {_ago(time.time() - last)}" if last is not None else ""
    if aside:
        sentence = f"{said}. An earlier one was damaged, and is kept for you to look at: {', '.join(aside)}"
        return Finding(check=check, result=Result.WARNING, sentence=sentence)
    return Finding(check=check, result=Result.OK, sentence=said)


def _kept(folder: Path) -> tuple[int, float | None, str]:
    """Give how many inputs a journal has, when the last was taken, and what is damaged. Raises `JournalFailed`."""
    journal = SqliteJournal(folder)
    try:
        kept = journal.open()
    finally:
        journal.close()
    damage = kept.damage.partition("(")[2].partition("). What is sound")[0] or kept.damage
    last = kept.inputs[-1].at if kept.inputs else kept.state.at if kept.state is not None else None
    return len(kept.inputs), last, damage


def _ago(seconds: float) -> str:
    for unit, name in ((DAY, "days"), (HOUR, "hours"), (MINUTE, "minutes")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name} ago"
    return f"{max(0.0, seconds):.0f} s ago"


def _disk(folder: Path, free_mb_min: int) -> Finding:
    watch = DiskWatch(_nearest(folder), free_mb_min)
    watch.look()
    if watch.room is None:
        return Finding(check="disk", result=Result.FAILED, sentence=f"how much room there is for {folder} can't be found out")
    if watch.room.is_low:
        return Finding(check="disk", result=Result.FAILED, sentence=low_disk_sentence(watch.room))
    sentence = f"{watch.room.free_bytes // MB} MB of {watch.room.size_bytes // MB} MB are free for {folder}"
    return Finding(check="disk", result=Result.OK, sentence=sentence)


def _nearest(folder: Path) -> Path:
    """Give the folder, or the one above it that is there."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


# --- What it has said --------------------------------------------------------------------------------------------------


def _log(path: Path | None) -> list[str] | None:
    """Give the last lines of the service's log; None: nobody knows where it goes."""
    if path is not None:
        try:
            with path.open(encoding="utf-8", errors="replace") as file:
                return [line.rstrip("\n")[:LINE_LETTERS_MAX] for line in deque(file, maxlen=LOG_LINES_MAX)]
        except OSError as failed:
            return [f"ERROR {path} can't be read: {failed.strerror or failed}"]
    if shutil.which("journalctl") is None:
        return None
    asked = ["journalctl", "--unit", UNIT, "--lines", str(LOG_LINES_MAX), "--output", "short-iso", "--no-pager", "--quiet"]
    try:
        told = subprocess.run(asked, capture_output=True, timeout=JOURNALCTL_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return told.stdout.decode("utf-8", "replace").splitlines() or None


def _warnings(log: Sequence[str] | None) -> Iterator[Finding]:
    check = "log"
    if log is None:
        sentence = f"systemd's journal has nothing of {UNIT}: give the file where its log goes by --log (a container: `docker logs`)"
        yield Finding(check=check, result=Result.NOT_CHECKED, sentence=sentence)
        return
    alarming = [line for line in log if ALARMING.search(line)]
    if not alarming:
        yield Finding(check=check, result=Result.OK, sentence=f"no warning and no error in its last {len(log)} lines")
    for line in alarming[-WARNINGS_SHOWN:]:
        yield Finding(check=check, result=Result.WARNING, sentence=line.strip())

"""What `ari-controller doctor --bundle` puts into one archive for whoever is to help: no secret, and of customers' numbers two digits.

Only what is named here is put in, and all of it passes the redactor: passwords, keys and lists of colleagues are never opened for it but to
know what to take out.
"""

import io
import json
import os
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import from_json, to_json

from controller.asterisk.preflight import Finding
from controller.cli.check import as_lines
from controller.directory.organisation import GraphSource, LdapSource
from controller.directory.site import Site
from controller.provisioning.password_file import BadPasswordFile, read
from controller.telemetry.redaction import Redactor
from controller.telemetry.step_file import NAME as STEPS

STEP_LINES_MAX = 2000
"""So many of the last steps: a hundred calls."""
STEP_BYTES_MAX = 4 * 1024 * 1024
FOR_ITS_OWNER = 0o600
SOMEBODY_OUTSIDE = "(somebody outside)"
READ_ME = """\
Written by `ari-controller doctor --bundle`.

Taken out: passwords, their hashes, tokens, keys, and what looks like one. Customers' numbers show their last two digits, and the names
that callers give themselves are left out of steps. Still in it: agents' names, the site's own numbers, addresses of machines, and names in
lines of the log. Look through it before you send it to somebody whom you don't know.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All that goes into it, as it was found."""

    site_path: Path
    site: Site | None
    """None: it can't be read; its text goes in all the same."""
    read: frozenset[str]
    """The files beside the site file that were read with it."""
    findings: tuple[Finding, ...]
    page: Mapping[str, object]
    """The same for programs."""
    log: list[str] | None


def write_bundle(path: Path, bundle: Bundle) -> None:
    """Write it, for its owner alone. Raises OSError, also where there is one of this name."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w:gz") as archive:
        for name, text in _files(bundle):
            held = text.encode("utf-8", "replace")
            info = tarfile.TarInfo(f"ari-controller-doctor/{name}")
            info.size, info.mode, info.mtime = len(held), FOR_ITS_OWNER, int(time.time())
            archive.addfile(info, io.BytesIO(held))
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FOR_ITS_OWNER), "wb") as file:
        try:
            file.write(whole.getvalue())
            file.flush()
        except OSError:
            path.unlink()  # half of one would be sent for a whole one
            raise


def _files(bundle: Bundle) -> Iterator[tuple[str, str]]:
    redactor = Redactor(_secrets(bundle), _own_numbers(bundle.site))
    yield "READ-ME.txt", READ_ME
    yield "doctor.txt", redactor.text("\n".join(as_lines(bundle.findings)) + "\n")
    yield "doctor.json", json.dumps(redactor.value(bundle.page), indent=2, ensure_ascii=False) + "\n"
    for name in ("site.toml", *sorted(bundle.read)):
        path = bundle.site_path if name == "site.toml" else bundle.site_path.parent / name
        if path.suffix in (".toml", ".csv"):
            text = _text(path)
            yield f"site/{name}", redactor.table(text) if path.suffix == ".csv" else redactor.text(text)
    if bundle.log is not None:
        # As a whole first, since a key may have several lines.
        yield "service.log", "".join(redactor.line(line) + "\n" for line in redactor.without_keys("\n".join(bundle.log)).split("\n"))
    if bundle.site is not None:
        folder = bundle.site_path.parent / bundle.site.journal
        yield STEPS, "".join(redactor.line(_without_names(line)) + "\n" for line in _last_steps(folder))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as failed:
        return f"# {path.name} can't be read: {failed.strerror or failed}\n"


def _secrets(bundle: Bundle) -> Iterator[str]:
    """Give every secret of the site that can be known, so that it is found wherever it stands."""
    site = bundle.site
    if site is None:
        return
    yield site.asterisk.password
    yield from site.passwords.values()
    folder = bundle.site_path.parent
    with suppress(BadPasswordFile):  # the file itself is never put in
        yield from read(folder / site.journal).values()
    for one in site.organisations:
        names: tuple[str, ...] = ()
        match one.source:
            case LdapSource(password_file=password):
                names = (password,)
            case GraphSource(secret_file=secret):
                names = (secret,)
        for name in filter(None, names):
            yield _text(folder / name).strip()


def _own_numbers(site: Site | None) -> list[str]:
    if site is None:
        return []
    people = site.directory
    numbers = [number for point in people.entry_points.values() for number in point.numbers]
    numbers += [number for trunk in people.trunks.values() for number in trunk.caller_ids]
    numbers += [agent.phone for agent in people.agents.values()]
    return numbers + [own.number for own in people.numbers.values()]


def _last_steps(folder: Path) -> list[str]:
    lines: list[str] = []
    for path in (folder / f"{STEPS}.1", folder / STEPS):
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - STEP_BYTES_MAX))
                lines += file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            continue
    return lines[-STEP_LINES_MAX:]


def _without_names(line: str) -> str:
    """Take the names of those who are nobody's agent out of one step."""
    try:
        step = from_json(line)
        parties = [party for party in step["parties"] if party.get("agent") is None]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""  # half a line at the beginning, or what no version of ours has written
    names = {str(party.get("name", "")) for party in parties}
    text = to_json(step).decode()
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        text = text.replace(to_json(name).decode()[1:-1], SOMEBODY_OUTSIDE)
    return text

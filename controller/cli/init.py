"""`ari-controller init`: adds what the controller needs to an Asterisk that is there, and writes a first site file. Nothing is written
before it has been shown, nothing of an administrator's is changed, and all of it can be taken out again.
"""

import argparse
import grp
import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from controller.cli.consent import Stopped, ask, carried_out, tell_passwords, wants_it
from controller.cli.exits import CHECK_FAILED, DONE
from controller.directory.passwords import HASHER
from controller.directory.site import Site
from controller.directory.site_source import site_from
from controller.provisioning import asterisk_files as files
from controller.provisioning.first_site import PASSWORD_FILE, FirstAgent, FirstSite, site_text
from controller.provisioning.password_file import replace_file
from controller.provisioning.sections import changes

STATE = "/var/lib/ari-controller"
SERVICE = "ari-controller"
"""The group as which the service reads its site file, where the package has made it."""
WRITTEN = "init.json"
"""Beside the site file: what was written, so that it can be taken out again."""
USERNAMES = ("controller", "ari-controller")
"""Of ARI; the second where somebody else has the first."""

FOR_ITS_OWNER, AND_ITS_GROUP = 0o600, 0o640
BYTES = "surrogateescape"
"""An administrator's files are written back byte for byte, whatever their encoding is."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A file as it is to be. `text`: None: it is to be removed."""

    path: Path
    before: str
    text: str | None
    mode: int = FOR_ITS_OWNER
    group: int = -1
    """-1: as it is."""
    is_secret: bool = False

    @property
    def is_one(self) -> bool:
        return self.text != self.before if self.text is not None else self.path.exists()


@dataclass(slots=True)
class _Plan:
    changes: list[_Change] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    """Of agents, to be told once."""
    added_to: list[Path] = field(default_factory=list)
    written: list[Path] = field(default_factory=list)


def init(asked: argparse.Namespace) -> int:
    """Show what is to be written, ask, and write it. Raises `BadSiteFile`."""
    return carried_out(lambda: _carry_out(_taken_out(asked) if asked.undo else _put_in(asked), asked))


def _read(path: Path) -> str:
    """Read a file of somebody else's, with its own line ends."""
    return path.read_bytes().decode("utf-8", BYTES)


# --- What is to be there -----------------------------------------------------------------------------------------------


def _put_in(asked: argparse.Namespace) -> _Plan:
    """Decide on every file. Raises `Stopped`, `BadSiteFile`, OSError."""
    existing = {name: _existing(asked.asterisk, name) for name in (files.EXTENSIONS, files.ARI, files.HTTP, files.PJSIP)}
    theirs = {name: files.without_lines(text) for name, text in existing.items()}
    port = dict(files.settings(theirs[files.HTTP]).get("general", ())).get("bindport", "0")
    if not port.isdecimal():
        raise Stopped(f"http.conf has bindport = {port}, which is no port: mend it first.")
    plan = _Plan()
    site = _read_site(asked.site, {}) if asked.site.exists() else _first_site(asked, theirs, plan)
    door = files.http_file(theirs[files.HTTP], _wanted_port(site, theirs[files.HTTP]))
    route = files.Routes((), ())
    if asked.context:
        numbers = [number for point in site.directory.entry_points.values() for number in point.numbers]
        route = files.routes(theirs[files.EXTENSIONS], asked.context, numbers)
    plan.by_hand += route.by_hand
    wanted = {
        files.EXTENSIONS: (files.extensions_file(site.asterisk.app), route.lines),
        files.ARI: (files.ari_file(site.asterisk.username, site.asterisk.password), ()),
        files.HTTP: (door.text, ()),
        files.PJSIP: (files.delivered(files.PJSIP), ()),
    }
    if site.asterisk.username in files.settings(theirs[files.ARI]):
        plan.by_hand.append(
            f"ari.conf has the user {site.asterisk.username!r} already, and the site file names it: ari.conf was left as it is."
        )
        del wanted[files.ARI]
    elif (because := _not_for_ari_conf(site.asterisk.username, site.asterisk.password)) is not None:
        raise Stopped(because)
    for name, (text, more) in wanted.items():
        _add(plan, asked.asterisk, name, existing[name], text, more)
    return plan


def _not_for_ari_conf(username: str, password: str) -> str | None:
    """Say why a user can't be written into a file of Asterisk's; None: they can."""
    if any(sign in username for sign in "[];"):
        return f"ari.conf can't have the user {username!r}: choose a name without brackets and semicolons in [asterisk]."
    if not password.isprintable() or password != password.strip():
        return "ari.conf can't have the password of [asterisk]: choose one in one line, with no space at its ends."
    return None


def _existing(folder: Path, name: str) -> str:
    try:
        return _read(folder / name)
    except FileNotFoundError:
        raise Stopped(f"There is no {folder / name}: is Asterisk installed here? Give the folder of its files with --asterisk.") from None


def _add(plan: _Plan, folder: Path, name: str, existing: str, text: str, more: Sequence[str]) -> None:
    theirs, ours = folder / name, folder / f"{files.PREFIX}{name}"
    owner = theirs.stat()
    before = _read(ours) if ours.exists() else ""
    # Asterisk reads it as the user who reads theirs; it may hold a password.
    plan.changes.append(_Change(ours, before, text, mode=AND_ITS_GROUP, group=owner.st_gid))
    plan.written.append(ours)
    if not files.is_included(existing, name):
        plan.changes.append(_Change(theirs, existing, files.with_lines(existing, name, more), mode=owner.st_mode & 0o777))
        plan.added_to.append(theirs)


def _given_port(asked: argparse.Namespace, http_conf: str) -> int | None:
    """Raises `Stopped` where http.conf has a port already: others come by it."""
    said = dict(files.settings(http_conf).get("general", ()))
    if asked.ari_port is not None and "bindport" in said:
        raise Stopped(f"http.conf has bindport = {said['bindport']} already, and others may use it: leave --ari-port out.")
    return asked.ari_port if asked.ari_port is None else int(asked.ari_port)


def _wanted_port(site: Site, http_conf: str) -> int | None:
    """What http.conf says goes before; a site file that says otherwise is found by `check --live`."""
    said = dict(files.settings(http_conf).get("general", ()))
    return None if "bindport" in said else urlsplit(site.asterisk.url).port


# --- A first site file -------------------------------------------------------------------------------------------------


def _first_site(asked: argparse.Namespace, theirs: Mapping[str, str], plan: _Plan) -> Site:
    """Ask what is not said yet, and write a site file of it. Raises `Stopped`, `BadSiteFile`."""
    region = asked.region or ask("Country, as two letters, for example FR: ", "--region")
    numbers = asked.number or ask("Numbers that your callers dial, as calls for them come in, with spaces between: ", "--number").split()
    agents = [_agent(written, plan) for written in asked.agent or list(_ask_for_agents())]
    taken = files.settings(theirs[files.ARI])
    username = next((name for name in USERNAMES if name not in taken), None)
    if username is None:
        raise Stopped(f"ari.conf has users of all these names: {', '.join(USERNAMES)}. Write a site file that names one: {asked.site}")
    is_of_the_machine = asked.site.is_relative_to("/etc")
    text = site_text(
        FirstSite(
            region=region.upper(),
            url=files.http_file(theirs[files.HTTP], _given_port(asked, theirs[files.HTTP])).url,
            username=username,
            app=asked.app,
            state=STATE if is_of_the_machine else "state",
            numbers=numbers,
            agents=agents,
            trunk=asked.trunk,
        )
    )
    password_file = asked.site.parent / PASSWORD_FILE
    password = password_file.read_text("utf-8") if password_file.exists() else f"{secrets.token_urlsafe(24)}\n"
    group, mode = _service()
    before = "" if not password_file.exists() else password
    for path, old, new, is_secret in ((asked.site, "", text, False), (password_file, before, password, True)):
        plan.changes.append(_Change(path, old, new, mode=mode, group=group, is_secret=is_secret))
        plan.written.append(path)
    return _read_site(asked.site, {asked.site.name: text, PASSWORD_FILE: password})


def _read_site(path: Path, not_written_yet: Mapping[str, str]) -> Site:
    """Raises `BadSiteFile`."""

    def read_file(name: str) -> str:
        return not_written_yet.get(Path(name).name) or (path.parent / name).read_text("utf-8-sig")

    return site_from(str(path.absolute()), read_file=read_file, environ=os.environ)


def _service() -> tuple[int, int]:
    """The group and the mode that let the service read a file, and nobody else."""
    try:
        return grp.getgrnam(SERVICE).gr_gid, AND_ITS_GROUP
    except KeyError:
        return -1, FOR_ITS_OWNER


_AGENT = re.compile(r"(?P<id>[^:]*):(?P<phone>[^:]*)(?::(?P<name>.*))?")


def _agent(written: str, plan: _Plan) -> FirstAgent:
    """Raises `Stopped`."""
    found = _AGENT.fullmatch(written)
    if found is None:
        raise Stopped(f'An agent is ID:PHONE or ID:PHONE:NAME, for example alice:1001:"Alice Martin"; this is none: {written}')
    password = plan.passwords[found["id"]] = secrets.token_urlsafe(9)
    name = found["name"] or found["id"].replace("-", " ").title()
    return FirstAgent(id=found["id"], name=name, phone=found["phone"], password_hash=HASHER.hash(password))


def _ask_for_agents() -> Iterator[str]:
    print("Agents, one a line, as ID:PHONE:NAME, for example alice:1001:Alice Martin. PHONE is the name of their PJSIP endpoint.")
    yield ask("First agent: ", "--agent")
    while written := ask("Next agent (nothing: no more): ", "--agent"):
        yield written


# --- Taking it out -----------------------------------------------------------------------------------------------------


def _taken_out(asked: argparse.Namespace) -> _Plan:
    """Remove what was written, except what somebody has changed since. Raises `Stopped`, OSError."""
    record = asked.site.parent / WRITTEN
    try:
        said = json.loads(record.read_text("utf-8"))
        added_to, written = [Path(name) for name in said["added_to"]], {Path(name): str(hash_) for name, hash_ in said["written"].items()}
    except FileNotFoundError:
        raise Stopped(f"Nothing is known that could be taken out: there is no {record}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Stopped(f"{record} does not say what was written: it is damaged.") from None
    plan = _Plan()
    for path in filter(Path.exists, added_to):
        text = _read(path)
        plan.changes.append(_Change(path, text, files.without_lines(text), mode=path.stat().st_mode & 0o777))
    for path, hash_ in written.items():
        if not path.exists():
            continue
        text = _read(path)
        if _hash(text) == hash_:
            plan.changes.append(_Change(path, text, None))
        else:
            plan.by_hand.append(f"{path} has been changed since it was written: it stays.")
    plan.changes.append(_Change(record, record.read_text("utf-8"), None))
    return plan


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", BYTES)).hexdigest()


# --- Showing and doing it ----------------------------------------------------------------------------------------------


def _carry_out(plan: _Plan, asked: argparse.Namespace) -> int:
    """Raises OSError, EOFError."""
    wanted = [change for change in plan.changes if change.is_one]
    for change in wanted:
        print("\n".join(_shown(change)))
    for sentence in plan.by_hand:
        print(f"By hand: {sentence}")
    if not wanted:
        print("Nothing has to be changed.")
        return DONE
    if asked.dry_run:
        return DONE
    if not asked.yes and not wants_it():
        print("Nothing was written.")
        return CHECK_FAILED
    for change in wanted:
        _write(change)
    if asked.undo:
        print("It is taken out. In Asterisk: `asterisk -rx 'core reload'`.")
        return DONE
    _record(asked.site.parent / WRITTEN, plan)
    print(_NEXT.format(site=asked.site, asterisk=asked.asterisk))
    if any(change.path == asked.site for change in wanted):
        tell_passwords("Passwords of the agents", plan.passwords)
    return DONE


_NEXT = """\
It is written. Now
  ari-controller phones -c {site} -o {asterisk}/pjsip_agents.conf     only where agents have no telephones yet
  asterisk -rx 'core reload'                    calls go on meanwhile
  ari-controller check -c {site} --live
  ari-controller run -c {site}                  or: systemctl enable --now ari-controller"""


def _shown(change: _Change) -> Iterator[str]:
    yield f"--- {change.path}{'' if change.text is not None else ' (to be removed)'}{'' if change.path.exists() else ' (new)'}"
    if change.is_secret:
        yield "+(a password that is made at random)" if change.text is not None else "-(a password)"
    elif change.text is not None:
        before, after = (text.encode("utf-8", BYTES).decode("utf-8", "replace") for text in (change.before, change.text))
        yield from [line for line in changes(before, after) if not line.startswith(("---", "+++"))]
    yield ""


def _write(change: _Change) -> None:
    path = change.path.resolve()
    if change.text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, change.text, mode=change.mode, group=change.group, errors=BYTES)


def _record(path: Path, plan: _Plan) -> None:
    """Keep what was written, beside what an earlier run wrote."""
    said = json.loads(path.read_text("utf-8")) if path.exists() else {"added_to": [], "written": {}}
    texts = {change.path: change.text for change in plan.changes if change.text is not None}
    added_to = {*said["added_to"], *(str(each.absolute()) for each in plan.added_to)}
    written = {**said["written"], **{str(each.absolute()): _hash(texts[each]) for each in plan.written}}
    replace_file(path, json.dumps({"added_to": sorted(added_to), "written": written}, indent=1) + "\n", mode=FOR_ITS_OWNER)

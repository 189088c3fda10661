"""`ari-controller import`: agents for the site file from a list of people, a pjsip.conf, or a FreePBX. All of it is shown before it is
written; who and what is there already stays as it is, and whatever is not taken is told with the reason.
"""

import argparse
import csv
import io
import json
import os
import re
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from typing import Any

from controller.cli.consent import Stopped, carried_out, tell_passwords, wants_it
from controller.cli.exits import CHECK_FAILED, DONE
from controller.directory.passwords import HASHER
from controller.directory.site_mistakes import BadSiteFile
from controller.directory.site_parts import AGENTS_FROM, DEFAULTS, DELIMITERS, with_parts
from controller.directory.site_shape import Tables, tables_of
from controller.directory.site_source import site_from
from controller.directory.site_toml import parse
from controller.provisioning.password_file import replace_file
from controller.provisioning.people import Found, ListedQueue, Person, agent_id, without
from controller.provisioning.people_of_csv import people_of_csv
from controller.provisioning.people_of_freepbx import found_in_freepbx
from controller.provisioning.people_of_pjsip import people_of_pjsip

AGENTS = "agents.csv"
"""Beside the site file, where it names no other list."""
QUEUES = "imported-queues.toml"
PLACES = {"pjsip": Path("/etc/asterisk/pjsip.conf"), "freepbx": Path("/etc/asterisk")}
"""Where what is imported stands, unless it is said."""
COLUMNS = ("id", "name", "phone", "password")

_HASH = re.compile(r"\$argon2\w*\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_SITE_TABLE = re.compile(r"^[ \t]*\[site\][^\n]*\n", re.MULTILINE)


@dataclass(slots=True)
class _Plan:
    found: Found
    agents: list[dict[str, str]] = field(default_factory=list)
    """Rows of the list, with a hash that no password fits in the place of each that is to be made."""
    passwords: dict[str, tuple[str, str]] = field(default_factory=dict)
    """For each agent whose hash is to be made: what stands in its place, and the password."""
    made: dict[str, str] = field(default_factory=dict)
    """New passwords of agents, to be told once."""
    queues: list[ListedQueue] = field(default_factory=list)
    entry_points: list[dict[str, Any]] = field(default_factory=list)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each file beside the site file: as it is, and as it is to be."""


def import_people(asked: argparse.Namespace) -> int:
    """Read, show, ask, write. Raises `BadSiteFile`."""
    return carried_out(lambda: _import(asked))


def _import(asked: argparse.Namespace) -> int:
    """Raises `Stopped`, `BadSiteFile`, OSError, EOFError."""
    if not asked.site.exists():
        raise Stopped(f"There is no {asked.site}: make a site file first, with `ari-controller init`.")
    plan = _plan(without(_read(asked), asked.leave_out or ()), asked.site)
    _must_be_right(plan, asked.site)
    return _carry_out(plan, asked)


def _read(asked: argparse.Namespace) -> Found:
    """Raises `Stopped`, OSError."""
    source: Path | None = asked.source or PLACES.get(asked.kind)
    if source is None:
        raise Stopped("Say which list: ari-controller import csv FILE.")
    if not source.exists():
        raise Stopped(f"There is no {source}.")
    match asked.kind:
        case "csv":
            try:
                return people_of_csv(source)
            except ValueError as wrong:
                raise Stopped(f"{wrong}.") from None
        case "pjsip":
            return people_of_pjsip(source)
        case _:
            return found_in_freepbx(source)


# --- What is to be there -----------------------------------------------------------------------------------------------


def _plan(found: Found, site_path: Path) -> _Plan:
    """Raises `Stopped`, `BadSiteFile`, OSError."""
    plan = _Plan(found)
    folder = site_path.parent
    text = site_path.read_text("utf-8-sig")
    document, there = _there_already(text, folder)
    known = document.get("site", {}).get(AGENTS_FROM)
    name = known if isinstance(known, str) else AGENTS
    if known is None and (folder / name).exists():
        raise Stopped(
            f'{folder / name} is there, and the site file does not name it: write {AGENTS_FROM} = "{name}" into [site], or move it away.'
        )
    _choose_agents(plan, there, has_phone="phone" in document.get(DEFAULTS, {}))
    ids = {agent.phone: agent.id for agent in there.agents.values()} | {row["phone"]: row["id"] for row in plan.agents}
    _choose_queues(plan, there, ids)
    changed = text
    if plan.agents:
        before = (folder / name).read_text("utf-8-sig") if (folder / name).exists() else ""
        plan.texts[name] = before, _with_rows(before, plan.agents)
        if known is None:
            changed = _with_agents_from(changed, name)
    if plan.queues or plan.entry_points:
        before = (folder / QUEUES).read_text("utf-8-sig") if (folder / QUEUES).exists() else ""
        plan.texts[QUEUES] = before, before + _tables(plan, ids)
        if f'file = "{QUEUES}"' not in text:
            changed = f'{changed.rstrip()}\n\n[[include]]\nfile = "{QUEUES}"\n'
    if changed != text:
        plan.texts[site_path.name] = text, changed
    return plan


def _there_already(text: str, folder: Path) -> tuple[dict[str, Any], Tables]:
    """Read the site file with all that it names. What it lacks as a whole may be what is imported. Raises `BadSiteFile`."""
    document, report = parse(text.removeprefix("\ufeff"))
    if report.complete:
        with_parts(document, report, lambda name: (folder / name).read_text("utf-8-sig"))
    there = tables_of(document, report)
    if report.mistakes:
        raise BadSiteFile(report.mistakes)
    return document, there


def _must_be_right(plan: _Plan, path: Path) -> None:
    """Read what would be written, as `check` does. Raises `Stopped`."""
    not_written_yet = {name: after for name, (_, after) in plan.texts.items()}

    def read_file(name: str) -> str:
        if name in not_written_yet:
            return not_written_yet[name]
        if name == str(path.absolute()) and path.name in not_written_yet:
            return not_written_yet[path.name]
        return (path.parent / name).read_text("utf-8-sig")

    try:
        site_from(str(path.absolute()), read_file=read_file, environ=os.environ)
    except BadSiteFile as bad:
        raise Stopped(f"Nothing was written, because the site file would have these mistakes:\n{bad}") from None


def _choose_agents(plan: _Plan, there: Tables, *, has_phone: bool) -> None:
    owners = {phone: agent.id for agent in there.agents.values() for phone in (agent.phone, agent.browser) if phone}
    trunks = {trunk.name for trunk in there.trunks.values()} | ({there.dialling.trunk} if there.dialling is not None else set())
    agents = {agent.id for agent in there.agents.values()}
    taken = set(agents)
    for person in plan.found.people:
        what = person.phone or person.name
        if person.phone in owners:
            plan.found.leave_out(what, f"it is the telephone of the agent {owners[person.phone]!r} already")
        elif person.phone and person.phone in trunks:
            plan.found.leave_out(what, "it is a trunk of the site file")
        elif person.wanted_id and agent_id(Person(phone="", wanted_id=person.wanted_id), ()) in agents:
            plan.found.leave_out(what, "there is an agent of this id already")
        elif not person.phone and not has_phone:
            plan.found.leave_out(what, f"no telephone is known, and [{DEFAULTS}] says none")
        else:
            new = agent_id(person, taken)
            taken.add(new)
            if person.phone:
                owners[person.phone] = new
            plan.agents.append(
                {
                    "id": new,
                    "name": person.name or person.phone,
                    "phone": person.phone,
                    "password": _hash_for(plan, new, person),
                    **dict(person.more),
                }
            )


def _hash_for(plan: _Plan, agent: str, person: Person) -> str:
    """Give the hash that the list has, or what stands for it until it is made: to make one takes a while."""
    if _HASH.fullmatch(person.password):
        return person.password
    if not person.password:
        plan.made[agent] = secrets.token_urlsafe(9)
    salt, rest = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    instead = f"$argon2id$v=19$m=19456,t=2,p=1${salt}${rest}"
    plan.passwords[agent] = instead, person.password or plan.made[agent]
    return instead


def _choose_queues(plan: _Plan, there: Tables, ids: Mapping[str, str]) -> None:
    queues = {queue.id for queue in there.queues.values()}
    by_number = {queue.number: queue.id for queue in there.queues.values() if queue.number}
    for queue in plan.found.queues:
        if queue.number in by_number or queue.id in queues:
            plan.found.leave_out(f"queue {queue.number}", "there is a queue of this number or id already")
        elif any(phone in ids for phone in queue.phones):
            plan.queues.append(queue)
            by_number[queue.number] = queue.id
        else:
            plan.found.leave_out(f"queue {queue.number}", "none of its members became an agent")
    points = {point.id for point in there.entry_points.values()}
    known = {number for point in there.entry_points.values() for number in point.numbers}
    for listed in plan.found.numbers:
        numbers = [number for number in listed.numbers if number not in known]
        point = f"calls-for-{listed.queue_number}"
        if listed.queue_number in by_number and numbers and point not in points:
            queue_id = by_number[listed.queue_number]
            plan.entry_points.append({"id": point, "name": f"Calls for {listed.queue_number}", "numbers": numbers, "queue": queue_id})
        else:
            because = "they are numbers of an entry point already, or their queue was not taken"
            plan.found.leave_out(f"numbers {', '.join(listed.numbers)}", because)


# --- The texts ---------------------------------------------------------------------------------------------------------


def _with_rows(before: str, rows: Sequence[Mapping[str, str]]) -> str:
    """Add rows to a list of agents, in its own columns and with its own signs between them; a column that it lacks comes last."""
    first, *rest = before.splitlines() or [""]
    delimiter = max(DELIMITERS, key=first.count) if first else ","
    header = [column.strip() for column in next(csv.reader([first], delimiter=delimiter), [])]
    columns = [*header, *dict.fromkeys(key for key in (*COLUMNS, *(key for row in rows for key in row)) if key not in header)]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    if columns != header:
        writer.writerow(columns)
        first = ""
    for line in ([first] if first else []) + rest:
        written.write(f"{line}\n")
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return written.getvalue()


def _with_agents_from(text: str, name: str) -> str:
    """Raises `Stopped`."""
    found = _SITE_TABLE.search(text)
    if found is None:
        raise Stopped(f'The site file has no line [site] of its own: write {AGENTS_FROM} = "{name}" into that table, and import again.')
    return f'{text[: found.end()]}{AGENTS_FROM} = "{name}"\n{text[found.end() :]}'


def _tables(plan: _Plan, ids: Mapping[str, str]) -> str:
    parts = []
    for queue in plan.queues:
        agents = [ids[phone] for phone in queue.phones if phone in ids]
        more = {"music": queue.music or None, "offer_seconds": queue.offer_seconds}
        parts.append(_table("queue", {"id": queue.id, "name": queue.name, "number": queue.number, "agents": agents, **more}))
    parts += [_table("entry_point", point) for point in plan.entry_points]
    return "\n".join(parts)


def _table(name: str, values: Mapping[str, object]) -> str:
    """Write a table: strings, lists of them and numbers of TOML are those of JSON."""
    said = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items() if value is not None)
    return f"[[{name}]]\n{said}"


# --- Showing and doing it ----------------------------------------------------------------------------------------------


def _carry_out(plan: _Plan, asked: argparse.Namespace) -> int:
    """Raises OSError, EOFError, `Stopped`."""
    writes = bool(plan.texts) and not asked.dry_run and (asked.yes or not asked.json)
    if not asked.json:
        _show(plan, asked)
        if writes and not asked.yes and not wants_it():
            print("Nothing was written.")
            return CHECK_FAILED
    if writes:
        _write(plan, asked.site)
    if asked.json:
        print(json.dumps(_as_json(plan, asked, is_written=writes), indent=2, ensure_ascii=False))
    elif writes:
        print(_NEXT.format(site=asked.site))
        if plan.made:
            tell_passwords("New passwords", plan.made)
    return DONE


_NEXT = """\
It is written. Now
  ari-controller check -c {site} --live         says which settings of these telephones make calls go wrong
  systemctl reload ari-controller               or SIGHUP: calls go on meanwhile"""


def _show(plan: _Plan, asked: argparse.Namespace) -> None:
    for name, (before, after) in plan.texts.items():
        print(f"--- {asked.site.parent / name}{'' if before else ' (new)'}")
        print("\n".join(_changes(before, after)))
        print()
    for one in plan.found.left_out:
        print(f"Left out: {one}")
    for trouble in plan.found.troubles:
        print(f"Note: {trouble}")
    new = f"agents {len(plan.agents)}, queues {len(plan.queues)}, entry points {len(plan.entry_points)}"
    print(f"New: {new}. Left out: {len(plan.found.left_out)}.")
    if not plan.texts:
        print("Nothing has to be changed.")


def _changes(before: str, after: str) -> Iterable[str]:
    """What is added and taken away, without a hash, and without what stands beside it: that may be a secret."""
    was, is_ = (_HASH.sub("(a hash)", text).splitlines() for text in (before, after))
    return (line for line in unified_diff(was, is_, lineterm="", n=0) if not line.startswith(("---", "+++")))


def _write(plan: _Plan, site_path: Path) -> None:
    """Each file as a whole, that of the site last: it names the others. Raises OSError."""
    like = site_path.stat()
    hashes = {instead: HASHER.hash(password) for instead, password in plan.passwords.values()}
    for name, (_, after) in plan.texts.items():
        text = _HASH.sub(lambda found: hashes.get(found[0], found[0]), after)
        replace_file((site_path.parent / name).resolve(), text, mode=like.st_mode & 0o777, group=like.st_gid)


def _as_json(plan: _Plan, asked: argparse.Namespace, *, is_written: bool) -> dict[str, object]:
    shown = [{key: value for key, value in row.items() if key != "password"} for row in plan.agents]
    return {
        "agents": shown,
        "queues": [{"id": queue.id, "name": queue.name, "number": queue.number} for queue in plan.queues],
        "entry_points": plan.entry_points,
        "left_out": [{"what": one.what, "because": one.because} for one in plan.found.left_out],
        "notes": plan.found.troubles,
        "files": [str(asked.site.parent / name) for name in plan.texts],
        "written": is_written,
        "passwords": plan.made if is_written else {},
    }

"""A site file together with what it names: other files (`[[include]]`), agents in a list (`agents_from`), what holds for all agents
(`[agent_defaults]`). Afterwards the document is as if all of it stood in one file, and each mistake is told with its own file and line.

Pure: the caller hands in the way to read a file.
"""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from controller.directory.site_mistakes import Path, Report, nearest
from controller.directory.site_shape import one_table, repeated_tables
from controller.directory.site_tables import REPEATED, AgentDefaultsTable, AgentTable, IncludeTable
from controller.directory.site_toml import parse

ReadFile = Callable[[str], str]
"""Reads a file that the site file names; raises OSError or UnicodeDecodeError."""

INCLUDE, DEFAULTS, AGENTS_FROM = "include", "agent_defaults", "agents_from"
DELIMITERS = ",;\t"
_WORDS = {"true": True, "yes": True, "oui": True, "x": True, "false": False, "no": False, "non": False}
"""How people write in a list that something is so."""
_YES_OR_NO = {key for key, field in AgentTable.model_fields.items() if field.annotation is bool}

Document = dict[str, Any]


def with_parts(document: Document, report: Report, read_file: ReadFile) -> None:
    """Add to a site file's document all that it names, and take out what named it."""
    included = repeated_tables(document, INCLUDE, IncludeTable, report)
    document.pop(INCLUDE, None)
    for index, table in included.items():
        text = _text((INCLUDE, index, "file"), table.file, report, read_file)
        if text is not None:
            _include(document, report, table.file, text)
    _add_agents(document, report, read_file)
    _fill_in(document, report)


def _text(path: Path, name: str, report: Report, read_file: ReadFile) -> str | None:
    try:
        return read_file(name)
    except OSError as failed:
        report.note(path, f"the file {name!r} can't be read: {failed.strerror or failed}")
    except UnicodeDecodeError as failed:
        line = failed.object.count(b"\n", 0, failed.start) + 1
        report.note_at(line, "this line is no text in UTF-8: save the file as UTF-8", file=name)
    return None


# --- Other files -------------------------------------------------------------------------------------------------------


def _include(document: Document, report: Report, name: str, text: str) -> None:
    part, read = parse(text.removeprefix("\ufeff"))
    report.mistakes += [replace(mistake, file=name) for mistake in read.mistakes]
    report.complete = report.complete and read.complete
    for key, found in part.items():
        known = document.get(key)
        if key == INCLUDE:
            report.note_at(read.line_of((key,)), "only the site file itself includes others", where=f"[[{INCLUDE}]]", file=name)
        elif key in REPEATED and isinstance(found, list) and isinstance(known, list):
            for index in range(len(found)):
                report.is_elsewhere((key, len(known) + index), name, read.lines, (key, index))
            known += found
        elif known is not None:
            where = report.place_of((key,))
            report.note_at(read.line_of((key,)), f"stands once, and stands in {where} already", where=f"[{key}]", file=name)
        else:
            report.is_elsewhere((key,), name, read.lines, (key,))
            document[key] = found


# --- Agents in a list --------------------------------------------------------------------------------------------------


def _add_agents(document: Document, report: Report, read_file: ReadFile) -> None:
    site = document.get("site")
    name = site.get(AGENTS_FROM) if isinstance(site, dict) else None
    agents = document.setdefault("agent", [])
    if not isinstance(name, str) or not isinstance(agents, list):
        return  # what is wrong with it is told where all tables are looked at
    text = _text(("site", AGENTS_FROM), name, report, read_file)
    if text is None:
        report.complete = False  # who is missing must not be told of everybody who names them
        return
    try:
        for line, row in _rows(text, name, report):
            index = len(agents)
            report.is_elsewhere(("agent", index), name, partial(dict[Path, int], {("agent",): line}), ("agent",))
            agents.append(row)
    except csv.Error as wrong:
        report.note_at(1, f"this is not CSV: {wrong}", file=name)


def _rows(text: str, name: str, report: Report) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Give each line as a table, with its number. Raises `csv.Error`."""
    lines = text.split("\n")
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=max(DELIMITERS, key=lines[0].count), strict=True)
    columns = [column.strip() for column in next(reader, [])]
    known = {*AgentTable.model_fields}
    if "id" not in columns:
        report.note_at(1, "its first line must name the columns, such as id,name,phone,password", file=name)
        return
    for column in columns:
        if column not in known:
            report.note_at(
                1, f"there is no column {column!r}{nearest(column, known) or '; there are ' + ', '.join(sorted(known))}", file=name
            )
    line = 2
    for fields in reader:
        told = {column: field.strip() for column, field in zip(columns, fields, strict=False) if field.strip() and column in known}
        if told:
            yield line, {key: _WORDS.get(field.lower(), field) if key in _YES_OR_NO else field for key, field in told.items()}
        line = reader.line_num + 1


# --- What holds for all agents -----------------------------------------------------------------------------------------


def _fill_in(document: Document, report: Report) -> None:
    defaults = one_table(document, DEFAULTS, AgentDefaultsTable, report)
    agents = document.get("agent")
    if defaults is None or not isinstance(agents, list):
        return
    said = defaults.model_dump(exclude_none=True)
    for agent in agents:
        if not isinstance(agent, dict):
            continue
        for key, value in said.items():
            if key not in agent:
                known = {name: str(agent[name]) for name in ("id", "phone") if name in agent}
                agent[key] = _pattern(value, known) if isinstance(value, str) else value


def _pattern(value: str, known: Mapping[str, str]) -> str:
    for name, text in known.items():
        value = value.replace(f"{{{name}}}", text)
    return value

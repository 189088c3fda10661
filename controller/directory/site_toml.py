"""A site file's text as TOML: its values, the line of each, and every mistake in the syntax that can be known for certain.

`tomllib` stops at the first mistake. Where a mistake is in one line by itself, that line is set aside and reading goes on.
"""

import re
import tomllib
from functools import cache, partial
from typing import Any

from controller.directory.site_lines import lines_of
from controller.directory.site_mistakes import Report
from controller.directory.site_tables import REPEATED

SYNTAX_MISTAKES_MAX = 20
LINES_TRIED_MAX = 1000
"""In a longer file the place of what has no end is not searched: it would take seconds."""

_PLACE = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)\Z")

_DECLARED_TWICE = re.compile(r"Cannot declare \('(?P<table>[^',]+)',\) twice")

_TWICE = "Cannot overwrite a value"

_CLASHES = ("Cannot ", "Duplicate ")
"""How messages about two things that are right by themselves begin."""

_HINTS = {
    "Invalid value": "the value can't be read: a text needs quotes around it, and a list needs brackets",
    _TWICE: "this key stands here for the second time: keep one of the two",
    'Expected "\'"': "a quote is missing at the end of this line",
    "Illegal character '\\n'": "a quote or a bracket is missing at the end of this line",
}


def parse(text: str) -> tuple[dict[str, Any], Report]:
    """Read as much as can be read, into values and a report that holds the syntax mistakes."""
    report = Report(complete=False)
    lines = text.split("\n")
    while True:
        readable = "\n".join(lines)
        try:
            document = tomllib.loads(readable)
            return document, Report(cache(partial(lines_of, readable)), report.mistakes, complete=not report.mistakes)
        except RecursionError:
            report.note((), "brackets stand within brackets too deeply: this is no site file")
            break
        except ValueError as wrong:  # TOMLDecodeError, or a number that Python will not take
            message, line = _note_syntax(str(wrong), lines, report)
        if len(report.mistakes) >= SYNTAX_MISTAKES_MAX or not _is_alone(message, lines[line - 1]):
            break
        lines[line - 1] = ""
    return {}, report


def _note_syntax(wrong: str, lines: list[str], report: Report) -> tuple[str, int]:
    place = _PLACE.search(wrong)
    if place is None:  # Python's own word about a number, which tomllib passes on
        line = _line_without_end(lines)
        report.note_at(line, "a number is far too long")
        return wrong, line
    message = wrong[: place.start()]
    line = int(place["line"] or len(lines))
    is_above = not message.startswith(_CLASHES) and (line == len(lines) or _is_toml(lines[line - 1]))
    if is_above and (beginning := _line_without_end(lines[:line])) < line:
        report.note_at(beginning, "this is not TOML: a bracket or a quote that is opened here is not closed")
        return message, beginning
    if twice := _DECLARED_TWICE.match(message):
        table = twice["table"]
        instead = f"write [[{table}]], with two pairs of brackets" if table in REPEATED else f"[{table}] stands once: put both together"
        report.note_at(line, f"this table stands here for the second time: {instead}")
        return message, line
    column = f" (column {place['column']})" if place["line"] else ""
    report.note_at(line, f"this is not TOML: {_HINTS.get(message, message)}{column}")
    return message, line


def _line_without_end(lines: list[str]) -> int:
    """Find where a text or a list begins that has no end in these lines: behind the last place where all is well."""
    if len(lines) > LINES_TRIED_MAX:
        return len(lines)
    return next(end for end in range(len(lines), 0, -1) if end == 1 or _is_toml("\n".join(lines[: end - 1])))


def _is_alone(message: str, line: str) -> bool:
    """Say whether the line can be set aside without changing what the others mean."""
    if line.lstrip().startswith("["):
        return False  # the keys below it would fall into another table
    if line.rstrip().endswith(("[", "{", ",")) or '"""' in line or "'''" in line:
        return False  # the lines below it belong to it
    # If the blamed line is right by itself, something above it has no end; a key given twice is right by itself.
    return _is_toml(line) == (message == _TWICE)


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True

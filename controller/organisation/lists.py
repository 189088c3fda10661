"""The two ways to write a list of colleagues, TOML and CSV, as rows of texts. What the texts mean is not known here."""

import csv
import io
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from controller.directory.site_mistakes import nearest
from controller.organisation.reading import NotFetched

KEYS = ("id", "name", "first_name", "title", "department", "number", "presence")
TABLE = "colleague"
DELIMITERS = ",;\t"
ENDS_WITH_CSV = ".csv"


class NotReadable(NotFetched):
    """It is no list of colleagues."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person, as somebody wrote them down."""

    where: str
    """`line 12` or `colleague 3`."""
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Written:
    """A list as it is written."""

    rows: Iterator[Row]
    """Raises `NotReadable`."""
    notes: tuple[str, ...] = ()


def read_list(name: str, text: str) -> Written:
    """Read a list of this name. Raises `NotReadable`, now or while its rows are taken."""
    return _csv(text) if name.endswith(ENDS_WITH_CSV) else _toml(text)


def _toml(text: str) -> Written:
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise NotReadable("brackets stand within brackets too deeply: this is no list of colleagues") from None
    except ValueError as wrong:  # TOMLDecodeError, or a number that Python will not take
        raise NotReadable(f"this is not TOML: {wrong}") from None
    tables = document.pop(TABLE, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise NotReadable(f"write each person as a table [[{TABLE}]], with two pairs of brackets")
    notes = [f"there is no table {other!r}{nearest(other, (TABLE,))}" for other in document]
    unknown = dict.fromkeys(key for table in tables for key in table if key not in KEYS)
    notes += [f"nobody knows what {key!r} means{_meant(key)}" for key in unknown]
    return Written((Row(f"{TABLE} {number}", table) for number, table in enumerate(tables, start=1)), tuple(notes))


def _csv(text: str) -> Written:
    header, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        columns = [column.strip().casefold() for column in next(reader, [])]
    except csv.Error as wrong:
        raise NotReadable(f"line 1: this is not CSV: {wrong}") from None
    if "id" not in columns or not {"name", "first_name"} & {*columns}:
        raise NotReadable(f"its first line must name the columns, at least id and name, such as {delimiter.join(KEYS)}")
    notes = [f"nobody knows what the column {column!r} means{_meant(column)}" for column in columns if column and column not in KEYS]
    return Written(_csv_rows(reader, columns), tuple(notes))


def _csv_rows(reader: Any, columns: list[str]) -> Iterator[Row]:
    line = 2
    try:
        for fields in reader:
            if fields:
                yield Row(f"line {line}", dict(zip(columns, fields, strict=False)))
            line = reader.line_num + 1
    except csv.Error as wrong:
        raise NotReadable(f"line {line}: this is not CSV: {wrong}") from None


def _meant(key: str) -> str:
    return nearest(key, KEYS) or f"; there are {', '.join(KEYS)}"

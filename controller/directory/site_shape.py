"""Each table of a site file by itself: every unknown key, missing key and wrong value. How tables fit together is `site_links`' duty."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from controller.directory.site_mistakes import Path, Report, nearest, shown
from controller.directory.site_tables import (
    NOT_SERVED,
    REPEATED,
    SINGLE,
    WANTED,
    AgentTable,
    AsteriskTable,
    CallersTable,
    DesktopTable,
    DiallingTable,
    EntryPointTable,
    JournalTable,
    NumberTable,
    OrganisationTable,
    PolicyTable,
    QueueTable,
    ReasonTable,
    SiteTable,
    Table,
    TlsTable,
    TrunkTable,
)

T = TypeVar("T", bound=Table)

_OTHERWISE: Mapping[tuple[type[Table], str], str] = {(AgentTable, "password"): "agent password", (TrunkTable, "name"): "trunk name"}
"""Keys that mean something else in one table than in the others, and where `WANTED` says it."""

_QUOTED = re.compile("'([^']+)'")

ITEMS_MAX = 10_000
"""How many tables of one kind a site may have."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that are right by themselves, repeated ones with their index in the file. A wrong one is left out, and reported."""

    site: SiteTable | None = None
    asterisk: AsteriskTable | None = None
    callers: CallersTable | None = None
    desktop: DesktopTable | None = None
    policy: PolicyTable | None = None
    journal: JournalTable | None = None
    dialling: DiallingTable | None = None
    agents: Mapping[int, AgentTable] = field(default_factory=dict)
    queues: Mapping[int, QueueTable] = field(default_factory=dict)
    entry_points: Mapping[int, EntryPointTable] = field(default_factory=dict)
    trunks: Mapping[int, TrunkTable] = field(default_factory=dict)
    numbers: Mapping[int, NumberTable] = field(default_factory=dict)
    organisations: Mapping[int, OrganisationTable] = field(default_factory=dict)
    wrap_up_reasons: Mapping[int, ReasonTable] = field(default_factory=dict)
    idle_reasons: Mapping[int, ReasonTable] = field(default_factory=dict)


def tables_of(document: Mapping[str, Any], report: Report) -> Tables:
    """Read every table, and report every mistake in its shape."""
    for key, found in document.items():
        path: Path = (key, 0) if isinstance(found, list) else (key,)
        if key not in SINGLE and key not in REPEATED:
            known = {*SINGLE, *REPEATED}
            report.note(path, f"there is no such table{nearest(key, known) or '; there are ' + ', '.join(sorted(known))}")
    return Tables(
        site=_single(document, "site", SiteTable, report),
        asterisk=_single(document, "asterisk", AsteriskTable, report),
        callers=_single(document, "callers", CallersTable, report),
        desktop=_single(document, "desktop", DesktopTable, report),
        policy=_single(document, "policy", PolicyTable, report),
        journal=_single(document, "journal", JournalTable, report),
        dialling=_single(document, "dialling", DiallingTable, report),
        agents=_repeated(document, "agent", AgentTable, report),
        queues=_repeated(document, "queue", QueueTable, report),
        entry_points=_repeated(document, "entry_point", EntryPointTable, report),
        trunks=_repeated(document, "trunk", TrunkTable, report),
        numbers=_repeated(document, "number", NumberTable, report),
        organisations=_repeated(document, "organisation", OrganisationTable, report),
        wrap_up_reasons=_repeated(document, "wrap_up_reason", ReasonTable, report),
        idle_reasons=_repeated(document, "idle_reason", ReasonTable, report),
    )


def _single(document: Mapping[str, Any], name: str, model: type[T], report: Report) -> T | None:
    found = document.get(name, {})
    if not isinstance(found, dict):
        report.note((name,), f"stands once: write it as [{name}], with one pair of brackets")
        return None
    return _read((name,), found, model, report)


def _repeated(document: Mapping[str, Any], name: str, model: type[T], report: Report) -> dict[int, T]:
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        report.note((name,), f"stands once for each: write it as [[{name}]], with two pairs of brackets")
        return {}
    if len(found) > ITEMS_MAX:
        report.note((name, ITEMS_MAX), f"there may be {ITEMS_MAX} of these and no more")
        return {}
    read = ((index, _read((name, index), item, model, report)) for index, item in enumerate(found))
    return {index: item for index, item in read if item is not None}


def _read(path: Path, found: Mapping[str, Any], model: type[T], report: Report) -> T | None:
    not_served = NOT_SERVED.get(str(path[0]), frozenset())
    for key in found:
        if key in not_served:
            report.note((*path, key), "not served by this version yet: leave it out")
    try:
        return model.model_validate({key: value for key, value in found.items() if key not in not_served})
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False, include_context=True):
            if report.complete or error["type"] != "missing":
                report.note((*path, *error["loc"]), _sentence(error, model))
        return None


def _sentence(error: ErrorDetails, model: type[Table]) -> str:
    key, table = _place(error["loc"], model)
    if error["type"] == "extra_forbidden":
        known = {*table.model_fields}
        return f"there is no such key{nearest(key, known) or '; there are ' + ', '.join(sorted(known))}"
    wanted = WANTED[_OTHERWISE.get((table, key), key)]
    if error["type"] == "missing":
        return f"{key} is missing: give it {wanted}"
    if key == "password":
        return f"must be {wanted}"
    if error["type"] in ("enum", "literal_error"):
        expected = str(error["ctx"]["expected"])
        return f"must be {expected}; it is {shown(error['input'])}{nearest(str(error['input']), _QUOTED.findall(expected))}"
    quotes = ": put it in quotes" if error["type"] == "string_type" and isinstance(error["input"], int) else ""
    return f"must be {wanted}; it is {shown(error['input'])}{quotes}"


def _place(loc: tuple[int | str, ...], model: type[Table]) -> tuple[str, type[Table]]:
    """Find the key that an error is about, and the table (a queue's policy and `tls` are tables inside another) that it stands in."""
    key, *inner = loc
    assert isinstance(key, str), f"an error about a table begins with its key: {loc}"
    if key == "policy" and inner:
        return _place(tuple(inner), PolicyTable)
    if key == "tls" and inner:
        return _place(tuple(inner), TlsTable)
    return key, model

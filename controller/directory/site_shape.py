"""Each table of a site file by itself: every unknown key, missing key and wrong value. How tables fit together is `site_links`' duty."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from controller.directory.site_mistakes import Path, Report, nearest, righted_id, shown
from controller.directory.site_tables import (
    NOT_SERVED,
    REPEATED,
    SINGLE,
    WANTED,
    AgentDefaultsTable,
    AgentTable,
    AsteriskTable,
    AttributesTable,
    CallersTable,
    DesktopTable,
    DiallingTable,
    Endpoint,
    EntryPointTable,
    FeatureCodesTable,
    Id,
    IncludeTable,
    JournalTable,
    Number,
    NumberTable,
    OrganisationTable,
    PolicyTable,
    QueueTable,
    ReasonTable,
    SiteTable,
    Table,
    TelephonesTable,
    TlsTable,
    TrunkTable,
)

T = TypeVar("T", bound=Table)

_OTHERWISE: Mapping[tuple[type[Table], str], str] = {
    (AgentTable, "password"): "agent password",
    (TrunkTable, "name"): "trunk name",
    (QueueTable, "number"): "queue number",
    (OrganisationTable, "url"): "organisation url",
    (QueueTable, "teams"): "queue teams",
    (IncludeTable, "file"): "include file",
    (AgentDefaultsTable, "phone"): "defaults phone",
    (AgentDefaultsTable, "browser"): "defaults browser",
    **{(AttributesTable, key): f"attributes {key}" for key in ("id", "name", "number")},
}
"""Keys that mean something else in one table than in the others, and where `WANTED` says it."""

_QUOTED = re.compile("'([^']+)'")

ITEMS_MAX = 10_000
"""How many tables of one kind a site may have."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that are right by themselves, repeated ones with their index in the file. A wrong one is left out, and reported."""

    site: SiteTable | None = None
    asterisk: AsteriskTable | None = None
    telephones: TelephonesTable | None = None
    callers: CallersTable | None = None
    desktop: DesktopTable | None = None
    policy: PolicyTable | None = None
    journal: JournalTable | None = None
    dialling: DiallingTable | None = None
    feature_codes: FeatureCodesTable | None = None
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
        site=one_table(document, "site", SiteTable, report),
        asterisk=one_table(document, "asterisk", AsteriskTable, report),
        telephones=one_table(document, "telephones", TelephonesTable, report),
        callers=one_table(document, "callers", CallersTable, report),
        desktop=one_table(document, "desktop", DesktopTable, report),
        policy=one_table(document, "policy", PolicyTable, report),
        journal=one_table(document, "journal", JournalTable, report),
        dialling=one_table(document, "dialling", DiallingTable, report),
        feature_codes=one_table(document, "feature_codes", FeatureCodesTable, report),
        agents=repeated_tables(document, "agent", AgentTable, report),
        queues=repeated_tables(document, "queue", QueueTable, report),
        entry_points=repeated_tables(document, "entry_point", EntryPointTable, report),
        trunks=repeated_tables(document, "trunk", TrunkTable, report),
        numbers=repeated_tables(document, "number", NumberTable, report),
        organisations=repeated_tables(document, "organisation", OrganisationTable, report),
        wrap_up_reasons=repeated_tables(document, "wrap_up_reason", ReasonTable, report),
        idle_reasons=repeated_tables(document, "idle_reason", ReasonTable, report),
    )


def one_table(document: Mapping[str, Any], name: str, model: type[T], report: Report) -> T | None:
    """Read a table that stands once; None: it is reported."""
    found = document.get(name, {})
    if not isinstance(found, dict):
        report.note((name,), f"stands once: write it as [{name}], with one pair of brackets")
        return None
    return _read((name,), found, model, report)


def repeated_tables(document: Mapping[str, Any], name: str, model: type[T], report: Report) -> dict[int, T]:
    """Read a table that stands once for each, with the index of each in the file; a wrong one is reported."""
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
        errors = wrong.errors(include_url=False, include_context=True)
        misspelt = {_misspelt(error, model) for error in errors}
        for error in errors:
            # A key that is wanted and misspelt would be told twice: as one that is missing, and as one that nobody knows.
            is_told = error["type"] == "missing" and (not report.complete or error["loc"] in misspelt)
            if not is_told:
                report.note((*path, *error["loc"]), _sentence(error, model))
        return None


def _misspelt(error: ErrorDetails, model: type[Table]) -> tuple[int | str, ...]:
    """Say which key is probably meant by one that nobody knows; nothing where it is near none."""
    if error["type"] != "extra_forbidden":
        return ()
    key, table = _place(error["loc"], model)
    return (*error["loc"][:-1], *get_close_matches(key, table.model_fields, n=1))


def _sentence(error: ErrorDetails, model: type[Table]) -> str:
    key, table = _place(error["loc"], model)
    if error["type"] == "extra_forbidden":
        known = {*table.model_fields}
        return f"there is no such key{nearest(key, known) or '; there are ' + ', '.join(sorted(known))}"
    what = _OTHERWISE.get((table, key), key)
    wanted = WANTED[what]
    if error["type"] == "missing":
        return f"{key} is missing: give it {wanted}"
    if key == "password":
        return f"must be {wanted}"
    if error["type"] in ("enum", "literal_error"):
        expected = str(error["ctx"]["expected"])
        return f"must be {expected}; it is {shown(error['input'])}{nearest(str(error['input']), _QUOTED.findall(expected))}"
    quotes = ": put it in quotes" if error["type"] == "string_type" and isinstance(error["input"], int) else ""
    return f"must be {wanted}; it is {shown(error['input'])}{quotes or _meant(what, error['input'])}"


def _meant(what: str, written: object) -> str:
    """Say what was probably meant by a text that is nearly right; empty: nobody knows."""
    if what not in _RIGHTED or not isinstance(written, str):
        return ""
    form, right = _RIGHTED[what]
    righted = right(written)
    try:
        form.validate_python(righted)
    except ValidationError:
        return ""
    return f": write {shown(righted)}"


_ID, _ENDPOINT, _NUMBER = (TypeAdapter[str](form) for form in (Id, Endpoint, Number))
_RIGHTED: Mapping[str, tuple[TypeAdapter[str], Callable[[str], str]]] = {
    **dict.fromkeys(("id", "agents", "queue", "wrap_up_default"), (_ID, righted_id)),
    **dict.fromkeys(("phone", "browser", "trunk name"), (_ENDPOINT, lambda text: text.strip().removeprefix("PJSIP/"))),
    # In +33 (0)1 the nought is dialled within the country alone.
    "numbers": (_NUMBER, lambda text: re.sub(r"(?<=\d)\s*\(0\)|[\s.()/-]+" if "+" in text else r"[\s.()/-]+", "", text)),
}
"""Of keys that people write in another form than is wanted: the form, and how one is made of the other."""


def _place(loc: tuple[int | str, ...], model: type[Table]) -> tuple[str, type[Table]]:
    """Find the key that an error is about, and the table (such as `tls`, a table inside another) that it stands in."""
    key, *inner = loc
    assert isinstance(key, str), f"an error about a table begins with its key: {loc}"
    if key == "policy" and inner:
        return _place(tuple(inner), PolicyTable)
    if key == "tls" and inner:
        return _place(tuple(inner), TlsTable)
    if key == "attributes" and inner:
        return _place(tuple(inner), AttributesTable)
    return key, model

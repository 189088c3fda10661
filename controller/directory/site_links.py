"""How the tables of a site file fit together: what they name exists, and what must be unique is."""

from collections.abc import Iterable, Mapping
from typing import Any

from controller.dialling.one_number import canonical_number
from controller.directory.site_addresses import bare_mac
from controller.directory.site_dialling import check_dialling, region_mistake
from controller.directory.site_feature_codes import check_feature_codes
from controller.directory.site_mistakes import Path, Report, nearest, righted_id
from controller.directory.site_organisations import check_organisations
from controller.directory.site_shape import Tables
from controller.directory.site_tables import REPEATED, PolicyTable

REQUIRED: Mapping[str, str] = {
    "agent": "nobody could take a call",
    "queue": "no customer could wait for an agent",
    "entry_point": "no number would lead anywhere",
    "wrap_up_reason": "no agent could finish a wrap-up",
}
"""Repeated tables of which there must be one at least, and what would be wrong without."""


def check_links(tables: Tables, document: Mapping[str, Any], report: Report) -> None:
    """Report everything that does not fit together. Ids of tables that are wrong by themselves still count as there."""
    for kind, why in REQUIRED.items():
        if document.get(kind, []) == []:
            report.note((), f"there is no [[{kind}]]: add one, or {why}")
    for kind in REPEATED:
        _note_repeats(report, _values(document, kind, "id"), "the id {} is taken")
    telephones = _values(document, "agent", "phone") + _values(document, "agent", "browser")
    _note_repeats(report, telephones, "the telephone {} is taken already")
    macs = [(path, bare_mac(mac)) for path, mac in _values(document, "agent", "mac")]
    _note_repeats(report, macs, "the hardware address {} is another agent's telephone")
    _note_repeats(report, _values(document, "trunk", "name"), "the trunk {} is there already")
    numbers = (
        (("entry_point", index, "numbers", n), number) for index, e in tables.entry_points.items() for n, number in enumerate(e.numbers)
    )
    _note_repeats(report, numbers, "the number {} leads somewhere already")
    _check_numbers_that_mean_one(tables, report)
    _check_region(tables, report)
    _check_queues(tables, _ids(document, "agent"), report)
    _check_queue_of_entry_points(tables, _ids(document, "queue"), report)
    _check_default_reasons(tables, _ids(document, "wrap_up_reason"), report)
    check_dialling(tables, report)
    check_feature_codes(tables, report)
    check_organisations(tables, report)


def _values(document: Mapping[str, Any], kind: str, key: str) -> list[tuple[Path, str]]:
    found = document.get(kind)
    # One pair of brackets too few is told elsewhere, and not everybody who names what stands in them.
    tables = [found] if isinstance(found, dict) else found
    if not isinstance(tables, list):
        return []
    items = ((index, table.get(key)) for index, table in enumerate(tables) if isinstance(table, dict))
    return [((kind, index, key), value) for index, value in items if isinstance(value, str)]


def _ids(document: Mapping[str, Any], kind: str) -> set[str]:
    """As they are written, and as they should be: whoever is told of a capital in an id need not hear of those who name it rightly."""
    return {each for _, value in _values(document, kind, "id") for each in (value, righted_id(value))}


def _note_repeats(report: Report, places: Iterable[tuple[Path, str]], sentence: str) -> None:
    first: dict[str, Path] = {}
    for path, value in places:
        if value in first:
            report.note(path, f"{sentence.format(repr(value))}: see {report.place_of(first[value])}")
        first.setdefault(value, path)


def _check_numbers_that_mean_one(tables: Tables, report: Report) -> None:
    """Two entry points can't share a number by writing it in two ways: a caller dials either. One entry point may write it in several."""
    if tables.site is None:
        return  # without the country nobody knows what a number means
    first: dict[str, tuple[int, str, Path]] = {}
    for index, entry_point in tables.entry_points.items():
        for place, number in enumerate(entry_point.numbers):
            path: Path = ("entry_point", index, "numbers", place)
            whose, written, where = first.setdefault(canonical_number(number, tables.site.region), (index, number, path))
            if whose != index and written != number:
                report.note(path, f"the number {number!r} means {written!r}, which leads somewhere already: see {report.place_of(where)}")


def _check_region(tables: Tables, report: Report) -> None:
    mistake = region_mistake(tables.site.region) if tables.site is not None else None
    if mistake is not None:
        report.note(("site", "region"), mistake)


def _check_queues(tables: Tables, agents: set[str], report: Report) -> None:
    teams = {agent.team for agent in tables.agents.values()} - {""}
    for index, queue in tables.queues.items():
        path: Path = ("queue", index)
        if queue.agents is None and queue.team is None and queue.teams is None:
            report.note(path, "give it agents, a team or teams, so that somebody serves it")
        for place, agent in enumerate(queue.agents or ()):
            if agent not in agents:
                report.note((*path, "agents", place), f"there is no agent {agent!r}{nearest(agent, agents)}")
        _note_repeats(
            report, (((*path, "agents", place), agent) for place, agent in enumerate(queue.agents or ())), "the agent {} is named already"
        )
        named = [((*path, "teams", place), team) for place, team in enumerate(queue.teams or ())]
        for where, team in [*([((*path, "team"), queue.team)] if queue.team is not None else []), *named]:
            if team not in teams:
                report.note(where, f"no agent is in a team {team!r}{nearest(team, teams)}")
        if queue.policy.busy_phone is not None:
            report.note((*path, "policy", "busy_phone"), "is the site's to decide: an agent may serve several queues. Move it to [policy]")
        if queue.offer_seconds is not None and queue.policy.offer_seconds is not None:
            report.note((*path, "offer_seconds"), "stands in the queue's policy too: keep one of them")


def _check_queue_of_entry_points(tables: Tables, queues: set[str], report: Report) -> None:
    for index, entry_point in tables.entry_points.items():
        if entry_point.queue not in queues:
            report.note(("entry_point", index, "queue"), f"there is no queue {entry_point.queue!r}{nearest(entry_point.queue, queues)}")


def _check_default_reasons(tables: Tables, reasons: set[str], report: Report) -> None:
    policies: list[tuple[Path, PolicyTable]] = [
        (("queue", index, "policy", "wrap_up_default"), queue.policy) for index, queue in tables.queues.items()
    ]
    if tables.policy is not None:
        policies.append((("policy", "wrap_up_default"), tables.policy))
    for path, policy in policies:
        default = policy.wrap_up_default
        if default is not None and default not in reasons:
            report.note(path, f"there is no wrap-up reason {default!r}{nearest(default, reasons)}")

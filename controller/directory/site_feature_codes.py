"""The part of a site file that is about keys of telephones: feature codes, and the numbers of queues."""

from collections.abc import Iterator

from controller.dialling.feature_codes import Code, FeatureCodes
from controller.dialling.typed import emergency_number
from controller.directory.site_dialling import dialling_rules, region_mistake
from controller.directory.site_mistakes import Path, Report
from controller.directory.site_shape import Tables
from controller.directory.site_tables import FeatureCodesTable


def feature_codes(tables: Tables) -> FeatureCodes:
    """Make the codes of tables that have no mistake."""
    assert tables.feature_codes is not None, "a site file with [feature_codes] that can't be read has a mistake"
    return FeatureCodes(keys=dict(_keys(tables.feature_codes)), digit_seconds=tables.feature_codes.digit_seconds)


def _keys(table: FeatureCodesTable) -> Iterator[tuple[Code, str]]:
    """Those that the site has."""
    for code in Code:
        keys = getattr(table, code.value)
        if keys:
            yield code, keys


def check_feature_codes(tables: Tables, report: Report) -> None:
    """Report codes that nobody could tell from one another, and numbers of queues that mean somebody else."""
    if tables.feature_codes is not None:
        _check_beginnings(tables.feature_codes, report)
    _check_queue_numbers(tables, report)


def _check_beginnings(table: FeatureCodesTable, report: Report) -> None:
    """Whoever has pressed the shorter one has given it, so that the longer one could never be given.

    Told at the key that the file has; where it has both, at the second one.
    """
    codes = list(_keys(table))
    written = [code for code, _ in codes if code.value in table.model_fields_set]
    told: set[frozenset[Code]] = set()
    for code in reversed(written):
        mine = getattr(table, code.value)
        for other, keys in codes:
            pair = frozenset({code, other})
            if other is not code and pair not in told and (keys.startswith(mine) or mine.startswith(keys)):
                told.add(pair)
                path: Path = ("feature_codes", code.value)
                how = "is the same as" if keys == mine else "begins like" if mine.startswith(keys) else "is the beginning of"
                report.note(path, f"{mine!r} {how} {keys!r}, which is {other.value}: nobody could tell them apart")


def _calls_for_help(number: str, tables: Tables) -> bool:
    """Without the country nobody knows which numbers do."""
    if tables.site is None or tables.dialling is None or region_mistake(tables.site.region) is not None:
        return False
    return emergency_number(number, tables.site.region, dialling_rules(tables)) is not None


def _check_queue_numbers(tables: Tables, report: Report) -> None:
    taken: dict[str, str] = {agent.phone: f"the telephone of the agent {agent.id!r}" for agent in tables.agents.values()}
    taken |= {number: f"a number of the entry point {point.id!r}" for point in tables.entry_points.values() for number in point.numbers}
    for index, queue in tables.queues.items():
        if queue.number is None:
            continue
        path: Path = ("queue", index, "number")
        if queue.number in taken:
            report.note(path, f"{queue.number!r} is {taken[queue.number]} already")
        elif _calls_for_help(queue.number, tables):
            report.note(path, f"{queue.number!r} is an emergency number, and must call for help from every telephone")
        taken.setdefault(queue.number, f"the number of the queue {queue.id!r}")

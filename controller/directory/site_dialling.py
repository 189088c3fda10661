"""The part of a site file that is about dialled numbers: what becomes of it, and what in it does not fit together."""

from collections.abc import Iterator, Sequence

import phonenumbers

from controller.dialling.rules import EXPENSIVE, WORLDWIDE, DiallingRules, DialPlan, ExtensionRange, NumberFormat
from controller.dialling.typed import is_emergency, understand
from controller.directory.site_mistakes import Path, Report, nearest
from controller.directory.site_shape import Tables
from controller.directory.site_tables import DiallingTable

EXTENSIONS_PER_RANGE_MAX = 100_000
EMERGENCY_DIGITS_MAX = 5

USUAL_SLIPS = {"UK": "GB", "EN": "GB", "EL": "GR", "SP": "ES"}
"""Letters that are no region's, and the region that people mean by them."""


def dialling_rules(tables: Tables) -> DiallingRules:
    """Make the rules of tables that have no mistake."""
    assert tables.dialling is not None, "a site file with a [dialling] that can't be read has a mistake"
    table = tables.dialling
    trunks = {trunk.name: trunk for trunk in tables.trunks.values()}
    trunk = table.trunk or next(iter(trunks), "")
    return DiallingRules(
        trunk=trunk,
        number_format=trunks[trunk].number_format if trunk in trunks else NumberFormat.E164,
        allowed_regions=tuple(table.allowed_regions or ()),
        refused_types=EXPENSIVE if table.refused_types is None else tuple(table.refused_types),
        verified_only=table.verified_only,
        extensions=tuple(_range(extensions) for extensions in table.extensions),
        short_codes=tuple(table.short_codes),
        service_codes=tuple(table.service_codes),
        emergency_numbers_also=tuple(table.emergency_numbers_also),
    )


def _range(text: str) -> ExtensionRange:
    first, _, last = text.partition("-")
    return ExtensionRange(first, last or first)


def region_mistake(region: str) -> str | None:
    """Say what is wrong with the name of a country; None: nothing."""
    if region in phonenumbers.SUPPORTED_REGIONS:
        return None
    meant = f"; did you mean {USUAL_SLIPS[region]!r}?" if region in USUAL_SLIPS else ": write the two letters of ISO 3166-1"
    return f"there is no country {region!r}{meant}"


def check_dialling(tables: Tables, report: Report) -> None:
    """Report what does not fit together."""
    if tables.dialling is None:
        return
    _check_trunks(tables, tables.dialling, report)
    for place, region in enumerate(tables.dialling.allowed_regions or ()):
        mistake = region_mistake(region) if region != WORLDWIDE else None
        if mistake is not None:
            report.note(("dialling", "allowed_regions", place), mistake)
    if tables.site is None or region_mistake(tables.site.region) is not None:
        return  # without the country nobody knows what a number means
    plan = DialPlan(region=tables.site.region, rules=dialling_rules(tables))
    _check_extensions(tables.dialling.extensions, plan, report)
    _check_numbers(tables, plan, report)


def _check_trunks(tables: Tables, table: DiallingTable, report: Report) -> None:
    names = [trunk.name for trunk in tables.trunks.values()]
    phones = {agent.phone: agent.id for agent in tables.agents.values()}
    for index, trunk in tables.trunks.items():
        if trunk.name in phones:
            report.note(("trunk", index, "name"), f"{trunk.name!r} is the telephone of the agent {phones[trunk.name]!r}, and no trunk")
    if table.trunk is not None and table.trunk not in names:
        there_is = nearest(table.trunk, names) or ": add a [[trunk]] of this name"
        report.note(("dialling", "trunk"), f"there is no trunk {table.trunk!r}{there_is}")
    if table.trunk is None and len(names) > 1:
        report.note(("dialling",), f"say by which trunk calls leave, such as trunk = {names[0]!r}: there are {len(names)}")


def _check_extensions(extensions: Sequence[str], plan: DialPlan, report: Report) -> None:
    for place, text in enumerate(extensions):
        path: Path = ("dialling", "extensions", place)
        numbers = _range(text)
        if len(numbers.first) != len(numbers.last) or numbers.first > numbers.last:
            report.note(path, f"{text!r} must go from a number to a higher one with as many digits")
        elif int(numbers.last) - int(numbers.first) >= EXTENSIONS_PER_RANGE_MAX:
            report.note(path, f"{text!r} holds more than {EXTENSIONS_PER_RANGE_MAX} numbers: write the smaller ranges that are in use")
        elif emergency := next(_emergency_numbers(numbers, plan), None):
            report.note(path, f"{text!r} holds the emergency number {emergency}, which always calls for help: write the ranges around it")


def _emergency_numbers(numbers: ExtensionRange, plan: DialPlan) -> Iterator[str]:
    """Find them. There are none of many digits, and to look for them takes some microseconds a number."""
    if len(numbers.first) <= EMERGENCY_DIGITS_MAX:
        for number in range(int(numbers.first), int(numbers.last) + 1):
            digits = str(number).zfill(len(numbers.first))
            if is_emergency(digits, plan.region, plan.rules):
                yield digits


def _check_numbers(tables: Tables, plan: DialPlan, report: Report) -> None:
    ours: dict[str, Path] = {agent.phone: ("agent", index, "phone") for index, agent in tables.agents.items()}
    for index, point in tables.entry_points.items():
        ours.update((number, ("entry_point", index, "numbers", place)) for place, number in enumerate(point.numbers))
    for number, path in ours.items():
        if is_emergency(number, plan.region, plan.rules):
            report.note(path, f"{number!r} is an emergency number in {plan.region} and always calls for help: give it another")
    for index, entry in tables.numbers.items():
        found = understand(entry.number, plan)
        if found.because is not None and found.kept not in ours:
            report.note(("number", index, "number"), f"{entry.number!r} would be refused. {found.because}")

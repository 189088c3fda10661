"""The part of a site file that is about dialled numbers: what becomes of it, and what in it does not fit together."""

from collections.abc import Iterable, Iterator, Sequence

import phonenumbers

from controller.dialling.rules import EXPENSIVE, WORLDWIDE, DiallingRules, DialPlan, ExtensionRange, NumberFormat, OutsideLimits, Trunk
from controller.dialling.typed import emergency_number, is_emergency, understand
from controller.directory.site_mistakes import Path, Report, nearest
from controller.directory.site_shape import Tables
from controller.directory.site_tables import DiallingTable, TrunkTable

EXTENSIONS_PER_RANGE_MAX = 100_000
EMERGENCY_DIGITS_MAX = 5

_NEVER_REACHED = (
    ("max_outside_per_agent", "max_outside_per_site"),
    ("max_per_hour_agent", "max_per_day_agent"),
    ("max_per_day_agent", "max_per_day_site"),
)
"""Limits of which the first means nothing where it is more than the second."""

USUAL_SLIPS = {"UK": "GB", "EN": "GB", "EL": "GR", "SP": "ES"}
"""Letters that are no region's, and the region that people mean by them."""


def dialling_rules(tables: Tables) -> DiallingRules:
    """Make the rules of tables that have no mistake."""
    assert tables.dialling is not None, "a site file with a [dialling] that can't be read has a mistake"
    table = tables.dialling
    formats = {trunk.name: trunk.number_format for trunk in tables.trunks.values()}
    trunk = _trunk_of_the_site(tables)
    return DiallingRules(
        trunk=trunk,
        number_format=formats.get(trunk, NumberFormat.E164),
        allowed_regions=tuple(table.allowed_regions or ()),
        refused_types=EXPENSIVE if table.refused_types is None else tuple(table.refused_types),
        verified_only=table.verified_only,
        extensions=tuple(_range(extensions) for extensions in table.extensions),
        short_codes=tuple(table.short_codes),
        service_codes=tuple(table.service_codes),
        emergency_numbers_also=tuple(table.emergency_numbers_also),
        outside_prefix=table.outside_prefix or "",
        limits=OutsideLimits(
            at_once_per_agent=table.max_outside_per_agent,
            at_once_per_site=table.max_outside_per_site,
            per_hour_and_agent=table.max_per_hour_agent,
            per_day_and_agent=table.max_per_day_agent,
            per_day_and_site=table.max_per_day_site,
        ),
    )


def trunks(tables: Tables) -> dict[str, Trunk]:
    """Make the trunks of tables that have no mistake."""
    return {
        table.name: Trunk(
            name=table.name,
            number_format=table.number_format,
            caller_ids=tuple(table.caller_ids),
            default_caller_id=table.default_caller_id or next(iter(table.caller_ids), ""),
        )
        for table in tables.trunks.values()
    }


def _trunk_of_the_site(tables: Tables) -> str:
    """Name the trunk by which calls leave; empty: there is none."""
    assert tables.dialling is not None, "a site file with a [dialling] that can't be read has a mistake"
    return tables.dialling.trunk or next((trunk.name for trunk in tables.trunks.values()), "")


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
    _check_caller_ids(tables, report)
    _check_limits(tables.dialling, report)
    for place, region in enumerate(tables.dialling.allowed_regions or ()):
        mistake = region_mistake(region) if region != WORLDWIDE else None
        if mistake is not None:
            report.note(("dialling", "allowed_regions", place), mistake)
    if tables.site is None or region_mistake(tables.site.region) is not None:
        return  # without the country nobody knows what a number means
    plan = DialPlan(region=tables.site.region, rules=dialling_rules(tables))
    _check_extensions(tables.dialling.extensions, plan, report)
    _check_short_codes(tables.dialling.short_codes, plan, report)
    _check_prefix(tables, plan.rules.outside_prefix, report)
    _check_numbers(tables, plan, report)


def _check_trunks(tables: Tables, table: DiallingTable, report: Report) -> None:
    names = [trunk.name for trunk in tables.trunks.values()]
    phones = {agent.phone: agent.id for agent in tables.agents.values()}
    for index, trunk in tables.trunks.items():
        if trunk.name in phones:
            report.note(("trunk", index, "name"), f"{trunk.name!r} is the telephone of the agent {phones[trunk.name]!r}, and no trunk")
    if table.trunk is not None and table.trunk not in names:
        report.note(("dialling", "trunk"), no_such_trunk(table.trunk, names))
    if table.trunk is None and len(names) > 1:
        report.note(("dialling",), f"say by which trunk calls leave, such as trunk = {names[0]!r}: there are {len(names)}")


def no_such_trunk(name: str, names: Iterable[str]) -> str:
    """Say that there is no trunk of this name, and what may have been meant."""
    return f"there is no trunk {name!r}{nearest(name, names) or ': add a [[trunk]] of this name'}"


def _check_limits(table: DiallingTable, report: Report) -> None:
    for key, limit in _NEVER_REACHED:
        if {key, limit} <= table.model_fields_set and getattr(table, key) > getattr(table, limit):
            report.note(
                ("dialling", key), f"is more than {limit} = {getattr(table, limit)}, and would never be reached: correct one of them"
            )


def _check_caller_ids(tables: Tables, report: Report) -> None:
    """Each must be a number of a trunk by which calls leave: others would be refused on the way, or called a lie."""
    for index, trunk in tables.trunks.items():
        _check_caller_ids_of(trunk, ("trunk", index), report)
    leave_by = {_trunk_of_the_site(tables), *(organisation.trunk for organisation in tables.organisations.values())}
    used = [trunk for trunk in tables.trunks.values() if trunk.name in leave_by]
    owned = {number for trunk in used for number in trunk.caller_ids}
    names = " or ".join(repr(trunk.name) for trunk in used)
    theirs: list[tuple[Path, str | None]] = [
        *((("agent", index, "caller_id"), agent.caller_id) for index, agent in tables.agents.items()),
        *((("queue", index, "caller_id"), queue.caller_id) for index, queue in tables.queues.items()),
    ]
    for path, number in theirs:
        if number is None or number in owned:
            continue
        if not used:
            report.note(path, "there is no trunk by which calls could leave: add a [[trunk]] whose caller_ids hold it, or leave it out")
        else:
            report.note(path, f"{number!r} is not in the caller_ids of the trunk {names}{nearest(number, owned) or ': add it there'}")


def _check_caller_ids_of(trunk: TrunkTable, path: Path, report: Report) -> None:
    first: dict[str, int] = {}
    for place, number in enumerate(trunk.caller_ids):
        if first.setdefault(number, place) != place:
            report.note((*path, "caller_ids", place), f"{number!r} stands there already: leave it out")
        elif not _can_be_a_number(number):
            report.note((*path, "caller_ids", place), f"{number!r} can be nobody's number: check its digits")
    default = trunk.default_caller_id
    if default is not None and default not in trunk.caller_ids:
        there_is = nearest(default, trunk.caller_ids) or ": add it there"
        report.note((*path, "default_caller_id"), f"{default!r} is not in the caller_ids of the trunk {trunk.name!r}{there_is}")


def _can_be_a_number(e164: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(e164))
    except phonenumbers.NumberParseException:
        return False


def _check_extensions(extensions: Sequence[str], plan: DialPlan, report: Report) -> None:
    right = []
    for place, text in enumerate(extensions):
        mistake = _extensions_mistake(text, plan)
        if mistake is not None:
            report.note(("dialling", "extensions", place), mistake)
        else:
            right.append((len(text.partition("-")[0]), _range(text).first, place))
    widest: tuple[ExtensionRange, int] | None = None
    for _, _, place in sorted(right):
        numbers = _range(extensions[place])
        if widest is not None and widest[0].holds(numbers.first):
            one, other = sorted((place, widest[1]))
            sentence = f"{extensions[other]!r} and {extensions[one]!r} hold the same numbers: write each number once"
            report.note(("dialling", "extensions", other), sentence)
        if widest is None or not widest[0].holds(numbers.last):
            widest = numbers, place


def _extensions_mistake(text: str, plan: DialPlan) -> str | None:
    """Say what is wrong with a range of extensions by itself; None: nothing."""
    numbers = _range(text)
    if len(numbers.first) != len(numbers.last) or numbers.first > numbers.last:
        return f"{text!r} must go from a number to a higher one with as many digits"
    if int(numbers.last) - int(numbers.first) >= EXTENSIONS_PER_RANGE_MAX:
        return f"{text!r} holds more than {EXTENSIONS_PER_RANGE_MAX} numbers: write the smaller ranges that are in use"
    if emergency := next(_emergency_numbers(numbers, plan), None):
        return f"{text!r} holds the emergency number {emergency}, which always calls for help: write the ranges around it"
    prefix = plan.rules.outside_prefix
    behind_it = ExtensionRange(prefix.ljust(len(numbers.first), "0"), prefix.ljust(len(numbers.first), "9"))
    if prefix and (behind_it.holds(numbers.first) or numbers.holds(behind_it.first)):
        return f"{text!r} holds numbers that begin with the outside prefix {prefix!r}: use others, or another prefix"
    return None


def _emergency_numbers(numbers: ExtensionRange, plan: DialPlan) -> Iterator[str]:
    """Find them. There are none of many digits, and to look for them takes some microseconds a number."""
    if len(numbers.first) <= EMERGENCY_DIGITS_MAX:
        for number in range(int(numbers.first), int(numbers.last) + 1):
            digits = str(number).zfill(len(numbers.first))
            if is_emergency(digits, plan.region, plan.rules):
                yield digits


def _check_short_codes(short_codes: Sequence[str], plan: DialPlan, report: Report) -> None:
    for place, digits in enumerate(short_codes):
        path: Path = ("dialling", "short_codes", place)
        emergency = emergency_number(digits, plan.region, plan.rules)
        if any(extensions.holds(digits) for extensions in plan.rules.extensions):
            report.note(path, f"{digits!r} is an extension too, and would never be dialled as a short code: keep one of the two")
        elif emergency is not None and emergency != digits:
            report.note(path, f"{digits!r} is {emergency} behind the outside prefix, which calls for help: choose another prefix")


def _check_prefix(tables: Tables, prefix: str, report: Report) -> None:
    """Report telephones that nobody could tell from the prefix and a number; extensions are reported where they stand."""
    clash = next((agent for agent in tables.agents.values() if agent.phone.isdecimal() and agent.phone.startswith(prefix)), None)
    if prefix and clash is not None:
        report.note(
            ("dialling", "outside_prefix"),
            f"the telephone {clash.phone!r} of the agent {clash.id!r} begins with {prefix!r} too: choose another prefix",
        )


def _check_numbers(tables: Tables, plan: DialPlan, report: Report) -> None:
    ours: dict[str, Path] = {agent.phone: ("agent", index, "phone") for index, agent in tables.agents.items()}
    for index, point in tables.entry_points.items():
        ours.update((number, ("entry_point", index, "numbers", place)) for place, number in enumerate(point.numbers))
    for number, path in ours.items():
        emergency = emergency_number(number, plan.region, plan.rules)
        if emergency is not None:
            meant = f"an emergency number in {plan.region}" if emergency == number else f"{emergency} behind the outside prefix"
            report.note(path, f"{number!r} is {meant} and always calls for help: give it another")
    for index, entry in tables.numbers.items():
        found = understand(entry.number, plan)
        if found.because is not None and found.kept not in ours:
            report.note(("number", index, "number"), f"{entry.number!r} would be refused. {found.because}")

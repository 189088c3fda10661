"""Every number of the table is read as the table says."""

from dataclasses import replace

import phonenumbers
import pytest

from controller.dialling.rules import WORLDWIDE, DialPlan, NumberType
from controller.dialling.typed import DIGITS_JOINED, NumberKind, TypedNumber, understand
from tests.pure.dialling.table import NAMES, ROWS, RULES, Row

EVERYTHING_ALLOWED = replace(RULES, allowed_regions=(*sorted(phonenumbers.SUPPORTED_REGIONS), WORLDWIDE), refused_types=())


def _reason(number: TypedNumber) -> str:
    if number.dial is None:
        return str(number.code)
    if number.kind is NumberKind.OUTSIDE:
        return "number" if number.verified else "number-unverified"
    return str(number.kind)


def _type(number: TypedNumber) -> str:
    match number.kind:
        case NumberKind.EMERGENCY | NumberKind.EXTENSION:
            return str(number.kind)
        case NumberKind.SHORT_CODE:
            return f"short:{number.type or 'unknown'}"
        case NumberKind.OUTSIDE if not number.verified:
            return "unverified"
        case _:
            return number.type or ""


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_typed_number_is_what_the_table_says(row: Row) -> None:
    number = understand(row.typed, row.plan)

    assert (number.kept, _reason(number)) == (row.kept, row.reason)
    assert (number.dial or "", number.e164 or "", number.national or "") == (row.dial, row.e164, row.national)
    assert _type(number) == row.type
    if number.kind is not NumberKind.EMERGENCY:
        assert (number.region or "") == row.number_region
    assert (number.warning == DIGITS_JOINED) == (row.joined == "yes")


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_site_with_the_default_rules_dials_what_the_table_allows(row: Row) -> None:
    number = understand(row.typed, row.plan)

    assert ("allow" if number.allowed else str(number.code)) == (row.policy or row.reason)
    assert (number.because is None) == number.allowed


def test_a_site_that_allows_everything_dials_whatever_is_a_number() -> None:
    for row in ROWS:
        number = understand(row.typed, DialPlan(region=row.region, rules=EVERYTHING_ALLOWED))

        assert number.allowed == (row.verdict == "accept" and row.policy != "refuse-short-code"), row


@pytest.mark.parametrize("prefix", ["0", "9"])
def test_an_outside_prefix_changes_nothing_about_a_number_that_may_be_called_without(prefix: str) -> None:
    for row in ROWS:
        without = understand(row.typed, row.plan)
        number = understand(row.typed, DialPlan(region=row.region, rules=replace(RULES, outside_prefix=prefix)))

        assert number == without or not (without.allowed and without.verified), row


def test_the_table_has_every_row_and_speaks_of_every_type_but_the_rarest() -> None:
    assert len(ROWS) == 289
    assert {row.region for row in ROWS} >= {"FR", "US", "CA", "GB", "AU"}
    seen = {row.type for row in ROWS}
    assert {kind for kind in NumberType if kind not in seen} == {NumberType.PAGER, NumberType.UAN, NumberType.VOICEMAIL}

"""Numbering plans are ready before a number of theirs is typed."""

from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import re_util

from controller.dialling.numbering_plans import everywhere, make_ready_for, make_ready_for_all
from controller.dialling.rules import DialPlan
from controller.dialling.typed import understand

TYPES = (*range(11), 99)
"""Every `PhoneNumberType`."""


def examples(region: str | int) -> Iterator[str]:
    """A number of each type that the region has, in full."""
    for kind in TYPES:
        if isinstance(region, int):
            number = phonenumbers.example_number_for_non_geo_entity(region)
        else:
            number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The patterns that are compiled from now on: libphonenumber's own store, empty."""
    patterns: dict[str, object] = {}
    monkeypatch.setattr(re_util, "_COMPILED_PATTERNS", patterns)
    return patterns


def test_once_all_plans_are_ready_no_number_of_any_country_has_anything_compiled(compiled: dict[str, object]) -> None:
    site = DialPlan(region="FR")
    numbers = [number for region in everywhere() for number in examples(region)]
    pieces = len([*make_ready_for("FR"), *make_ready_for_all()])
    ready = set(compiled)

    for typed in (*numbers, "0123456789", "0033123456789", "15", "3900"):
        understand(typed, site)

    assert len(numbers) > 1000
    assert set(compiled) - ready == set()
    assert pieces > 100, "other work has its turn in between"


@pytest.mark.parametrize("region", ["FR", "US", "GB", "BR", "MC"])
def test_a_sites_own_numbers_are_ready_by_themselves(region: str, compiled: dict[str, object]) -> None:
    for _ in make_ready_for(region):
        pass
    ready = set(compiled)

    for typed in (*examples(region), "112", "911", "1234", "12345", "0123456789"):
        understand(typed, DialPlan(region=region))

    assert set(compiled) - ready == set()


def test_a_region_without_short_numbers_is_made_ready_as_well(compiled: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(phonenumbers.PhoneMetadata, "short_metadata_for_region", lambda region: None)

    for _ in make_ready_for("FR"):
        pass

    assert compiled

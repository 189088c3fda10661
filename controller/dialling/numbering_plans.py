"""Makes countries' numbering plans ready before anybody types a number of theirs.

Libphonenumber loads a country's plan and compiles its patterns when the first number of that country is read. That takes up to 11 ms
(China; measured, Python 3.11), and where it is done while somebody types it holds up every call. All plans together take 2.7 MiB and a
quarter of a second, so they are made ready in pieces of a millisecond, and only once somebody uses the dial box.
"""

from collections.abc import Iterable, Iterator

import phonenumbers
from phonenumbers import PhoneMetadata
from phonenumbers.re_util import re_compile

LETTERS_PER_PIECE = 300
"""Of patterns; they take about 2.5 us a letter."""


def everywhere() -> tuple[str | int, ...]:
    """Name every plan: regions, and the calling codes that belong to none."""
    return (*sorted(phonenumbers.SUPPORTED_REGIONS), *sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))


def make_ready_for(region: str) -> Iterator[None]:
    """Make the plan of a site's region ready, its short numbers, and what shares its calling code: a piece at each step."""
    short_numbers = PhoneMetadata.short_metadata_for_region(region)
    calling_code = phonenumbers.country_code_for_region(region)
    plans = [_plan(each) for each in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[calling_code]]
    yield from _in_pieces(plans if short_numbers is None else [short_numbers, *plans])


def make_ready_for_all() -> Iterator[None]:
    """Make every plan there is ready, a piece at each step."""
    yield from _in_pieces(_plan(each) for each in everywhere())


def _plan(of: str | int) -> PhoneMetadata:
    plan = PhoneMetadata.metadata_for_nongeo_region(of) if isinstance(of, int) else PhoneMetadata.metadata_for_region(of)
    assert plan is not None, f"{of} has a numbering plan"
    return plan


def _in_pieces(plans: Iterable[PhoneMetadata]) -> Iterator[None]:
    """Compile patterns, and have them kept: libphonenumber by itself would forget one after 500 others."""
    phonenumbers.enable_pattern_cache()
    letters = 0
    for plan in plans:
        for pattern in _patterns(plan):
            re_compile(pattern)
            letters += len(pattern)
            if letters >= LETTERS_PER_PIECE:
                letters = 0
                yield


def _patterns(plan: PhoneMetadata) -> Iterator[str]:
    """Find what is matched when a number is read, its type is found, and it is written for people."""
    found = [plan.leading_digits, plan.national_prefix_for_parsing, plan.international_prefix]
    found += [
        sort.national_number_pattern
        for sort in (
            *(plan.general_desc, plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.personal_number),
            *(plan.voip, plan.pager, plan.uan, plan.voicemail, plan.emergency, plan.short_code, plan.standard_rate),
        )
        if sort is not None
    ]
    for form in (*plan.number_format, *plan.intl_number_format):
        found += [form.pattern, *form.leading_digits_pattern[-1:]]
    yield from filter(None, found)

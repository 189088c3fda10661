"""When two ways of writing a number mean one: `+33123456789`, `0033123456789`, `33123456789` and `0123456789` in France."""

from functools import lru_cache

import phonenumbers
from phonenumbers import CountryCodeSource, PhoneNumber, PhoneNumberFormat

NUMBERS_REMEMBERED_MAX = 4096


@lru_cache(maxsize=NUMBERS_REMEMBERED_MAX)
def canonical_number(number: str, region: str) -> str:
    """Write a public number in E.164, however it was dialled; what is none (an extension, a short code) stays as it is.

    `region` is ISO 3166-1. Some lines leave out the plus or the first zero, so digits that are no number of the region are tried with a
    plus before them. Only what is said to be international need not be in use: the rest must be a number that can exist.
    """
    return public_number(number, region) or number


def public_number(number: str, region: str) -> str | None:
    """Read a number as `canonical_number` does; None: it is no number of the public network."""
    read = _read(number, region) or _read(f"+{number}", region, must_be_valid=True)
    return None if read is None else phonenumbers.format_number(read, PhoneNumberFormat.E164)


def _read(number: str, region: str, *, must_be_valid: bool = False) -> PhoneNumber | None:
    try:
        read = phonenumbers.parse(number, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    says_the_country = read.country_code_source in (CountryCodeSource.FROM_NUMBER_WITH_PLUS_SIGN, CountryCodeSource.FROM_NUMBER_WITH_IDD)
    fits = phonenumbers.is_possible_number(read) if says_the_country and not must_be_valid else phonenumbers.is_valid_number(read)
    return read if fits else None

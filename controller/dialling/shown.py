"""How a caller's number is shown to an agent. Shows only: what is dialled must never be taken from here."""

from functools import lru_cache

import phonenumbers

NUMBERS_REMEMBERED_MAX = 4096


@lru_cache(maxsize=NUMBERS_REMEMBERED_MAX)
def shown_number(number: str, region: str) -> str:
    """Write a number in E.164 as its region reads it; what is no public number (an extension, `anonymous`) stays as it is."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return number
    if not phonenumbers.is_valid_number(parsed):
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)

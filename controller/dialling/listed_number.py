"""The number under which a list of people (a company's directory, a search for somebody in it) knows a telephone.

People write more into such a list than they would dial: `+33 (0)1 99 00 10 01 (poste 12)`, `01 99 00 10 01 / 02`, `see reception`.
"""

import re
from dataclasses import dataclass

from controller.dialling.cleaning import clean
from controller.dialling.one_number import public_number
from controller.dialling.rules import ExtensionRange

WRITTEN_LETTERS_MAX = 100
"""Of one text; whatever is longer is no number."""

_DIGITS_MIN = 3

# Up to the first letter, or the first sign that stands between two things, behind the first digit: an extension, or a second number.
_FIRST_NUMBER = re.compile(r"\D*\d[^@;,/\\|&=?\n\r#\w]*(?:\d[^@;,/\\|&=?\n\r#\w]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNumbers:
    """Which numbers there are at one site."""

    region: str
    """ISO 3166-1 alpha-2: how numbers without a country code are read."""
    extensions: tuple[ExtensionRange, ...] = ()

    def read(self, written: str) -> str | None:
        """Give a number in E.164, or the digits of an internal one; None: it is neither.

        An emergency number or a short code is nobody's.
        """
        found = _FIRST_NUMBER.match(written) if len(written) <= WRITTEN_LETTERS_MAX else None
        if found is None:
            return None
        digits = clean(found.group()).kept.lstrip(":")
        if any(numbers.holds(digits) for numbers in self.extensions):
            return digits
        return public_number(digits, self.region)


def looks_like_a_number(text: str) -> bool:
    """Say whether somebody who types this looks for a number, and for no word: three digits or more, and no letter."""
    return not any(sign.isalpha() for sign in text) and sum(sign.isdecimal() for sign in text) >= _DIGITS_MIN

"""What is kept of a typed or pasted text: digits and `+ # * :`. Nothing else of a text is ever dialled."""

import re
import unicodedata
from dataclasses import dataclass

_SIGNS = {"+": "+", "#": "#", "*": "*", ":": ":", "＋": "+", "＃": "#", "＊": "*", "：": ":"}

_NOT_FORMATTING = re.compile(r"[^\W\d_]|[@;,/\\|&=?\n\r]")
"""Letters, and signs that stand between two things. Spaces, dots, dashes and brackets stand within one number."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without what no number has in it."""

    kept: str
    is_joined: bool
    """Something other than formatting was dropped between two signs that were kept: `12 ext 3` is now `123`, another number."""


def clean(typed: str) -> Cleaned:
    """Keep digits, of any script and as ASCII, and `+ # * :`; drop the rest. Cleaning twice changes nothing more."""
    becomes = {sign: _kept(sign) for sign in set(typed)}
    kept = typed.translate({ord(sign): now for sign, now in becomes.items()})
    if not kept:
        return Cleaned("", is_joined=False)
    first = next(place for place, sign in enumerate(typed) if becomes[sign])
    last = next(place for place in range(len(typed) - 1, -1, -1) if becomes[typed[place]])
    return Cleaned(kept, is_joined=_NOT_FORMATTING.search(typed, first, last) is not None)


def _kept(sign: str) -> str | None:
    """Give what is kept of a sign. A digit may be of any script: Arabic-Indic, full width, mathematical; one in a circle is none."""
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else _SIGNS.get(sign)

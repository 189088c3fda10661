"""What is kept of a typed or pasted text: digits and `+ # * :`. Nothing else of a text is ever dialled."""

import re
import unicodedata
from dataclasses import dataclass

_KEPT = re.compile(r"[\d+#*:＋＃＊：]+")
"""`\\d` is every decimal digit of every script: Arabic-Indic, Devanagari, full width, mathematical. A digit in a circle is none."""

_FULL_WIDTH = str.maketrans("＋＃＊：", "+#*:")

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
    found = list(_KEPT.finditer(typed))
    if not found:
        return Cleaned("", is_joined=False)
    kept = "".join(part.group() for part in found)
    if not kept.isascii():
        kept = "".join(str(unicodedata.decimal(sign, sign)) for sign in kept.translate(_FULL_WIDTH))
    is_joined = _NOT_FORMATTING.search(typed, found[0].start(), found[-1].end()) is not None
    return Cleaned(kept, is_joined)

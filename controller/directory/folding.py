"""Texts as they are compared when somebody searches: accents, capitals and typographers' signs make no difference.

`soren` finds Søren and `elodie` finds Élodie; `mueller` does not find Müller, which is folded to `muller`.
"""

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart, and signs that a keyboard has only one of.
_OTHERWISE = str.maketrans(
    {
        **dict(zip("øłđðħŧı", "olddhti", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        **dict.fromkeys("\u2010\u2011\u2012\u2013", "-"),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
    }
)


def fold(text: str) -> str:
    """Make what is compared of a text. Folding twice changes nothing more."""
    if text.isascii():
        return text.lower()
    # Capitals may come out of taking apart (𝐀 is A), and marks out of making small (İ).
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_OTHERWISE)


def words_of(text: str) -> tuple[str, ...]:
    """Take apart what somebody typed: folded words, each once, and none that is a part of another."""
    words = sorted(set(fold(text).split()), key=lambda word: (-len(word), word))
    # Whoever has "elodie" has "elo" and "e" too.
    return tuple(word for place, word in enumerate(words) if not any(word in longer for longer in words[:place]))


def searched_text(parts: Iterable[str]) -> str:
    """Make the text that words are looked for in. A word is found within one part, never across two."""
    return "\n".join(fold(part) for part in parts if part)


def has_words(text: str, words: Iterable[str]) -> bool:
    """Say whether every one of `words_of` a query stands somewhere in a `searched_text`."""
    return all(word in text for word in words)

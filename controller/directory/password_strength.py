"""Whether a password that an agent chooses is too easy to guess, and why. What others would try first counts for nothing.

No rule asks for capitals or signs: they make passwords that are written down, and length does more.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

from controller.directory.folding import fold

LETTERS_MIN = 10
LEFT_MIN = 6
"""So many letters must be left when all that is easily guessed is taken out,"""
DIFFERENT_MIN = 5
"""and so many of them must be different ones."""
PART_LETTERS_MIN = 3
"""Shorter parts of a name, and shorter rows of keys, are in many passwords by chance."""


class Weakness(StrEnum):
    """Why a password is refused; the values are the API's words."""

    TOO_SHORT = "too-short"
    ABOUT_YOU = "about-you"
    """Little is left of it without the agent's own name, id and telephone."""
    TOO_COMMON = "too-common"
    """Little is left of it without well-known words, rows of keys, years and repeated letters."""
    SAME = "same"
    """It is the one that they have."""


_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
    "yxcvbnm",
)
_ALL_ROWS = "\n".join((*_ROWS, *(row[::-1] for row in _ROWS)))
_YEAR = re.compile(r"(19|20)[0-9]{2}")
_AGAIN = re.compile(r"(.)\1+")
_SIGNS_FOR_LETTERS = str.maketrans("@401357$!", "aaoiestsi")
_WELL_KNOWN = (
    "motdepasse mdp password passwort passphrase passe secret admin administrator administrateur welcome bienvenue bonjour hello salut "
    "changeme change letmein login iloveyou jetaime amour love dragon monkey master soleil sunshine princess princesse football chocolat "
    "chouchou doudou loulou marseille paris france london spring summer autumn winter printemps ete automne hiver january february march "
    "april june july august september october november december janvier fevrier mars avril juin juillet aout septembre octobre novembre "
    "decembre monday lundi friday vendredi agent superviseur supervisor telephone phone callcenter callcentre support asterisk controller "
    "company societe default standard test demo user 1qaz2wsx 1q2w3e4r qazwsx zaqwsx"
)


def weakness(password: str, about: Iterable[str], former: str) -> Weakness | None:
    """Say why somebody can't have this password; None: they can. `about`: what others know of them (names, ids, numbers).

    `former`: the one that they say they have.
    """
    if len(password) < LETTERS_MIN:
        return Weakness.TOO_SHORT
    text = fold(password)
    parts = {part for known in about for part in re.split(r"[\W_]+", fold(known)) if len(part) >= PART_LETTERS_MIN}
    without_them = _without(text, parts)
    if without_them != text and not _is_enough(without_them):
        return Weakness.ABOUT_YOU
    left = _without(_without_rows(_YEAR.sub("", without_them)).translate(_SIGNS_FOR_LETTERS), _WELL_KNOWN.split())
    if not _is_enough(_AGAIN.sub(r"\1", left)):
        return Weakness.TOO_COMMON
    return Weakness.SAME if password == former else None


def _is_enough(text: str) -> bool:
    return len(text) >= LEFT_MIN and len(set(text)) >= DIFFERENT_MIN


def _without(text: str, words: Iterable[str]) -> str:
    # The longest first: "password" leaves nothing, where "pass" would leave "word".
    for word in sorted(words, key=lambda word: (-len(word), word)):
        text = text.replace(word, "")
    return text


def _without_rows(text: str) -> str:
    """Take out what stands in a row on a keyboard or in the alphabet, in either direction."""
    left, at = "", 0
    while at < len(text):
        end = at + 1
        while end < len(text) and text[at : end + 1] in _ALL_ROWS and text[end] != "\n":
            end += 1
        if end - at < PART_LETTERS_MIN:
            left, end = left + text[at], at + 1
        at = end
    return left

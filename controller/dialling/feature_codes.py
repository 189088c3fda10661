"""Feature codes: what an agent's keys mean, key by key at a telephone that is up, and as a whole where a telephone has dialled them.

Pure. A code is a command and no more: who may give it, and when, is the role table's. Keys that nobody can make sense of are no mistake of
ours: they are `MISTYPED`, and the reader goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Seconds = float

TARGET_ENDS = "#"
TARGET_LENGTH_MAX = 18
"""As many digits as the longest number that may be dialled (`typed.LENGTH_MAX`)."""
CODE_LENGTH_MAX = 6
TWIN_SECONDS = 0.07
"""Asterisk tells keys that follow one another without a gap twice. A same key that is told sooner than its own length and this much after
the last one is that one again: measured, and a hand that presses a key twice leaves a longer gap (docs/ari.md)."""
DIGITS_PER_CODE_MAX = CODE_LENGTH_MAX + TARGET_LENGTH_MAX + 1


class Code(StrEnum):
    """What can be said by keys; the names are those of the site file."""

    ACCEPT_TRANSFER = "accept_transfer"
    CONSULT = "consult"
    CONFERENCE = "conference"
    TRANSFER = "transfer"
    RESUME = "resume"
    END_CONSULT = "end_consult"
    LEAVE = "leave"
    HOLD = "hold"
    CANCEL = "cancel"
    WRAP_UP = "wrap_up"
    LOG_IN = "log_in"
    LOG_OUT = "log_out"
    AVAILABLE = "available"
    IDLE = "idle"


class Takes(StrEnum):
    """What follows a code before it is complete."""

    NOTHING = "nothing"
    DIGIT = "a digit"
    TARGET = "a number and #"


TAKES: Mapping[Code, Takes] = {
    code: {
        Code.CONSULT: Takes.TARGET,
        Code.TRANSFER: Takes.TARGET,
        Code.WRAP_UP: Takes.DIGIT,
        Code.IDLE: Takes.DIGIT,
    }.get(code, Takes.NOTHING)
    for code in Code
}

KEYS: Mapping[Code, str] = {
    Code.ACCEPT_TRANSFER: "*1",
    Code.CONSULT: "*2",
    Code.CONFERENCE: "*3",
    Code.TRANSFER: "*4",
    Code.RESUME: "*5",
    Code.END_CONSULT: "*6",
    Code.LEAVE: "*7",
    Code.HOLD: "*8",
    Code.CANCEL: "*0",
    Code.WRAP_UP: "*9",
    Code.LOG_IN: "**1",
    Code.LOG_OUT: "**0",
    Code.AVAILABLE: "**2",
    Code.IDLE: "**3",
}
"""What a site's codes are unless it says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureCodes:
    """A site's codes."""

    keys: Mapping[Code, str] = field(default_factory=lambda: dict(KEYS))
    """No code is the beginning of another. A code that is not in it can't be given by keys."""
    digit_seconds: Seconds = 5.0
    """How long after one key the next one is waited for."""

    def code_of(self, keys: str) -> Code | None:
        """Say which code these very keys are; None: they are none."""
        return next((code for code, mine in self.keys.items() if mine == keys), None)

    def are_begun_by(self, keys: str) -> bool:
        """Say whether some code is these keys and more."""
        return any(mine.startswith(keys) and mine != keys for mine in self.keys.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPress:
    """One key, as the switch tells it when it is released."""

    digit: str
    at: Seconds
    """When it was told, by the switch's own clock: only differences count."""
    seconds: Seconds
    """How long it was pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A code is complete."""

    code: Code
    argument: str = ""
    """The digit or the target that followed it."""


class Reading(StrEnum):
    """What a key comes to that completes no code."""

    GOES_ON = "more keys are waited for"
    MISTYPED = "no code is, or begins with, these keys"
    NO_CODE = "the key belongs to no code"
    IGNORED = "the key is its twin, or follows a mistake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypad:
    """What has been pressed at one telephone, as far as it still counts."""

    keys: str = ""
    """Of a code that is not complete."""
    last: KeyPress | None = None
    is_spoiled: bool = False
    """The code was mistyped: the rest of it, which comes all the same, means nothing."""

    @property
    def waits(self) -> bool:
        """Whether the next key has to come in time."""
        return bool(self.keys) or self.is_spoiled


def press(keypad: Keypad, pressed: KeyPress, codes: FeatureCodes, *, alone: bool = True) -> tuple[Keypad, Given | Reading]:
    """Take one more key. `alone`: nobody is there to hand the customer over to, so that a transfer has to name somebody."""
    if _is_twin(keypad.last, pressed):
        return keypad, Reading.IGNORED
    if keypad.is_spoiled:
        return Keypad(last=pressed, is_spoiled=True), Reading.IGNORED
    keys = keypad.keys + pressed.digit
    found = read(keys, codes, alone=alone)
    match found:
        case Given():
            return Keypad(last=pressed), found
        case Reading.GOES_ON:
            return Keypad(keys=keys, last=pressed), found
        case Reading.MISTYPED if keypad.keys:
            return Keypad(last=pressed, is_spoiled=True), found
        case _:
            return Keypad(last=pressed), Reading.NO_CODE


def _is_twin(last: KeyPress | None, pressed: KeyPress) -> bool:
    return last is not None and last.digit == pressed.digit and 0 <= pressed.at - last.at < pressed.seconds + TWIN_SECONDS


def read(keys: str, codes: FeatureCodes, *, alone: bool = True) -> Given | Reading:
    """Say what these keys, pressed one after the other, come to."""
    if codes.are_begun_by(keys):
        return Reading.GOES_ON
    for code, mine in codes.keys.items():
        if keys.startswith(mine):
            return _with_argument(code, keys.removeprefix(mine), alone=alone)
    return Reading.MISTYPED


def _with_argument(code: Code, argument: str, *, alone: bool) -> Given | Reading:
    takes = Takes.NOTHING if code is Code.TRANSFER and not alone else TAKES[code]
    if takes is Takes.NOTHING:
        return Reading.MISTYPED if argument else Given(code=code)
    if not argument:
        return Reading.GOES_ON
    if takes is Takes.DIGIT:
        return Given(code=code, argument=argument) if len(argument) == 1 and _are_digits(argument) else Reading.MISTYPED
    target, ends = argument.removesuffix(TARGET_ENDS), argument.endswith(TARGET_ENDS)
    if not _are_digits(target) or len(target) > TARGET_LENGTH_MAX:
        return Reading.MISTYPED
    return Given(code=code, argument=target) if ends else Reading.GOES_ON


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def read_dialled(dialled: str, codes: FeatureCodes) -> Given | None:
    """Say which code a telephone has dialled as a whole; None: none. A target needs no end there, and an idle reason none at all."""
    for code, mine in codes.keys.items():
        argument = dialled.removeprefix(mine)
        if not dialled.startswith(mine):
            continue
        if TAKES[code] is Takes.TARGET:
            argument = argument.removesuffix(TARGET_ENDS) + TARGET_ENDS
        if code is Code.IDLE and not argument:
            return Given(code=code)
        found = _with_argument(code, argument, alone=True)
        return found if isinstance(found, Given) else None
    return None

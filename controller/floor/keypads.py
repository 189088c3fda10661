"""The keys of agents' telephones that may yet become a code. Kept nowhere: half a code after a restart is nothing."""

from dataclasses import dataclass

from controller.dialling.feature_codes import FeatureCodes, Given, Keypad, KeyPress, Reading, press
from controller.directory.ids import LegId, Seconds
from controller.interaction.facts import DigitPressed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typing:
    keypad: Keypad
    until: Seconds | None
    """When the next key has to be there; None: none is waited for."""


class Keypads:
    """One for each leg of which a key has been heard."""

    def __init__(self) -> None:
        self._of: dict[LegId, _Typing] = {}

    def press(self, pressed: DigitPressed, codes: FeatureCodes, now: Seconds, *, alone: bool) -> Given | Reading:
        """Take one more key of a leg; `alone`: see `feature_codes.press`."""
        known = self._of.get(pressed.leg)
        key = KeyPress(digit=pressed.digit, at=pressed.told_at, seconds=pressed.pressed_seconds)
        keypad, found = press(known.keypad if known is not None else Keypad(), key, codes, alone=alone)
        self._of[pressed.leg] = _Typing(keypad=keypad, until=now + codes.digit_seconds if keypad.waits else None)
        return found

    def next_at(self) -> Seconds | None:
        """When the next key of some leg has to be there; None: none is waited for."""
        return min((typing.until for typing in self._of.values() if typing.until is not None), default=None)

    def due(self, now: Seconds) -> LegId | None:
        """A leg whose next key has not come in time; None: there is none."""
        return next((leg for leg, typing in self._of.items() if typing.until is not None and typing.until <= now), None)

    def time_out(self, leg: LegId) -> bool:
        """Begin anew at a leg; gives whether a code was left half, which the rest of a mistyped one is not."""
        return bool(self._of.pop(leg).keypad.keys)

    def forget(self, leg: LegId) -> None:
        """A leg is gone."""
        self._of.pop(leg, None)

    def forget_all(self) -> None:
        """Keys may be missed from now on, and half a code is none."""
        self._of.clear()

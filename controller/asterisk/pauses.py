"""How long to wait before trying again. Must never be used for anything but a lost connection."""

import random
from collections.abc import Callable

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


class Pauses:
    """Doubles from 0.1 s to 5 s. Each pause is shortened at random by up to a half, so that several sockets do not all come at once."""

    def __init__(self, dice: Callable[[], float] = random.random) -> None:
        self._dice = dice
        self._seconds = FIRST_SECONDS

    def next(self) -> float:
        """Give the next pause in seconds; the one after it is twice as long."""
        seconds = self._seconds * (1 - self._dice() / 2)
        self._seconds = min(self._seconds * 2, LONGEST_SECONDS)
        return seconds

    def reset(self) -> None:
        """It worked: the next trouble is a new one."""
        self._seconds = FIRST_SECONDS

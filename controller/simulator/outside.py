"""The telephone network behind the site's trunk: numbers that answer, ring for ever, are busy or unknown, and a trunk that fails.

The last digit of a number says what becomes of a call. It throws dice of its own, so that nothing else in a day depends on it.
"""

from collections.abc import Callable
from enum import StrEnum
from random import Random
from typing import Protocol

from controller.directory.ids import Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange, FarEnds
from controller.simulator.parts import BUSY, DECLINED, LOST, NORMAL, Cause, End, SimChannel

TRUNK = "provider"
TALK_SECONDS = 30.0
SECONDS_BETWEEN_BLOWS = 25.0
BLOW_SECONDS = (6.0, 40.0)
UNKNOWN: Cause = (1, 404)
CONGESTED: Cause = (34, 503)
LOST_ONE_IN = 6
"""Of calls outside that are up, so many end by the trunk's loss and not by somebody who hangs up."""


class FarEnd(StrEnum):
    """What becomes of a call to a number."""

    ANSWERS_THE_CANCEL = "0"
    """Rings, and answers at the moment at which it is cancelled."""
    IS_HEARD_AND_ANSWERS = "1"
    IS_BUSY = "2"
    IS_CONGESTED = "3"
    IS_UNKNOWN = "4"
    RINGS = "5"
    ANNOUNCES = "6"
    """Says before any answer that there is no such number, and then that is so."""
    ANSWERS = "7"
    ANSWERS_SHORTLY = "8"
    """And hangs up at once."""
    DECLINES = "9"


LIKED = "01112345677777789"
"""Last digits of the numbers that people call: most of them are answered."""


class Surroundings(Protocol):
    """What the network is around."""

    agenda: Agenda
    beyond: Random
    exchange: Exchange

    def tell(self, what: str) -> None: ...


class Outside(FarEnds):
    """All of it. `end` makes the trunk well again."""

    def __init__(self, around: Surroundings, *, fails: bool, talks: Seconds = TALK_SECONDS) -> None:
        """`fails`: the trunk is down, or silent, from time to time. `talks`: how long people stay on average."""
        self._around = around
        self._agenda = around.agenda
        self._dice = around.beyond
        self._exchange = around.exchange
        self._fails = fails
        self._talks = talks
        self._is_over = False
        self.trunk_is_silent = False
        """Nothing comes back for what is called from now on."""

    def begin(self) -> None:
        """From now on the trunk may fail."""
        if self._fails:
            self._soon(SECONDS_BETWEEN_BLOWS, self._strikes)

    def end(self) -> None:
        """Nothing is wrong with the trunk any more."""
        self._is_over = True
        self._is_well()

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._agenda.soon(self._dice.expovariate(1 / seconds), does)

    def _strikes(self) -> None:
        if self._is_over:
            return
        if self._dice.random() < 0.5:
            self._around.tell("the trunk is down")
            self._exchange.unregistered.add(TRUNK)
        else:
            self._around.tell("the trunk is silent")
            self.trunk_is_silent = True
        self._agenda.soon(self._dice.uniform(*BLOW_SECONDS), self._is_well)
        self._soon(SECONDS_BETWEEN_BLOWS, self._strikes)

    def _is_well(self) -> None:
        self.trunk_is_silent = False
        self._exchange.unregistered.discard(TRUNK)

    # --- What becomes of a call ------------------------------------------------------------------------------------

    def is_called(self, channel: SimChannel) -> None:
        if self.trunk_is_silent:
            return
        self._later(0.01, lambda: self._tries(channel))

    def answers_although_cancelled(self, channel: SimChannel) -> bool:
        return channel.rings and channel.dialled.endswith(FarEnd.ANSWERS_THE_CANCEL)

    def _later(self, seconds: Seconds, does: Callable[[], object]) -> None:
        """About so many seconds later."""
        self._agenda.soon(seconds * (0.5 + self._dice.random()), does)

    def _tries(self, channel: SimChannel) -> None:
        if not channel.is_there:
            return
        exchange = self._exchange
        channel.said = "SIP 100 Trying"
        match channel.dialled[-1]:
            case FarEnd.IS_BUSY:
                self._refuses(channel, BUSY, End.BUSY)
            case FarEnd.IS_CONGESTED:
                self._refuses(channel, CONGESTED, End.REFUSED)
            case FarEnd.IS_UNKNOWN:
                self._refuses(channel, UNKNOWN, End.REFUSED)
            case FarEnd.IS_HEARD_AND_ANSWERS:
                self._later(0.5, lambda: exchange.sounds_outside(channel))
                self._later(4.0, lambda: self._answers(channel, self._talks))
            case FarEnd.ANNOUNCES:
                self._later(0.5, lambda: exchange.sounds_outside(channel))
                self._refuses(channel, UNKNOWN, End.REFUSED, after=8.0)
            case FarEnd.DECLINES:
                self._later(0.5, lambda: exchange.rings_outside(channel))
                self._refuses(channel, DECLINED, End.DECLINED, after=5.0)
            case FarEnd.ANSWERS_SHORTLY:
                self._later(0.5, lambda: exchange.rings_outside(channel))
                self._later(2.0, lambda: self._answers(channel, 0.2))
            case FarEnd.RINGS | FarEnd.ANSWERS_THE_CANCEL:
                self._later(0.5, lambda: exchange.rings_outside(channel))
            case _:
                self._later(0.5, lambda: exchange.rings_outside(channel))
                self._later(3.0, lambda: self._answers(channel, self._talks))

    def _refuses(self, channel: SimChannel, cause: Cause, end: End, *, after: Seconds = 0.3) -> None:
        self._later(after, lambda: self._exchange.hangs_up(channel, cause, end=end) if channel.rings else None)

    def _answers(self, channel: SimChannel, talks: Seconds) -> None:
        self._exchange.picks_up(channel)
        self._soon(talks, lambda: self._leaves(channel))

    def _leaves(self, channel: SimChannel) -> None:
        """In the calm that settles a day nobody begins anything, so they stay."""
        if self._is_over or not channel.is_up:
            return
        is_lost = self._dice.randrange(LOST_ONE_IN) == 0
        self._exchange.hangs_up(channel, LOST if is_lost else NORMAL)

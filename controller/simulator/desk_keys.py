"""Keys of telephones on desks: whoever has a customer dials a colleague by the second call, changes between the two, and transfers.

Whatever a telephone can do, in whatever order: the rules are the controller's, and what is refused must have changed nothing.
"""

from collections.abc import Callable
from random import Random
from typing import Protocol

from controller.floor.floor import Floor
from controller.interaction.interaction import Interaction
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange
from controller.simulator.parts import SimChannel

DAYS = 0.4
"""How likely a day is to have such telephones."""
SECONDS_BETWEEN_KEYS = 6.0
HANGS_UP = 0.5
"""How likely a telephone is to hang up by itself after it was told that its transfer worked, whatever came of it."""


class Surroundings(Protocol):
    """What telephones find around them."""

    agenda: Agenda
    exchange: Exchange

    def desktop(self) -> Floor | None:
        """The contact centre as it is; None: the controller is away."""


class DeskKeys:
    """Every telephone on a desk. After `end` nobody presses anything."""

    def __init__(self, around: Surroundings, dice: Random, *, happens: bool) -> None:
        self._around = around
        self._dice = dice
        self.happens = happens and dice.random() < DAYS

    def begin(self) -> None:
        """The day begins."""
        if self.happens:
            self._soon(self._somebody_presses)

    def end(self) -> None:
        """Nobody presses anything any more."""
        self.happens = False

    def _soon(self, does: Callable[[], None]) -> None:
        self._around.agenda.soon(self._dice.expovariate(1 / SECONDS_BETWEEN_KEYS), does)

    def _somebody_presses(self) -> None:
        if not self.happens:
            return
        self._soon(self._somebody_presses)
        floor = self._around.desktop()
        owned = [one for one in floor.interactions.values() if one.owner is not None] if floor is not None else []
        if floor is None:
            return
        if not owned or self._dice.random() < 0.1:
            self._dials(floor, self._dice.choice(list(floor.directory.agents.values())).phone)
            return
        interaction = self._dice.choice(owned)
        assert interaction.owner is not None, "only those that somebody owns"
        leg, second = interaction.owner.leg, interaction.owner.second
        channel = self._around.exchange.channel(leg.id)
        other = self._around.exchange.channel(second.id) if second is not None else None
        if channel is None or not channel.is_up:
            return
        if other is not None:
            self._presses_with_two(channel, other)
        elif interaction.consult is None and self._dice.random() < 0.7:
            self._consults(floor, interaction, channel)
        else:
            self._transfers(floor, channel)

    def _dials(self, floor: Floor, telephone: str) -> None:
        whom = self._dice.choice(list(floor.directory.agents.values())).phone
        self._around.exchange.dials(telephone, self._dice.choice((whom, whom, "+33199002001", "9")))

    def _consults(self, floor: Floor, interaction: Interaction, channel: SimChannel) -> None:
        """Most telephones put the first call on hold for the second, and some only afterwards."""
        if self._dice.random() < 0.8:
            self._around.exchange.presses_hold(channel, held=True)
        self._dials(floor, channel.endpoint)

    def _presses_with_two(self, first: SimChannel, second: SimChannel) -> None:
        drawn, exchange = self._dice.random(), self._around.exchange
        if drawn < 0.4:
            leaves, takes = (first, second) if first.on_hold is second.on_hold or second.on_hold else (second, first)
            exchange.presses_hold(leaves, held=True)
            self._around.agenda.soon(0.02, lambda: exchange.presses_hold(takes, held=False))
        elif drawn < 0.8:
            asks, is_named = (first, second) if drawn < 0.6 else (second, first)
            exchange.joins(asks, is_named)
            self._hangs_up_by_itself(asks)
        else:
            exchange.hangs_up(second if drawn < 0.95 else first)

    def _transfers(self, floor: Floor, channel: SimChannel) -> None:
        whom = self._dice.choice(list(floor.directory.agents.values())).phone
        self._around.exchange.transfers(channel, self._dice.choice((whom, whom, whom, "+33199002001", "9", "*5")))
        self._hangs_up_by_itself(channel)

    def _hangs_up_by_itself(self, channel: SimChannel) -> None:
        if self._dice.random() < HANGS_UP:
            self._around.agenda.soon(0.005 + 0.5 * self._dice.random() ** 2, lambda: self._goes(channel))

    def _goes(self, channel: SimChannel) -> None:
        channel.hung_up_by_itself = channel.is_there
        self._around.exchange.hangs_up(channel)

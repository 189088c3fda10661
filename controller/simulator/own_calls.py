"""Calls that agents make on their telephones without us, to another extension say: whoever is in one is not to be rung.

They throw dice of their own, so that a day without them is the day that the same seed has always been.
"""

from collections.abc import Callable
from random import Random
from typing import Protocol

from controller.directory.directory import Directory
from controller.directory.ids import Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange

DAYS = 0.4
SECONDS_BETWEEN_CALLS = 8.0
CALL_SECONDS = 10.0


class Surroundings(Protocol):
    """What is around the telephones."""

    agenda: Agenda
    exchange: Exchange
    directory: Directory

    def tell(self, what: str) -> None: ...
    def telephones_are_busy(self) -> None: ...


class OwnCalls:
    """On some days agents call one another, or anybody, without us."""

    def __init__(self, around: Surroundings, dice: Random, *, happens: bool) -> None:
        self._around = around
        self._dice = dice
        self._happens = dice.random() < DAYS and happens
        self._is_over = False

    def begin(self) -> None:
        """From now on they do."""
        if self._happens:
            self._soon(SECONDS_BETWEEN_CALLS, self._somebody_calls)

    def end(self) -> None:
        """Everybody has hung up."""
        self._is_over = True
        for phone in tuple(self._around.exchange.own_calls):
            self._ends(phone)

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._around.agenda.soon(self._dice.expovariate(1 / seconds), does)

    def _somebody_calls(self) -> None:
        if self._is_over:
            return
        self._soon(SECONDS_BETWEEN_CALLS, self._somebody_calls)
        exchange = self._around.exchange
        phone = self._dice.choice([agent.phone for agent in self._around.directory.agents.values()])
        # Of several telephones one would be in the call, and the others could be rung.
        if not exchange.calls_at(phone) and phone not in exchange.unregistered and exchange.telephones.get(phone, 1) == 1:
            exchange.own_calls[phone] = self._around.agenda.now
            self._around.tell(f"{phone} is in a call without us")
            self._around.telephones_are_busy()
            self._soon(CALL_SECONDS, lambda: self._ends(phone))

    def _ends(self, phone: str) -> None:
        if self._around.exchange.own_calls.pop(phone, None) is not None:
            self._around.telephones_are_busy()

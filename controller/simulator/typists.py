"""Agents who give commands by the keys of their telephones: rightly, mistyped, half, and with machines whose keys come doubled. And whoever
else has a hold key: customers, and people outside.

They draw from dice of their own, so that everything else in a day is what it was without them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random
from typing import Protocol

from controller.dialling.feature_codes import KEYS, Code
from controller.directory.ids import AgentId, Seconds
from controller.floor.floor import Floor
from controller.interaction.commands import Action
from controller.interaction.interaction import Interaction
from controller.interaction.parties import parties
from controller.interaction.roles import allowed
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange
from controller.simulator.parts import SimChannel

SECONDS_BETWEEN_CODES = 12.0
SECONDS_ON_HOLD = 20.0
PRESSED_SECONDS = 0.1
BETWEEN_KEYS_SECONDS = 0.15
TYPISTS_A_DAY = 0.5
"""On so many days somebody types at all."""

BY_KEYS = {
    Action.HOLD: Code.HOLD,
    Action.RESUME: Code.RESUME,
    Action.SWAP: Code.RESUME,
    Action.CONSULT: Code.CONSULT,
    Action.CANCEL_CONSULT: Code.CANCEL,
    Action.TRANSFER: Code.TRANSFER,
    Action.ACCEPT_TRANSFER: Code.ACCEPT_TRANSFER,
    Action.DECLINE_TRANSFER: Code.CANCEL,
    Action.CONFERENCE: Code.CONFERENCE,
    Action.LEAVE_CONSULT: Code.LEAVE,
    Action.LEAVE_CONFERENCE: Code.LEAVE,
    Action.END_CONSULT: Code.END_CONSULT,
}
_ABOUT_ONESELF = (KEYS[Code.AVAILABLE], f"{KEYS[Code.IDLE]}0", f"{KEYS[Code.IDLE]}1", f"{KEYS[Code.WRAP_UP]}1")


class Typing(StrEnum):
    """How somebody types."""

    RIGHT = "right"
    MISTYPED = "mistyped"
    HALF = "half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Keys that somebody began to press."""

    agent: AgentId
    how: Typing
    keys: str
    at: Seconds


class Surroundings(Protocol):
    """What typists find around them, and who sees them."""

    agenda: Agenda
    exchange: Exchange

    def desktop(self) -> Floor | None:
        """The contact centre as it is; None: the controller is away."""

    def types(self, typed: Typed) -> None:
        """Somebody begins to press these keys."""


class Typists:
    """Everybody who types. After `end` nobody begins."""

    def __init__(self, around: Surroundings, dice: Random, *, happens: bool) -> None:
        self._around = around
        self._dice = dice
        self._happens = happens and dice.random() < TYPISTS_A_DAY

    def begin(self) -> None:
        """The day begins."""
        if self._happens:
            self._soon(self._somebody_types)
            self._soon(self._somebody_else_presses_hold)
            self._soon(self._somebody_dials_a_code)

    def end(self) -> None:
        """Nobody types any more."""
        self._happens = False

    def _soon(self, does: Callable[[], None]) -> None:
        self._around.agenda.soon(self._dice.expovariate(1 / SECONDS_BETWEEN_CODES), does)

    def _somebody_types(self) -> None:
        if not self._happens:
            return
        self._soon(self._somebody_types)
        floor = self._around.desktop()
        if floor is None:
            return
        on_calls = [
            (party.agent, interaction, self._around.exchange.channels[party.leg])
            for interaction in floor.interactions.values()
            for party in parties(interaction)
            if party.agent is not None and party.is_up and party.leg in self._around.exchange.channels
        ]
        if on_calls:
            self._types(floor, *self._dice.choice(on_calls))

    def _somebody_dials_a_code(self) -> None:
        """Whoever is on no call says what they do, gives a reason, or what they could not; a telephone on a call has a second line."""
        if not self._happens:
            return
        self._soon(self._somebody_dials_a_code)
        floor = self._around.desktop()
        agent = self._dice.choice(list(floor.directory.agents.values())) if floor is not None else None
        if agent is not None:
            code = self._dice.choice((*_ABOUT_ONESELF, *_ABOUT_ONESELF, KEYS[Code.LOG_IN], KEYS[Code.HOLD]))
            self._around.types(Typed(agent=agent.id, how=Typing.HALF, keys=code, at=self._around.agenda.now))
            self._around.exchange.dials(agent.phone, code)

    def _somebody_else_presses_hold(self) -> None:
        """Of a customer, or of somebody outside; a moment later it is released."""
        if not self._happens:
            return
        self._soon(self._somebody_else_presses_hold)
        there = [
            channel for channel in self._around.exchange.channels.values() if channel.is_up and (channel.is_outside or not channel.endpoint)
        ]
        if there:
            channel = self._dice.choice(there)
            self._around.exchange.presses_hold(channel, held=True)
            releases = partial(self._around.exchange.presses_hold, channel, held=False)
            self._around.agenda.soon(self._dice.expovariate(1 / SECONDS_ON_HOLD), releases)

    def _types(self, floor: Floor, agent: AgentId, interaction: Interaction, channel: SimChannel) -> None:
        drawn, keys = self._dice.random(), self._code(floor, agent, interaction)
        if drawn < 0.15:
            self.presses(agent, channel, keys[: self._dice.randrange(1, len(keys))], how=Typing.HALF)
        elif drawn < 0.3:
            self.presses(agent, channel, f"{keys[0]}{self._dice.choice('A#D')}{keys[1:]}", how=Typing.MISTYPED)
        else:
            self.presses(agent, channel, keys, comes_doubled=drawn < 0.5)

    def _code(self, floor: Floor, agent: AgentId, interaction: Interaction) -> str:
        codes = [BY_KEYS[action] for action in allowed(interaction, agent) if action in BY_KEYS]
        if not codes or self._dice.random() < 0.15:
            return self._dice.choice(_ABOUT_ONESELF)
        code = self._dice.choice(codes)
        alone = interaction.consult is None and not interaction.members
        if code is Code.CONSULT or (code is Code.TRANSFER and alone):
            return f"{KEYS[code]}{self._number(floor)}#"
        return KEYS[code]

    def _number(self, floor: Floor) -> str:
        phones = [agent.phone for agent in floor.directory.agents.values()]
        points = [number for point in floor.directory.entry_points.values() for number in point.numbers]
        return self._dice.choice([*phones, *points, "0199001001", "112"])

    def presses(self, agent: AgentId, channel: SimChannel, keys: str, *, how: Typing = Typing.RIGHT, comes_doubled: bool = False) -> None:
        """Press these, one after the other."""
        self._around.types(Typed(agent=agent, how=how, keys=keys, at=self._around.agenda.now))
        for number, digit in enumerate(keys):
            press = partial(self._around.exchange.presses_key, channel, digit, seconds=PRESSED_SECONDS, comes_doubled=comes_doubled)
            self._around.agenda.soon(number * (PRESSED_SECONDS + BETWEEN_KEYS_SECONDS), press)

"""Calls that take another's place (INVITE with Replaces), and channels that somebody else brings into our rooms.

Some may keep the place: another call by the customer's own line, another telephone of the same agent. Everybody else is a stranger.
"""

from random import Random
from typing import Protocol

from controller.asterisk.seen import room_named
from controller.floor.floor import Floor
from controller.interaction.parties import parties
from controller.interaction.party import Role
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange
from controller.simulator.parts import NORMAL, SimBridge, SimChannel

DAYS = 0.35
"""How likely a day is to have such calls."""
SECONDS_BETWEEN = 6.0
TALK_SECONDS = 40.0
SOMEBODY_ELSES = "9009"
"""An endpoint that is nobody's of ours."""


class Surroundings(Protocol):
    """What is around them."""

    agenda: Agenda
    exchange: Exchange

    def desktop(self) -> Floor | None:
        """The contact centre as it is; None: the controller is away."""

    def tell(self, what: str) -> None: ...


class Intruders:
    """Whoever does so. After `end` nobody does."""

    def __init__(self, around: Surroundings, dice: Random, *, happens: bool) -> None:
        self._around = around
        self._dice = dice
        self._happens = happens and dice.random() < DAYS

    def begin(self) -> None:
        """The day begins."""
        if self._happens:
            self._soon()

    def end(self) -> None:
        """Nobody does anything any more."""
        self._happens = False

    def _soon(self) -> None:
        self._around.agenda.soon(self._dice.expovariate(1 / SECONDS_BETWEEN), self._somebody_comes)

    def _somebody_comes(self) -> None:
        if not self._happens:
            return
        self._soon()
        floor, drawn = self._around.desktop(), self._dice.random()
        if drawn < 0.2:
            self._is_brought_in([bridge for bridge in self._around.exchange.bridges.values() if room_named(bridge.id) is not None])
        elif floor is not None:
            self._takes_a_place(floor, is_stranger=drawn < 0.5)

    def _is_brought_in(self, rooms: list[SimBridge]) -> None:
        if rooms:
            room = self._dice.choice(rooms)
            self._around.tell(f"a stranger is brought into {room.id}")
            self._around.exchange.is_joined_by_a_stranger(room, by_dialplan=self._dice.random() < 0.5)

    def _takes_a_place(self, floor: Floor, *, is_stranger: bool) -> None:
        exchange = self._around.exchange
        everybody = [party for interaction in floor.interactions.values() for party in parties(interaction)]
        there = {party.leg: party for party in everybody if party.leg in exchange.channels}
        if not there:
            return
        party = self._dice.choice(list(there.values()))
        channel = exchange.channels[party.leg]
        can_be = channel.in_stasis and (channel.is_up or channel.state == "Ringing") and channel.endpoint not in exchange.pages
        if not can_be or (channel.is_outside and not channel.is_up):
            return
        keeps = party.role is Role.CUSTOMER or party.agent is not None
        self._around.tell(f"{'a stranger' if is_stranger else 'the same endpoint'} takes the place of {channel.id}")
        newcomer = exchange.is_replaced(channel, by=SOMEBODY_ELSES if is_stranger else channel.endpoint)
        if newcomer is not None and keeps and not is_stranger:
            self._around.agenda.soon(self._dice.expovariate(1 / TALK_SECONDS), lambda: self._hangs_up(newcomer))

    def _hangs_up(self, channel: SimChannel) -> None:
        if self._happens:
            self._around.exchange.hangs_up(channel, NORMAL)

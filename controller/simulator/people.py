"""Customers who call and agents who take them: what they do with telephones and buttons, and when. They see only what a desktop shows."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Protocol

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.directory.targets import AgentTarget
from controller.floor.floor import Floor
from controller.interaction import commands
from controller.interaction.commands import Action, Command, GiveWrapUp, SendDigits, StartConsult
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import customer_of, parties, role_of
from controller.interaction.party import Role
from controller.interaction.roles import ROLE_TABLE
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import DeskState
from controller.simulator.agenda import Agenda
from controller.simulator.asking import Asking
from controller.simulator.exchange import Exchange
from controller.simulator.parts import DECLINED, LOST, NORMAL, SimChannel
from controller.simulator.site import NUMBERS, REASONS

CALLERS_MAX = 12
SECONDS_BETWEEN_CALLS = 6.0
SECONDS_BETWEEN_DEEDS = 1.5
TALK_SECONDS = 40.0
_LATER = (commands.TransferBlind, commands.DropMember, commands.ExtendWrapUp)
"""What only those press who ask for anybody (`asking`)."""
STAYS = 0.7
"""How likely a customer is to talk on where conferences are built."""
COMMANDS: dict[Action, type[Command]] = {
    kind.action: kind
    for kind in vars(commands).values()
    if isinstance(kind, type) and issubclass(kind, Command) and kind not in (Command, *_LATER)
}
_LIKED = (Action.CONSULT, Action.CONFERENCE, Action.TRANSFER, Action.SWAP, Action.RESUME, Action.WRAP_UP, Action.ACCEPT_TRANSFER)
"""What people press more often than the rest, so that much happens."""
_DISLIKED = (Action.END, Action.DECLINE, Action.END_CONSULT, Action.CANCEL_CONSULT)
_NAMES_SOMEBODY = {
    (Phase.CONNECTED, Action.TRANSFER),
    (Phase.HELD, Action.TRANSFER),
    (Phase.CONFERENCE, Action.CONSULT),
}
"""What asks for somebody where there was nobody to ask for before."""


def _times(phase: Phase, action: Action) -> int:
    """How often a button counts."""
    if (phase, action) in _NAMES_SOMEBODY:
        return 0
    return 6 if action in _LIKED else 1 if action in _DISLIKED else 3


_EVERY_BUTTON = tuple(action for action in Action if action in COMMANDS)
_BUTTONS = {
    phase: {
        role: tuple(action for action in _EVERY_BUTTON if action in actions for _ in range(_times(phase, action)))
        for role, actions in row.items()
    }
    for phase, row in ROLE_TABLE.items()
}


class Surroundings(Protocol):
    """What people find around them."""

    agenda: Agenda
    dice: Random
    exchange: Exchange
    directory: Directory
    asking: Asking

    def desktop(self) -> Floor | None:
        """The contact centre as desktops show it; None: the controller is away."""

    def ask(self, command: Command | DeskCommand) -> None:
        """Press a button."""

    def is_there(self, endpoint: str) -> bool:
        """Whether this telephone can be answered: always, unless it is a page that is closed."""


class People:
    """Everybody outside the controller. After `go_home` nobody begins anything, and whoever is on the line hangs up in the end."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._agenda = around.agenda
        self._dice = around.dice
        self._exchange = around.exchange
        self._agents: Sequence[AgentId] = tuple(around.directory.agents)
        self.is_calm = False
        """Nobody begins anything; telephones that ring are still answered."""

    def come(self) -> None:
        """The day begins."""
        for agent in self._agents:
            self._soon(0.1, partial(self._logs_on, agent))
            self._soon(SECONDS_BETWEEN_DEEDS, partial(self._does_something, agent))
        self._soon(1.0, self._somebody_calls)

    def go_home(self) -> None:
        """Everybody hangs up, within a few seconds."""
        for channel in tuple(self._exchange.channels.values()):
            self._soon(2.0, partial(self._puts_down, channel))

    def _puts_down(self, channel: SimChannel) -> None:
        """Whose telephone rings can only decline."""
        self._exchange.hangs_up(channel, DECLINED if channel.rings else NORMAL)

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._agenda.soon(self._dice.expovariate(1 / seconds), does)

    # --- Customers -------------------------------------------------------------------------------------------------

    def _somebody_calls(self) -> None:
        if self.is_calm:
            return
        self._soon(SECONDS_BETWEEN_CALLS, self._somebody_calls)
        if sum(not channel.endpoint for channel in self._exchange.channels.values()) < CALLERS_MAX:
            caller = self._exchange.calls(f"+3312345{self._dice.randrange(10000):04}", self._dice.choice(NUMBERS))
            self._soon(TALK_SECONDS, lambda: self._hangs_up_unless_calm(caller))

    def _hangs_up_unless_calm(self, channel: SimChannel) -> None:
        if self._around.asking.builds_conferences and channel.is_up and not self.is_calm and self._dice.random() < STAYS:
            self._soon(TALK_SECONDS, lambda: self._hangs_up_unless_calm(channel))
        elif not self.is_calm:
            self._exchange.hangs_up(channel, NORMAL)

    # --- Agents' telephones ----------------------------------------------------------------------------------------

    def rung(self, channel: SimChannel) -> None:
        """An agent's telephone rings."""
        drawn = self._dice.random()
        if channel.told_to_answer:
            self._agenda.soon(0.1 + 0.2 * self._dice.random(), lambda: self._picks_up(channel))
        elif drawn < 0.8:
            self._soon(2.0, lambda: self._picks_up(channel))
        elif drawn < 0.86:
            self._soon(2.0, lambda: self._declines(channel))
        # Otherwise nobody is at the desk.

    def _picks_up(self, channel: SimChannel) -> None:
        if self._can_be_answered(channel):
            self._exchange.picks_up(channel)

    def _declines(self, channel: SimChannel) -> None:
        if channel.rings and self._can_be_answered(channel):
            self._exchange.hangs_up(channel, DECLINED)

    def _can_be_answered(self, channel: SimChannel) -> bool:
        """A page that has gone since can't say anything; one that came anew knows nothing of what rang before."""
        return not channel.is_dead and self._around.is_there(channel.endpoint)

    def _does_with_telephone(self, channel: SimChannel, interaction: Interaction) -> None:
        drawn = self._dice.random()
        if drawn < 0.35:
            self._exchange.hangs_up(channel)
            customer = customer_of(interaction)
            if drawn < 0.1 and customer is not None and customer.leg in self._exchange.channels:
                self._exchange.hangs_up(self._exchange.channels[customer.leg])
        elif drawn < 0.45:
            self._exchange.hangs_up(channel, LOST)
        else:
            self._exchange.presses_hold(channel, held=self._dice.random() < 0.5)

    # --- Agents' desktops ------------------------------------------------------------------------------------------

    def _logs_on(self, agent: AgentId) -> None:
        self._around.ask(LogOn(agent=agent))
        if agent != "sam":
            self._around.ask(GoAvailable(agent=agent))

    def _does_something(self, agent: AgentId) -> None:
        if self.is_calm:
            return
        self._soon(SECONDS_BETWEEN_DEEDS, lambda: self._does_something(agent))
        floor = self._around.desktop()
        if floor is None or agent not in floor.desks:
            return
        desk = floor.desks[agent]
        interaction = floor.interactions.get(desk.interaction) if desk.interaction is not None else None
        if interaction is not None and self._around.asking.leaves_alone(interaction):
            return
        drawn = self._dice.random()
        if interaction is None or drawn < 0.04:
            self._says_something(floor, agent)
            return
        if drawn < 0.10:
            leg = next((party.leg for party in parties(interaction) if party.agent == agent and party.is_up), None)
            if leg is not None and leg in self._exchange.channels:
                self._does_with_telephone(self._exchange.channels[leg], interaction)
            return
        self._presses(floor, agent, interaction, anything=drawn < 0.13)

    def _says_something(self, floor: Floor, agent: AgentId) -> None:
        drawn = self._dice.random()
        state = floor.desks[agent].chosen
        if agent == "sam" and floor.interactions and drawn < 0.02:
            some = self._dice.choice(list(floor.interactions))
            self._around.ask(commands.EndInteraction(agent=agent, interaction=some))
        elif drawn < 0.02:
            self._around.ask(LogOff(agent=agent))
        elif drawn < 0.06:
            self._around.ask(GoIdle(agent=agent, reason="lunch"))
        elif state is not DeskState.AVAILABLE and agent != "sam" and drawn < 0.7:
            self._around.ask(GoAvailable(agent=agent) if state is not DeskState.LOGGED_OFF else LogOn(agent=agent))

    def _presses(self, floor: Floor, agent: AgentId, interaction: Interaction, *, anything: bool) -> None:
        role = role_of(interaction, agent) or Role.SUPERVISOR
        if role is Role.AGENT_2 and interaction.phase is Phase.CONFERENCE:
            role = Role.MEMBER
        buttons = _EVERY_BUTTON if anything else _BUTTONS[interaction.phase].get(role, ())
        if interaction.owes_wrap_up(agent) is not None:
            buttons = (*buttons, Action.WRAP_UP)
        if not buttons:
            return
        revision = interaction.revision - (self._dice.random() < 0.2) if self._dice.random() < 0.2 else None
        self._around.ask(self._command(floor, self._dice.choice(buttons), agent, interaction.id, revision))

    def _command(self, floor: Floor, action: Action, agent: AgentId, interaction: InteractionId, revision: int | None) -> Command:
        match action:
            case Action.CONSULT:
                free = [other for other, desk in floor.desks.items() if desk.is_available and other in floor.directory.agents]
                target = self._dice.choice(free if free and self._dice.random() < 0.9 else list(floor.directory.agents))
                return StartConsult(agent=agent, interaction=interaction, revision=revision, target=AgentTarget(agent=target))
            case Action.WRAP_UP:
                return GiveWrapUp(agent=agent, interaction=interaction, revision=revision, reason=self._dice.choice(REASONS), note="")
            case Action.DTMF:
                return SendDigits(agent=agent, interaction=interaction, revision=revision, digits="12#")
            case _:
                return COMMANDS[action](agent=agent, interaction=interaction, revision=revision)

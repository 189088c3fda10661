"""People who ask for anybody: queues, entry points, numbers, colleagues; who transfer blindly, call out and build conferences.

They throw dice of their own, and do this beside what `people` do: a day on which they do not come is the day that its seed is without them.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, ColleagueId, Seconds
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.floor import Floor
from controller.interaction import commands
from controller.interaction.commands import Action, Command, DropMember, ExtendWrapUp, GiveWrapUp, StartConsult, TransferBlind
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.roles import allowed
from controller.routing.commands import CallOut, DeskCommand
from controller.simulator.agenda import Agenda
from controller.simulator.outside import LIKED
from controller.simulator.site import EMERGENCY, HEAD_OFFICE, REASONS

SECONDS_BETWEEN_DEEDS = 4.0
NUMBERS_BEGIN = "+3319900100"
_KINDS = ("agent", "agent", "queue", "queue", "entry point", "number", "number", "number", "colleague", "emergency")
_WEIGHTS = {
    Action.CONSULT: 6,
    Action.TRANSFER: 4,
    Action.CONFERENCE: 6,
    Action.DROP: 1,
    Action.SWAP: 1,
    Action.RESUME: 2,
    Action.CANCEL_CONSULT: 1,
    Action.EXTEND_WRAP_UP: 2,
    Action.LEAVE_CONFERENCE: 1,
    Action.ACCEPT_TRANSFER: 3,
}
_BUILDING = {Action.CONSULT: 8, Action.CONFERENCE: 12, Action.SWAP: 1, Action.RESUME: 1}
"""What people press on a day on which conferences grow."""


class Surroundings(Protocol):
    """What people find around them."""

    agenda: Agenda
    beyond: Random
    directory: Directory

    def desktop(self) -> Floor | None: ...
    def ask(self, command: Command | DeskCommand) -> None: ...


class Asking:
    """All of them."""

    def __init__(self, around: Surroundings, *, happens: bool, builds_conferences: bool) -> None:
        """`builds_conferences`: today they are busy with that, and others leave them alone."""
        self._around = around
        self._agenda = around.agenda
        self._dice = around.beyond
        self.happens = happens
        self.builds_conferences = builds_conferences
        self._agents: Sequence[AgentId] = tuple(around.directory.agents)
        self._is_over = False

    def begin(self) -> None:
        """From now on they ask."""
        if self.happens:
            for agent in self._agents:
                self._soon(SECONDS_BETWEEN_DEEDS, lambda agent=agent: self._does_something(agent))  # type: ignore[misc]

    def end(self) -> None:
        """Nobody asks for anything any more."""
        self._is_over = True

    def leaves_alone(self, interaction: Interaction) -> bool:
        """Whether a conference is to grow today, so that nobody else presses anything in it."""
        return self.builds_conferences and interaction.customer_is_there and (bool(interaction.members) or interaction.consult is not None)

    def go_home(self) -> None:
        """Whoever has taken all the time that they need for a wrap-up gives it."""
        floor = self._around.desktop()
        for interaction in floor.interactions.values() if floor is not None else ():
            for wrap_up in interaction.wrap_ups:
                if wrap_up.is_owed and wrap_up.over_at is None:
                    self._around.ask(GiveWrapUp(agent=wrap_up.agent, interaction=interaction.id, reason=REASONS[0], note=""))

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._agenda.soon(self._dice.expovariate(1 / seconds), does)

    # --- What they do ----------------------------------------------------------------------------------------------

    def _does_something(self, agent: AgentId) -> None:
        if self._is_over:
            return
        self._soon(SECONDS_BETWEEN_DEEDS / (8 if self.builds_conferences else 1), lambda: self._does_something(agent))
        floor = self._around.desktop()
        if floor is None or agent not in floor.desks or agent not in floor.directory.agents:
            return
        handed_out = [one for one in floor.interactions.values() if one.phase is Phase.HANDED_OUT]
        if handed_out and floor.supervises(agent) and self._dice.random() < 0.1:
            self._around.ask(commands.EndInteraction(agent=agent, interaction=self._dice.choice(handed_out).id))
            return
        mine = floor.interactions_of(agent)
        if mine:
            self._presses(floor, agent, mine[-1])
        elif self._dice.random() < 0.12:
            queue = self._dice.choice([*floor.directory.queues, None])
            self._around.ask(CallOut(agent=agent, target=self._outside(), queue=queue))

    def _presses(self, floor: Floor, agent: AgentId, interaction: Interaction) -> None:
        weights = _BUILDING if self.leaves_alone(interaction) else _WEIGHTS
        can = [action for action in allowed(interaction, agent) if action in weights]
        if self._dice.random() < 0.03:
            can = list(weights)
        if can:
            (action,) = self._dice.choices(can, [weights[action] for action in can])
            self._around.ask(self._command(floor, action, agent, interaction))

    def _command(self, floor: Floor, action: Action, agent: AgentId, interaction: Interaction) -> Command:
        of = interaction.id
        alone = interaction.consult is None and not interaction.members
        match action:
            case Action.CONSULT:
                return StartConsult(agent=agent, interaction=of, target=self._target(floor, agent))
            case Action.TRANSFER if alone:
                return TransferBlind(agent=agent, interaction=of, target=self._target(floor, agent))
            case Action.DROP:
                legs = [member.leg.id for member in interaction.members] or [interaction.customer.leg.id]
                return DropMember(agent=agent, interaction=of, leg=self._dice.choice(legs))
            case Action.EXTEND_WRAP_UP:
                return ExtendWrapUp(agent=agent, interaction=of)
            case _:
                return PLAIN[action](agent=agent, interaction=of)

    def _target(self, floor: Floor, agent: AgentId) -> Target:
        dice, directory = self._dice, floor.directory
        # A conference that grows does so by people who answer.
        kind = "number" if self.builds_conferences and dice.random() < 0.85 else dice.choice(_KINDS)
        match kind:
            case "agent":
                free = [other for other, desk in floor.desks.items() if desk.is_available and other != agent]
                return AgentTarget(agent=dice.choice(free or list(directory.agents)))
            case "queue":
                return QueueTarget(queue=dice.choice(list(directory.queues)))
            case "entry point" if directory.entry_points:
                return EntryPointTarget(entry_point=dice.choice(list(directory.entry_points)))
            case "emergency":
                return NumberTarget(dial=EMERGENCY, shown=EMERGENCY, is_emergency=True)
            case "colleague":
                return self._colleague()
            case _:
                return self._number()

    def _outside(self) -> Target:
        return self._number() if self._dice.random() < 0.7 else self._colleague()

    def _number(self) -> NumberTarget:
        digit = self._dice.choice("17" if self.builds_conferences else LIKED)
        return NumberTarget(dial=f"{NUMBERS_BEGIN}{digit}", shown=f"+33 1 99 00 10 0{digit}")

    def _colleague(self) -> ColleagueTarget:
        digit = self._dice.choice(LIKED)
        shown = f"+33 1 99 00 10 0{digit}"
        colleague = ColleagueId(f"colleague-{digit}")
        return ColleagueTarget(
            colleague=colleague, name=f"Colleague {digit}", dial=f"{NUMBERS_BEGIN}{digit}", shown=shown, organisation=HEAD_OFFICE
        )


PLAIN: dict[Action, type[Command]] = {
    Action.TRANSFER: commands.TransferCustomer,
    Action.CONFERENCE: commands.StartConference,
    Action.SWAP: commands.SwapParties,
    Action.RESUME: commands.ResumeCustomer,
    Action.CANCEL_CONSULT: commands.CancelConsult,
    Action.LEAVE_CONFERENCE: commands.LeaveConference,
    Action.ACCEPT_TRANSFER: commands.AcceptTransfer,
}
"""Commands that name nobody."""

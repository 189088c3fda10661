"""From keys that agents press at their telephones to the very commands that a desktop gives. What is allowed is not asked here."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.dialling.feature_codes import Code, Given
from controller.dialling.rules import DialPlan
from controller.directory.dialled_targets import NotDialled, by_telephone
from controller.directory.directory import Directory, Reason
from controller.directory.ids import AgentId, LegId, ReasonId
from controller.directory.targets import Target
from controller.interaction import commands
from controller.interaction.commands import Command
from controller.interaction.interaction import Interaction, TalksTo
from controller.interaction.legs import legs, rings
from controller.interaction.refusals import BadTarget, NotNow
from controller.interaction.roles import refusal
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle, LogOff, LogOn
from controller.routing.desk import Desk, DeskState

NO_REASON = "0"
"""The digit that says that an agent is idle for no reason of the site's."""

MEANS: Mapping[Code, tuple[type[Command], ...]] = {
    Code.ACCEPT_TRANSFER: (commands.AcceptTransfer,),
    Code.CONFERENCE: (commands.StartConference,),
    Code.TRANSFER: (commands.TransferCustomer,),
    Code.RESUME: (commands.ResumeCustomer, commands.SwapParties),
    Code.END_CONSULT: (commands.EndConsult,),
    Code.LEAVE: (commands.LeaveConsult, commands.LeaveConference),
    Code.HOLD: (commands.HoldCustomer, commands.ResumeCustomer),
    Code.CANCEL: (commands.CancelConsult, commands.DeclineTransfer),
}
"""What a code that names nobody asks for: the first of these that can be done now, and otherwise the first."""

_ABOUT_ONESELF = (Code.LOG_OUT, Code.AVAILABLE, Code.IDLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presser:
    """Whose keys they are, and what they are in."""

    desk: Desk
    on_call: Interaction | None
    """The interaction that one of their legs is in, answered."""
    owed: Interaction | None
    """One of which they owe a reason."""


def command_of(given: Given, by: Presser, directory: Directory, plan: DialPlan) -> Command | DeskCommand:
    """Say what a code asks for. Raises a `Refused` where there is nothing that it could be about, or nobody whom it names."""
    agent = by.desk.agent
    if given.code is Code.LOG_IN:
        return LogOn(agent=agent)
    if given.code in _ABOUT_ONESELF and by.desk.chosen is DeskState.LOGGED_OFF:
        raise NotNow("You are not logged in: log in first.")
    match given.code:
        case Code.LOG_OUT:
            return LogOff(agent=agent)
        case Code.AVAILABLE:
            return GoAvailable(agent=agent)
        case Code.IDLE:
            return GoIdle(agent=agent, reason=_idle_reason(given.argument, directory))
        case Code.WRAP_UP:
            about = by.owed or by.on_call
            if about is None:
                raise NotNow("You owe no wrap-up reason.")
            return commands.GiveWrapUp(agent=agent, interaction=about.id, reason=_reason(given.argument, directory.wrap_up_reasons))
        case _:
            if by.on_call is None:
                raise NotNow("You are on no call.")
            return _on_call(given, agent, by.on_call, directory, plan)


def _on_call(given: Given, agent: AgentId, on: Interaction, directory: Directory, plan: DialPlan) -> Command:
    if given.code is Code.CONSULT:
        return commands.StartConsult(agent=agent, interaction=on.id, target=_target(given.argument, directory, plan))
    if given.code is Code.TRANSFER and given.argument:
        return commands.TransferBlind(agent=agent, interaction=on.id, target=_target(given.argument, directory, plan))
    meant = [kind(agent=agent, interaction=on.id) for kind in MEANS[given.code]]
    return next((command for command in meant if refusal(on, command) is None), meant[0])


def _target(dialled: str, directory: Directory, plan: DialPlan) -> Target:
    try:
        return by_telephone(dialled, directory, plan)
    except NotDialled as no:
        raise BadTarget(no.because) from None


def _idle_reason(digit: str, directory: Directory) -> str:
    return "" if digit in ("", NO_REASON) else _reason(digit, directory.idle_reasons)


def _reason(digit: str, reasons: Mapping[ReasonId, Reason]) -> ReasonId:
    """The first reason of the site file is 1, and so on; only nine of them have a digit."""
    named = list(reasons)
    if not 1 <= int(digit) <= len(named):
        raise BadTarget(f"No reason has the digit {digit}: there are {len(named)}.")
    return named[int(digit) - 1]


def agent_on(i: Interaction, leg: LegId) -> AgentId | None:
    """Whose telephone has this leg, by whichever of its lines, if it has answered; None: nobody of ours."""
    return next((person.agent for person, each in legs(i) if each.id == leg and person is not None and not rings(i, each)), None)


def takes_keys(i: Interaction) -> bool:
    """Whether whom the owner talks with is somebody outside whom we have called: a machine there may ask for keys.

    A customer who has called us hears no key of an agent's telephone.
    """
    if i.owner is None:
        return False
    if i.owner.talks_to is TalksTo.CONSULT:
        other = i.consult.person if i.consult is not None else None
    else:
        other = i.customer.person if i.owner.talks_to is TalksTo.CUSTOMER else None
    return other is not None and other.agent is None and other.endpoint is not None

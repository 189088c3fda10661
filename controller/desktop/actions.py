"""Each action's path, body and command, in one table. Who may do it is no business of this file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Never

from controller.desktop.bodies import Body, ConsultBody, DigitsBody, DropBody, NoBody, RecordingBody, TransferBody, WrapUpBody
from controller.desktop.problems import not_served
from controller.desktop.targets import Targets
from controller.directory.ids import AgentId, CommandKey, InteractionId, LegId, ReasonId
from controller.interaction import commands
from controller.interaction.commands import Action, Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks it of which interaction, what they saw, and the key under which it acts once."""

    agent: AgentId
    interaction: InteractionId
    revision: int | None
    key: CommandKey | None


@dataclass(frozen=True, slots=True)
class Doing:
    """What an action takes and which command it is."""

    says: str
    takes: type[Body]
    command: Callable[[Any, Asked, Targets], Command]
    """Typed for its own body. Raises a Problem when there is nobody whom the body could mean."""


def _plain(kind: type[Command], says: str) -> Doing:
    """An action that needs nothing but to be asked for."""

    def command(body: NoBody, asked: Asked, targets: Targets) -> Command:
        return kind(agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key)

    return Doing(says, NoBody, command)


def _consult(body: ConsultBody, asked: Asked, targets: Targets) -> Command:
    return commands.StartConsult(
        agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key, target=targets.find(body.target)
    )


def _transfer(body: TransferBody, asked: Asked, targets: Targets) -> Command:
    if body.target is None:
        return commands.TransferCustomer(agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key)
    return commands.TransferBlind(
        agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key, target=targets.find(body.target)
    )


def _drop(body: DropBody, asked: Asked, targets: Targets) -> Command:
    return commands.DropMember(
        agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key, leg=LegId(body.leg)
    )


def _digits(body: DigitsBody, asked: Asked, targets: Targets) -> Command:
    return commands.SendDigits(agent=asked.agent, interaction=asked.interaction, revision=asked.revision, key=asked.key, digits=body.digits)


def _wrap_up(body: WrapUpBody, asked: Asked, targets: Targets) -> Command:
    return commands.GiveWrapUp(
        agent=asked.agent,
        interaction=asked.interaction,
        revision=asked.revision,
        key=asked.key,
        reason=ReasonId(body.reason),
        note=body.note,
    )


def _recording(body: RecordingBody, asked: Asked, targets: Targets) -> Never:
    raise not_served("Recording")


ACTIONS: Mapping[str, Doing] = {
    Action.ACCEPT: _plain(commands.AcceptOffer, "Take the call, or the consult, that rings, without touching the telephone"),
    Action.DECLINE: _plain(commands.DeclineOffer, "Do not take the call, or the consult, that rings"),
    Action.HOLD: _plain(commands.HoldCustomer, "Park the customer on music"),
    Action.RESUME: _plain(commands.ResumeCustomer, "Take the customer off music; Agent 2 is parked first"),
    Action.SWAP: _plain(commands.SwapParties, "Exchange who talks and who hears music: the customer and Agent 2"),
    Action.CONSULT: Doing("Park the customer and ring somebody, or wait for an agent of a queue", ConsultBody, _consult),
    Action.CANCEL_CONSULT: _plain(commands.CancelConsult, "Stop ringing, or waiting, and go back to the customer"),
    Action.TRANSFER: Doing("Hand the customer over, to Agent 2 or to whom the target names, and leave", TransferBody, _transfer),
    Action.ACCEPT_TRANSFER: _plain(commands.AcceptTransfer, "Take the customer over"),
    Action.DECLINE_TRANSFER: _plain(commands.DeclineTransfer, "Do not take the customer over"),
    Action.CONFERENCE: _plain(commands.StartConference, "Bring everybody together"),
    Action.LEAVE_CONSULT: _plain(commands.LeaveConsult, "Agent 2 goes; the call goes on without them"),
    Action.LEAVE_CONFERENCE: _plain(commands.LeaveConference, "I go; the others stay with the customer"),
    Action.DROP: Doing("Put somebody out of the conference", DropBody, _drop),
    Action.END_CONSULT: _plain(commands.EndConsult, "End the consult; the site's policy says whether the customer stays"),
    Action.END: _plain(commands.EndInteraction, "Hang up on everybody"),
    Action.MUTE: _plain(commands.MuteSelf, "Nobody hears me any more"),
    Action.UNMUTE: _plain(commands.UnmuteSelf, "I am heard again"),
    Action.DTMF: Doing("Press telephone keys for whoever the owner talks with", DigitsBody, _digits),
    Action.WRAP_UP: Doing("Say how it ended", WrapUpBody, _wrap_up),
    Action.EXTEND_WRAP_UP: _plain(commands.ExtendWrapUp, "Take more time to say how it ended, where the site allows it"),
    "recording": Doing("Record or stop recording; not served by this version yet", RecordingBody, _recording),
}

"""What a person asks for. Imperative; a command can be refused, and then nothing has changed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from controller.directory.ids import AgentId, CommandKey, InteractionId, LegId, ReasonId
from controller.directory.targets import Target


class Action(StrEnum):
    """The commands by the names that desktops use (the API's paths)."""

    ACCEPT = "accept"
    DECLINE = "decline"
    HOLD = "hold"
    RESUME = "resume"
    SWAP = "swap"
    CONSULT = "consult"
    CANCEL_CONSULT = "cancel-consult"
    TRANSFER = "transfer"
    ACCEPT_TRANSFER = "accept-transfer"
    DECLINE_TRANSFER = "decline-transfer"
    CONFERENCE = "conference"
    LEAVE_CONSULT = "leave-consult"
    LEAVE_CONFERENCE = "leave-conference"
    END_CONSULT = "end-consult"
    END = "end"
    MUTE = "mute"
    UNMUTE = "unmute"
    DTMF = "dtmf"
    WRAP_UP = "wrap-up"
    EXTEND_WRAP_UP = "extend-wrap-up"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Somebody asks for something about one interaction."""

    action: ClassVar[Action]

    agent: AgentId
    """Who asks."""
    interaction: InteractionId
    revision: int | None = None
    """The revision that the person saw; the command is refused as stale when the interaction has moved on. None: whatever it is."""
    key: CommandKey | None = None
    """Sent twice with the same one, it acts once. None: it acts whenever it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    """Take the call, or the consult, that rings, without touching the telephone."""

    action = Action.ACCEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineOffer(Command):
    """Do not take the call, or the consult, that rings."""

    action = Action.DECLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldCustomer(Command):
    """Park the customer on music."""

    action = Action.HOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeCustomer(Command):
    """Take the customer off music; Agent 2, if there, is parked first."""

    action = Action.RESUME


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapParties(Command):
    """Exchange who talks with the owner and who hears music: the customer and Agent 2."""

    action = Action.SWAP


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConsult(Command):
    """Park the customer and ring somebody, or wait for an agent of a queue."""

    action = Action.CONSULT

    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelConsult(Command):
    """Stop ringing the colleague and go back to the customer."""

    action = Action.CANCEL_CONSULT


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferCustomer(Command):
    """Hand the customer over to Agent 2 and leave."""

    action = Action.TRANSFER


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferBlind(Command):
    """Hand the customer over to somebody who was not asked, and leave."""

    action = Action.TRANSFER

    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptTransfer(Command):
    """Take the customer over."""

    action = Action.ACCEPT_TRANSFER


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineTransfer(Command):
    """Do not take the customer over."""

    action = Action.DECLINE_TRANSFER


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConference(Command):
    """Bring all three together."""

    action = Action.CONFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveConsult(Command):
    """Agent 2 goes; the call goes on without them."""

    action = Action.LEAVE_CONSULT


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveConference(Command):
    """One of the agents goes; the other stays with the customer."""

    action = Action.LEAVE_CONFERENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class DropMember(Command):
    """Put somebody out of the conference."""

    action = Action.DROP

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConsult(Command):
    """The owner ends the consult; the site's policy says whether the customer stays."""

    action = Action.END_CONSULT


@dataclass(frozen=True, slots=True, kw_only=True)
class EndInteraction(Command):
    """Hang up on everybody."""

    action = Action.END


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteSelf(Command):
    """Nobody hears me any more."""

    action = Action.MUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmuteSelf(Command):
    """I am heard again."""

    action = Action.UNMUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class SendDigits(Command):
    """Press telephone keys for whoever the owner is talking with."""

    action = Action.DTMF

    digits: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveWrapUp(Command):
    """Say how it ended."""

    action = Action.WRAP_UP

    reason: ReasonId
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendWrapUp(Command):
    """Take more time to say how it ended."""

    action = Action.EXTEND_WRAP_UP

"""Facts, commands and notices as sentences for people. Pressed keys and notes are left out: they can be a customer's secrets."""

import re
from collections.abc import Mapping

from controller.directory.ids import LegId
from controller.directory.targets import AgentTarget, ColleagueTarget, EntryPointTarget, NumberTarget, QueueTarget, Target
from controller.floor.outcome import Input, SiteReloaded
from controller.interaction.commands import Action, Command, GiveWrapUp, SendDigits, StartConsult, TransferBlind
from controller.interaction.facts import (
    AgentChosen,
    AgentDialled,
    AgentRested,
    AgentTaken,
    AttendedTransferAsked,
    BlindTransferAsked,
    CodeTimedOut,
    CustomerArrived,
    DeadlinePassed,
    DigitPressed,
    EndCause,
    EndCodes,
    LegAnswered,
    LegAway,
    LegBack,
    LegEnded,
    LegFact,
    LegHeld,
    LegReplaced,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    SwitchFound,
    SwitchLost,
    TelephonesBusy,
    TelephonesSeen,
    Why,
)
from controller.interaction.interaction import Interaction
from controller.interaction.notices import (
    AgentDeclined,
    AgentMissed,
    CallTurnedAway,
    CodeDone,
    CodeRefused,
    CustomerForgotten,
    DialRefused,
    DigitsPressed,
    MoveFailed,
    NoTelephone,
    Notice,
    OfferFailed,
    OfferMade,
    OfferWithdrawn,
    TransferAnswered,
    WrapUpAsked,
)
from controller.interaction.parties import party_of
from controller.interaction.party import Party
from controller.routing.commands import CallOut, DeskCommand, GoAvailable, GoIdle, LogOff, LogOn, ReconnectTelephone

_DOES: Mapping[Action, str] = {
    Action.ACCEPT: "accepts",
    Action.DECLINE: "declines",
    Action.HOLD: "puts the customer on hold",
    Action.RESUME: "resumes the customer",
    Action.SWAP: "swaps",
    Action.CONSULT: "starts a consult",
    Action.CANCEL_CONSULT: "cancels the consult",
    Action.TRANSFER: "hands the customer over",
    Action.ACCEPT_TRANSFER: "accepts the transfer",
    Action.DECLINE_TRANSFER: "declines the transfer",
    Action.CONFERENCE: "starts a conference",
    Action.LEAVE_CONSULT: "leaves the consult",
    Action.LEAVE_CONFERENCE: "leaves the conference",
    Action.END_CONSULT: "ends the consult",
    Action.END: "ends the interaction",
    Action.MUTE: "mutes",
    Action.UNMUTE: "unmutes",
    Action.DTMF: "presses keys",
    Action.WRAP_UP: "gives a wrap-up reason",
    Action.EXTEND_WRAP_UP: "takes more time for the wrap-up reason",
    Action.DROP: "puts somebody out of the conference",
}

_PASSED: Mapping[Why, str] = {
    Why.OFFER_UNANSWERED: "the offer is not answered in time",
    Why.CONSULT_UNANSWERED: "the consult is not answered in time",
    Why.TRANSFER_UNANSWERED: "the transfer is not accepted in time",
    Why.RING_BACK_UNANSWERED: "the owner does not come back in time",
    Why.BLIND_TRANSFER_UNANSWERED: "the transfer is not answered in time",
    Why.OWN_PHONE_UNANSWERED: "the agent's own telephone is not answered in time",
    Why.NUMBER_UNANSWERED: "the called number does not answer in time",
    Why.NO_AGENT_FREE: "no agent of the queue was free in time",
    Why.HELD_FOR_LONG: "the customer has been on hold for long",
    Why.OUTSIDE_FOR_TOO_LONG: "people outside have had the customer for as long as they may",
    Why.WRAP_UP_OVER: "the time for a wrap-up reason is over",
}

_ENDED: Mapping[EndCause, str] = {
    EndCause.HUNG_UP: "hangs up",
    EndCause.BUSY: "is busy",
    EndCause.DECLINED: "declines on the telephone",
    EndCause.NO_ANSWER: "does not answer",
    EndCause.UNREACHABLE: "can't be reached",
    EndCause.TRUNK_SILENT: "is not reached: the trunk does not answer",
    EndCause.FORWARDED: "is not rung: the telephone forwards its calls, which is not followed",
    EndCause.NO_SOUND: "can't talk: the telephone agrees on no sound",
    EndCause.FAILED: "is lost: the network or the switch failed",
}


def sentence_of(what: Input, before: Interaction | None) -> str:
    """Say what came, given the interaction that it came to as it was; None: there was none."""
    match what:
        case StartConsult():
            return f"{what.agent} consults {named(what.target)}"
        case TransferBlind():
            return f"{what.agent} transfers the customer to {named(what.target)}"
        case GiveWrapUp():
            return f"{what.agent} gives the wrap-up reason {what.reason}"
        case SendDigits():
            return f"{what.agent} presses {len(what.digits)} keys"
        case Command():
            return f"{what.agent} {_DOES[what.action]}"
        case DeskCommand():
            return f"{what.agent} {_of_desk(what)}"
        case DeadlinePassed():
            return _PASSED[what.why] + (f" for {what.agent}" if what.agent else "")
        case AgentChosen():
            for_consult = before is not None and before.consult is not None
            return f"{what.agent.name} is chosen for the {'consult' if for_consult else 'customer'}"
        case AgentTaken():
            return "whoever had the customer last can't be rung back: they are on another call, or gone"
        case AgentRested():
            return f"{what.agent} may be rung again"
        case LegFact():
            return _of_leg(what, before)
        case DigitPressed():
            return "a key of a telephone is pressed"
        case CodeTimedOut():
            return "the code was not finished in time"
        case TelephonesSeen():
            return _of_telephones((what.there, "there"), (what.away, "away"))
        case TelephonesBusy():
            return _of_telephones((what.busy, "in a call that is none of ours"), (what.free, "free again"))
        case SwitchLost():
            return "Asterisk is away"
        case SwitchFound():
            return "Asterisk is there"
        case SiteReloaded():
            return "the site file is taken over"
        case _:
            return _spelled_out(what)


def notice_sentence(notice: Notice) -> str:
    """Say what somebody is told."""
    match notice:
        case OfferMade():
            return f"{notice.agent} is rung for a {'consult' if notice.consult else 'customer'}"
        case OfferWithdrawn():
            return f"{notice.agent} is rung no more: {notice.because}"
        case AgentMissed():
            return f"{notice.agent} is not answering: {notice.because}"
        case OfferFailed():
            return f"{notice.agent} stays available: {notice.because}"
        case NoTelephone():
            return f"{notice.agent} is available without a telephone: no call can reach them before it is connected"
        case MoveFailed():
            return notice.because.removesuffix(".")
        case AgentDeclined():
            return f"{notice.agent} declined"
        case WrapUpAsked():
            return f"{notice.agent} is asked for a wrap-up reason"
        case DigitsPressed():
            return f"{len(notice.digits)} keys are sent on"
        case CodeDone():
            return f"{notice.agent} hears that the code that they dialled is done"
        case CodeRefused():
            return f"{notice.agent} hears that their keys came to nothing: {notice.because}"
        case CustomerForgotten():
            return f"{notice.agent} is reminded of the customer, on hold for {notice.seconds:.0f} s"
        case TransferAnswered():
            what = "it is done" if notice.because is None else f"it is not done: {notice.because}"
            return f"{notice.agent or 'the telephone'} is told of the transfer key that {what}"
        case DialRefused():
            return f"{notice.agent or 'the telephone'} is told that it is not done: {notice.because}"
        case CallTurnedAway():
            return f"the caller is turned away: {notice.because}"
        case _:
            return _spelled_out(notice)


def named(target: Target) -> str:
    """Name whom somebody asked for."""
    match target:
        case AgentTarget():
            return target.agent
        case QueueTarget():
            return f"the queue {target.queue}"
        case EntryPointTarget():
            return f"the entry point {target.entry_point}"
        case NumberTarget():
            return target.name or target.shown
        case ColleagueTarget():
            return target.name


def _of_desk(command: DeskCommand) -> str:
    match command:
        case LogOn():
            return "logs on"
        case LogOff():
            return "logs off"
        case ReconnectTelephone():
            return "loaded the page anew, and is put back into the call"
        case GoAvailable():
            return "is available"
        case GoIdle():
            return f"is idle ({command.reason})" if command.reason else "is idle"
        case CallOut():
            return f"calls {named(command.target)}"
        case _:
            return _spelled_out(command)


def _of_telephones(*told: tuple[tuple[str, ...], str]) -> str:
    said = [f"{len(some)} {how}" if len(some) > 1 else f"{some[0]} {how}" for some, how in told if some]
    return f"telephones: {', '.join(said)}"


def _of_leg(fact: LegFact, before: Interaction | None) -> str:
    who = _who(fact.leg, before)
    match fact:
        case BlindTransferAsked():
            return f"{who} presses the transfer key for {named(fact.target) if fact.target is not None else 'what nobody can be called by'}"
        case AttendedTransferAsked():
            return f"{who} presses the transfer key to join two calls"
        case AgentDialled():
            return f"{fact.telephone} dials {named(fact.target) if fact.target is not None else 'what nobody can be called by'}"
        case CustomerArrived():
            return f"a customer calls {fact.dialled} from {fact.number or 'a hidden number'}"
        case LegAnswered():
            return f"{who} answers"
        case LegReplaced():
            return f"{who} goes on by another telephone"
        case LegEnded():
            return f"{who} {_ENDED[fact.cause]}{_numbers(fact.codes)}"
        case LegAway():
            return f"the page of {who} is gone"
        case LegBack():
            return f"the page of {who} is back"
        case LegHeld():
            return f"{who} presses the hold key"
        case LegUnheld():
            return f"{who} releases the hold key"
        case LegStuck():
            return f"{who} can't be brought where they belong, and is tried again"
        case LegUnstuck():
            return f"{who} is stuck no more"
        case _:
            return f"{who}: {_spelled_out(fact)}"


def _numbers(codes: EndCodes | None) -> str:
    """The numbers of the telephone network behind a reason, as somebody looks them up."""
    if codes is None:
        return ""
    said = [f"SIP {codes.sip}"] if codes.sip else []
    said += [f"Q.850 {codes.q850}"] if codes.q850 else []
    return f" ({', '.join(said)})" if said else ""


def _who(leg: LegId, before: Interaction | None) -> str:
    party = party_of(before, leg) if before is not None else None
    return name_of(party) if party is not None else f"leg {leg}"


def name_of(party: Party) -> str:
    """Name a party for people: an agent by name, a customer by name or number."""
    return party.name or party.number or ("the customer" if party.agent is None else party.agent)


def printable(text: str) -> str:
    """Replace what a terminal would obey or a picture could not hold: a caller's name comes from the network."""
    return text if text.isprintable() else "".join(letter if letter.isprintable() else "�" for letter in text)


def _spelled_out(thing: object) -> str:
    """Make words of a type's name, for what has no sentence yet."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", type(thing).__name__).lower()

"""What the telephone switch, or the clock, says has happened. Past tense; a fact cannot be refused."""

from dataclasses import dataclass, field
from enum import StrEnum

from controller.directory.directory import Agent
from controller.directory.ids import AgentId, InteractionId, LegId, Seconds, SwitchId
from controller.directory.targets import Target


class EndCause(StrEnum):
    """Why a leg is gone (from the Q.850 cause that Asterisk reports)."""

    HUNG_UP = "hung up"
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    FORWARDED = "forwards its calls"
    """The telephone names another number instead of ringing (302); whom we ring is decided here, so that is not followed."""
    TRUNK_SILENT = "the trunk does not answer"
    """Nothing came back from the trunk for some seconds: the line to outside is down."""
    NO_SOUND = "agrees on no sound"
    """It refused the sound that it was offered (488), or answered without saying where to send any."""
    FAILED = "failed"
    """The network or the switch lost it; nobody chose to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndCodes:
    """The telephone network's numbers for why a leg is gone."""

    q850: int
    """ITU-T Q.850; 0: none."""
    sip: int | None
    """The SIP status, where there was one."""


class Why(StrEnum):
    """What a deadline was for."""

    OFFER_UNANSWERED = "offer unanswered"
    CONSULT_UNANSWERED = "consult unanswered"
    TRANSFER_UNANSWERED = "transfer unanswered"
    RING_BACK_UNANSWERED = "ring back unanswered"
    BLIND_TRANSFER_UNANSWERED = "blind transfer unanswered"
    OWN_PHONE_UNANSWERED = "own phone unanswered"
    NUMBER_UNANSWERED = "number unanswered"
    NO_AGENT_FREE = "no agent free"
    HELD_FOR_LONG = "held for long"
    OUTSIDE_FOR_TOO_LONG = "outside for too long"
    WRAP_UP_OVER = "wrap-up over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChosen(Fact):
    """Routing found an agent for whoever waits: a customer, or an owner who consults a queue."""

    interaction: InteractionId
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTaken(Fact):
    """Whoever is to be rung back is on another call, or has logged off: there is nobody to ring."""

    interaction: InteractionId


@dataclass(frozen=True, slots=True, kw_only=True)
class LegFact(Fact):
    """Something that happened to one leg."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerArrived(LegFact):
    """Somebody dialled one of our numbers and waits in the switch, not yet answered."""

    number: str
    name: str
    dialled: str
    switch: SwitchId
    line: str = ""
    """The PJSIP endpoint that the call came in by; empty: unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDialled(LegFact):
    """Somebody dialled from a telephone of ours, and waits in the switch, not yet answered."""

    telephone: str
    """Its PJSIP endpoint."""
    dialled: str
    """The digits, as they came."""
    target: Target | None
    """Whom they mean; None: nobody who can be called."""
    because: str = ""
    """Why nobody, as a sentence."""
    switch: SwitchId


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindTransferAsked(LegFact):
    """The transfer key of this telephone was pressed, and somebody was named who has not been asked (REFER, RFC 3515)."""

    dialled: str
    target: Target | None
    """Whom the digits mean; None: nobody who can be called."""
    because: str = ""
    """Why nobody, as a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedTransferAsked(LegFact):
    """The transfer key of this telephone was pressed to join its two calls (REFER with Replaces, RFC 5589)."""

    other: LegId
    """The other call. Asterisk takes anybody's that the telephone can name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(LegFact):
    """Somebody picked up the telephone that we ring."""

    by: LegId | None = None
    """The leg that was picked up, where several telephones of the same agent rang for this one: it takes its place. None: this very leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegReplaced(LegFact):
    """Another call of the same telephone's owner, or by the same trunk, has taken this leg's place (INVITE with Replaces, RFC 3891)."""

    by: LegId
    """The leg that is there in its place, and up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(LegFact):
    """A leg is gone from the switch, whoever hung up."""

    cause: EndCause
    codes: EndCodes | None = field(default=None, compare=False)
    """What the telephone network has said, for people who look into it: nothing follows from it. None: nothing, or it is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegHeld(LegFact):
    """Somebody pressed the hold key of their telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegUnheld(LegFact):
    """Somebody released the hold key of their telephone, or the telephone refreshed its session, which Asterisk tells in the same words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegStuck(LegFact):
    """Asterisk will not bring a leg where it belongs. It stands safely where it is, and is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegUnstuck(LegFact):
    """A leg that was stuck is where it belongs, or nobody wants it elsewhere any more. Of a telephone: it rings, its seconds begin now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAway(LegFact):
    """The page that was this telephone is gone, without a goodbye: it may come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegBack(LegFact):
    """The page is there again, and had its sound all the time: only its connection was broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed(Fact):
    """A moment that an interaction was waiting for has come."""

    interaction: InteractionId
    why: Why
    agent: AgentId | None = None
    """Whose wrap-up is over; None for every other deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(Fact):
    """Somebody has pressed a key of their telephone, and released it."""

    leg: LegId
    digit: str
    """One of 0-9, *, #, and A-D."""
    told_at: Seconds
    """By the switch's own clock: only what lies between two keys counts."""
    pressed_seconds: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTimedOut(Fact):
    """The next key of a feature code has not come in time."""

    leg: LegId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRested(Fact):
    """The moment has come to ring a telephone again that could not be rung, through no fault of its agent."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonesSeen(Fact):
    """These telephones can be rung now, and these can't. Others are as they were."""

    there: tuple[str, ...] = ()
    """PJSIP endpoints."""
    away: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephonesBusy(Fact):
    """These telephones are in a call of which we know nothing, and these are no more. Others are as they were."""

    busy: tuple[str, ...] = ()
    """PJSIP endpoints."""
    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchLost(Fact):
    """We no longer hear an Asterisk. Calls go on there without us."""

    switch: SwitchId


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchFound(Fact):
    """We hear an Asterisk (again), and all that happened there meanwhile has been told as facts before this one."""

    switch: SwitchId

"""What the telephone switch, or the clock, says has happened. Past tense; a fact cannot be refused."""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.directory import Agent
from controller.directory.ids import AgentId, InteractionId, LegId, SwitchId


class EndCause(StrEnum):
    """Why a leg is gone (from the Q.850 cause that Asterisk reports)."""

    HUNG_UP = "hung up"
    BUSY = "busy"
    DECLINED = "declined"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"
    FORWARDED = "forwards its calls"
    """The telephone names another number instead of ringing (302); whom we ring is decided here, so that is not followed."""
    NO_SOUND = "agrees on no sound"
    """It refused the sound that it was offered (488), or answered without saying where to send any."""
    FAILED = "failed"
    """The network or the switch lost it; nobody chose to leave."""


class Why(StrEnum):
    """What a deadline was for."""

    OFFER_UNANSWERED = "offer unanswered"
    CONSULT_UNANSWERED = "consult unanswered"
    TRANSFER_UNANSWERED = "transfer unanswered"
    RING_BACK_UNANSWERED = "ring back unanswered"
    WRAP_UP_OVER = "wrap-up over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentChosen(Fact):
    """Routing found an agent for a customer who waits."""

    interaction: InteractionId
    agent: Agent


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
class LegAnswered(LegFact):
    """Somebody picked up the telephone that we ring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEnded(LegFact):
    """A leg is gone from the switch, whoever hung up."""

    cause: EndCause


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
class DeadlinePassed(Fact):
    """A moment that an interaction was waiting for has come."""

    interaction: InteractionId
    why: Why
    agent: AgentId | None = None
    """Whose wrap-up is over; None for every other deadline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRested(Fact):
    """The moment has come to ring a telephone again that could not be rung, through no fault of its agent."""

    agent: AgentId


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchLost(Fact):
    """We no longer hear an Asterisk. Calls go on there without us."""

    switch: SwitchId


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchFound(Fact):
    """We hear an Asterisk (again), and all that happened there meanwhile has been told as facts before this one."""

    switch: SwitchId

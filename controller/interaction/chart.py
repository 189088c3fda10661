"""The chart: for each phase, what each fact, deadline and command leads to. THE table; the picture in the README is drawn from it.

A key is a kind of fact with the role it happened to, the reason of a deadline, or a kind of command. Facts can't be refused, so every
phase answers every fact: with a step, with `ignored` and the reason, or with `impossible`, which is our mistake if it ever happens.
A command stands in a phase exactly when the role table lets somebody give it there (a test proves both).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from controller.interaction.commands import (
    AcceptOffer,
    AcceptTransfer,
    CancelConsult,
    Command,
    DeclineOffer,
    DeclineTransfer,
    EndConsult,
    EndInteraction,
    GiveWrapUp,
    HoldCustomer,
    LeaveConference,
    LeaveConsult,
    MuteSelf,
    ResumeCustomer,
    SendDigits,
    StartConference,
    StartConsult,
    SwapParties,
    TransferCustomer,
    UnmuteSelf,
)
from controller.interaction.facts import (
    AgentChosen,
    LegAnswered,
    LegEnded,
    LegFact,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    Why,
)
from controller.interaction.interaction import Phase, Step
from controller.interaction.party import Role
from controller.interaction.steps import (
    conferencing,
    consulting,
    ending,
    holding,
    moving,
    offering,
    own_leg,
    transferring,
    wrapping_up,
)

Take = Callable[..., Step]
"""A step. Each is typed for its own input; the table can only say that they all give a `Step`."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A fact that changes nothing in this phase, and why."""

    because: str


@dataclass(frozen=True, slots=True)
class Impossible:
    """A fact that can't come in this phase unless we made a mistake."""

    because: str


Key = tuple[type[LegFact], Role] | type[AgentChosen] | Why | type[Command]
Cell = Take | Ignored | Impossible

_LEG_FACTS = (LegAnswered, LegEnded, LegHeld, LegUnheld, LegStuck, LegUnstuck)

C, A1, A2 = Role.CUSTOMER, Role.AGENT_1, Role.AGENT_2

_NOBODY_THERE = Impossible("no such party in this phase")
_GONE = Impossible("every leg is let go when an interaction ends, and facts about it are no longer its facts")
_NOT_WAITING = Impossible("only a customer who waits is given an agent")
_NO_SUCH_DEADLINE = Impossible("entering a phase forgets what the last one waited for")
_PICKED_UP_LONG_AGO = Ignored("the switch may say twice that somebody answered")
_CUSTOMER_CALLED_US = Ignored("a customer's leg came to us: the switch says so again when we answer it")
_NOT_TALKING_YET = Ignored("some telephones send hold while ringing; nobody is with them yet")

_EVERY_WRAP_UP: Mapping[Key, Cell] = {GiveWrapUp: wrapping_up.give_wrap_up, Why.WRAP_UP_OVER: wrapping_up.wrap_up_over}
_OWN_LEG: Mapping[Key, Cell] = {MuteSelf: own_leg.mute_or_unmute, UnmuteSelf: own_leg.mute_or_unmute}


def _row(cells: Mapping[Any, Cell]) -> dict[Key, Cell]:
    """Say what a phase does that not every phase does alike."""
    alike: dict[Key, Cell] = {
        AgentChosen: _NOT_WAITING,
        (LegAnswered, C): _CUSTOMER_CALLED_US,
        (LegAnswered, A1): _PICKED_UP_LONG_AGO,
        (LegAnswered, A2): _PICKED_UP_LONG_AGO,
        (LegHeld, C): holding.note_hold_key,
        (LegHeld, A1): holding.note_hold_key,
        (LegHeld, A2): holding.note_hold_key,
        (LegUnheld, C): holding.note_hold_key,
        (LegUnheld, A1): holding.note_hold_key,
        (LegUnheld, A2): holding.note_hold_key,
        (LegStuck, C): moving.note_stuck,
        (LegStuck, A1): moving.note_stuck,
        (LegStuck, A2): moving.note_stuck,
        (LegUnstuck, C): moving.note_unstuck,
        (LegUnstuck, A1): moving.note_unstuck,
        (LegUnstuck, A2): moving.note_unstuck,
        Why.OFFER_UNANSWERED: _NO_SUCH_DEADLINE,
        Why.RING_BACK_UNANSWERED: _NO_SUCH_DEADLINE,
        Why.CONSULT_UNANSWERED: _NO_SUCH_DEADLINE,
        Why.TRANSFER_UNANSWERED: _NO_SUCH_DEADLINE,
        **_EVERY_WRAP_UP,
    }
    return {**alike, **cells}


def _nobody(role: Role) -> Mapping[Key, Cell]:
    """A phase that has nobody with this role."""
    return {(fact, role): _NOBODY_THERE for fact in _LEG_FACTS}


CHART: Mapping[Phase, Mapping[Key, Cell]] = {
    Phase.QUEUED: _row(
        {
            **_nobody(A1),
            **_nobody(A2),
            AgentChosen: offering.offer_to_agent,
            (LegEnded, C): ending.end_before_answer,
            EndInteraction: ending.end_before_answer,
        }
    ),
    Phase.OFFERED: _row(
        {
            **_nobody(A2),
            (LegAnswered, A1): offering.connect_owner,
            (LegEnded, C): ending.end_before_answer,
            (LegEnded, A1): offering.offer_leg_ended,
            (LegHeld, A1): _NOT_TALKING_YET,
            (LegUnheld, A1): _NOT_TALKING_YET,
            Why.OFFER_UNANSWERED: offering.withdraw_offer,
            Why.RING_BACK_UNANSWERED: offering.withdraw_offer,
            AcceptOffer: offering.answer_remotely,
            DeclineOffer: offering.decline_offer,
            EndInteraction: ending.end_before_answer,
        }
    ),
    Phase.CONNECTED: _row(
        {
            **_nobody(A2),
            **_OWN_LEG,
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A1): ending.owner_left,
            (LegHeld, A1): holding.hold_by_phone,
            HoldCustomer: holding.hold_customer,
            StartConsult: consulting.start_consult,
            SendDigits: own_leg.send_digits,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.HELD: _row(
        {
            **_nobody(A2),
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A1): ending.owner_left,
            (LegUnheld, A1): holding.resume_by_phone,
            ResumeCustomer: holding.resume_customer,
            StartConsult: consulting.start_consult,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.CONSULT_OFFERED: _row(
        {
            (LegAnswered, A2): consulting.join_consult,
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A1): ending.owner_left,
            (LegEnded, A2): consulting.agent_2_left,
            (LegHeld, A2): _NOT_TALKING_YET,
            (LegUnheld, A2): _NOT_TALKING_YET,
            Why.CONSULT_UNANSWERED: consulting.consult_unanswered,
            CancelConsult: consulting.cancel_consult,
            ResumeCustomer: consulting.resume_while_ringing,
            AcceptOffer: offering.answer_remotely,
            DeclineOffer: consulting.decline_consult,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.CONSULTING: _row(
        {
            **_OWN_LEG,
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A1): ending.owner_left,
            (LegEnded, A2): consulting.agent_2_left,
            ResumeCustomer: consulting.park_agent_2,
            SwapParties: consulting.park_agent_2,
            TransferCustomer: transferring.transfer_customer,
            StartConference: conferencing.start_conference,
            EndConsult: consulting.end_consult,
            LeaveConsult: consulting.leave_consult,
            SendDigits: own_leg.send_digits,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.CONSULT_HELD: _row(
        {
            **_OWN_LEG,
            (LegAnswered, A2): consulting.join_and_wait,
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A1): ending.owner_left,
            (LegEnded, A2): consulting.agent_2_left,
            Why.CONSULT_UNANSWERED: consulting.consult_unanswered,
            SwapParties: consulting.return_to_agent_2,
            TransferCustomer: transferring.transfer_customer,
            StartConference: conferencing.start_conference,
            EndConsult: consulting.end_consult,
            CancelConsult: consulting.cancel_consult,
            AcceptOffer: offering.answer_remotely,
            DeclineOffer: consulting.decline_consult,
            LeaveConsult: consulting.leave_consult,
            SendDigits: own_leg.send_digits,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.TRANSFER_ASKED: _row(
        {
            **_nobody(A1),
            (LegEnded, C): ending.end_for_everybody,
            (LegEnded, A2): transferring.asked_agent_left,
            Why.TRANSFER_UNANSWERED: transferring.transfer_unanswered,
            AcceptTransfer: transferring.accept_transfer,
            DeclineTransfer: transferring.transfer_refused,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.CONFERENCE: _row(
        {
            **_OWN_LEG,
            (LegEnded, C): conferencing.customer_left_conference,
            (LegEnded, A1): conferencing.owner_hung_up_in_conference,
            (LegEnded, A2): conferencing.agent_2_hung_up_in_conference,
            TransferCustomer: transferring.transfer_from_conference,
            LeaveConference: conferencing.leave_conference,
            SendDigits: own_leg.send_digits,
            EndInteraction: ending.end_for_everybody,
        }
    ),
    Phase.ENDED: _row({(fact, role): _GONE for fact in _LEG_FACTS for role in (C, A1, A2)}),
}

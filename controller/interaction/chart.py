"""The chart: THE tables. What each part of an interaction does with each fact, what each action does, and who reacts to whom.

Theory, in four sentences:

1. A fact is about one part (whose leg, whose deadline), and the part's stage decides what it does: CUSTOMER, OFFER, OWNER, CONSULT, MEMBER.
2. A command is allowed by the role table (`roles`) and then does one thing, whatever the phase: ACTIONS.
3. When a part has moved the others follow by COUPLINGS, which look at what *is* and not at what came, until none applies.
4. A step outside these tables does not exist, and a part that does not answer a fact is a mistake that loading this module tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from controller.directory.ids import LegId, Seconds
from controller.directory.policy import AfterConsult
from controller.directory.replace import replace
from controller.interaction import commands, steps
from controller.interaction.commands import Command
from controller.interaction.facts import (
    AgentChosen,
    DeadlinePassed,
    Fact,
    LegAnswered,
    LegEnded,
    LegFact,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    Why,
)
from controller.interaction.interaction import ConsultStage, CustomerStage, Interaction, OfferWhy, Step, TalksTo

F = TypeVar("F", bound=Fact)
C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one part in one stage does with one kind of fact."""

    kind: type[Fact]
    take: Callable[[Interaction, Fact, Seconds], Step] | None
    """None: nothing happens, because …"""
    says: str
    is_possible: bool = True
    """False: that it comes is our mistake."""


def on(kind: type[F], step: Callable[[Interaction, F, Seconds], Step]) -> Cell:
    """Bind a step to the kind of fact that it is written for; any other is an error of types."""

    def take(i: Interaction, fact: Fact, now: Seconds) -> Step:
        assert isinstance(fact, kind), f"{step.__name__} is about {kind.__name__}"
        return step(i, fact, now)

    return Cell(kind, take, step.__name__)


def ignored(kind: type[Fact], because: str) -> Cell:
    """A fact that changes nothing in this stage, and why."""
    return Cell(kind, None, because)


def impossible(kind: type[Fact], because: str) -> Cell:
    """A fact that can't come in this stage unless we made a mistake."""
    return Cell(kind, None, because, is_possible=False)


Row = Mapping[type[Fact], Cell]
FACTS: tuple[type[Fact], ...] = (LegAnswered, LegEnded, LegHeld, LegUnheld, LegStuck, LegUnstuck, AgentChosen, DeadlinePassed)
"""Every kind of fact that is about one part."""


def _row(*cells: Cell) -> Row:
    """One stage. Every fact is answered exactly once."""
    kinds = [cell.kind for cell in cells]
    assert sorted(k.__name__ for k in kinds) == sorted(k.__name__ for k in FACTS), f"answers {[k.__name__ for k in kinds]}"
    return {cell.kind: cell for cell in cells}


_STUCK = (on(LegStuck, steps.stuck), on(LegUnstuck, steps.unstuck))
_KEY = (on(LegHeld, steps.hold_key), on(LegUnheld, steps.hold_key))
_NO_KEY = (
    ignored(LegHeld, "some telephones send hold while ringing; nobody is with them yet"),
    ignored(LegUnheld, "nobody is with them yet"),
)
_TWICE = ignored(LegAnswered, "the switch may say twice that somebody answered")
_NOT_WAITING = impossible(AgentChosen, "only a customer who waits is given an agent")
_NO_DEADLINE = impossible(DeadlinePassed, "it waits for nothing")
_GONE = tuple(impossible(kind, "its leg was let go, and facts about it are no longer its facts") for kind in FACTS)

CUSTOMER: Mapping[CustomerStage, Row] = {
    CustomerStage.THERE: _row(
        ignored(LegAnswered, "a customer's leg came to us: the switch says so again when we answer it"),
        on(LegEnded, steps.customer_left),
        on(AgentChosen, steps.offer_from_line),
        *_KEY,
        *_STUCK,
        _NO_DEADLINE,
    ),
    CustomerStage.GONE: _row(*_GONE),
}
_RUNG = (
    on(LegAnswered, steps.offer_taken),
    on(LegEnded, steps.offer_leg_ended),
    on(DeadlinePassed, steps.offer_unanswered),
    *_NO_KEY,
    *_STUCK,
    _NOT_WAITING,
)
OFFER: Mapping[OfferWhy, Row] = {
    OfferWhy.LINE: _row(*_RUNG),
    OfferWhy.RING_BACK: _row(*_RUNG),
    OfferWhy.ASKED: _row(
        _TWICE,
        on(LegEnded, steps.transfer_refused),
        on(DeadlinePassed, steps.transfer_unanswered),
        *_KEY,
        *_STUCK,
        _NOT_WAITING,
    ),
}
_UP = (_TWICE, *_STUCK, _NOT_WAITING, _NO_DEADLINE)
OWNER: Mapping[TalksTo, Row] = {
    TalksTo.CUSTOMER: _row(on(LegEnded, steps.owner_left), *_KEY, *_UP),
    TalksTo.NOBODY: _row(on(LegEnded, steps.owner_left), on(LegHeld, steps.hold_key), on(LegUnheld, steps.hold_key_resumes), *_UP),
    TalksTo.CONSULT: _row(on(LegEnded, steps.owner_left), *_KEY, *_UP),
}
CONSULT: Mapping[ConsultStage, Row] = {
    ConsultStage.RINGING: _row(
        on(LegAnswered, steps.consult_answered),
        on(LegEnded, steps.consult_refused),
        on(DeadlinePassed, steps.consult_unanswered),
        *_NO_KEY,
        *_STUCK,
        _NOT_WAITING,
    ),
    ConsultStage.UP: _row(on(LegEnded, steps.consult_left), *_KEY, *_UP),
}
MEMBER: Row = _row(on(LegEnded, steps.member_left), *_KEY, *_UP)
_NO_LEG = tuple(impossible(kind, "a wrap-up has no leg") for kind in FACTS if kind is not DeadlinePassed)
WRAP_UP: Row = _row(on(DeadlinePassed, steps.wrap_up_over), *_NO_LEG)

STAGES: Mapping[str, Row] = {
    **{f"customer {stage}": row for stage, row in CUSTOMER.items()},
    **{f"offer {why}": row for why, row in OFFER.items()},
    **{f"owner talks to {whom}": row for whom, row in OWNER.items()},
    **{f"consult {stage}": row for stage, row in CONSULT.items()},
    "member": MEMBER,
    "wrap-up": WRAP_UP,
}
"""Every stage of every part, by name."""


def row_about(i: Interaction, fact: Fact) -> Row | None:
    """The row of the part that a fact is about. None: its leg was let go, or its deadline is no longer waited for."""
    match fact:
        case DeadlinePassed(why=Why.WRAP_UP_OVER, agent=agent):
            return WRAP_UP if agent is not None and i.owes_wrap_up(agent) is not None else None
        case DeadlinePassed(why=why):
            return _row_waiting(i, why)
        case LegFact(leg=leg):
            return _row_of(i, leg)
        case AgentChosen():
            return CUSTOMER[i.customer.stage]
        case _:
            raise AssertionError(f"{type(fact).__name__} is not about one interaction")


def _row_waiting(i: Interaction, why: Why) -> Row | None:
    if i.offer is not None and i.offer.deadline.why is why:
        return OFFER[i.offer.why]
    if i.consult is not None and i.consult.deadline is not None and i.consult.deadline.why is why:
        return CONSULT[i.consult.stage]
    return None


def _row_of(i: Interaction, leg: LegId) -> Row | None:
    if i.customer.leg.id == leg:
        return CUSTOMER[i.customer.stage] if i.customer_is_there else None
    if i.offer is not None and i.offer.leg.id == leg:
        return OFFER[i.offer.why]
    if i.owner is not None and i.owner.leg.id == leg:
        return OWNER[i.owner.talks_to]
    if i.consult is not None and i.consult.leg.id == leg:
        return CONSULT[i.consult.stage]
    return MEMBER if any(member.leg.id == leg for member in i.members) else None


# --- Actions: what the role table allows, each once ----------------------------------------------------------------------

Do = Callable[[Interaction, Command, Seconds], Step]


def _do(kind: type[C], step: Callable[[Interaction, C, Seconds], Step]) -> tuple[type[Command], Do]:
    def take(i: Interaction, command: Command, now: Seconds) -> Step:
        assert isinstance(command, kind), f"{step.__name__} does {kind.__name__}"
        return step(i, command, now)

    return kind, take


ACTIONS: Mapping[type[Command], Do] = dict(
    (
        _do(commands.AcceptOffer, steps.accept),
        _do(commands.DeclineOffer, steps.decline),
        _do(commands.HoldCustomer, steps.hold),
        _do(commands.ResumeCustomer, steps.resume),
        _do(commands.SwapParties, steps.swap),
        _do(commands.StartConsult, steps.start_consult),
        _do(commands.CancelConsult, steps.cancel_consult),
        _do(commands.EndConsult, steps.end_consult),
        _do(commands.LeaveConsult, steps.leave_consult),
        _do(commands.TransferCustomer, steps.transfer),
        _do(commands.AcceptTransfer, steps.offer_taken),
        _do(commands.DeclineTransfer, steps.transfer_refused),
        _do(commands.StartConference, steps.conference),
        _do(commands.LeaveConference, steps.leave_conference),
        _do(commands.EndInteraction, steps.end),
        _do(commands.MuteSelf, steps.mute),
        _do(commands.UnmuteSelf, steps.mute),
        _do(commands.SendDigits, steps.send_digits),
        _do(commands.GiveWrapUp, steps.give_wrap_up),
    )
)


# --- Couplings -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coupling:
    """While `applies`, `then` is done. Each makes itself not apply, so that they come to rest.

    `applies` asks no policy: a policy decides at the moment at which something happens, and what it decided is state.
    """

    rule: str
    applies: Callable[[Interaction], bool]
    then: Callable[[Interaction, Seconds], Interaction]


def _back_with_customer(i: Interaction, now: Seconds) -> Interaction:
    keep_held = i.policy.after_consult is AfterConsult.KEEP_HELD
    return steps.talk_to(i, TalksTo.NOBODY if keep_held else TalksTo.CUSTOMER)


def _is_held_by_key(i: Interaction) -> bool:
    alone = i.consult is None and not i.members and i.customer_is_there
    return alone and i.owner is not None and i.owner.talks_to is TalksTo.CUSTOMER and i.owner.leg.phone_on_hold


def _longest_there_owns(i: Interaction, now: Seconds) -> Interaction:
    heir, *others = i.members
    return steps.make_owner(replace(i, members=tuple(others)), heir.person, heir.leg)


COUPLINGS: tuple[Coupling, ...] = (
    Coupling(
        "a consult is its owner's: without one it is over",
        lambda i: i.consult is not None and i.owner is None,
        lambda i, now: replace(i, consult=None),
    ),
    Coupling(
        "who talked with a consult that is over is back with the customer, or leaves them on hold",
        lambda i: i.owner is not None and i.owner.talks_to is TalksTo.CONSULT and i.consult is None,
        _back_with_customer,
    ),
    Coupling(
        "an owner whose own hold key is pressed, and who is alone with the customer, has put them on hold",
        _is_held_by_key,
        lambda i, now: steps.talk_to(i, TalksTo.NOBODY),
    ),
    Coupling(
        "when the owner of a conference has left, the agent who has been there longest owns",
        lambda i: bool(i.members) and i.owner is None and i.customer_is_there,
        _longest_there_owns,
    ),
    Coupling(
        "when the customer has gone nobody is offered them",
        lambda i: i.offer is not None and not i.customer_is_there,
        steps.withdraw_offer,
    ),
    Coupling(
        "when the customer has gone the owner stays for others of the conference only",
        lambda i: i.owner is not None and not i.members and not i.customer_is_there,
        steps.vacate,
    ),
    Coupling(
        "when customer and owner have gone nobody stays",
        lambda i: bool(i.members) and i.owner is None and not i.customer_is_there,
        lambda i, now: replace(i, members=()),
    ),
)


def settle(i: Interaction, now: Seconds) -> tuple[Interaction, tuple[str, ...]]:
    """Let the other parts follow, until none has to, and say by which rules they did."""
    rules: tuple[str, ...] = ()
    while len(rules) <= len(COUPLINGS):
        coupling = next((c for c in COUPLINGS if c.applies(i)), None)
        if coupling is None:
            return i, rules
        i, rules = coupling.then(i, now), (*rules, coupling.rule)
    raise AssertionError(f"the couplings do not come to rest: {i}")

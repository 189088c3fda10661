"""The chart: THE tables. What each part of an interaction does with each fact, what each action does, and who reacts to whom.

Theory, in four sentences:

1. A fact is about one part (whose leg, deadline, place in a line), and its stage decides: CUSTOMER, OFFER, OWNER, CONSULT, MEMBER.
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
from controller.interaction import commands
from controller.interaction.commands import Command
from controller.interaction.facts import (
    AgentChosen,
    AgentTaken,
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
from controller.interaction.interaction import ConsultStage, CustomerStage, Deadline, Interaction, OfferWhy, Reach, Step, TalksTo
from controller.interaction.legs import CUSTOMER_HAS_A_LEG, is_leg_of
from controller.interaction.steps import any_leg, consult, customer, members, moves, offer, owner

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
FACTS: tuple[type[Fact], ...] = (
    LegAnswered,
    LegEnded,
    LegHeld,
    LegUnheld,
    LegStuck,
    LegUnstuck,
    AgentChosen,
    AgentTaken,
    DeadlinePassed,
)
"""Every kind of fact that is about one part."""


def _row(*cells: Cell) -> Row:
    """One stage. Every fact is answered exactly once."""
    kinds = [cell.kind for cell in cells]
    assert sorted(k.__name__ for k in kinds) == sorted(k.__name__ for k in FACTS), f"answers {[k.__name__ for k in kinds]}"
    return {cell.kind: cell for cell in cells}


_STUCK = (on(LegStuck, any_leg.stuck), on(LegUnstuck, any_leg.unstuck))
_KEY = (on(LegHeld, any_leg.hold_key), on(LegUnheld, any_leg.hold_key))
_NO_KEY = (
    ignored(LegHeld, "some telephones send hold while ringing; nobody is with them yet"),
    ignored(LegUnheld, "nobody is with them yet"),
)
_TWICE = ignored(LegAnswered, "the switch may say twice that somebody answered")
_NOT_WAITING = impossible(AgentChosen, "only who waits is given an agent")
_NOT_RUNG_BACK = impossible(AgentTaken, "only whoever had the customer last can be on another call")
_NO_LINE = (_NOT_WAITING, _NOT_RUNG_BACK)
_NO_DEADLINE = impossible(DeadlinePassed, "it waits for nothing")
_NO_LEG_YET = tuple(
    impossible(kind, "nobody was rung, so there is no leg") for kind in (LegAnswered, LegEnded, LegHeld, LegUnheld, LegStuck, LegUnstuck)
)
_GONE = tuple(impossible(kind, "its leg was let go, and facts about it are no longer its facts") for kind in FACTS)

CUSTOMER: Mapping[CustomerStage, Row] = {
    CustomerStage.TO_DIAL: _row(*_NO_LEG_YET, *_NO_LINE, _NO_DEADLINE),
    CustomerStage.RINGING: _row(
        on(LegAnswered, customer.customer_answered),
        on(LegEnded, customer.number_refused),
        on(DeadlinePassed, customer.number_unanswered),
        *_NO_KEY,
        *_STUCK,
        *_NO_LINE,
    ),
    CustomerStage.THERE: _row(
        ignored(LegAnswered, "the switch says it again of a caller whom we answer, and may say twice that somebody answered"),
        on(LegEnded, customer.customer_left),
        on(AgentChosen, customer.offer_from_line),
        on(DeadlinePassed, customer.customer_waited),
        *_KEY,
        *_STUCK,
        _NOT_RUNG_BACK,
    ),
    CustomerStage.GONE: _row(*_GONE),
}
_RUNG = (on(LegEnded, offer.offer_leg_ended), on(DeadlinePassed, offer.offer_unanswered), *_NO_KEY, *_STUCK)
OFFER: Mapping[OfferWhy, Row] = {
    OfferWhy.LINE: _row(on(LegAnswered, offer.offer_taken), *_RUNG, *_NO_LINE),
    OfferWhy.TRANSFER: _row(on(LegAnswered, offer.offer_taken), *_RUNG, *_NO_LINE),
    OfferWhy.RING_BACK: _row(on(LegAnswered, offer.offer_taken), *_RUNG, _NOT_WAITING, on(AgentTaken, offer.taken)),
    OfferWhy.ASKED: _row(
        _TWICE,
        on(LegEnded, offer.transfer_refused),
        on(DeadlinePassed, offer.transfer_unanswered),
        *_KEY,
        *_STUCK,
        *_NO_LINE,
    ),
    OfferWhy.OWN_PHONE: _row(
        on(LegAnswered, customer.own_phone_answered),
        on(LegEnded, customer.own_phone_over),
        on(DeadlinePassed, customer.own_phone_over),
        *_NO_KEY,
        *_STUCK,
        *_NO_LINE,
    ),
}
_OWNERS_KEY = (on(LegHeld, owner.owners_hold_key), on(LegUnheld, owner.owners_hold_key))
_UP = (_TWICE, *_STUCK, *_NO_LINE, _NO_DEADLINE)
OWNER: Mapping[TalksTo, Row] = {
    TalksTo.CUSTOMER: _row(on(LegEnded, owner.owner_left), *_OWNERS_KEY, *_UP),
    TalksTo.NOBODY: _row(on(LegEnded, owner.owner_left), on(LegHeld, any_leg.hold_key), on(LegUnheld, owner.hold_key_resumes), *_UP),
    TalksTo.CONSULT: _row(on(LegEnded, owner.owner_left), *_OWNERS_KEY, *_UP),
}
SECOND_CALL: Row = _row(on(LegEnded, owner.second_call_ended), *_OWNERS_KEY, *_UP)
CONSULT: Mapping[ConsultStage, Row] = {
    ConsultStage.WAITING: _row(
        *_NO_LEG_YET, on(AgentChosen, consult.ring_for_consult), on(DeadlinePassed, consult.no_agent_free), _NOT_RUNG_BACK
    ),
    ConsultStage.RINGING: _row(
        on(LegAnswered, consult.consult_answered),
        on(LegEnded, consult.consult_refused),
        on(DeadlinePassed, consult.consult_unanswered),
        *_NO_KEY,
        *_STUCK,
        *_NO_LINE,
    ),
    ConsultStage.UP: _row(on(LegEnded, consult.consult_left), *_KEY, *_UP),
}
MEMBER: Row = _row(on(LegEnded, members.member_left), *_KEY, *_UP)
_NO_LEG = tuple(impossible(kind, "a wrap-up has no leg") for kind in FACTS if kind is not DeadlinePassed)
WRAP_UP: Row = _row(on(DeadlinePassed, owner.wrap_up_over), *_NO_LEG)

STAGES: Mapping[str, Row] = {
    **{f"customer {stage}": row for stage, row in CUSTOMER.items()},
    **{f"offer {why}": row for why, row in OFFER.items()},
    **{f"owner talks to {whom}": row for whom, row in OWNER.items()},
    "owner's second call": SECOND_CALL,
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
            waits = i.consult is not None and i.consult.stage is ConsultStage.WAITING
            return CONSULT[ConsultStage.WAITING] if waits else CUSTOMER[i.customer.stage]
        case AgentTaken():
            return OFFER[i.offer.why] if i.offer is not None else None
        case _:
            raise AssertionError(f"{type(fact).__name__} is not about one interaction")


def _row_waiting(i: Interaction, why: Why) -> Row | None:
    if i.offer is not None and i.offer.deadline.why is why:
        return OFFER[i.offer.why]
    if i.consult is not None and i.consult.deadline is not None and i.consult.deadline.why is why:
        return CONSULT[i.consult.stage]
    if i.customer.deadline is not None and i.customer.deadline.why is why:
        return CUSTOMER[i.customer.stage]
    return None


def _row_of(i: Interaction, leg: LegId) -> Row | None:
    if i.customer.leg.id == leg:
        return CUSTOMER[i.customer.stage] if i.customer.stage in CUSTOMER_HAS_A_LEG else None
    if i.offer is not None and i.offer.leg.id == leg:
        return OFFER[i.offer.why]
    if i.owner is not None and i.owner.leg.id == leg:
        return OWNER[i.owner.talks_to]
    if i.owner is not None and i.owner.second is not None and i.owner.second.id == leg:
        return SECOND_CALL
    if i.consult is not None and is_leg_of(i.consult, leg):
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
        _do(commands.AcceptOffer, any_leg.accept),
        _do(commands.DeclineOffer, any_leg.decline),
        _do(commands.HoldCustomer, customer.hold),
        _do(commands.ResumeCustomer, customer.resume),
        _do(commands.SwapParties, consult.swap),
        _do(commands.CancelConsult, consult.cancel_consult),
        _do(commands.EndConsult, consult.end_consult),
        _do(commands.LeaveConsult, consult.leave_consult),
        _do(commands.TransferCustomer, owner.transfer),
        _do(commands.DropMember, members.drop),
        _do(commands.AcceptTransfer, offer.offer_taken),
        _do(commands.DeclineTransfer, offer.transfer_refused),
        _do(commands.StartConference, consult.conference),
        _do(commands.LeaveConference, members.leave_conference),
        _do(commands.EndInteraction, customer.end),
        _do(commands.MuteSelf, any_leg.mute),
        _do(commands.UnmuteSelf, any_leg.mute),
        _do(commands.SendDigits, owner.send_digits),
        _do(commands.GiveWrapUp, owner.give_wrap_up),
        _do(commands.ExtendWrapUp, owner.extend_wrap_up),
    )
)

Reaching = Callable[[Interaction, Command, Reach, Seconds], Step]


def _reach(kind: type[C], step: Callable[[Interaction, C, Reach, Seconds], Step]) -> tuple[type[Command], Reaching]:
    def take(i: Interaction, command: Command, reach: Reach, now: Seconds) -> Step:
        assert isinstance(command, kind), f"{step.__name__} does {kind.__name__}"
        return step(i, command, reach, now)

    return kind, take


REACHING: Mapping[type[Command], Reaching] = dict(
    (
        _reach(commands.StartConsult, consult.start_consult),
        _reach(commands.TransferBlind, owner.transfer_blind),
    )
)
"""Actions that name somebody: what the target leads to comes with them."""


# --- Couplings -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coupling:
    """While `applies`, `then` is done. Each makes itself not apply, so that they come to rest.

    `applies` asks no policy: a policy decides at the moment at which something happens, and what it decided is state.
    """

    rule: str
    applies: Callable[[Interaction], bool]
    then: Callable[[Interaction, Seconds], Interaction]
    moves_nobody: bool = False
    """It only begins or ends a wait, so nobody is told that it has followed."""


def _back_with_customer(i: Interaction, now: Seconds) -> Interaction:
    """Where a conference waits there is nobody to keep on hold."""
    keep_held = i.policy.after_consult is AfterConsult.KEEP_HELD and not i.members
    return moves.talk_to(i, TalksTo.NOBODY if keep_held else TalksTo.CUSTOMER)


def _goes_on_by_one_call(i: Interaction, now: Seconds) -> Interaction:
    assert i.owner is not None, "an owner's telephone has a second call"
    return replace(i, owner=replace(i.owner, leg=i.owner.active_leg, second=None))


def _is_held_by_key(i: Interaction) -> bool:
    alone = i.consult is None and not i.members and i.customer_is_there
    return alone and i.owner is not None and i.owner.talks_to is TalksTo.CUSTOMER and i.owner.leg.phone_on_hold


def _has_an_heir(i: Interaction) -> bool:
    """Somebody of ours is there, and somebody to talk with: the customer, or others of a conference that they have left."""
    there = len(i.members) + i.customer_is_there
    return i.owner is None and there > 1 and any(member.person.agent is not None for member in i.members)


def _nobody_of_ours_has_them(i: Interaction) -> bool:
    return i.customer_is_there and i.owner is None and bool(i.members)


def _longest_there_owns(i: Interaction, now: Seconds) -> Interaction:
    heir = next(member for member in i.members if member.person.agent is not None)
    others = tuple(member for member in i.members if member is not heir)
    return moves.make_owner(replace(i, members=others), heir.person, heir.leg, now)


def _is_on_hold(i: Interaction) -> bool:
    return i.customer_is_there and i.owner is not None and i.owner.talks_to is not TalksTo.CUSTOMER


def _waits_for(i: Interaction, why: Why) -> bool:
    return i.customer.deadline is not None and i.customer.deadline.why is why


def _remembered_from_now(i: Interaction, now: Seconds) -> Interaction:
    alarm = Deadline(at=now + i.policy.hold_alarm_seconds, why=Why.HELD_FOR_LONG)
    return replace(i, customer=replace(i.customer, held_since=now, deadline=alarm))


def _ends_some_day(i: Interaction, now: Seconds) -> Interaction:
    until = Deadline(at=now + i.policy.outside_only_seconds, why=Why.OUTSIDE_FOR_TOO_LONG)
    return replace(i, customer=replace(i.customer, deadline=until))


def _waits_for_nothing(i: Interaction, now: Seconds) -> Interaction:
    return replace(i, customer=replace(i.customer, held_since=None, deadline=None))


COUPLINGS: tuple[Coupling, ...] = (
    Coupling(
        "a consult is its owner's, and about a customer: without either it is over",
        lambda i: i.consult is not None and (i.owner is None or not i.customer_is_there),
        lambda i, now: replace(i, consult=None),
    ),
    Coupling(
        "an owner's telephone has a second call for a consult only: then they go on by the call that is not on hold",
        lambda i: i.owner is not None and i.owner.second is not None and i.consult is None,
        _goes_on_by_one_call,
    ),
    Coupling(
        "who talked with a consult that is over is back with the customer, or leaves them on hold",
        lambda i: i.owner is not None and i.owner.talks_to is TalksTo.CONSULT and i.consult is None,
        _back_with_customer,
    ),
    Coupling(
        "an owner whose own hold key is pressed, and who is alone with the customer, has put them on hold",
        _is_held_by_key,
        lambda i, now: moves.talk_to(i, TalksTo.NOBODY),
    ),
    Coupling(
        "when the owner of a conference has left, the agent of ours who has been there longest owns",
        _has_an_heir,
        _longest_there_owns,
    ),
    Coupling(
        "when the customer has gone nobody is offered them",
        lambda i: i.offer is not None and i.customer.stage is CustomerStage.GONE,
        moves.withdraw_offer,
    ),
    Coupling(
        "when the customer has gone the owner stays for others of the conference only",
        lambda i: i.owner is not None and not i.members and i.customer.stage is CustomerStage.GONE,
        moves.vacate,
    ),
    Coupling(
        "when customer and owner have gone nobody stays, unless one of ours and another do",
        lambda i: bool(i.members) and i.owner is None and i.customer.stage is CustomerStage.GONE,
        lambda i, now: replace(i, members=()),
    ),
    Coupling(
        "a customer on hold is not forgotten",
        lambda i: _is_on_hold(i) and not _waits_for(i, Why.HELD_FOR_LONG),
        _remembered_from_now,
        moves_nobody=True,
    ),
    Coupling(
        "whoever is off hold is not waited for any more",
        lambda i: _waits_for(i, Why.HELD_FOR_LONG) and not _is_on_hold(i),
        _waits_for_nothing,
        moves_nobody=True,
    ),
    Coupling(
        "a customer whom only people outside have is not theirs for ever",
        lambda i: _nobody_of_ours_has_them(i) and not _waits_for(i, Why.OUTSIDE_FOR_TOO_LONG),
        _ends_some_day,
        moves_nobody=True,
    ),
    Coupling(
        "a customer whom one of ours has, or nobody, is not waited for any more",
        lambda i: _waits_for(i, Why.OUTSIDE_FOR_TOO_LONG) and not _nobody_of_ours_has_them(i),
        _waits_for_nothing,
        moves_nobody=True,
    ),
)


def settle(i: Interaction, now: Seconds) -> tuple[Interaction, tuple[str, ...]]:
    """Let the other parts follow, until none has to, and say by which rules they did."""
    followed: list[Coupling] = []
    while len(followed) <= len(COUPLINGS):
        coupling = next((c for c in COUPLINGS if c.applies(i)), None)
        if coupling is None:
            return i, tuple(c.rule for c in followed if not c.moves_nobody)
        i = coupling.then(i, now)
        followed.append(coupling)
    raise AssertionError(f"the couplings do not come to rest: {i}")

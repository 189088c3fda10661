"""What many steps share: who has the customer, who leaves them, where a customer goes whom nobody has, who is rung."""

from collections.abc import Mapping
from enum import Enum

from controller.directory.directory import Agent
from controller.directory.ids import AgentId, Seconds
from controller.directory.policy import FailedTransfer, Policy
from controller.directory.replace import replace
from controller.interaction.facts import EndCause, Why
from controller.interaction.interaction import (
    CustomerStage,
    Deadline,
    Interaction,
    Leg,
    Member,
    Offer,
    OfferWhy,
    Owner,
    Person,
    Step,
    TalksTo,
    WrapUp,
)
from controller.interaction.leg import Endpoint
from controller.interaction.legs import new_leg
from controller.interaction.notices import AgentMissed, CallTurnedAway, Notice, OfferFailed

COULD_NOT_BE_RUNG: Mapping[EndCause, str] = {
    EndCause.FAILED: "the network or Asterisk could not ring the telephone",
    EndCause.UNREACHABLE: "the telephone is not connected",
}
"""Ends of a ringing telephone that are charged to no agent of ours, and what they are told."""


def person_of(agent: Agent) -> Person:
    """One of our agents, and the telephone that rings for them."""
    endpoint = Endpoint(address=agent.rung)
    return Person(name=agent.name, number=agent.phone, agent=agent.id, endpoint=endpoint, answers_remotely=agent.can_be_told_to_answer)


def make_owner(i: Interaction, person: Person, leg: Leg, now: Seconds) -> Interaction:
    """From now on this agent has the customer, and who would not have them is forgotten. Whoever has them again owes no reason yet."""
    assert person.agent is not None, "nobody outside owns"
    owner = Owner(person=person, agent=person.agent, leg=leg, talks_to=TalksTo.CUSTOMER)
    owed_by_others = tuple(wrap_up for wrap_up in i.wrap_ups if wrap_up.agent != person.agent or not wrap_up.is_owed)
    waited = i.waited + (now - i.waits_since if i.customer_is_there else 0.0)
    return replace(i, owner=owner, offer=None, former=None, first_in_line=False, not_for=(), wrap_ups=owed_by_others, waited=waited)


def owe(i: Interaction, agent: AgentId, now: Seconds) -> Interaction:
    """Open the wrap-up of an agent who has had the customer."""
    wrap_up = WrapUp(agent=agent, asked_at=now, over_at=now + i.policy.wrap_up_seconds, policy=i.policy)
    return replace(i, wrap_ups=(*i.wrap_ups, wrap_up))


def leave(i: Interaction, now: Seconds) -> Interaction:
    """The owner has the customer no more, and stays named until somebody else has."""
    assert i.owner is not None, "somebody has the customer"
    return replace(i, owner=None, former=Member(person=i.owner.person, leg=i.owner.leg), waiting_again_since=now)


def vacate(i: Interaction, now: Seconds) -> Interaction:
    """The owner has the customer no more, and owes a reason."""
    assert i.owner is not None, "somebody has the customer"
    return owe(leave(i, now), i.owner.agent, now)


def withdraw_offer(i: Interaction, now: Seconds) -> Interaction:
    """The offer is over without effect. An owner who was rung back, and is not with the customer again, wraps up like any other."""
    assert i.offer is not None, "somebody is offered the customer"
    over = replace(i, offer=None)
    agent = i.offer.to.agent
    if i.offer.why is not OfferWhy.RING_BACK or agent is None or not i.offer.owes_wrap_up:
        return over
    return owe(over, agent, now)


def talk_to(i: Interaction, whom: TalksTo) -> Interaction:
    """Let the owner hear these, and nobody else."""
    assert i.owner is not None, "an owner talks"
    return replace(i, owner=replace(i.owner, talks_to=whom))


def ring_back(i: Interaction, had: Member, now: Seconds) -> Interaction:
    """Ring whoever had the customer last, who waits in a line that nobody serves any more."""
    return ring(replace(i, former=had), had.person, OfferWhy.RING_BACK, now)


def to_front_of_line(i: Interaction, *, not_for: AgentId | None = None) -> Interaction:
    """The customer waits again, before everybody else: losing an agent was not their fault.

    `not_for`: somebody who would not have them; until an agent answers, those who would not are remembered.
    """
    assert i.queue is not None, "there is a line to wait in"
    would_not = i.not_for if not_for is None else (*i.not_for, not_for)
    return replace(i, former=None, first_in_line=True, not_for=would_not)


class To(Enum):
    """Where a customer can go whom nobody has."""

    FORMER_OWNER = "whoever had them last is rung again"
    LINE = "the front of their queue's line"
    FALLBACK = "the dialplan's fallback"


HAND_ON: Mapping[OfferWhy | None, tuple[To, ...]] = {
    None: (To.LINE, To.FORMER_OWNER, To.FALLBACK),  # whoever had them was lost
    OfferWhy.LINE: (To.LINE,),
    OfferWhy.ASKED: (To.LINE, To.FORMER_OWNER, To.FALLBACK),
    OfferWhy.TRANSFER: (To.FORMER_OWNER, To.LINE, To.FALLBACK),
    OfferWhy.RING_BACK: (To.LINE, To.FALLBACK),
}
"""THE table of where nobody is lost: after an offer that came to nothing, or an owner who was lost, the first of these that there is.

A policy puts the line first after a blind transfer, too. A call out whose own telephone was not answered has no customer yet.
"""


def hand_on(i: Interaction, now: Seconds, tell: tuple[Notice, ...] = (), *, not_for: AgentId | None = None) -> Step:
    """Find the customer somebody else, after an offer that came to nothing or an owner who was lost. `tell`: the verdict on whom."""
    after = i.offer.why if i.offer is not None else None
    order = HAND_ON[after]
    if after is OfferWhy.TRANSFER and i.policy.failed_transfer is FailedTransfer.FRONT_OF_QUEUE:
        order = HAND_ON[None]
    is_back_from_transfer = i.offer is not None and after is OfferWhy.RING_BACK and not i.offer.owes_wrap_up
    i = withdraw_offer(i, now) if i.offer is not None else i
    for to in order:
        if to is To.LINE and i.queue is not None:
            was_transferred = after is OfferWhy.TRANSFER or is_back_from_transfer
            transferred_by = i.former.person.agent if was_transferred and i.former is not None else None
            i = i if transferred_by is None else replace(i, not_for=(*i.not_for, transferred_by))
            return Step(interaction=to_front_of_line(i, not_for=not_for), tell=tell)
        if to is To.FORMER_OWNER and i.former is not None:
            return Step(interaction=ring(i, i.former.person, OfferWhy.RING_BACK, now), tell=tell)
    return turn_away(i, f"nobody of ours is left for the customer of {i.id}", tell)


def turn_away(i: Interaction, because: str, tell: tuple[Notice, ...] = ()) -> Step:
    """Give the customer back to the dialplan, whose fallback takes them."""
    told = CallTurnedAway(interaction=i.id, leg=i.customer.leg.id, because=because)
    return Step(interaction=customer_is(i, CustomerStage.GONE), tell=(*tell, told))


def customer_is(i: Interaction, stage: CustomerStage) -> Interaction:
    """The customer is that far, and whatever was waited for is over."""
    return replace(i, customer=replace(i.customer, stage=stage, deadline=None, held_since=None))


def end_all(i: Interaction, now: Seconds) -> Interaction:
    """It is over for everybody; the couplings let go whoever is offered the customer, or consulted."""
    return customer_is(replace(vacate(i, now) if i.owner is not None else i, members=()), CustomerStage.GONE)


def verdict_on(i: Interaction, agent: AgentId | None, kind: type[AgentMissed | OfferFailed], because: str) -> tuple[Notice, ...]:
    """A verdict on somebody of ours; people outside are judged by nobody."""
    return () if agent is None else (kind(interaction=i.id, agent=agent, because=because),)


def why_not_reached(person: Person, cause: EndCause) -> str:
    """Say to whoever had somebody rung why nobody is there. Of a number outside it says what the network told."""
    name = person.name
    if person.agent is None and cause in _OUTSIDE:
        return _OUTSIDE[cause].format(name=name)
    return _WHY_NOT.get(cause, "{name} could not be reached.").format(name=name)


_WHY_NOT = {
    EndCause.BUSY: "{name} is busy.",
    EndCause.DECLINED: "{name} declined.",
    EndCause.NO_ANSWER: "{name} did not answer.",
    EndCause.FORWARDED: "{name}'s telephone forwards its calls, and forwarding is not followed.",
    EndCause.NO_SOUND: "{name}'s telephone and Asterisk have no audio codec in common.",
}
_OUTSIDE = {
    EndCause.UNREACHABLE: "{name}: the number is not in service.",
    EndCause.FAILED: "{name} could not be called: the network has no free line, or failed. Try again in a moment.",
    EndCause.TRUNK_SILENT: "{name} could not be called: the trunk to outside does not answer.",
}


WHY_OFFERED = {
    OfferWhy.LINE: Why.OFFER_UNANSWERED,
    OfferWhy.RING_BACK: Why.RING_BACK_UNANSWERED,
    OfferWhy.ASKED: Why.TRANSFER_UNANSWERED,
    OfferWhy.TRANSFER: Why.BLIND_TRANSFER_UNANSWERED,
    OfferWhy.OWN_PHONE: Why.OWN_PHONE_UNANSWERED,
}
"""What it is called when the time of an offer is over."""


def patience(policy: Policy, why: Why) -> Seconds:
    """How long a telephone may ring, somebody may think about it, or a customer be on hold before anybody is told."""
    return {
        Why.OFFER_UNANSWERED: policy.offer_seconds,
        Why.RING_BACK_UNANSWERED: policy.ring_back_seconds,
        Why.TRANSFER_UNANSWERED: policy.transfer_seconds,
        Why.CONSULT_UNANSWERED: policy.consult_seconds,
        Why.BLIND_TRANSFER_UNANSWERED: policy.blind_transfer_seconds,
        Why.OWN_PHONE_UNANSWERED: policy.offer_seconds,
        Why.NUMBER_UNANSWERED: policy.call_out_seconds,
        Why.HELD_FOR_LONG: policy.hold_alarm_seconds,
    }[why]


def until(i: Interaction, why: Why, now: Seconds) -> Deadline:
    """Wait for something that begins now for as long as the policy says."""
    return Deadline(at=now + patience(i.policy, why), why=why)


def ring(i: Interaction, person: Person, why: OfferWhy, now: Seconds, *, owes_wrap_up: bool = False) -> Interaction:
    """Ring somebody, so that they take the customer."""
    i, leg = new_leg(i, person, told_to_answer=why is OfferWhy.OWN_PHONE and person.answers_remotely)
    return replace(i, offer=Offer(why=why, to=person, leg=leg, deadline=until(i, WHY_OFFERED[why], now), owes_wrap_up=owes_wrap_up))

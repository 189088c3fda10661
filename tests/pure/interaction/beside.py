"""The second core as the first would write it down, and the first as the second would: two values that can be compared part by part."""

from controller.directory.replace import replace
from controller.interaction.facts import Why
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.leg import Endpoint
from controller.interaction.next import model
from controller.interaction.next.model import ConsultStage, CustomerStage, OfferWhy, TalksTo
from controller.interaction.next.parties import consult_asked_at, deadlines, parties
from controller.interaction.next.phase import phase
from controller.interaction.party import Party

TALKS: dict[Phase, TalksTo] = {
    Phase.CONNECTED: TalksTo.CUSTOMER,
    Phase.HELD: TalksTo.NOBODY,
    Phase.CONSULT_OFFERED: TalksTo.CONSULT,
    Phase.CONSULTING: TalksTo.CONSULT,
    Phase.CONSULT_HELD: TalksTo.CUSTOMER,
    Phase.CONFERENCE: TalksTo.CUSTOMER,
}
"""Whom the owner talks to in each phase that has one."""
CONSULTS = frozenset({Phase.CONSULT_OFFERED, Phase.CONSULTING, Phase.CONSULT_HELD})


def is_held_by_key(first: Interaction) -> bool:
    """The first core calls it connected while the owner's own hold key keeps the customer on music; the second calls that held."""
    return first.phase is Phase.CONNECTED and first.owner is not None and first.owner.phone_on_hold


def person(party: Party) -> model.Person:
    endpoint = Endpoint(address=party.phone) if party.phone is not None else None
    return model.Person(name=party.name, number=party.number, agent=party.agent, endpoint=endpoint, answers_remotely=party.answers_remotely)


def leg(party: Party) -> model.Leg:
    return model.Leg(
        id=party.leg,
        origin=party.origin,
        switch=party.switch,
        endpoint=Endpoint(address=party.phone) if party.phone is not None else None,
        told_to_answer=party.told_to_answer,
        muted=party.muted,
        phone_on_hold=party.phone_on_hold,
        hold_key_in_doubt=party.hold_key_in_doubt,
        is_stuck=party.is_stuck,
    )


def second(first: Interaction) -> model.Interaction:
    """An interaction of the first core in the parts of the second."""
    assert first.customer is not None, "the customer is always named"
    there = CustomerStage.THERE if first.customer_is_there else CustomerStage.GONE
    i = model.Interaction(
        id=first.id,
        started_at=first.started_at,
        phase_since=first.phase_since,
        queue=first.queue,
        queue_name=first.queue_name,
        entry_point=first.entry_point,
        music=first.music,
        policy=first.policy,
        waiting_since=first.waiting_since,
        customer=model.Customer(stage=there, person=person(first.customer), leg=leg(first.customer)),
        wrap_ups=first.wrap_ups,
        waiting_again_since=first.waiting_again_since,
        first_in_line=first.first_in_line,
        line=first.line,
        revision=first.revision,
        direction=first.direction,
        legs_made=first.legs_made,
        not_for=first.not_for,
        news=first.news,
    )
    one, two, phase = first.owner, first.agent_2, first.phase
    if one is not None and phase in TALKS:
        assert one.agent is not None, "an owner is one of our agents"
        talks_to = TalksTo.NOBODY if is_held_by_key(first) else TALKS[phase]
        i = replace(i, owner=model.Owner(person=person(one), agent=one.agent, leg=leg(one), talks_to=talks_to))
    if one is not None and phase in (Phase.TRANSFER_ASKED, Phase.ENDED):
        i = replace(i, former=model.Member(person=person(one), leg=leg(one)))
    if one is not None and phase is Phase.OFFERED:
        assert first.deadline is not None, "a telephone that rings has a time"
        why = OfferWhy.RING_BACK if first.deadline.why is Why.RING_BACK_UNANSWERED else OfferWhy.LINE
        i = replace(i, offer=model.Offer(why=why, to=person(one), leg=leg(one), deadline=first.deadline))
        if why is OfferWhy.RING_BACK:
            i = replace(i, former=model.Member(person=person(one), leg=leg(one)))
    if two is not None and phase in CONSULTS:
        assert first.consult_asked_at is not None, "somebody was asked"
        stage = ConsultStage.RINGING if two.rings else ConsultStage.UP
        consult = model.Consult(stage=stage, person=person(two), leg=leg(two), asked_at=first.consult_asked_at, deadline=first.deadline)
        i = replace(i, consult=consult)
    if two is not None and phase is Phase.TRANSFER_ASKED:
        assert first.deadline is not None, "who is asked has a time"
        asked = model.Offer(
            why=OfferWhy.ASKED, to=person(two), leg=leg(two), deadline=first.deadline, consulted_since=first.consult_asked_at
        )
        i = replace(i, offer=asked)
    if two is not None and phase is Phase.CONFERENCE:
        i = replace(i, members=(model.Member(person=person(two), leg=leg(two)),))
    return i


def first(second: model.Interaction) -> Interaction:
    """An interaction of the second core as the first would write it down."""
    (deadline,) = deadlines(second) or (None,)
    return Interaction(
        id=second.id,
        phase=phase(second),
        phase_since=second.phase_since,
        started_at=second.started_at,
        queue=second.queue,
        queue_name=second.queue_name,
        entry_point=second.entry_point,
        music=second.music,
        policy=second.policy,
        parties=parties(second),
        waiting_since=second.waiting_since,
        waiting_again_since=second.waiting_again_since,
        first_in_line=second.first_in_line,
        line=second.line,
        revision=second.revision,
        direction=second.direction,
        deadline=deadline,
        wrap_ups=second.wrap_ups,
        consult_asked_at=consult_asked_at(second),
        legs_made=second.legs_made,
        not_for=second.not_for,
        news=second.news,
    )

"""How the parts of an interaction change. A step moves the one thing that its input is about; the couplings (`chart`) bring the others.

So no step asks what the phase is, none says where anybody stands, and none cleans up after another part.
"""

from controller.directory.directory import Agent
from controller.directory.ids import AgentId, ReasonId, Seconds
from controller.directory.policy import CustomerGoneInConference, EndConsult, OwnerHangUp, Policy, TransferAcceptance
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import (
    AgentChosen,
    DeadlinePassed,
    EndCause,
    LegAnswered,
    LegEnded,
    LegHeld,
    LegStuck,
    LegUnheld,
    LegUnstuck,
    Why,
)
from controller.interaction.interaction import (
    Consult,
    ConsultStage,
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
from controller.interaction.layout import Room, rooms
from controller.interaction.leg import Endpoint
from controller.interaction.legs import leg_of, legs, new_leg, rings, with_leg, with_legs
from controller.interaction.notices import AgentDeclined, AgentMissed, DigitsPressed, MoveFailed, Notice, OfferFailed
from controller.interaction.refusals import BadTarget

COULD_NOT_BE_RUNG = "the network or Asterisk could not ring the telephone"
DIGITS = frozenset("0123456789*#ABCD")
"""What a telephone keypad can send (RFC 4733, events 0 to 15)."""
DIGITS_MAX = 32


# --- Moves that many steps share ---------------------------------------------------------------------------------------


def person_of(agent: Agent) -> Person:
    """One of our agents, and the telephone that rings for them."""
    endpoint = Endpoint(address=agent.phone)
    return Person(name=agent.name, number=agent.phone, agent=agent.id, endpoint=endpoint, answers_remotely=agent.answers_remotely)


def make_owner(i: Interaction, person: Person, leg: Leg) -> Interaction:
    """From now on this agent has the customer, and who would not have them is forgotten."""
    assert person.agent is not None, "nobody outside owns"
    owner = Owner(person=person, agent=person.agent, leg=leg, talks_to=TalksTo.CUSTOMER)
    return replace(i, owner=owner, offer=None, former=None, first_in_line=False, not_for=())


def owe(i: Interaction, agent: AgentId, now: Seconds) -> Interaction:
    """Open the wrap-up of an agent who has had the customer."""
    wrap_up = WrapUp(agent=agent, asked_at=now, over_at=now + i.policy.wrap_up_seconds)
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
    if i.offer.why is not OfferWhy.RING_BACK:
        return over
    assert i.offer.to.agent is not None, "nobody outside is rung back"
    return owe(over, i.offer.to.agent, now)


def talk_to(i: Interaction, whom: TalksTo) -> Interaction:
    """Let the owner hear these, and nobody else."""
    assert i.owner is not None, "an owner talks"
    return replace(i, owner=replace(i.owner, talks_to=whom))


def to_front_of_line(i: Interaction, *, not_for: AgentId | None = None) -> Interaction:
    """The customer waits again, before everybody else: losing an agent was not their fault.

    `not_for`: somebody who would not have them; until an agent answers, those who would not are remembered.
    """
    would_not = i.not_for if not_for is None else (*i.not_for, not_for)
    return replace(i, former=None, first_in_line=True, not_for=would_not)


def end_all(i: Interaction, now: Seconds) -> Interaction:
    """It is over. The couplings let everybody else go."""
    ended = vacate(i, now) if i.owner is not None else i
    return replace(ended, customer=replace(ended.customer, stage=CustomerStage.GONE))


def _rung(interaction: Interaction, agent: AgentId | None, kind: type[AgentMissed] | type[OfferFailed], because: str) -> tuple[Notice, ...]:
    """A verdict on somebody of ours; people outside are judged by nobody."""
    return () if agent is None else (kind(interaction=interaction.id, agent=agent, because=because),)


# --- The customer ------------------------------------------------------------------------------------------------------


def customer_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """It is over for everybody, unless the site lets the agents of a conference stay together."""
    if i.members and i.policy.customer_gone_in_conference is CustomerGoneInConference.AGENTS_STAY:
        gone = replace(i, customer=replace(i.customer, stage=CustomerStage.GONE))
        return Step(interaction=gone, news="The customer has hung up.")
    return Step(interaction=end_all(i, now))


def offer_from_line(i: Interaction, chosen: AgentChosen, now: Seconds) -> Step:
    """Ring the agent that routing chose; the customer goes on hearing music."""
    assert (i.owner, i.offer) == (None, None), "only a customer who waits is given an agent"
    return Step(interaction=_ring(i, person_of(chosen.agent), OfferWhy.LINE, now))


# --- The offer ---------------------------------------------------------------------------------------------------------

WHY_OFFERED = {
    OfferWhy.LINE: Why.OFFER_UNANSWERED,
    OfferWhy.RING_BACK: Why.RING_BACK_UNANSWERED,
    OfferWhy.ASKED: Why.TRANSFER_UNANSWERED,
}
"""What it is called when the time of an offer is over."""


def patience(policy: Policy, why: Why) -> Seconds:
    """How long a telephone may ring, or somebody may think about it."""
    return {
        Why.OFFER_UNANSWERED: policy.offer_seconds,
        Why.RING_BACK_UNANSWERED: policy.ring_back_seconds,
        Why.TRANSFER_UNANSWERED: policy.transfer_seconds,
        Why.CONSULT_UNANSWERED: policy.consult_seconds,
    }[why]


def _until(i: Interaction, why: Why, now: Seconds) -> Deadline:
    return Deadline(at=now + patience(i.policy, why), why=why)


def _ring(i: Interaction, person: Person, why: OfferWhy, now: Seconds) -> Interaction:
    i, leg = new_leg(i, person)
    return replace(i, offer=Offer(why=why, to=person, leg=leg, deadline=_until(i, WHY_OFFERED[why], now)))


def offer_taken(i: Interaction, cause: LegAnswered | commands.AcceptTransfer, now: Seconds) -> Step:
    """They have the customer."""
    assert i.offer is not None, "somebody is offered the customer"
    return Step(interaction=make_owner(i, i.offer.to, i.offer.leg))


def offer_leg_ended(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The telephone refused, or could not be rung. What the network or Asterisk failed at is not charged to the agent."""
    if ended.cause is EndCause.FAILED:
        return _offer_could_not_be_rung(i, now)
    if ended.cause is EndCause.DECLINED:
        return decline_offer(i, ended, now)
    return _offer_missed(i, f"telephone {ended.cause.value}", now)


def offer_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The agent let it ring, and gets no more calls until they say so; of one that Asterisk could not ring nobody thinks ill."""
    assert i.offer is not None, "somebody is offered the customer"
    return _offer_could_not_be_rung(i, now) if i.offer.leg.is_stuck else _offer_missed(i, "no answer", now)


def decline_offer(i: Interaction, cause: commands.DeclineOffer | LegEnded, now: Seconds) -> Step:
    """The agent will not take the customer: idle until they say otherwise."""
    assert i.offer is not None, "somebody is offered the customer"
    assert i.offer.to.agent is not None, "only one of our agents is rung for a customer"
    told = AgentDeclined(interaction=i.id, agent=i.offer.to.agent)
    return Step(interaction=to_front_of_line(withdraw_offer(i, now)), tell=(told,))


def _offer_missed(i: Interaction, because: str, now: Seconds) -> Step:
    assert i.offer is not None, "somebody is offered the customer"
    told = _rung(i, i.offer.to.agent, AgentMissed, because)
    return Step(interaction=to_front_of_line(withdraw_offer(i, now)), tell=told)


def _offer_could_not_be_rung(i: Interaction, now: Seconds) -> Step:
    """Our own trouble, or the network's."""
    assert i.offer is not None, "somebody is offered the customer"
    told = _rung(i, i.offer.to.agent, OfferFailed, COULD_NOT_BE_RUNG)
    news = f"{i.offer.to.name} could not be rung: the network or Asterisk failed. The customer is offered again."
    return Step(interaction=to_front_of_line(withdraw_offer(i, now)), tell=told, news=news)


def transfer_refused(i: Interaction, cause: commands.DeclineTransfer | LegEnded, now: Seconds) -> Step:
    """Hanging up is refusing: the customer is not offered to them again at once. Who was lost has refused nothing."""
    assert i.offer is not None, "somebody is asked to take the customer"
    agent, over = i.offer.to.agent, withdraw_offer(i, now)
    if isinstance(cause, LegEnded) and cause.cause is not EndCause.HUNG_UP:
        return Step(interaction=to_front_of_line(over), tell=_rung(i, agent, OfferFailed, "telephone lost"))
    return Step(interaction=to_front_of_line(over, not_for=agent))


def transfer_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Whoever is asked said nothing."""
    assert i.offer is not None, "somebody is asked to take the customer"
    agent = i.offer.to.agent
    over = to_front_of_line(withdraw_offer(i, now), not_for=agent)
    return Step(interaction=over, tell=_rung(i, agent, AgentMissed, "no answer"))


# --- The owner ---------------------------------------------------------------------------------------------------------


def owner_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """A host who leaves hangs up on nobody. Else hanging up is a decision, and the site says what it means; being lost is none."""
    assert i.owner is not None, "the fact is about the owner"
    if i.members or not i.customer_is_there:
        return Step(interaction=vacate(i, now))
    if ended.cause is not EndCause.HUNG_UP:
        # A telephone that answers without sound is up for a moment, and would take the next customer in the same way.
        # Any other loss may be Asterisk's or our own doing: a telephone that is dead shows so when it is rung the next time.
        silent = ended.cause is EndCause.NO_SOUND
        kind, because = (AgentMissed, f"telephone {ended.cause.value}") if silent else (OfferFailed, "telephone lost")
        waits = to_front_of_line(vacate(i, now))
        return Step(interaction=waits, tell=_rung(i, i.owner.agent, kind, because), news=f"{i.owner.person.name} has been cut off.")
    if i.policy.owner_hang_up is OwnerHangUp.RING_BACK:
        return Step(interaction=_ring(leave(i, now), i.owner.person, OfferWhy.RING_BACK, now))
    return Step(interaction=end_all(i, now))


def hold_key_resumes(i: Interaction, fact: LegUnheld, now: Seconds) -> Step:
    """Releasing the key takes the customer back. A release without its press is a telephone that has refreshed its session."""
    assert i.owner is not None, "the fact is about the owner"
    if not i.owner.leg.phone_on_hold:
        return Step(interaction=i)
    return Step(interaction=talk_to(hold_key(i, fact, now).interaction, TalksTo.CUSTOMER))


# --- The consult -------------------------------------------------------------------------------------------------------


def _consult(i: Interaction) -> Consult:
    assert i.consult is not None, "somebody is consulted"
    return i.consult


def _nobody_consulted(i: Interaction, news: str, tell: tuple[Notice, ...] = ()) -> Step:
    return Step(interaction=replace(i, consult=None), tell=tell, news=news)


def start_consult(i: Interaction, command: commands.StartConsult, now: Seconds) -> Step:
    """The customer goes to music, and then the colleague is rung."""
    person = person_of(command.target)
    i, leg = new_leg(talk_to(i, TalksTo.CONSULT), person)
    deadline = _until(i, Why.CONSULT_UNANSWERED, now)
    consult = Consult(stage=ConsultStage.RINGING, person=person, leg=leg, asked_at=now, deadline=deadline)
    return Step(interaction=replace(i, consult=consult))


def consult_answered(i: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """They talk with the owner, or wait with music while the owner is with the customer."""
    assert i.owner is not None, "only an owner consults"
    consult = replace(_consult(i), stage=ConsultStage.UP, deadline=None)
    waits = i.owner.talks_to is TalksTo.CUSTOMER
    return Step(interaction=replace(i, consult=consult), news=f"{consult.person.name} has answered and waits for you." if waits else None)


def consult_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The colleague let the telephone ring."""
    consult = _consult(i)
    if consult.leg.is_stuck:
        return _consult_could_not_be_rung(i)
    missed = _rung(i, consult.person.agent, AgentMissed, "no answer")
    return _nobody_consulted(i, f"{consult.person.name} did not answer.", missed)


def consult_refused(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The colleague's telephone refused, or could not be rung."""
    if ended.cause is EndCause.FAILED:
        return _consult_could_not_be_rung(i)
    person = _consult(i).person
    news = {
        EndCause.BUSY: f"{person.name} is busy.",
        EndCause.DECLINED: f"{person.name} declined.",
        EndCause.NO_ANSWER: f"{person.name} did not answer.",
        EndCause.FORWARDED: f"{person.name}'s telephone forwards its calls, and forwarding is not followed.",
        EndCause.NO_SOUND: f"{person.name}'s telephone and Asterisk agree on no sound.",
    }.get(ended.cause, f"{person.name} could not be reached.")
    # Many telephones say "busy" (486) when their reject key is pressed, so that is a "no, thank you" as well.
    is_missed = ended.cause not in (EndCause.DECLINED, EndCause.BUSY, EndCause.HUNG_UP)
    return _nobody_consulted(i, news, _rung(i, person.agent, AgentMissed, f"telephone {ended.cause.value}") if is_missed else ())


def consult_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """Whom the owner talked with, or who waited, is gone. A telephone that answers without sound is up for a moment."""
    if ended.cause is EndCause.NO_SOUND:
        return consult_refused(i, ended, now)
    news = "has left" if ended.cause is EndCause.HUNG_UP else "has been cut off"
    return _nobody_consulted(i, f"{_consult(i).person.name} {news}.")


def _consult_could_not_be_rung(i: Interaction) -> Step:
    """Our own trouble, or the network's: nothing is held against the colleague."""
    person = _consult(i).person
    news = f"{person.name} could not be rung: the network or Asterisk failed, not {person.name}. Try again in a moment."
    return _nobody_consulted(i, news, _rung(i, person.agent, OfferFailed, COULD_NOT_BE_RUNG))


# --- Members of a conference -------------------------------------------------------------------------------------------


def member_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """They are out, without wrap-up; the others go on."""
    return _without_member(i, next(member for member in i.members if member.leg.id == ended.leg))


def _without_member(i: Interaction, gone: Member) -> Step:
    rest = tuple(member for member in i.members if member is not gone)
    return Step(interaction=replace(i, members=rest), news=f"{gone.person.name} has left." if i.customer_is_there else None)


# --- Any leg -----------------------------------------------------------------------------------------------------------


def _leg(i: Interaction, fact: LegHeld | LegUnheld | LegStuck | LegUnstuck) -> tuple[Person | None, Leg]:
    return next((person, leg) for person, leg in legs(i) if leg.id == fact.leg)


def hold_key(i: Interaction, fact: LegHeld | LegUnheld, now: Seconds) -> Step:
    """Remember whether the key is pressed: while it is, nobody can be brought to this telephone. Many telephones repeat what they said."""
    _, leg = _leg(i, fact)
    pressed = isinstance(fact, LegHeld)
    if leg.phone_on_hold is pressed and not leg.hold_key_in_doubt:
        return Step(interaction=i)
    return Step(interaction=with_leg(i, replace(leg, phone_on_hold=pressed, hold_key_in_doubt=False)))


def doubt_hold_keys(i: Interaction) -> Interaction:
    """The switch is no longer heard: whoever has pressed a hold key may release it unheard."""
    return with_legs(
        i, lambda leg: leg if leg.hold_key_in_doubt is leg.phone_on_hold else replace(leg, hold_key_in_doubt=leg.phone_on_hold)
    )


def settle_hold_keys(i: Interaction) -> Interaction:
    """The switch is heard again, and has said who is on hold. Of whom it could not say so, the person knows and is believed."""
    return with_legs(i, lambda leg: replace(leg, phone_on_hold=False, hold_key_in_doubt=False) if leg.hold_key_in_doubt else leg)


def stuck(i: Interaction, fact: LegStuck, now: Seconds) -> Step:
    """Tell it once, however often it is tried. Nobody moves for it: a leg that is stuck stands where it is safe."""
    person, leg = _leg(i, fact)
    if leg.is_stuck:
        return Step(interaction=i)
    connect, hold, ring = _stuck_sentences(person)
    because = ring if rings(i, leg) else connect if rooms(i)[leg.id] is Room.TALK else hold
    told = MoveFailed(interaction=i.id, leg=leg.id, because=because)
    return Step(interaction=with_leg(i, replace(leg, is_stuck=True)), tell=(told,), news=because)


def unstuck(i: Interaction, fact: LegUnstuck, now: Seconds) -> Step:
    """It worked: the owner is no longer told that it does not, unless something newer was told. A telephone's seconds begin now.

    One that was never stuck rings at a start of the controller, which can't know since when: it has at least half of its seconds.
    """
    person, leg = _leg(i, fact)
    if not leg.is_stuck and not _is_nearly_over(i, leg, now):
        return Step(interaction=i)
    free = _all_seconds_again(with_leg(i, replace(leg, is_stuck=False)), leg, now)
    return Step(interaction=free, news="" if i.news in _stuck_sentences(person) else None)


def _is_nearly_over(i: Interaction, leg: Leg, now: Seconds) -> bool:
    of = next((part.deadline for part in (i.offer, i.consult) if part is not None and part.leg.id == leg.id), None)
    return rings(i, leg) and of is not None and of.at - now < patience(i.policy, of.why) / 2


def _all_seconds_again(i: Interaction, leg: Leg, now: Seconds) -> Interaction:
    """Whoever is rung has all their seconds from now on; a leg that does not ring has none."""
    if not rings(i, leg):
        return i
    if i.offer is not None and i.offer.leg.id == leg.id:
        return replace(i, offer=replace(i.offer, deadline=_until(i, i.offer.deadline.why, now)))
    return replace(i, consult=replace(_consult(i), deadline=_until(i, Why.CONSULT_UNANSWERED, now)))


def _stuck_sentences(person: Person | None) -> tuple[str, str, str]:
    whom = "the customer" if person is None else person.name
    return (
        f"Asterisk can't connect {whom} just now; trying again.",
        f"Asterisk can't put {whom} on hold just now; trying again.",
        f"Asterisk can't ring {whom} just now; trying again.",
    )


# --- Commands ----------------------------------------------------------------------------------------------------------


def hold(i: Interaction, command: commands.HoldCustomer, now: Seconds) -> Step:
    """The customer goes to music."""
    return Step(interaction=talk_to(i, TalksTo.NOBODY))


def resume(i: Interaction, command: commands.ResumeCustomer, now: Seconds) -> Step:
    """The customer comes back; whoever is consulted goes to music first, or rings on."""
    return Step(interaction=talk_to(i, TalksTo.CUSTOMER))


def swap(i: Interaction, command: commands.SwapParties, now: Seconds) -> Step:
    """Whoever heard music talks with the owner, and the other way round."""
    assert i.owner is not None, "only an owner swaps"
    return Step(interaction=talk_to(i, TalksTo.CONSULT if i.owner.talks_to is TalksTo.CUSTOMER else TalksTo.CUSTOMER))


def cancel_consult(i: Interaction, command: commands.CancelConsult | commands.EndConsult, now: Seconds) -> Step:
    """The owner wants the customer back, whatever the site says of consults that others end."""
    return Step(interaction=replace(talk_to(i, TalksTo.CUSTOMER), consult=None))


def end_consult(i: Interaction, command: commands.EndConsult, now: Seconds) -> Step:
    """For everybody, or for the colleague only, as the site wants it."""
    if i.policy.end_consult is EndConsult.END_INTERACTION:
        return Step(interaction=end_all(i, now))
    return cancel_consult(i, command, now)


def leave_consult(i: Interaction, command: commands.LeaveConsult, now: Seconds) -> Step:
    """The colleague goes, without wrap-up."""
    return _nobody_consulted(i, f"{_consult(i).person.name} has left.")


def conference(i: Interaction, command: commands.StartConference, now: Seconds) -> Step:
    """Whoever is consulted joins the others."""
    consult = _consult(i)
    joined = replace(i, consult=None, members=(*i.members, Member(person=consult.person, leg=consult.leg)))
    return Step(interaction=talk_to(joined, TalksTo.CUSTOMER))


def transfer(i: Interaction, command: commands.TransferCustomer, now: Seconds) -> Step:
    """The owner leaves and wraps up; whom they consulted has the customer, or is asked to. In a conference the couplings find the heir."""
    left = vacate(i, now)
    consult = i.consult
    if consult is None:
        return Step(interaction=left)
    left = replace(left, consult=None)
    if i.policy.transfer_acceptance is TransferAcceptance.AUTOMATIC:
        return Step(interaction=make_owner(left, consult.person, consult.leg))
    deadline = _until(i, Why.TRANSFER_UNANSWERED, now)
    asked = Offer(why=OfferWhy.ASKED, to=consult.person, leg=consult.leg, deadline=deadline, consulted_since=consult.asked_at)
    return Step(interaction=replace(left, offer=asked))


def leave_conference(i: Interaction, command: commands.LeaveConference, now: Seconds) -> Step:
    """One of the agents goes; the others stay with the customer."""
    if i.owner is not None and i.owner.agent == command.agent:
        return Step(interaction=vacate(i, now))
    return _without_member(i, next(member for member in i.members if member.person.agent == command.agent))


def end(i: Interaction, command: commands.EndInteraction, now: Seconds) -> Step:
    """Hang up on everybody."""
    return Step(interaction=end_all(i, now))


def accept(i: Interaction, command: commands.AcceptOffer, now: Seconds) -> Step:
    """Ring the telephone anew, this time with the wish that it answers by itself: SIP has no way to ask that of a ringing one.

    It has all its seconds again: whoever has accepted must not be told a moment later that they did not answer.
    """
    if i.offer is not None:
        i, leg = new_leg(i, i.offer.to, told_to_answer=True)
        assert i.offer is not None, "a new leg takes no offer away"
        return Step(interaction=_all_seconds_again(replace(i, offer=replace(i.offer, leg=leg)), leg, now))
    i, leg = new_leg(i, _consult(i).person, told_to_answer=True)
    return Step(interaction=_all_seconds_again(replace(i, consult=replace(_consult(i), leg=leg)), leg, now))


def decline(i: Interaction, command: commands.DeclineOffer, now: Seconds) -> Step:
    """Who is rung for a customer is idle from now on. Who is rung for a consult is not: a person chose them, not routing."""
    if i.offer is not None:
        return decline_offer(i, command, now)
    return _nobody_consulted(i, f"{_consult(i).person.name} declined.")


def mute(i: Interaction, command: commands.MuteSelf | commands.UnmuteSelf, now: Seconds) -> Step:
    """Close or open one's own microphone; everybody else is heard all the same."""
    return Step(interaction=with_leg(i, replace(leg_of(i, command.agent), muted=isinstance(command, commands.MuteSelf))))


def send_digits(i: Interaction, command: commands.SendDigits, now: Seconds) -> Step:
    """Press keys for whoever the owner talks with."""
    if not 0 < len(command.digits) <= DIGITS_MAX or not set(command.digits) <= DIGITS:
        raise BadTarget(f"Digits are 1 to {DIGITS_MAX} of 0-9, *, # and A-D.")
    assert i.owner is not None, "only an owner presses keys"
    hears = _consult(i).leg if i.owner.talks_to is TalksTo.CONSULT else i.customer.leg
    return Step(interaction=i, tell=(DigitsPressed(interaction=i.id, leg=hears.id, digits=command.digits),))


def give_wrap_up(i: Interaction, command: commands.GiveWrapUp, now: Seconds) -> Step:
    """The agent says how it ended and is free again."""
    return Step(interaction=_settle(i, command.agent, reason=command.reason, note=command.note, by_deadline=False))


def wrap_up_over(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Nobody gave a reason in time: the site's default is noted, so that the agent gets calls again."""
    assert passed.agent is not None, "a wrap-up is somebody's"
    return Step(interaction=_settle(i, passed.agent, reason=i.policy.wrap_up_default, note="", by_deadline=True))


def _settle(i: Interaction, agent: AgentId, *, reason: ReasonId, note: str, by_deadline: bool) -> Interaction:
    owed = i.owes_wrap_up(agent)
    assert owed is not None, "only a wrap-up that is owed can be given"
    given = replace(owed, reason=reason, note=note, by_deadline=by_deadline)
    return replace(i, wrap_ups=tuple(given if w is owed else w for w in i.wrap_ups))

"""What becomes of an offer: somebody is rung, or asked, to take the customer."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import AgentTaken, DeadlinePassed, EndCause, LegAnswered, LegEnded
from controller.interaction.interaction import Interaction, Member, OfferWhy, Step
from controller.interaction.notices import AgentDeclined, AgentMissed, Notice, OfferFailed
from controller.interaction.steps.moves import COULD_NOT_BE_RUNG, hand_on, make_owner, verdict_on, why_not_reached


def offer_taken(i: Interaction, cause: LegAnswered | commands.AcceptTransfer, now: Seconds) -> Step:
    """They have the customer. Somebody outside has them and owns nothing: the customer is handed out."""
    assert i.offer is not None, "somebody is offered the customer"
    if i.offer.to.agent is not None:
        return Step(interaction=make_owner(i, i.offer.to, i.offer.leg, now))
    return Step(interaction=replace(i, offer=None, members=(*i.members, Member(person=i.offer.to, leg=i.offer.leg))))


def offer_leg_ended(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The telephone refused, or could not be rung. That it could not is not charged to the agent, whose ever the trouble is."""
    if ended.cause in COULD_NOT_BE_RUNG:
        return _offer_could_not_be_rung(i, ended.cause, now)
    if ended.cause is EndCause.DECLINED:
        return decline_offer(i, ended, now)
    return _offer_missed(i, ended.cause, f"telephone {ended.cause.value}", now)


def offer_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The agent let it ring, and gets no more calls until they say so; of one that Asterisk could not ring nobody thinks ill."""
    assert i.offer is not None, "somebody is offered the customer"
    if i.offer.leg.is_stuck:
        return _offer_could_not_be_rung(i, EndCause.FAILED, now)
    return _offer_missed(i, EndCause.NO_ANSWER, "no answer", now)


def decline_offer(i: Interaction, cause: commands.DeclineOffer | LegEnded, now: Seconds) -> Step:
    """The agent will not take the customer: idle until they say otherwise."""
    assert i.offer is not None, "somebody is offered the customer"
    agent = i.offer.to.agent
    told = () if agent is None else (AgentDeclined(interaction=i.id, agent=agent),)
    return _offer_over(i, told, EndCause.DECLINED, now)


def _offer_missed(i: Interaction, cause: EndCause, because: str, now: Seconds) -> Step:
    assert i.offer is not None, "somebody is offered the customer"
    told = verdict_on(i, i.offer.to.agent, AgentMissed, because)
    return _offer_over(i, told, cause, now)


def _offer_could_not_be_rung(i: Interaction, cause: EndCause, now: Seconds) -> Step:
    """Our own trouble, or the network's. Where the telephone has gone between the choice and the ringing, its agent may not even know."""
    assert i.offer is not None, "somebody is offered the customer"
    told = verdict_on(i, i.offer.to.agent, OfferFailed, COULD_NOT_BE_RUNG[cause])
    step = _offer_over(i, told, cause, now)
    why = "the telephone is not connected" if cause is EndCause.UNREACHABLE else "the network or Asterisk failed"
    news = f"{i.offer.to.name} could not be rung: {why}. The customer is offered again."
    return step if step.news is not None else Step(interaction=step.interaction, tell=step.tell, news=news)


def _offer_over(i: Interaction, told: tuple[Notice, ...], cause: EndCause, now: Seconds) -> Step:
    """An offer came to nothing: the customer goes on to the next one. Who has handed them over, and has them again, is told why."""
    assert i.offer is not None, "somebody is offered the customer"
    step = hand_on(i, now, told)
    is_back = i.offer.why is OfferWhy.TRANSFER and step.interaction.offer is not None
    news = f"{why_not_reached(i.offer.to, cause)} The customer comes back to you." if is_back else None
    return Step(interaction=step.interaction, tell=step.tell, news=news)


def taken(i: Interaction, fact: AgentTaken, now: Seconds) -> Step:
    """Whoever had the customer last is on another call: nobody is rung, and the customer goes on."""
    return hand_on(i, now)


def transfer_refused(i: Interaction, cause: commands.DeclineTransfer | LegEnded, now: Seconds) -> Step:
    """Hanging up is refusing: the customer is not offered to them again at once. Who was lost has refused nothing."""
    assert i.offer is not None, "somebody is asked to take the customer"
    agent = i.offer.to.agent
    if isinstance(cause, LegEnded) and cause.cause is not EndCause.HUNG_UP:
        return hand_on(i, now, verdict_on(i, agent, OfferFailed, "telephone lost"))
    return hand_on(i, now, not_for=agent)


def transfer_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Whoever is asked said nothing."""
    assert i.offer is not None, "somebody is asked to take the customer"
    agent = i.offer.to.agent
    return hand_on(i, now, verdict_on(i, agent, AgentMissed, "no answer"), not_for=agent)

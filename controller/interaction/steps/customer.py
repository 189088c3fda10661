"""What becomes of the customer: they leave, are called, wait, are on hold."""

from controller.directory.ids import Seconds
from controller.directory.policy import CustomerGoneInConference
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import AgentChosen, DeadlinePassed, EndCause, LegAnswered, LegEnded, Why
from controller.interaction.interaction import CustomerStage, Interaction, Leg, Member, OfferWhy, Person, Step, TalksTo
from controller.interaction.notices import CustomerForgotten
from controller.interaction.steps.moves import (
    customer_is,
    end_all,
    leave,
    make_owner,
    person_of,
    ring,
    talk_to,
    until,
    vacate,
    why_not_reached,
)


def customer_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """It is over for everybody, unless the site lets the agents of a conference stay together."""
    stay = i.policy.customer_gone_in_conference is CustomerGoneInConference.AGENTS_STAY
    if stay and i.members and i.owner is not None:
        return Step(interaction=customer_is(i, CustomerStage.GONE), news="The customer has hung up.")
    return Step(interaction=end_all(i, now))


def customer_answered(i: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """The call out was answered: from here on it is as any other."""
    return Step(interaction=customer_is(i, CustomerStage.THERE))


def number_refused(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The called one was not reached, and the agent is told why."""
    return nobody_called(i, why_not_reached(i.customer.person, ended.cause), now)


def number_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The called one let it ring; of one that Asterisk could not ring nobody says so."""
    cause = EndCause.FAILED if i.customer.leg.is_stuck else EndCause.NO_ANSWER
    return nobody_called(i, why_not_reached(i.customer.person, cause), now)


def nobody_called(i: Interaction, news: str, now: Seconds) -> Step:
    """Nobody was reached: a reason is owed only where the site wants one."""
    left = vacate(i, now) if i.policy.wrap_up_unanswered else leave(i, now)
    return Step(interaction=customer_is(left, CustomerStage.GONE), news=news)


def customer_waited(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The customer has been on hold for long, or with people outside for too long."""
    if passed.why is Why.OUTSIDE_FOR_TOO_LONG:
        return Step(interaction=end_all(i, now))
    assert i.owner is not None, "somebody has put them on hold"
    assert i.customer.held_since is not None, "they are on hold"
    seconds = now - i.customer.held_since
    again = replace(i, customer=replace(i.customer, deadline=until(i, Why.HELD_FOR_LONG, now)))
    told = CustomerForgotten(interaction=i.id, agent=i.owner.agent, seconds=seconds)
    minutes, rest = divmod(round(seconds), 60)
    return Step(interaction=again, tell=(told,), news=f"The customer has been on hold for {minutes}:{rest:02}.")


def offer_from_line(i: Interaction, chosen: AgentChosen, now: Seconds) -> Step:
    """Ring the agent that routing chose; the customer goes on hearing music."""
    assert (i.owner, i.offer, i.members) == (None, None, ()), "only a customer who waits is given an agent"
    return Step(interaction=ring(i, person_of(chosen.agent), OfferWhy.LINE, now))


def call_out(i: Interaction, person: Person, now: Seconds) -> Interaction:
    """A call out begins at its agent's own telephone, which answers by itself where it can."""
    return ring(i, person, OfferWhy.OWN_PHONE, now)


def own_phone_answered(i: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """Now the number is called; its agent hears it ring."""
    assert i.offer is not None, "an agent's own telephone rings"
    return Step(interaction=call_number(i, i.offer.to, i.offer.leg, now))


def call_number(i: Interaction, person: Person, leg: Leg, now: Seconds) -> Interaction:
    """Whoever calls out is on the line, and the number is called."""
    i = customer_is(make_owner(i, person, leg, now), CustomerStage.RINGING)
    return replace(i, customer=replace(i.customer, deadline=until(i, Why.NUMBER_UNANSWERED, now)))


def own_phone_over(i: Interaction, cause: LegEnded | DeadlinePassed | commands.EndInteraction, now: Seconds) -> Step:
    """The agent's own telephone was not answered: nobody is called, and nothing is owed. They stay named, to be told why."""
    assert i.offer is not None, "an agent's own telephone rings"
    news = None if isinstance(cause, commands.EndInteraction) else "Your own telephone was not answered."
    return Step(
        interaction=customer_is(replace(i, offer=None, former=Member(person=i.offer.to, leg=i.offer.leg)), CustomerStage.GONE), news=news
    )


def hold(i: Interaction, command: commands.HoldCustomer, now: Seconds) -> Step:
    """The customer goes to music."""
    return Step(interaction=talk_to(i, TalksTo.NOBODY))


def resume(i: Interaction, command: commands.ResumeCustomer, now: Seconds) -> Step:
    """The customer comes back; whoever is consulted goes to music first, or rings on."""
    return Step(interaction=talk_to(i, TalksTo.CUSTOMER))


def end(i: Interaction, command: commands.EndInteraction, now: Seconds) -> Step:
    """Hang up on everybody."""
    if i.customer.stage is CustomerStage.TO_DIAL:
        return own_phone_over(i, command, now)
    if i.customer.stage is CustomerStage.RINGING:
        return nobody_called(i, "", now)
    return Step(interaction=end_all(i, now))

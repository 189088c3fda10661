"""What becomes of a consult: it waits in a line, rings, is answered, and is over or becomes a conference."""

from controller.directory.ids import Seconds
from controller.directory.policy import EndConsult
from controller.directory.replace import replace
from controller.interaction import commands
from controller.interaction.facts import AgentChosen, DeadlinePassed, EndCause, LegAnswered, LegEnded, Why
from controller.interaction.interaction import Consult, ConsultStage, Deadline, Interaction, Leg, Member, Person, Reach, Step, TalksTo
from controller.interaction.legs import new_leg
from controller.interaction.notices import AgentMissed, Notice, OfferFailed
from controller.interaction.steps.moves import COULD_NOT_BE_RUNG, end_all, person_of, talk_to, until, verdict_on, why_not_reached


def consult_of(i: Interaction) -> Consult:
    assert i.consult is not None, "somebody is consulted"
    return i.consult


def consulted(i: Interaction) -> tuple[Person, Leg]:
    """Whoever is rung for the consult, or is on the line."""
    consult = consult_of(i)
    assert consult.person is not None, "somebody is rung"
    assert consult.leg is not None, "whoever is rung has a telephone"
    return consult.person, consult.leg


def _nobody_consulted(i: Interaction, news: str, tell: tuple[Notice, ...] = ()) -> Step:
    return Step(interaction=replace(i, consult=None), tell=tell, news=news)


def start_consult(i: Interaction, command: commands.StartConsult, reach: Reach, now: Seconds) -> Step:
    """The customer goes to music, and then somebody is rung; or it waits in the line of a queue until one of its agents is free."""
    i = talk_to(i, TalksTo.CONSULT)
    if isinstance(reach, Person):
        return Step(interaction=_ring_for(i, _new_consult(command, reach.name, now), reach, now))
    until = now + reach.policy.queue_consult_seconds
    waits = _new_consult(command, reach.name, now)
    return Step(interaction=replace(i, consult=_in_line(replace(waits, line=reach, waits_until=until, not_for=(command.agent,)))))


def _new_consult(command: commands.StartConsult, name: str, now: Seconds) -> Consult:
    return Consult(
        stage=ConsultStage.WAITING, target=command.target, name=name, person=None, leg=None, asked_at=now, deadline=None, line=None
    )


def _in_line(consult: Consult) -> Consult:
    """It waits until an agent of the queue is free."""
    assert consult.waits_until is not None, "it has a line to wait in"
    until = Deadline(at=consult.waits_until, why=Why.NO_AGENT_FREE)
    return replace(consult, stage=ConsultStage.WAITING, person=None, leg=None, deadline=until)


def _ring_for(i: Interaction, consult: Consult, person: Person, now: Seconds) -> Interaction:
    i, leg = new_leg(i, person)
    rung = replace(consult, stage=ConsultStage.RINGING, person=person, leg=leg, deadline=until(i, Why.CONSULT_UNANSWERED, now))
    return replace(i, consult=rung)


def ring_for_consult(i: Interaction, chosen: AgentChosen, now: Seconds) -> Step:
    """An agent of the queue is free, and is rung."""
    return Step(interaction=_ring_for(i, consult_of(i), person_of(chosen.agent), now))


def no_agent_free(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """It has waited for too long."""
    return _nobody_consulted(i, f"Nobody in {consult_of(i).name} was free in time.")


def not_consulted(i: Interaction, now: Seconds, news: str, tell: tuple[Notice, ...] = (), *, would_not: bool = False) -> Step:
    """The next one of the queue, if a queue was asked and its time is not over; else it came to nothing.

    `would_not`: they are not to be rung for it again.
    """
    consult = consult_of(i)
    if consult.waits_until is None or consult.waits_until <= now:
        return _nobody_consulted(i, news, tell)
    agent = consulted(i)[0].agent
    not_for = (*consult.not_for, agent) if would_not and agent is not None else consult.not_for
    return Step(interaction=replace(i, consult=_in_line(replace(consult, not_for=not_for))), tell=tell, news=news)


def consult_answered(i: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """They talk with the owner, or wait with music while the owner is with the customer."""
    assert i.owner is not None, "only an owner consults"
    consult = replace(consult_of(i), stage=ConsultStage.UP, deadline=None)
    waits = i.owner.talks_to is TalksTo.CUSTOMER
    person, _ = consulted(i)
    return Step(interaction=replace(i, consult=consult), news=f"{person.name} has answered and waits for you." if waits else None)


def consult_unanswered(i: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The colleague let the telephone ring."""
    person, leg = consulted(i)
    if leg.is_stuck:
        return _consult_could_not_be_rung(i, now)
    return not_consulted(i, now, why_not_reached(person, EndCause.NO_ANSWER), verdict_on(i, person.agent, AgentMissed, "no answer"))


def consult_refused(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The colleague's telephone refused, or could not be rung."""
    person, _ = consulted(i)
    if ended.cause is EndCause.FAILED:
        return _consult_could_not_be_rung(i, now)
    # Many telephones say "busy" (486) when their reject key is pressed, so that is a "no, thank you" as well.
    would_not = ended.cause in (EndCause.DECLINED, EndCause.BUSY, EndCause.HUNG_UP)
    told = () if would_not else verdict_on(i, person.agent, *_verdict_for(ended.cause))
    return not_consulted(i, now, why_not_reached(person, ended.cause), told, would_not=would_not)


def _verdict_for(cause: EndCause) -> tuple[type[AgentMissed | OfferFailed], str]:
    if cause in COULD_NOT_BE_RUNG:
        return OfferFailed, COULD_NOT_BE_RUNG[cause]
    return AgentMissed, f"telephone {cause.value}"


def consult_left(i: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """Whom the owner talked with, or who waited, is gone. A telephone that answers without sound is up for a moment."""
    if ended.cause is EndCause.NO_SOUND:
        return consult_refused(i, ended, now)
    news = "has left" if ended.cause is EndCause.HUNG_UP else "has been cut off"
    return _nobody_consulted(i, f"{consulted(i)[0].name} {news}.")


def _consult_could_not_be_rung(i: Interaction, now: Seconds) -> Step:
    """Our own trouble, or the network's: nothing is held against the colleague."""
    person, _ = consulted(i)
    if person.agent is None:
        return _nobody_consulted(i, why_not_reached(person, EndCause.FAILED))
    news = f"{person.name} could not be rung: the network or Asterisk failed, not {person.name}. Try again in a moment."
    return not_consulted(i, now, news, verdict_on(i, person.agent, OfferFailed, COULD_NOT_BE_RUNG[EndCause.FAILED]))


def swap(i: Interaction, command: commands.SwapParties, now: Seconds) -> Step:
    """Whoever heard music talks with the owner, and the other way round."""
    assert i.owner is not None, "only an owner swaps"
    return Step(interaction=talk_to(i, TalksTo.CONSULT if i.owner.talks_to is TalksTo.CUSTOMER else TalksTo.CUSTOMER))


def cancel_consult(i: Interaction, cause: commands.CancelConsult | commands.EndConsult | LegEnded, now: Seconds) -> Step:
    """The owner wants the customer back, whatever the site says of consults that others end."""
    return Step(interaction=replace(talk_to(i, TalksTo.CUSTOMER), consult=None))


def end_consult(i: Interaction, cause: commands.EndConsult | LegEnded, now: Seconds) -> Step:
    """For everybody, or for the colleague only, as the site wants it. A conference that waits is never ended by it."""
    if i.policy.end_consult is EndConsult.END_INTERACTION and not i.members:
        return Step(interaction=end_all(i, now))
    return cancel_consult(i, cause, now)


def leave_consult(i: Interaction, command: commands.LeaveConsult, now: Seconds) -> Step:
    """The colleague goes, without wrap-up."""
    return _nobody_consulted(i, f"{consulted(i)[0].name} has left.")


def conference(i: Interaction, command: commands.StartConference, now: Seconds) -> Step:
    """Whoever is consulted joins the others."""
    return Step(interaction=talk_to(joined(i), TalksTo.CUSTOMER))


def joined(i: Interaction) -> Interaction:
    """Whoever was consulted is with the others."""
    person, leg = consulted(i)
    return replace(i, consult=None, members=(*i.members, Member(person=person, leg=leg)))

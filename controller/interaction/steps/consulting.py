"""Agent 1 asks a colleague, goes back and forth, and comes back to the customer."""

from controller.directory.ids import Seconds
from controller.directory.policy import AfterConsult, EndConsult
from controller.directory.replace import replace
from controller.interaction.commands import (
    CancelConsult,
    DeclineOffer,
    LeaveConsult,
    ResumeCustomer,
    StartConsult,
    SwapParties,
)
from controller.interaction.commands import EndConsult as EndConsultCommand
from controller.interaction.facts import DeadlinePassed, EndCause, LegAnswered, LegEnded, Why
from controller.interaction.interaction import Deadline, Interaction, Phase, Step
from controller.interaction.notices import AgentMissed, Notice, OfferFailed
from controller.interaction.party import Party, Role, Standing
from controller.interaction.steps.common import COULD_NOT_BE_RUNG, agent_2_of, change, enter, ring, without
from controller.interaction.steps.ending import end_for_everybody


def start_consult(interaction: Interaction, command: StartConsult, now: Seconds) -> Step:
    """The customer goes to music, and then the colleague is rung."""
    asked = ring(interaction, Role.AGENT_2, command.target)
    deadline = Deadline(at=now + interaction.policy.consult_seconds, why=Why.CONSULT_UNANSWERED)
    return Step(interaction=replace(enter(asked, Phase.CONSULT_OFFERED, now, deadline=deadline), consult_asked_at=now))


def join_consult(interaction: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """The colleague picked up and talks with Agent 1."""
    answered_2 = replace(agent_2_of(interaction), standing=Standing.UP)
    return Step(interaction=enter(change(interaction, answered_2), Phase.CONSULTING, now))


def join_and_wait(interaction: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """The colleague picked up while Agent 1 talks with the customer: they wait with music until Agent 1 swaps."""
    if agent_2_of(interaction).is_up:
        return Step(interaction=interaction)  # the switch may say twice that somebody answered
    agent_2 = replace(agent_2_of(interaction), standing=Standing.UP)
    return Step(interaction=replace(change(interaction, agent_2), deadline=None, news=f"{agent_2.name} has answered and waits for you."))


def park_agent_2(interaction: Interaction, command: ResumeCustomer | SwapParties, now: Seconds) -> Step:
    """Agent 2 goes to music, then the customer comes back."""
    return Step(interaction=enter(interaction, Phase.CONSULT_HELD, now))


def resume_while_ringing(interaction: Interaction, command: ResumeCustomer, now: Seconds) -> Step:
    """The customer comes back and the ringing goes on, until its own deadline."""
    return Step(interaction=enter(interaction, Phase.CONSULT_HELD, now, deadline=interaction.deadline))


def return_to_agent_2(interaction: Interaction, command: SwapParties, now: Seconds) -> Step:
    """The customer goes to music, then Agent 2, talking or still ringing, is back with Agent 1."""
    if agent_2_of(interaction).rings:
        return Step(interaction=enter(interaction, Phase.CONSULT_OFFERED, now, deadline=interaction.deadline))
    return Step(interaction=enter(interaction, Phase.CONSULTING, now))


def consult_came_to_nothing(interaction: Interaction, now: Seconds, *, news: str, tell: tuple[Notice, ...]) -> Step:
    """Agent 2 is out; the customer comes back to Agent 1, or stays with music where the site wants that."""
    alone = replace(without(interaction, Role.AGENT_2), consult_asked_at=None)
    customer_is_back_already = interaction.phase in (Phase.CONSULT_HELD, Phase.CONFERENCE)
    keep_held = interaction.policy.after_consult is AfterConsult.KEEP_HELD and not customer_is_back_already
    return Step(interaction=enter(alone, Phase.HELD if keep_held else Phase.CONNECTED, now, news=news), tell=tell)


def cancel_consult(interaction: Interaction, command: CancelConsult, now: Seconds) -> Step:
    """Agent 1 will not wait for the colleague: back to the customer."""
    back = replace(without(interaction, Role.AGENT_2), consult_asked_at=None)
    return Step(interaction=enter(back, Phase.CONNECTED, now))


def decline_consult(interaction: Interaction, command: DeclineOffer, now: Seconds) -> Step:
    """The colleague will not be consulted. Nothing is held against them: a person chose them, not routing."""
    return consult_came_to_nothing(interaction, now, news=f"{agent_2_of(interaction).name} declined.", tell=())


def agent_2_left(interaction: Interaction, fact: LegEnded, now: Seconds) -> Step:
    """Agent 2's leg is gone: they hung up, or their telephone refused or could not be rung."""
    agent_2 = agent_2_of(interaction)
    # A telephone that answers without sound is up for a moment.
    if agent_2.is_up and fact.cause is not EndCause.NO_SOUND:
        news = "has left" if fact.cause is EndCause.HUNG_UP else "has been cut off"
        return consult_came_to_nothing(interaction, now, news=f"{agent_2.name} {news}.", tell=())
    if fact.cause is EndCause.FAILED:
        return _could_not_be_rung(interaction, agent_2, now)
    news = {
        EndCause.BUSY: f"{agent_2.name} is busy.",
        EndCause.DECLINED: f"{agent_2.name} declined.",
        EndCause.NO_ANSWER: f"{agent_2.name} did not answer.",
        EndCause.FORWARDED: f"{agent_2.name}'s telephone forwards its calls, and forwarding is not followed.",
        EndCause.NO_SOUND: f"{agent_2.name}'s telephone and Asterisk agree on no sound.",
    }.get(fact.cause, f"{agent_2.name} could not be reached.")
    tell: tuple[Notice, ...] = ()
    # Many telephones say "busy" (486) when their reject key is pressed, so that is a "no, thank you" as well.
    if agent_2.agent is not None and fact.cause not in (EndCause.DECLINED, EndCause.BUSY, EndCause.HUNG_UP):
        because = f"telephone {fact.cause.value}"
        tell = (AgentMissed(interaction=interaction.id, agent=agent_2.agent, because=because),)
    return consult_came_to_nothing(interaction, now, news=news, tell=tell)


def _could_not_be_rung(interaction: Interaction, agent_2: Party, now: Seconds) -> Step:
    """Our own trouble, or the network's: nothing is held against the colleague."""
    failed: tuple[Notice, ...] = ()
    if agent_2.agent is not None:
        failed = (OfferFailed(interaction=interaction.id, agent=agent_2.agent, because=COULD_NOT_BE_RUNG),)
    news = f"{agent_2.name} could not be rung: the network or Asterisk failed, not {agent_2.name}. Try again in a moment."
    return consult_came_to_nothing(interaction, now, news=news, tell=failed)


def consult_unanswered(interaction: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The colleague let the telephone ring: back to the customer."""
    agent_2 = agent_2_of(interaction)
    if agent_2.is_stuck:
        return _could_not_be_rung(interaction, agent_2, now)
    missed: tuple[Notice, ...] = ()
    if agent_2.agent is not None:
        missed = (AgentMissed(interaction=interaction.id, agent=agent_2.agent, because="no answer"),)
    return consult_came_to_nothing(interaction, now, news=f"{agent_2.name} did not answer.", tell=missed)


def leave_consult(interaction: Interaction, command: LeaveConsult, now: Seconds) -> Step:
    """Agent 2 goes, without wrap-up; the call goes on between Agent 1 and the customer."""
    return consult_came_to_nothing(interaction, now, news=f"{agent_2_of(interaction).name} has left.", tell=())


def end_consult(interaction: Interaction, command: EndConsultCommand, now: Seconds) -> Step:
    """Agent 1 ends the consult: for everybody, or for Agent 2 only, as the site wants it."""
    if interaction.policy.end_consult is EndConsult.END_INTERACTION:
        return end_for_everybody(interaction, command, now)
    back = replace(without(interaction, Role.AGENT_2), consult_asked_at=None)
    return Step(interaction=enter(back, Phase.CONNECTED, now))

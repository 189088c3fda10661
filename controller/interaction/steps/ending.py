"""It is over: for everybody, or, by the site's policy, not quite."""

from controller.directory.directory import Agent
from controller.directory.ids import Seconds
from controller.directory.policy import OwnerHangUp
from controller.directory.replace import replace
from controller.interaction.commands import Command
from controller.interaction.facts import EndCause, LegEnded, Why
from controller.interaction.interaction import Deadline, Interaction, Phase, Step
from controller.interaction.notices import AgentMissed, Notice, OfferFailed
from controller.interaction.party import Role, Standing
from controller.interaction.steps.common import ask_wrap_up, back_to_line, enter, is_rung_back, owner_of, ring, without


def end_for_everybody(interaction: Interaction, cause: Command | LegEnded, now: Seconds) -> Step:
    """Nobody is on the line any more. An owner who has had the customer wraps up; Agent 2 never does."""
    ended = without(interaction, Role.AGENT_2)
    owner = ended.owner
    if owner is not None and owner.agent is not None and owner.is_up:
        ended = ask_wrap_up(ended, owner.agent, now)
    return Step(interaction=everybody_gone(ended, now))


def everybody_gone(interaction: Interaction, now: Seconds) -> Interaction:
    """The customer and the owner stay named, for the wrap-up dialog; their legs are gone."""
    gone = tuple(
        replace(p, standing=Standing.GONE, phone_on_hold=False, hold_key_in_doubt=False, is_stuck=False) for p in interaction.parties
    )
    return enter(replace(interaction, parties=gone, consult_asked_at=None), Phase.ENDED, now)


def end_before_answer(interaction: Interaction, cause: Command | LegEnded, now: Seconds) -> Step:
    """A telephone that rings for the customer stops. Who never had the customer does not wrap up; an owner who is rung back has."""
    if not is_rung_back(interaction):
        return Step(interaction=everybody_gone(without(interaction, Role.AGENT_1), now))

    _, agent = owner_of(interaction)
    return Step(interaction=everybody_gone(ask_wrap_up(interaction, agent, now), now))


def owner_left(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The owner's leg is gone while the customer is there.

    Hanging up is a decision, and the site says what it means; a telephone that was lost is not, and the customer must not pay for it.
    """
    if ended.cause is not EndCause.HUNG_UP:
        return _owner_was_lost(interaction, ended.cause, now)
    if interaction.policy.owner_hang_up is OwnerHangUp.RING_BACK:
        return _ring_owner_back(interaction, now)
    return end_for_everybody(interaction, ended, now)


def _owner_was_lost(interaction: Interaction, cause: EndCause, now: Seconds) -> Step:
    """The customer waits again, and the owner wraps up: they have had them.

    Nothing is charged to them: it may be Asterisk's or our own doing, and a telephone that is dead shows so when it is rung the next time.
    A telephone that answers without sound is up for a moment, ends with its own cause, and would take the next customer in the same way.
    """
    owner, agent = owner_of(interaction)
    told: Notice = OfferFailed(interaction=interaction.id, agent=agent, because="telephone lost")
    if cause is EndCause.NO_SOUND:
        told = AgentMissed(interaction=interaction.id, agent=agent, because=f"telephone {cause.value}")
    owed = ask_wrap_up(replace(interaction, waiting_again_since=now), agent, now)
    return back_to_line(owed, now, tell=(told,), news=f"{owner.name} has been cut off.")


def _ring_owner_back(interaction: Interaction, now: Seconds) -> Step:
    """The customer hears music, Agent 2 is dropped, and Agent 1 is rung once more."""
    owner, agent = owner_of(interaction)
    assert owner.phone is not None, "an agent has a telephone"

    again = Agent(id=agent, name=owner.name, phone=owner.phone, answers_remotely=owner.answers_remotely)
    rung = ring(without(interaction, Role.AGENT_2), Role.AGENT_1, again)
    deadline = Deadline(at=now + interaction.policy.ring_back_seconds, why=Why.RING_BACK_UNANSWERED)
    offered = enter(rung, Phase.OFFERED, now, deadline=deadline)
    return Step(interaction=replace(offered, consult_asked_at=None, waiting_again_since=now))

"""A customer who waits is offered to an agent, who answers, declines, or lets it ring."""

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.interaction.commands import AcceptOffer, DeclineOffer
from controller.interaction.facts import AgentChosen, DeadlinePassed, EndCause, LegAnswered, LegEnded, Why
from controller.interaction.interaction import Deadline, Interaction, Phase, Step
from controller.interaction.notices import AgentDeclined, AgentMissed, Notice, OfferFailed
from controller.interaction.party import Party, Role, Standing
from controller.interaction.steps.common import (
    COULD_NOT_BE_RUNG,
    ask_wrap_up,
    back_to_line,
    change,
    enter,
    is_rung_back,
    new_leg,
    owner_of,
    ring,
)


def offer_to_agent(interaction: Interaction, chosen: AgentChosen, now: Seconds) -> Step:
    """Ring the agent that routing chose; the customer goes on hearing music."""
    offered = ring(interaction, Role.AGENT_1, chosen.agent)
    deadline = Deadline(at=now + interaction.policy.offer_seconds, why=Why.OFFER_UNANSWERED)
    return Step(interaction=enter(offered, Phase.OFFERED, now, deadline=deadline))


def connect_owner(interaction: Interaction, answered: LegAnswered, now: Seconds) -> Step:
    """The agent picked up: the customer comes to them."""
    owner, _ = owner_of(interaction)
    connected = change(interaction, replace(owner, standing=Standing.UP))
    return Step(interaction=replace(enter(connected, Phase.CONNECTED, now), first_in_line=False, not_for=()))


def decline_offer(interaction: Interaction, command: DeclineOffer, now: Seconds) -> Step:
    """The agent will not take the customer: idle until they say otherwise."""
    _, agent = owner_of(interaction)
    return _offer_is_over(interaction, now, tell=(AgentDeclined(interaction=interaction.id, agent=agent),))


def offer_leg_ended(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """The agent's telephone refused, or could not be rung. What the network or Asterisk failed at is not charged to the agent."""
    _, agent = owner_of(interaction)
    told: Notice
    match ended.cause:
        case EndCause.DECLINED:
            told = AgentDeclined(interaction=interaction.id, agent=agent)
        case EndCause.FAILED:
            return _could_not_be_rung(interaction, now)
        case _:
            told = AgentMissed(interaction=interaction.id, agent=agent, because=f"telephone {ended.cause.value}")
    return _offer_is_over(interaction, now, tell=(told,))


def _could_not_be_rung(interaction: Interaction, now: Seconds) -> Step:
    """Our own trouble, or the network's."""
    owner, agent = owner_of(interaction)
    news = f"{owner.name} could not be rung: the network or Asterisk failed. The customer is offered again."
    told = OfferFailed(interaction=interaction.id, agent=agent, because=COULD_NOT_BE_RUNG)
    return _offer_is_over(interaction, now, tell=(told,), news=news)


def withdraw_offer(interaction: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """The agent let the telephone ring: it stops, and they get no more calls until they say so."""
    owner, agent = owner_of(interaction)
    if owner.is_stuck:
        return _could_not_be_rung(interaction, now)
    return _offer_is_over(interaction, now, tell=(AgentMissed(interaction=interaction.id, agent=agent, because="no answer"),))


def _offer_is_over(interaction: Interaction, now: Seconds, *, tell: tuple[Notice, ...], news: str = "") -> Step:
    """The customer waits on. An owner who was rung back, and is not with the customer again, wraps up like any other."""
    if not is_rung_back(interaction):
        return back_to_line(interaction, now, tell=tell, news=news)
    _, agent = owner_of(interaction)
    return back_to_line(ask_wrap_up(interaction, agent, now), now, tell=tell, news=news)


def answer_remotely(interaction: Interaction, command: AcceptOffer, now: Seconds) -> Step:
    """Ring the telephone anew, this time with the wish that it answers by itself: SIP has no way to ask that of a ringing one."""
    role = interaction.role_of(command.agent)
    party = interaction.party(role) if role else None
    assert party is not None, "only a party is allowed to accept"
    return Step(interaction=_ring_anew(interaction, party))


def _ring_anew(interaction: Interaction, party: Party) -> Interaction:
    assert party.agent is not None, "only one of our agents is told to answer"
    told = change(interaction, replace(party, leg=new_leg(interaction, party.agent), told_to_answer=True, is_stuck=False))
    return replace(told, legs_made=interaction.legs_made + 1)

"""Agent 1 hands the customer over to Agent 2, who becomes the owner at once or when they accept."""

from controller.directory.ids import Seconds
from controller.directory.policy import TransferAcceptance
from controller.directory.replace import replace
from controller.interaction.commands import AcceptTransfer, DeclineTransfer, TransferCustomer
from controller.interaction.facts import DeadlinePassed, EndCause, LegEnded, Why
from controller.interaction.interaction import Deadline, Interaction, Phase, Step
from controller.interaction.notices import AgentMissed, OfferFailed
from controller.interaction.party import Role, Standing
from controller.interaction.steps.common import agent_2_of, ask_wrap_up, back_to_line, change, enter, owner_of


def make_agent_2_owner(interaction: Interaction, now: Seconds) -> Interaction:
    """Agent 2 is Agent 1 from now on, with an owner's rights and wrap-up, and talks with the customer."""
    new_owner = replace(agent_2_of(interaction), role=Role.AGENT_1)
    others = tuple(p for p in interaction.parties if p.role not in (Role.AGENT_1, Role.AGENT_2))
    handed_over = replace(interaction, parties=(*others, new_owner), consult_asked_at=None, not_for=())
    return enter(handed_over, Phase.CONNECTED, now)


def transfer_customer(interaction: Interaction, command: TransferCustomer, now: Seconds) -> Step:
    """Agent 1 leaves and wraps up; Agent 2 has the customer, or is asked to take them."""
    _, agent = owner_of(interaction)
    asked = ask_wrap_up(interaction, agent, now)
    if interaction.policy.transfer_acceptance is TransferAcceptance.AUTOMATIC:
        return Step(interaction=make_agent_2_owner(asked, now))

    owner, _ = owner_of(asked)
    left = replace(change(asked, replace(owner, standing=Standing.GONE)), waiting_again_since=now)
    deadline = Deadline(at=now + interaction.policy.transfer_seconds, why=Why.TRANSFER_UNANSWERED)
    return Step(interaction=enter(left, Phase.TRANSFER_ASKED, now, deadline=deadline))


def transfer_from_conference(interaction: Interaction, command: TransferCustomer, now: Seconds) -> Step:
    """In a conference Agent 2 has the customer already, so nobody is asked: the owner leaves."""
    return owner_leaves_conference(interaction, now)


def owner_leaves_conference(interaction: Interaction, now: Seconds) -> Step:
    """Agent 1 goes and wraps up; Agent 2 becomes the owner and stays with the customer."""
    _, agent = owner_of(interaction)
    return Step(interaction=make_agent_2_owner(ask_wrap_up(interaction, agent, now), now))


def accept_transfer(interaction: Interaction, command: AcceptTransfer, now: Seconds) -> Step:
    """Agent 2 takes the customer over."""
    return Step(interaction=make_agent_2_owner(interaction, now))


def transfer_refused(interaction: Interaction, fact: DeclineTransfer, now: Seconds) -> Step:
    """Agent 2 would not take the customer, who goes to the front of the line and is not offered to them again at once."""
    return back_to_line(interaction, now, tell=(), not_for=agent_2_of(interaction).agent)


def asked_agent_left(interaction: Interaction, ended: LegEnded, now: Seconds) -> Step:
    """Hanging up is refusing. Agent 2 whose telephone was lost has refused nothing."""
    agent = agent_2_of(interaction).agent
    if ended.cause is EndCause.HUNG_UP or agent is None:
        return back_to_line(interaction, now, tell=(), not_for=agent)
    return back_to_line(interaction, now, tell=(OfferFailed(interaction=interaction.id, agent=agent, because="telephone lost"),))


def transfer_unanswered(interaction: Interaction, passed: DeadlinePassed, now: Seconds) -> Step:
    """Agent 2 said nothing: the customer goes to the front of the line."""
    agent = agent_2_of(interaction).agent
    missed = (AgentMissed(interaction=interaction.id, agent=agent, because="no answer"),) if agent else ()
    return back_to_line(interaction, now, tell=missed, not_for=agent)

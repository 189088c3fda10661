"""The few moves that many steps share."""

from controller.directory.directory import Agent
from controller.directory.ids import AgentId, LegId, Seconds
from controller.directory.replace import replace
from controller.interaction.facts import Why
from controller.interaction.interaction import Deadline, Interaction, Phase, Step, WrapUp
from controller.interaction.leg import Origin
from controller.interaction.notices import Notice
from controller.interaction.party import Party, Role, Standing

COULD_NOT_BE_RUNG = "the network or Asterisk could not ring the telephone"


def enter(interaction: Interaction, phase: Phase, now: Seconds, *, deadline: Deadline | None = None, news: str = "") -> Interaction:
    """Go to another phase; what the old one waited for is forgotten."""
    return replace(interaction, phase=phase, phase_since=now, deadline=deadline, news=news)


def new_leg(interaction: Interaction, agent: AgentId) -> LegId:
    """Name a leg that was never used before, so that `core show channels` tells an administrator whose it is."""
    return LegId(f"ix-{interaction.id}-{agent}-{interaction.legs_made + 1}")


def ring(interaction: Interaction, role: Role, agent: Agent) -> Interaction:
    """Add an agent whose telephone is to be rung, on a leg that was never used before."""
    customer = interaction.customer
    assert customer is not None, "an agent is rung for a customer"
    party = Party(
        role=role,
        leg=new_leg(interaction, agent.id),
        origin=Origin.MADE,
        switch=customer.switch,
        standing=Standing.RINGING,
        name=agent.name,
        number=agent.phone,
        agent=agent.id,
        phone=agent.phone,
        answers_remotely=agent.answers_remotely,
    )
    others = tuple(p for p in interaction.parties if p.role is not role)
    return replace(interaction, parties=(*others, party), legs_made=interaction.legs_made + 1)


def change(interaction: Interaction, party: Party) -> Interaction:
    """Put this party in place of whoever has its role."""
    return replace(interaction, parties=tuple(party if p.role is party.role else p for p in interaction.parties))


def without(interaction: Interaction, *roles: Role) -> Interaction:
    """Let parties go: the layout no longer names their legs, so the switch hangs them up."""
    return replace(interaction, parties=tuple(p for p in interaction.parties if p.role not in roles))


def back_to_line(
    interaction: Interaction, now: Seconds, *, tell: tuple[Notice, ...], not_for: AgentId | None = None, news: str = ""
) -> Step:
    """The customer waits again, before everybody else, with music: losing an agent was not their fault.

    `not_for`: somebody who would not have them; until an agent answers, those who would not are remembered. `news`: for supervisors.
    """
    waiting = enter(without(interaction, Role.AGENT_1, Role.AGENT_2), Phase.QUEUED, now, news=news)
    would_not = interaction.not_for if not_for is None else (*interaction.not_for, not_for)
    return Step(interaction=replace(waiting, first_in_line=True, not_for=would_not, consult_asked_at=None), tell=tell)


def is_rung_back(interaction: Interaction) -> bool:
    """The telephone that rings is that of an owner who has had the customer."""
    return interaction.deadline is not None and interaction.deadline.why is Why.RING_BACK_UNANSWERED


def ask_wrap_up(interaction: Interaction, agent: AgentId, now: Seconds) -> Interaction:
    """Open the wrap-up of an agent who owned the interaction."""
    wrap_up = WrapUp(agent=agent, asked_at=now, over_at=now + interaction.policy.wrap_up_seconds)
    return replace(interaction, wrap_ups=(*interaction.wrap_ups, wrap_up))


def owner_of(interaction: Interaction) -> tuple[Party, AgentId]:
    """The owner and their id, in a phase that has one."""
    owner = interaction.owner
    assert owner is not None, f"{interaction.phase} has an owner"
    assert owner.agent is not None, "an owner is one of our agents"
    return owner, owner.agent


def agent_2_of(interaction: Interaction) -> Party:
    """Agent 2, in a phase that has one."""
    agent_2 = interaction.agent_2
    assert agent_2 is not None, f"{interaction.phase} has an Agent 2"
    return agent_2

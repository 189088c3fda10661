"""What everybody outside the core asks an interaction: who takes part in it and as what, whose leg is whose, what is waited for.

Outside, nobody reads how the core stores this.
"""

from controller.directory.ids import AgentId, LegId, Seconds
from controller.interaction.interaction import Deadline, Interaction
from controller.interaction.party import Party, Role


def parties(interaction: Interaction) -> tuple[Party, ...]:
    """Name everybody who takes part or is still named for a wrap-up, the customer first."""
    return interaction.parties


def party_of(interaction: Interaction, leg: LegId) -> Party | None:
    """Find whose leg this is; None when the leg is no longer, or not, of this interaction."""
    return interaction.party_of(leg)


def customer_of(interaction: Interaction) -> Party | None:
    """Find the customer."""
    return interaction.customer


def owner_of(interaction: Interaction) -> Party | None:
    """Find Agent 1, or whoever is rung to become that, or who was it when it ended."""
    return interaction.owner


def agent_2_of(interaction: Interaction) -> Party | None:
    """Find whoever the owner consults, has brought into a conference, or wants to hand the customer over to."""
    return interaction.agent_2


def customer_is_there(interaction: Interaction) -> bool:
    """False once the customer has hung up, even where the agents stay together."""
    return interaction.customer_is_there


def role_of(interaction: Interaction, agent: AgentId) -> Role | None:
    """Say what this agent is to the interaction; None: nothing (a supervisor's eye is not the interaction's business)."""
    return interaction.role_of(agent)


def deadlines(interaction: Interaction) -> tuple[Deadline, ...]:
    """List the moments by which somebody's telephone must have answered, or somebody must have accepted."""
    return () if interaction.deadline is None else (interaction.deadline,)


def consult_asked_at(interaction: Interaction) -> Seconds | None:
    """Say when whoever is Agent 2 was asked; None: nobody is consulted."""
    return interaction.consult_asked_at

"""What interactions make of an agent: derived from who is in them, so that nobody can be stuck in a state of their own."""

from collections.abc import Mapping

from controller.directory.ids import AgentId, InteractionId
from controller.interaction.interaction import Interaction
from controller.interaction.legs import legs, rings
from controller.routing.desk import DeskState

_PRESSING = (DeskState.ENGAGED, DeskState.OFFERED, DeskState.WRAP_UP)


def occupation_in(interaction: Interaction, agent: AgentId) -> DeskState | None:
    """Say what one interaction makes of an agent; None: nothing."""
    for person, leg in legs(interaction):
        if person is not None and person.agent == agent:
            return DeskState.OFFERED if rings(interaction, leg) else DeskState.ENGAGED
    return DeskState.WRAP_UP if interaction.owes_wrap_up(agent) else None


def agents_in(interaction: Interaction | None) -> set[AgentId]:
    """Name everybody whose desk this interaction may concern."""
    if interaction is None:
        return set()
    agents = {person.agent for person, _ in legs(interaction) if person is not None and person.agent is not None}
    agents.update([wrap_up.agent for wrap_up in interaction.wrap_ups])
    return agents


def most_pressing(in_these: Mapping[InteractionId, DeskState]) -> tuple[InteractionId | None, DeskState | None]:
    """Of all that an agent is in, what they are seen as: on a call rather than wrapping up another."""
    for state in _PRESSING:
        for interaction, occupation in sorted(in_these.items()):
            if occupation is state:
                return interaction, state
    return None, None

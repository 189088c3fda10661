"""Interactions as JSON, each made once for each viewer however often it is sent. Forgets an interaction when a newer one comes.

To all supervisors who are no party an interaction looks the same, so theirs is made once for all of them.
"""

from dataclasses import dataclass, field

from controller.desktop.views import SeenByAll, interaction_view, seen_by_all
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId
from controller.floor.floor import Floor
from controller.interaction.interaction import Interaction
from controller.interaction.party import Role


@dataclass(slots=True)
class _Pictured:
    """What one interaction looked like, to whom, and what else the look depends on."""

    interaction: Interaction
    directory: Directory
    switch_is_there: bool
    shared: SeenByAll
    seen: dict[AgentId | Role, str] = field(default_factory=dict)

    def is_of(self, interaction: Interaction, floor: Floor) -> bool:
        return self.interaction is interaction and self.directory is floor.directory and self.switch_is_there is floor.switch_is_there


class Pictures:
    """Remembers the newest look of each interaction that lives."""

    def __init__(self) -> None:
        self._pictured: dict[InteractionId, _Pictured] = {}

    def json_of(self, floor: Floor, interaction: Interaction, viewer: AgentId) -> str:
        """One interaction as this viewer sees it."""
        pictured = self._pictured.get(interaction.id)
        if pictured is None or not pictured.is_of(interaction, floor):
            pictured = _Pictured(interaction, floor.directory, floor.switch_is_there, seen_by_all(interaction, floor.directory.region))
            if interaction.id in floor.interactions:
                self._pictured[interaction.id] = pictured
        as_whom = Role.SUPERVISOR if floor.role_of(interaction, viewer) is Role.SUPERVISOR else viewer
        seen = pictured.seen.get(as_whom)
        if seen is None:
            seen = pictured.seen[as_whom] = interaction_view(floor, interaction, viewer, pictured.shared).model_dump_json()
        return seen

    def forget(self, interaction: InteractionId) -> None:
        """Let go of an interaction that is over."""
        self._pictured.pop(interaction, None)

"""What viewers were shown last: interactions as JSON, and the places of the consults that wait in a line.

JSON is made once for each viewer however often it is sent, and forgotten when a newer interaction comes. To all supervisors who are no
party an interaction looks the same, so theirs is made once for all of them. A waiting consult's place moves when others come and go, and
nothing else tells of that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from controller.desktop.views import SeenByAll, Waits, interaction_view, seen_by_all, waits_of
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId
from controller.floor.floor import Floor
from controller.floor.outcome import Outcome
from controller.interaction.interaction import Interaction
from controller.interaction.party import Role


@dataclass(slots=True)
class _CachedViews:
    """One interaction's JSON for each of its viewers, and what else that depends on."""

    interaction: Interaction
    directory: Directory
    switch_is_there: bool
    waits: Waits | None
    shared: SeenByAll
    seen: dict[AgentId | Role, str] = field(default_factory=dict)

    def is_of(self, interaction: Interaction, floor: Floor, waits: Waits | None) -> bool:
        return (
            self.interaction is interaction
            and self.directory is floor.directory
            and self.switch_is_there is floor.switch_is_there
            and self.waits == waits
        )


class ViewCache:
    """The newest views of each interaction that lives."""

    def __init__(self) -> None:
        self._cached: dict[InteractionId, _CachedViews] = {}

    def json_of(self, floor: Floor, interaction: Interaction, viewer: AgentId) -> str:
        """One interaction as this viewer sees it."""
        cached, waits = self._cached.get(interaction.id), waits_of(floor, interaction)
        if cached is None or not cached.is_of(interaction, floor, waits):
            shared = seen_by_all(interaction, floor.directory.region, waits)
            cached = _CachedViews(interaction, floor.directory, floor.switch_is_there, waits, shared)
            if interaction.id in floor.interactions:
                self._cached[interaction.id] = cached
        as_whom = Role.SUPERVISOR if floor.role_of(interaction, viewer) is Role.SUPERVISOR else viewer
        seen = cached.seen.get(as_whom)
        if seen is None:
            seen = cached.seen[as_whom] = interaction_view(floor, interaction, viewer, cached.shared).model_dump_json()
        return seen

    def forget(self, interaction: InteractionId) -> None:
        """Let go of an interaction that is over."""
        self._cached.pop(interaction, None)


class WaitingConsults:
    """Which consults wait in a queue's line, and how they were shown last."""

    def __init__(self, floor: Floor) -> None:
        self._shown: dict[InteractionId, Waits] = {}
        for interaction in floor.interactions.values():
            self._note(floor, interaction)

    def moved(self, outcome: Outcome, floor: Floor) -> Iterator[Interaction]:
        """Give those that wait otherwise after this input, and that have not changed themselves: nobody was shown it yet."""
        for change in outcome.changes:
            self._note(floor, change.after)
        if outcome.queues and self._shown:
            for waiting, shown in tuple(self._shown.items()):
                interaction = floor.interactions.get(waiting)
                if interaction is None:
                    # The floor is ahead of what is told: a later input of the same batch has ended it, and its own outcome says so.
                    del self._shown[waiting]
                elif waits_of(floor, interaction) != shown:
                    self._note(floor, interaction)
                    yield interaction

    def _note(self, floor: Floor, interaction: Interaction) -> None:
        waits = waits_of(floor, interaction)
        if waits is None:
            self._shown.pop(interaction.id, None)
        else:
            self._shown[interaction.id] = waits

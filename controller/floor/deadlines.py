"""Which moment comes next. A heap that forgets lazily: a deadline that was dropped is found out when its time comes."""

import heapq
from collections.abc import Mapping

from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.interaction.facts import DeadlinePassed, Why
from controller.interaction.interaction import Deadline, Interaction
from controller.interaction.parties import deadlines

_Entry = tuple[Seconds, InteractionId, Why, AgentId]


class Deadlines:
    """The moments that interactions wait for, earliest first.

    What a telephone must do by some moment is judged only while we hear the switch: it may have been done, and the fact be on its way.
    """

    def __init__(self) -> None:
        self._of_telephones: list[_Entry] = []
        self._of_people: list[_Entry] = []

    def note(self, before: Interaction | None, after: Interaction) -> None:
        """Remember what an interaction has begun to wait for."""
        known_deadlines = deadlines(before) if before else ()
        for deadline in deadlines(after):
            if deadline not in known_deadlines:
                heapq.heappush(self._of_telephones, (deadline.at, after.id, deadline.why, AgentId("")))
        known = before.wrap_ups if before else ()
        for wrap_up in after.wrap_ups:
            if wrap_up.is_owed and wrap_up.over_at is not None and wrap_up not in known:
                heapq.heappush(self._of_people, (wrap_up.over_at, after.id, Why.WRAP_UP_OVER, wrap_up.agent))

    def next_at(self, *, switch_is_there: bool) -> Seconds | None:
        """When the earliest comes; None: nothing is waited for."""
        return min((heap[0][0] for heap in self._judged(switch_is_there) if heap), default=None)

    def due(self, now: Seconds, interactions: Mapping[InteractionId, Interaction], *, switch_is_there: bool) -> DeadlinePassed | None:
        """Take the earliest that has come and still holds; None: none has."""
        for heap in self._judged(switch_is_there):
            while heap and heap[0][0] <= now:
                at, interaction_id, why, agent = heapq.heappop(heap)
                interaction = interactions.get(interaction_id)
                if interaction is not None and _still_holds(interaction, at, why, agent):
                    return DeadlinePassed(interaction=interaction_id, why=why, agent=agent or None)
        return None

    def _judged(self, switch_is_there: bool) -> tuple[list[_Entry], ...]:
        return (self._of_telephones, self._of_people) if switch_is_there else (self._of_people,)


def _still_holds(interaction: Interaction, at: Seconds, why: Why, agent: AgentId) -> bool:
    if why is Why.WRAP_UP_OVER:
        owed = interaction.owes_wrap_up(agent)
        return owed is not None and owed.over_at == at
    return Deadline(at=at, why=why) in deadlines(interaction)

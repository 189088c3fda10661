"""All that must be kept of a contact centre, and nothing that follows from it."""

from dataclasses import dataclass, field

from controller.directory.directory import Agent, Directory
from controller.directory.ids import AgentId, CommandKey, LegId, QueueId, Seconds
from controller.floor.outside_calls import OutsideCalls
from controller.interaction.interaction import Interaction
from controller.routing.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorState:
    """One moment of a contact centre. Everything else that a floor holds is derived from this."""

    directory: Directory
    interactions: tuple[Interaction, ...]
    desks: tuple[Desk, ...]
    arrivals: int
    switch_is_there: bool
    at: Seconds = 0.0
    """When the last input that left a trace was taken. The next process's time begins no earlier; 0: an older version did not say."""
    leaving: tuple[LegId, ...] = ()
    """Customers' legs that no interaction names any more, until they are gone: found again after a crash, they are no new customers."""
    leavers: tuple[Agent, ...] = ()
    """Agents whom the site has no more and who are in a call still."""
    closed: tuple[QueueId, ...] = ()
    """Queues of the directory that the site has no more: they stay until their last customer is through."""
    accepted: dict[AgentId, dict[CommandKey, Seconds]] = field(default_factory=dict)
    """The keys of each agent's latest commands and when they were accepted, oldest first, so that none acts twice."""
    outside_calls: dict[AgentId, OutsideCalls] = field(default_factory=dict)
    """What each agent has called outside, oldest first, so that no restart lifts a limit."""

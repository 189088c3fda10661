"""Which agent for which customer: who has waited longest first, and the agent who has been available longest."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from controller.directory.directory import Queue
from controller.directory.ids import AgentId, InteractionId, QueueId, Seconds
from controller.routing.desk import Desk, DeskState


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A customer in a line."""

    interaction: InteractionId
    queue: QueueId
    since: Seconds
    first: bool
    """Served before all who are not: they lost an agent through no fault of their own."""
    not_for: AgentId | None
    """Not to be given to this agent, unless nobody else serves the queue."""


def in_line_order(waiting: Iterable[Waiting]) -> list[Waiting]:
    """Sort customers as they are served."""
    return sorted(waiting, key=lambda customer: (not customer.first, customer.since, customer.interaction))


def _may_serve(queue: Queue, customer: Waiting, desks: Mapping[AgentId, Desk]) -> tuple[AgentId, ...]:
    """The queue's agents, without the one this customer is not for, unless nobody else takes calls (now, or when theirs is over)."""
    others = tuple(agent for agent in queue.agents if agent != customer.not_for)
    somebody_else = any(desks[agent].chosen is DeskState.AVAILABLE for agent in others)
    return others if somebody_else else queue.agents


def assignments(
    waiting: Iterable[Waiting], queues: Mapping[QueueId, Queue], desks: Mapping[AgentId, Desk]
) -> Iterator[tuple[InteractionId, AgentId]]:
    """Give each customer who can have one an agent. Nobody is given twice."""
    line = in_line_order(waiting)
    # Only whoever serves a line with customers in it is looked at: of thousands of agents mostly a few.
    serving = {agent for queue in {customer.queue for customer in line} for agent in queues[queue].agents}
    free = {agent: desks[agent] for agent in serving if desks[agent].is_available}
    if not free:
        return
    for customer in line:
        candidates = [free[agent] for agent in _may_serve(queues[customer.queue], customer, desks) if agent in free]
        if candidates:
            chosen = min(candidates, key=lambda desk: (desk.free_since, desk.agent))
            del free[chosen.agent]
            yield customer.interaction, chosen.agent

"""Which agent for which customer: who has waited longest first, and the agent who has been available longest.

A contact centre of ten thousand agents has a few of them free and a few customers waiting. Both are kept in order as they change, so that
an input costs what it concerns and no walk over everybody.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge

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
    not_for: Collection[AgentId]
    """Not to be given to these agents, unless nobody else serves the queue."""


_Place = tuple[bool, Seconds, InteractionId]
"""A customer's place in a line: lines are sorted by it."""
_Free = tuple[Seconds, AgentId]
"""A free agent, and since when: sorted by it, the longest free comes first."""


def _place(customer: Waiting) -> _Place:
    return not customer.first, customer.since, customer.interaction


class Lines:
    """Every queue's customers in the order in which they are served, and its agents who are free."""

    def __init__(self, queues: Mapping[QueueId, Queue]) -> None:
        self._queues_of: dict[AgentId, list[QueueId]] = {}
        for queue in queues.values():
            for agent in queue.agents:
                self._queues_of.setdefault(agent, []).append(queue.id)
        self._lines: dict[QueueId, list[_Place]] = {queue: [] for queue in queues}
        self._customers: dict[InteractionId, Waiting] = {}
        self._free: dict[QueueId, list[_Free]] = {queue: [] for queue in queues}
        self._free_since: dict[AgentId, Seconds] = {}
        self._taking_calls: dict[QueueId, set[AgentId]] = {queue: set() for queue in queues}
        """Who has chosen to take calls, now or when theirs is over."""

    def __len__(self) -> int:
        """How many customers wait in all lines together."""
        return len(self._customers)

    # --- What changes ----------------------------------------------------------------------------------------------

    def join(self, customer: Waiting) -> None:
        """A customer waits, perhaps at another place than before."""
        if self._customers.get(customer.interaction) != customer:
            self.leave(customer.interaction)
            self._customers[customer.interaction] = customer
            insort(self._lines[customer.queue], _place(customer))

    def leave(self, interaction: InteractionId) -> None:
        """A customer waits no more; whoever did not wait is no surprise."""
        customer = self._customers.pop(interaction, None)
        if customer is not None:
            line = self._lines[customer.queue]
            del line[bisect_left(line, _place(customer))]

    def note(self, desk: Desk) -> None:
        """An agent's presence is this now."""
        agent, since = desk.agent, desk.free_since if desk.may_be_offered_a_call else None
        before = self._free_since.get(agent)
        takes_calls = desk.chosen is DeskState.AVAILABLE
        for queue in self._queues_of.get(agent, ()):
            if takes_calls:
                self._taking_calls[queue].add(agent)
            else:
                self._taking_calls[queue].discard(agent)
            if since != before:
                free = self._free[queue]
                if before is not None:
                    del free[bisect_left(free, (before, agent))]
                if since is not None:
                    insort(free, (since, agent))
        if since is None:
            self._free_since.pop(agent, None)
        else:
            self._free_since[agent] = since

    # --- Who gets whom ---------------------------------------------------------------------------------------------

    def waiting_in(self, queue: QueueId) -> list[InteractionId]:
        """Whoever waits in this line, in the order in which they are served."""
        return [interaction for _, _, interaction in self._lines[queue]]

    @property
    def queues(self) -> Iterable[QueueId]:
        """All queues."""
        return self._lines.keys()

    def assignments(self, queues: Iterable[QueueId]) -> Iterator[tuple[InteractionId, AgentId]]:
        """Give each customer of these lines who can have one an agent. Nobody is given twice; take all before anything is changed."""
        free = {queue: _FreeAgents(self._free[queue]) for queue in queues if self._lines.get(queue) and self._free[queue]}
        taken: set[AgentId] = set()
        for _, _, interaction in merge(*(self._lines[queue] for queue in free)):
            customer = self._customers[interaction]
            agents = free.get(customer.queue)
            if agents is None:
                continue
            agent = agents.first(taken, but=self._not_for(customer))
            if agent is not None:
                taken.add(agent)
                yield interaction, agent
            elif agents.are_none_left(taken):
                del free[customer.queue]
                if not free:
                    return

    def _not_for(self, customer: Waiting) -> Collection[AgentId]:
        """Whom this customer is not to be given; nobody, where nobody else takes calls (now, or when theirs is over)."""
        if not customer.not_for:
            return ()
        others = self._taking_calls[customer.queue].difference(customer.not_for)
        return customer.not_for if others else ()


class _FreeAgents:
    """A queue's free agents, from whom some are taken one after the other."""

    def __init__(self, agents: list[_Free]) -> None:
        self._agents = agents
        self._next = 0
        """Before this one all are taken."""

    def are_none_left(self, taken: set[AgentId]) -> bool:
        """All are taken."""
        while self._next < len(self._agents) and self._agents[self._next][1] in taken:
            self._next += 1
        return self._next == len(self._agents)

    def first(self, taken: set[AgentId], *, but: Collection[AgentId]) -> AgentId | None:
        """Whoever has been free longest and is not taken; None: nobody is left, or only those whom it must not be."""
        self.are_none_left(taken)  # so that whoever is taken is passed over once and not by each customer
        left = (self._agents[place][1] for place in range(self._next, len(self._agents)))
        return next((agent for agent in left if agent not in taken and agent not in but), None)

"""Which agent for whom: who has waited longest first, and the agent who has been available longest.

Whoever wants an agent makes a request: a customer who waits, or an owner who consults a queue.

A contact centre of ten thousand agents has a few of them free and a few customers waiting. Both are kept in order as they change, so that
an input costs what it concerns and no walk over everybody.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from heapq import merge

from controller.directory.directory import Queue
from controller.directory.ids import AgentId, InteractionId, QueueId, Seconds
from controller.routing.desk import Desk, DeskState


class Rank(IntEnum):
    """Who is served before whom, whoever has waited longer; among equals, who has waited longest."""

    LOST_AN_AGENT = 0
    """A customer who lost their agent through no fault of their own."""
    BEFORE_CUSTOMERS = 1
    """A consult, where the queue serves those first."""
    BY_TIME = 2
    AFTER_CUSTOMERS = 3
    """A consult, where the queue serves customers first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Somebody in a line. An interaction has one at most: while its customer waits nobody owns it, and only an owner consults."""

    interaction: InteractionId
    queue: QueueId
    since: Seconds
    rank: Rank
    is_customer: bool
    """False: an owner who consults the queue."""
    not_for: Collection[AgentId]
    """Not to be given to these agents: a customer is, where nobody else serves the queue; a consult never is."""


_Place = tuple[Rank, Seconds, InteractionId]
"""A place in a line: lines are sorted by it."""
_Free = tuple[Seconds, AgentId]
"""A free agent, and since when: sorted by it, the longest free comes first."""


def _place(request: Request) -> _Place:
    return request.rank, request.since, request.interaction


class Lines:
    """Every queue's requests in the order in which they are served, and its agents who are free."""

    def __init__(self, queues: Mapping[QueueId, Queue]) -> None:
        self._queues_of: dict[AgentId, list[QueueId]] = {}
        for queue in queues.values():
            for agent in queue.agents:
                self._queues_of.setdefault(agent, []).append(queue.id)
        self._lines: dict[QueueId, list[_Place]] = {queue: [] for queue in queues}
        self._requests: dict[InteractionId, Request] = {}
        self._free: dict[QueueId, list[_Free]] = {queue: [] for queue in queues}
        self._free_since: dict[AgentId, Seconds] = {}
        self._taking_calls: dict[QueueId, set[AgentId]] = {queue: set() for queue in queues}
        """Who has chosen to take calls, now or when theirs is over, and has a telephone that is there."""

    def __len__(self) -> int:
        """How many wait in all lines together."""
        return len(self._requests)

    # --- What changes ----------------------------------------------------------------------------------------------

    def join(self, request: Request) -> None:
        """Somebody waits, perhaps at another place than before."""
        if self._requests.get(request.interaction) != request:
            self.leave(request.interaction)
            self._requests[request.interaction] = request
            insort(self._lines[request.queue], _place(request))

    def leave(self, interaction: InteractionId) -> None:
        """Nobody of this interaction waits any more; whoever did not wait is no surprise."""
        request = self._requests.pop(interaction, None)
        if request is not None:
            line = self._lines[request.queue]
            del line[bisect_left(line, _place(request))]

    def note(self, desk: Desk) -> None:
        """An agent's presence is this now."""
        agent, since = desk.agent, desk.free_since if desk.may_be_offered_a_call else None
        before = self._free_since.get(agent)
        takes_calls = desk.chosen is DeskState.AVAILABLE and desk.telephones.is_there
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

    def waiting_in(self, queue: QueueId) -> list[Request]:
        """Whoever waits in this line, in the order in which they are served."""
        return [self._requests[interaction] for _, _, interaction in self._lines[queue]]

    def position_of(self, interaction: InteractionId) -> int | None:
        """At which place of a line this interaction waits, from 1; None: in none."""
        request = self._requests.get(interaction)
        return None if request is None else bisect_left(self._lines[request.queue], _place(request)) + 1

    @property
    def everybody(self) -> Iterable[Request]:
        """Whoever waits in any line; whose turn it is can't be told from the order."""
        return self._requests.values()

    @property
    def queues(self) -> Iterable[QueueId]:
        """All queues."""
        return self._lines.keys()

    def assignments(self, queues: Iterable[QueueId]) -> Iterator[tuple[InteractionId, AgentId]]:
        """Give everybody of these lines who can have one an agent. Nobody is given twice; take all before anything is changed."""
        free = {queue: _FreeAgents(self._free[queue]) for queue in queues if self._lines.get(queue) and self._free[queue]}
        taken: set[AgentId] = set()
        for _, _, interaction in merge(*(self._lines[queue] for queue in free)):
            request = self._requests[interaction]
            agents = free.get(request.queue)
            if agents is None:
                continue
            agent = agents.first(taken, but=self._not_for(request))
            if agent is not None:
                taken.add(agent)
                yield interaction, agent
            elif agents.are_none_left(taken):
                del free[request.queue]
                if not free:
                    return

    def _not_for(self, request: Request) -> Collection[AgentId]:
        """Whom this request is not to be given; of a customer nobody, where nobody else takes calls (now, or when theirs is over)."""
        if not request.not_for or not request.is_customer:
            return request.not_for
        others = self._taking_calls[request.queue].difference(request.not_for)
        return request.not_for if others else ()


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

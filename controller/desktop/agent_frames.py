"""What supervisors are told of agents, and when: paced as queues are, because an agent changes with every step of every call."""

from collections.abc import Iterable, Sequence

from controller.desktop.paced_frames import PacedFrames
from controller.desktop.views import agent_gone_view, agent_view
from controller.desktop.wiring import Wiring
from controller.directory.directory import Directory
from controller.directory.ids import AgentId


class AgentFrames:
    """Tells every supervisor who listens. `note` whose presence has changed, until `stop`."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._names: dict[AgentId, str] = {}
        """Of all agents that there ever were."""
        self._paced = PacedFrames(wiring.limits, wiring.inbox.settled, self._say)
        self.learn(wiring.floor.directory)

    async def stop(self) -> None:
        """Tell nothing more."""
        await self._paced.stop()

    def learn(self, directory: Directory) -> None:
        """The site has these agents now. Those who are gone are told of as gone."""
        gone = self._names.keys() - directory.agents.keys()
        self._names.update((agent.id, agent.name) for agent in directory.agents.values())
        if gone:
            self._paced.note(sorted(gone))

    def note(self, agents: Iterable[AgentId]) -> None:
        """These have changed, and what they are now may be said."""
        self._paced.note(agents)

    def _say(self, agents: Sequence[AgentId]) -> int:
        wiring, now = self._wiring, self._wiring.clock()
        listening = [agent for agent in wiring.floor.supervisors if agent in wiring.feeds.listeners]
        if not listening:
            return 0
        values = [self._as_they_are(agent) for agent in agents]
        for supervisor in listening:
            for value in values:
                wiring.feeds.tell(supervisor, "agent", value, now, is_much=True)
        return sum(wiring.feeds.readers_of(supervisor) for supervisor in listening)

    def _as_they_are(self, agent: AgentId) -> str:
        floor = self._wiring.floor
        is_there = agent in floor.directory.agents and agent in floor.desks
        return (agent_view(floor, agent) if is_there else agent_gone_view(agent, self._names.get(agent, agent))).model_dump_json()

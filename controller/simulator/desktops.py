"""Simulated desktops: each believes what it is told, and must believe what is true. A slow one is cut off and begins with a snapshot."""

from random import Random

from controller.desktop.views import sees
from controller.directory.ids import AgentId, InteractionId, QueueId
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.interaction.appearance import looks_the_same
from controller.interaction.interaction import Interaction
from controller.routing.desk import DeskState

FRAMES_MAX = 40


class Desktop:
    """What one agent's screen shows."""

    def __init__(self, agent: AgentId) -> None:
        self.agent = agent
        self.interactions: dict[InteractionId, Interaction] = {}
        self.states: dict[AgentId, DeskState] = {}
        self.queues: set[QueueId] = set()
        self._unread: list[tuple[Outcome, dict[AgentId, DeskState]]] = []
        self.is_slow = False
        self.is_cut_off = True

    def begin(self, floor: Floor) -> None:
        """Take a snapshot."""
        self._unread.clear()
        self.is_cut_off = False
        self.interactions = {i.id: i for i in floor.interactions.values() if sees(floor, i, self.agent)}
        self.states = {agent: desk.state for agent, desk in floor.desks.items()}
        self.queues = set(floor.directory.queues)

    def is_told(self, outcome: Outcome, floor: Floor) -> None:
        """A frame comes; it may wait to be read."""
        if self.is_cut_off:
            return
        states = {agent: floor.desks[agent].state for agent in outcome.desks if agent in floor.desks}
        self._unread.append((outcome, states))
        if not self.is_slow:
            self.read(floor)
        elif len(self._unread) > FRAMES_MAX:
            self.is_cut_off = True

    def read(self, floor: Floor) -> None:
        """Believe all that has come."""
        for outcome, states in self._unread:
            for change in outcome.changes:
                if sees(floor, change.after, self.agent):
                    self.interactions[change.after.id] = change.after
                else:
                    self.interactions.pop(change.after.id, None)
            self.states.update(states)
            for queue in outcome.queues:
                (self.queues.add if queue in floor.directory.queues else self.queues.discard)(queue)
        self._unread.clear()

    def lie(self, floor: Floor) -> str | None:
        """Say what it shows that is not so; None: it tells the truth."""
        for interaction in floor.interactions.values():
            shown = self.interactions.get(interaction.id)
            if sees(floor, interaction, self.agent) and (shown is None or not looks_the_same(shown, interaction)):
                return (
                    f"{self.agent}'s desktop shows {interaction.id} as {shown.phase if shown else 'not there'}; it is {interaction.phase}"
                )
        for shown_id in self.interactions:
            if shown_id not in floor.interactions:
                return f"{self.agent}'s desktop shows {shown_id}, which is over"
            if not sees(floor, floor.interactions[shown_id], self.agent):
                return f"{self.agent}'s desktop shows {shown_id}, which is no longer theirs to see"
        for queue in self.queues - floor.directory.queues.keys():
            return f"{self.agent}'s desktop shows the queue {queue}, which is there no more"
        for agent, desk in floor.desks.items():
            if self.states.get(agent) is not desk.state:
                return f"{self.agent}'s desktop shows {agent} as {self.states.get(agent)}; it is {desk.state}"
        return None


class Desktops:
    """A supervisor's desktop, which shows everything, and an agent's. They are an `Audience` of the loop."""

    def __init__(self, dice: Random) -> None:
        self._dice = dice
        self._all = [Desktop(AgentId("sam")), Desktop(AgentId("alice"))]
        self._floor: Floor | None = None

    def begin(self, floor: Floor) -> None:
        """A process is there (again): everybody comes back and takes a snapshot."""
        self._floor = floor
        for desktop in self._all:
            desktop.begin(floor)

    def tell(self, what: Input, outcome: Outcome) -> None:
        assert self._floor is not None, "desktops begin before they are told anything"
        if isinstance(what, SiteReloaded):  # as `desktop/server.py` does: whoever sees more or less is told so
            self.begin(self._floor)
            return
        for desktop in self._all:
            desktop.is_told(outcome, self._floor)

    def change_pace(self) -> None:
        """One of them falls asleep or wakes up."""
        desktop = self._dice.choice(self._all)
        desktop.is_slow = not desktop.is_slow

    def lie(self) -> str | None:
        """Let everybody read, and say what somebody shows that is not so. Ask between two turns."""
        assert self._floor is not None, "desktops begin before they are told anything"
        for desktop in self._all:
            if desktop.is_cut_off:
                desktop.begin(self._floor)
            desktop.read(self._floor)
            lie = desktop.lie(self._floor)
            if lie is not None:
                return lie
        return None

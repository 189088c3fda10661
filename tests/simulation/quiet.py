"""A simulated contact centre in which nothing goes wrong by itself and nobody does anything unasked: for what is broken on purpose."""

from collections.abc import Callable

from controller.directory.directory import Directory
from controller.directory.ids import AgentId, InteractionId, LegId
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.commands import Command
from controller.interaction.facts import TelephonesSeen
from controller.interaction.interaction import Interaction
from controller.routing.commands import GoAvailable, LogOn
from controller.simulator.parts import SimChannel
from controller.simulator.people import People
from controller.simulator.world import World
from tests.pure.story import PHONES, site


class Handsets(People):
    """Telephones that do nothing by themselves."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.ringing: dict[str, SimChannel] = {}

    def rung(self, channel: SimChannel) -> None:
        self.ringing[channel.endpoint] = channel


class QuietWorld(World):
    """Alice is there; everything else is asked for."""

    def __init__(self, directory: Directory | None = None) -> None:
        super().__init__(0, directory=directory or site(), further=False)
        self.handsets = self.people = Handsets(self)
        self.troubles.end()
        self.outside.end()
        self.reach.patience = 0.0
        self.comes("alice")

    @property
    def floor(self) -> Floor:
        floor = self.desktop()
        assert floor is not None, "nobody kills this controller"
        return floor

    @property
    def interaction(self) -> Interaction:
        """The only one."""
        (interaction,) = self.floor.interactions.values()
        return interaction

    @property
    def telephone(self) -> SimChannel:
        """Alice's, as it was last rung."""
        return self.handsets.ringing[PHONES["alice"]]

    def comes(self, *agents: str) -> None:
        """These take calls from now on."""
        for agent in agents:
            self.ask(LogOn(agent=AgentId(agent)))
            self.rest(1.0)
            self.ask(GoAvailable(agent=AgentId(agent)))
            self.rest(1.0)

    def ask_to_reload(self) -> None:
        """The administrator has changed the site file."""
        assert self._process is not None, "nobody kills this controller"
        self._process.reload(self.directory)
        self.rest(1.0)

    def loses_telephone(self, agent: str) -> None:
        """An agent's telephone is not registered any more, and the watch over telephones says so."""
        assert self._process is not None, "nobody kills this controller"
        self.exchange.unregistered.add(PHONES[agent])
        self._process._post(TelephonesSeen(away=(PHONES[agent],)))
        self.rest(1.0)

    def picks_up(self, agent: str) -> None:
        """Somebody answers their telephone."""
        self.exchange.picks_up(self.handsets.ringing[PHONES[agent]])
        self.rest(1.0)

    def outside_leg(self) -> SimChannel:
        """The only call to outside."""
        (channel,) = [channel for channel in self.exchange.channels.values() if channel.is_outside]
        return channel

    def is_called(self) -> LegId:
        """A customer calls; Alice's telephone rings."""
        customer = self.exchange.calls("2001", "800")
        self.rest(1.0)
        return customer.id

    def is_answered(self) -> LegId:
        """A customer calls, and Alice talks with them."""
        customer = self.is_called()
        self.exchange.picks_up(self.telephone)
        self.rest(1.0)
        return customer

    def presses(self, kind: Callable[..., Command], agent: str = "alice", **more: object) -> Command:
        """Somebody presses a button of the only interaction."""
        command = kind(agent=AgentId(agent), interaction=InteractionId(self.interaction.id), **more)
        self.ask(command)
        self.rest(1.0)
        return command

    def becomes(self, after: Interaction, cause: Input, *, of: Interaction | None = None) -> None:
        """Have the judge believe that the floor has made this of an interaction: the only one, where none is named."""
        outcome = Outcome(changes=(Change(before=of or self.interaction, after=after, cause=cause),))
        self.judge.followed(cause, outcome, self.floor)

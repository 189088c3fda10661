"""A simulated contact centre in which nothing goes wrong by itself and nobody does anything unasked: for what is broken on purpose."""

from collections.abc import Callable

from controller.directory.ids import AgentId, InteractionId, LegId
from controller.floor.floor import Floor
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.commands import Command
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

    def __init__(self) -> None:
        super().__init__(0, directory=site(), further=False)
        self.handsets = self.people = Handsets(self)
        self.troubles.end()
        self.reach.patience = 0.0
        self.ask(LogOn(agent=AgentId("alice")))
        self.rest(1.0)
        self.ask(GoAvailable(agent=AgentId("alice")))
        self.rest(1.0)

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

    def becomes(self, after: Interaction, cause: Input) -> None:
        """Have the judge believe that the floor has made this of the only interaction."""
        outcome = Outcome(changes=(Change(before=self.interaction, after=after, cause=cause),))
        self.judge.followed(cause, outcome, self.floor)

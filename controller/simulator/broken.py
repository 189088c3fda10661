"""What a judge raises, and what the judges know of legs and interactions between them."""

from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import parties
from controller.interaction.party import Role
from controller.simulator.exchange import Exchange
from controller.simulator.parts import SimChannel
from controller.simulator.process import Mistake
from controller.simulator.reach import Reach


class Broken(Mistake):
    """A promise is broken. `because` says which, and where."""


class Case:
    """What is known to all judges. The exchange says what is, the floor says what the controller believes."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        self.exchange: Exchange | None = None
        self.whose: dict[LegId, tuple[InteractionId, Role]] = {}
        self.agent_of: dict[LegId, AgentId] = {}
        self.phase: dict[InteractionId, Phase] = {}
        self.attached_at: Seconds = 0.0
        """Since when the controller hears everything."""
        self.began_at: Seconds = 0.0
        """Since when this process is there."""
        self.clock_was_put_forward = False
        self.forgot = False
        """Whether the process before this one was killed while it could keep nothing."""

    def note(self, interaction: Interaction) -> None:
        """An interaction as it is now."""
        self.phase[interaction.id] = interaction.phase
        for party in parties(interaction):
            self.whose[party.leg] = (interaction.id, party.role)
            if party.agent is not None:
                self.agent_of[party.leg] = party.agent

    def began_again(self, floor: Floor) -> None:
        """A process has begun with what the journal had."""
        self.began_at = self.reach.now
        for interaction in floor.interactions.values():
            self.note(interaction)

    def channel(self, leg: LegId) -> SimChannel | None:
        """What a leg really is or was; None: it has never been there."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        return self.exchange.channel(leg)

    @property
    def exchange_says_unregistered(self) -> set[LegId]:
        """Legs that could not be made because their telephone was really not registered."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        return self.exchange.not_registered_when_rung

    def is_unregistered(self, phone: str | None) -> bool:
        """Whether a telephone is not registered now."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        return phone in self.exchange.unregistered

    def may_be_forgotten(self, channel: SimChannel) -> bool:
        """We hung it up, for something that was done on a full disk and forgotten with the process that did it."""
        return self.forgot and channel.ended_at is not None and channel.ended_at <= self.began_at

    def nobody_heard(self, channel: SimChannel) -> bool:
        """It ended while the controller did not listen, so that it can't know how."""
        return channel.ended_at is not None and channel.ended_at <= self.attached_at

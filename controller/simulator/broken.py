"""What a judge raises, and what the judges know of legs and interactions between them."""

from collections.abc import Collection

from controller.asterisk.seen import first_of
from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.floor.floor import Floor
from controller.interaction.interaction import Interaction, Phase
from controller.interaction.parties import parties
from controller.interaction.party import Role
from controller.simulator.exchange import Exchange
from controller.simulator.parts import SimChannel
from controller.simulator.process import Mistake
from controller.simulator.reach import Reach

KEPT_SECONDS_MAX: Seconds = 5.0
"""How long a slow disk may take until what a telephone has done is followed."""


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
        self.loses_events = False
        """Asterisk's words get lost, come late, or come twice."""
        self.is_deaf = False
        """Nothing arrives from Asterisk, and the controller does not know that yet."""
        self.at: Seconds = 0.0
        """The moment by the controller's own time at which the last input was taken."""
        self.began_at: Seconds = 0.0
        """Since when this process is there."""
        self.busy_told_at: dict[str, Seconds] = {}
        """When the controller was told last that a telephone is in a call without us."""
        self.clock_was_put_forward = False
        self.forgot_at: Seconds | None = None
        """When a process was killed last that could keep nothing; None: none was. No later one knows what it did."""

    def note(self, interaction: Interaction) -> None:
        """An interaction as it is now."""
        self.phase[interaction.id] = interaction.phase
        for party in parties(interaction):
            self.whose[party.leg] = (interaction.id, party.role)
            if party.agent is not None:
                self.agent_of[party.leg] = party.agent

    def role(self, leg: LegId) -> Role | None:
        """Whose part a leg has; None: nobody's."""
        whose = self.whose.get(leg)
        return whose[1] if whose is not None else None

    def is_customer(self, channel: SimChannel) -> bool:
        """Whether it is somebody who has called us, or whom we have called for themselves."""
        return not channel.endpoint or self.role(channel.id) is Role.CUSTOMER

    def began_again(self, floor: Floor) -> None:
        """A process has begun with what the journal had."""
        self.began_at = self.reach.now
        for interaction in floor.interactions.values():
            self.note(interaction)

    def channel(self, leg: LegId) -> SimChannel | None:
        """What a leg really is or was; None: it has never been there."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        return self.exchange.channel(leg)

    def telephones(self, leg: LegId) -> list[SimChannel]:
        """What a leg really is or was, and those that were rung beside it."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        every = (*self.exchange.channels.values(), *self.exchange.ended.values())
        return [channel for channel in every if channel.id == leg or first_of(channel.id) == first_of(leg)]

    @property
    def exchange_says_unregistered(self) -> set[LegId]:
        """Legs that could not be made because their telephone was really not registered."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        return self.exchange.not_registered_when_rung

    @property
    def pages(self) -> Collection[str]:
        """Telephones in browsers."""
        return () if self.exchange is None else self.exchange.pages

    def away_since(self, phone: str | None) -> Seconds | None:
        """Since when a telephone in a browser is not there; None: it is, or it is none in a browser."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        if phone is None or phone not in self.exchange.unregistered:
            return None
        return self.exchange.pages.get(phone)

    def may_be_forgotten(self, channel: SimChannel) -> bool:
        """It was called, or hung up by us, for something that was done on a full disk and forgotten with the process that did it."""
        last = channel.dialled_at if channel.ended_at is None else channel.ended_at
        return self.forgot_at is not None and (last is None or last <= self.forgot_at)

    def took_place_in_vain(self, channel: SimChannel) -> bool:
        """It has taken the place of a call that was over, or while nobody listened, so that nobody can know whose it is."""
        assert self.exchange is not None, "an exchange is there before anybody calls"
        if not channel.has_taken_a_place or channel.id in self.whose:
            return False
        every = (*self.exchange.channels.values(), *self.exchange.ended.values())
        replaced = next(other for other in every if other.replaced_by is channel)
        was_over = replaced.id not in self.whose or self.phase[self.whose[replaced.id][0]] is Phase.ENDED
        # Whose place it has taken may have taken it a moment ago, which is not known before it is kept.
        is_too_soon = replaced.has_taken_a_place and channel.came_at - replaced.came_at < KEPT_SECONDS_MAX
        return was_over or is_too_soon or self.loses_events or channel.came_at <= self.attached_at

    def nobody_heard(self, channel: SimChannel) -> bool:
        """It ended while the controller did not listen, so that it can't know how."""
        return channel.ended_at is not None and channel.ended_at <= self.attached_at

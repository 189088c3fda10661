"""What an interaction is at one moment: its phase, the parties with their roles, and what it waits for. Values only."""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, Seconds
from controller.directory.policy import Policy
from controller.interaction.facts import Why
from controller.interaction.notices import Notice
from controller.interaction.party import Party, Role, Standing


class Phase(StrEnum):
    """Where an interaction is on the chart."""

    QUEUED = "queued"
    OFFERED = "offered"
    CONNECTED = "connected"
    HELD = "held"
    CONSULT_OFFERED = "consult_offered"
    CONSULTING = "consulting"
    CONSULT_HELD = "consult_held"
    """The customer talks; Agent 2 waits with music, or still rings."""
    TRANSFER_ASKED = "transfer_asked"
    CONFERENCE = "conference"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A moment that something must have happened by, and what."""

    at: Seconds
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUp:
    """A reason that an agent owes; `reason` stays None until it is given or its time is over."""

    agent: AgentId
    asked_at: Seconds
    over_at: Seconds
    reason: ReasonId | None = None
    note: str = ""
    by_deadline: bool = False

    @property
    def is_owed(self) -> bool:
        return self.reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One customer's contact. Every accepted input makes a new one, with the next revision if anybody sees or may do anything else."""

    id: InteractionId
    phase: Phase
    phase_since: Seconds
    started_at: Seconds
    queue: QueueId
    queue_name: str
    entry_point: EntryPointId
    music: str
    policy: Policy
    parties: tuple[Party, ...]
    waiting_since: Seconds
    """Since when the customer waits for an agent; the line is served in this order."""
    waiting_again_since: Seconds | None = None
    """Since when, after the last agent whom they had; None: they have had none."""
    first_in_line: bool = False
    """The customer lost an agent through no fault of their own: served before all who wait."""
    line: str = ""
    """The PJSIP endpoint that the customer's call came in by; empty: unknown."""
    revision: int = 1
    direction: str = "inbound"
    deadline: Deadline | None = None
    wrap_ups: tuple[WrapUp, ...] = ()
    consult_asked_at: Seconds | None = None
    legs_made: int = 0
    not_for: tuple[AgentId, ...] = ()
    """Agents who are not to be offered this customer before somebody has answered, unless nobody else serves the queue."""
    news: str = ""
    """A sentence for the owner on what just happened to them, such as why a consult came to nothing."""

    def party(self, role: Role) -> Party | None:
        """Find who has this role now."""
        for party in self.parties:
            if party.role is role:
                return party
        return None

    def party_of(self, leg: LegId) -> Party | None:
        """Find whose leg this is; None when the leg is no longer, or not, of this interaction."""
        for party in self.parties:
            if party.leg == leg and party.standing is not Standing.GONE:
                return party
        return None

    def role_of(self, agent: AgentId) -> Role | None:
        """Say what this agent is to the interaction; None: nothing (a supervisor's eye is not the interaction's business)."""
        for party in self.parties:
            if party.agent == agent:
                return party.role
        return Role.FORMER if any(wrap_up.agent == agent for wrap_up in self.wrap_ups) else None

    def owes_wrap_up(self, agent: AgentId) -> WrapUp | None:
        """Find the reason that this agent still has to give."""
        return next((w for w in self.wrap_ups if w.agent == agent and w.is_owed), None)

    @property
    def waits_since(self) -> Seconds:
        """Since when the customer who waits now does so: what they talked before is no waiting."""
        return self.waiting_since if self.waiting_again_since is None else self.waiting_again_since

    @property
    def owner(self) -> Party | None:
        return self.party(Role.AGENT_1)

    @property
    def agent_2(self) -> Party | None:
        return self.party(Role.AGENT_2)

    @property
    def customer(self) -> Party | None:
        return self.party(Role.CUSTOMER)

    @property
    def customer_is_there(self) -> bool:
        """False once the customer has hung up, even where the agents stay together."""
        return self.customer is not None and self.customer.standing is not Standing.GONE

    @property
    def is_over(self) -> bool:
        """Nobody is on the line and nobody owes a wrap-up."""
        return self.phase is Phase.ENDED and not any(w.is_owed for w in self.wrap_ups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an input led to."""

    interaction: Interaction
    tell: tuple[Notice, ...] = ()

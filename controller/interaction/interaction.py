"""What an interaction is at one moment. Only what can't be derived: how far each part is, and whom the owner talks to.

    Customer   there -> gone
    Offer      somebody is rung, or asked, to take the customer (why: line, ring-back, asked)
    Owner      talks to the customer, to the consult, or to nobody (the customer is on hold)
    Consult    ringing -> up; then a member of the conference, or over

`Owner.talks_to` is the one switch that decides who hears whom. That the customer is held, or the consult parked, is read off it and stored
nowhere, so a customer who overhears a consult is no state that can be written down. Phase, rooms and rights are functions of these parts.
"""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, Seconds, SwitchId
from controller.directory.policy import Policy
from controller.interaction.facts import Why
from controller.interaction.leg import Endpoint, Origin
from controller.interaction.notices import Notice


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
class Leg:
    """One telephone's part in it."""

    id: LegId
    origin: Origin
    switch: SwitchId
    """Which Asterisk has it."""
    told_to_answer: bool = False
    """The agent accepted on the desktop, so the telephone is rung with the wish that it answers by itself."""
    muted: bool = False
    phone_on_hold: bool = False
    """The telephone's own hold key is pressed: it hears nobody."""
    hold_key_in_doubt: bool = False
    """It was pressed when we last heard the switch, and may have been released since."""
    is_stuck: bool = False
    """Asterisk will not bring it where it belongs, or not ring it, and is asked again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a telephone."""

    name: str
    number: str
    agent: AgentId | None
    """None: nobody of ours. They never own an interaction and never wrap up."""
    endpoint: Endpoint | None
    """The telephone to ring; None: the customer's, who came to us."""
    answers_remotely: bool = False
    """The telephone can be told to answer by itself when we ring it."""


class CustomerStage(StrEnum):
    """How far the customer is."""

    THERE = "there"
    GONE = "gone"
    """They stay named for the wrap-up, and where the agents of a conference outstay them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whose contact it is."""

    stage: CustomerStage
    person: Person
    leg: Leg


class OfferWhy(StrEnum):
    """Why somebody is to take the customer."""

    LINE = "line"
    """Routing found an agent for a customer who waits."""
    RING_BACK = "ring-back"
    """Who had the customer last is rung again."""
    ASKED = "asked"
    """Whom the last owner consulted is on the line already, and is asked to take the customer over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Somebody is rung, or asked, to take a customer whom nobody has."""

    why: OfferWhy
    to: Person
    leg: Leg
    deadline: Deadline
    consulted_since: Seconds | None = None
    """Since when whoever is asked had been consulted; None: they were not."""


class TalksTo(StrEnum):
    """Whom the owner hears, and is heard by."""

    CUSTOMER = "customer"
    """And the members of the conference, if it is one."""
    CONSULT = "consult"
    NOBODY = "nobody"
    """The customer is on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who has the customer."""

    person: Person
    agent: AgentId
    leg: Leg
    talks_to: TalksTo


class ConsultStage(StrEnum):
    """How far a consult is."""

    RINGING = "ringing"
    UP = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """Whom the owner asks. There is one at most; that it is over, or has become a conference, is that it is no more."""

    stage: ConsultStage
    person: Person
    leg: Leg
    asked_at: Seconds
    deadline: Deadline | None
    """Until when it may ring; None: it was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a conference who is neither customer nor owner."""

    person: Person
    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One customer's contact. Every accepted input makes a new one, with the next revision if anybody sees or may do anything else."""

    id: InteractionId
    started_at: Seconds
    phase_since: Seconds
    queue: QueueId
    queue_name: str
    entry_point: EntryPointId
    music: str
    policy: Policy
    waiting_since: Seconds
    """Since when the customer waits for an agent; the line is served in this order."""
    customer: Customer
    offer: Offer | None = None
    """Never beside an owner."""
    owner: Owner | None = None
    consult: Consult | None = None
    """Only an owner has one."""
    members: tuple[Member, ...] = ()
    """In the order in which they joined."""
    former: Member | None = None
    """Who had the customer last, with the leg that they had, until somebody else has or the customer waits in line again."""
    wrap_ups: tuple[WrapUp, ...] = ()
    waiting_again_since: Seconds | None = None
    """Since when, after the last agent whom they had; None: they have had none."""
    first_in_line: bool = False
    """The customer lost an agent through no fault of their own: served before all who wait."""
    line: str = ""
    """The PJSIP endpoint that the customer's call came in by; empty: unknown."""
    revision: int = 1
    direction: str = "inbound"
    legs_made: int = 0
    not_for: tuple[AgentId, ...] = ()
    """Agents who are not to be offered this customer before somebody has answered, unless nobody else serves the queue."""
    news: str = ""
    """A sentence for the owner on what just happened to them, such as why a consult came to nothing."""

    def owes_wrap_up(self, agent: AgentId) -> WrapUp | None:
        """Find the reason that this agent still has to give."""
        return next((w for w in self.wrap_ups if w.agent == agent and w.is_owed), None)

    @property
    def customer_is_there(self) -> bool:
        """False once the customer has hung up, even where the agents stay together."""
        return self.customer.stage is CustomerStage.THERE

    @property
    def phase(self) -> Phase:
        """The name, for people and for the API, of a combination of stages. Nobody sets it and no step asks for it.

        | customer | offer           | owner talks to | consult | members | phase           |
        |----------|-----------------|----------------|---------|---------|-----------------|
        | there    | line, ring-back |                |         |         | offered         |
        | there    | asked           |                |         |         | transfer_asked  |
        | there    |                 |                |         |         | queued          |
        | gone     |                 |                |         |         | ended           |
        | there    |                 | customer       |         |         | connected       |
        | there    |                 | nobody         |         |         | held            |
        | there    |                 | consult        | ringing |         | consult_offered |
        | there    |                 | consult        | up      |         | consulting      |
        | there    |                 | customer       | any     |         | consult_held    |
        | any      |                 | customer       |         | some    | conference      |

        Any other combination is a mistake of ours.
        """
        there, offer, owner, consult = self.customer.stage is CustomerStage.THERE, self.offer, self.owner, self.consult
        # Asked a dozen times for each input, so it is a few comparisons and no pattern.
        if owner is None:
            assert consult is None, "only an owner consults"
            assert not self.members, "somebody owns a conference"
            if offer is None:
                return Phase.QUEUED if there else Phase.ENDED
            assert there, "nobody is offered a customer who has gone"
            return Phase.TRANSFER_ASKED if offer.why is OfferWhy.ASKED else Phase.OFFERED
        assert offer is None, "nobody is offered a customer whom somebody has"
        if self.members:
            assert consult is None, "a conference has no consult beside it"
            assert owner.talks_to is TalksTo.CUSTOMER, "the owner of a conference is in it"
            return Phase.CONFERENCE
        assert there, "the owner of a customer who has gone is in a conference"
        if consult is None:
            assert owner.talks_to is not TalksTo.CONSULT, "nobody talks to a consult that is not there"
            return Phase.CONNECTED if owner.talks_to is TalksTo.CUSTOMER else Phase.HELD
        assert owner.talks_to is not TalksTo.NOBODY, "who consults talks to the one or the other"
        if owner.talks_to is TalksTo.CUSTOMER:
            return Phase.CONSULT_HELD
        return Phase.CONSULTING if consult.stage is ConsultStage.UP else Phase.CONSULT_OFFERED

    @property
    def waits_since(self) -> Seconds:
        """Since when the customer who waits now does so: what they talked before is no waiting."""
        return self.waiting_since if self.waiting_again_since is None else self.waiting_again_since

    @property
    def is_over(self) -> bool:
        """Nobody is on the line and nobody owes a wrap-up."""
        return self.phase is Phase.ENDED and not any(w.is_owed for w in self.wrap_ups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an input led to."""

    interaction: Interaction
    tell: tuple[Notice, ...] = ()
    """Verdicts on somebody, and keys that were pressed: what no difference shows."""
    news: str | None = None
    """None: the last news stay, unless the phase is another."""
    followed: tuple[str, ...] = ()
    """By which rules of the chart other parts have followed the one that the input is about."""

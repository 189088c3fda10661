"""What an interaction is at one moment. Only what can't be derived: how far each part is, and whom the owner talks to.

    Customer   to dial -> ringing -> there -> gone
    Offer      somebody is rung, or asked, to take the customer (why: line, transfer, ring-back, asked, own phone)
    Owner      talks to the customer, to the consult, or to nobody (the customer is on hold)
    Consult    waiting -> ringing -> up; then a member of the conference, or over

`Owner.talks_to` is the one switch that decides who hears whom. That the customer is held, or the consult parked, is read off it and stored
nowhere, so a customer who overhears a consult is no state that can be written down. Phase, rooms and rights are functions of these parts.
"""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, Seconds, SwitchId
from controller.directory.policy import Policy
from controller.directory.targets import Target
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
    TRANSFERRING = "transferring"
    """A blind transfer rings, and the customer hears music."""
    DIALLING = "dialling"
    """A call out: its agent's own telephone rings, or the called one does."""
    HANDED_OUT = "handed_out"
    """The customer talks with people outside, and nobody of ours is there."""
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
    over_at: Seconds | None
    """None: the agent has asked for more time, and takes as much as they need."""
    policy: Policy | None = None
    """What held where the agent had the customer, who may have been transferred to another queue since; None: an older version did not say,
    and what holds for the customer now does."""
    extended: bool = False
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
    is_away: bool = False
    """Its telephone is in a browser, and the page is gone; it may come back."""
    transfer_refused_at: Seconds | None = None
    """When the transfer key of its telephone was pressed last and nothing came of it; None: never."""
    is_rung_again: bool = False
    """It takes the place of one that was up: the page was loaded anew, and is rung so that it answers by itself."""
    took_place: bool = False
    """It has taken another leg's place by itself (RFC 3891), so that it stands in a room into which nobody has brought it."""

    @property
    def is_absent(self) -> bool:
        """Nobody can be heard over it now."""
        return self.is_away or self.is_rung_again


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
    asked_by: AgentId | None = None
    """Of somebody outside: the agent to whose limits the call is counted; None: to nobody's, for it is an emergency."""


class CustomerStage(StrEnum):
    """How far the customer is."""

    TO_DIAL = "to dial"
    """A call out, of which the agent's own telephone is rung first."""
    RINGING = "ringing"
    THERE = "there"
    GONE = "gone"
    """They stay named for the wrap-up, and where the agents of a conference outstay them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whose contact it is."""

    stage: CustomerStage
    person: Person
    leg: Leg
    deadline: Deadline | None = None
    """Until when they may ring, when somebody is told that they are still on hold, or until when people outside may have them."""
    held_since: Seconds | None = None
    """Since when their owner has had them on hold; None: the owner talks with them, or there is none."""


class OfferWhy(StrEnum):
    """Why somebody is to take the customer."""

    LINE = "line"
    """Routing found an agent for a customer who waits."""
    TRANSFER = "transfer"
    """The last owner has handed the customer over without asking: a blind transfer."""
    RING_BACK = "ring-back"
    """Who had the customer last is rung again."""
    ASKED = "asked"
    """Whom the last owner consulted is on the line already, and is asked to take the customer over."""
    OWN_PHONE = "own phone"
    """A call out begins at its agent's own telephone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Somebody is rung, or asked, to take a customer whom nobody has."""

    why: OfferWhy
    to: Person
    leg: Leg
    deadline: Deadline
    consulted_since: Seconds | None = None
    """Since when whoever is asked had been consulted; None: they were not."""
    owes_wrap_up: bool = False
    """Whoever is rung back has hung up and owes a reason, unless they have the customer again."""


_OFFERED = {
    OfferWhy.LINE: Phase.OFFERED,
    OfferWhy.RING_BACK: Phase.OFFERED,
    OfferWhy.TRANSFER: Phase.TRANSFERRING,
    OfferWhy.ASKED: Phase.TRANSFER_ASKED,
    OfferWhy.OWN_PHONE: Phase.DIALLING,
}


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
    second: Leg | None = None
    """The second call of their telephone, by which they dialled whom they consult: it lasts no longer than the consult."""
    talked_by_second: bool | None = None
    """By which of the two calls they talked when last only one of them was on hold there; None: that was never so."""

    @property
    def active_leg(self) -> Leg:
        """By which of the two calls of their telephone they hear and are heard: the one that is not on hold there.

        While both are, or neither is, it is the one that it was: Asterisk says of its own accord that a call was taken back, when the
        transfer key is pressed, and the desktop's swap changes nothing at the telephone.
        """
        if self.second is None:
            return self.leg
        by_second = self.talks_by_second
        return self.second if (self.talks_to is TalksTo.CONSULT if by_second is None else by_second) else self.leg

    @property
    def talks_by_second(self) -> bool | None:
        """By which of the two calls they talk, as their telephone has told; None: it has never told them apart."""
        if self.second is None or self.leg.phone_on_hold is self.second.phone_on_hold:
            return self.talked_by_second
        return self.leg.phone_on_hold

    @property
    def other_leg(self) -> Leg | None:
        """The call of their telephone by which they hear nobody now; None: it has one call only."""
        return None if self.second is None else self.leg if self.active_leg is self.second else self.second


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A queue, as far as whoever waits in its line needs to know it."""

    id: QueueId
    name: str
    music: str
    policy: Policy


class ConsultStage(StrEnum):
    """How far a consult is."""

    WAITING = "waiting"
    """In the line of a queue, until one of its agents is free."""
    RINGING = "ringing"
    UP = "up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """Whom the owner asks. There is one at most; that it is over, or has become a conference, is that it is no more."""

    stage: ConsultStage
    target: Target
    name: str
    """Of whom or what was asked for: an agent, a queue, a number."""
    person: Person | None
    leg: Leg | None
    """None, both of them, exactly while it waits."""
    asked_at: Seconds
    deadline: Deadline | None
    """Until when it may ring, or wait; None: it was answered."""
    line: QueueLine | None = None
    """The line that it stands in, or came from; None: somebody was asked for by name."""
    waits_until: Seconds | None = None
    """When it has waited in that line for too long."""
    not_for: tuple[AgentId, ...] = ()
    """Agents of the line who are not to be rung: who asks, and who would not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of a conference who is neither customer nor owner."""

    person: Person
    leg: Leg


Reach = Person | QueueLine
"""What a target leads to, which the floor has found out before the interaction is asked: somebody to ring now, or a line to stand in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One customer's contact. Every accepted input makes a new one, with the next revision if anybody sees or may do anything else."""

    id: InteractionId
    started_at: Seconds
    phase_since: Seconds
    queue: QueueId | None
    """None: a call out for no queue. There is no line that its customer could go back to."""
    queue_name: str
    entry_point: EntryPointId | None
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
    waited: Seconds = 0.0
    """How long the customer had waited in all when somebody had them for the last time: what they talked before is no waiting."""
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

    def policy_of(self, wrap_up: WrapUp) -> Policy:
        """What holds for a reason that an agent owes."""
        return self.policy if wrap_up.policy is None else wrap_up.policy

    def owes_wrap_up(self, agent: AgentId) -> WrapUp | None:
        """Find the reason that this agent still has to give."""
        return next((w for w in self.wrap_ups if w.agent == agent and w.is_owed), None)

    @property
    def customer_is_there(self) -> bool:
        """False once the customer has hung up, even where the agents stay together; and before they have answered a call of ours."""
        return self.customer.stage is CustomerStage.THERE

    @property
    def phase(self) -> Phase:
        """The name, for people and for the API, of a combination of stages. Nobody sets it and no step asks for it.

        | customer         | offer                | owner talks to | consult          | members | phase           |
        |------------------|----------------------|----------------|------------------|---------|-----------------|
        | to dial          | own phone            |                |                  |         | dialling        |
        | ringing          |                      | customer       |                  |         | dialling        |
        | there            | line, ring-back      |                |                  |         | offered         |
        | there            | transfer             |                |                  |         | transferring    |
        | there            | asked                |                |                  |         | transfer_asked  |
        | there            |                      |                |                  |         | queued          |
        | there            |                      |                |                  | some    | handed_out      |
        | gone             |                      |                |                  |         | ended           |
        | there            |                      | customer       |                  |         | connected       |
        | there            |                      | nobody         |                  |         | held            |
        | there            |                      | consult        | waiting, ringing | any     | consult_offered |
        | there            |                      | consult        | up               | any     | consulting      |
        | there            |                      | customer       | any              | any     | consult_held    |
        | there, gone      |                      | customer       |                  | some    | conference      |

        Any other combination is a mistake of ours.
        """
        stage, owner, consult = self.customer.stage, self.owner, self.consult
        # Asked a dozen times for each input, so it is a few comparisons and no pattern.
        if owner is None:
            return self._phase_without_owner(stage)
        assert self.offer is None, "nobody is offered a customer whom somebody has"
        if stage is CustomerStage.RINGING:
            assert consult is None, "nobody is consulted about who is still called"
            assert not self.members, "who is still called is with nobody"
            assert owner.talks_to is TalksTo.CUSTOMER, "whoever calls hears the ringing"
            return Phase.DIALLING
        assert stage is not CustomerStage.TO_DIAL, "the owner of a call out has answered their own telephone"
        if consult is not None:
            assert stage is CustomerStage.THERE, "a consult is about a customer"
            assert owner.talks_to is not TalksTo.NOBODY, "who consults talks to the one or the other"
            if owner.talks_to is TalksTo.CUSTOMER:
                return Phase.CONSULT_HELD
            return Phase.CONSULTING if consult.stage is ConsultStage.UP else Phase.CONSULT_OFFERED
        assert owner.talks_to is not TalksTo.CONSULT, "nobody talks to a consult that is not there"
        if self.members:
            assert owner.talks_to is TalksTo.CUSTOMER, "the owner of a conference is in it"
            return Phase.CONFERENCE
        assert stage is CustomerStage.THERE, "the owner of a customer who has gone is in a conference"
        return Phase.CONNECTED if owner.talks_to is TalksTo.CUSTOMER else Phase.HELD

    def _phase_without_owner(self, stage: CustomerStage) -> Phase:
        assert self.consult is None, "only an owner consults"
        if self.offer is not None:
            assert not self.members, "nobody is offered a customer whom others have"
            expected = CustomerStage.TO_DIAL if self.offer.why is OfferWhy.OWN_PHONE else CustomerStage.THERE
            assert stage is expected, f"nobody is offered a customer who is {stage} ({self.offer.why})"
            return _OFFERED[self.offer.why]
        assert stage in (CustomerStage.THERE, CustomerStage.GONE), "somebody calls out"
        if self.members:
            assert stage is CustomerStage.THERE, "somebody owns a conference that the customer has left"
            return Phase.HANDED_OUT
        return Phase.QUEUED if stage is CustomerStage.THERE else Phase.ENDED

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

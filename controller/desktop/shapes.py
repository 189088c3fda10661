"""What the API gives, by the names that the OpenAPI document gives to it. Moments are RFC 3339 in UTC.

Values only; `views` fills them from the floor.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controller.dialling.refusals import NumberRefusal
from controller.dialling.rules import NumberType
from controller.dialling.typed import NumberKind
from controller.directory.password_strength import Weakness
from controller.interaction.commands import Action
from controller.interaction.interaction import Phase
from controller.routing.desk import DeskState
from controller.routing.telephones import TelephoneKind

Leg = Literal["ringing", "talking", "held", "gone"]
TargetKind = Literal["agent", "queue", "entry_point", "number", "organisation"]
AgentRole = Literal["agent1", "agent2"]
ViewerRole = Literal["agent1", "agent2", "former", "supervisor"]
ConsultStage = Literal["waiting", "ringing", "talking", "held"]
OfferWhy = Literal["line", "ring_back", "transfer", "consult"]


class Shape(BaseModel):
    """Something the API gives."""

    model_config = ConfigDict(frozen=True)


class Customer(Shape):
    """The caller, or whoever is called."""

    number: str
    """E.164 where it is a public number."""
    name: str
    leg: Leg | None
    """None: they are to be called as soon as the agent's own telephone has been answered."""
    muted: bool
    held_since: AwareDatetime | None
    """Since when the owner has had them on hold; None: they are not."""


class Agent(Shape):
    """An agent's part in an interaction."""

    agent: str | None
    """None: somebody who is not one of our agents."""
    name: str
    number: str
    role: AgentRole
    leg: Leg
    muted: bool
    leg_id: str
    """What `drop` takes."""


class Consult(Shape):
    """Whom the owner consults."""

    kind: TargetKind
    """Of whom or what was asked for; who has answered for a queue is among the agents."""
    id: str | None
    """None: a number, which has none."""
    number: str | None
    """Of somebody outside."""
    name: str
    stage: ConsultStage
    position: int | None
    """While it waits: the place in the queue's line, from 1. None: it does not wait."""
    expected_wait_seconds: float | None
    """How long, from `asked_at`, whoever had to wait there has waited lately, the median. None: it does not wait, or too few have."""
    asked_at: AwareDatetime


class Interaction(Shape):
    """An interaction, as one viewer sees it."""

    id: str
    revision: int
    phase: Phase
    queue: str | None
    """None: a call that was begun for no queue."""
    entry_point: str | None
    direction: Literal["inbound", "outbound"]
    my_role: ViewerRole | None
    """None: the viewer is nothing to it any more."""
    owner: str | None
    started_at: AwareDatetime
    phase_since: AwareDatetime
    customer: Customer
    agents: tuple[Agent, ...]
    consult: Consult | None
    recording: Literal["off", "on"]
    news: str
    """A sentence for the owner on what just happened to them; empty: nothing to say."""
    hold_alarm: bool
    """For the owner and supervisors: the customer has been on hold for longer than the site wants."""
    allowed: tuple[Action, ...]
    refused: dict[Action, str]
    gone: bool
    """This viewer sees it for the last time: it is over, or no longer theirs."""


class Interactions(Shape):
    """Every interaction that the viewer sees, oldest first."""

    interactions: tuple[Interaction, ...]


class WrapUp(Shape):
    """A reason that the agent owes."""

    interaction: str
    asked_at: AwareDatetime
    over_at: AwareDatetime | None
    """When the default is noted instead; None: never, the agent takes as long as they need."""
    default: str
    """The reason that is noted when its time is over."""
    extended: bool
    """The agent has asked for more time."""


class TelephoneState(Shape):
    """The telephone that rings for an agent."""

    kind: TelephoneKind
    registered: bool
    """It can be rung. While it can't, no call is offered."""
    since: AwareDatetime | None
    """Since when it can be rung, or can't, or is this one; null: since before that was noted."""


class Me(Shape):
    """The agent who asks."""

    agent: str
    name: str
    role: Literal["agent", "supervisor"]
    state: DeskState
    idle_reason: str | None
    """Why idle or not answering: an idle reason's id, or words."""
    next_state: DeskState | None
    """What they chose for when their call and its wrap-up are over; None: they are it already."""
    next_reason: str | None
    """Why they will be idle then: an idle reason's id, or words."""
    interaction: str | None
    wrap_ups: tuple[WrapUp, ...]
    state_since: AwareDatetime | None
    """Since when the state is this one, and the reason this; null: since before that was noted."""
    telephone: TelephoneState


class PasswordRules(Shape):
    """Whether the agent may choose another password, and what it must be like."""

    may_change: bool
    letters_min: int


class AgentPresence(Shape):
    """One agent, as supervisors see everybody."""

    agent: str
    name: str
    team: str
    role: Literal["agent", "supervisor"]
    state: DeskState
    state_since: AwareDatetime | None
    idle_reason: str | None
    next_state: DeskState | None
    """What they, or a supervisor, chose for when their call and its wrap-up are over; null: they are it already."""
    next_reason: str | None
    """Why they will be idle then: an idle reason's id, or words."""
    interaction: str | None
    telephone: TelephoneState
    gone: bool = False
    """The site has them no more. A desktop is told so once and lists them no longer."""


class Agents(Shape):
    """Everybody, in the site's order."""

    agents: tuple[AgentPresence, ...]


class Telephone(Shape):
    """The telephone of the agent who asks, and what their page needs to be it. Without a password the page is none."""

    kind: TelephoneKind
    """Which one rings. A page that has a password registers whatever this says: then it is "browser", unless a login chose the desk."""
    registered: bool
    elsewhere: bool
    """It is in another window: `?take=true` takes it over."""
    user: str | None
    """The SIP user, for REGISTER and for the digest."""
    password: str | None
    """Good as long as this login, or until another login takes the telephone over."""
    websocket: str | None
    """The path, on this server, of the WebSocket for SIP."""
    desk: str
    """The telephone on the agent's desk, as Asterisk names it."""
    expires_at: AwareDatetime | None
    """When the login ends, and the password with it."""


class Queue(Shape):
    """A waiting line and the agents who serve it."""

    id: str
    name: str
    waiting: int
    longest_wait: float
    """Seconds; 0 when nobody waits."""
    waiting_since: AwareDatetime | None
    """Since when the longest waiting waits."""
    agents: dict[DeskState | Literal["no_telephone"], int]
    """How many are in each state; a state that nobody is in is left out. `no_telephone`: available, and offered no call, because their
    telephone is not there, or in another call."""


class QueueGone(Queue):
    """A queue that the site has no more. A desktop is told so once and lists it no longer."""

    gone: Literal[True]


class Queues(Shape):
    """Every queue."""

    queues: tuple[Queue, ...]


class DirectoryEntry(Shape):
    """Somebody, or something, that a consult can be asked of. What is not known, or does not apply, is left out."""

    kind: TargetKind
    id: str
    name: str
    detail: str
    """An agent's team; who is free and who waits in a queue; a colleague's title and department."""
    number: str | None = None
    presence: str
    """An agent's state; of a queue or an entry point `available`, `busy` or `logged_off`; a colleague's in the words of their own tool;
    `unknown`."""
    presence_as_of: AwareDatetime | None = None
    """When a colleague's presence was so: it may lag. An agent's is live."""
    presence_since: AwareDatetime | None = None
    """Since when an agent is in that state."""
    idle_reason: str | None = None
    """Why an agent takes no calls."""
    available: bool
    """It can be consulted now."""
    because: str | None = None
    """Why not."""


class Directory(Shape):
    """Whom one can consult."""

    entries: tuple[DirectoryEntry, ...]
    as_of: AwareDatetime
    """Since when it is known that there is nobody else."""
    stale: bool
    """It may be another list by now."""
    because: str | None = None
    """Why it is stale, why nobody's presence is known, that the list has become much shorter: a sentence a line, for each organisation."""
    truncated: bool
    """There are more than are listed: give more of a name."""


class Reason(Shape):
    """Something to choose from."""

    id: str
    name: str


class Reasons(Shape):
    """All there is to choose from, in the site's order."""

    reasons: tuple[Reason, ...]


class NumberPreview(Shape):
    """What a typed number would dial. What is not known, or does not apply, is left out."""

    kept: str
    """What is left when everything but digits and `+ # * :` is dropped."""
    dial: str | None = None
    """What would go out, in the form that the trunk wants; left out where it is no number."""
    e164: str | None = None
    national: str | None = None
    """As people of the number's own country write it."""
    international: str | None = None
    region: str | None = None
    """Whose number it is, as ISO 3166-1 alpha-2; `001` for numbers of no country."""
    kind: NumberKind
    type: NumberType | None = None
    id: str | None = None
    """Of the agent or entry point whose number it is."""
    name: str | None = None
    """Of the same."""
    verified: bool
    """It is in a known numbering plan. An outside number that is not may exist all the same."""
    allowed: bool
    code: NumberRefusal | None = None
    """Why it is not dialled, for programs."""
    because: str | None = None
    """The same for people, with what to do about it."""
    warning: Literal["digits-joined"] | None = None
    """Letters or signs that separate two things were dropped from between digits: a person should look before the call."""


class SessionOpened(Shape):
    """Logged on. The token goes into `Authorization: Bearer …`; a browser has it in a cookie already."""

    token: str
    agent: str
    expires_at: AwareDatetime


class Health(Shape):
    """The controller lives."""

    status: Literal["ok"]


class Readiness(Shape):
    """The controller can serve calls."""

    status: Literal["ready"]
    warnings: list[str]
    """What will become trouble if nobody does anything, as sentences."""


class FieldError(Shape):
    """One field of a body that is not what it should be."""

    field: str
    problem: str


class Problem(Shape):
    """Why not (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reason: NumberRefusal | Weakness | None = None
    """Why a number is not dialled: its preview's `code`; or why a password is refused."""
    errors: tuple[FieldError, ...] = ()


# --- Frames of the WebSocket -------------------------------------------------------------------------------------------


class Offer(Shape):
    """The agent's telephone rings."""

    interaction: str
    consult: bool
    """True: a colleague asks; False: a customer is to be taken."""
    why: OfferWhy
    """`line`: the queue's next customer; `ring_back`: the customer whom they had last; `transfer`: a colleague hands a customer over;
    `consult`: a colleague asks."""
    over_at: AwareDatetime | None
    """When the ringing ends by itself."""


class RefusedAtTelephone(Shape):
    """What the agent has asked for by the keys of their telephone was not done: a code, a number, a transfer."""

    because: str
    """A sentence for people."""


class SnapshotFrame(Shape):
    """Everything that the agent sees. Always the first frame, unless the desktop came back in time."""

    type: Literal["snapshot"]
    seq: int
    me: Me
    interactions: tuple[Interaction, ...]
    queues: tuple[Queue, ...]
    agents: tuple[AgentPresence, ...] | None = None
    """For supervisors; left out for everybody else."""


class InteractionFrame(Shape):
    """An interaction as it is now."""

    type: Literal["interaction"]
    seq: int
    interaction: Interaction


class MeFrame(Shape):
    """The agent as they are now."""

    type: Literal["me"]
    seq: int
    me: Me


class QueueFrame(Shape):
    """A queue as it is now."""

    type: Literal["queue"]
    seq: int
    queue: QueueGone | Queue


class AgentFrame(Shape):
    """An agent as they are now; for supervisors, at most once a second of each."""

    type: Literal["agent"]
    seq: int
    agent: AgentPresence


class OfferFrame(Shape):
    """The agent's telephone has begun to ring."""

    type: Literal["offer"]
    seq: int
    offer: Offer


class WrapUpFrame(Shape):
    """The agent is asked for a reason."""

    type: Literal["wrap_up"]
    seq: int
    wrap_up: WrapUp


class RefusedFrame(Shape):
    """The agent's telephone has asked for something that was not done, and no interaction says so."""

    type: Literal["refused"]
    seq: int
    refused: RefusedAtTelephone


Frame = Annotated[
    SnapshotFrame | InteractionFrame | MeFrame | QueueFrame | AgentFrame | OfferFrame | WrapUpFrame | RefusedFrame,
    Field(discriminator="type"),
]
"""What the WebSocket sends."""

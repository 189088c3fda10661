"""What the API gives, by the names that the OpenAPI document gives to it. Moments are RFC 3339 in UTC.

Values only; `views` fills them from the floor.
"""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from controller.dialling.refusals import NumberRefusal
from controller.dialling.rules import NumberType
from controller.dialling.typed import NumberKind
from controller.interaction.commands import Action
from controller.interaction.interaction import Phase
from controller.interaction.party import Role
from controller.routing.desk import DeskState

Leg = Literal["ringing", "talking", "held", "gone"]
TargetKind = Literal["agent", "queue", "entry_point", "organisation"]
EntryKind = Literal["agent", "queue", "entry_point", "number", "organisation"]


class Shape(BaseModel):
    """Something the API gives."""

    model_config = ConfigDict(frozen=True)


class Customer(Shape):
    """The caller."""

    number: str
    """E.164 where it is a public number."""
    name: str
    leg: Leg
    muted: bool


class Agent(Shape):
    """An agent's part in an interaction."""

    agent: str | None
    """None: somebody who is not one of our agents."""
    name: str
    number: str
    role: Role
    leg: Leg
    muted: bool


class Consult(Shape):
    """Whom the owner consults."""

    kind: TargetKind
    name: str
    asked_at: AwareDatetime


class Interaction(Shape):
    """An interaction, as one viewer sees it."""

    id: str
    revision: int
    phase: Phase
    queue: str
    entry_point: str
    direction: str
    my_role: Role | None
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
    over_at: AwareDatetime
    """When the site's default reason is noted instead."""


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
    interaction: str | None
    wrap_ups: tuple[WrapUp, ...]


class Queue(Shape):
    """A waiting line and the agents who serve it."""

    id: str
    name: str
    waiting: int
    longest_wait: float
    """Seconds; 0 when nobody waits."""
    waiting_since: AwareDatetime | None
    """Since when the longest waiting waits."""
    agents: dict[DeskState, int]
    """How many are in each state; a state that nobody is in is left out."""


class QueueGone(Queue):
    """A queue that the site has no more. A desktop is told so once and lists it no longer."""

    gone: Literal[True]


class Queues(Shape):
    """Every queue."""

    queues: tuple[Queue, ...]


class DirectoryEntry(Shape):
    """Somebody, or something, that a consult can be asked of. What is not known, or does not apply, is left out."""

    kind: EntryKind
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
    """Why it is stale."""
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
    """The controller says how it is."""

    status: Literal["ok", "ready"]


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
    errors: tuple[FieldError, ...] = ()


# --- Frames of the WebSocket -------------------------------------------------------------------------------------------


class Offer(Shape):
    """The agent's telephone rings."""

    interaction: str
    consult: bool
    """True: a colleague asks; False: a customer."""
    over_at: AwareDatetime | None
    """When the ringing ends by itself."""


class SnapshotFrame(Shape):
    """Everything that the agent sees. Always the first frame, unless the desktop came back in time."""

    type: Literal["snapshot"]
    seq: int
    me: Me
    interactions: tuple[Interaction, ...]
    queues: tuple[Queue, ...]


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


Frame = Annotated[
    SnapshotFrame | InteractionFrame | MeFrame | QueueFrame | OfferFrame | WrapUpFrame,
    Field(discriminator="type"),
]
"""What the WebSocket sends."""

"""The life of one interaction as it was recorded, and what everybody did in it from when to when. Values only.

Phases are told by their names: a record may have been written by another version of this program, which had fewer or more of them.
"""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, InteractionId, LegId, Seconds
from controller.interaction.layout import Room
from controller.interaction.party import Role, Standing

CUSTOMER = "customer"
"""Who the customer is, in a story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryParty:
    """Somebody in an interaction after a step."""

    role: Role
    name: str
    agent: AgentId | None = None
    """None: the customer, or somebody who is not one of ours."""
    leg: LegId | None = None
    """None: recorded by a version that did not write it down."""
    room: Room | None
    """Where they stand; None: nowhere, their leg is gone or not there yet."""
    standing: Standing
    muted: bool = False
    on_hold: bool = False
    """The hold key of their own telephone is pressed: they hear nobody, and nobody hears them."""

    @property
    def who(self) -> str:
        """Name them through all their roles: an agent by id, whoever is not one of ours by the leg that they have."""
        if self.role is Role.CUSTOMER:
            return CUSTOMER
        return self.agent or self.leg or self.name

    @property
    def is_there(self) -> bool:
        """They have a leg, ringing or up."""
        return self.room is not None and self.standing is not Standing.GONE

    @property
    def owns(self) -> bool:
        """The customer is theirs: not who is rung to become the owner, nor who was it."""
        return self.role is Role.AGENT_1 and self.agent is not None and self.is_there and self.standing is Standing.UP


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWrapUp:
    """A reason that an agent owes, or has given."""

    agent: AgentId
    asked_at: Seconds
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """What one input did to one interaction."""

    at: Seconds
    interaction: InteractionId
    revision: int
    input: str
    """What came, as a sentence."""
    before: str | None
    """The phase that it came to; None: the interaction began."""
    after: str
    """The phase that it led to."""
    tell: tuple[str, ...] = ()
    """What people were told, as sentences."""
    parties: tuple[StoryParty, ...]
    queue: str = ""
    """Empty: none."""
    wrap_ups: tuple[StoryWrapUp, ...] = ()
    kept: bool = True
    """Whether it was in the journal when people were told; if not, a crash could still have undone it."""


class Doing(StrEnum):
    """What somebody does for a while."""

    QUEUED = "queued"
    """The customer waits for an agent: in a line, or while one is rung."""
    RANG = "rang"
    """Their own telephone rings."""
    DIALLING = "dialling"
    """They hear somebody's telephone being rung: a consult's, or the one that they call out to."""
    WAITING = "waiting"
    """They wait until an agent of the queue that they consult is free."""
    ASKED = "asked"
    """They are on the line, and are asked to take the customer."""
    TALKED = "talked"
    """One other hears them, and the customer is one of the two."""
    HELD = "held"
    """They hear nobody: somebody put them on hold, or their own hold key, or whoever they talk with has theirs pressed."""
    CONSULTED = "consulted"
    """They talk with a colleague, and the customer does not hear it."""
    CONFERENCED = "conferenced"
    TRANSFERRING = "transferring"
    """The customer hears music, or ringing, until whom they are handed over to has them."""
    HANDED_OUT = "handed_out"
    """The customer and people outside talk; nobody of ours is there."""
    WRAPPED_UP = "wrapped_up"
    """An agent owes a reason, and is on the line no more."""

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A while in which somebody did one thing."""

    who: str
    name: str
    agent: AgentId | None
    doing: Doing
    began_at: Seconds
    ended_at: Seconds
    goes_on: bool = False
    """It had not ended when the story was told; `ended_at` is that moment."""
    owns: bool = False
    """The customer was theirs meanwhile."""
    others: tuple[str, ...] = ()
    """Whom they heard in it, one after the other or together."""

    @property
    def seconds(self) -> Seconds:
        return self.ended_at - self.began_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that is recorded of an interaction; there is one step at least."""

    steps: tuple[StoryStep, ...]
    segments: tuple[Segment, ...]
    """A person's one after the other, and people in the order in which they came."""
    is_partial: bool = False
    """There are earlier steps: they were too many, or are not on disk any more."""

    @property
    def interaction(self) -> InteractionId:
        return self.steps[0].interaction

    @property
    def queue(self) -> str:
        """The queue that it was last in; empty: none."""
        return next((step.queue for step in reversed(self.steps) if step.queue), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPicture:
    """A story as SVG, which needs nothing from elsewhere and runs nothing."""

    svg: str
    style: str
    """The text of its only style sheet, so that whoever serves it can allow that and nothing else."""

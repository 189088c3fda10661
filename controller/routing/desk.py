"""An agent's presence: what they chose, and what they are in.

The two are kept apart, so that a choice made during a call needs no rule of its own: it shows when the call and its wrap-up are over.
What an agent is in is derived from the interactions, so nobody can be stuck in "reserved".
"""

from dataclasses import dataclass
from enum import StrEnum

from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.directory.replace import replace


class DeskState(StrEnum):
    """What an agent is doing, as everybody sees it."""

    LOGGED_OFF = "logged_off"
    AVAILABLE = "available"
    IDLE = "idle"
    NOT_ANSWERING = "not_answering"
    OFFERED = "offered"
    ENGAGED = "engaged"
    WRAP_UP = "wrap_up"


CHOSEN = frozenset({DeskState.LOGGED_OFF, DeskState.AVAILABLE, DeskState.IDLE, DeskState.NOT_ANSWERING})
"""What an agent is when they are in no interaction: their own choice, or what an unanswered telephone made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSession:
    """One desktop at which an agent is logged on. Kept here, so that it outlives the controller; of its token only the SHA-256 is known."""

    key: str
    until: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One agent's presence."""

    agent: AgentId
    chosen: DeskState = DeskState.LOGGED_OFF
    reason: str = ""
    """Why idle or not answering, in words or as the id of an idle reason."""
    occupied: DeskState | None = None
    """OFFERED, ENGAGED or WRAP_UP while in an interaction."""
    interaction: InteractionId | None = None
    free_since: Seconds = 0.0
    """Since when this agent waits for a call; the longest available is served first."""
    sessions: tuple[DesktopSession, ...] = ()
    rests_until: Seconds | None = None
    """Until when no call is offered, because the last one could not be rung through no fault of the agent; None: one may be."""

    @property
    def state(self) -> DeskState:
        return self.occupied or self.chosen

    @property
    def is_available(self) -> bool:
        return self.state is DeskState.AVAILABLE

    @property
    def may_be_offered_a_call(self) -> bool:
        """Available, and not resting: everybody else in the queue is offered the call first."""
        return self.is_available and self.rests_until is None


def choose(desk: Desk, chosen: DeskState, now: Seconds, *, reason: str = "") -> Desk:
    """Note what an agent wants to be; somebody who was available already keeps their place."""
    assert chosen in CHOSEN, f"{chosen} is not a choice"
    if desk.chosen is chosen and desk.reason == reason:
        return desk
    return replace(desk, chosen=chosen, reason=reason, free_since=now)


def log_on(desk: Desk, session: DesktopSession | None, now: Seconds) -> Desk:
    """Note one more desktop; somebody who was logged off is idle now."""
    if session is not None:
        desk = replace(desk, sessions=(*desk.sessions, session))
    return choose(desk, DeskState.IDLE, now) if desk.chosen is DeskState.LOGGED_OFF else desk


def log_off(desk: Desk, key: str, now: Seconds) -> Desk:
    """Forget one desktop, or all of them (an empty key); without any, the agent is logged off."""
    left = tuple(session for session in desk.sessions if key and session.key != key)
    if left != desk.sessions:
        desk = replace(desk, sessions=left)
    return desk if left else choose(desk, DeskState.LOGGED_OFF, now)


def rest(desk: Desk, until: Seconds | None) -> Desk:
    """Offer this agent no call for a moment; None: the moment is over."""
    return replace(desk, rests_until=until)


def occupy(desk: Desk, occupied: DeskState | None, interaction: InteractionId | None, now: Seconds) -> Desk:
    """Note what an agent is in, or that they are free again."""
    if desk.occupied is occupied and desk.interaction == interaction:
        return desk
    # An offer that came to nothing does not cost anybody their place in the order of the longest available.
    was_busy = desk.occupied in (DeskState.ENGAGED, DeskState.WRAP_UP)
    free_since = now if occupied is None and was_busy else desk.free_since
    return replace(desk, occupied=occupied, interaction=interaction, free_since=free_since)

"""An agent's presence: what they chose, and what they are in.

The two are kept apart, so that a choice made during a call needs no rule of its own: it shows when the call and its wrap-up are over.
What an agent is in is derived from the interactions, so nobody can be stuck in "reserved".
"""

from dataclasses import dataclass, field
from enum import StrEnum

from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.directory.replace import replace
from controller.routing.telephones import TelephoneKind, Telephones


class DeskState(StrEnum):
    """What an agent is doing, as everybody sees it."""

    LOGGED_OFF = "logged_off"
    AVAILABLE = "available"
    IDLE = "idle"
    NOT_ANSWERING = "not_answering"
    OFFERED = "offered"
    ENGAGED = "engaged"
    WRAP_UP = "wrap_up"


TELEPHONE_GONE = "telephone not connected"
"""Why somebody does not answer who can't."""
NOTICED_SECONDS_MAX: Seconds = 15.0
"""So long a telephone may be gone before Asterisk knows: it asks every 10 s, and waits 3 s for an answer (asterisk-conf/)."""

REST_SECONDS: Seconds = 3.0
"""How long a telephone is left alone that could not be rung: others are offered the customer first, and a fault may pass."""
REST_SECONDS_MAX: Seconds = 30.0
"""The same of one that could not be rung again and again: each time is twice as long as the one before, up to this."""
_DOUBLED_MAX = 10

CHOSEN = frozenset({DeskState.LOGGED_OFF, DeskState.AVAILABLE, DeskState.IDLE, DeskState.NOT_ANSWERING})
"""What an agent is when they are in no interaction: their own choice, or what an unanswered telephone made of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopSession:
    """One desktop at which an agent is logged on. Kept here, so that it outlives the controller; of its token only the SHA-256 is known."""

    key: str
    until: Seconds
    telephone: TelephoneKind | None = None
    """Which telephone the agent chose at this login; None: they said nothing."""
    is_over: bool = False
    """It is good for nothing but to carry the call that it ended in."""


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
    failed_offers: int = 0
    """How often in a row their telephone could not be rung; what they choose, or a call, begins anew."""
    state_since: Seconds = 0.0
    """Since when the state is this one, and idle for this reason; 0: an older version did not say, or they were never here."""
    telephones: Telephones = field(default_factory=Telephones)

    @property
    def state(self) -> DeskState:
        return self.occupied or self.chosen

    @property
    def is_available(self) -> bool:
        return self.state is DeskState.AVAILABLE

    @property
    def may_be_offered_a_call(self) -> bool:
        """Available, with a telephone that is there and free, and not resting: everybody else in the queue is offered the call first."""
        return self.is_available and self.rests_until is None and self.telephones.is_there and not self.telephones.is_busy

    @property
    def lacks_telephone(self) -> bool:
        """Available, and offered no call, because the telephone that rings is not there, or in another call."""
        return self.is_available and (not self.telephones.is_there or self.telephones.is_busy)

    @property
    def telephone_chosen(self) -> TelephoneKind | None:
        """Which telephone rings by the choice of the latest login that made one; None: none did."""
        chosen = (session.telephone for session in reversed(self.sessions) if not session.is_over)
        return next((telephone for telephone in chosen if telephone is not None), None)


def choose(desk: Desk, chosen: DeskState, now: Seconds, *, reason: str = "") -> Desk:
    """Note what an agent wants to be; somebody who was available already keeps their place."""
    assert chosen in CHOSEN, f"{chosen} is not a choice"
    if desk.chosen is chosen and desk.reason == reason:
        return desk
    return _dated(desk, replace(desk, chosen=chosen, reason=reason, free_since=now, failed_offers=0), now)


def follow_telephone(desk: Desk, now: Seconds) -> Desk:
    """Nobody has let a telephone ring that was not there: it went, and that was noticed only after it was rung.

    Whoever was said not to answer just before is available again as soon as it is back.
    """
    telephones = desk.telephones
    if desk.chosen is not DeskState.NOT_ANSWERING or telephones.is_busy:
        return desk
    if desk.reason == TELEPHONE_GONE:
        return choose(desk, DeskState.AVAILABLE, now) if telephones.is_there else desk
    if telephones.is_there or telephones.since != now or now - desk.state_since > NOTICED_SECONDS_MAX:
        return desk
    return choose(desk, DeskState.NOT_ANSWERING, now, reason=TELEPHONE_GONE)


def log_on(desk: Desk, session: DesktopSession | None, now: Seconds) -> Desk:
    """Note one more desktop; somebody who was logged off is idle now."""
    if session is not None:
        desk = replace(desk, sessions=(*desk.sessions, session))
    return choose(desk, DeskState.IDLE, now) if desk.chosen is DeskState.LOGGED_OFF else desk


def log_off(desk: Desk, key: str, now: Seconds) -> Desk:
    """Forget one desktop, or all of them (an empty key); without any, the agent is logged off.

    In a call it is remembered until that is over: it may be the page that carries the call.
    """
    left = tuple(_over(session, desk) if not key or session.key == key else session for session in desk.sessions)
    sessions = tuple(session for session in left if session is not None)
    if sessions != desk.sessions:
        desk = replace(desk, sessions=sessions)
    return desk if any(not session.is_over for session in sessions) else choose(desk, DeskState.LOGGED_OFF, now)


def _over(session: DesktopSession, desk: Desk) -> DesktopSession | None:
    return replace(session, is_over=True) if desk.occupied is DeskState.ENGAGED else None


def rest_after_failure(desk: Desk, now: Seconds) -> Desk:
    """Offer this agent no call for a moment, since their telephone could not be rung: the longer, the oftener that was so in a row."""
    seconds = min(REST_SECONDS * 2.0 ** min(desk.failed_offers, _DOUBLED_MAX), REST_SECONDS_MAX)
    return replace(desk, rests_until=now + seconds, failed_offers=desk.failed_offers + 1)


def rested(desk: Desk) -> Desk:
    """The moment is over."""
    return replace(desk, rests_until=None)


def occupy(desk: Desk, occupied: DeskState | None, interaction: InteractionId | None, now: Seconds) -> Desk:
    """Note what an agent is in, or that they are free again."""
    if desk.occupied is occupied and desk.interaction == interaction:
        return desk
    # An offer that came to nothing does not cost anybody their place in the order of the longest available.
    was_busy = desk.occupied in (DeskState.ENGAGED, DeskState.WRAP_UP)
    free_since = now if occupied is None and was_busy else desk.free_since
    if occupied is DeskState.ENGAGED and desk.failed_offers:
        desk = replace(desk, failed_offers=0)
    if occupied is not DeskState.ENGAGED and any(session.is_over for session in desk.sessions):
        desk = replace(desk, sessions=tuple(session for session in desk.sessions if not session.is_over))
    return _dated(desk, replace(desk, occupied=occupied, interaction=interaction, free_since=free_since), now)


def _dated(before: Desk, after: Desk, now: Seconds) -> Desk:
    """Note since when, if it is another state than before, or another reason for it."""
    is_same = after.state is before.state and (after.occupied is not None or after.reason == before.reason)
    return after if is_same else replace(after, state_since=now)

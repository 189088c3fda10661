"""Who is logged on. Of a token only its SHA-256 is kept, so that nobody who reads our memory or our disk can act as an agent.

A session is good for the password that it was opened with: with another one in the site file it is over, even across a restart.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from controller.desktop.limits import Limits
from controller.directory.ids import AgentId, InteractionId, Seconds
from controller.routing.desk import Desk

TOKEN_BYTES = 32

STORIES_MAX = 200
"""Of interactions that are over, for each session; the oldest is forgotten first. More than a day's work."""


@dataclass(slots=True, eq=False)
class Session:
    """One login of one agent."""

    digest: bytes
    agent: AgentId
    expires_at: Seconds
    mark: str
    """Tells the password that it was opened with from any other: see `mark_of`."""
    stories: dict[InteractionId, None] = field(default_factory=dict)
    """Interactions that are over and in which its agent wrapped up meanwhile, oldest first: their stories stay readable."""

    @property
    def key(self) -> str:
        """How the floor remembers it."""
        return f"{self.digest.hex()}.{self.mark}"

    def keep_story(self, interaction: InteractionId) -> None:
        """Let the story of an interaction that is over be read for as long as this session lasts."""
        self.stories[interaction] = None
        if len(self.stories) > STORIES_MAX:
            del self.stories[next(iter(self.stories))]


class Sessions:
    """Every login that is still good."""

    def __init__(self, seconds: Seconds, limits: Limits) -> None:
        self._seconds = seconds
        self._limits = limits
        self._by_digest: dict[bytes, Session] = {}
        self._by_agent: dict[AgentId, dict[Session, None]] = {}

    def is_full_for(self, agent: AgentId) -> bool:
        """No other session fits in, not even in the place of this agent's oldest."""
        return len(self._by_digest) >= self._limits.sessions_max and len(self.of(agent)) < self._limits.sessions_per_agent_max

    def open(self, agent: AgentId, password_hash: str, now: Seconds) -> tuple[str, Session, Session | None]:
        """Log an agent on: the token, the session, and the oldest one if it had to end for it."""
        mine = self._by_agent.setdefault(agent, {})
        oldest = next(iter(mine)) if len(mine) >= self._limits.sessions_per_agent_max else None
        if oldest is not None:
            self.close(oldest)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = Session(digest=_digest(token), agent=agent, expires_at=now + self._seconds, mark=mark_of(password_hash))
        self._by_digest[session.digest] = session
        self._by_agent.setdefault(agent, {})[session] = None
        return token, session, oldest

    def restore(self, desks: Iterable[Desk], hashes: Mapping[AgentId, str]) -> tuple[list[Session], list[Session]]:
        """Take up the sessions that the floor remembers from before this process.

        Gives those whose password is another one now, and those that are over and may still carry the call that they ended in.
        """
        over, carry = [], []
        for desk in desks:
            password_hash = hashes.get(desk.agent)
            for known in desk.sessions:
                digest, _, mark = known.key.partition(".")
                session = Session(digest=bytes.fromhex(digest), agent=desk.agent, expires_at=known.until, mark=mark)
                if known.is_over:
                    carry.append(session)
                    continue
                if password_hash is None or mark != mark_of(password_hash):
                    over.append(session)
                    continue
                self._by_digest[session.digest] = session
                self._by_agent.setdefault(desk.agent, {})[session] = None
        return over, carry

    @staticmethod
    def is_of(session: Session, token: str) -> bool:
        """Whether this token was given for this session, over or not."""
        return session.digest == _digest(token)

    def find(self, token: str, now: Seconds) -> Session | None:
        """The session of a token; None: it never was one, or is one no more."""
        session = self._by_digest.get(_digest(token))
        return session if session is not None and now < session.expires_at else None

    def close(self, session: Session) -> None:
        """End a session; ending it twice does nothing."""
        self._by_digest.pop(session.digest, None)
        mine = self._by_agent.get(session.agent)
        if mine is not None:
            mine.pop(session, None)
            if not mine:
                del self._by_agent[session.agent]

    def of(self, agent: AgentId) -> tuple[Session, ...]:
        """An agent's sessions, oldest first."""
        return tuple(self._by_agent.get(agent, ()))

    def expired(self, now: Seconds) -> tuple[Session, ...]:
        """Every session whose time is over and that nobody has ended yet."""
        return tuple(session for session in self._by_digest.values() if now >= session.expires_at)

    @property
    def agents(self) -> tuple[AgentId, ...]:
        """Whoever has a session."""
        return tuple(self._by_agent)


def mark_of(password_hash: str) -> str:
    """A few letters that are others for another password. The hash is salted, so they tell nothing about the password itself."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:16]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()

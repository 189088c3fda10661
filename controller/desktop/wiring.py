"""Everything the routes share, in one place that each request can reach."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
import structlog
from aiohttp import web

from controller.desktop.authentication import must_come_from_our_page, session_of
from controller.desktop.bodies import read_body
from controller.desktop.calls_begun import CallsBegun
from controller.desktop.dial_box import DialBox
from controller.desktop.feeds import Feeds
from controller.desktop.limits import Limits
from controller.desktop.passwords import Passwords
from controller.desktop.problems import not_kept
from controller.desktop.sessions import Session, Sessions, mark_of
from controller.desktop.shares import Rates
from controller.desktop.sip_logins import SipLogins
from controller.desktop.targets import Targets
from controller.desktop.view_cache import ViewCache
from controller.directory.ids import AgentId, CommandKey, Seconds
from controller.floor.floor import Floor
from controller.floor.ports import ChosenPasswords, Colleagues, Inbox, NotKept, Stories
from controller.interaction.refusals import Refused
from controller.routing.commands import LogOff, LogOn

log = structlog.get_logger("desktop")


@dataclass(slots=True, kw_only=True)
class Wiring:
    """What the routes work with."""

    inbox: Inbox
    clock: Callable[[], Seconds]
    limits: Limits
    sessions: Sessions
    passwords: Passwords
    chosen_passwords: ChosenPasswords | None
    """None: agents choose none here."""
    metrics_text: Callable[[], str]
    is_ready: Callable[[], bool]
    warnings: Callable[[], Sequence[str]]
    """What an administrator should know before it becomes trouble, as sentences that name no folder and nobody."""
    colleagues: Colleagues
    stories: Stories
    feeds: Feeds
    rates: Rates
    session_seconds: Seconds
    is_secure: bool
    """Browsers reach us over HTTPS only."""
    sip_logins: SipLogins
    sip_url: str
    """Where Asterisk takes SIP over WebSocket."""
    http: aiohttp.ClientSession | None = None
    """What connections to Asterisk are made with; there from the start to the stop."""
    cookie: str = ""
    """The cookie's name; known when the port is."""
    not_logged_off_yet: set[Session] = field(default_factory=set)
    """Sessions that are over and of which the floor has not heard; the next sweep tells it."""
    view_cache: ViewCache = field(default_factory=ViewCache)
    dial_box: DialBox = field(default_factory=DialBox)
    calls_begun: CallsBegun = field(default_factory=CallsBegun)

    @property
    def floor(self) -> Floor:
        return self.inbox.floor

    @property
    def targets(self) -> Targets:
        """Whom there is now."""
        return Targets(directory=self.floor.directory, dial_box=self.dial_box, colleagues=self.colleagues)

    def session_of(self, request: web.Request, *, unsafe: bool) -> Session:
        """Whose request this is, and count it; `unsafe`: it may change something. Raises a Problem."""
        session = session_of(request, self.sessions, self.cookie, self.floor.directory, self.clock())
        self.rates.count(session)
        if unsafe:
            must_come_from_our_page(request, is_secure=self.is_secure)
        return session

    async def read_body(self, request: web.Request) -> bytes:
        """The request's body."""
        return await read_body(request, self.limits.body_seconds_max)

    async def has_done(self, agent: AgentId, key: CommandKey | None) -> bool:
        """Whether this agent's command with this key was done before, by this process or one before it, and would survive a crash.

        Raises a Problem when it was done and would not, and `ReusedKey`.
        """
        if key is None or not self.floor.has_accepted(agent, key, self.clock()):
            return False
        await self.inbox.settled()  # it may be on its way to the disk
        if (because := self.inbox.not_kept_because) is not None:
            raise not_kept(because)
        return True

    async def end_session(self, session: Session) -> None:
        """Log off one desktop; with the last one goes the agent."""
        self.close_session(session)
        await self.log_off(session)

    def close_session(self, session: Session) -> None:
        """A login is no longer good: for nothing that its desktop has open."""
        self.sessions.close(session)
        self.feeds.end_session(session)
        agent = self.floor.directory.agents.get(session.agent)
        endpoint = agent.browser if agent is not None else ""
        self.sip_logins.end_session(session, endpoint, is_last=not self.sessions.of(session.agent))

    async def log_off(self, session: Session) -> None:
        """Let the floor know that a session is over."""
        # Before it is asked: whatever comes of it, somebody who has gone must not stay available.
        self.not_logged_off_yet.add(session)
        if session.agent in self.floor.desks:
            try:
                await self.inbox.ask(LogOff(agent=session.agent, session=session.key))
            except (Refused, NotKept) as no:
                log.warning("not logged off yet", agent=session.agent, because=no.because)
                return
        self.not_logged_off_yet.discard(session)

    async def use_password(self, session: Session, password_hash: str) -> None:
        """Whoever asks by this session has another password now: it stays good, and every other login of theirs is over."""
        agent, former_key = session.agent, session.key
        self.passwords.hashes[agent] = password_hash
        for other in self.sessions.of(agent):
            if other is not session:
                await self.end_session(other)
        session.mark = mark_of(password_hash)
        known = (
            next((each for each in self.floor.desks[agent].sessions if each.key == former_key), None) if agent in self.floor.desks else None
        )
        if known is None:
            return
        try:
            # The new one first: who has no login left is logged off.
            await self.inbox.ask(LogOn(agent=agent, session=session.key, until=session.expires_at, telephone=known.telephone))
            await self.inbox.ask(LogOff(agent=agent, session=former_key))
        except (Refused, NotKept) as no:
            # It goes on all the same; only after a start of the controller they would have to log on again.
            log.warning("a login may not outlive a start", agent=agent, because=no.because)
        if session not in self.sessions.of(agent):
            self.not_logged_off_yet.add(session)  # it ended meanwhile, under its former key

    async def sweep(self) -> None:
        """End what is over by the clock, and forget what nobody will ask for any more."""
        now = self.clock()
        again = tuple(self.not_logged_off_yet)
        for session in self.sessions.expired(now):
            await _in_spite_of_mistakes(self.end_session(session))
        for session in again:
            await _in_spite_of_mistakes(self.log_off(session))
        self.feeds.sweep(now)
        self.rates.sweep()
        if self.sessions.agents:
            self.dial_box.expect_numbers_of(self.floor.directory.region)

    async def sweep_for_ever(self) -> None:
        """Sweep now and then, and get ready beside it what desktops will ask for."""
        async with asyncio.TaskGroup() as beside:
            beside.create_task(_in_spite_of_mistakes(self.dial_box.make_ready()), name="numbering plans")
            while True:
                await asyncio.sleep(self.limits.sweep_seconds)
                await _in_spite_of_mistakes(self.sweep())


async def _in_spite_of_mistakes(work: Awaitable[None]) -> None:
    """Ours: one session that can't be ended must not keep the others from being ended, now and at every sweep to come."""
    try:
        await work
    except Exception:
        log.exception("a sweep left something out because of a mistake in the controller; the next one tries again")


WIRING = web.AppKey("wiring", Wiring)

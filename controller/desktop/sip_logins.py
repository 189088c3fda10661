"""Which login of an agent has their telephone in the browser: one at a time, with a password and a WebSocket of its own.

A login that ends loses both, but no call: who talks keeps the telephone until the call is over.
"""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from controller.desktop.feeds import GOING_AWAY, SESSION_ENDED, Goodbye
from controller.desktop.limits import Limits
from controller.desktop.sessions import Session, Sessions
from controller.directory.ids import AgentId
from controller.floor.ports import BrowserPasswords

TELEPHONE_ELSEWHERE = 4009
"""The close code for a page whose telephone another page has taken over."""

log = structlog.get_logger("desktop")


def password_of(token: str, endpoint: str) -> str:
    """The SIP password of a login: always the same, so that a restart of the controller changes it for no page that is open.

    Whoever reads it in Asterisk's memory learns nothing of the token.
    """
    return hmac.new(token.encode(errors="replace"), f"SIP password of {endpoint}".encode(), hashlib.sha256).hexdigest()


class SipSocket:
    """One page's WebSocket for SIP, as far as others may end it."""

    def __init__(self, session: Session, limits: Limits) -> None:
        self.session = session
        self.goodbye: asyncio.Future[Goodbye] = asyncio.get_running_loop().create_future()
        self._limits = limits

    def say_goodbye(self, code: int, because: str) -> None:
        """Close it. Twice is harmless."""
        if not self.goodbye.done():
            seconds_max = self._limits.stop_seconds if code == GOING_AWAY else self._limits.close_seconds
            self.goodbye.set_result(Goodbye(code, because, seconds_max))


@dataclass(frozen=True, slots=True)
class _Holder:
    session: Session
    endpoint: str


class SipLogins:
    """Everybody's telephones in the browser."""

    def __init__(self, passwords: BrowserPasswords, limits: Limits, is_talking: Callable[[AgentId], bool]) -> None:
        """`is_talking`: whether an agent has a call that the end of their telephone would cost them."""
        self._passwords = passwords
        self._limits = limits
        self._is_talking = is_talking
        self._holders: dict[AgentId, _Holder] = {}
        self._sockets: dict[AgentId, SipSocket] = {}
        self._over: dict[AgentId, str] = {}
        """Whose login has ended in the middle of a call, and their telephone: it is nobody's when the call is over."""
        self._places: Counter[AgentId] = Counter()
        """Sessions of Asterisk's HTTP server that pages have, those that are just being opened or closed too."""

    # --- Asterisk's sessions -----------------------------------------------------------------------------------------

    def why_full(self, agent: AgentId) -> str | None:
        """Say why no other page of this agent can have a session of Asterisk's now; None: one can. The controller needs some itself."""
        if self._places[agent] >= self._limits.sip_sockets_per_agent_max:
            return "Your telephone is being opened in too many windows at once: try again in a moment."
        # Whoever has one takes its place, also where no other fits in: both are there until the earlier one is closed.
        replaced = self._limits.sip_sockets_replaced_max if self._places[agent] else 0
        if self._places.total() >= self._limits.sip_sockets_max + replaced:
            return "Too many telephones are open in browsers: try again later."
        return None

    @contextmanager
    def place(self, agent: AgentId) -> Iterator[None]:
        """Hold one of Asterisk's sessions; begin before it is opened, and end when it is closed."""
        self._places[agent] += 1
        try:
            yield
        finally:
            self._places[agent] -= 1
            if not self._places[agent]:
                del self._places[agent]

    # --- Whose telephone it is -----------------------------------------------------------------------------------------

    def is_connected(self, agent: AgentId) -> bool:
        """Whether a page has this agent's telephone."""
        socket = self._sockets.get(agent)
        return socket is not None and not socket.goodbye.done()

    def is_elsewhere(self, session: Session) -> bool:
        """Whether another login of the same agent has the telephone, with a page that is open.

        One that has ended, and kept it for its call, has it for nobody else: it may be the very page that logs in again.
        """
        if self._is_this(session) or session.agent in self._over or not self.is_connected(session.agent):
            return False
        return self._sockets[session.agent].session is not session

    def may_connect(self, session: Session) -> bool:
        """Whether this login has the telephone. After a start nobody is known to have it, and whoever comes first does."""
        return session.agent not in self._holders or self._is_this(session)

    async def take(self, session: Session, endpoint: str, token: str) -> str:
        """This login has the telephone from now on; gives its password. Raises a `Refused` while Asterisk is away.

        A WebSocket that carries the call of a login that has ended stays until a page opens another one: where it is the same page, its
        telephone goes on with the new password.
        """
        agent = session.agent
        before = self._holders.get(agent)
        self._holders[agent] = _Holder(session, endpoint)
        call_goes_on = self._over.pop(agent, None) is not None
        if before is not None and before.endpoint != endpoint:
            self._passwords.take_away(before.endpoint)
        socket = self._sockets.get(agent)
        if not call_goes_on and socket is not None and socket.session is not session:
            socket.say_goodbye(TELEPHONE_ELSEWHERE, "the telephone is in another window now")
        password = password_of(token, endpoint)
        await self._passwords.give(endpoint, password)
        return password

    def connect(self, socket: SipSocket, endpoint: str) -> None:
        """A page has its WebSocket, and the telephone if nobody was known to have it; a WebSocket that it had before is over."""
        if socket.session.agent not in self._holders:
            self._holders[socket.session.agent] = _Holder(socket.session, endpoint)
            self._over.pop(socket.session.agent, None)
        before = self._sockets.get(socket.session.agent)
        if before is not None:
            before.say_goodbye(TELEPHONE_ELSEWHERE, "the telephone is in another window now")
        self._sockets[socket.session.agent] = socket

    def disconnect(self, socket: SipSocket) -> None:
        """It is closed."""
        if self._sockets.get(socket.session.agent) is socket:
            del self._sockets[socket.session.agent]

    # --- Ends of logins --------------------------------------------------------------------------------------------

    def end_session(self, session: Session, endpoint: str, *, is_last: bool) -> None:
        """A login is over. `endpoint`: the agent's telephone in the browser, empty for none; `is_last`: they have no other login."""
        agent = session.agent
        # After a start nobody is known to have it: where no page is open, whoever has another login only asks for a password again.
        if agent not in self._holders and endpoint and (is_last or not self._is_talking(agent)):
            self._holders[agent] = _Holder(session, endpoint)
        if self._is_this(session):
            if self._is_talking(agent):
                self._over[agent] = self._holders[agent].endpoint
            else:
                self._let_go(agent)

    def resume(self, session: Session) -> None:
        """A login that had ended before this process began still carries its call, unless its agent has another one."""
        if session.agent in self._over:
            self._holders[session.agent] = _Holder(session, self._over[session.agent])

    def carries_its_call(self, token: str) -> Session | None:
        """Find the login of a token that has ended, and that has the telephone for its call; None: there is none."""
        ended = (self._holders[agent].session for agent in self._over if agent in self._holders)
        return next((session for session in ended if Sessions.is_of(session, token)), None)

    def keeps(self, session: Session) -> bool:
        """Whether a login that has ended has the telephone still, for its call."""
        return session.agent in self._over and self._is_this(session)

    def note_calls(self) -> None:
        """Somebody's call may be over: whoever only kept the telephone for it, also who has left the site meanwhile, has it no more."""
        for agent in tuple(self._over):
            if not self._is_talking(agent):
                self._let_go(agent)

    def nobody_has(self, endpoints: Mapping[AgentId, str]) -> None:
        """These agents have no login, and an earlier process may have left their telephones a password. Who talks keeps theirs."""
        for agent, endpoint in endpoints.items():
            if self._is_talking(agent):
                self._over[agent] = endpoint
            else:
                self._passwords.take_away(endpoint)

    def stop(self) -> None:
        """Close every WebSocket: the controller stops. Passwords stay, so that a page has its telephone again when it is back."""
        for socket in self._sockets.values():
            socket.say_goodbye(GOING_AWAY, "the controller stops")

    def _let_go(self, agent: AgentId) -> None:
        kept, holder = self._over.pop(agent, None), self._holders.pop(agent, None)
        endpoint = holder.endpoint if holder is not None else kept
        assert endpoint is not None, "somebody has it, or has kept it"
        self._passwords.take_away(endpoint)
        socket = self._sockets.get(agent)
        if socket is not None:
            socket.say_goodbye(SESSION_ENDED, "the session has ended")

    def _is_this(self, session: Session) -> bool:
        holder = self._holders.get(session.agent)
        return holder is not None and holder.session is session

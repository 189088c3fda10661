"""The desktop's server: wires everything together, listens, tells desktops what happened, and stops without leaving anybody hanging."""

import asyncio
import errno
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

import aiohttp
from aiohttp import web

from controller.desktop.agent_frames import AgentFrames
from controller.desktop.authentication import cookie_name
from controller.desktop.built_page import BUILT_PAGE, BuiltPage
from controller.desktop.connections import Door, Place
from controller.desktop.endpoints import ACTION, ENDPOINTS
from controller.desktop.feeds import Feeds
from controller.desktop.guard import Guard
from controller.desktop.limits import Limits
from controller.desktop.openapi import OPENAPI, openapi
from controller.desktop.passwords import Passwords
from controller.desktop.problems import Respond
from controller.desktop.queue_frames import QueueFrames
from controller.desktop.sessions import Sessions
from controller.desktop.shares import Rates
from controller.desktop.sip_logins import SipLogins
from controller.desktop.telling import Told, tell, tell_anew, tell_everything, tell_who_sees_more_or_less
from controller.desktop.tls import Tls
from controller.desktop.view_cache import WaitingConsults
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, Seconds
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import BrowserPasswords, ChosenPasswords, Colleagues, Inbox, Stories
from controller.interaction.interaction import Interaction
from controller.routing.desk import DeskState

SECONDS_PER_HOUR = 3600


class CannotListen(Exception):
    """The desktop's address can't be used; `because` is a sentence that says what to do."""

    def __init__(self, host: str, port: int, because: str) -> None:
        super().__init__(because)
        self.host = host
        self.port = port
        self.because = because


class DesktopServer:
    """The API of one controller. An `Audience` of the floor: whoever runs the floor calls `tell` after every input.

    `start` once, then `stop` once; all in one event loop.
    """

    def __init__(
        self,
        inbox: Inbox,
        clock: Callable[[], Seconds],
        *,
        host: str,
        port: int,
        session_hours: float,
        passwords: Mapping[AgentId, str],
        chosen_passwords: ChosenPasswords | None = None,
        metrics_text: Callable[[], str],
        is_ready: Callable[[], bool],
        warnings: Callable[[], Sequence[str]] = lambda: (),
        colleagues: Colleagues,
        stories: Stories,
        tls: Tls | None = None,
        is_behind_tls: bool = False,
        host_names: Collection[str] = (),
        limits: Limits | None = None,
        browser_passwords: BrowserPasswords,
        sip_url: str,
        page: Path = BUILT_PAGE,
    ) -> None:
        """`clock` gives the floor's time; `passwords` each agent's argon2 hash; 0 is any free port; `is_behind_tls`: a proxy speaks TLS.

        `chosen_passwords` keeps what agents choose instead; None: they may not.

        `browser_passwords` and `sip_url` are for telephones in browsers: who lets them in, and where Asterisk takes SIP over WebSocket.
        `page`: the folder that the page's build made.
        """
        limits = limits or Limits()
        self._place = Place(host=host, port=port, tls=tls, is_behind_proxy=is_behind_tls, names=frozenset(host_names))
        self._wiring = Wiring(
            inbox=inbox,
            clock=clock,
            limits=limits,
            sessions=Sessions(session_hours * SECONDS_PER_HOUR, limits),
            passwords=Passwords(passwords, limits),
            chosen_passwords=chosen_passwords,
            metrics_text=metrics_text,
            is_ready=is_ready,
            warnings=warnings,
            colleagues=colleagues,
            stories=stories,
            feeds=Feeds(limits),
            rates=Rates(limits, time.monotonic),
            session_seconds=session_hours * SECONDS_PER_HOUR,
            is_secure=tls is not None or is_behind_tls,
            sip_logins=SipLogins(browser_passwords, limits, self._is_talking),
            sip_url=sip_url,
        )
        self._page = BuiltPage(page)
        self._runner: web.AppRunner | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._queue_frames = QueueFrames(self._wiring)
        self._agent_frames = AgentFrames(self._wiring)
        self._waiting_consults = WaitingConsults(inbox.floor)
        self._directory = inbox.floor.directory
        self._switch_was_there = inbox.floor.switch_is_there
        self.port = port
        """Where it really listens, once started."""

    async def start(self) -> None:
        """Listen. Raises CannotListen."""
        over, carry = self._wiring.sessions.restore(self._wiring.floor.desks.values(), self._wiring.passwords.hashes)
        self._wiring.not_logged_off_yet.update(over)
        here = self._wiring.sessions.agents
        self._wiring.sip_logins.nobody_has(
            {agent.id: agent.browser for agent in self._directory.agents.values() if agent.browser and agent.id not in here}
        )
        for session in carry:
            self._wiring.sip_logins.resume(session)
        await asyncio.to_thread(self._wiring.passwords.prepare)
        await asyncio.to_thread(self._page.read)
        limits = self._wiring.limits
        self._wiring.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        runner = web.AppRunner(self._app(), access_log=None, handle_signals=False, shutdown_timeout=limits.stop_seconds)
        await runner.setup()
        try:
            await Door(runner, self._place, limits, lambda answer: Guard(answer, self._wiring, self._place)).start()
        except OSError as failed:
            await runner.cleanup()
            await self._wiring.http.close()
            host, port = self._place.host, self._place.port
            raise CannotListen(host, port, _sentence(failed, host, port)) from failed
        self._runner = runner
        self.port = runner.addresses[0][1]
        self._wiring.cookie = cookie_name(self.port)
        self._sweeping = asyncio.create_task(self._wiring.sweep_for_ever(), name="desktop sweep")

    async def stop(self) -> None:
        """Say goodbye to every desktop and close. Agents stay logged on: stopping the controller is no decision of theirs."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
        await self._queue_frames.stop()
        await self._agent_frames.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._wiring.http is not None:
            await self._wiring.http.close()

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Let every connected desktop know. Never waits."""
        wiring, floor = self._wiring, self._wiring.floor
        former_directory, self._directory = self._directory, floor.directory
        wiring.calls_begun.note(what, outcome)
        moved = tuple(self._waiting_consults.moved(outcome, floor))
        if floor.directory is not former_directory:
            self._queue_frames.learn(floor.directory)
            self._agent_frames.learn(floor.directory)
            self._let_go_of_former_agents()
        if wiring.feeds.listeners:
            self._say(tell(outcome, floor, wiring.feeds.listeners, wiring.view_cache))
            self._say(tell_anew(moved, floor, wiring.feeds.listeners, wiring.view_cache))
            if floor.switch_is_there is not self._switch_was_there:
                self._say(tell_everything(floor, wiring.feeds.listeners, wiring.view_cache), are_many=True)
            if floor.directory is not former_directory:
                known = former_directory.supervisors()
                self._say(tell_who_sees_more_or_less(floor, known, wiring.feeds.listeners, wiring.view_cache), are_many=True)
            self._queue_frames.note(outcome.queues)
            self._agent_frames.note(outcome.desks)
        self._switch_was_there = floor.switch_is_there
        wiring.sip_logins.note_calls()
        for change in outcome.changes:
            if change.after.is_over:
                wiring.view_cache.forget(change.after.id)
                self._keep_story(change.after)

    def _keep_story(self, over: Interaction) -> None:
        for agent in {wrap_up.agent for wrap_up in over.wrap_ups}:
            for session in self._wiring.sessions.of(agent):
                session.keep_story(over.id)

    def _say(self, frames: Iterable[Told], *, are_many: bool = False) -> None:
        now = self._wiring.clock()
        for told in frames:
            self._wiring.feeds.tell(told.to, told.kind, told.value, now, is_much=are_many)

    def use_passwords(self, passwords: Mapping[AgentId, str]) -> None:
        """The site file was read again: whoever has another password now must log on again."""
        known, self._wiring.passwords.hashes = self._wiring.passwords.hashes, dict(passwords)
        for agent in self._wiring.sessions.agents:
            if passwords.get(agent) != known.get(agent):
                self._end_sessions_of(agent)

    def use_certificate(self) -> None:
        """Read the certificate again: it may have been renewed. Raises `BadCertificate`, and then the old one stays."""
        if self._place.tls is not None:
            self._place.tls.read_again()

    async def sweep(self) -> None:
        """End what is over by the clock now, without waiting for the next time that the server does it by itself."""
        await self._wiring.sweep()

    def sockets_of(self, agent: AgentId) -> int:
        """How many desktops of an agent listen."""
        return self._wiring.feeds.readers_of(agent)

    def _let_go_of_former_agents(self) -> None:
        wiring = self._wiring
        for agent in {*wiring.sessions.agents, *wiring.feeds.listeners} - self._directory.agents.keys():
            self._end_sessions_of(agent)
            wiring.feeds.drop(agent)

    def _end_sessions_of(self, agent: AgentId) -> None:
        for session in self._wiring.sessions.of(agent):
            self._wiring.close_session(session)
            self._wiring.not_logged_off_yet.add(session)

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[settled], client_max_size=self._wiring.limits.body_bytes_max)
        app[WIRING] = self._wiring
        app[OPENAPI] = openapi(ENDPOINTS, ACTION)
        for endpoint in (*ENDPOINTS, ACTION):
            # "story" is no action: where it is asked for with a wrong method, the answer names the right ones.
            app.router.add_route(endpoint.method, endpoint.path.replace("{action}", "{action:(?!story$)[^/]+}"), endpoint.respond)
        self._page.add_routes(app.router)
        app.on_shutdown.append(self._say_goodbye)
        return app

    async def _say_goodbye(self, app: web.Application) -> None:
        self._wiring.feeds.stop()
        self._wiring.sip_logins.stop()

    def _is_talking(self, agent: AgentId) -> bool:
        desk = self._wiring.floor.desks.get(agent)
        return desk is not None and desk.occupied is DeskState.ENGAGED


@web.middleware
async def settled(request: web.Request, handler: Respond) -> web.StreamResponse:
    """Show nobody what a crash could still undo."""
    await request.app[WIRING].inbox.settled()
    return await handler(request)


def _sentence(failed: OSError, host: str, port: int) -> str:
    match failed.errno:
        case errno.EADDRINUSE:
            return f"Port {port} of {host} is taken by another program: stop that one, or change `listen` in [desktop]."
        case errno.EACCES:
            return f"Port {port} of {host} may not be used by this user: take a port above 1023 in `listen` of [desktop]."
        case errno.EADDRNOTAVAIL:
            return f"This machine has no address {host}: change `listen` in [desktop]."
        case _:
            return f"The desktop can't listen on {host}:{port}: {failed.strerror or failed}. Change `listen` in [desktop]."

"""A contact centre with a real desktop server and a real floor, and no telephone: a test says what the telephones did.

The inbox gives every input to the floor at once and tells the server, as the controller's own loop does.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from argon2 import PasswordHasher

from controller.desktop.limits import Limits
from controller.desktop.server import DesktopServer
from controller.desktop.tls import Tls
from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.directory.ids import THE_SWITCH, AgentId, EntryPointId, InteractionId, LegId, QueueId, ReasonId, SwitchId
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.floor.ports import ChosenPasswords, Colleagues, NotKept
from controller.interaction.commands import Command
from controller.interaction.facts import CustomerArrived, EndCause, Fact, LegAnswered, LegEnded, SwitchFound, SwitchLost
from controller.interaction.interaction import Interaction
from controller.interaction.parties import customer_of, parties
from controller.interaction.party import Party, Role
from controller.routing.commands import DeskCommand
from tests.edges.browser_telephones import PasswordsInMemory
from tests.edges.colleagues_in_memory import ColleaguesInMemory
from tests.edges.stories_in_memory import StoriesInMemory

BEGINNING = 1_800_000_000.0
PATIENCE_SECONDS = 5.0
API = "/api/v1"
NO_PAGE = Path(__file__).parent / "no page was built here"

_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PEOPLE = {"alice": "Alice Martin", "bob": "Bob Durand", "carol": "Carol Petit", "sam": "Sam Leroy"}
HASHES = {AgentId(name): _CHEAP.hash(name) for name in PEOPLE}
"""Everybody's password is their id."""

Json = Any

UNHURRIED = Limits(requests_at_once_max=1_000_000)
"""Tests ask faster than any person; those of the limit itself set another."""


def directory(*, without: str = "") -> Directory:
    """Three agents and a supervisor; two queues. All but Carol may have their telephone in the browser."""
    people = {
        AgentId(name): Agent(
            id=AgentId(name),
            name=full_name,
            phone=f"100{number}",
            team="first line" if name in ("alice", "bob") else "",
            supervisor=name == "sam",
            answers_remotely=name == "bob",
            browser=f"100{number}-web" if name != "carol" else "",
        )
        for number, (name, full_name) in enumerate(PEOPLE.items(), start=1)
        if name != without
    }
    serve = tuple(agent for agent in (AgentId("alice"), AgentId("bob")) if agent in people)
    return Directory(
        agents=people,
        queues={
            QueueId("support"): Queue(id=QueueId("support"), name="Support", agents=serve),
            QueueId("billing"): Queue(id=QueueId("billing"), name="Billing", agents=(AgentId("carol"),)),
        },
        entry_points={
            EntryPointId("main"): EntryPoint(id=EntryPointId("main"), name="Main", numbers=("800",), queue=QueueId("support")),
        },
        wrap_up_reasons={ReasonId(name): Reason(id=ReasonId(name), name=name.title()) for name in ("resolved", "follow-up")},
        idle_reasons={ReasonId("lunch"): Reason(id=ReasonId("lunch"), name="Lunch")},
    )


class ChosenInMemory(ChosenPasswords):
    """Keeps what agents choose for as long as the test lasts."""

    def __init__(self) -> None:
        self.hashes = dict(HASHES)

    async def keep(self, agent: AgentId, password_hash: str, *, instead_of: str) -> bool:
        if self.hashes[agent] != instead_of:
            return False
        self.hashes[agent] = password_hash
        return True


class InMemoryInbox:
    """Gives every input to the floor at once."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.now = BEGINNING
        self.server: DesktopServer | None = None
        self.stories = StoriesInMemory()
        self.not_kept_because: str | None = None
        """While it is there, the disk is full: commands are done, and nothing is promised."""
        self.gate: asyncio.Event | None = None
        """While it is there and not set, commands wait."""
        self.at_gate = asyncio.Semaphore(0)
        """One for each command that has come to the gate."""
        self.commands: list[Command | DeskCommand] = []
        self.outcomes: list[Outcome] = []
        """What each input led to."""
        self.written: asyncio.Event | None = None
        """While it is there and not set, the disk is slow: commands are done and not answered, and nothing is settled."""
        self.is_being_written = False
        self.readers = 0
        """How often somebody has asked whether all is settled."""

    @property
    def floor(self) -> Floor:
        return self._floor

    async def settled(self) -> None:
        self.readers += 1
        if self.written is not None and self.is_being_written:
            await self.written.wait()

    def take(self, what: Input) -> Outcome:
        outcome = self._floor.take(what, self.now)
        self.outcomes.append(outcome)
        self.stories.note(outcome, self.now)
        if self.server is not None:
            self.server.tell(what, outcome)
        return outcome

    def post(self, fact: Fact) -> None:
        self.take(fact)

    async def ask(self, command: Command | DeskCommand) -> Outcome:
        if self.gate is not None:
            self.at_gate.release()
            await self.gate.wait()
        self.commands.append(command)
        outcome = self.take(command)
        if self.written is not None:
            self.is_being_written = True
            await self.written.wait()
        if self.not_kept_because is not None:
            raise NotKept(self.not_kept_because)
        return outcome


@dataclass(slots=True)
class Reply:
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    json: Json
    """None: it was not JSON."""
    text: str

    @property
    def code(self) -> str:
        """The problem's code; asserts that it is a whole and well-formed problem."""
        assert self.headers["Content-Type"] == "application/problem+json", self.text
        assert set(self.json) >= {"type", "title", "status", "detail", "code"}, self.text
        assert self.json["status"] == self.status
        assert self.json["detail"].endswith((".", "}"))
        return str(self.json["code"])


@dataclass(slots=True)
class Desktop:
    """One browser, or script, of one agent."""

    world: "World"
    http: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, *, prefix: str = API, headers: Mapping[str, str] | None = None, **what: Any) -> Reply:
        async with self.http.request(method, self.world.url + prefix + path, headers={**self.headers, **(headers or {})}, **what) as answer:
            text = await answer.text()
            is_json = answer.content_type.endswith("json")
            return Reply(answer.status, answer.headers, json.loads(text) if is_json and text else None, text)

    async def get(self, path: str, **what: Any) -> Reply:
        return await self.ask("GET", path, **what)

    async def do(self, action: str, interaction: str, body: Json = None, **what: Any) -> Reply:
        """Ask for an action."""
        sent = {"json": body} if body is not None else {}
        return await self.ask("POST", f"/interactions/{interaction}/{action}", **sent, **what)

    async def go(self, state: str, **what: Any) -> Reply:
        return await self.ask("PUT", "/me/state", json={"state": state, **what})

    async def listen(self, after: int | None = None, **what: Any) -> "Listening":
        query = f"?after={after}" if after is not None else ""
        headers = {**self.headers, **what.pop("headers", {})}
        socket = await self.http.ws_connect(f"{self.world.url}{API}/events{query}", headers=headers, **what)
        listening = Listening(socket)
        self.world.listening.append(listening)
        return listening


@dataclass(slots=True)
class Listening:
    """A WebSocket that a desktop has open."""

    socket: aiohttp.ClientWebSocketResponse
    last_seq: int = -1

    async def hear(self) -> Json:
        """The next frame; its number follows the last one's."""
        frame = json.loads(await self.socket.receive_str(timeout=PATIENCE_SECONDS))
        assert self.last_seq in (-1, frame["seq"] - 1), f"a gap before {frame}"
        self.last_seq = frame["seq"]
        return frame

    async def hear_until(self, kind: str) -> Json:
        """Skip frames until one of this kind."""
        while True:
            frame = await self.hear()
            if frame["type"] == kind:
                return frame

    async def hear_all_until(self, kind: str) -> list[Json]:
        """Every frame up to one of this kind."""
        frames = [await self.hear()]
        while frames[-1]["type"] != kind:
            frames.append(await self.hear())
        return frames

    async def closed_with(self) -> int:
        """Read on until the server closes; the close code."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for _ in self.socket:
                pass
        assert self.socket.close_code is not None
        return self.socket.close_code


class World:
    """The contact centre of one test."""

    def __init__(
        self,
        limits: Limits | None = None,
        session_hours: float = 12.0,
        tls: Tls | None = None,
        inbox: InMemoryInbox | None = None,
        *,
        is_behind_proxy: bool = False,
        colleagues: Colleagues | None = None,
        host_names: tuple[str, ...] = (),
        page: Path = NO_PAGE,
        sip_url: str = "http://127.0.0.1:9/ws",
        agents_change_password: bool = True,
    ) -> None:
        self.inbox = inbox or InMemoryInbox(Floor(directory()))
        self.floor = self.inbox.floor
        self.ready = True
        self.warnings: list[str] = []
        self.passwords = PasswordsInMemory()
        self.chosen = ChosenInMemory()
        self.server = DesktopServer(
            self.inbox,
            lambda: self.inbox.now,
            host="127.0.0.1",
            port=0,
            session_hours=session_hours,
            passwords=HASHES,
            chosen_passwords=self.chosen if agents_change_password else None,
            metrics_text=lambda: "interactions_live 0\n",
            is_ready=lambda: self.ready,
            warnings=lambda: self.warnings,
            colleagues=colleagues or ColleaguesInMemory(),
            stories=self.inbox.stories,
            limits=limits or UNHURRIED,
            tls=tls,
            is_behind_tls=is_behind_proxy,
            host_names=host_names,
            page=page,
            browser_passwords=self.passwords,
            sip_url=sip_url,
        )
        self.inbox.server = self.server
        self.url = ""
        self._scheme = "https" if tls is not None else "http"
        self.listening: list[Listening] = []
        self._browsers: list[aiohttp.ClientSession] = []
        self._callers = 0

    async def start(self) -> None:
        await self.server.start()
        self.url = f"{self._scheme}://127.0.0.1:{self.server.port}"
        self.happens(SwitchFound(switch=THE_SWITCH))

    async def stop(self) -> None:
        for listening in self.listening:
            await listening.socket.close()
        for browser in self._browsers:
            await browser.close()
        await self.server.stop()

    # --- People ----------------------------------------------------------------------------------------------------

    def browser(self) -> Desktop:
        """Somebody's browser, with nobody logged on."""
        http = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(PATIENCE_SECONDS))
        self._browsers.append(http)
        return Desktop(self, http)

    def browser_of(self, desktop: Desktop) -> Desktop:
        """The browser of somebody who logged on at another process of the same contact centre."""
        here = self.browser()
        here.headers.update(desktop.headers)
        return here

    async def by_cookie(self, agent: str) -> Desktop:
        """A browser in which an agent has logged on."""
        desktop = self.browser()
        reply = await desktop.ask("POST", "/session", json={"agent": agent, "password": agent})
        assert reply.status == 201, reply.text
        return desktop

    async def desktop(self, agent: str) -> Desktop:
        """A script that has logged on as an agent and sends the token."""
        desktop = self.browser()
        reply = await desktop.ask("POST", "/session", json={"agent": agent, "password": agent})
        assert reply.status == 201, reply.text
        desktop.http.cookie_jar.clear()
        desktop.headers["Authorization"] = f"Bearer {reply.json['token']}"
        return desktop

    # --- Telephones ------------------------------------------------------------------------------------------------

    def happens(self, what: Input) -> Outcome:
        return self.inbox.take(what)

    def passes(self, seconds: float) -> None:
        """Time passes, and deadlines come."""
        self.inbox.now += seconds
        while (due := self.floor.due(self.inbox.now)) is not None:
            self.happens(due)

    def customer_calls(self, number: str = "0123456789", name: str = "Cora", dialled: str = "800") -> str:
        """A customer arrives; the interaction's id."""
        self._callers += 1
        leg = LegId(f"caller-{self._callers}")
        outcome = self.happens(CustomerArrived(leg=leg, number=number, name=name, dialled=dialled, switch=SwitchId("one")))
        return outcome.changes[0].after.id

    def interaction(self, interaction: str) -> Interaction:
        return self.floor.interactions[InteractionId(interaction)]

    def party(self, interaction: str, agent: str) -> Party:
        return next(party for party in parties(self.interaction(interaction)) if party.agent == agent)

    def picks_up(self, interaction: str, agent: str) -> None:
        self.happens(LegAnswered(leg=self.party(interaction, agent).leg))

    def hangs_up(self, interaction: str, agent: str) -> None:
        self.happens(LegEnded(leg=self.party(interaction, agent).leg, cause=EndCause.HUNG_UP))

    def outside(self, interaction: str) -> Party:
        """The newest of those who are nobody of ours, the customer apart."""
        return [party for party in parties(self.interaction(interaction)) if party.agent is None and party.role is not Role.CUSTOMER][-1]

    def outside_answers(self, interaction: str) -> None:
        self.happens(LegAnswered(leg=self.outside(interaction).leg))

    def outside_ends(self, interaction: str, cause: EndCause) -> None:
        self.happens(LegEnded(leg=self.outside(interaction).leg, cause=cause))

    def customer_hangs_up(self, interaction: str) -> None:
        customer = customer_of(self.interaction(interaction))
        assert customer is not None
        self.happens(LegEnded(leg=customer.leg, cause=EndCause.HUNG_UP))

    def switch_goes_away(self) -> None:
        self.happens(SwitchLost(switch=THE_SWITCH))

    def switch_comes_back(self) -> None:
        self.happens(SwitchFound(switch=THE_SWITCH))

    def agent_leaves_the_site(self, agent: str) -> None:
        self.happens(SiteReloaded(directory=directory(without=agent)))

    async def connected(self, desktop: Desktop, agent: str = "alice", *, name: str = "Cora") -> str:
        """A customer talks with this agent; the interaction's id."""
        assert (await desktop.go("available")).status == 200
        interaction = self.customer_calls(name=name)
        self.picks_up(interaction, agent)
        return interaction

    async def consulting(self, alice: Desktop, bob: Desktop, *, name: str = "Cora") -> str:
        """Alice consults Bob about a customer."""
        interaction = await self.connected(alice, name=name)
        assert (await bob.go("available")).status == 200
        reply = await alice.do("consult", interaction, {"target": {"kind": "agent", "id": "bob"}})
        assert reply.status == 200, reply.text
        self.picks_up(interaction, "bob")
        return interaction

"""An Asterisk in memory that does what ARI is asked and says so in events, under a real switch, a real loop and a real floor.

A test can also put anything into the mouth of this Asterisk: `says` takes any text, as the event socket does.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import failure
from controller.asterisk.events import BadEvent, UnknownEvent, parse
from controller.asterisk.rest_over_websocket import frame_of
from controller.asterisk.switch import AriSwitch
from controller.asterisk.transport import NOTHING, Method, Reply, Transport
from controller.directory.ids import AgentId, InteractionId
from controller.directory.site import AsteriskAccess
from controller.floor.floor import Floor
from controller.interaction.parties import owner_of
from controller.routing.commands import GoAvailable, LogOn
from controller.service.loop import Loop
from tests.edges.desktop_world import directory

APP = "controller"
PATIENCE_SECONDS = 10.0
Json = dict[str, Any]


class ScriptedAsterisk(Transport):
    """Channels and bridges. What it is asked goes through the very frames that the real one gets."""

    def __init__(self) -> None:
        self.channels: dict[str, Json] = {}
        self.bridges: dict[str, set[str]] = {}
        self.asked: list[tuple[str, Json]] = []
        """Every request that changed something: what, and its query and body."""
        self.hear: Callable[[str], None] = lambda text: None

    def says(self, text: str) -> None:
        """Tell the switch anything."""
        self.hear(text)

    def tell(self, kind: str, **members: object) -> None:
        """Tell the switch something that is so."""
        self.says(json.dumps({"type": kind, "application": APP, "timestamp": "2026-11-22T09:26:29.643+0000", **members}))

    def customer_calls(self, leg: str, dialled: str = "800", name: str = "Cora", number: str = "2001") -> None:
        self.channels[leg] = channel(leg, "Ring", dialled=dialled, name=name, number=number)
        self.tell("StasisStart", args=["customer", dialled], channel=self.channels[leg])

    def picks_up(self, leg: str) -> None:
        self.channels[leg]["state"] = "Up"
        self.tell("ChannelStateChange", channel=self.channels[leg])

    def hangs_up(self, leg: str) -> None:
        gone = self.channels.pop(leg)
        for bridge, inside in self.bridges.items():
            if leg in inside:
                inside.discard(leg)
                self.tell("ChannelLeftBridge", channel=gone, bridge=self._bridge(bridge))
        self.tell("StasisEnd", channel=gone)
        self.tell("ChannelDestroyed", channel=gone, cause=16, cause_txt="Normal Clearing")

    def together(self, *legs: str) -> bool:
        """They stand in one talk room, and nobody else does."""
        return any(inside == set(legs) for bridge, inside in self.bridges.items() if bridge.endswith("-talk"))

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = 5.0,
    ) -> Reply:
        await asyncio.sleep(0)
        what = f"{method} {uri}"
        sent = json.loads(frame_of(what, "1", method, uri, query, body))
        if method != "GET":
            self.asked.append((what, {**dict(query), **json.loads(sent.get("message_body", "{}"))}))
        path = uri.split("/")
        if path[0] == "channels":
            return self._of_channels(what, method, path[1:], query)
        return self._of_bridges(what, method, path[1:], query)

    def _of_channels(self, what: str, method: str, path: list[str], query: Mapping[str, str]) -> Reply:
        match method, path:
            case "GET", []:
                return _said(list(self.channels.values()))
            case "POST", ["create"]:
                leg = query["channelId"]
                made = self.channels[leg] = channel(leg, "Down")
                self.tell("StasisStart", args=[], channel=made)
                return _said(made)
        leg = path[0]
        if leg not in self.channels:
            raise failure(what, 404, "Channel not found")
        match method, path[1:]:
            case "DELETE", []:
                self.hangs_up(leg)
            case "POST", ["answer"]:
                self.picks_up(leg)
            case "POST", ["continue"]:
                self.tell("StasisEnd", channel=self.channels.pop(leg))
            case _:
                return _said(self.channels[leg])
        return Reply(204, "")

    def _of_bridges(self, what: str, method: str, path: list[str], query: Mapping[str, str]) -> Reply:
        if not path:
            return _said([self._bridge(bridge) for bridge in self.bridges])
        bridge = path[0]
        if method == "POST" and len(path) == 1:
            self.bridges.setdefault(bridge, set())
            return _said(self._bridge(bridge))
        if bridge not in self.bridges:
            raise failure(what, 404, "Bridge not found")
        if method == "DELETE":
            del self.bridges[bridge]
            self.tell("BridgeDestroyed", bridge={"id": bridge})
        elif method == "POST":
            self._move(what, query["channel"], bridge)
        return _said(self._bridge(bridge)) if bridge in self.bridges else Reply(204, "")

    def _move(self, what: str, leg: str, bridge: str) -> None:
        if leg not in self.channels:
            raise failure(what, 400, "Channel not found")
        for other, inside in self.bridges.items():
            if leg in inside and other != bridge:
                inside.discard(leg)
                self.tell("ChannelLeftBridge", channel=self.channels[leg], bridge=self._bridge(other))
        self.bridges[bridge].add(leg)
        self.tell("ChannelEnteredBridge", channel=self.channels[leg], bridge=self._bridge(bridge))

    def _bridge(self, bridge: str) -> Json:
        return {"id": bridge, "name": bridge, "bridge_type": "mixing", "channels": sorted(self.bridges[bridge])}


def _said(body: object) -> Reply:
    return Reply(200, json.dumps(body))


def channel(leg: str, state: str, *, dialled: str = "", name: str = "", number: str = "") -> Json:
    """A channel as ARI writes it."""
    words = f"{APP},customer,{dialled}" if dialled else APP
    place = {"context": "customers", "exten": dialled, "priority": 3, "app_name": "Stasis", "app_data": words}
    return {"id": leg, "name": f"PJSIP/{leg}", "state": state, "caller": {"name": name, "number": number}, "dialplan": place}


class Centre:
    """The contact centre on a scripted Asterisk."""

    def __init__(self) -> None:
        self.asterisk = ScriptedAsterisk()
        self.loop = Loop(Floor(directory()), clock=time.time)
        access = AsteriskAccess(url="http://x", app=APP, username="", password="", transport="auto", lanes=1)
        self.switch = AriSwitch(access, post=self.loop.post, instance="test", dialable=Dialable())
        self.switch._transport = self.asterisk
        self.switch._lend_errands()
        self.switch._attachment.run = self._stay_attached  # type: ignore[method-assign]  # the scripted Asterisk needs no socket
        self.loop.serve(self.switch, ())
        self.asterisk.hear = self.hear

    def hear(self, text: str) -> None:
        """Hear as the event socket does: what can't be read is passed over."""
        event = parse(text)
        if not isinstance(event, UnknownEvent | BadEvent):
            self.switch.heard(event)

    async def _stay_attached(self) -> NoReturn:
        await self.switch.attached(restarted=False)
        await asyncio.Event().wait()
        raise AssertionError("nobody ends a test's connection")

    async def reattached(self) -> None:
        """The connection is lost and found: the state is read anew."""
        self.switch.lost("a test")
        await self.switch.attached(restarted=False)

    async def until(self, so: Callable[[], object]) -> None:
        """Wait until it is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not so():  # noqa: ASYNC110 - nothing tells when another task has changed a value
                await asyncio.sleep(0.002)

    async def available(self, agent: str) -> None:
        """An agent logs on, and takes calls."""
        await self.loop.ask(LogOn(agent=AgentId(agent), session="", until=2e9))
        await self.loop.ask(GoAvailable(agent=AgentId(agent)))

    def owner_leg(self, interaction: InteractionId) -> str:
        owner = owner_of(self.loop.floor.interactions[interaction])
        assert owner is not None
        return owner.leg


@asynccontextmanager
async def centre() -> AsyncIterator[Centre]:
    """A contact centre that runs until the end of the block. Whatever breaks in it breaks the test."""
    here = Centre()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(here.loop.run()), group.create_task(here.switch.run())]
        await here.until(lambda: here.loop.floor.switch_is_there)
        yield here
        for task in tasks:
            task.cancel()

"""A reconciler over a small Asterisk in memory that fails, lies, forgets and goes away as a test tells it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

import pytest

from controller.asterisk import retry
from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import AriError, Gone, RequestFailed
from controller.asterisk.plan import plan
from controller.asterisk.reconcile import Reconciler, Reports
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.asterisk.transport import NOTHING, Method, Reply, Transport
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin

IX = InteractionId("i1")
DIALABLE = Dialable(trunks=frozenset({"outside"}))
CUSTOMER, ALICE = LegId("1700000000.1"), LegId("ix-i1-alice-1")
Fault = Callable[[str], AriError | None]


def layout(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places)


WAITING = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD))
OFFERED = layout(
    Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD),
    Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001")),
)
NUMBER = LegId("ix-i1-out-2")
CALLING = layout(
    Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD, music="default"),
    Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK),
    Place(
        leg=NUMBER,
        origin=Origin.MADE,
        room=Room.TALK,
        endpoint=Endpoint(address="+33199001001", trunk="outside", caller_id="+33199000800"),
        caller=Display(name="Cora", number="+33123456789"),
    ),
)
"""Alice has a number called; the customer waits. What the layout says of the caller is wrong, and must not leave by the trunk."""
NOBODY = layout()


DONE = Reply(status=204, body="")


def said(**body: object) -> Reply:
    return Reply(status=200, body=json.dumps(body))


class SmallAsterisk(Transport):
    """Channels and bridges in memory, told to the mirror as events would be, with the faults of one test."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.channels: set[str] = {CUSTOMER}
        self.bridges: dict[str, set[str]] = {}
        self.asked: list[str] = []
        self.variables: list[tuple[str, str]] = []
        """What was set on channels."""
        self.online: set[str] = set()
        """Telephones that are registered."""
        self.fault: Fault = lambda request: None
        self.created: list[tuple[str, dict[str, str]]] = []
        """What was to be rung, and the variables with it."""
        self.last_answer = ""
        """What a trunk has answered last; empty: nothing."""
        self.told = {f"PJSIP_DIAL_CONTACTS({phone})": f"PJSIP/{phone}/sip:{phone}@192.0.2.1:5060" for phone in ("1001", "1002")}
        """The values of variables of any channel: one telephone has registered at each endpoint."""
        self.does_nothing: Callable[[str], bool] = lambda request: False

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
        asked = f"{method} {uri}" + (f" {query['channel']}" if "channel" in query else "")
        self.asked.append(asked)
        failure = self.fault(asked)
        if failure is not None:
            raise failure
        if self.does_nothing(asked):
            return DONE
        if uri == "channels/create":
            self.created.append((query["endpoint"], dict(cast("Any", body or {}).get("variables", {}))))
        return self._do(method, uri.split("/"), query)

    def _do(self, method: str, path: list[str], query: Mapping[str, str]) -> Reply:
        match method, path:
            case "POST", ["channels", "create"]:
                self.channels.add(query["channelId"])
                self.seen.legs[LegId(query["channelId"])].progress = Progress.DOWN
                return said(id=query["channelId"])
            case "GET", ["endpoints", "PJSIP", phone]:
                return said(state="online" if phone in self.online else "offline")
            case "GET", ["channels", _, "variable"] if query["variable"] in self.told:
                return said(value=self.told[query["variable"]])
            case "GET", ["channels", _, "variable"]:
                if not self.last_answer:
                    raise RequestFailed("test", 500, "Unable to read provided function")
                return said(value=self.last_answer)
            case "GET", ["channels", leg]:
                self._must_be(leg in self.channels, f"no channel {leg}")
                return said(id=leg)
            case "DELETE", ["channels", leg]:
                self._must_be(leg in self.channels, f"no channel {leg}")
                self.channels.discard(leg)
                self.seen.forget(LegId(leg))
            case "POST", ["channels", _, "variable"]:
                self.variables.append((query["variable"], query["value"]))
            case "POST", ["bridges", bridge]:
                self.bridges[bridge] = set()
                return said(id=bridge)
            case "GET", ["bridges", bridge]:
                self._must_be(bridge in self.bridges, f"no bridge {bridge}")
                return said(id=bridge, channels=sorted(self.bridges[bridge]))
            case "DELETE", ["bridges", bridge]:
                del self.bridges[bridge]
            case "POST", ["bridges", bridge, "addChannel"]:
                self._must_be(bridge in self.bridges, f"no bridge {bridge}")
                self.bridges[bridge].add(query["channel"])
                moved = self.seen.legs[LegId(query["channel"])]
                moved.room = Room(bridge.rsplit("-", 1)[1])
                moved.hears = moved.music if moved.room is Room.HOLD else ""
            case "POST", ["bridges", bridge, "removeChannel"]:
                self._must_be(query["channel"] in self.bridges.get(bridge, ()), f"not in {bridge}")
                self.bridges[bridge].discard(query["channel"])
                left = self.seen.legs[LegId(query["channel"])]
                left.room, left.hears = None, ""
            case _:
                pass  # answered, and nobody here needs its effect
        return DONE

    def _must_be(self, so: bool, message: str) -> None:
        if not so:
            raise Gone("test", 404, message)


class World(Reports):
    """A reconciler that runs, and what it said."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.asterisk = SmallAsterisk(self.seen)
        self.ended: list[tuple[LegId, EndCause]] = []
        self.returned: list[LegId] = []
        """Callers who were given back to the dialplan."""
        self.stuck: list[LegId] = []
        """Legs of which was told that they are stuck, and not yet that they are no more."""
        self.is_there = True
        self.floor_is_slow = False
        self.seen.note(SeenLeg(leg=CUSTOMER, origin=Origin.CAME, interaction=IX, progress=Progress.DIALLED))
        self.reconciler = Reconciler(
            WAITING,
            seen=self.seen,
            transport=self.asterisk,
            app="controller",
            is_there=lambda: self.is_there,
            dialable=lambda: DIALABLE,
            reports=self,
        )

    def leg_ended(self, leg: LegId, cause: EndCause) -> None:
        known = self.seen.forget(leg)
        if known is not None and not known.is_given_up:
            self.ended.append((leg, cause))
        self.reconciler.look()

    def leg_given_up(self, leg: LegId, cause: EndCause) -> None:
        if self.seen.give_up(leg) is not None:
            self.ended.append((leg, cause))
            self._is_wanted_no_more(leg)

    def _is_wanted_no_more(self, leg: LegId) -> None:
        """What the floor says to it, unless it is slow."""
        if self.floor_is_slow:
            return
        wanted = self.reconciler.layout
        self.reconciler.arrange(replace(wanted, places=tuple(place for place in wanted.places if place.leg != leg)))

    def caller_given_up(self, leg: LegId) -> None:
        self.returned.append(leg)
        self.asterisk.channels.discard(leg)
        self.leg_ended(leg, EndCause.FAILED)

    def leg_stuck(self, leg: LegId, room: Room) -> None:
        self.stuck.append(leg)

    def leg_unstuck(self, leg: LegId) -> None:
        self.stuck.remove(leg)

    def agent_answered(self) -> None:
        """Alice's telephone was rung and picked up long ago."""
        self.asterisk.channels.add(ALICE)
        self.seen.note(SeenLeg(leg=ALICE, origin=Origin.MADE, interaction=IX, progress=Progress.UP))
        self.reconciler.look()

    def is_as(self, wanted: Layout) -> bool:
        """Asterisk is as this layout wants it, as far as the mirror knows, and nothing is left to ask for."""
        return plan(wanted, self.seen) == [] and self.reconciler.layout == wanted

    async def until(self, so: Callable[[], Any]) -> None:
        async with asyncio.timeout(2):
            while not so():  # noqa: ASYNC110 - nothing tells when another task has changed a value
                await asyncio.sleep(0.001)

    def room_of(self, leg: LegId) -> Room | None:
        return self.seen.legs[leg].room


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes a second takes 20 ms."""
    monkeypatch.setattr(retry, "PROOF_SECONDS_MAX", 0.02)
    monkeypatch.setattr(retry, "AWAY_SECONDS", 0.01)
    monkeypatch.setattr(retry, "PAUSE_SECONDS_MAX", 0.04)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    world = World()
    task = asyncio.create_task(world.reconciler.run())
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

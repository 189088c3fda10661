"""The reconciler against an Asterisk that fails, lies, forgets and goes away: everybody ends in a right room, or somebody is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from controller.asterisk import reconcile
from controller.asterisk.errors import AriError, Gone, NoAnswer, RequestFailed, SwitchAway, Unreachable
from controller.asterisk.reconcile import Reconciler
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.asterisk.transport import NOTHING, Method, Reply, Transport
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Place, Room

IX = InteractionId("i1")
CUSTOMER, ALICE = LegId("1700000000.1"), LegId("ix-i1-alice-1")
Fault = Callable[[str], AriError | None]


def layout(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places, music="default", caller_number="", caller_name="")


WAITING = layout(Place(leg=CUSTOMER, room=Room.HOLD))
OFFERED = layout(Place(leg=CUSTOMER, room=Room.HOLD), Place(leg=ALICE, room=Room.TALK, phone="1001"))
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
        self.fault: Fault = lambda request: None
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
        return self._do(method, uri.split("/"), query)

    def _do(self, method: str, path: list[str], query: Mapping[str, str]) -> Reply:
        match method, path:
            case "POST", ["channels", "create"]:
                self.channels.add(query["channelId"])
                self.seen.legs[LegId(query["channelId"])].progress = Progress.DOWN
                return said(id=query["channelId"])
            case "GET", ["channels", leg]:
                self._must_be(leg in self.channels, f"no channel {leg}")
                return said(id=leg)
            case "DELETE", ["channels", leg]:
                self._must_be(leg in self.channels, f"no channel {leg}")
                self.channels.discard(leg)
                self.seen.forget(LegId(leg))
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
                self.seen.legs[LegId(query["channel"])].room = Room(bridge.rsplit("-", 1)[1])
            case _:
                pass  # answered, and nobody here needs its effect
        return DONE

    def _must_be(self, so: bool, message: str) -> None:
        if not so:
            raise Gone("test", 404, message)


class World:
    """A reconciler that runs, and what it said."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.asterisk = SmallAsterisk(self.seen)
        self.ended: list[tuple[LegId, EndCause]] = []
        self.is_there = True
        self.seen.note(SeenLeg(leg=CUSTOMER, interaction=IX, progress=Progress.DIALLED))
        self.reconciler = Reconciler(
            WAITING,
            seen=self.seen,
            transport=self.asterisk,
            app="controller",
            is_there=lambda: self.is_there,
            leg_ended=self._leg_ended,
            given_up=self._given_up,
        )

    def _given_up(self, leg: LegId, cause: EndCause) -> None:
        self._leg_ended(leg, cause)
        self.asterisk.channels.discard(leg)  # the switch insists until it is hung up

    def _leg_ended(self, leg: LegId, cause: EndCause) -> None:
        if self.seen.forget(leg) is not None:
            self.ended.append((leg, cause))
            self.reconciler.look()

    async def until(self, so: Callable[[], Any]) -> None:
        async with asyncio.timeout(2):
            while not so():  # noqa: ASYNC110 - nothing tells when another task has changed a value
                await asyncio.sleep(0.001)

    def room_of(self, leg: LegId) -> Room | None:
        return self.seen.legs[leg].room


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "PROOF_SECONDS_MAX", 0.02)
    monkeypatch.setattr(reconcile, "AWAY_SECONDS", 0.01)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    world = World()
    task = asyncio.create_task(world.reconciler.run())
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_arrives_and_ends_when_nothing_is_left() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.seen.legs.get(ALICE) and world.seen.legs[ALICE].progress is Progress.DIALLED)
        world.reconciler.arrange(NOBODY)
        await world.until(lambda: not world.asterisk.bridges and not world.asterisk.channels)
        assert world.ended == []


async def test_a_move_that_was_answered_and_not_done_is_asked_for_again() -> None:
    async with running() as world:
        refuse_once = iter([True])
        world.asterisk.does_nothing = lambda asked: "addChannel" in asked and next(refuse_once, False)
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        assert sum("addChannel" in asked for asked in world.asterisk.asked) == 2
        assert world.ended == []


async def test_a_leg_that_can_never_be_moved_is_ended_and_told_as_failed() -> None:
    async with running() as world:
        world.asterisk.does_nothing = lambda asked: "addChannel" in asked
        await world.until(lambda: world.ended)
        assert world.ended == [(CUSTOMER, EndCause.FAILED)]
        assert CUSTOMER not in world.asterisk.channels, "nobody is left in silence"


async def test_a_telephone_that_is_not_registered_is_told_as_unreachable() -> None:
    async with running() as world:
        world.asterisk.fault = lambda asked: Unreachable(asked, 500, "Allocation failed") if "create" in asked else None
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.ended)
        assert world.ended == [(ALICE, EndCause.UNREACHABLE)]
        assert sum("create" in asked for asked in world.asterisk.asked) == 1, "it is not tried again behind the floor's back"


async def test_a_telephone_that_can_not_be_reached_at_a_second_try_is_hung_up_in_case_the_first_has_made_it() -> None:
    async with running() as world:
        asterisk = world.asterisk

        def made_in_secret_then_refused(asked: str) -> AriError | None:
            if "create" not in asked:
                return None
            if ALICE in asterisk.channels:
                return Unreachable(asked, 500, "Allocation failed")
            asterisk.channels.add(ALICE)
            return NoAnswer(asked, 5.0)

        asterisk.fault = made_in_secret_then_refused
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.ended)
        assert world.ended == [(ALICE, EndCause.UNREACHABLE)]
        assert ALICE not in asterisk.channels, "nothing is left that nobody knows of"


async def test_a_telephone_is_made_once_however_long_the_answer_takes() -> None:
    async with running() as world:
        asterisk = world.asterisk
        at_once = asterisk.request

        async def slow_to_make(method: Method, uri: str, **asked: Any) -> Reply:
            if uri != "channels/create":
                return await at_once(method, uri, **asked)
            asterisk.asked.append(uri)
            await asyncio.sleep(2 * reconcile.PROOF_SECONDS_MAX)
            asyncio.get_running_loop().call_later(reconcile.PROOF_SECONDS_MAX / 4, comes_to_stasis)
            return said(id=ALICE)

        def comes_to_stasis() -> None:
            asterisk.channels.add(ALICE)
            world.seen.legs[ALICE].progress = Progress.DOWN
            world.reconciler.look()

        asterisk.request = slow_to_make  # type: ignore[method-assign]
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.seen.legs.get(ALICE) and world.seen.legs[ALICE].progress is Progress.DIALLED)
        assert asterisk.asked.count("channels/create") == 1
        assert world.ended == []


async def test_a_leg_that_went_without_a_word_is_looked_for_and_told() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.asterisk.channels.discard(CUSTOMER)
        world.reconciler.arrange(layout(Place(leg=CUSTOMER, room=Room.TALK)))
        world.asterisk.fault = lambda asked: Gone(asked, 400, "Channel not found") if "addChannel" in asked else None
        await world.until(lambda: world.ended)
        assert world.ended == [(CUSTOMER, EndCause.FAILED)]


async def test_a_room_that_vanished_is_opened_again() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.seen.rooms_of(IX).add(Room.TALK)  # remembered, but not there
        world.reconciler.arrange(layout(Place(leg=CUSTOMER, room=Room.TALK)))
        await world.until(lambda: world.room_of(CUSTOMER) is Room.TALK)
        assert world.ended == []


async def test_an_answer_that_never_came_is_no_proof_of_failure() -> None:
    async with running() as world:
        lost = iter([True])
        world.asterisk.fault = lambda asked: NoAnswer(asked, 5.0) if "addChannel" in asked and next(lost, False) else None
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        assert world.ended == []


async def test_a_move_whose_event_was_lost_is_found_by_looking() -> None:
    async with running() as world:
        asterisk = world.asterisk

        def moved_in_secret(asked: str) -> bool:
            if "addChannel" in asked:
                asterisk.bridges["ix-i1-hold"].add(CUSTOMER)
                return True
            return False

        asterisk.does_nothing = moved_in_secret
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        assert world.ended == []


async def test_a_lane_that_is_down_is_waited_for_and_costs_nobody_their_call() -> None:
    async with running() as world:
        tries = 0

        def away(asked: str) -> AriError | None:
            nonlocal tries
            tries += 1
            return SwitchAway(asked, "the lane is closed", sent=False) if tries < 12 else None

        world.asterisk.fault = away
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        assert world.ended == []


async def test_while_asterisk_is_away_nothing_is_asked_and_afterwards_everything_is_made_right() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.is_there = False
        asked_before = len(world.asterisk.asked)
        world.reconciler.arrange(OFFERED)
        await asyncio.sleep(0.01)
        assert len(world.asterisk.asked) == asked_before
        world.is_there = True
        world.reconciler.begin_anew()
        await world.until(lambda: world.seen.legs.get(ALICE) and world.room_of(ALICE) is Room.TALK)


async def test_a_hang_up_that_asterisk_refuses_is_given_up_loudly_and_told() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.asterisk.fault = lambda asked: RequestFailed(asked, 500, "no") if "DELETE channels" in asked else None
        world.reconciler.arrange(NOBODY)
        await world.until(lambda: world.ended)
        assert world.ended == [(CUSTOMER, EndCause.FAILED)]
        await world.until(lambda: not world.asterisk.bridges)

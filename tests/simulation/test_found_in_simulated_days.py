"""Mistakes that simulated days have shown and that a scene of their own shows best."""

import asyncio

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import Gone, SwitchAway
from controller.asterisk.plan import Answer, HangUp, Mute, Unmute, plan
from controller.asterisk.reconcile import Reconciler, Reports
from controller.asterisk.resources import Channel, DialplanPlace
from controller.asterisk.resync import compare
from controller.asterisk.retry import Retry
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

IX = InteractionId("i1")
CUSTOMER, ALICE, BOB = LegId("1700000000.1"), LegId("ix-i1-alice-1"), LegId("ix-i1-bob-2")
CALLED = LegId("ix-i1-out-0")


def wanted(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places)


def leg(name: LegId, room: Room | None, progress: Progress = Progress.UP) -> SeenLeg:
    return SeenLeg(leg=name, origin=Origin.CAME if name == CUSTOMER else Origin.MADE, interaction=IX, progress=progress, room=room)


def mirror(*legs: SeenLeg) -> Seen:
    seen = Seen(rooms={IX: {Room.TALK, Room.HOLD}})
    for one in legs:
        seen.note(one)
    return seen


class Silent(Reports):
    """Nobody is told of anything."""

    def leg_ended(self, leg: LegId, cause: EndCause) -> None: ...
    def leg_given_up(self, leg: LegId, cause: EndCause) -> None: ...
    def caller_given_up(self, leg: LegId) -> None: ...
    def leg_stuck(self, leg: LegId, room: Room) -> None: ...
    def leg_unstuck(self, leg: LegId) -> None: ...


class Written(Silent):
    """What is told is written down."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def leg_ended(self, leg: LegId, cause: EndCause) -> None:
        self.told.append("ended")

    def leg_given_up(self, leg: LegId, cause: EndCause) -> None:
        self.told.append("given up")

    def caller_given_up(self, leg: LegId) -> None:
        self.told.append("given to the dialplan")

    def leg_stuck(self, leg: LegId, room: Room) -> None:
        self.told.append("stuck")


def reconciler_of(layout: Layout, seen: Seen, transport: object, told: Reports) -> Reconciler:
    return Reconciler(
        layout,
        seen=seen,
        transport=transport,  # type: ignore[arg-type]
        app="controller",
        is_there=lambda: True,
        dialable=Dialable,
        reports=told,
        clock=lambda: 0.0,
    )


@pytest.mark.parametrize(("beside", "told"), [([leg(ALICE, Room.TALK)], "stuck"), ([], "given to the dialplan")])
def test_a_called_customer_who_can_be_brought_into_no_room_is_not_hung_up(beside: list[SeenLeg], told: str) -> None:
    written = Written()
    called = Place(leg=CALLED, origin=Origin.MADE, room=Room.HOLD, is_customer=True)
    reconciler = reconciler_of(wanted(called), mirror(leg(CALLED, Room.TALK), *beside), None, written)

    reconciler._cannot_move(CALLED, Room.HOLD)

    assert written.told == [told]


async def test_a_look_that_finds_a_leg_gone_waits_for_the_event_that_says_why() -> None:
    class Empty:
        async def request(self, method: str, uri: str, **_: object) -> None:
            raise Gone(f"{method} {uri}", 404, "Channel not found")

    written = Written()
    alice = Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK)
    reconciler = reconciler_of(wanted(alice), mirror(leg(ALICE, Room.HOLD)), Empty(), written)
    move, retry = Mute(ALICE), Retry()

    await reconciler._is_to_be_asked_again(move, retry)
    first = list(written.told)
    await reconciler._is_to_be_asked_again(move, retry)

    assert (first, written.told) == ([], ["ended"])


async def test_a_reconciler_sleeps_while_asterisk_is_away() -> None:
    """With a request open it woke at once, again and again, at the cost of a whole core, until Asterisk was back."""
    looks, now, there = 0, 0.0, True

    class Broken:
        async def request(self, method: str, uri: str, **_: object) -> None:
            raise SwitchAway(uri, "the lane is closed", sent=False)

    def is_there() -> bool:
        nonlocal looks
        looks += 1
        return there

    reconciler = Reconciler(
        wanted(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD)),
        seen=mirror(leg(CUSTOMER, None)),
        transport=Broken(),  # type: ignore[arg-type]
        app="controller",
        is_there=is_there,
        dialable=Dialable,
        reports=Silent(),
        clock=lambda: now,
    )
    running = asyncio.create_task(reconciler.run())
    await asyncio.sleep(0)  # it has asked, and waits to ask again
    there, now = False, 1_000.0
    reconciler.look()
    for _ in range(100):
        await asyncio.sleep(0)
    running.cancel()

    assert looks < 10


def test_a_leg_on_its_way_to_the_talk_room_is_called_back_before_the_customer_comes() -> None:
    bob = leg(BOB, Room.HOLD)
    bob.bound_for = frozenset({Room.TALK})
    asked = plan(
        wanted(
            Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK),
            Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK),
            Place(leg=BOB, origin=Origin.MADE, room=Room.HOLD),
        ),
        mirror(leg(CUSTOMER, Room.HOLD), leg(ALICE, Room.TALK), bob),
    )

    assert [str(request) for request in asked] == ["Move(leg='ix-i1-bob-2', room=<Room.HOLD: 'hold'>)"]


@pytest.mark.parametrize("room", [Room.HOLD, Room.TALK])
def test_a_caller_whom_nobody_has_answered_is_answered_wherever_they_stand(room: Room) -> None:
    asked = plan(wanted(Place(leg=CUSTOMER, origin=Origin.CAME, room=room)), mirror(leg(CUSTOMER, room, Progress.DIALLED)))

    assert asked == [Answer(CUSTOMER)]


@pytest.mark.parametrize(("muted", "request_"), [(True, Mute(ALICE)), (False, Unmute(ALICE))])
def test_whoever_may_be_muted_or_not_is_made_what_is_wanted(muted: bool, request_: Mute | Unmute) -> None:
    alice = leg(ALICE, Room.TALK)
    alice.muted = None

    assert plan(wanted(Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, muted=muted)), mirror(alice)) == [request_]


def test_a_leg_that_was_let_go_before_a_kill_is_hung_up_before_the_customer_comes_to_it() -> None:
    layout = wanted(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK))
    seen = Seen()
    there = [
        Channel(id=name, state="Up", dialplan=DialplanPlace(app_name="Stasis", app_data="controller,")) for name in (CUSTOMER, ALICE, BOB)
    ]
    difference = compare(seen, there, [], app="controller", layouts=[layout], trunks=())
    for name, room in ((CUSTOMER, Room.HOLD), (ALICE, Room.TALK), (BOB, Room.TALK)):
        seen.legs[name].room, seen.legs[name].progress = room, Progress.UP
        seen.rooms[IX] = {Room.TALK, Room.HOLD}

    assert difference.strays == []
    assert HangUp(BOB) in plan(layout, seen)
    assert not any("Move" in str(request) for request in plan(layout, seen))

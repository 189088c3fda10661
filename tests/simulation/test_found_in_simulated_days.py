"""Mistakes that simulated days have shown and that a scene of their own shows best."""

import asyncio

import pytest

from controller.asterisk.errors import SwitchAway
from controller.asterisk.plan import Answer, HangUp, Mute, Unmute, plan
from controller.asterisk.reconcile import Reconciler, Reports
from controller.asterisk.resources import Channel, DialplanPlace
from controller.asterisk.resync import compare
from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Origin

IX = InteractionId("i1")
CUSTOMER, ALICE, BOB = LegId("1700000000.1"), LegId("ix-i1-alice-1"), LegId("ix-i1-bob-2")


def wanted(*places: Place) -> Layout:
    return Layout(interaction=IX, places=places, music="default", caller_number="", caller_name="")


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
    difference = compare(seen, there, [], app="controller", layouts=[layout])
    for name, room in ((CUSTOMER, Room.HOLD), (ALICE, Room.TALK), (BOB, Room.TALK)):
        seen.legs[name].room, seen.legs[name].progress = room, Progress.UP
        seen.rooms[IX] = {Room.TALK, Room.HOLD}

    assert difference.strays == []
    assert HangUp(BOB) in plan(layout, seen)
    assert not any("Move" in str(request) for request in plan(layout, seen))

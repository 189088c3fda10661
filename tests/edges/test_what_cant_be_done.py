"""The table of what can't be done, carried out: every planned request, failing in every way, for a while and for good.

What the table says stands in `controller/asterisk/failures.py`; that it is complete is tested in `tests/pure/asterisk/test_failures.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from controller.asterisk.errors import AriError, Booting, CantRing, Gone, NoAnswer, NotAllowed, NotUnderstood, RequestFailed, SwitchAway
from controller.asterisk.failures import LAST_RESORT, Asked, Course, Failure, Means, course
from controller.asterisk.retry import TRIES_MAX
from controller.asterisk.seen import Progress, SeenLeg, Sign
from controller.directory.ids import LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Origin
from tests.edges.small_asterisk import ALICE, CUSTOMER, NOBODY, OFFERED, WAITING, World, impatient, layout, running

pytestmark = pytest.mark.usefixtures("impatient")
__all__ = ["impatient"]

ALONE = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK))
CONNECTED = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK))
MUTED = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, muted=True))

JAZZ = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD, music="jazz"))
CORA = Display(name="Cora", number="+33123456789")
SHOWN = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, shows=CORA))


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What is arranged one after the other, so that the last arrangement needs the request."""

    before: tuple[Layout, ...] = ()
    then: Layout
    asked: str
    """How the request begins, as `SmallAsterisk` writes it down."""


SCENES = {
    Asked.OPEN_HOLD_ROOM: Scene(then=WAITING, asked="POST bridges/ix-i1-hold"),
    Asked.OPEN_TALK_ROOM: Scene(before=(WAITING,), then=OFFERED, asked="POST bridges/ix-i1-talk"),
    Asked.CLOSE_ROOM: Scene(before=(WAITING,), then=NOBODY, asked="DELETE bridges/"),
    Asked.MAKE: Scene(before=(WAITING,), then=OFFERED, asked="POST channels/create"),
    Asked.DIAL: Scene(before=(WAITING,), then=OFFERED, asked=f"POST channels/{ALICE}/dial"),
    Asked.ANSWER: Scene(then=WAITING, asked=f"POST channels/{CUSTOMER}/answer"),
    Asked.CHOOSE_MUSIC: Scene(then=JAZZ, asked=f"POST channels/{CUSTOMER}/variable"),
    Asked.SHOW_PARTY: Scene(before=(ALONE, CONNECTED), then=SHOWN, asked=f"POST channels/{ALICE}/variable"),
    Asked.MOVE_TO_HOLD: Scene(then=WAITING, asked="POST bridges/ix-i1-hold/addChannel"),
    Asked.MOVE_TO_TALK: Scene(before=(ALONE,), then=CONNECTED, asked=f"POST bridges/ix-i1-talk/addChannel {CUSTOMER}"),
    Asked.MUTE: Scene(before=(ALONE, CONNECTED), then=MUTED, asked=f"POST channels/{ALICE}/mute"),
    Asked.UNMUTE: Scene(before=(ALONE, MUTED), then=CONNECTED, asked=f"DELETE channels/{ALICE}/mute"),
    Asked.RINGING: Scene(before=(ALONE,), then=CONNECTED, asked=f"DELETE channels/{ALICE}/ring"),
    Asked.HANG_UP: Scene(before=(WAITING,), then=NOBODY, asked=f"DELETE channels/{CUSTOMER}"),
}

ERRORS: dict[Failure, Callable[[str], AriError]] = {
    Failure.AWAY: lambda asked: SwitchAway(asked, "the lane is closed", sent=False),
    Failure.LOST: lambda asked: SwitchAway(asked, "the lane broke", sent=True),
    Failure.NO_ANSWER: lambda asked: NoAnswer(asked, 5.0),
    Failure.STARTING: lambda asked: Booting(asked, 503, "Asterisk not booted"),
    Failure.NOT_ALLOWED: lambda asked: NotAllowed(asked, 401, ""),
    Failure.GONE: lambda asked: Gone(asked, 409, "Channel not in Stasis application"),
    Failure.REFUSED: lambda asked: RequestFailed(asked, 400, "Missing parameter"),
    Failure.BROKEN: lambda asked: RequestFailed(asked, 500, "Internal error"),
    Failure.CANT_RING: lambda asked: CantRing(asked, 500, "Allocation failed"),
    Failure.NOT_UNDERSTOOD: lambda asked: NotUnderstood(asked, "no JSON"),
}
CASES = [
    pytest.param(asked, failure, id=f"{asked} - {failure}")
    for asked in SCENES
    for failure in ERRORS
    if course(asked, failure) is not Course.NEVER
]


async def _come_to(world: World, scene: Scene) -> None:
    """Bring the world to where the request is the next thing that is needed."""
    for arranged in scene.before:
        world.reconciler.arrange(arranged)
        for place in arranged.places:
            if place.leg == ALICE and ALICE not in world.seen.legs:
                world.agent_answered()
        await world.until(partial(world.is_as, arranged))
    if scene.asked.endswith("/ring"):
        world.seen.legs[ALICE].hears_ringing = True


def _is(asked: str, scene: Scene) -> bool:
    """The very request, and not one about something further down the path."""
    return asked == scene.asked or (asked.startswith(scene.asked) and "/" not in asked.removeprefix(scene.asked))


def _fails(world: World, scene: Scene, failure: Failure, *, times: int) -> None:
    left = iter(range(times))

    def fault(asked: str) -> AriError | None:
        if not _is(asked, scene):
            return None
        return ERRORS[failure](asked) if next(left, None) is not None else None

    world.asterisk.fault = fault


@pytest.mark.parametrize(("asked", "failure"), CASES)
async def test_what_failed_once_ends_well(asked: Asked, failure: Failure) -> None:
    scene = SCENES[asked]
    async with running() as world:
        await _come_to(world, scene)
        _fails(world, scene, failure, times=1)
        world.reconciler.arrange(scene.then)
        if course(asked, failure) is Course.END:
            await world.until(lambda: world.ended)
            assert world.ended == [(ALICE, EndCause.FAILED)]
        else:
            await world.until(lambda: world.is_as(scene.then))
            assert (world.ended, world.returned, world.stuck) == ([], [], [])


@pytest.mark.long
@pytest.mark.parametrize(("asked", "failure"), CASES)
async def test_what_fails_for_long_follows_the_table(asked: Asked, failure: Failure) -> None:
    scene = SCENES[asked]
    async with running() as world:
        await _come_to(world, scene)
        fails = 4 * TRIES_MAX
        _fails(world, scene, failure, times=fails)
        world.reconciler.arrange(scene.then)
        follows = course(asked, failure)
        if follows in (Course.WAIT, Course.DONE):
            await world.until(lambda: world.is_as(scene.then))
            assert (world.ended, world.returned, world.stuck) == ([], [], []), "an outage ends nobody's call"
            return
        await world.until(lambda: _has_come_to_the_last_resort(world, scene, LAST_RESORT[asked].means, follows))
        if follows is Course.LOOK and failure is Failure.LOST:
            assert (world.ended, world.returned, world.stuck) == ([], [], []), "a lane that breaks again and again is an outage"


def _has_come_to_the_last_resort(world: World, scene: Scene, means: Means, follows: Course) -> bool:
    """Whether the table's last resort is what has happened; whoever stood safely must never have been hung up."""
    customer_stands = world.seen.legs[CUSTOMER].room is not None if CUSTOMER in world.seen.legs else False
    if world.is_as(scene.then):
        return True
    match means:
        case Means.END_LEG:
            return world.ended == [(ALICE, EndCause.FAILED)] and world.returned == []
        case Means.RETURN_CALLER:
            return world.returned == [CUSTOMER]
        case Means.KEEP_OR_RETURN:
            if scene.before:
                assert world.returned == [], "nobody who stands safely is given up"
                return (world.stuck == [CUSTOMER] and customer_stands) or world.ended == [(ALICE, EndCause.FAILED)]
            return world.returned == [CUSTOMER]
        case _:
            assert follows is not Course.NEVER
            return False


async def test_a_leg_that_was_stuck_is_told_to_be_stuck_no_more_once_it_has_moved() -> None:
    scene = SCENES[Asked.MOVE_TO_TALK]
    async with running() as world:
        await _come_to(world, scene)
        _fails(world, scene, Failure.BROKEN, times=TRIES_MAX + 1)
        world.reconciler.arrange(scene.then)

        await world.until(lambda: world.stuck == [CUSTOMER])
        await world.until(lambda: world.room_of(CUSTOMER) is Room.TALK)

        await world.until(lambda: world.stuck == [])
        assert world.ended == []


async def test_a_colleague_who_cannot_be_parked_is_let_go_so_that_the_customer_comes_back() -> None:
    parked = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.HOLD))
    async with running() as world:
        await _come_to(world, Scene(before=(ALONE,), then=ALONE, asked=""))
        world.asterisk.fault = lambda asked: (
            RequestFailed(asked, 500, "no") if asked == f"POST bridges/ix-i1-hold/addChannel {ALICE}" else None
        )
        world.reconciler.arrange(parked)

        await world.until(lambda: world.room_of(CUSTOMER) is Room.TALK)

        assert world.ended == [(ALICE, EndCause.FAILED)]


async def test_a_half_open_lane_costs_nobody_a_try() -> None:
    """A move, then looks, nothing answered for long, then the lane is known to be dead, then it is back."""
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        silence = iter(range(3 * TRIES_MAX))

        def fault(asked: str) -> AriError | None:
            left = next(silence, None)
            if left is None:
                return None
            return NoAnswer(asked, 5.0) if left < 3 * TRIES_MAX - 1 else SwitchAway(asked, "no pong", sent=False)

        world.asterisk.fault = fault
        world.reconciler.arrange(layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK)))

        await world.until(lambda: world.room_of(CUSTOMER) is Room.TALK)

        assert (world.ended, world.returned, world.stuck) == ([], [], [])


async def test_a_leg_of_which_nobody_told_that_it_ended_while_it_rang_is_nobodys_fault() -> None:
    async with running() as world:
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.seen.legs.get(ALICE) and world.seen.legs[ALICE].progress is Progress.DIALLED)
        world.asterisk.channels.discard(ALICE)
        world.reconciler.arrange(WAITING)

        await world.until(lambda: world.ended)

        assert world.ended == [(ALICE, EndCause.FAILED)]


async def test_a_telephone_that_rings_although_its_dial_was_never_answered_goes_on_ringing() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)

        def rings_unanswered(asked: str) -> AriError | None:
            if not asked.endswith("/dial"):
                return None
            world.seen.legs[ALICE].sign = Sign.RINGING  # its event came, and the answer does not
            return NoAnswer(asked, 5.0)

        world.asterisk.fault = rings_unanswered
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.seen.legs.get(ALICE) and world.seen.legs[ALICE].sign is Sign.RINGING)
        world.reconciler.arrange(WAITING)

        await world.until(lambda: ALICE not in world.asterisk.channels)
        assert world.ended == []


async def test_whoever_may_stand_in_the_hold_room_leaves_it_before_they_are_brought_there_again() -> None:
    """Asterisk ends the music of whoever is brought into the hold room in which they stand, and no event need have told that they do."""
    move = f"POST bridges/ix-i1-hold/addChannel {CUSTOMER}"
    async with running() as world:
        _fails(world, SCENES[Asked.MOVE_TO_HOLD], Failure.NO_ANSWER, times=1)
        await _come_to(world, SCENES[Asked.MOVE_TO_HOLD])
        world.reconciler.arrange(SCENES[Asked.MOVE_TO_HOLD].then)
        await world.until(lambda: world.is_as(SCENES[Asked.MOVE_TO_HOLD].then))

        brought = [asked for asked in world.asterisk.asked if asked in (move, move.replace("addChannel", "removeChannel"))]
        assert brought[-3:] == [move, move.replace("addChannel", "removeChannel"), move]


async def test_a_leg_that_is_given_up_is_hung_up_only_when_the_floor_wants_it_no_more() -> None:
    """A crash between the two would make it look as if a person had hung up."""
    async with running() as world:
        await _come_to(world, Scene(before=(ALONE,), then=ALONE, asked=""))
        world.asterisk.fault = lambda asked: (
            RequestFailed(asked, 500, "no") if asked == f"POST bridges/ix-i1-hold/addChannel {ALICE}" else None
        )
        wants_alice = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.HOLD))
        world.floor_is_slow = True
        world.reconciler.arrange(wants_alice)
        await world.until(lambda: world.ended)
        assert f"DELETE channels/{ALICE}" not in world.asterisk.asked

        world.reconciler.arrange(layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK)))

        await world.until(lambda: world.room_of(CUSTOMER) is Room.TALK)
        assert f"DELETE channels/{ALICE}" in world.asterisk.asked


async def test_a_telephone_that_does_not_ring_within_a_second_is_told_and_told_again_when_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.asterisk.reconcile.RUNG_SECONDS_MAX", 0.02)
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        is_away = True
        world.asterisk.fault = lambda asked: SwitchAway(asked, "the lane is closed", sent=False) if is_away else None
        world.reconciler.arrange(OFFERED)

        await world.until(lambda: world.stuck == [ALICE])
        is_away = False

        await world.until(lambda: world.stuck == [])
        assert world.seen.legs[ALICE].progress is Progress.DIALLED


async def test_a_telephone_is_not_rung_before_another_interaction_has_let_it_go() -> None:
    """It would say that it is busy, and its agent would be charged for that."""
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        former = SeenLeg(
            leg=LegId("ix-i0-alice-1"), origin=Origin.MADE, interaction=None, progress=Progress.UP, phone="1001", is_unwanted=True
        )
        world.seen.note(former)
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.seen.legs.get(ALICE) and world.room_of(ALICE) is Room.TALK)
        assert world.seen.legs[ALICE].progress is Progress.DOWN

        world.seen.forget(former.leg)

        await world.until(lambda: world.seen.legs[ALICE].progress is Progress.DIALLED)
        assert world.ended == []

"""The reconciler against an Asterisk that fails, lies, forgets and goes away: everybody ends in a right room, or somebody is told.

Every request against every failure is in `test_what_cant_be_done`; here are the situations that have a story.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from controller.asterisk import retry
from controller.asterisk.errors import AriError, CantRing, Gone, NoAnswer, RequestFailed, SwitchAway, Unreachable
from controller.asterisk.perform import perform
from controller.asterisk.plan import Make
from controller.asterisk.seen import Progress, Seen
from controller.asterisk.transport import Method, Reply, Transport
from controller.interaction.facts import EndCause
from controller.interaction.layout import Display, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.small_asterisk import ALICE, CUSTOMER, DIALABLE, IX, NOBODY, OFFERED, World, impatient, layout, running, said

pytestmark = pytest.mark.usefixtures("impatient")
__all__ = ["impatient"]


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
        await world.until(lambda: ALICE not in asterisk.channels)  # nothing is left that nobody knows of
        assert world.ended == [(ALICE, EndCause.UNREACHABLE)]


async def test_a_telephone_that_is_registered_and_cannot_be_rung_is_our_own_trouble() -> None:
    async with running() as world:
        world.asterisk.online = {"1001"}  # no RTP port is left, for one
        world.asterisk.fault = lambda asked: Unreachable(asked, 500, "Allocation failed") if "create" in asked else None
        world.reconciler.arrange(OFFERED)
        await world.until(lambda: world.ended)
        assert world.ended == [(ALICE, EndCause.FAILED)]


async def test_a_telephone_is_made_once_however_long_the_answer_takes() -> None:
    async with running() as world:
        asterisk = world.asterisk
        at_once = asterisk.request

        async def slow_to_make(method: Method, uri: str, **asked: Any) -> Reply:
            if uri != "channels/create":
                return await at_once(method, uri, **asked)
            asterisk.asked.append(uri)
            await asyncio.sleep(2 * retry.PROOF_SECONDS_MAX)
            asyncio.get_running_loop().call_later(retry.PROOF_SECONDS_MAX / 4, comes_to_stasis)
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
        world.reconciler.arrange(layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK)))
        world.asterisk.fault = lambda asked: Gone(asked, 400, "Channel not found") if "addChannel" in asked else None
        await world.until(lambda: world.ended)
        assert world.ended == [(CUSTOMER, EndCause.HUNG_UP)], "who was up and is gone has hung up"


async def test_a_room_that_vanished_is_opened_again() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.seen.rooms_of(IX).add(Room.TALK)  # remembered, but not there
        world.reconciler.arrange(layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK)))
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


async def test_one_that_is_stopped_while_its_request_is_on_the_way_ends_and_asks_for_nothing_more() -> None:
    world = World()

    def another_takes_over(asked: str) -> AriError:
        world.is_there = False
        world.reconciler.stop()
        return SwitchAway(asked, "the connection is closed", sent=True)

    world.asterisk.fault = another_takes_over
    async with asyncio.timeout(2):
        await world.reconciler.run()

    assert len(world.asterisk.asked) == 1


async def test_a_hang_up_that_asterisk_refuses_is_insisted_on() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        refusals = iter(range(2 * retry.TRIES_MAX))
        world.asterisk.fault = lambda asked: (
            RequestFailed(asked, 500, "no") if "DELETE channels" in asked and next(refusals, None) is not None else None
        )
        world.reconciler.arrange(NOBODY)
        await world.until(lambda: not world.asterisk.channels and not world.asterisk.bridges)
        assert world.ended == [], "a leg that nobody wants is not reported as lost"


async def test_a_display_that_can_not_be_told_costs_nobody_their_call() -> None:
    cora = Display(name="Cora", number="+33123456789")
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.agent_answered()
        world.asterisk.fault = lambda asked: RequestFailed(asked, 500, "no") if asked.endswith("/variable") else None
        connected = layout(
            Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK), Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, shows=cora)
        )
        world.reconciler.arrange(connected)
        await world.until(lambda: world.is_as(connected))
        assert world.ended == []
        assert sum(asked == f"POST channels/{ALICE}/variable" for asked in world.asterisk.asked) == retry.TRIES_MAX


async def test_a_caller_who_hides_their_number_is_shown_as_such_and_not_as_whoever_was_there_before() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.agent_answered()
        hidden = layout(
            Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.TALK),
            Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, shows=Display(name="", number="")),
        )
        world.reconciler.arrange(hidden)
        await world.until(lambda: world.is_as(hidden))
        assert world.asterisk.variables[-2:] == [("CONNECTEDLINE(name,i)", ""), ("CONNECTEDLINE(num)", "anonymous")]


async def test_whoever_stands_with_music_and_is_to_hear_other_music_goes_out_and_in_again_once() -> None:
    """Music begins where a leg comes in: choosing it for one that stands there changes nothing that is heard."""
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        before = len(world.asterisk.asked)
        rung = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD, music="ringback"))
        world.reconciler.arrange(rung)
        await world.until(lambda: world.is_as(rung))
        assert world.asterisk.asked[before:] == [
            f"POST channels/{CUSTOMER}/variable",
            f"POST bridges/ix-i1-hold/removeChannel {CUSTOMER}",
            f"POST bridges/ix-i1-hold/addChannel {CUSTOMER}",
        ]
        assert world.asterisk.variables == [("CHANNEL(musicclass)", "ringback")]


def fails(times: int, asked: str, **more: int) -> Callable[[str], AriError | None]:
    """Asterisk fails each of these requests so many times."""
    left = {asked: times, **{name.replace("_", " "): count for name, count in more.items()}}

    def fault(request: str) -> AriError | None:
        for wanted, count in left.items():
            if wanted in request and count:
                left[wanted] -= 1
                return RequestFailed(request, 500, "Failed")
        return None

    return fault


RUNG = layout(Place(leg=CUSTOMER, origin=Origin.CAME, room=Room.HOLD, music="ringback"))


async def test_whoever_is_to_hear_other_music_that_cannot_be_chosen_at_once_stays_with_what_they_hear_until_it_can() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.asterisk.fault = fails(retry.TRIES_MAX - 1, f"POST channels/{CUSTOMER}/variable")
        world.reconciler.arrange(RUNG)
        await world.until(lambda: world.is_as(RUNG))
        assert sum("removeChannel" in asked for asked in world.asterisk.asked) == 1
        assert world.ended == []


async def test_one_failed_request_gives_nobody_away_who_has_left_the_hold_room_for_other_music_after_two_that_failed_before() -> None:
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.asterisk.fault = fails(retry.TRIES_MAX - 1, "removeChannel", addChannel=1)
        world.reconciler.arrange(RUNG)
        await world.until(lambda: world.is_as(RUNG) or world.ended)
        assert world.ended == [], "the dialplan is the last resort, and this was the first try of its kind"


async def test_what_must_never_be_dialled_is_asked_of_nobody_and_counts_as_our_own_trouble() -> None:
    asked: list[str] = []

    class Asterisk:
        async def request(self, method: str, path: str, **_: object) -> None:
            asked.append(f"{method} {path}")

    seen, places = Seen(), layout(Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001&1002")))

    with pytest.raises(CantRing, match="nothing that may be dialled"):
        await perform(
            Make(ALICE, Endpoint(address="1001&1002"), told_to_answer=False),
            cast("Transport", Asterisk()),
            0,
            "controller",
            places,
            seen,
            DIALABLE,
        )
    assert asked == []

"""Calls by a trunk, over an Asterisk in memory: what the far end is told, a trunk that is silent, slow, down, or not the site's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from controller.asterisk import reconcile
from controller.asterisk.errors import AriError, SwitchAway, Unreachable
from controller.asterisk.seen import Progress, Sign
from controller.directory.ids import LegId
from controller.interaction.facts import EndCause
from controller.interaction.layout import Layout, Room
from controller.interaction.leg import Endpoint
from tests.edges.small_asterisk import ALICE, CALLING, CUSTOMER, NUMBER, World, impatient, running

pytestmark = pytest.mark.usefixtures("impatient", "short_silence")
__all__ = ["impatient"]


@pytest.fixture
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconcile, "TRUNK_SILENT_SECONDS", 0.05)


@asynccontextmanager
async def calling(wanted: Layout = CALLING) -> AsyncIterator[World]:
    """Alice is alone in the talk room, and a number is to be called."""
    async with running() as world:
        await world.until(lambda: world.room_of(CUSTOMER) is Room.HOLD)
        world.agent_answered()
        world.reconciler.arrange(wanted)
        yield world


def with_endpoint(endpoint: Endpoint) -> Layout:
    *others, last = CALLING.places
    return replace(CALLING, places=(*others, replace(last, endpoint=endpoint)))


def is_dialled(world: World, leg: LegId = NUMBER) -> bool:
    return leg in world.seen.legs and world.seen.legs[leg].progress is Progress.DIALLED


async def test_a_trunk_is_told_the_caller_id_and_never_who_the_customer_is() -> None:
    async with calling() as world:
        await world.until(lambda: is_dialled(world))
    variables = {"CONNECTEDLINE(num,i)": "+33199000800", "CONNECTEDLINE(name,i)": ""}
    assert world.asterisk.created == [("PJSIP/+33199001001@outside", variables)]


async def test_a_trunk_that_decides_the_caller_id_itself_is_told_none() -> None:
    async with calling(with_endpoint(Endpoint(address="+33199001001", trunk="outside"))) as world:
        await world.until(lambda: is_dialled(world))
    assert world.asterisk.created == [("PJSIP/+33199001001@outside", {})]


async def test_a_trunk_that_answers_nothing_is_silent() -> None:
    async with calling() as world:
        await world.until(lambda: world.ended)
        assert world.ended == [(NUMBER, EndCause.TRUNK_SILENT)]
        await world.until(lambda: NUMBER not in world.asterisk.channels)


async def test_a_trunk_that_says_that_it_tries_is_given_its_time() -> None:
    async with calling() as world:
        world.asterisk.last_answer = "SIP 100 Trying"
        await world.until(lambda: is_dialled(world) and world.seen.legs[NUMBER].sign is Sign.TRYING)
        assert world.ended == []


async def test_a_trunk_that_has_said_something_is_not_asked() -> None:
    async with calling() as world:
        await world.until(lambda: is_dialled(world))
        world.seen.note_sign(NUMBER, Sign.RINGING)
        world.reconciler.look()
        await world.until(lambda: world.seen.legs[ALICE].hears_ringing)
        await world.until(lambda: world.reconciler._silent_since == {})
        assert not [asked for asked in world.asterisk.asked if asked == f"GET channels/{NUMBER}/variable"]


async def test_a_trunk_is_not_called_silent_while_asterisk_cannot_be_asked() -> None:
    async with calling() as world:
        away = iter(range(3))

        def fault(asked: str) -> AriError | None:
            is_look = asked == f"GET channels/{NUMBER}"
            return SwitchAway(asked, "the lane is closed", sent=False) if is_look and next(away, None) is not None else None

        world.asterisk.fault = fault
        world.asterisk.last_answer = "SIP 183 Session Progress"
        await world.until(lambda: is_dialled(world) and world.seen.legs[NUMBER].sign is Sign.SOUND)
        assert world.ended == []


async def test_a_call_by_a_trunk_that_went_without_a_word_is_looked_for_twice_and_told() -> None:
    async with calling() as world:
        await world.until(lambda: is_dialled(world))
        world.asterisk.channels.discard(NUMBER)
        await world.until(lambda: world.ended)

        assert world.ended == [(NUMBER, EndCause.FAILED)], "nothing says that its trunk was silent"
        assert world.asterisk.asked.count(f"GET channels/{NUMBER}") == 2


async def test_the_event_that_says_why_a_call_by_a_trunk_is_gone_has_its_time() -> None:
    async with calling() as world:
        await world.until(lambda: is_dialled(world))
        world.asterisk.channels.discard(NUMBER)
        await world.until(lambda: f"GET channels/{NUMBER}" in world.asterisk.asked)
        world.leg_ended(NUMBER, EndCause.BUSY)
        await world.until(lambda: world.reconciler._silent_since == {})

        assert world.ended == [(NUMBER, EndCause.BUSY)]
        assert world.asterisk.asked.count(f"GET channels/{NUMBER}") == 1


@pytest.mark.parametrize(("online", "cause"), [(set(), EndCause.TRUNK_SILENT), ({"outside"}, EndCause.FAILED)])
async def test_a_trunk_that_is_down_is_silent_and_one_that_is_up_without_a_port_for_sound_is_our_trouble(
    online: set[str], cause: EndCause
) -> None:
    async with calling() as world:
        world.asterisk.online = online
        world.asterisk.fault = lambda asked: Unreachable(asked, 500, "Allocation failed") if "create" in asked else None
        await world.until(lambda: world.ended)
        assert world.ended == [(NUMBER, cause)]


@pytest.mark.parametrize("endpoint", [Endpoint(address="+33199001001", trunk="another"), Endpoint(address="*31#", trunk="outside")])
async def test_what_is_not_the_sites_is_asked_of_nobody(endpoint: Endpoint) -> None:
    async with calling(with_endpoint(endpoint)) as world:
        await world.until(lambda: world.ended)
        assert world.ended == [(NUMBER, EndCause.FAILED)]
        assert world.asterisk.created == []


async def test_two_calls_by_one_trunk_do_not_wait_for_each_other() -> None:
    """A telephone has one call at a time and is let go first; a trunk has many."""
    async with calling() as world:
        await world.until(lambda: is_dialled(world))
        world.seen.legs[NUMBER].is_unwanted = True
        assert not any(world.seen.is_let_go_elsewhere(leg) for leg in (ALICE, NUMBER, LegId("ix-i1-out-3")))
        assert world.seen.legs[NUMBER].phone == ""

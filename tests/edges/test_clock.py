"""The machine's clock is set, by a person or by NTP: no telephone rings longer for it, and nobody is locked out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from controller.desktop.limits import Limits
from controller.desktop.passwords import BackOff
from controller.directory.ids import THE_SWITCH, Seconds
from controller.floor.floor import Floor
from controller.interaction.facts import SwitchFound
from controller.journal.codec import Taken, read_state, write_state
from controller.journal.journal import Kept
from controller.journal.replay import bring_back
from controller.routing.commands import GoAvailable, LogOn
from controller.service.clock import SteadyClock
from controller.service.loop import Loop
from tests.edges.test_loop import ANA, DIRECTORY, Recorder, arrived

HOUR = 3600.0
NOON = 1_795_694_400.0


class Machine:
    """What a machine knows of the time."""

    def __init__(self) -> None:
        self.time_of_day = NOON
        self.monotonic = 50_000.0

    def passes(self, seconds: Seconds) -> None:
        self.time_of_day += seconds
        self.monotonic += seconds

    def clock(self, *, not_before: Seconds = 0.0) -> SteadyClock:
        """The clock of a controller that starts now."""
        return SteadyClock(not_before=not_before, time_of_day=lambda: self.time_of_day, steady=lambda: self.monotonic)


@asynccontextmanager
async def ringing(clock: SteadyClock) -> AsyncIterator[Loop]:
    """Ana's telephone has just begun to ring."""
    recorder = Recorder()
    loop = Loop(Floor(DIRECTORY), clock=clock)
    loop.serve(recorder, [recorder])
    running = asyncio.create_task(loop.run())
    loop.post(SwitchFound(switch=THE_SWITCH))
    await loop.ask(LogOn(agent=ANA))
    await loop.ask(GoAvailable(agent=ANA))
    loop.post(arrived())
    await turn(loop)
    try:
        yield loop
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def turn(loop: Loop) -> None:
    """Let the loop look at the clock."""
    await loop.ask(LogOn(agent=ANA))


def rings(loop: Loop) -> bool:
    (interaction,) = loop.floor.interactions.values()
    return interaction.phase == "offered"


def test_where_nobody_sets_the_clock_the_time_is_the_time_of_day() -> None:
    machine = Machine()
    clock = machine.clock()
    for _ in range(1000):
        machine.passes(7.77)
        assert clock() == pytest.approx(machine.time_of_day, abs=1e-5)


@pytest.mark.parametrize("hours", [-1.0, 1.0])
async def test_an_offer_rings_its_twenty_seconds_whatever_the_clock_is_set_to(hours: float) -> None:
    machine = Machine()
    async with ringing(machine.clock()) as loop:
        machine.time_of_day += hours * HOUR
        machine.passes(18.9)
        await turn(loop)
        assert rings(loop)

        machine.passes(2.2)
        await turn(loop)
        assert not rings(loop)


def test_the_time_never_goes_back_and_comes_to_agree_with_the_clock_that_was_set() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.time_of_day -= 30.0
    before = clock()
    for _ in range(599):
        machine.passes(1.0)
        assert before + 0.94 < clock() < before + 0.96
        before = clock()
    assert clock() - machine.time_of_day == pytest.approx(0.05)

    machine.passes(10.0)
    assert clock() == pytest.approx(machine.time_of_day)


def test_a_clock_that_is_read_all_the_time_catches_up_as_fast_as_any() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.time_of_day += 1.0
    for _ in range(10_000):
        machine.passes(1e-6)
        clock()
    assert clock() - NOON == pytest.approx(0.01 * 1.05, abs=1e-6)


async def test_a_clock_that_was_put_back_while_the_controller_was_away_makes_no_telephone_ring_for_an_hour() -> None:
    machine = Machine()
    async with ringing(machine.clock()) as loop:
        left_behind = write_state(loop.floor.state())
    machine.time_of_day -= HOUR

    floor = Floor.from_state(read_state(left_behind))
    clock = machine.clock(not_before=floor.last_at)

    deadline = floor.next_deadline_at()
    assert deadline is not None
    assert deadline - clock() <= 20.0


def test_the_inputs_after_a_state_tell_the_last_moment_too() -> None:
    state = replace(Floor(DIRECTORY).state(), at=NOON - 9.0)

    brought = bring_back(Kept(state=state, inputs=[Taken(LogOn(agent=ANA), NOON), Taken(LogOn(agent=ANA), NOON - 5.0)]))

    assert brought.floor.last_at == NOON


def test_an_agent_who_mistyped_is_not_locked_out_longer_for_a_clock_that_is_put_back() -> None:
    machine = Machine()
    clock, back_off = machine.clock(), BackOff(Limits())
    for _ in range(20):
        back_off.note_wrong("ana", "192.0.2.7", clock(), is_real=True)
    machine.time_of_day -= HOUR
    machine.passes(Limits().back_off_seconds_max / 0.95)

    assert back_off.seconds_to_wait("ana", "192.0.2.7", clock()) <= 1e-6


def test_the_log_says_when_people_will_wonder_about_what_they_are_shown_and_when_no_more() -> None:
    machine = Machine()
    clock = machine.clock()
    with capture_logs() as lines:
        machine.time_of_day -= 59.0
        clock()
        machine.time_of_day -= HOUR
        clock()
        machine.passes(1.0)
        clock()
        assert [(line["log_level"], line["off_seconds"], line["right_in_hours"]) for line in lines] == [("warning", 3659, 20.3)]

        machine.time_of_day += HOUR + 59.0
        clock()
        clock()
    assert [line["event"] for line in lines[1:]] == ["the moments that people are shown agree with this machine's clock again"]

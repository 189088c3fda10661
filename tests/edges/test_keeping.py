"""Nobody is told what is not on disk; and when the disk fails, calls go on, nothing is promised, and all is caught up with later."""

import asyncio
import resource
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from controller.directory.ids import THE_SWITCH, CommandKey, LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import NotKept, Tone
from controller.floor.state import FloorState
from controller.interaction.commands import HoldCustomer
from controller.interaction.facts import DigitPressed, LegAnswered, SwitchFound
from controller.journal.codec import Taken, write_state
from controller.journal.journal import JournalFailed
from controller.journal.replay import bring_back
from controller.journal.sqlite_journal import SqliteJournal
from controller.routing.commands import GoAvailable, GoIdle, LogOn
from controller.service import keeping
from controller.service import loop as service_loop
from controller.service.keeping import Keeper
from controller.service.loop import Loop
from tests.edges.test_loop import ANA, DIRECTORY, Clock, Recorder, arrived
from tests.pure.journal.memory_journal import MemoryJournal

PATIENCE_SECONDS = 2.0


class Disk(MemoryJournal):
    """A disk that can be slow or full."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.is_full = False
        self.tried = 0

    async def keep(self, inputs: Sequence[Taken]) -> None:
        await self._turn()
        await super().keep(inputs)

    async def keep_state(self, state: FloorState) -> None:
        await self._turn()
        await super().keep_state(state)

    async def _turn(self) -> None:
        self.tried += 1
        for _ in range(3):
            await asyncio.sleep(0)  # as with a real disk, others have their turn meanwhile
        await self.gate.wait()
        if self.is_full:
            raise JournalFailed("The journal can't be written: database or disk is full.")


class World(Recorder):
    """A loop with a disk, and whoever is told."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self.disk = disk
        self.clock = Clock()
        self.keeper = Keeper(disk, clock=self.clock)
        self.loop = Loop(Floor(DIRECTORY), keeper=self.keeper, clock=self.clock)
        self.loop.serve(self, [self])

    async def until_it_is_written(self) -> None:
        """Wait until the disk is asked once more to keep something."""
        tried = self.disk.tried
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.disk.tried == tried:  # noqa: ASYNC110 - a disk tells nobody
                await asyncio.sleep(0)


@asynccontextmanager
async def running() -> AsyncIterator[World]:
    """Ana is logged on, the switch is there, and all of it is kept."""
    world = World(Disk())
    task = asyncio.create_task(world.loop.run())
    await world.disk.keep_state(world.loop.floor.state())
    world.loop.post(SwitchFound(switch=THE_SWITCH))
    await world.loop.ask(LogOn(agent=ANA))
    try:
        yield world
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def brought_back(disk: MemoryJournal) -> str:
    return write_state(bring_back(disk.open()).floor.state())


# --- Before it is on disk ----------------------------------------------------------------------------------------------


async def test_nobody_is_told_and_the_switch_does_not_act_before_it_is_on_disk() -> None:
    async with running() as world:
        await world.loop.ask(GoAvailable(agent=ANA))
        world.told.clear()
        world.disk.gate.clear()
        world.loop.post(arrived())
        command = asyncio.create_task(world.loop.ask(GoIdle(agent=ANA)))
        await world.until_it_is_written()

        assert len(world.loop.floor.interactions) == 1, "the floor is ahead of the disk"
        assert (world.layouts, world.told, command.done()) == ([], [], False)

        world.disk.gate.set()
        await command
        assert len(world.layouts) == 1
        assert [type(what).__name__ for what in world.told] == ["CustomerArrived", "GoIdle"]


async def test_a_command_that_is_sent_again_while_the_first_is_being_written_acts_once_and_waits_too() -> None:
    async with running() as world:
        before = len(world.disk.inputs)
        world.disk.gate.clear()
        once = GoAvailable(agent=ANA, key=CommandKey("word.asked"))
        first = asyncio.create_task(world.loop.ask(once))
        await world.until_it_is_written()
        second = asyncio.create_task(world.loop.ask(once))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not first.done()
        assert not second.done()

        world.disk.gate.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert (await first).desks == (ANA,)
            assert await second == Outcome()
        assert len(world.disk.inputs) == before + 1


async def test_whoever_reads_waits_until_what_they_would_see_is_on_disk() -> None:
    async with running() as world:
        world.disk.gate.clear()
        world.loop.post(arrived())
        await world.until_it_is_written()
        reading = asyncio.create_task(world.loop.settled())
        for _ in range(10):
            await asyncio.sleep(0)
        assert not reading.done()

        world.disk.gate.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await reading


async def test_whoever_reads_under_load_gets_a_turn_and_sees_only_what_is_on_disk() -> None:
    """The next batch may begin the moment the last is written: the floor is ahead of the disk again before a reader's turn has come."""
    async with running() as world:
        seen = []

        async def read() -> None:
            await world.loop.settled()
            seen.append((write_state(world.loop.floor.state()), brought_back(world.disk)))

        async def command(number: int) -> None:
            await world.loop.ask(GoIdle(agent=ANA, reason=str(number)))
            seen.append((write_state(world.loop.floor.state()), brought_back(world.disk)))

        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as everybody:
            for number in range(40):
                world.loop.post(arrived(leg=f"1.{number}"))
                everybody.create_task(read())
                everybody.create_task(command(number))
                if number % 3 == 0:
                    await asyncio.sleep(0)
        assert len(seen) == 80
        assert all(shown == kept for shown, kept in seen)


async def test_inputs_that_came_together_are_one_write_and_those_that_change_nothing_are_none() -> None:
    async with running() as world:
        before = world.disk.writes
        for number in range(30):
            world.loop.post(arrived(leg=f"1.{number}"))
        await world.loop.ask(GoIdle(agent=ANA))
        assert world.disk.writes == before + 1

        world.loop.post(LegAnswered(leg=LegId("nobody's")))
        world.loop.post(arrived(leg="1.1"))
        await world.loop.ask(GoIdle(agent=ANA))
        assert world.disk.writes == before + 1
        assert brought_back(world.disk) == write_state(world.loop.floor.state())


async def test_after_many_inputs_a_state_takes_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "INPUTS_PER_STATE", 10)
    async with running() as world:
        longest = 0
        for number in range(35):
            await world.loop.ask(GoIdle(agent=ANA, reason=str(number)))
            longest = max(longest, len(world.disk.inputs))
        assert longest == 10
        assert brought_back(world.disk) == write_state(world.loop.floor.state())


async def test_after_a_mistake_of_ours_the_whole_state_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have changed something before it was noticed, and no input tells what."""
    async with running() as world:
        take = world.loop.floor.take

        def take_badly(what: Input, now: Seconds) -> Outcome:
            outcome = take(what, now)
            if isinstance(what, GoAvailable):
                raise AssertionError("our mistake")
            return outcome

        monkeypatch.setattr(world.loop.floor, "take", take_badly)
        with pytest.raises(AssertionError, match="our mistake"):
            await world.loop.ask(GoAvailable(agent=ANA))

        assert world.loop.floor.desks[ANA].is_available
        assert brought_back(world.disk) == write_state(world.loop.floor.state())


# --- A disk that fails -------------------------------------------------------------------------------------------------


async def test_a_full_disk_costs_no_call_and_nothing_is_promised() -> None:
    async with running() as world:
        world.disk.is_full = True

        with pytest.raises(NotKept) as refused:
            await world.loop.ask(GoAvailable(agent=ANA))
        world.loop.post(arrived())
        with pytest.raises(NotKept):
            await world.loop.ask(GoIdle(agent=ANA, reason="lunch"))

        assert "database or disk is full" in refused.value.because
        assert len(world.layouts) == 1, "the customer's telephone call goes on: Ana is rung"


async def test_it_is_known_why_nothing_is_kept_and_for_how_long_and_the_log_says_when_it_is_over() -> None:
    async with running() as world:
        assert world.keeper.failing_seconds is None
        world.disk.is_full = True
        with capture_logs() as said:
            for reason in ("lunch", "meeting"):
                with pytest.raises(NotKept):
                    await world.loop.ask(GoIdle(agent=ANA, reason=reason))
                world.clock.now += 30

            assert world.loop.not_kept_because == "The journal can't be written: database or disk is full."
            assert world.keeper.failing_seconds == 60
            world.disk.is_full = False
            await world.loop.ask(GoAvailable(agent=ANA))

        assert [world.loop.not_kept_because, world.keeper.failing_seconds] == [None, None]
        journal = [(line["event"], line.get("failed_seconds")) for line in said if "failed_seconds" in line or "because" in line]
        assert journal == [
            ("nothing is kept until the disk works again; calls go on", None),
            ("the journal works again and holds everything", 60),
        ]


async def test_a_command_that_was_done_and_not_kept_acts_once_though_it_is_sent_again() -> None:
    async with running() as world:
        once = GoIdle(agent=ANA, reason="lunch", key=CommandKey("word.asked"))
        world.disk.is_full = True
        for _ in range(2):
            with pytest.raises(NotKept):
                await world.loop.ask(once)
        world.disk.is_full = False
        await world.loop.ask(GoAvailable(agent=ANA))

        await world.loop.ask(once)

        assert world.loop.floor.desks[ANA].is_available
        assert bring_back(world.disk.open()).floor.has_accepted(ANA, CommandKey("word.asked"), world.clock())


async def test_a_loop_without_a_journal_promises_nothing_and_misses_nothing() -> None:
    assert Loop(Floor(DIRECTORY), clock=Clock()).not_kept_because is None


async def test_somebody_who_asked_and_went_away_while_a_full_disk_was_tried_costs_nobody_anything() -> None:
    async with running() as world:
        world.disk.gate.clear()
        impatient = asyncio.create_task(world.loop.ask(GoAvailable(agent=ANA)))
        await world.until_it_is_written()
        impatient.cancel()
        world.disk.is_full = True
        world.disk.gate.set()

        async with asyncio.timeout(PATIENCE_SECONDS):
            with pytest.raises(NotKept):
                await world.loop.ask(GoIdle(agent=ANA, reason="lunch"))
            world.disk.is_full = False
            await world.loop.ask(GoIdle(agent=ANA, reason="a walk"))

        assert impatient.cancelled()
        assert world.loop.floor.desks[ANA].reason == "a walk"


async def test_it_is_caught_up_with_as_soon_as_there_is_room() -> None:
    async with running() as world:
        world.disk.is_full = True
        world.loop.post(arrived())
        with pytest.raises(NotKept):
            await world.loop.ask(GoAvailable(agent=ANA))
        assert brought_back(world.disk) != write_state(world.loop.floor.state())

        world.disk.is_full = False
        await world.loop.ask(GoIdle(agent=ANA))

        assert brought_back(world.disk) == write_state(world.loop.floor.state())
        await world.loop.ask(GoAvailable(agent=ANA))
        assert len(world.disk.inputs) == 1, "inputs again, no whole states any more"


async def test_it_is_caught_up_with_though_nothing_more_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_loop, "CATCH_UP_SECONDS", 0.02)
    async with running() as world:
        world.disk.is_full = True
        with pytest.raises(NotKept):
            await world.loop.ask(GoAvailable(agent=ANA))
        await world.until_it_is_written()
        world.disk.is_full = False
        async with asyncio.timeout(PATIENCE_SECONDS):
            while brought_back(world.disk) != write_state(world.loop.floor.state()):  # noqa: ASYNC110 - a disk tells nobody
                await asyncio.sleep(0.01)

        writes = world.disk.writes
        await asyncio.sleep(0.1)  # longer than it waits between two tries
        assert world.disk.writes == writes, "then it rests"


async def test_a_refusal_is_a_refusal_on_a_full_disk_too() -> None:
    from controller.directory.ids import AgentId
    from controller.interaction.refusals import BadTarget

    async with running() as world:
        world.disk.is_full = True
        with pytest.raises(BadTarget):
            await world.loop.ask(GoAvailable(agent=AgentId("nobody")))


async def test_a_real_file_that_can_not_grow_is_caught_up_with(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.open()
    world = World(Disk())
    world.loop = Loop(Floor(DIRECTORY), keeper=Keeper(journal), clock=world.clock)
    world.loop.serve(world, [world])
    task = asyncio.create_task(world.loop.run())
    await world.loop.ask(LogOn(agent=ANA))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "journal.db-wal").stat().st_size, before[1]))
        with pytest.raises(NotKept, match="The journal can't be written"):
            await world.loop.ask(GoAvailable(agent=ANA))
        world.loop.post(SwitchFound(switch=THE_SWITCH))
        world.loop.post(arrived())
        with pytest.raises(NotKept):
            await world.loop.ask(GoIdle(agent=ANA))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)

    await world.loop.ask(GoAvailable(agent=ANA))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    journal.close()

    again = SqliteJournal(tmp_path)
    kept = again.open()
    again.close()
    assert kept.damage == ""
    assert write_state(bring_back(kept).floor.state()) == write_state(world.loop.floor.state())


# --- What is kept of keys ----------------------------------------------------------------------------------------------


async def test_a_code_is_kept_as_its_command_and_only_whoever_mistyped_hears_a_tone() -> None:
    async with running() as world:
        await world.loop.ask(GoAvailable(agent=ANA))
        world.loop.post(arrived())
        await world.until_it_is_written()
        (interaction,) = world.loop.floor.interactions.values()
        assert interaction.offer is not None, "Ana is rung"
        leg = interaction.offer.leg.id
        world.loop.post(LegAnswered(leg=leg))
        for number, digit in enumerate("*5*8"):
            world.loop.post(DigitPressed(leg=leg, digit=digit, told_at=float(number), pressed_seconds=0.1))
        await world.loop.ask(GoIdle(agent=ANA))

        assert world.tones == [(leg, Tone.REFUSED)]
        kept = [type(taken.what) for taken in world.disk.open().inputs]
        assert HoldCustomer in kept
        assert DigitPressed not in kept
        assert brought_back(world.disk) == write_state(world.loop.floor.state())

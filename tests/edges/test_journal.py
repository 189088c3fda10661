"""The journal on a disk that does what it should: what was kept is there after anything but damage, in order, and the file stays small."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from controller.directory.ids import AgentId
from controller.floor.state import FloorState
from controller.journal import sqlite_journal
from controller.journal.codec import Taken, write_state
from controller.journal.journal import JournalFailed
from controller.journal.sqlite_journal import FILE, SqliteJournal
from controller.routing.commands import GoIdle
from tests.pure.interaction.situations import BEGINNINGS

TOP = Path(__file__).parents[2]
ANA = AgentId("ana")


def inputs(first: int, last: int) -> list[Taken]:
    """Inputs that can be told apart."""
    return [Taken(GoIdle(agent=ANA, reason=f"reason {number}"), float(number)) for number in range(first, last + 1)]


def state(arrivals: int = 0) -> FloorState:
    """A state with calls in it."""
    return replace(BEGINNINGS["consulting"]().floor.state(), arrivals=arrivals)


def kept_by(folder: Path) -> tuple[FloorState | None, Sequence[Taken]]:
    """What a journal gives back that must be in order."""
    journal = SqliteJournal(folder)
    kept = journal.open()
    journal.close()
    assert kept.damage == ""
    return kept.state, kept.inputs


async def test_a_new_journal_is_empty(tmp_path: Path) -> None:
    assert kept_by(tmp_path / "a folder" / "that is made") == (None, [])


async def test_what_was_kept_is_there_in_order_when_it_is_opened_again(tmp_path: Path) -> None:
    for first in (1, 4, 7):
        journal = SqliteJournal(tmp_path)
        assert list(journal.open().inputs) == inputs(1, first - 1)
        assert journal.inputs_since_state == first - 1
        await journal.keep(inputs(first, first))
        await journal.keep(inputs(first + 1, first + 2))
        assert journal.inputs_since_state == first + 2
        journal.close()

    assert kept_by(tmp_path) == (None, inputs(1, 9))


async def test_a_state_takes_the_place_of_all_that_led_to_it(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.open()
    await journal.keep(inputs(1, 5))
    await journal.keep_state(state(arrivals=1))
    await journal.keep(inputs(6, 7))
    await journal.keep_state(state(arrivals=2))
    assert journal.inputs_since_state == 0
    await journal.keep(inputs(8, 9))
    assert journal.inputs_since_state == 2
    journal.close()

    found, after = kept_by(tmp_path)

    assert found is not None
    assert write_state(found) == write_state(state(arrivals=2))
    assert after == inputs(8, 9)


async def test_one_batch_is_one_statement_and_so_one_transaction(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.open()
    statements: list[str] = []
    journal._db.set_trace_callback(statements.append)

    await journal.keep(inputs(1, 40))

    assert [statement.split(" VALUES")[0] for statement in statements] == ["INSERT INTO batch"]
    assert journal._db.in_transaction is False
    journal.close()


async def test_writes_wait_for_the_disk(tmp_path: Path) -> None:
    """FULL is 2: in WAL mode each commit is followed by an fsync, which is what outlives a loss of power."""
    journal = SqliteJournal(tmp_path)
    journal.open()
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert journal._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


@pytest.mark.long
async def test_the_files_stay_small_however_long_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """40 days of 500 inputs, each with a state at its end: the files are no larger after the last than after the fifth."""
    monkeypatch.setattr(sqlite_journal, "LOG_PAGES_MAX", 50)
    journal = SqliteJournal(tmp_path)
    journal.open()
    sizes = []
    for day in range(40):
        for batch in range(10):
            await journal.keep(inputs(batch * 50, batch * 50 + 49))
        await journal.keep_state(state(arrivals=day))
        sizes.append(sum(os.stat(file).st_size for file in os.scandir(tmp_path)))
    journal.close()

    assert max(sizes[5:]) <= max(sizes[:5])
    assert max(sizes) < 1_000_000


async def test_nobody_else_on_the_machine_may_read_it(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    before = os.umask(0)
    try:
        journal.open()
        await journal.keep(inputs(1, 3))
        await journal.keep_state(state())
    finally:
        os.umask(before)
    assert {file.name: os.stat(file).st_mode & 0o777 for file in os.scandir(tmp_path)} == {
        FILE: 0o600,
        f"{FILE}-wal": 0o600,
        "journal.lock": 0o600,
    }
    journal.close()


async def test_a_second_process_is_told_that_the_journal_is_taken(tmp_path: Path) -> None:
    first, second = SqliteJournal(tmp_path), SqliteJournal(tmp_path)
    first.open()
    await first.keep(inputs(1, 1))

    with pytest.raises(JournalFailed) as failed:
        second.open()
    assert failed.value.because == (
        f"The journal in {tmp_path} can't be opened: another ari-controller is using it; give each its own [journal] folder."
    )

    await first.keep(inputs(2, 2))
    first.close()
    assert kept_by(tmp_path) == (None, inputs(1, 2))


@pytest.mark.long
async def test_a_file_that_somebody_else_has_locked_is_not_taken_for_damaged(tmp_path: Path) -> None:
    """An administrator looks into it with sqlite3, say."""
    journal = SqliteJournal(tmp_path)
    journal.open()
    await journal.keep(inputs(1, 3))
    journal.close()
    looking = sqlite3.connect(tmp_path / FILE)
    looking.execute("PRAGMA locking_mode = EXCLUSIVE")
    looking.execute("BEGIN EXCLUSIVE")
    looking.execute("SELECT * FROM batch").fetchall()

    with pytest.raises(JournalFailed, match="database is locked"):
        SqliteJournal(tmp_path).open()

    looking.rollback()
    looking.close()
    assert kept_by(tmp_path) == (None, inputs(1, 3))


@pytest.mark.parametrize("obstacle", ["a file", "no permission"])
async def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path, obstacle: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "there" / "journal"
    if obstacle == "a file":
        (tmp_path / "there").write_text("in the way")
    else:

        def not_permitted(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied", str(folder))

        monkeypatch.setattr(Path, "mkdir", not_permitted)

    with pytest.raises(JournalFailed) as failed:
        SqliteJournal(folder).open()
    assert str(folder) in failed.value.because
    assert failed.value.because.startswith("The journal in ")


WRITES_UNTIL_IT_IS_KILLED = """
import asyncio, sys
from pathlib import Path
from controller.journal.sqlite_journal import SqliteJournal
from tests.edges.test_journal import inputs

async def write() -> None:
    journal = SqliteJournal(Path(sys.argv[1]))
    number = len(journal.open().inputs)
    while True:
        batch = inputs(number + 1, number + 1 + number % 5)
        await journal.keep(batch)
        number += len(batch)
        print(number, flush=True)

asyncio.run(write())
"""


@pytest.mark.long
async def test_what_was_acknowledged_is_there_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    for kill in range(4):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITES_UNTIL_IT_IS_KILLED, str(tmp_path), cwd=TOP, stdout=asyncio.subprocess.PIPE
        )
        assert writer.stdout is not None
        acknowledged = 0
        for _ in range(20 + kill * 7):
            acknowledged = int(await writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        await writer.wait()
        for line in (await writer.stdout.read()).splitlines():
            acknowledged = int(line)

        state_kept, after = kept_by(tmp_path)

        assert state_kept is None
        assert len(after) >= acknowledged
        assert after == inputs(1, len(after)), "in order, none twice, none missing"

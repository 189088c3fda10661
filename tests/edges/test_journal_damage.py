"""A journal whose file was damaged gives back all that is sound before the damage, says so, and puts the file aside; it never guesses."""

import os
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from controller.journal import folder_lock
from controller.journal.codec import FORM, write_state
from controller.journal.journal import JournalFailed, Kept
from controller.journal.sqlite_journal import FILE, SqliteJournal
from tests.edges.test_journal import inputs, state

pytestmark = pytest.mark.long

WAL = f"{FILE}-wal"
IN_FILE, IN_ALL = 200, 300
"""So many inputs are in the file itself, and so many with those that are in its log only."""


@pytest.fixture(scope="module")
async def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a process that was killed leaves behind: a file with a state and inputs, and a log with more of them."""
    live, left = tmp_path_factory.mktemp("live"), tmp_path_factory.mktemp("left") / "journal"
    journal = SqliteJournal(live)
    journal.open()
    await journal.keep_state(state(arrivals=1))
    for first in range(1, IN_FILE, 5):
        await journal.keep(inputs(first, first + 4))
    journal._db.execute("PRAGMA wal_checkpoint(FULL)")
    for first in range(IN_FILE + 1, IN_ALL, 5):
        await journal.keep(inputs(first, first + 4))
    shutil.copytree(live, left)
    journal.close()
    return left


@pytest.fixture
def folder(crashed: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copytree(crashed, tmp_path / "journal"))


def opened(folder: Path) -> Kept:
    journal = SqliteJournal(folder)
    kept = journal.open()
    journal.close()
    return kept


def judge(folder: Path) -> Kept:
    """Whatever was done to the file: what comes back is what was written, as far as it goes, and what does not come back is spoken of."""
    kept = opened(folder)
    assert list(kept.inputs) == inputs(1, len(kept.inputs)), "nothing invented, nothing left out in the middle"
    if kept.state is not None:
        assert write_state(kept.state) == write_state(state(arrivals=1))
    if kept.state is None or len(kept.inputs) < IN_ALL:
        assert kept.damage, "something is missing, and nobody is told"
    if kept.damage:
        aside = [file.name for file in folder.iterdir() if ".damaged-" in file.name]
        assert aside, "the damaged file is kept for somebody to look at"
        assert f"{FILE}.damaged-" in kept.damage
        assert kept.damage.endswith(".")
    again = opened(folder)
    assert (again.damage, again.inputs, again.state) == ("", kept.inputs, kept.state), "what was saved is whole from then on"
    return kept


def test_an_undamaged_file_is_read_whole(folder: Path) -> None:
    kept = judge(folder)
    assert (len(kept.inputs), kept.damage) == (IN_ALL, "")


@pytest.mark.parametrize("file", [FILE, WAL])
def test_a_byte_that_flipped_anywhere_is_found_or_does_not_matter(crashed: Path, tmp_path: Path, file: str) -> None:
    whole, chance, told = crashed.joinpath(file).read_bytes(), random.Random(7), 0
    for case in range(60):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        folder = Path(shutil.copytree(crashed, tmp_path / str(case)))
        folder.joinpath(file).write_bytes(damaged)
        told += bool(judge(folder).damage)
    assert told > 20, "the test does reach what is in use"


@pytest.mark.parametrize("file", [FILE, WAL])
def test_a_file_that_was_cut_off_anywhere_is_found(crashed: Path, tmp_path: Path, file: str) -> None:
    whole = crashed.joinpath(file).read_bytes()
    for case, length in enumerate(range(0, len(whole), len(whole) // 20)):
        folder = Path(shutil.copytree(crashed, tmp_path / str(case)))
        folder.joinpath(file).write_bytes(whole[:length])
        judge(folder)


def change(sql: str) -> Callable[[Path], None]:
    """Do something to the file that SQLite itself finds right."""

    def done(folder: Path) -> None:
        connection = sqlite3.connect(folder / FILE)
        with connection:
            connection.execute(sql)
        connection.close()

    return done


@pytest.mark.parametrize(
    ("happens", "saved", "says"),
    [
        (lambda folder: (folder / WAL).unlink(), IN_FILE, "the last 100 inputs are gone"),
        (lambda folder: (folder / FILE).write_bytes(random.Random(1).randbytes(20_000)), 0, "database disk image is malformed"),
        (lambda folder: (folder / FILE).write_text("what is this?\n" * 500), 0, "database disk image is malformed"),
        (change("DELETE FROM batch WHERE first = 146"), 145, "input 146 is missing"),
        (change("DELETE FROM batch WHERE first > 290"), 290, "the last 10 inputs are gone"),
        (change("DELETE FROM batch WHERE first = 1"), 0, "input 1 is missing"),
        (change("UPDATE batch SET body = replace(body, 'reason', 'season') WHERE first = 76"), 75, "input 76: its checksum is wrong"),
        (change("UPDATE batch SET body = x'ff00' WHERE first = 76"), 75, "input 76: its checksum is wrong"),
        (change("UPDATE batch SET body = (SELECT body FROM batch WHERE first = 1) WHERE first = 76"), 75, "input 76: its checksum"),
        (change("DROP TABLE batch"), 0, "the last 300 inputs are gone"),
        (change("ALTER TABLE batch RENAME COLUMN body TO words"), 0, "no such column: body"),
    ],
)
def test_what_was_saved_and_what_is_wrong_is_said(folder: Path, happens: Callable[[Path], None], saved: int, says: str) -> None:
    happens(folder)

    kept = judge(folder)

    assert len(kept.inputs) == saved
    assert says in kept.damage


@pytest.mark.parametrize("sql", ["UPDATE state SET upto = 7", "UPDATE state SET body = '{}'", "UPDATE state SET checksum = 1"])
def test_without_its_state_no_input_means_anything(folder: Path, sql: str) -> None:
    change(sql)(folder)

    kept = judge(folder)

    assert (kept.state, list(kept.inputs)) == (None, [])
    assert "the kept state: its checksum is wrong" in kept.damage


def form_99(body: str) -> str:
    return body.replace(f'"form":{FORM}', '"form":99')


def another_kind(body: str) -> str:
    return body.replace('"kind":"GoIdle"', '"kind":"GoFishing"')


@pytest.mark.parametrize(("newer", "says"), [(form_99, "form 99"), (another_kind, "no input 'GoFishing'")])
def test_a_journal_of_a_newer_version_refuses_the_start_and_is_whole_for_that_version(
    folder: Path, newer: Callable[[str], str], says: str
) -> None:
    connection = sqlite3.connect(folder / FILE)
    (body,) = connection.execute("SELECT body FROM batch WHERE first = 6").fetchone()
    with connection:
        connection.execute("UPDATE batch SET body = ?, checksum = ? WHERE first = 6", (newer(body), zlib.crc32(newer(body).encode(), 6)))
    connection.close()
    before = rows_in(folder)

    with pytest.raises(JournalFailed, match=f"A newer ari-controller wrote the journal in .*{says}.*Start that version again"):
        opened(folder)

    assert rows_in(folder) == before
    assert not [name for name in os.listdir(folder) if "damaged" in name or "mend" in name]


def test_a_state_or_tables_of_a_newer_version_refuse_the_start_too(folder: Path) -> None:
    change("PRAGMA user_version = 7")(folder)
    with pytest.raises(JournalFailed, match="its tables are of version 7"):
        opened(folder)
    change("PRAGMA user_version = 0")(folder)

    connection = sqlite3.connect(folder / FILE)
    (upto, body) = connection.execute("SELECT upto, body FROM state").fetchone()
    with connection:
        connection.execute("UPDATE state SET body = ?, checksum = ?", (form_99(body), zlib.crc32(form_99(body).encode(), upto)))
    connection.close()
    with pytest.raises(JournalFailed, match="form 99"):
        opened(folder)


def rows_in(folder: Path) -> Sequence[object]:
    connection = sqlite3.connect(folder / FILE)
    rows = [connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("state", "batch")]
    connection.close()
    return rows


MOMENTS = ("it is written", "it is called mended", "the damaged file has moved", "its log has moved", "it has the journal's name")


def killed_while_it_mends(folder: Path, moment: str) -> None:
    """Open the journal in a process that is gone at this moment of the mending, without a word."""
    child = os.fork()
    if child == 0:
        steps = iter(MOMENTS)
        rename, connect = Path.rename, SqliteJournal._connect

        def step(path: Path, target: Path) -> Path:
            if next(steps) == moment:
                os._exit(0)
            return rename(path, target)

        def connects(journal: SqliteJournal) -> None:
            if moment == MOMENTS[-1] and list(folder.glob("*.damaged-*")):
                os._exit(0)
            connect(journal)

        Path.rename = step  # type: ignore[method-assign, assignment]
        SqliteJournal._connect = connects  # type: ignore[method-assign, assignment]
        opened(folder)
        os._exit(1)
    assert os.waitpid(child, 0)[1] == 0, "it was killed where it should be"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_process_that_is_killed_while_it_mends_loses_nothing_that_was_sound(folder: Path, moment: str) -> None:
    change("UPDATE batch SET checksum = checksum + 1 WHERE first = 146")(folder)
    (folder / WAL).write_bytes(b"a log")  # for there to be one

    killed_while_it_mends(folder, moment)
    kept = opened(folder)

    assert len(kept.inputs) == 145
    assert kept.state is not None
    assert list(folder.glob("*.damaged-*")), "the damaged file is there for somebody to look at"
    assert [name for name in os.listdir(folder) if "mend" in name] == []
    assert ("is damaged" in kept.damage, "a start ended while it was mended" in kept.damage) == {
        "it is written": (True, False),
        "it has the journal's name": (False, False),
    }.get(moment, (False, True))
    assert opened(folder).damage == ""


def test_a_disk_that_is_full_while_damage_is_mended_costs_nothing_that_was_sound(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change("UPDATE batch SET checksum = checksum + 1 WHERE first = 146")(folder)

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as disk:
        disk.setattr(SqliteJournal, "_begin_with", full)
        with pytest.raises(JournalFailed, match="disk is full"):
            opened(folder)
    assert not [name for name in os.listdir(folder) if "mend" in name], "what would only fill the disk further"

    assert len(judge(folder).inputs) == 145


def looked_at(aside: Path) -> Kept:
    """Open what was put aside, by itself."""
    folder = aside.parent / "for somebody"
    folder.mkdir()
    for suffix in ("", "-wal"):
        source = Path(f"{aside}{suffix}")
        if source.exists():
            source.rename(folder / f"{FILE}{suffix}")
    return opened(folder)


async def test_a_journal_that_was_not_used_whole_is_put_aside_as_it_was(folder: Path) -> None:
    journal = SqliteJournal(folder)
    before = journal.open()
    aside = await journal.put_aside(state(arrivals=2))
    await journal.keep(inputs(1, 3))
    journal.close()

    after = opened(folder)
    assert after.state is not None
    assert (after.state.arrivals, list(after.inputs), after.damage) == (2, inputs(1, 3), "")

    assert looked_at(aside).inputs == before.inputs


def test_a_restored_backup_that_is_older_than_what_was_kept_is_noticed(folder: Path) -> None:
    connection = sqlite3.connect(folder / FILE)
    with connection:
        connection.execute("DELETE FROM batch WHERE first > 250")
    connection.execute("VACUUM INTO ?", (str(folder / "backup"),))
    connection.close()
    (folder / "backup").rename(folder / FILE)

    assert "the last 50 inputs are gone" in judge(folder).damage


def test_a_note_that_nobody_can_read_costs_nothing(folder: Path) -> None:
    (folder / folder_lock.FILE).write_text("nonsense")

    assert judge(folder).damage == ""


@pytest.mark.parametrize("code", [sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN])
def test_a_disk_that_fails_for_the_moment_is_no_damage(folder: Path, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        error = sqlite3.OperationalError("the disk says no")
        error.sqlite_errorcode = code
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(SqliteJournal, "_read", fails)
        with pytest.raises(JournalFailed, match="the disk says no"):
            SqliteJournal(folder).open()

    assert len(judge(folder).inputs) == IN_ALL
    assert not [name for name in os.listdir(folder) if "damaged" in name]

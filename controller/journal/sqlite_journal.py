"""The journal on this machine's disk: SQLite in WAL mode, one row, one transaction and one fsync for each batch, in a thread of its own.

It never trusts what it reads: each row carries its checksum, and the last number is noted beside the file, since SQLite passes over the
damaged end of its log in silence. From a damaged file it gives back all that is sound up to the damage, puts the file aside for somebody to
look at, and begins a new one. A file that only can't be had now (another process has it, the disk is full or may not be written) is never
taken for damaged, nor is one that a newer version wrote.

Mending is all or nothing. The new file is written whole beside the damaged one (`.mending`) and then gets a name that says so (`.mended`):
until then a start finds the damaged file as it was, from then on every start first finishes what is left to do, which is to rename.
"""

import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from controller.floor.state import FloorState
from controller.floor.trouble import trouble_in_words
from controller.journal.codec import Taken, Unreadable, Unwritable, WrittenByNewer, read_input, read_state, write_input, write_state
from controller.journal.disk_thread import DiskThread
from controller.journal.folder_lock import FolderLock
from controller.journal.journal import JournalFailed, Kept

FILE = "journal.db"
MENDING, MENDED = f"{FILE}.mending", f"{FILE}.mended"
LAYOUT = 0
"""The version of the schema, which SQLite keeps as `user_version`."""
# `first` is the number of a batch's first input; its body has one line for each. `upto` is the last input that a state holds.
SCHEMA = """
    CREATE TABLE IF NOT EXISTS batch (first INTEGER PRIMARY KEY, body TEXT NOT NULL, checksum INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS state (id INTEGER PRIMARY KEY CHECK (id = 1), upto INTEGER NOT NULL, body TEXT NOT NULL,
                                      checksum INTEGER NOT NULL);
"""
LOG_PAGES_MAX = 1_000
"""How long SQLite's write-ahead log grows (in pages of 4 KiB) before it is folded into the file and written from its beginning again.

It has this length from the beginning, since to write over what is there costs a third less than to grow; longer gains nothing more.
"""
PAGE_BYTES = 4096 + 24
"""Of the log: a page and its header."""
LOCKED_SECONDS_MAX = 1.0
"""How long to wait for somebody who looks into the file by hand; another controller is told at once."""
_NOT_DAMAGE = frozenset(
    (
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOLFS,
        sqlite3.SQLITE_AUTH,
    )
)
"""What SQLite says of the machine, not of what is in the file."""

T = TypeVar("T")


class SqliteJournal:
    """A `Journal` in a folder. All its methods are for one event loop; the disk is touched in one other thread only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FolderLock(folder)
        self._thread = DiskThread("journal")
        self._connection: sqlite3.Connection | None = None
        self._number = 0
        self._since_state = 0

    @property
    def inputs_since_state(self) -> int:
        return self._since_state

    def open(self) -> Kept:
        """Give back what is kept. Raises `JournalFailed`."""
        return self._thread.do_and_wait(self._open)

    async def keep(self, inputs: Sequence[Taken]) -> None:
        """Return when these inputs are on disk. Raises `JournalFailed`."""
        await self._thread.do(_told_plainly(lambda: self._write(inputs)))
        self._since_state += len(inputs)

    async def keep_state(self, state: FloorState) -> None:
        """Put a whole state in place of all inputs so far. Raises `JournalFailed`."""
        await self._thread.do(_told_plainly(lambda: self._write_state(write_state(state))))
        self._since_state = 0

    async def put_aside(self, state: FloorState) -> Path:
        """Begin anew with this state; gives where the journal as it was is kept. Raises `JournalFailed`, and then nothing has changed."""
        aside = await self._thread.do(_told_plainly(lambda: self._begin_anew(state, ())))
        self._since_state = 0
        return aside

    def close(self) -> None:
        """Let go of the file."""
        self._thread.do_and_wait(self._close)
        self._thread.stop()

    # --- In the thread ---------------------------------------------------------------------------------------------

    def _open(self) -> Kept:
        try:
            self._lock.take()
            state, inputs, damage = self._read_or_mend()
            self._lock.note(self._number)
        except (OSError, sqlite3.Error, WrittenByNewer) as error:
            self._disconnect()
            self._lock.let_go()
            if isinstance(error, WrittenByNewer):
                raise JournalFailed(_newer(self._folder, error.because)) from error
            raise JournalFailed(f"The journal in {self._folder} can't be opened: {trouble_in_words(error)}.") from error
        self._since_state = len(inputs)
        return Kept(state=state, inputs=inputs, damage=damage)

    def _read_or_mend(self) -> tuple[FloorState | None, list[Taken], str]:
        state, inputs = None, list[Taken]()
        finished = self._finish_mending()
        before = f"The journal was damaged, and a start ended while it was mended; the damaged file is {finished}." if finished else ""
        try:
            self._connect()
            state, inputs, damage = self._read()
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            damage = str(error)
        if damage:
            aside = self._begin_anew(state, inputs)
            damage = f"The journal is damaged ({damage}). What is sound up to there was saved; the damaged file is {aside}."
        return state, inputs, " ".join(filter(None, (before, damage)))

    def _connect(self) -> None:
        path = self._folder / FILE
        # Created by us first: SQLite would let the whole group read it.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        _make_room(self._folder / f"{FILE}-wal")
        _sync_folder(self._folder)
        connection = sqlite3.connect(path, LOCKED_SECONDS_MAX, isolation_level=None, check_same_thread=False)
        self._connection = connection
        (layout,) = connection.execute("PRAGMA user_version").fetchone()
        if layout > LAYOUT:
            raise WrittenByNewer(f"its tables are of version {layout}, and this version knows {LAYOUT}")
        # Exclusive first: then the log's index is in our memory, and needs no file and no locks.
        for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES_MAX}")
        connection.executescript(SCHEMA)

    @property
    def _db(self) -> sqlite3.Connection:
        assert self._connection is not None, "`open` comes first"
        return self._connection

    def _read(self) -> tuple[FloorState | None, list[Taken], str]:
        """Read as far as it is sound; the last value says what is wrong with the rest, or is empty."""
        state, upto = None, 0
        try:
            for number, body, checksum in self._db.execute("SELECT upto, body, checksum FROM state"):
                state, upto = read_state(_sound(number, body, checksum)), number
        except (sqlite3.DatabaseError, Unreadable) as error:
            _raise_unless_damage(error)
            return None, [], f"the kept state: {error}"
        self._number = upto
        inputs: list[Taken] = []
        try:
            for first, body, checksum in self._rows(upto):
                if first != self._number + 1:
                    return state, inputs, f"input {self._number + 1} is missing"
                batch = [read_input(line) for line in _sound(first, body, checksum).split("\n")]
                inputs += batch
                self._number += len(batch)
            # A page that has lost its last rows shows no gap; SQLite can tell all the same.
            (found,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
        except (sqlite3.DatabaseError, Unreadable) as error:
            _raise_unless_damage(error)
            return state, inputs, f"input {self._number + 1}: {error}"
        missing = self._lock.noted - self._number
        if missing > 0 and found == "ok":
            found = f"the last {missing} inputs are gone"
        return state, inputs, "" if found == "ok" else str(found)

    def _rows(self, after: int) -> Iterator[tuple[int, str, int]]:
        return self._db.execute("SELECT first, body, checksum FROM batch WHERE first > ? ORDER BY first", (after,))

    def _begin_anew(self, state: FloorState | None, inputs: Sequence[Taken]) -> Path:
        """Put a file with this, and nothing else, in the place of the one that is there; gives where that one is from then on."""
        number, old, self._connection = self._number, self._connection, None
        mending = self._folder / MENDING
        try:
            mending.unlink(missing_ok=True)
            os.close(os.open(mending, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            # Without a log of its own, so that it is whole when it is closed.
            self._connection = sqlite3.connect(mending, isolation_level=None, check_same_thread=False)
            self._connection.executescript(SCHEMA)
            self._begin_with(state, inputs)
        except (OSError, sqlite3.Error, Unwritable):
            self._disconnect()
            mending.unlink(missing_ok=True)
            self._number, self._connection = number, old
            raise
        self._disconnect()
        self._connection = old
        mending.rename(self._folder / MENDED)
        _sync_folder(self._folder)
        aside = self._finish_mending()
        assert aside is not None, "it was named a moment ago"
        self._connect()
        return aside

    def _finish_mending(self) -> Path | None:
        """Give a file that was mended the journal's name; gives where the damaged one is from then on, None: there is nothing to finish."""
        mended = self._folder / MENDED
        if not mended.exists():
            return None
        self._lock.note(0)  # what is noted there counts for the damaged file
        aside = self._folder / f"{FILE}.damaged-{mended.stat().st_mtime_ns}"
        # Renamed before it is closed: closing makes SQLite delete the log, and with it what it could not read.
        for suffix in ("", "-wal"):
            source = self._folder / f"{FILE}{suffix}"
            if source.exists():
                source.rename(f"{aside}{suffix}")
        self._disconnect()
        mended.rename(self._folder / FILE)
        _sync_folder(self._folder)
        return aside

    def _begin_with(self, state: FloorState | None, inputs: Sequence[Taken]) -> None:
        """Fill a new file."""
        self._number = 0
        if state is not None:
            self._write_state(write_state(state))
        if inputs:
            self._insert(inputs)

    def _write(self, inputs: Sequence[Taken]) -> None:
        self._insert(inputs)
        self._lock.note(self._number)

    def _insert(self, inputs: Sequence[Taken]) -> None:
        first = self._number + 1
        body = "\n".join(map(write_input, inputs))
        # A statement by itself is a transaction, for a third of the price of one between BEGIN and COMMIT.
        self._db.execute("INSERT INTO batch VALUES (?, ?, ?)", (first, body, _checksum(first, body)))
        self._number += len(inputs)

    def _write_state(self, body: str) -> None:
        with _transaction(self._db):
            self._db.execute("INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?)", (self._number, body, _checksum(self._number, body)))
            self._db.execute("DELETE FROM batch WHERE first <= ?", (self._number,))
        self._db.execute("PRAGMA wal_checkpoint(RESTART)")

    def _close(self) -> None:
        self._disconnect()
        self._lock.let_go()

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _transaction:  # noqa: N801 - used as a word: with _transaction(db)
    """All or nothing."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                self._roll_back()
                raise
        else:
            self._roll_back()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _checksum(number: int, body: str) -> int:
    return zlib.crc32(body.encode(), number & 0xFFFF_FFFF)


def _sound(number: int, body: object, checksum: int) -> str:
    """Give the text if it is what was written under this number. Raises `Unreadable`."""
    if not isinstance(body, str) or _checksum(number, body) != checksum:
        raise Unreadable("its checksum is wrong")
    return body


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether it is the file that is wrong. Python's own complaints about what is in it carry no code."""
    code: int | None = getattr(error, "sqlite_errorcode", None)
    return code is None or code & 0xFF not in _NOT_DAMAGE


def _raise_unless_damage(error: Exception) -> None:
    if isinstance(error, WrittenByNewer) or (isinstance(error, sqlite3.Error) and not _is_damage(error)):
        raise error


def _newer(folder: Path, because: str) -> str:
    return (
        f"A newer ari-controller wrote the journal in {folder} ({because}), and nothing in it was changed. Start that version again. "
        f"To go back to this one for good, move the folder away first: the interactions and logins that are kept in it are forgotten then."
    )


def _make_room(log: Path) -> None:
    """Give SQLite a log of its full length, of zeros, which it takes for an empty one; one that is there is left as it is."""
    try:
        descriptor = os.open(log, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return
    try:
        os.write(descriptor, bytes(LOG_PAGES_MAX * PAGE_BYTES))
        os.fsync(descriptor)
    except OSError:
        return  # the disk is full, and that is no reason not to start: it grows when there is room
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Have the names of files on disk, not only what is in them."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _told_plainly(work: Callable[[], T]) -> Callable[[], T]:
    """Turn what SQLite says into a sentence for the operator."""

    def done() -> T:
        try:
            return work()
        except (sqlite3.Error, OSError, Unwritable) as error:
            raise JournalFailed(f"The journal can't be written: {trouble_in_words(error)}.") from error

    return done

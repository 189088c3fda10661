"""One process at a time for one journal, and a note of how far it got.

The lock is the kernel's: it goes with the process that holds it, however that ends.
"""

import fcntl
import os
from pathlib import Path

FILE = "journal.lock"
DIGITS = 20


class FolderLock:
    """The right to use the journal of a folder. Its file holds the number of the last input that was kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor: int | None = None

    def take(self) -> None:
        """Make the folder if need be, and have it to ourselves. Raises OSError, with a sentence when another process has it."""
        # For this user alone: customers' numbers and what agents write about calls are in it.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / FILE, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            os.close(descriptor)
            raise BlockingIOError("another ari-controller is using it; give each its own [journal] folder") from held
        self._descriptor = descriptor

    def let_go(self) -> None:
        """Let others have it; does nothing when it was not taken."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def note(self, number: int) -> None:
        """Note how far the journal got, after it got there: never more than is on disk, and after a loss of power perhaps less."""
        os.pwrite(self._held, b"%0*d\n" % (DIGITS, number), 0)

    @property
    def noted(self) -> int:
        """How far the journal got at least; 0: nobody knows."""
        said = os.pread(self._held, DIGITS, 0)
        return int(said) if len(said) == DIGITS and said.isdigit() else 0

    @property
    def _held(self) -> int:
        assert self._descriptor is not None, "`take` comes first"
        return self._descriptor

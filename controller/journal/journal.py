"""What the shell asks of a journal: a Protocol, so that one on this disk and a replicated one can serve alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from controller.floor.state import FloorState
from controller.journal.codec import Taken


class JournalFailed(Exception):
    """What was given to the journal may not be kept: the disk is full, gone or broken. `because` is a sentence for the operator."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a journal gives back when it is opened."""

    state: FloorState | None
    """Where to begin; None: with nothing."""
    inputs: Sequence[Taken]
    """What came after, in order."""
    damage: str = ""
    """What could not be read and where the damaged journal was put, as a sentence; empty: all was well."""


class Journal(Protocol):
    """Keeps inputs in order, and now and then a whole state in place of all that led to it."""

    def open(self) -> Kept:
        """Give back what is kept. Call this once, first. Raises `JournalFailed`."""

    async def keep(self, inputs: Sequence[Taken]) -> None:
        """Return when these inputs would survive a loss of power. Raises `JournalFailed`; then none of them counts as kept."""

    async def keep_state(self, state: FloorState) -> None:
        """Put a whole state in place of all inputs so far. Raises `JournalFailed`; then what was kept before is still there."""

    @property
    def inputs_since_state(self) -> int:
        """How many inputs would have to be replayed now."""

    def close(self) -> None:
        """Let go of the disk."""

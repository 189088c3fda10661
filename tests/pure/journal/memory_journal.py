"""A journal in memory that keeps what a journal on disk keeps: texts."""

from collections.abc import Sequence

from controller.floor.state import FloorState
from controller.journal.codec import Taken, read_input, read_state, write_input, write_state
from controller.journal.journal import Kept


class MemoryJournal:
    """A `Journal` whose disk never fails and never forgets."""

    def __init__(self) -> None:
        self.state: str | None = None
        self.inputs: list[str] = []
        self.writes = 0
        """How often something was written: one fsync each on a disk."""

    @property
    def inputs_since_state(self) -> int:
        return len(self.inputs)

    def open(self) -> Kept:
        """Give back what is kept, read from its texts."""
        state = read_state(self.state) if self.state is not None else None
        return Kept(state=state, inputs=[read_input(text) for text in self.inputs])

    async def keep(self, inputs: Sequence[Taken]) -> None:
        """Keep inputs."""
        self.writes += 1
        self.inputs += [write_input(taken) for taken in inputs]

    async def keep_state(self, state: FloorState) -> None:
        """Keep a state in place of all inputs so far."""
        self.writes += 1
        self.state, self.inputs = write_state(state), []

    def close(self) -> None:
        """There is nothing to let go of."""

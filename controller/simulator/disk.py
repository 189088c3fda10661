"""The simulated disk: what is on it survives the process, in the real journal's own words. It can be full for a while."""

from collections.abc import Sequence

from controller.floor.state import FloorState
from controller.journal.codec import Taken, read_input, read_state, write_input, write_state
from controller.journal.journal import Journal, JournalFailed, Kept
from controller.service.keeping import INPUTS_PER_STATE


class Disk(Journal):
    """A journal in memory. Texts only: nothing but what the codec writes gets over a crash."""

    def __init__(self) -> None:
        self.is_full = False
        self.state_is_due = False
        """Say once that so many inputs are kept that a whole state should take their place."""
        self.state: str | None = None
        self.inputs: list[str] = []
        self._taken: list[Taken] = []

    def open(self) -> Kept:
        """Read everything from its texts."""
        self._write_out()
        state = read_state(self.state) if self.state is not None else None
        return Kept(state=state, inputs=[read_input(text) for text in self.inputs])

    async def keep(self, inputs: Sequence[Taken]) -> None:
        self._fail_if_full()
        # Inputs are values, so what is written later is what would be written now; most are never read.
        self._taken.extend(inputs)

    async def keep_state(self, state: FloorState) -> None:
        self._fail_if_full()
        self.state = write_state(state)
        self.inputs.clear()
        self._taken.clear()
        self.state_is_due = False

    @property
    def inputs_since_state(self) -> int:
        return INPUTS_PER_STATE if self.state_is_due else len(self.inputs) + len(self._taken)

    def close(self) -> None:
        """Nothing is open."""

    def _fail_if_full(self) -> None:
        if self.is_full:
            raise JournalFailed("the simulated disk is full")

    def _write_out(self) -> None:
        self.inputs.extend(map(write_input, self._taken))
        self._taken.clear()

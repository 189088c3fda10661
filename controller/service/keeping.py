"""Between the loop and the journal: what is worth keeping, when a state takes the place of inputs, and what to do when the disk fails."""

import time
from collections.abc import Callable, Sequence

import structlog

from controller.directory.ids import Seconds
from controller.floor.durations import Durations
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.floor.ports import NotKept
from controller.interaction.facts import SwitchFound, SwitchLost
from controller.journal.codec import Taken
from controller.journal.journal import Journal, JournalFailed

INPUTS_PER_STATE = 3_000
"""After so many inputs a whole state is written in their place: it bounds the file, and a start replays for a third of a second."""

KEPT, FAILED = "kept", "failed"
"""How a write can go, for monitoring."""

log = structlog.get_logger("journal")


class Keeper:
    """Keeps what the loop has accepted. When the disk fails calls go on, nothing is promised, and it catches up as soon as it can."""

    def __init__(self, journal: Journal, *, clock: Callable[[], Seconds] = time.monotonic) -> None:
        """`clock` measures how long the disk fails; it is never put back."""
        self._journal = journal
        self._clock = clock
        self._failed_because: str | None = None
        self._failed_at: Seconds = 0.0
        self.took = Durations((KEPT, FAILED))
        """Every write, from its asking until the disk has it."""

    @property
    def failed_because(self) -> str | None:
        """Why nothing is kept at the moment; None: everything is."""
        return self._failed_because

    @property
    def failing_seconds(self) -> Seconds | None:
        """For how long nothing has been kept; None: everything is."""
        return self._clock() - self._failed_at if self._failed_because is not None else None

    async def keep(self, accepted: Sequence[tuple[Input, Seconds, Outcome]], floor: Floor, *, whole: bool = False) -> NotKept | None:
        """Have these on disk. Gives a reason for whoever asked when that can't be had; calls go on all the same.

        `whole`: the inputs alone do not lead to the floor as it is, so its state is kept.
        """
        worth = [Taken(outcome.kept_as or what, at) for what, at, outcome in accepted if _leaves_a_trace(what, outcome)]
        whole = whole or self._failed_because is not None
        if not worth and not whole:
            return None
        began = self._clock()
        try:
            if whole or self._is_time_for_a_state(worth):
                # The floor is already past these inputs, so its state holds them.
                await self._journal.keep_state(floor.state())
            else:
                await self._journal.keep(worth)
        except JournalFailed as failed:
            self.took.note(FAILED, self._clock() - began)
            if self._failed_because is None:
                log.error("nothing is kept until the disk works again; calls go on", because=failed.because)
                self._failed_at = self._clock()
            self._failed_because = failed.because
            return NotKept(failed.because)
        self.took.note(KEPT, self._clock() - began)
        if self._failed_because is not None:
            log.info("the journal works again and holds everything", failed_seconds=round(self._clock() - self._failed_at, 1))
            self._failed_because = None
        return None

    def _is_time_for_a_state(self, worth: Sequence[Taken]) -> bool:
        """A site file is as long as a state that holds it, and comes with every start: the file stays small however often we start."""
        too_many = self._journal.inputs_since_state + len(worth) > INPUTS_PER_STATE
        return too_many or any(isinstance(taken.what, SiteReloaded) for taken in worth)


def _leaves_a_trace(what: Input, outcome: Outcome) -> bool:
    """Whether this input must be replayed to get to the floor as it is."""
    return outcome.leaves_a_trace or isinstance(what, SwitchLost | SwitchFound | SiteReloaded)

"""How long the controller could not reach Asterisk, for the judge: in such seconds nobody can do what a promise asks for."""

from collections.abc import Sequence

from controller.asterisk.transport import lane_of
from controller.directory.ids import InteractionId, Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.wire import LANES


class Reach:
    """Counts the seconds of each lane in which nothing could be asked over it, or nobody was there to ask."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._out = [0.0] * LANES
        self.patience: Seconds = 0.0
        """By how much requests that get lost one by one may delay everything."""

    def note(self, cut_off: Sequence[bool], seconds: Seconds) -> None:
        """Say of each lane whether the last seconds were lost on it."""
        for lane, is_cut_off in enumerate(cut_off):
            self._out[lane] += seconds if is_cut_off else 0.0

    @property
    def now(self) -> Seconds:
        """The moment by a clock that nobody puts back."""
        return self._agenda.now

    def begins(self, interaction: InteractionId) -> "Since":
        """Count from now on."""
        return Since(self, lane_of(interaction) % LANES)

    def out(self, lane: int) -> Seconds:
        """All the seconds that were lost on a lane."""
        return self._out[lane]


class Since:
    """A moment, and how long it is ago without the seconds in which nothing could be done about it."""

    __slots__ = ("_lane", "_out", "_reach", "at")

    def __init__(self, reach: Reach, lane: int) -> None:
        self._reach = reach
        self._lane = lane
        self._out = reach.out(lane)
        self.at = reach.now

    @property
    def in_reach(self) -> Seconds:
        return self._reach.now - self.at - (self._reach.out(self._lane) - self._out)

    @property
    def in_all(self) -> Seconds:
        return self._reach.now - self.at

"""The recorded steps on disk: a JSON line each, in files that are turned over when they are full, so that their size is bounded.

Where a site keeps steps for some days, a file holds no more than one of them, and is removed whole: a step is gone a day later at most.

Losing the record never harms a call: a full disk is said once in the log, and the steps that could not be written are counted.
"""

import json
import os
import re
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from io import FileIO
from pathlib import Path

import structlog

from controller.directory.ids import InteractionId, Seconds
from controller.floor.outcome import Change, Input, Outcome
from controller.floor.story import StoryStep
from controller.interaction.facts import LegHeld, LegUnheld
from controller.telemetry.flapping import Flapping
from controller.telemetry.steps import line_of, step_of, steps_of_outcome

NAME = "steps.jsonl"
FILE_BYTES_MAX = 16 * 1024 * 1024
FILES_MAX = 8
"""So many full ones, unless the site says otherwise: about 10,000 consult calls in all."""
DAY_SECONDS: Seconds = 86_400.0

PIECE_BYTES = 256 * 1024
"""Of a file that is read: a tenth of a millisecond."""

_NUMBERED = re.compile(re.escape(NAME) + r"(?:\.(\d+))?")
_EXPIRED = f"{NAME}.expired-"
"""What such a file's name begins with; it is to be removed, and nobody reads it."""
_INTERACTION = re.compile(rb'"interaction":"([a-z0-9-]+)"')
_ID = re.compile(r"[a-z0-9-]+")

log = structlog.get_logger("steps")


class StepFile:
    """Records steps. It is an `Audience`: the service's loop tells it of every input."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Callable[[], Seconds] = time.time,
        is_kept: Callable[[], bool] = lambda: True,
        file_bytes_max: int = FILE_BYTES_MAX,
        bytes_max: int | None = None,
        days: int | None = None,
    ) -> None:
        """Use this folder; it is made, for this user alone, when the first step is written.

        `is_kept`: whether the journal has what is being told now. `bytes_max`: of all files together (None: `FILES_MAX` full ones); the
        oldest is dropped. `days`: for so many days steps are kept (None: however old they are); see `expired`.
        """
        self._folder = folder
        self._clock = clock
        self._is_kept = is_kept
        self._file_bytes_max = file_bytes_max
        self._older_bytes_max = (FILES_MAX * file_bytes_max if bytes_max is None else bytes_max) - file_bytes_max
        self._days = days
        self._file: FileIO | None = None
        self._bytes = 0
        self._began_at: Seconds = 0.0
        """When the first step of the file was."""
        self._flapping: dict[InteractionId, Flapping] = {}
        self.lost = 0
        """How many steps could not be written since the last one that could."""
        self.lost_in_all = 0

    def use(self, *, bytes_max: int, days: int | None) -> None:
        """From now on these bounds hold."""
        self._older_bytes_max, self._days = bytes_max - self._file_bytes_max, days

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Record what an input did; a hold key that is pressed and released again and again is told in short."""
        steps = steps_of_outcome(outcome, self._clock(), kept=self._is_kept())
        for change, step in zip((*outcome.changes, *outcome.unshown), steps, strict=True):
            for written in self._in_short(change, step):
                self.record(written)

    def _in_short(self, change: Change, step: StoryStep) -> Iterator[StoryStep]:
        if isinstance(change.cause, LegHeld | LegUnheld):
            yield from self._flapping.setdefault(change.after.id, Flapping()).pressed(change.cause.leg, step)
            return
        flapping = self._flapping.pop(change.after.id, None)
        if flapping is not None:
            yield from flapping.ended()
        yield step

    def record(self, step: StoryStep) -> None:
        """Write one step. A line is in the hands of the operating system when this returns; it is not waited for the disk."""
        line = line_of(step)
        try:
            file = self._open_for(len(line), step.at)
            self._bytes += file.write(line)
        except OSError as failed:
            self.lost += 1
            self.lost_in_all += 1
            if self.lost == 1:
                log.error("steps are not recorded", folder=str(self._folder), because=failed.strerror)
            self._let_go()
        else:
            if self.lost:
                log.info("steps are recorded again", lost=self.lost)
                self.lost = 0

    def expired(self) -> list[Path]:
        """Take what is older than it may be kept out of the record; to remove these files (`remove`) takes time, and is for another thread.

        Ask for it every hour or so: a day in which nothing happens ends as well.
        """
        if self._days is None:
            return []
        now = self._clock()
        try:
            if self._file is None and (self._folder / NAME).exists():
                self._open(now)
            if self._file is not None and now - self._began_at >= DAY_SECONDS:
                self._let_go()
                _turn_over(self._folder, self._older_bytes_max)
            for number in reversed(_numbers(self._folder)):
                path = _file(self._folder, number)
                written_at = path.stat().st_mtime
                if number == 0 or now - written_at < self._days * DAY_SECONDS:
                    break
                path.rename(self._folder / f"{_EXPIRED}{written_at:.0f}-{number}")
            return sorted(self._folder.glob(f"{_EXPIRED}*"))
        except OSError as failed:
            log.warning("steps that are too old can't be removed", folder=str(self._folder), because=failed.strerror)
            return []

    def close(self) -> None:
        """Write what is still to be told, and let go of the file; the next step opens it again."""
        for flapping in self._flapping.values():
            for step in flapping.ended():
                self.record(step)
        self._flapping.clear()
        self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open_for(self, size: int, at: Seconds) -> FileIO:
        if self._file is None:
            self._open(at)
        is_old = self._days is not None and self._bytes and at - self._began_at >= DAY_SECONDS
        if is_old or (self._bytes and self._bytes + size > self._file_bytes_max):
            self._let_go()
            _turn_over(self._folder, self._older_bytes_max)
            self._open(at)
        assert self._file is not None, "it was opened a moment ago"
        return self._file

    def _open(self, at: Seconds) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Customers' numbers are in it.
        descriptor = os.open(self._folder / NAME, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._file = FileIO(descriptor, "ab")
        self._bytes = os.fstat(descriptor).st_size
        first = step_of(os.pread(descriptor, PIECE_BYTES, 0).partition(b"\n")[0])
        self._began_at = first.at if first is not None else at


def _turn_over(folder: Path, older_bytes_max: int) -> None:
    """Make room for a new file, and drop the oldest where they are too much together."""
    for number in reversed(_numbers(folder)):
        _file(folder, number).rename(_file(folder, number + 1))
    total = 0
    for number in _numbers(folder):
        total += _file(folder, number).stat().st_size
        if total > older_bytes_max:
            _file(folder, number).unlink()


def remove(expired: Iterable[Path]) -> None:
    """Remove files that `expired` gave."""
    for path in expired:
        try:
            path.unlink(missing_ok=True)
        except OSError as failed:
            log.warning("steps that are too old can't be removed", file=str(path), because=failed.strerror)


def _file(folder: Path, number: int) -> Path:
    return folder / (f"{NAME}.{number}" if number else NAME)


def _numbers(folder: Path) -> list[int]:
    """Give the numbers of the files that are there, that of the newest first."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    return sorted(int(named[1] or 0) for named in map(_NUMBERED.fullmatch, names) if named is not None)


def steps_of(folder: Path, interaction: str, steps_max: int | None = None) -> list[StoryStep]:
    """Read what is recorded of one interaction, oldest step first; empty: nothing is. `steps_max`: the newest so many.

    It may be read while it is written: in small pieces, so that other threads are not held up. A line that a crash cut short is passed
    over. Raises OSError when the files can't be read.
    """
    if _ID.fullmatch(interaction) is None:
        return []
    needle = f'"interaction":"{interaction}"'.encode()
    steps: deque[StoryStep] = deque(maxlen=steps_max)
    for file in _newest_first(folder):
        found = [step for step in map(step_of, _lines_with(needle, file)) if step is not None and step.interaction == interaction]
        left = len(found) if steps_max is None else steps_max - len(steps)
        steps.extendleft(reversed(found[len(found) - min(left, len(found)) :]))
        if len(steps) == steps_max or (steps and steps[0].before is None):
            break
    return list(steps)


def _newest_first(folder: Path) -> Iterator[FileIO]:
    """Open one file after the other. Files that are turned over meanwhile move away from the newest, so that none is missed."""
    known: set[tuple[int, int]] = set()
    number = -1
    while number < max(_numbers(folder), default=-1):
        number += 1
        try:
            file = FileIO(_file(folder, number), "rb")
        except FileNotFoundError:
            continue
        with file:
            stat = os.fstat(file.fileno())
            if (stat.st_dev, stat.st_ino) not in known:  # it was turned over after we had read it
                known.add((stat.st_dev, stat.st_ino))
                yield file


def _lines_with(needle: bytes, file: FileIO) -> Iterator[bytes]:
    """Find the lines that have this in them. Whoever else wants to compute gets a turn at every read."""
    rest = b""
    while piece := file.read(PIECE_BYTES):
        whole, _, rest = (rest + piece).rpartition(b"\n")
        if needle in whole:
            yield from (line for line in whole.split(b"\n") if needle in line)
    if needle in rest:
        yield rest


def steps_newest_file_first(folder: Path) -> Iterator[Iterator[StoryStep]]:
    """Give all steps of each file, oldest first within it. Raises OSError when the files can't be read."""
    for file in _newest_first(folder):
        yield (step for step in map(step_of, _lines_with(b'"interaction":', file)) if step is not None)


def interaction_of_leg(folder: Path, leg: str) -> str | None:
    """Find the interaction in which a channel of Asterisk was somebody's leg, by its unique id; None: none that is recorded.

    Call records (CDR) have that id as `uniqueid`. Raises OSError when the files can't be read.
    """
    named = json.dumps(leg, ensure_ascii=False)
    for file in _newest_first(folder):
        for line in _lines_with(f'"leg":{named}'.encode(errors="replace"), file):
            step = step_of(line)
            if step is not None and any(party.leg == leg for party in step.parties):
                return step.interaction
    return None


def record_begins_at(folder: Path) -> Seconds | None:
    """Give the moment of the oldest step that is kept; None: none is. Raises OSError when the files can't be read."""
    for number in reversed(_numbers(folder)):
        with FileIO(_file(folder, number), "rb") as file:
            first = next((step for step in map(step_of, _lines_with(b'"interaction":', file)) if step is not None), None)
        if first is not None:
            return first.at
    return None


def recent_interactions(folder: Path, most: int) -> list[str]:
    """Name the interactions that had a step last, latest first. Raises OSError when the files can't be read."""
    found: dict[str, None] = {}
    for file in _newest_first(folder):
        latest: dict[str, None] = {}
        for line in _lines_with(b'"interaction":', file):
            if (named := _INTERACTION.search(line)) is not None:
                latest.pop(named[1].decode(), None)
                latest[named[1].decode()] = None
        found.update(dict.fromkeys(reversed(latest)))
        if len(found) >= most:
            break
    return list(found)[:most]

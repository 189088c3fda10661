"""The recorded steps on disk: a JSON line each, in files that are turned over when they are full, so that their size is bounded.

Losing the record never harms a call: a full disk is said once in the log, and the steps that could not be written are counted.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path

import structlog
from pydantic import ValidationError

from controller.directory.ids import InteractionId, Seconds
from controller.floor.outcome import Change, Input, Outcome
from controller.interaction.facts import LegHeld, LegUnheld
from controller.telemetry.flapping import Flapping
from controller.telemetry.steps import RecordedStep, steps_of_outcome

NAME = "steps.jsonl"
FILE_BYTES_MAX = 16 * 1024 * 1024
FILES_MAX = 8
"""About 10,000 consult calls in all."""

_INTERACTION = re.compile(rb'"interaction":"([a-z0-9-]+)"')

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
    ) -> None:
        """Use this folder; it is made, for this user alone, when the first step is written.

        `is_kept`: whether the journal has what is being told now.
        """
        self._folder = folder
        self._clock = clock
        self._is_kept = is_kept
        self._file_bytes_max = file_bytes_max
        self._file: FileIO | None = None
        self._bytes = 0
        self._flapping: dict[InteractionId, Flapping] = {}
        self.lost = 0
        """How many steps could not be written."""

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Record what an input did; a hold key that is pressed and released again and again is told in short."""
        steps = steps_of_outcome(outcome, self._clock(), kept=self._is_kept())
        for change, step in zip(outcome.changes, steps, strict=True):
            for written in self._in_short(change, step):
                self.record(written)

    def _in_short(self, change: Change, step: RecordedStep) -> Iterator[RecordedStep]:
        if isinstance(change.cause, LegHeld | LegUnheld):
            yield from self._flapping.setdefault(change.after.id, Flapping()).pressed(change.cause.leg, step)
            return
        flapping = self._flapping.pop(change.after.id, None)
        if flapping is not None:
            yield from flapping.ended()
        yield step

    def record(self, step: RecordedStep) -> None:
        """Write one step. A line is in the hands of the operating system when this returns; it is not waited for the disk."""
        line = step.model_dump_json().encode() + b"\n"
        try:
            file = self._open_for(len(line))
            self._bytes += file.write(line)
        except OSError as failed:
            self.lost += 1
            if self.lost == 1:
                log.error("steps are not recorded", folder=str(self._folder), because=failed.strerror)
            self._let_go()
        else:
            if self.lost:
                log.info("steps are recorded again", lost=self.lost)
                self.lost = 0

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

    def _open_for(self, size: int) -> FileIO:
        if self._file is not None and self._bytes + size > self._file_bytes_max:
            self._let_go()
            _turn_over(self._folder)
        if self._file is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Customers' numbers are in it.
            descriptor = os.open(self._folder / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._file = FileIO(descriptor, "ab")
            self._bytes = os.fstat(descriptor).st_size
        return self._file


def _turn_over(folder: Path) -> None:
    for number in range(FILES_MAX - 2, -1, -1):
        older = _file(folder, number)
        if older.exists():
            older.replace(_file(folder, number + 1))


def _file(folder: Path, number: int) -> Path:
    return folder / (f"{NAME}.{number}" if number else NAME)


def steps_of(folder: Path, interaction: str) -> list[RecordedStep]:
    """Read what is recorded of one interaction, oldest step first; empty: nothing is.

    A line that a crash cut short is passed over. Raises OSError when the files can't be read.
    """
    needle = f'"interaction":"{interaction}"'.encode()
    steps = (_step(line) for line in _lines(folder) if needle in line)
    return sorted((step for step in steps if step is not None and step.interaction == interaction), key=lambda step: step.revision)


def recent_interactions(folder: Path, most: int) -> list[str]:
    """Name the interactions that had a step last, latest first. Raises OSError when the files can't be read."""
    found: dict[str, None] = {}
    for number in range(FILES_MAX):
        latest: dict[str, None] = {}
        for line in _lines_of(_file(folder, number)):
            if (named := _INTERACTION.search(line)) is not None:
                latest.pop(named[1].decode(), None)
                latest[named[1].decode()] = None
        found.update(dict.fromkeys(reversed(latest)))
        if len(found) >= most:
            break
    return list(found)[:most]


def _lines(folder: Path) -> Iterator[bytes]:
    for number in range(FILES_MAX - 1, -1, -1):
        yield from _lines_of(_file(folder, number))


def _lines_of(path: Path) -> Iterator[bytes]:
    if path.exists():
        with path.open("rb") as file:
            yield from file


def _step(line: bytes) -> RecordedStep | None:
    try:
        return RecordedStep.model_validate_json(line)
    except ValidationError:
        return None

"""`python -m controller.organisation.file_reader`: the program that reads a list of colleagues (see `reading`)."""

import os
import stat
import sys
from collections.abc import Sequence
from typing import Any

from controller.directory.colleagues import Colleague
from controller.organisation.lists import NotReadable, read_list
from controller.organisation.reading import COLLEAGUES_MAX, Said, be_a_reader, everybody_asked

BYTES_MAX = 20_000_000

NANOSECONDS = 1_000_000_000


def read(asked: Said) -> tuple[Sequence[Colleague], dict[str, Any]]:
    """Read everybody of a list that has changed. Raises `NotReadable`."""
    looked_at, text = _open(asked["file"], asked["known"])
    if text is None:
        return (), {"unchanged": True, "looked_at": looked_at}
    everybody = everybody_asked(asked)
    written = read_list(asked["file"], text)
    for note in written.notes:
        everybody.note(note)
    for row in written.rows:
        everybody.take(row.where, row.values)
    return everybody.in_order(), {"looked_at": looked_at, **everybody.told(looked_at[0] / NANOSECONDS)}


def _open(name: str, known: list[int]) -> tuple[list[int], str | None]:
    """Read a file; gives by what a change of it would be seen, and its text, or None where that is as it was. Raises `NotReadable`."""
    try:
        # Not blocking: a pipe in its place would wait for a writer.
        file = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(file, "rb") as opened:
            found = os.fstat(file)
            if not stat.S_ISREG(found.st_mode):
                raise NotReadable("it is no ordinary file")
            looked_at = [found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev]
            if looked_at == known:
                return looked_at, None
            raw = opened.read(BYTES_MAX + 1)
    except OSError as failed:
        raise NotReadable(f"it can't be read: {failed.strerror or failed}") from failed
    if len(raw) > BYTES_MAX:
        raise NotReadable(f"it is longer than {BYTES_MAX // 1_000_000} MB: no list of {COLLEAGUES_MAX} people is")
    try:
        return looked_at, raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise NotReadable(f"line {line} is no text in UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8)") from None


if __name__ == "__main__":
    sys.exit(be_a_reader(read))

"""Looks now and then how much room the journal's disk has, and says so in the log when it becomes too little: once, not each time."""

import asyncio
import os
from pathlib import Path
from typing import NoReturn

import structlog

from controller.directory.ids import Seconds
from controller.floor.disk import MB, DiskRoom, low_disk_sentence, room

LOOK_EVERY_SECONDS: Seconds = 30.0

log = structlog.get_logger("journal")


class DiskWatch:
    """The file system of one folder. `room` is what was found last; None: nobody has looked, or it can't be found out."""

    def __init__(self, folder: Path, free_mb_min: int) -> None:
        """`free_mb_min`: with less free it is low; 0: never."""
        self.room: DiskRoom | None = None
        self._folder = folder
        self._free_mb_min = free_mb_min

    def use(self, free_mb_min: int) -> None:
        """From the next look on this is the least."""
        self._free_mb_min = free_mb_min

    @property
    def warnings(self) -> tuple[str, ...]:
        """What somebody should be told, as sentences."""
        return (low_disk_sentence(self.room),) if self.room is not None and self.room.is_low else ()

    async def run(self) -> NoReturn:
        """Look for ever. In a thread: a file system that hangs must hold up nobody's call."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def look(self) -> None:
        """Look once, and say what has changed."""
        was_low = self.room is not None and self.room.is_low
        try:
            found = os.statvfs(self._folder)
        except OSError:
            self.room = None  # the journal says what is wrong with its folder
            return
        free, size = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
        self.room = room(free_bytes=free, size_bytes=size, free_mb_min=self._free_mb_min, was_low=was_low)
        if self.room.is_low and not was_low:
            log.warning("the disk is nearly full", because=low_disk_sentence(self.room), folder=str(self._folder))
        elif was_low and not self.room.is_low:
            log.info("the disk has room again", folder=str(self._folder), free_mb=free // MB)

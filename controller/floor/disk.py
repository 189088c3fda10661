"""How much room a disk has, and whether somebody should be told."""

from dataclasses import dataclass

MB = 1_000_000
ENOUGH_AGAIN = 1.1
"""A disk that was nearly full has enough again only with so many times the least: one that wavers is told of once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskRoom:
    """What a folder's file system has."""

    free_bytes: int
    """For us: without what is reserved for root."""
    size_bytes: int
    is_low: bool
    """Less is free than the site wants to be told of."""


def room(*, free_bytes: int, size_bytes: int, free_mb_min: int, was_low: bool) -> DiskRoom:
    """Judge it. `was_low`: how it was judged before; `free_mb_min` = 0: it is never low."""
    least = free_mb_min * MB * (ENOUGH_AGAIN if was_low else 1)
    return DiskRoom(free_bytes=free_bytes, size_bytes=size_bytes, is_low=free_bytes < least)


def low_disk_sentence(found: DiskRoom) -> str:
    """Say that the disk is nearly full, and what comes of it, to an administrator."""
    left = f"The journal's disk has {found.free_bytes // MB} MB left: make room."
    return f"{left} When it is full calls go on, but nothing of them is kept, and nobody can log in."

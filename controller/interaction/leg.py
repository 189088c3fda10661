"""What is true of a telephone leg whoever has it: where it came from, and where to ring."""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Who made a leg."""

    CAME = "came"
    """Somebody dialled us; once it is gone it can't be made again."""
    MADE = "made"
    """We ring it."""
    DIALLED = "dialled"
    """One of our agents dialled from their telephone; once it is gone it can't be made again, and its agent knows how to dial anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where to ring. What Asterisk is told to dial is made of it, and checked, at the adapter's edge and nowhere else."""

    address: str
    """A telephone of ours by its PJSIP endpoint; through a trunk, the number that is dialled there."""
    trunk: str = ""
    """The PJSIP endpoint of the trunk; empty: a telephone of ours."""
    caller_id: str = ""
    """Whom a call by a trunk says that it comes from: E.164, and a number that the trunk owns; empty: the trunk decides."""

"""Finds interactions in the record of steps: by a number, an agent, a queue, and the time. Each is told in a line; `stories` tells all of
one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from controller.dialling.one_number import canonical_number
from controller.directory.ids import Seconds
from controller.floor.story import StoryStep
from controller.interaction.party import Role
from controller.telemetry.sentences import printable
from controller.telemetry.step_file import DAY_SECONDS, steps_newest_file_first
from controller.telemetry.story_text import local

LOOKED_DAYS = 7

_NUMBER = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){2,}")
_NOT_OF_A_NUMBER = re.compile(r"[^+\d]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is empty is not asked."""

    number: str = ""
    """In any way of writing; the customer's, the one that they dialled, or one that an agent called."""
    agent: str = ""
    queue: str = ""
    since: Seconds | None = None
    """Interactions with a step after this moment."""


@dataclass(slots=True, kw_only=True)
class Found:
    """One interaction, as far as its steps are recorded."""

    interaction: str
    began_at: Seconds
    last_at: Seconds
    customer: str
    queue: str
    phase: str
    """Where it stands, or ended."""
    agents: dict[str, None] = field(default_factory=dict)
    """Whoever had a part in it, in the order in which they came."""
    numbers: set[str] = field(default_factory=set)
    """In E.164 where they are public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a search has found, and how far it has looked."""

    found: list[Found]
    """Latest first."""
    looked_from: Seconds | None
    """Nobody said since when, so what was before this moment was left out; None: nothing was."""
    begins_at: Seconds | None
    """The moment of the oldest step that is kept; None: it was not come to, or there is none."""


def find_interactions(folder: Path, wanted: Wanted, region: str, most: int) -> Searched:
    """Give the latest of those that are wanted. `region`: how numbers are read. Raises OSError.

    Where nobody says since when, the last days of the record are looked at: `LOOKED_DAYS`, up to its newest step.
    """
    known: dict[str, Found] = {}
    since, has_read_all = wanted.since, True
    for steps in steps_newest_file_first(folder):
        latest: Seconds | None = None
        for step in steps:
            latest = step.at if latest is None else max(latest, step.at)
            _take(known, step, region)
        if latest is not None and since is None:
            since = latest - LOOKED_DAYS * DAY_SECONDS
        if latest is not None and since is not None and latest < since:
            has_read_all = False
            break  # what is in older files is older still
    fits = [found for found in known.values() if _fits(found, replace(wanted, since=since), region)]
    is_left_out = wanted.since is None and since is not None and any(found.last_at < since for found in known.values())
    return Searched(
        found=sorted(fits, key=lambda found: (-found.last_at, found.interaction))[:most],
        looked_from=since if is_left_out else None,
        begins_at=min((found.began_at for found in known.values()), default=None) if has_read_all else None,
    )


def _take(known: dict[str, Found], step: StoryStep, region: str) -> None:
    found = known.get(step.interaction)
    if found is None:
        found = known[step.interaction] = Found(
            interaction=step.interaction, began_at=step.at, last_at=step.at, customer="", queue="", phase=step.after
        )
    if step.at >= found.last_at:
        found.last_at, found.phase = step.at, step.after
    found.began_at = min(found.began_at, step.at)
    found.queue = step.queue or found.queue
    for party in step.parties:
        if party.role is Role.CUSTOMER:
            found.customer = party.name
        elif party.agent is not None:
            found.agents[party.agent] = None
    found.numbers.update(_canonical(written, region) for written in _NUMBER.findall(step.input))


def _fits(found: Found, wanted: Wanted, region: str) -> bool:
    if wanted.agent and wanted.agent not in found.agents:
        return False
    if wanted.queue and found.queue != wanted.queue:
        return False
    if wanted.since is not None and found.last_at < wanted.since:
        return False
    return not wanted.number or _canonical(wanted.number, region) in found.numbers


def _canonical(written: str, region: str) -> str:
    return canonical_number(_NOT_OF_A_NUMBER.sub("", written), region)


def lines_of_found(found: list[Found]) -> Iterator[str]:
    """Write a line for each, in columns. Times are of this machine's time zone."""
    rows = [_columns(one) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(5)] if rows else []
    for one, row in zip(found, rows, strict=True):
        seconds = f"{one.last_at - one.began_at:8.1f} s"
        yield printable("  ".join([*(f"{text:<{width}}" for text, width in zip(row, widths, strict=False)), seconds, row[5]]))


def _columns(one: Found) -> tuple[str, ...]:
    began = f"{local(one.began_at):%Y-%m-%d %H:%M:%S}"
    return began, one.interaction, one.queue or "-", one.customer, ", ".join(one.agents) or "-", one.phase

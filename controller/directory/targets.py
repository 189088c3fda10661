"""Whom a consult, a transfer or a call is meant for: five kinds, as data. What each leads to is found out by the floor.

A number, and a colleague's, has been understood before (`controller.dialling`): what stands here is what may be dialled.
"""

from dataclasses import dataclass
from typing import Literal

from controller.directory.ids import AgentId, ColleagueId, EntryPointId, OrganisationId, QueueId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTarget:
    """One of our agents."""

    agent: AgentId
    kind: Literal["agent"] = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueTarget:
    """Whoever of a queue's agents has been available longest."""

    queue: QueueId
    kind: Literal["queue"] = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPointTarget:
    """The queue that an entry point leads to."""

    entry_point: EntryPointId
    kind: Literal["entry_point"] = "entry_point"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTarget:
    """A number outside."""

    dial: str
    """As the site's trunk wants it."""
    shown: str
    """For people: international where it is a public number."""
    name: str = ""
    """Whose it is, where the site knows."""
    is_emergency: bool = False
    """No limit stops it."""
    kind: Literal["number"] = "number"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColleagueTarget:
    """Somebody of an organisation who is no agent of ours."""

    colleague: ColleagueId
    name: str
    dial: str
    """As the trunk that leads to them wants it."""
    shown: str
    organisation: OrganisationId
    kind: Literal["organisation"] = "organisation"


Target = AgentTarget | QueueTarget | EntryPointTarget | NumberTarget | ColleagueTarget


def calls_for_help(target: Target) -> bool:
    """Say whether it is an emergency number: no right and no limit stops that call."""
    return isinstance(target, NumberTarget) and target.is_emergency


def is_limited(target: Target) -> bool:
    """Say whether it leads outside, and counts among the calls that a site limits."""
    return isinstance(target, NumberTarget | ColleagueTarget) and not calls_for_help(target)

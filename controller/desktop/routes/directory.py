"""Whom one can consult, the queues, and the reasons to choose from."""

import asyncio
from collections.abc import Iterable
from itertools import islice

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import Answer, answer
from controller.desktop.directory_entries import (
    ENTRIES_MAX,
    agents,
    colleague,
    entry_points,
    numbers,
    queues_to_consult,
    said_of,
)
from controller.desktop.problems import Problem
from controller.desktop.views import moment, queues_view
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.directory import Reason
from controller.directory.ids import AgentId

KINDS = ("agent", "queue", "entry_point", "number", "organisation")
QUERY_LETTERS_MAX = 100
LOOKED_AT_TOGETHER = 8
"""Numbers: each takes a third of a millisecond."""


async def look_up(request: web.Request) -> web.Response:
    """List whom the agent could consult, and say of each whether they can now."""
    wiring = request.app[WIRING]
    asker = wiring.session_of(request, unsafe=False).agent
    kind, wanted = request.query.get("kind", "agent"), request.query.get("q", "")
    if kind not in KINDS:
        raise Problem("bad-query", f"kind is one of {', '.join(KINDS)}.")
    if len(wanted) > QUERY_LETTERS_MAX:
        raise Problem("bad-query", f"q has at most {QUERY_LETTERS_MAX} letters.")
    if kind == "organisation":
        found = await _colleagues(wiring, asker, wanted, is_refreshed=request.query.get("refresh") == "true")
    else:
        found = _of_the_site(wiring, kind, asker, wanted)
    return Answer(body=found.model_dump_json(exclude_none=True)).response()


def _of_the_site(wiring: Wiring, kind: str, asker: AgentId, wanted: str) -> shapes.Directory:
    """What the site file names is always as it is now."""
    now = wiring.clock()
    match kind:
        case "agent":
            entries = agents(wiring.floor, asker, wanted, now)
        case "queue":
            entries = queues_to_consult(wiring.floor, asker, wanted, now)
        case "entry_point":
            entries = entry_points(wiring.floor, asker, wanted, now)
        case _:
            entries = numbers(wiring.floor, wiring.targets, asker, wanted, now)
    found = tuple(islice(entries, ENTRIES_MAX + 1))
    is_truncated = len(found) > ENTRIES_MAX
    return shapes.Directory(entries=found[:ENTRIES_MAX], as_of=moment(now), stale=False, truncated=is_truncated)


async def _colleagues(wiring: Wiring, asker: AgentId, wanted: str, *, is_refreshed: bool) -> shapes.Directory:
    if is_refreshed:
        await wiring.colleagues.refresh(wiring.limits.refresh_seconds_max)
    found = await wiring.colleagues.search(wanted, ENTRIES_MAX)
    states = [state for state in wiring.colleagues.states() if state.organisation.is_offered]
    entries = []
    for number, listed in enumerate(found.colleagues, start=1):
        entries.append(colleague(wiring.floor, wiring.targets, asker, listed, wiring.clock(), are_several=len(states) > 1))
        if number % LOOKED_AT_TOGETHER == 0:
            await asyncio.sleep(0)  # calls go first
    now = wiring.clock()
    said = [sentence for state in states for sentence in said_of(state, now)]
    as_of = min((state.fetched_at for state in states if state.fetched_at is not None), default=now)
    return shapes.Directory(
        entries=tuple(entries),
        as_of=moment(as_of),
        stale=any(state.is_stale(now) for state in states),
        because="\n".join(said) or None,
        truncated=found.is_truncated,
    )


async def queues(request: web.Request) -> web.Response:
    """Every queue as it is now."""
    wiring = request.app[WIRING]
    wiring.session_of(request, unsafe=False)
    return answer(shapes.Queues(queues=queues_view(wiring.floor, wiring.clock())))


async def wrap_up_reasons(request: web.Request) -> web.Response:
    """How an interaction may have ended."""
    wiring = request.app[WIRING]
    wiring.session_of(request, unsafe=False)
    return answer(_reasons(wiring.floor.directory.wrap_up_reasons.values()))


async def idle_reasons(request: web.Request) -> web.Response:
    """Why somebody may take no calls."""
    wiring = request.app[WIRING]
    wiring.session_of(request, unsafe=False)
    return answer(_reasons(wiring.floor.directory.idle_reasons.values()))


def _reasons(reasons: Iterable[Reason]) -> shapes.Reasons:
    return shapes.Reasons(reasons=tuple(shapes.Reason(id=reason.id, name=reason.name) for reason in reasons))

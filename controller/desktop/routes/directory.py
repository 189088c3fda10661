"""Whom one can consult, the queues, and the reasons to choose from."""

import unicodedata
from collections.abc import Iterable, Iterator

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.problems import Problem
from controller.desktop.views import moment, queues_view
from controller.desktop.wiring import WIRING
from controller.directory.directory import Reason
from controller.directory.ids import AgentId
from controller.floor.floor import Floor

KINDS = ("agent", "queue", "entry_point", "organisation")
QUERY_LETTERS_MAX = 100


async def look_up(request: web.Request) -> web.Response:
    """List whom the agent can consult. Only agents can be consulted in this version, so the other kinds are empty.

    `refresh` changes nothing: agents' presence is always live.
    """
    wiring = request.app[WIRING]
    asker = wiring.session_of(request, unsafe=False).agent
    kind, wanted = request.query.get("kind", "agent"), request.query.get("q", "")
    if kind not in KINDS:
        raise Problem("bad-query", f"kind is one of {', '.join(KINDS)}.")
    if len(wanted) > QUERY_LETTERS_MAX:
        raise Problem("bad-query", f"q has at most {QUERY_LETTERS_MAX} letters.")
    entries = tuple(_matching(_agents(wiring.floor, asker), wanted)) if kind == "agent" else ()
    return answer(shapes.Directory(entries=entries, as_of=moment(wiring.clock()), stale=False))


def _agents(floor: Floor, asker: AgentId) -> Iterator[shapes.DirectoryEntry]:
    for agent in floor.directory.agents.values():
        desk = floor.desks[agent.id]
        yield shapes.DirectoryEntry(
            kind="agent",
            id=agent.id,
            name=agent.name,
            detail=agent.team,
            number=agent.phone,
            presence=desk.state,
            available=desk.is_available and agent.id != asker,
        )


def _matching(entries: Iterable[shapes.DirectoryEntry], wanted: str) -> Iterator[shapes.DirectoryEntry]:
    """By any part of the name, the id, the detail or the number; `helene` finds Hélène."""
    folded = _folded(wanted.strip())
    for entry in entries:
        if any(folded in _folded(text) for text in (entry.name, entry.id, entry.detail, entry.number or "")):
            yield entry


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


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

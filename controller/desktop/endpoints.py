"""Everything the API has, in one table: the server serves it and the OpenAPI document is made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from controller.desktop import shapes
from controller.desktop.bodies import Body, PreviewBody, SessionBody, StateBody
from controller.desktop.routes import directory, interactions, me, numbers, session, watch
from controller.desktop.routes.events import AFTER, listen

PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One part of a query."""

    name: str
    says: str
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    """Empty: any text."""
    letters_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    respond: Callable[[web.Request], Awaitable[web.StreamResponse]]
    says: str
    takes: type[Body] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    problems: tuple[str, ...] = ()
    """Codes beyond those that every endpoint of its sort has."""
    query: tuple[Query, ...] = ()
    is_open: bool = False
    """Needs no session."""
    is_command: bool = False
    """Takes an Idempotency-Key."""
    empty_when: str = ""
    """When the answer is 204 and shows nothing; empty: never."""


Q_KIND = Query(name="kind", says="What to list; `agent` if it is not said", one_of=directory.KINDS)
Q_WORDS = Query(
    name="q",
    says="Words in any order, each any part of what is shown; a colleague's or an outside number only in full, in any written form",
    letters_max=directory.QUERY_LETTERS_MAX,
)
Q_REFRESH = Query(name="refresh", says="`true`: fetch colleagues anew; everything else is always live")
Q_AFTER = Query(name="after", says="The seq of the last frame that was read: resumes after it, or begins with a snapshot", pattern=AFTER)

ACTION = Endpoint(
    method="POST",
    path=PREFIX + "/interactions/{id}/{action}",
    respond=interactions.act,
    says="Do something about an interaction",
    gives=shapes.Interaction,
    problems=(
        "bad-header",
        "not-permitted",
        "unknown-interaction",
        "not-now",
        "stale",
        "target-unavailable",
        "bad-target",
        "sso-required",
        "asterisk-unavailable",
    ),
    is_command=True,
    empty_when="Done before with this Idempotency-Key, and the interaction is over or no more yours to see",
)
"""Stands for every action of `actions.ACTIONS`."""

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        method="POST",
        path=PREFIX + "/session",
        respond=session.log_on,
        says="Log on",
        takes=SessionBody,
        gives=shapes.SessionOpened,
        status=201,
        problems=("bad-credentials", "too-many-attempts", "too-many-sessions", "not-ready"),
        is_open=True,
    ),
    Endpoint(
        method="DELETE", path=PREFIX + "/session", respond=session.log_off, says="Log off", status=204, problems=("bad-origin", "not-kept")
    ),
    Endpoint(method="GET", path=PREFIX + "/me", respond=me.look, says="The agent who asks", gives=shapes.Me),
    Endpoint(
        method="PUT",
        path=PREFIX + "/me/state",
        respond=me.choose_state,
        says="Take calls, or take none; during a call it is noted for afterwards",
        takes=StateBody,
        gives=shapes.Me,
        problems=("bad-target", "bad-header"),
        is_command=True,
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/interactions",
        respond=interactions.look_at_all,
        says="The agent's interactions; a supervisor's are all",
        gives=shapes.Interactions,
    ),
    Endpoint(
        method="POST",
        path=PREFIX + "/interactions",
        respond=interactions.call_out,
        says="Call somebody; not served by this version yet",
        problems=("not-served", "bad-origin"),
    ),
    Endpoint(
        method="POST",
        path=PREFIX + "/number/preview",
        respond=numbers.preview,
        says="What a typed or pasted number would dial, and why it would be refused",
        takes=PreviewBody,
        gives=shapes.NumberPreview,
        problems=("bad-origin",),
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/interactions/{id}",
        respond=interactions.look_at_one,
        says="One interaction",
        gives=shapes.Interaction,
        problems=("unknown-interaction",),
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/interactions/{id}/story",
        respond=interactions.tell_story,
        says="The life of an interaction; not served by this version yet",
        problems=("unknown-interaction", "not-served"),
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/directory",
        respond=directory.look_up,
        says="Whom the agent can consult",
        gives=shapes.Directory,
        problems=("bad-query",),
        query=(Q_KIND, Q_WORDS, Q_REFRESH),
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/wrap-up-reasons",
        respond=directory.wrap_up_reasons,
        says="How it may have ended",
        gives=shapes.Reasons,
    ),
    Endpoint(
        method="GET", path=PREFIX + "/idle-reasons", respond=directory.idle_reasons, says="Why to take no calls", gives=shapes.Reasons
    ),
    Endpoint(method="GET", path=PREFIX + "/queues", respond=directory.queues, says="Every queue as it is now", gives=shapes.Queues),
    Endpoint(
        method="GET",
        path=PREFIX + "/events",
        respond=listen,
        says="A WebSocket of Frame messages; closed with 1001 (the controller stops), 4001 (the session ended) or 4008 (read too slowly)",
        status=101,
        problems=("bad-query", "bad-origin", "upgrade-required", "too-many-sockets"),
        query=(Q_AFTER,),
    ),
    Endpoint(method="GET", path=PREFIX + "/openapi.json", respond=watch.openapi, says="This document", is_open=True),
    Endpoint(method="GET", path="/healthz", respond=watch.healthz, says="Alive", gives=shapes.Health, is_open=True),
    Endpoint(
        method="GET",
        path="/readyz",
        respond=watch.readyz,
        says="Attached to Asterisk, and able to keep what is done",
        gives=shapes.Health,
        problems=("not-ready",),
        is_open=True,
    ),
    Endpoint(method="GET", path="/metrics", respond=watch.metrics, says="Prometheus text", is_open=True),
)

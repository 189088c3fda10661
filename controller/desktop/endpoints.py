"""Everything the API has, in one table: the server serves it and the OpenAPI document is made from it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from pydantic import BaseModel

from controller.desktop import shapes
from controller.desktop.bodies import Body, CallBody, NoBody, PasswordBody, PreviewBody, SessionBody, StateBody
from controller.desktop.routes import agents, directory, interactions, me, numbers, own_password, session, watch
from controller.desktop.routes.events import AFTER, listen
from controller.desktop.routes.sip import carry_sip
from controller.desktop.stories import SVG, ToldStory

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
    also_gives: tuple[str, ...] = ()
    """Media types of texts that it gives instead, where `Accept` asks for them."""
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
    again_when: str = ""
    """When the answer is 200, although it is another the first time; empty: never."""


Q_KIND = Query(name="kind", says="What to list; `agent` if it is not said", one_of=directory.KINDS)
Q_WORDS = Query(
    name="q",
    says="Words in any order, each any part of what is shown; a colleague's or an outside number only in full, in any written form",
    letters_max=directory.QUERY_LETTERS_MAX,
)
Q_REFRESH = Query(name="refresh", says="`true`: fetch colleagues anew; everything else is always live")
Q_AFTER = Query(name="after", says="The seq of the last frame that was read: resumes after it, or begins with a snapshot", pattern=AFTER)

Q_TAKE = Query(name="take", says="`true`: take the telephone over from the window that has it", one_of=("true", "false"))
OF_TARGETS = ("bad-target", "bad-number", "number-not-allowed", "sso-required", "target-unavailable", "too-many-outside-calls")

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
        *OF_TARGETS,
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
        problems=("bad-credentials", "no-telephone", "too-many-attempts", "too-many-sessions", "not-ready"),
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
        problems=("bad-target", "not-now", "bad-header"),
        is_command=True,
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/me/password",
        respond=own_password.rules,
        says="Whether the agent may choose another password, and what it must be like",
        gives=shapes.PasswordRules,
    ),
    Endpoint(
        method="PUT",
        path=PREFIX + "/me/password",
        respond=own_password.change,
        says="Choose another password; every other login of the agent is over. `reason` of `weak-password`: `too-short`, `about-you`, "
        "`too-common` or `same`",
        takes=PasswordBody,
        status=204,
        problems=("bad-origin", "not-permitted", "wrong-password", "weak-password", "too-many-attempts", "not-ready"),
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/me/telephone",
        respond=me.telephone,
        says="The agent's telephone; for the page that is it, with the password of this login",
        gives=shapes.Telephone,
        problems=("bad-query", "bad-origin", "asterisk-unavailable"),
        query=(Q_TAKE,),
    ),
    Endpoint(
        method="POST",
        path=PREFIX + "/me/telephone/reconnect",
        respond=me.reconnect,
        says="The page was loaded anew in the middle of a call: its telephone is rung anew, to answer by itself, and stands where it stood",
        takes=NoBody,
        gives=shapes.Me,
        problems=("not-now", "asterisk-unavailable", "bad-header"),
        is_command=True,
    ),
    Endpoint(
        method="GET",
        path=PREFIX + "/sip",
        respond=carry_sip,
        says="A WebSocket with the subprotocol sip (RFC 7118) to Asterisk, for the telephone of this login and no other; closed with 1001 "
        "(try again), 4001 (the session ended), 4009 (another window has the telephone) or 1008 (it registered another's telephone)",
        status=101,
        problems=("bad-origin", "upgrade-required", "too-many-sockets", "no-telephone", "telephone-elsewhere", "asterisk-unavailable"),
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
        says="Call somebody: the agent's own telephone is rung first",
        takes=CallBody,
        gives=shapes.Interaction,
        status=201,
        problems=("bad-header", "not-permitted", "not-now", *OF_TARGETS, "asterisk-unavailable"),
        is_command=True,
        again_when="Done before with this Idempotency-Key: the interaction as it is now",
        empty_when="Done before with this Idempotency-Key, and the call is over, or was begun before the controller was started",
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
        says="The life of an interaction, also when it is over: its steps, and who did what for how long; drawn where SVG is asked for",
        gives=ToldStory,
        also_gives=(SVG,),
        problems=("unknown-interaction", "not-ready"),
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
    Endpoint(
        method="GET",
        path=PREFIX + "/agents",
        respond=agents.look_at_all,
        says="Every agent as they are now; for supervisors",
        gives=shapes.Agents,
        problems=("not-permitted",),
    ),
    Endpoint(
        method="PUT",
        path=PREFIX + "/agents/{agent}/state",
        respond=agents.choose_state,
        says="Have an agent take calls, or take none; during a call it is noted for afterwards. For supervisors",
        takes=StateBody,
        gives=shapes.AgentPresence,
        problems=("not-permitted", "bad-target", "not-now", "bad-header"),
        is_command=True,
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
        gives=shapes.Readiness,
        problems=("not-ready",),
        is_open=True,
    ),
    Endpoint(method="GET", path="/metrics", respond=watch.metrics, says="Prometheus text", is_open=True),
)

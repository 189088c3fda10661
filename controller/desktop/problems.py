"""Every way in which the API says no, as RFC 9457 `application/problem+json`. The only place that turns errors into answers.

A secret, a password that was typed or a stack trace must never get into one.

Problem       an answer that is no success; `code` is one of KINDS, `detail` a sentence a person can act on
(Refused)     the floor's refusals (see `controller.interaction.refusals`) keep their code and sentence
(NotKept)     it was done and is not on disk: no success, since a crash would undo it, and no refusal
"""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web

from controller.floor.ports import NotKept
from controller.interaction.refusals import Refused

log = structlog.get_logger("desktop")

TYPE = "urn:ari-controller:problem:"

HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "ari-controller",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer: what an agent sees is nobody else's, no other page may show it, and it is never anything but what it says it is."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems with one code have in common."""

    status: int
    title: str


KINDS: Mapping[str, Kind] = {
    "bad-json": Kind(400, "The body is not JSON"),
    "bad-header": Kind(400, "A header can't be read"),
    "bad-request": Kind(400, "The request can't be read"),
    "bad-credentials": Kind(401, "Wrong agent or password"),
    "unauthenticated": Kind(401, "Nobody is logged in here"),
    "not-permitted": Kind(403, "Your role never does this"),
    "wrong-password": Kind(403, "Not your password"),
    "number-not-allowed": Kind(403, "This site does not call that number"),
    "sso-required": Kind(403, "Single sign-on is off"),
    "bad-origin": Kind(403, "The request comes from another page"),
    "not-found": Kind(404, "There is nothing here"),
    "unknown-interaction": Kind(404, "No such interaction"),
    "method-not-allowed": Kind(405, "Not with this method"),
    "too-slow": Kind(408, "The body took too long"),
    "not-now": Kind(409, "Not in this phase"),
    "stale": Kind(409, "The interaction has moved on"),
    "target-unavailable": Kind(409, "The target can't be reached now"),
    "no-telephone": Kind(409, "There is no telephone in the browser"),
    "telephone-elsewhere": Kind(409, "The telephone is in another window"),
    "too-many-outside-calls": Kind(409, "Too many calls to outside"),
    "not-served": Kind(409, "Not served by this version yet"),
    "too-large": Kind(413, "The body is too large"),
    "unsupported-media-type": Kind(415, "The body must be JSON"),
    "expectation-failed": Kind(417, "Nothing like that can be expected"),
    "wrong-host": Kind(421, "The request is for another name"),
    "bad-body": Kind(422, "The body is not what it should be"),
    "bad-query": Kind(422, "The query is not what it should be"),
    "bad-target": Kind(422, "No such target"),
    "bad-number": Kind(422, "No number that can be dialled"),
    "weak-password": Kind(422, "Too easy to guess"),
    "reused-key": Kind(422, "This Idempotency-Key was used for something else"),
    "upgrade-required": Kind(426, "This is a WebSocket"),
    "too-many-attempts": Kind(429, "Too many attempts to log in"),
    "too-many-requests": Kind(429, "Too many requests"),
    "too-many-sessions": Kind(429, "Too many people are logged in"),
    "too-many-sockets": Kind(429, "Too many open desktops"),
    "unexpected": Kind(500, "Our mistake"),
    "not-kept": Kind(507, "Done, but not on disk"),
    "asterisk-unavailable": Kind(503, "Asterisk can't be reached"),
    "not-ready": Kind(503, "Not ready"),
    "version-not-supported": Kind(505, "Not in this version of HTTP"),
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """One field of a body that is not what it should be."""

    field: str
    problem: str


class Problem(Exception):
    """An answer that is no success."""

    def __init__(
        self, code: str, detail: str, *, headers: Mapping[str, str] | None = None, errors: Sequence[Wrong] = (), reason: str | None = None
    ) -> None:
        """`reason`: why a number is not dialled, by the code that its preview has, or why a password is refused."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.kind = KINDS[code]
        self.headers = dict(headers or {})
        self.errors = tuple(errors)
        self.reason = reason

    def body(self) -> str:
        """The problem as JSON."""
        members: dict[str, object] = {
            "type": TYPE + self.code,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.reason is not None:
            members["reason"] = self.reason
        if self.errors:
            members["errors"] = [{"field": wrong.field, "problem": wrong.problem} for wrong in self.errors]
        return json.dumps(members)

    def response(self) -> web.Response:
        """The problem as an answer to a request."""
        headers = {**HEADERS, **self.headers, "Content-Type": "application/problem+json"}
        return web.Response(status=self.kind.status, body=self.body().encode(), headers=headers)


def refused(no: Refused) -> Problem:
    """What the floor would not do."""
    return Problem(no.code, no.because)


def not_kept(because: str) -> Problem:
    """What the floor has done, but has not on disk. No 503: programs send those again by themselves."""
    detail = f"It was done, but a crash of the controller would undo it. Don't repeat it; tell your administrator: {because}"
    return Problem("not-kept", detail)


def not_served(what: str) -> Problem:
    """Something the contract names and this version can't do."""
    return Problem("not-served", f"{what} is not served by this version yet.")


Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def problems(request: web.BaseRequest, answer: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]) -> web.StreamResponse:
    """Turn whatever goes wrong into a problem, once for all routes and for what comes before them."""
    try:
        return await answer(request)
    except Problem as problem:
        return problem.response()
    except Refused as no:
        return refused(no).response()
    except NotKept as lost:
        return not_kept(lost.because).response()
    except web.HTTPException as http:
        return _of_http(http, request).response()
    except (web.RequestPayloadError, ConnectionError):
        return Problem("bad-request", "The body broke off, or its encoding is wrong.").response()
    except Exception as mistake:  # noqa: BLE001 - the edge of the program: nothing behind it would answer the person who waits
        return of_mistake(mistake, request).response()


def _of_http(http: web.HTTPException, request: web.BaseRequest) -> Problem:
    match http:
        case web.HTTPNotFound():
            return Problem("not-found", f"There is no {request.path}; /api/v1/openapi.json says what there is.")
        case web.HTTPMethodNotAllowed():
            ways = ", ".join(sorted(http.allowed_methods))
            return Problem("method-not-allowed", f"{request.path} knows {ways}, not {request.method}.", headers={"Allow": ways})
        case web.HTTPRequestEntityTooLarge():
            return Problem("too-large", f"A body may have {request.client_max_size} bytes and no more.")
        case _ if http.status < 500:
            return Problem("bad-request", http.reason)
        case _:
            return of_mistake(http, request)


def of_mistake(mistake: BaseException | None, request: web.BaseRequest) -> Problem:
    """Tell the person a reference and nothing else; whoever reads the log finds the rest under it."""
    reference = secrets.token_hex(4)
    log.error("unexpected", reference=reference, method=request.method, path=request.path, exc_info=mistake)
    return Problem("unexpected", f"The controller made a mistake. Tell your administrator this reference: {reference}.")

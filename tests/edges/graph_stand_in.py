"""Stands in for Microsoft Entra and Graph, over HTTPS with a certificate of a test's own authority.

It is as strict as they are documented to be, does the troublesome things that they do, and writes down every request: a test can say what
was asked, and when, and what was not.
"""

import asyncio
import json
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography.x509 import load_pem_x509_certificate

from tests.authority import Authority

TENANT, CLIENT_ID, SECRET = "example.onmicrosoft.com", "11111111-2222-3333-4444-555555555555", "a~Secret.Value"
IDS_MAX, TOP_MAX = 650, 999
MEGABYTE = 1024 * 1024
# What Graph says of somebody where nothing is selected.
DEFAULTS = ("businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "surname", "userPrincipalName")

Trouble = Callable[[web.Request], Awaitable[web.StreamResponse]]


def user(number: int, name: str = "", **values: Any) -> dict[str, Any]:
    """Somebody of the tenant, with a business number."""
    return {
        "id": f"00000000-0000-0000-0000-{number:012}",
        "displayName": name or f"Person {number}",
        "givenName": None,
        "surname": None,
        "jobTitle": "Juriste",
        "department": "Direction technique",
        "businessPhones": [f"+33 1 99 00 {number // 100 % 100:02} {number % 100:02}"],
        "mobilePhone": "+33 6 99 00 00 00",
        "accountEnabled": True,
        **values,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    at: float
    """By the monotonic clock."""
    method: str
    path: str
    query: Mapping[str, str]
    status: int


@dataclass
class GraphStandIn:
    """What the tenant is like; a test changes it as it likes."""

    users: list[dict[str, Any]] = field(default_factory=list)
    page_size: int = TOP_MAX
    consents: set[str] = field(default_factory=lambda: {"User.Read.All", "Presence.Read.All"})
    secret: str = SECRET
    certificate: Path | None = None
    """With whose key an assertion must be signed, where one is given."""
    token_seconds: float = 3600.0
    uses_of_a_token: int = 1_000_000
    """After so many requests a token is good no more, whatever was said of it."""
    page_token_seconds: float = 300.0
    presences: dict[str, tuple[str, str]] = field(default_factory=dict)
    answer_seconds: float = 0.0
    troubles: dict[str, deque[Trouble]] = field(default_factory=dict)
    """By the path's last part: what the next requests meet instead of an answer."""
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    _tokens: dict[str, list[float]] = field(default_factory=dict)
    """When each ends, and how often it may still be used."""
    _pages: dict[str, tuple[int, float, str]] = field(default_factory=dict)

    def trouble(self, path: str, *troubles: Trouble) -> None:
        self.troubles.setdefault(path, deque()).extend(troubles)

    def of(self, path: str) -> list[Asked]:
        """The requests of one kind, in order."""
        return [asked for asked in self.asked if asked.path.endswith(path)]

    # --- The server ------------------------------------------------------------------------------------------------

    @web.middleware
    async def _written_down(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        at, status = time.monotonic(), 0
        try:
            await asyncio.sleep(self.answer_seconds)
            troubles = self.troubles.get(request.path.rsplit("/", 1)[-1])
            response = await (troubles.popleft() if troubles else handler)(request)
            status = response.status
            return response
        finally:
            self.asked.append(Asked(at, request.method, request.path, dict(request.query), status))

    def application(self) -> web.Application:
        application = web.Application(middlewares=[self._written_down], client_max_size=MEGABYTE)
        application.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._openid)
        application.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        application.router.add_get("/v1.0/users", self._users)
        application.router.add_post("/v1.0/communications/getPresencesByUserId", self._presence)
        return application

    async def _openid(self, request: web.Request) -> web.Response:
        tenant = f"{self.url}/{request.match_info['tenant']}"
        places = {"token_endpoint": f"{tenant}/oauth2/v2.0/token", "authorization_endpoint": f"{tenant}/oauth2/v2.0/authorize"}
        return web.json_response({**places, "issuer": f"{tenant}/v2.0"})

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        if request.match_info["tenant"] != TENANT:
            return _no_token(400, "AADSTS90002", "Tenant 'x' not found. Check to make sure you have the correct tenant ID.")
        if form.get("client_id") != CLIENT_ID:
            return _no_token(400, "AADSTS700016", "Application with identifier 'x' was not found in the directory.")
        if form.get("grant_type") != "client_credentials" or form.get("scope") != f"{self.url}/.default":
            return _no_token(400, "AADSTS1002012", "The provided value for scope is not valid.")
        if self.certificate is not None:
            if not self._is_signed(form.get("client_assertion", "")):
                return _no_token(
                    401, "AADSTS700027", "The certificate with identifier used to sign the client assertion is not registered."
                )
        elif form.get("client_secret") != self.secret:
            said = f"Invalid client secret provided ({form.get('client_secret')}). Ensure the secret being sent is the client secret value."
            return _no_token(401, "AADSTS7000215", said)
        token = f"token-{len(self._tokens)}"
        self._tokens[token] = [time.monotonic() + self.token_seconds, self.uses_of_a_token]
        expires = {"expires_in": int(self.token_seconds), "ext_expires_in": int(self.token_seconds)}
        return web.json_response({"token_type": "Bearer", "access_token": token, **expires})

    def _is_signed(self, assertion: str) -> bool:
        assert self.certificate is not None
        key = load_pem_x509_certificate(self.certificate.read_bytes()).public_key()
        where = f"{self.url}/{TENANT}/oauth2/v2.0/token"
        try:
            jwt.decode(assertion, key, algorithms=["PS256", "RS256", "ES256"], audience=where)  # type: ignore[arg-type]
        except jwt.InvalidTokenError:
            return False
        return True

    def _refuses(self, request: web.Request, permission: str) -> web.Response | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = self._tokens.get(token)
        if scheme != "Bearer" or known is None or known[0] < time.monotonic() or known[1] <= 0:
            refused = _error(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
            refused.headers["WWW-Authenticate"] = 'Bearer realm="", error="invalid_token"'
            return refused
        known[1] -= 1
        if permission not in self.consents:
            return _error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
        return None

    async def _users(self, request: web.Request) -> web.Response:
        refused = self._refuses(request, "User.Read.All")
        if refused is not None:
            return refused
        query = request.query
        if "$skip" in query:
            return _error(400, "Request_BadRequest", "'$skip' is not supported by the service.")
        if "$search" in query or "mobilePhone" in query.get("$filter", ""):
            return _error(400, "Request_UnsupportedQuery", "Request with $search requires the header ConsistencyLevel: eventual.")
        if int(query.get("$top", "100")) > TOP_MAX:
            return _error(400, "Request_BadRequest", f"Invalid page size specified. Must be between 1 and {TOP_MAX} inclusive.")
        first, query_text = 0, request.query_string
        if "$skiptoken" in query:
            first, ends_at, query_text = self._pages.get(query["$skiptoken"], (0, 0.0, ""))
            if ends_at < time.monotonic():
                return _error(400, "Directory_ExpiredPageToken", "The specified page token value has expired and can not be included.")
        wanted = [each for each in self.users if each["accountEnabled"] or "accountEnabled eq true" not in query.get("$filter", "")]
        size = min(self.page_size, int(query.get("$top", "100")))
        page = wanted[first : first + size]
        body: dict[str, Any] = {"@odata.context": f"{self.url}/v1.0/$metadata#users", "value": [_selected(each, query) for each in page]}
        if first + size < len(wanted):
            mark = f"RFNwdAIAAQAAAB-{len(self._pages)}"
            self._pages[mark] = (first + size, time.monotonic() + self.page_token_seconds, query_text)
            rest = "&".join(f"{key}={value}" for key, value in query.items() if key != "$skiptoken").replace(" ", "%20")
            body["@odata.nextLink"] = f"{self.url}/v1.0/users?{rest}&$skiptoken={mark}"
        return web.json_response(body)

    async def _presence(self, request: web.Request) -> web.Response:
        refused = self._refuses(request, "Presence.Read.All")
        if refused is not None:
            return refused
        ids = (await request.json()).get("ids")
        if not isinstance(ids, list) or not 0 < len(ids) <= IDS_MAX:
            return _error(400, "InvalidRequest", f"The number of ids must be between 1 and {IDS_MAX}.")
        # In another order than they were asked for; whoever has no Teams is missing.
        found = [
            {"id": id_, "availability": self.presences[id_][0], "activity": self.presences[id_][1]} for id_ in ids if id_ in self.presences
        ]
        return web.json_response({"@odata.context": "x", "value": found[::-1]})


def _selected(each: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    selected = query["$select"].split(",") if "$select" in query else DEFAULTS
    return {key: each.get(key) for key in selected}


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message, "innerError": {"request-id": "x"}}}, status=status)


def _no_token(status: int, code: str, message: str) -> web.Response:
    said = f"{code}: {message} Trace ID: 0 Correlation ID: 0 Timestamp: 2026-11-26 00:00:00Z"
    return web.json_response({"error": "invalid_client", "error_description": said, "error_codes": [int(code[6:])]}, status=status)


# --- Troubles ----------------------------------------------------------------------------------------------------------


def refuses(status: int, **headers: str) -> Trouble:
    async def answer(request: web.Request) -> web.Response:
        refused = _error(status, "TooManyRequests" if status == 429 else "serviceNotAvailable", "Too many requests.")
        refused.headers.update({key.replace("_", "-"): value for key, value in headers.items()})
        return refused

    return answer


async def cut_in_the_middle(request: web.Request) -> web.StreamResponse:
    """Promise a thousand bytes, and go after a few."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"value": [')
    assert request.transport is not None
    request.transport.abort()
    return response


async def thirty_megabytes(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        for _ in range(30):
            await response.write(b" " * MEGABYTE)
    except ConnectionError:
        pass  # who asked has had enough
    return response


async def trickle(request: web.Request) -> web.StreamResponse:
    """Say a little every now and then, for ever: no time limit for one read ever passes."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)
    except ConnectionError:
        return response


async def never(request: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError("it waits for ever")


def says(body: Any, status: int = 200, **headers: str) -> Trouble:
    async def answer(request: web.Request) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json", headers=headers)

    return answer


@asynccontextmanager
async def graph_stand_in(folder: Path, authority: Authority | None = None) -> AsyncIterator[GraphStandIn]:
    """Serve one on a free port of loopback; `authority.crt` in the folder is who signed its certificate."""
    certificate, key = (authority or Authority(folder)).sign("graph")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    graph = GraphStandIn()
    runner = web.AppRunner(graph.application(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        graph.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        yield graph
    finally:
        await runner.cleanup()

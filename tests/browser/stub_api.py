"""A controller for one browser that says what a scene says: the page, its API and its events, and what the page asked."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from tests.browser.scenes import Scene, scenes, story
from tests.browser.stub_sip import StubSip

Json = Any
API = "/api/v1"
DIST = Path(__file__).resolve().parents[2] / "controller" / "desktop" / "page" / "dist"
COOKIE = "stub"
PATIENCE_SECONDS = 20.0
"""How long a page may take to do what it is waited for: more than any machine needs, however busy."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
REASONS = {
    "fr": [("resolved", "Résolu"), ("follow-up", "À rappeler"), ("wrong-number", "Faux numéro"), ("invoice", "Facture expliquée"),
           ("refund", "Remboursement demandé"), ("fault", "Panne transmise au réseau"), ("complaint", "Réclamation")],
    "en": [("resolved", "Resolved"), ("follow-up", "Follow-up"), ("wrong-number", "Wrong number"), ("invoice", "Invoice explained"),
           ("refund", "Refund requested"), ("fault", "Fault passed to network"), ("complaint", "Complaint")],
}  # fmt: skip
IDLE = {
    "fr": [("lunch", "Déjeuner"), ("break", "Pause"), ("training", "Formation"), ("meeting", "Réunion d’équipe")],
    "en": [("lunch", "Lunch"), ("break", "Break"), ("training", "Training"), ("meeting", "Team meeting")],
}


@dataclass
class StubApi:
    """One controller. A test changes `scene`, sends frames, breaks connections, and reads `asked`."""

    scene: Scene
    language: str
    asked: list[tuple[str, str, Json]] = field(default_factory=list)
    """What the page did, as (method, path, body); reading is left out."""
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    """What is answered to a path instead."""
    is_away: bool = False
    """Nothing is answered: the connection is closed."""
    may_answer: asyncio.Event | None = None
    """No action is answered before this is set."""
    story: bool = True
    may_choose_password: bool = True
    """The site lets agents choose their own."""
    sip: StubSip = field(default_factory=StubSip)
    url: str = ""
    seq: int = 1
    after: list[str | None] = field(default_factory=list)
    """With which `after` each WebSocket came."""
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _runner: web.AppRunner | None = None
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/wallboard", self._page)
        app.router.add_get("/assets/{name}", self._asset)
        app.router.add_post(f"{API}/session", self._log_in)
        app.router.add_get(f"{API}/events", self._events)
        app.router.add_get(f"{API}/sip", self.sip.serve)
        app.router.add_route("*", API + "/{path:.*}", self._api)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        await self.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.is_away and request.path.startswith(API):
            assert request.transport is not None
            request.transport.close()
            raise web.HTTPServiceUnavailable
        return await handler(request)  # type: ignore[no-any-return]

    async def _page(self, request: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "Permissions-Policy": "microphone=(self)"}
        return web.Response(body=(DIST / "index.html").read_bytes(), content_type="text/html", charset="utf-8", headers=headers)

    async def _asset(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(DIST / "assets" / Path(request.match_info["name"]).name)

    async def _log_in(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(("POST", "/session", body))
        self._came.set()
        if (said := self.answers.get("/session")) is not None:
            return _problem(*said)
        answer = web.json_response({"token": "t", "agent": body["agent"], "expires_at": self.scene.me.get("state_since")}, status=201)
        answer.set_cookie(COOKIE, "in", path=API)
        return answer

    def _is_in(self, request: web.Request) -> bool:
        return self.scene.log_in or request.cookies.get(COOKIE) == "in"

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body = await request.json() if request.can_read_body else None
        if request.method != "GET" and path != "/number/preview":
            self.asked.append((request.method, path, body))
            self._came.set()
            if self.may_answer is not None:
                await self.may_answer.wait()
        if (said := self.answers.get(path)) is not None:
            return _problem(*said) if said[0] >= 400 else web.json_response(said[1], status=said[0])
        if not self._is_in(request):
            return _problem(401, {"code": "unauthenticated", "detail": "Log on first."})
        found = self._find(request, path, body)
        if found is None:
            return _problem(404, {"code": "unknown", "detail": "There is no such thing."})
        return found

    def _find(self, request: web.Request, path: str, body: Json) -> web.StreamResponse | None:
        scene = self.scene
        match (request.method, path.split("/")[1:]):
            case ("GET", ["me"]) | ("PUT", ["me", "state"]):
                return web.json_response(scene.me)
            case ("GET", ["me", "password"]):
                return web.json_response({"may_change": self.may_choose_password, "letters_min": 10})
            case ("PUT", ["me", "password"]):
                return web.Response(status=204)
            case ("POST", ["me", "telephone", "reconnect"]):
                return web.json_response(scene.telephone)
            case ("GET", ["me", "telephone"]) if scene.telephone is not None:
                return web.json_response(scene.telephone)
            case ("DELETE", ["session"]):
                answer = web.Response(status=204)
                answer.del_cookie(COOKIE, path=API)
                return answer
            case ("GET", ["wrap-up-reasons"]):
                return web.json_response({"reasons": [{"id": reason, "name": name} for reason, name in REASONS[self.language]]})
            case ("GET", ["idle-reasons"]):
                return web.json_response({"reasons": [{"id": reason, "name": name} for reason, name in IDLE[self.language]]})
            case ("GET", ["directory"]):
                return web.json_response(self._directory(request.query.get("kind", ""), request.query.get("q", "")))
            case ("POST", ["number", "preview"]) if scene.preview is not None:
                return web.json_response(scene.preview(body["typed"]))
            case ("PUT", ["agents", _, "state"]):
                return web.Response(status=204)
            case ("GET", ["interactions", wanted, "story"]) if self.story:
                return web.json_response(story(next(each for each in scene.interactions if each["id"] == wanted)))
            case ("POST", ["interactions"]):
                return web.json_response(scenes(self.language)["dialling"].interactions[0], status=201)
            case ("POST", ["interactions", wanted, _]):
                return web.json_response(next(each for each in scene.interactions if each["id"] == wanted))
        return None

    def _directory(self, kind: str, words: str) -> Json:
        entries = [entry for entry in self.scene.directory.get(kind, []) if words.lower() in f"{entry['name']} {entry['detail']}".lower()]
        now = datetime.now(UTC).isoformat()
        return {"entries": entries[:50], "as_of": now, "stale": False, "truncated": len(entries) >= 50}

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if not self._is_in(request):
            return _problem(401, {"code": "unauthenticated", "detail": "Log on first."})
        after = request.query.get("after")
        self.after.append(after)
        self._came.set()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        if after is None or int(after) != self.seq:
            await socket.send_str(json.dumps(self._snapshot()))
            if self.scene.offer is not None:
                self.seq += 1
                await socket.send_str(json.dumps({"type": "offer", "seq": self.seq, "offer": self.scene.offer}))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket

    def _snapshot(self) -> Json:
        scene = self.scene
        return {
            "type": "snapshot",
            "seq": self.seq,
            "me": scene.me,
            "interactions": list(scene.interactions),
            "queues": list(scene.queues),
            "agents": scene.agents,
        }

    async def say(self, kind: str, value: Json, *, skips: int = 0) -> None:
        """Send a frame to every page; `skips`: so many numbers were lost on the way."""
        self.seq += 1 + skips
        for socket in self._sockets:
            await socket.send_str(json.dumps({"type": kind, "seq": self.seq, kind: value}))

    async def came_with(self, after: list[str | None]) -> None:
        """Wait until the WebSockets came with these numbers."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.after != after:
                self._came.clear()
                await self._came.wait()

    async def cut(self, code: int = 1001) -> None:
        """Close every WebSocket."""
        sockets, self._sockets = self._sockets, []
        for socket in sockets:
            await socket.close(code=code)

    async def receives(self, method: str, path: str, bodies: list[Json]) -> None:
        """Wait until exactly these were sent there: a page is done with a dialog before its request arrives."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while self.did(method, path) != bodies:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            assert self.did(method, path) == bodies

    def did(self, method: str, path: str) -> list[Json]:
        """The bodies that were sent there."""
        return [body for each, at, body in self.asked if (each, at) == (method, path)]


def _problem(status: int, said: Json) -> web.Response:
    body = {"type": "about:blank", "title": "No", "status": status, **said}
    return web.json_response(body, status=status, content_type="application/problem+json")

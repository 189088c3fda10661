"""What goes over HTTP: an agent's desk at the controller's API, and the questions to Asterisk's ARI.

Blocking HTTP in threads, so that nothing but the standard library is needed. It must never give Asterisk a command: it only asks.
"""

import asyncio
import base64
import contextlib
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

Json = dict[str, Any]

HTTP_SECONDS_MAX: Final = 10.0
ARI_LOGIN: Final = "controller:controller"


class NobodyAnswers(Exception):
    """There is no HTTP server, or it broke off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: Any

    def __str__(self) -> str:
        code = self.body.get("code", "") if isinstance(self.body, dict) else ""
        return f"{self.status} {code}".strip()


async def ask(port: int, method: str, path: str, *, body: Json | None = None, headers: Mapping[str, str] | None = None) -> Answer:
    """One request to a server on this machine. Raises NobodyAnswers."""
    return await asyncio.to_thread(_ask, port, method, path, body, dict(headers or {}))


def _ask(port: int, method: str, path: str, body: Json | None, headers: dict[str, str]) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=HTTP_SECONDS_MAX)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json", **headers} if content else headers)
        response = connection.getresponse()
        text = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise NobodyAnswers(f"nobody answers at http://127.0.0.1:{port}: {error}") from error
    finally:
        connection.close()
    try:
        return Answer(response.status, json.loads(text) if text else {})
    except ValueError:
        return Answer(response.status, text.decode(errors="replace"))


@dataclass(slots=True)
class Desk:
    """One agent at the Agent Desktop."""

    agent: str
    port: int
    _headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, body: Json | None = None) -> Answer:
        """Ask the API for anything."""
        return await ask(self.port, method, f"/api/v1{path}", body=body, headers=self._headers)

    async def log_on(self) -> Answer:
        """Log on with the demo's password, which is the agent's name."""
        answer = await self.call("POST", "/session", {"agent": self.agent, "password": self.agent})
        if answer.status == 201:
            self._headers = {"Authorization": f"Bearer {answer.body['token']}"}
        return answer

    async def log_off(self) -> None:
        """End this session; without one, nothing happens."""
        if self._headers:
            with contextlib.suppress(NobodyAnswers):  # a controller that is away has no sessions
                await self.call("DELETE", "/session")
            self._headers = {}

    async def choose(self, state: str) -> Answer:
        """Become `available` or `idle`."""
        return await self.call("PUT", "/me/state", {"state": state})

    async def me(self) -> Json:
        """Who they are and what they do: `state`, `interaction`, `wrap_ups`."""
        answer = await self.call("GET", "/me")
        if answer.status != 200:
            raise NobodyAnswers(f"GET /me of {self.agent}: {answer}")
        me: Json = answer.body
        return me

    async def press(self, action: str, interaction: str, body: Json | None = None) -> Answer:
        """Give a command on an interaction."""
        return await self.call("POST", f"/interactions/{interaction}/{action}", body or {})


@dataclass(frozen=True, slots=True)
class Switch:
    """Asterisk, which is only asked."""

    port: int

    async def ask(self, path: str) -> Answer:
        """One question to ARI."""
        login = base64.b64encode(ARI_LOGIN.encode()).decode()
        return await ask(self.port, "GET", f"/ari{path}", headers={"Authorization": f"Basic {login}"})

    async def is_registered(self, telephone: str) -> bool:
        """Whether a telephone of that name is there already."""
        answer = await self.ask(f"/endpoints/PJSIP/{telephone}")
        return answer.status == 200 and answer.body["state"] == "online"

    async def channels(self) -> list[str]:
        """The name of every channel."""
        return [channel["name"] for channel in (await self.ask("/channels")).body]

    async def bridges(self) -> list[str]:
        """The id of every bridge."""
        return [bridge["id"] for bridge in (await self.ask("/bridges")).body]

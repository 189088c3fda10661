"""An agent at the Agent Desktop: the real HTTP API, in the agent's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API said."""

    status: int
    body: Json

    @property
    def code(self) -> str:
        return str(self.body.get("code", ""))


class AgentDesk:
    """One agent, logged in."""

    def __init__(self, http: aiohttp.ClientSession, url: str, agent: str) -> None:
        self.agent = agent
        self._http = http
        self._url = f"{url}/api/v1"
        self._headers: dict[str, str] = {}

    async def log_in(self, password: str | None = None) -> None:
        """`password`: None: it is the agent's id, as in the demo."""
        answer = await self.call("POST", "/session", {"agent": self.agent, "password": password or self.agent})
        assert answer.status == 201, answer
        self._headers = {"Authorization": f"Bearer {answer.body['token']}"}

    async def log_out(self) -> None:
        answer = await self.call("DELETE", "/session")
        assert answer.status == 204, answer
        self._headers = {}

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    async def call(self, method: str, path: str, body: Json | None = None, **headers: str) -> Answer:
        """Ask the API for anything."""
        async with self._http.request(
            method, self._url + path, json=body, headers={**self._headers, **headers}, timeout=aiohttp.ClientTimeout(total=10)
        ) as response:
            text = await response.text()
            return Answer(status=response.status, body=await response.json(content_type=None) if text else {})

    async def available(self) -> None:
        answer = await self.call("PUT", "/me/state", {"state": "available"})
        assert answer.status == 200, answer

    async def idle(self) -> None:
        answer = await self.call("PUT", "/me/state", {"state": "idle"})
        assert answer.status == 200, answer

    async def me(self) -> Json:
        return (await self.call("GET", "/me")).body

    async def interactions(self) -> list[Json]:
        answer = await self.call("GET", "/interactions")
        assert answer.status == 200, answer
        return list(answer.body["interactions"])

    async def interaction(self, of: str) -> Json:
        answer = await self.call("GET", f"/interactions/{of}")
        assert answer.status == 200, answer
        return answer.body

    async def may(self, of: str) -> set[str]:
        """What the API says that this agent could do now."""
        return set((await self.interaction(of))["allowed"])

    async def does(self, action: str, of: str, **body: object) -> Json:
        """Give a command that must be accepted."""
        answer = await self.call("POST", f"/interactions/{of}/{action}", dict(body))
        assert answer.status == 200, f"{self.agent} {action}: {answer}"
        return answer.body

    async def is_refused(self, action: str, of: str, **body: object) -> str:
        """Give a command that must be refused; gives the code of the refusal."""
        before = await self.interaction(of)
        answer = await self.call("POST", f"/interactions/{of}/{action}", dict(body))
        assert answer.status in (403, 409, 422), f"{self.agent} {action}: {answer}"
        assert (await self.interaction(of))["revision"] == before["revision"], "a refused command changes nothing"
        return answer.code

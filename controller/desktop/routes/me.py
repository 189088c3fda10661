"""The agent who asks, and whether they take calls."""

from aiohttp import web

from controller.desktop.answers import answer
from controller.desktop.bodies import StateBody, idempotency_key, parse
from controller.desktop.problems import Problem
from controller.desktop.views import me_view
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, CommandKey
from controller.routing.commands import GoAvailable, GoIdle


async def look(request: web.Request) -> web.Response:
    """Say who they are and what they do."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=False)
    return answer(me_view(wiring.floor, session.agent))


async def choose_state(request: web.Request) -> web.Response:
    """Take calls, or take none; during a call it is noted for afterwards."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=True).agent
    raw = await wiring.read_body(request)
    key = idempotency_key(request, raw)
    if not await wiring.has_done(agent, key):
        await _choose(wiring, agent, raw, key)
    return answer(me_view(wiring.floor, agent))


async def _choose(wiring: Wiring, agent: AgentId, raw: bytes, key: CommandKey | None) -> None:
    body = parse(StateBody, raw)
    if body.reason and body.state == "available":
        raise Problem("bad-body", "reason: only somebody who goes idle gives one.")
    is_available = body.state == "available"
    command = GoAvailable(agent=agent, key=key) if is_available else GoIdle(agent=agent, key=key, reason=body.reason)
    await wiring.inbox.ask(command)

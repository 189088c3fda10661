"""The agent who asks, and whether they take calls."""

from aiohttp import web

from controller.desktop.answers import Answer, answer
from controller.desktop.bodies import StateBody, idempotency_key, parse
from controller.desktop.problems import Problem
from controller.desktop.views import me_view
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle


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

    async def act() -> Answer:
        return await _choose(wiring, agent, raw)

    chosen = await wiring.replays.once(agent, idempotency_key(request), (request.path, raw), wiring.clock(), act)
    return chosen.response()


async def _choose(wiring: Wiring, agent: AgentId, raw: bytes) -> Answer:
    body = parse(StateBody, raw)
    if body.reason and body.state == "available":
        raise Problem("bad-body", "reason: only somebody who goes idle gives one.")
    command: DeskCommand = GoAvailable(agent=agent) if body.state == "available" else GoIdle(agent=agent, reason=body.reason)
    await wiring.inbox.ask(command)
    return Answer(body=me_view(wiring.floor, agent).model_dump_json())

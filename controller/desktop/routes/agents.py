"""All agents, for supervisors: what each is and since when, and changing it for them."""

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.bodies import StateBody, idempotency_key, parse
from controller.desktop.problems import Problem
from controller.desktop.routes.me import state_command
from controller.desktop.views import agent_view, agents_view
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, CommandKey


async def look_at_all(request: web.Request) -> web.Response:
    """Everybody, and since when they are what they are."""
    wiring = request.app[WIRING]
    _must_supervise(wiring, wiring.session_of(request, unsafe=False).agent)
    return answer(shapes.Agents(agents=agents_view(wiring.floor)))


async def choose_state(request: web.Request) -> web.Response:
    """Have an agent take calls, or take none; during a call it is noted for afterwards, as if they had said so themselves."""
    wiring = request.app[WIRING]
    supervisor = wiring.session_of(request, unsafe=True).agent
    _must_supervise(wiring, supervisor)
    agent = AgentId(request.match_info["agent"])
    if agent not in wiring.floor.directory.agents:
        raise Problem("bad-target", f"There is no agent {agent!r}.")
    raw = await wiring.read_body(request)
    key = _key_of(supervisor, idempotency_key(request, raw))
    if not await wiring.has_done(agent, key):
        await wiring.inbox.ask(state_command(parse(StateBody, raw), agent, key))
    return answer(agent_view(wiring.floor, agent))


def _key_of(supervisor: AgentId, key: CommandKey | None) -> CommandKey | None:
    """The agent's own keys and each supervisor's are never mistaken for one another."""
    return CommandKey(f"{supervisor}:{key}") if key is not None else None


def _must_supervise(wiring: Wiring, agent: AgentId) -> None:
    if not wiring.floor.supervises(agent):
        raise Problem("not-permitted", "Only a supervisor sees all agents, and changes what they are.")

"""The agent who asks, and whether they take calls."""

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.authentication import must_not_come_from_another_page, token_of
from controller.desktop.bodies import NoBody, StateBody, idempotency_key, parse
from controller.desktop.problems import Problem
from controller.desktop.views import me_view, moment
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, CommandKey
from controller.routing.commands import DeskCommand, GoAvailable, GoIdle, ReconnectTelephone

SIP_PATH = "/api/v1/sip"


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
    await wiring.inbox.ask(state_command(parse(StateBody, raw), agent, key))


def state_command(body: StateBody, agent: AgentId, key: CommandKey | None) -> DeskCommand:
    """What an agent, or a supervisor for them, wants them to be. Raises a Problem."""
    if body.reason and body.state == "available":
        raise Problem("bad-body", "reason: only somebody who goes idle gives one.")
    return GoAvailable(agent=agent, key=key) if body.state == "available" else GoIdle(agent=agent, key=key, reason=body.reason)


async def telephone(request: web.Request) -> web.Response:
    """Say which telephone rings for the agent, and give this login what its page needs to be it."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=False)
    must_not_come_from_another_page(request)
    takes_over = _takes_over(request)
    agent = wiring.floor.directory.agents[session.agent]
    is_elsewhere = wiring.sip_logins.is_elsewhere(session)
    password = None
    if agent.browser and (takes_over or not is_elsewhere):
        token = token_of(request, wiring.cookie)
        assert token is not None, "a session was found by its token"
        password, is_elsewhere = await wiring.sip_logins.take(session, agent.browser, token), False
    is_given = password is not None
    telephones = wiring.floor.desks[session.agent].telephones
    told = shapes.Telephone(
        kind=telephones.rings,
        registered=telephones.is_there,
        elsewhere=is_elsewhere,
        user=agent.browser if is_given else None,
        password=password,
        websocket=SIP_PATH if is_given else None,
        desk=agent.phone,
        expires_at=moment(session.expires_at) if is_given else None,
    )
    return answer(told)


async def reconnect(request: web.Request) -> web.Response:
    """The page was loaded anew in the middle of a call: ring it anew, and put it back into its room."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=True).agent
    raw = await wiring.read_body(request)
    parse(NoBody, raw)
    key = idempotency_key(request, raw)
    if not await wiring.has_done(agent, key):
        await wiring.inbox.ask(ReconnectTelephone(agent=agent, key=key))
    return answer(me_view(wiring.floor, agent))


def _takes_over(request: web.Request) -> bool:
    said = request.query.get("take", "false")
    if said not in ("true", "false"):
        raise Problem("bad-query", "take is true or false.")
    return said == "true"

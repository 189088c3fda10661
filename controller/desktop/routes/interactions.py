"""Looking at interactions, and doing something about them."""

from aiohttp import web

from controller.desktop.actions import ACTIONS, Asked, Doing
from controller.desktop.answers import Answer
from controller.desktop.bodies import idempotency_key, if_match, parse
from controller.desktop.problems import Problem, not_served
from controller.desktop.views import seen_by, sees
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, InteractionId
from controller.floor.outcome import Outcome
from controller.interaction.interaction import Interaction


async def look_at_all(request: web.Request) -> web.Response:
    """Every interaction that is the agent's to see."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=False).agent
    looks = ",".join(wiring.pictures.json_of(wiring.floor, interaction, agent) for interaction in seen_by(wiring.floor, agent))
    return Answer(body=f'{{"interactions":[{looks}]}}').response()


async def look_at_one(request: web.Request) -> web.Response:
    """One interaction."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=False).agent
    interaction = _theirs(wiring, InteractionId(request.match_info["id"]), agent)
    return _look(wiring, interaction, agent).response()


async def act(request: web.Request) -> web.Response:
    """Ask for an action; once, however often it is sent with the same key."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=True).agent
    name = request.match_info["action"]
    doing = ACTIONS.get(name)
    if doing is None:
        raise Problem("not-found", f"There is no action {name!r}; there are: {', '.join(ACTIONS)}.")
    raw = await wiring.read_body(request)
    asked = Asked(agent=agent, interaction=InteractionId(request.match_info["id"]), revision=if_match(request))

    async def once() -> Answer:
        return await _act(wiring, doing, raw, asked)

    done = await wiring.replays.once(agent, idempotency_key(request), (request.path, raw), wiring.clock(), once)
    return done.response()


async def _act(wiring: Wiring, doing: Doing, raw: bytes, asked: Asked) -> Answer:
    interaction = _theirs(wiring, asked.interaction, asked.agent)
    command = doing.command(parse(doing.takes, raw), asked, wiring.floor.directory)
    outcome = await wiring.inbox.ask(command)
    return _look(wiring, _after(outcome, wiring, interaction), asked.agent)


def _after(outcome: Outcome, wiring: Wiring, before: Interaction) -> Interaction:
    """The interaction as it was when the command was accepted, even if others have changed it since."""
    for change in reversed(outcome.changes):
        if change.after.id == before.id:
            return change.after
    return wiring.floor.interactions.get(before.id, before)


def _theirs(wiring: Wiring, wanted: InteractionId, agent: AgentId) -> Interaction:
    interaction = wiring.floor.interactions.get(wanted)
    if interaction is None or not sees(wiring.floor.directory, interaction, agent):
        raise Problem("unknown-interaction", "There is no such interaction, or it is not yours to see.")
    return interaction


def _look(wiring: Wiring, interaction: Interaction, agent: AgentId) -> Answer:
    return Answer(body=wiring.pictures.json_of(wiring.floor, interaction, agent), revision=interaction.revision)


async def call_out(request: web.Request) -> web.Response:
    """Outbound calls have their place in the contract and no code yet."""
    request.app[WIRING].session_of(request, unsafe=True)
    raise not_served("An outbound call")


async def tell_story(request: web.Request) -> web.Response:
    """So has the story over HTTP."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=False).agent
    _theirs(wiring, InteractionId(request.match_info["id"]), agent)
    raise not_served("The story of an interaction over HTTP")

"""Looking at interactions, and doing something about them."""

from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from controller.desktop.actions import ACTIONS, Asked, Doing
from controller.desktop.answers import Answer
from controller.desktop.bodies import CallBody, idempotency_key, if_match, parse
from controller.desktop.problems import Problem
from controller.desktop.stories import story_answer
from controller.desktop.views import seen_by, sees
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, CommandKey, InteractionId
from controller.floor.outcome import Outcome
from controller.interaction.interaction import Interaction
from controller.routing.commands import CallOut


async def look_at_all(request: web.Request) -> web.Response:
    """Every interaction that is the agent's to see."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=False).agent
    views = ",".join(wiring.view_cache.json_of(wiring.floor, interaction, agent) for interaction in seen_by(wiring.floor, agent))
    return Answer(body=f'{{"interactions":[{views}]}}').response()


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
    asked = Asked(
        agent=agent,
        interaction=InteractionId(request.match_info["id"]),
        revision=if_match(request),
        key=idempotency_key(request, raw),
    )
    # Looked up before anything is checked: what was done may have made the very same request impossible.
    is_done = await wiring.has_done(agent, asked.key)
    done = _as_it_is_now(wiring, asked) if is_done else await _act(wiring, doing, raw, asked)
    return done.response()


async def _act(wiring: Wiring, doing: Doing, raw: bytes, asked: Asked) -> Answer:
    _theirs(wiring, asked.interaction, asked.agent)
    body = parse(doing.takes, raw)
    command = doing.command(body, asked, wiring.targets)
    outcome = await wiring.inbox.ask(command)
    after = _after(outcome, asked.interaction)
    return _look(wiring, after, asked.agent) if after is not None else _as_it_is_now(wiring, asked)


def _after(outcome: Outcome, of: InteractionId) -> Interaction | None:
    """The interaction as it was when the command was accepted, even if others have changed it since; None: it was not changed."""
    return next((change.after for change in reversed(outcome.changes) if change.after.id == of), None)


def _as_it_is_now(wiring: Wiring, asked: Asked) -> Answer:
    """What a command led to, for whoever sends it again; no content where the interaction is over, or no more theirs to see."""
    interaction = _seen(wiring, asked.interaction, asked.agent)
    return _look(wiring, interaction, asked.agent) if interaction is not None else Answer(status=HTTPStatus.NO_CONTENT)


def _theirs(wiring: Wiring, wanted: InteractionId, agent: AgentId) -> Interaction:
    interaction = _seen(wiring, wanted, agent)
    if interaction is None:
        raise Problem("unknown-interaction", "There is no such interaction, or it is not yours to see.")
    return interaction


def _seen(wiring: Wiring, wanted: InteractionId, agent: AgentId) -> Interaction | None:
    interaction = wiring.floor.interactions.get(wanted)
    return interaction if interaction is not None and sees(wiring.floor, interaction, agent) else None


def _look(wiring: Wiring, interaction: Interaction, agent: AgentId) -> Answer:
    return Answer(body=wiring.view_cache.json_of(wiring.floor, interaction, agent), revision=interaction.revision)


async def call_out(request: web.Request) -> web.Response:
    """Call somebody: the agent's own telephone is rung first. Sent again with the same key it calls nobody a second time."""
    wiring = request.app[WIRING]
    agent = wiring.session_of(request, unsafe=True).agent
    raw = await wiring.read_body(request)
    key = idempotency_key(request, raw)
    is_done = await wiring.has_done(agent, key)
    done = _call_as_it_is_now(wiring, agent, key) if is_done else await _call_out(wiring, agent, raw, key, request.path)
    return done.response()


async def _call_out(wiring: Wiring, agent: AgentId, raw: bytes, key: CommandKey | None, path: str) -> Answer:
    body = parse(CallBody, raw)
    targets = wiring.targets
    queue = targets.queue(body.queue) if body.queue is not None else None
    command = CallOut(agent=agent, key=key, target=targets.find(body.target), queue=queue)
    outcome = await wiring.inbox.ask(command)
    if not outcome.changes:  # the same key was sent twice at once, and the other came first
        return _call_as_it_is_now(wiring, agent, key)
    begun = outcome.changes[0].after
    return replace(_look(wiring, begun, agent), status=HTTPStatus.CREATED, location=f"{path}/{begun.id}")


def _call_as_it_is_now(wiring: Wiring, agent: AgentId, key: CommandKey | None) -> Answer:
    """What a call has come to, for whoever asks for it again; no content where it is over, or was begun before a restart."""
    begun = wiring.calls_begun.with_key(agent, key)
    interaction = _seen(wiring, begun, agent) if begun is not None else None
    return _look(wiring, interaction, agent) if interaction is not None else Answer(status=HTTPStatus.NO_CONTENT)


async def tell_story(request: web.Request) -> web.Response:
    """What happened in an interaction, and what everybody did in it."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=False)
    return await story_answer(wiring, session, InteractionId(request.match_info["id"]), request.headers.get("Accept", ""))

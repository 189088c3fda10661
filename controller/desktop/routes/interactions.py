"""Looking at interactions, and doing something about them."""

from http import HTTPStatus

from aiohttp import web

from controller.desktop.actions import ACTIONS, Asked, Doing
from controller.desktop.answers import Answer
from controller.desktop.bodies import Body, ConsultBody, TransferBody, idempotency_key, if_match, parse
from controller.desktop.problems import Problem, not_served
from controller.desktop.views import seen_by, sees
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId, ColleagueId, InteractionId
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
    _check_single_sign_on(wiring, body)
    command = doing.command(body, asked, wiring.floor.directory)
    outcome = await wiring.inbox.ask(command)
    after = _after(outcome, asked.interaction)
    return _look(wiring, after, asked.agent) if after is not None else _as_it_is_now(wiring, asked)


def _check_single_sign_on(wiring: Wiring, body: Body) -> None:
    """Refuse people who are not offered because they use Teams: to know one's id is no way round. Raises a Problem."""
    target = body.target if isinstance(body, ConsultBody | TransferBody) else None
    if target is None or target.kind != "organisation" or target.id is None:
        return
    listed = wiring.colleagues.find(ColleagueId(target.id))
    if listed is not None and not listed.is_offered:
        because = f"{listed.colleague.name} uses Microsoft Teams, and single sign-on is not on for it: ask your administrator."
        raise Problem("sso-required", because)


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

"""The password of the agent who asks: what another one must be like, and choosing it."""

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.bodies import PasswordBody, parse
from controller.desktop.connections import conversation_of
from controller.desktop.problems import HEADERS, Problem
from controller.desktop.wiring import WIRING
from controller.directory.directory import Agent
from controller.directory.password_strength import LETTERS_MIN, Weakness, weakness

SENTENCES = {
    Weakness.TOO_SHORT: f"The new password is too short: take at least {LETTERS_MIN} characters, for example three words.",
    Weakness.ABOUT_YOU: "The new password is made of your own name, id or telephone: take words that have nothing to do with you.",
    Weakness.TOO_COMMON: "The new password is one that others try first: take words that nobody would expect together.",
    Weakness.SAME: "The new password is the old one: take another.",
}


async def rules(request: web.Request) -> web.Response:
    """Say what the page has to know before it asks."""
    wiring = request.app[WIRING]
    wiring.session_of(request, unsafe=False)
    return answer(shapes.PasswordRules(may_change=wiring.chosen_passwords is not None, letters_min=LETTERS_MIN))


async def change(request: web.Request) -> web.Response:
    """Check the old password as a login does, keep the new one, and end every other login."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=True)
    raw = await wiring.read_body(request)
    if wiring.chosen_passwords is None:
        raise Problem("not-permitted", "Passwords are given by your administrator here: ask them for another one.")
    body = parse(PasswordBody, raw)
    _must_be_strong(body, wiring.floor.directory.agents[session.agent])
    connection = conversation_of(request)
    address, former = connection.address, wiring.passwords.hashes.get(session.agent, "")
    if not await wiring.passwords.is_right(session.agent, body.old, address, wiring.clock, lambda: connection.transport is None):
        raise _wrong_password()
    fresh = await wiring.passwords.hash_of(body.new, session.agent, address, lambda: connection.transport is None)
    try:
        is_kept = await wiring.chosen_passwords.keep(session.agent, fresh, instead_of=former)
    except OSError as failed:
        because = (
            f"Your password is as it was: the controller can't keep another one ({failed.strerror or failed}). Tell your administrator."
        )
        raise Problem("not-ready", because, headers={"Retry-After": "5"}) from failed
    if not is_kept:
        raise _wrong_password()  # the administrator, or another window, was faster
    await wiring.use_password(session, fresh)
    return web.Response(status=204, headers=HEADERS)


def _must_be_strong(body: PasswordBody, agent: Agent) -> None:
    found = weakness(body.new, (agent.id, agent.name, agent.phone, agent.browser), body.old)
    if found is not None:
        raise Problem("weak-password", SENTENCES[found], reason=found)


def _wrong_password() -> Problem:
    return Problem("wrong-password", "The old password is wrong: nothing has changed.")

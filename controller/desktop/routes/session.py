"""Logging on and off."""

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.authentication import COOKIE_PATH
from controller.desktop.bodies import SessionBody, parse
from controller.desktop.connections import conversation_of
from controller.desktop.problems import HEADERS, Problem, not_kept
from controller.desktop.views import moment
from controller.desktop.wiring import WIRING
from controller.floor.ports import NotKept
from controller.interaction.refusals import Refused
from controller.routing.commands import LogOn
from controller.routing.telephones import TelephoneKind


async def log_on(request: web.Request) -> web.Response:
    """Check the password, open a session, and let the floor know that the agent is here."""
    wiring = request.app[WIRING]
    body = parse(SessionBody, await wiring.read_body(request))
    connection = conversation_of(request)
    agent = await wiring.passwords.check(body.agent, body.password, connection.address, wiring.clock, lambda: connection.transport is None)
    # Looked up again: the site file may have been read anew while the password was checked.
    if agent not in wiring.floor.directory.agents or agent not in wiring.passwords.hashes:
        raise Problem("bad-credentials", "The agent or the password is wrong.")

    if body.telephone == "browser" and not wiring.floor.directory.agents[agent].browser:
        raise Problem("no-telephone", "Your site gives you no telephone in the browser: log in without choosing one, or with the desk's.")

    if wiring.sessions.is_full_for(agent):
        raise Problem("too-many-sessions", "Too many people are logged in: try again later.", headers={"Retry-After": "60"})
    token, session, ended = wiring.sessions.open(agent, wiring.passwords.hashes[agent], wiring.clock())
    connection.belongs_to(agent)
    if ended is not None:
        wiring.close_session(ended)
        await wiring.log_off(ended)
    try:
        telephone = TelephoneKind(body.telephone) if body.telephone is not None else None
        await wiring.inbox.ask(LogOn(agent=agent, session=session.key, until=session.expires_at, telephone=telephone))
    except Refused:
        wiring.close_session(session)
        raise
    except NotKept as lost:
        # Undone: nobody has its token, so nobody could ever end it.
        await wiring.end_session(session)
        because = (
            "You are not logged in: the controller can't store your login. Try again in a moment, "
            f"and tell your administrator: {lost.because}"
        )
        raise Problem("not-ready", because, headers={"Retry-After": "5"}) from lost

    wiring.dial_box.expect_numbers_of(wiring.floor.directory.region)
    opened = answer(shapes.SessionOpened(token=token, agent=agent, expires_at=moment(session.expires_at)), status=201)
    opened.set_cookie(
        wiring.cookie,
        token,
        max_age=int(wiring.session_seconds),
        path=COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=wiring.is_secure,
    )
    return opened


async def log_off(request: web.Request) -> web.Response:
    """End this session; the agent is gone when it was their last."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=True)
    await wiring.end_session(session)
    if session in wiring.not_logged_off_yet and (because := wiring.inbox.not_kept_because) is not None:
        raise not_kept(because)
    closed = web.Response(status=204, headers=HEADERS)
    if wiring.sip_logins.keeps(session):
        return closed  # good for nothing but to carry the SIP of the call that goes on
    closed.del_cookie(wiring.cookie, path=COOKIE_PATH, httponly=True, samesite="Strict", secure=wiring.is_secure)
    return closed

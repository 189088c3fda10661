"""Whose request this is: by a token in `Authorization`, or by the cookie that a browser sends by itself.

A browser also sends its cookie for pages of others, so with a cookie whatever changes something must come from our own page.
"""

from urllib.parse import urlsplit

from aiohttp import web

from controller.desktop.problems import Problem
from controller.desktop.sessions import Session, Sessions
from controller.directory.directory import Directory
from controller.directory.ids import Seconds

COOKIE_PATH = "/api/v1"


def cookie_name(port: int) -> str:
    """Browsers share cookies between the ports of one host, and two controllers may run side by side."""
    return f"ari-controller-{port}"


def session_of(request: web.Request, sessions: Sessions, cookie: str, directory: Directory, now: Seconds) -> Session:
    """Find the session of a request. Raises a Problem: unauthenticated."""
    token = token_of(request, cookie)
    session = sessions.find(token, now) if token is not None else None
    if session is None or session.agent not in directory.agents:
        because = "Log in first: POST /api/v1/session." if token is None else "This session is over, or never was: log in again."
        raise Problem("unauthenticated", because, headers={"WWW-Authenticate": "Bearer"})
    return session


def session_by_token(request: web.BaseRequest, sessions: Sessions, cookie: str, now: Seconds) -> Session | None:
    """Find the session of a request, whatever it asks for; None: it is a stranger's."""
    token = token_of(request, cookie)
    return sessions.find(token, now) if token is not None else None


def must_come_from_our_page(request: web.Request, *, is_secure: bool) -> None:
    """For what may change something. Raises a Problem: bad-origin, for what comes by cookie from elsewhere."""
    if request.headers.get("Authorization") is None and not _comes_from_our_page(request, is_secure=is_secure):
        raise Problem("bad-origin", "With a cookie the Origin header must be the desktop's own; scripts send Authorization: Bearer.")


def must_not_come_from_another_page(request: web.Request) -> None:
    """For a GET that changes something: pages of ours send no Origin with it, but browsers say where it comes from. Raises a Problem.

    A page of another port of this machine is of the same site, so its requests have the cookie too.
    """
    if request.headers.get("Authorization") is None and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Problem("bad-origin", "With a cookie only the desktop's own page may ask this; scripts send Authorization: Bearer.")


def token_of(request: web.BaseRequest, cookie: str) -> str | None:
    """What a request shows to say whose it is; None: nothing."""
    said = request.headers.get("Authorization")
    return _bearer(said) if said is not None else request.cookies.get(cookie)


def _bearer(said: str) -> str:
    scheme, _, token = said.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _comes_from_our_page(request: web.Request, *, is_secure: bool) -> bool:
    try:
        origin = urlsplit(request.headers.get("Origin", ""))
    except ValueError:
        return False
    schemes = ("https",) if is_secure else ("http", "https")
    return origin.scheme in schemes and origin.netloc.lower() == request.host.lower()

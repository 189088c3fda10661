"""What monitoring asks. Open to everybody who can reach the port, so nothing here names a person."""

from aiohttp import web

from controller.desktop import shapes
from controller.desktop.answers import answer
from controller.desktop.openapi import OPENAPI
from controller.desktop.problems import HEADERS, Problem
from controller.desktop.wiring import WIRING

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def healthz(request: web.Request) -> web.Response:
    """The process lives and answers."""
    return answer(shapes.Health(status="ok"))


async def readyz(request: web.Request) -> web.Response:
    """It can serve calls: it is attached to Asterisk, and what it does is kept."""
    wiring = request.app[WIRING]
    reasons = [] if wiring.is_ready() else ["The controller is not attached to Asterisk."]
    if (because := wiring.inbox.not_kept_because) is not None:
        reasons.append(f"Calls go on, but nothing of them is kept: {because}")
    if reasons:
        raise Problem("not-ready", " ".join(reasons), headers={"Retry-After": "1"})
    return answer(shapes.Readiness(status="ready", warnings=list(wiring.warnings())))


async def metrics(request: web.Request) -> web.Response:
    """Figures as Prometheus reads them."""
    text = request.app[WIRING].metrics_text()
    return web.Response(body=text.encode(), headers={**HEADERS, "Content-Type": METRICS_TYPE})


async def openapi(request: web.Request) -> web.Response:
    """The description of all this, for machines."""
    return web.Response(body=request.app[OPENAPI], headers={**HEADERS, "Content-Type": "application/json"})

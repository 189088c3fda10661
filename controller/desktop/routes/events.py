"""The WebSocket on which desktops hear what changes."""

import re

from aiohttp import web

from controller.desktop.connections import conversation_of
from controller.desktop.feeds import Reader, text_frame
from controller.desktop.problems import Problem
from controller.desktop.telling import snapshot
from controller.desktop.wiring import WIRING, Wiring
from controller.directory.ids import AgentId

WORDS_BYTES_MAX = 4096
"""A desktop says nothing over the WebSocket; this much of it is read and ignored."""

AFTER = r"^[0-9]{1,18}$"
"""What `after` may be, also for the OpenAPI document."""


async def listen(request: web.Request) -> web.WebSocketResponse:
    """Send the snapshot, or what the desktop missed, and then whatever changes."""
    wiring = request.app[WIRING]
    session = wiring.session_of(request, unsafe=True)
    after = _after(request)
    socket = web.WebSocketResponse(
        heartbeat=wiring.limits.ping_seconds,
        timeout=wiring.limits.close_seconds,
        # Frames are small and mostly on the same machine or network: packing them would cost more CPU than all the rest.
        compress=False,
        max_msg_size=WORDS_BYTES_MAX,
    )
    if not socket.can_prepare(request):
        raise Problem("upgrade-required", "Open this as a WebSocket.", headers={"Upgrade": "websocket"})
    if wiring.feeds.is_full(session.agent):
        most = wiring.limits.sockets_per_agent_max
        raise Problem("too-many-sockets", f"You have {most} desktops open already: close one of them.", headers={"Retry-After": "5"})
    if wiring.feeds.is_full_for_all:
        raise Problem("too-many-sockets", "Too many desktops are open: try again later.", headers={"Retry-After": "60"})

    reader = Reader(session, _first(wiring, session.agent, after), wiring.limits)
    transport = request.transport
    assert transport is not None, "a request comes over a connection"
    conversation_of(request).when_rude = lambda code, because: reader.say_goodbye(code, because, wiring.limits.rude_seconds)
    # Counted before anything waits, so that many at once count as many.
    wiring.feeds.join(session.agent, reader, wiring.clock())
    try:
        await socket.prepare(request)
        await reader.serve(socket, transport)
    finally:
        wiring.feeds.leave(session.agent, reader, wiring.clock())
    return socket


def _after(request: web.Request) -> int | None:
    said = request.query.get("after")
    if said is None:
        return None
    if re.fullmatch(AFTER, said) is None:
        raise Problem("bad-query", "after is the seq of the last frame that you have, such as 17.")
    return int(said)


def _first(wiring: Wiring, agent: AgentId, after: int | None) -> list[bytes]:
    feed = wiring.feeds.feed_of(agent, wiring.clock())
    missed = feed.missed_since(after) if after is not None else None
    if missed is not None:
        return missed
    members = snapshot(wiring.floor, agent, wiring.clock(), wiring.view_cache)
    return [text_frame(f'{{"type":"snapshot","seq":{feed.seq},{members}}}'.encode())]

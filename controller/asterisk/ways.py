"""Which way requests take to this Asterisk: as the site file wants it, and as its release can."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import aiohttp

from controller.asterisk.capabilities import Release, transport_for
from controller.asterisk.errors import TooOld
from controller.asterisk.plain_http import WHICH_RELEASE, release_of
from controller.asterisk.rest_over_websocket import LANE_PING_EVERY_SECONDS, WebSocketConnection
from controller.asterisk.transport import Connection
from controller.directory.site import AsteriskAccess

Open = Callable[[AsteriskAccess, str], Awaitable[Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How connections to one Asterisk are opened. Each needs its `read` running, and is closed by whoever opens it."""

    release: Release | None
    """None: it says no number."""
    transport: str
    open: Open
    """Hear events as an application, and ask. Raises an `AriError`."""
    open_lane: Open
    """Only ask. Raises an `AriError`."""


async def way_to(session: aiohttp.ClientSession, access: AsteriskAccess) -> Way:
    """Ask Asterisk for its release, and choose. Raises an `AriError`."""
    release = await release_of(session, access)
    transport = transport_for(access.transport, release)
    if transport is None:
        raise TooOld(WHICH_RELEASE, str(release))
    if transport == "rest-over-websocket":
        return Way(
            release=release,
            transport=transport,
            open=WebSocketConnection.open,
            open_lane=partial(WebSocketConnection.open, ping_every_seconds=LANE_PING_EVERY_SECONDS),
        )
    # A sixth of a second of imports, which only an older Asterisk is worth.
    from controller.asterisk.over_asyncari import AsyncariConnection

    return Way(
        release=release,
        transport=transport,
        open=AsyncariConnection.open,
        open_lane=partial(AsyncariConnection.open, hears=False),
    )

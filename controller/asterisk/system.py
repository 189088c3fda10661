"""The requests about Asterisk as a whole."""

from pydantic import TypeAdapter

from controller.asterisk.resources import FromAsterisk
from controller.asterisk.transport import Transport


class Status(FromAsterisk):
    """Since when this Asterisk runs: the one thing that tells a restart from a lost connection."""

    startup_time: str
    """ISO 8601 with milliseconds."""


class _About(FromAsterisk):
    status: Status


_STATUS = TypeAdapter(_About)


async def status(ari: Transport, lane: int) -> Status:
    """Ask since when Asterisk runs. `GET /asterisk/info`, only the status."""
    found = await ari.request("GET", "asterisk/info", query={"only": "status"}, lane=lane)
    return found.read(_STATUS).status


async def ping(ari: Transport, lane: int) -> None:
    """See whether Asterisk replies on this lane. `GET /asterisk/ping`."""
    await ari.request("GET", "asterisk/ping", lane=lane)

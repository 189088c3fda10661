"""The requests about Asterisk as a whole."""

from pydantic import TypeAdapter

from controller.asterisk.resources import FromAsterisk
from controller.asterisk.transport import Transport, segment

PASSWORDS = "asterisk/config/dynamic/res_pjsip/auth/"


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


async def write_password(ari: Transport, lane: int, endpoint: str, password: str) -> None:
    """Give the telephone of this name a password, in Asterisk's memory. `PUT /asterisk/config/dynamic/res_pjsip/auth/{name}`.

    Asterisk's answer has the password in it.
    """
    await ari.request("PUT", PASSWORDS + segment(endpoint), body={"fields": fields_of(endpoint, password)}, lane=lane)


async def delete_password(ari: Transport, lane: int, endpoint: str) -> None:
    """Take it away. `DELETE /asterisk/config/dynamic/res_pjsip/auth/{name}`. Raises `Gone` where there is none."""
    await ari.request("DELETE", PASSWORDS + segment(endpoint), lane=lane)


def fields_of(username: str, password: str) -> list[dict[str, str]]:
    """What a PJSIP `auth` object is made of."""
    said = {"auth_type": "userpass", "username": username, "password": password}
    return [{"attribute": attribute, "value": value} for attribute, value in said.items()]


async def ping(ari: Transport, lane: int) -> None:
    """See whether Asterisk replies on this lane. `GET /asterisk/ping`."""
    await ari.request("GET", "asterisk/ping", lane=lane)

"""How a request gets to Asterisk and its reply back: Protocols, so that REST over WebSocket is one way and plain HTTP is another.

Must never know what is asked for: that is in `channels`, `bridges`, `applications` and `system`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, NoReturn, Protocol, TypeVar
from urllib.parse import quote
from zlib import crc32

from pydantic import TypeAdapter, ValidationError

from controller.asterisk.errors import NotUnderstood, failure
from controller.asterisk.resources import FromAsterisk
from controller.directory.ids import InteractionId

Method = Literal["GET", "POST", "PUT", "DELETE"]

REQUEST_SECONDS_MAX = 5.0
"""How long we wait for a reply. Most take a millisecond; a move waits while its channel executes what came before."""

CONNECT_SECONDS_MAX = 5.0
CLOSE_SECONDS_MAX = 0.5
"""How long a good-bye may take: an Asterisk that is gone will not answer it."""
WAITING_MAX = 2_000
"""Requests without a reply on one connection. Asterisk executes them one after the other, so more would time out anyway."""

Hear = Callable[[str], None]

NOTHING: Mapping[str, str] = MappingProxyType({})

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reply:
    """What Asterisk said to a request that succeeded."""

    status: int
    body: str
    """JSON text, or empty where there is nothing to say."""
    request: str = ""
    """What was asked, for an error that says so: `GET channels/42.1`."""

    def read(self, reader: TypeAdapter[T]) -> T:
        """Read the body as what it must be. Raises `NotUnderstood`."""
        try:
            return reader.validate_json(self.body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise NotUnderstood(self.request, f"{where or 'the body'}: {first['msg']}") from error


class Transport(Protocol):
    """Takes requests to Asterisk."""

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        """Ask, and wait for the reply. `uri` has no leading slash, and its ids have gone through `segment`.

        Requests of the same `lane` are executed by Asterisk in the order in which they were asked; any number is a lane.
        Raises an `AriError` for everything that is not a success.
        """


class Connection(Transport, Protocol):
    """One open way to Asterisk, whatever it is made of. Whoever opens it must keep `read` running, and close it.

    Asterisk executes its requests one after the other, in the order in which they were asked.
    """

    messages_heard: int
    """How many messages have come: while it stands still, nobody may be at the other end."""

    async def read(self, hear: Hear) -> NoReturn:
        """Read until the connection ends; `hear` gets every event as text, and must not block.

        Raises `SwitchAway` at the end, and whatever `hear` raises. Every waiting request fails at the same moment.
        """

    async def close(self) -> None:
        """Say good-bye; everything that still waits fails."""


class _Complaint(FromAsterisk):
    message: str = ""


_COMPLAINT = TypeAdapter(_Complaint)


def reply_of(what: str, status: int, reason: str, body: str) -> Reply:
    """Take what Asterisk answered for a reply. Raises the `RequestFailed` that it is where it is not a success."""
    if 200 <= status < 300:
        return Reply(status, body, what)
    try:
        message = _COMPLAINT.validate_json(body).message
    except ValidationError:
        message = body
    raise failure(what, status, message or reason)


def lane_of(interaction: InteractionId) -> int:
    """Name the lane of an interaction: always the same, so that its requests are never executed in another order than asked."""
    return crc32(interaction.encode())


def segment(name: str) -> str:
    """Make an id safe to stand in a URI. Callers' ids come from Asterisk, but nothing promises that they hold no slash."""
    return quote(name, safe="")

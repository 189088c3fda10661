"""How a request gets to Asterisk and its reply back: a Protocol, so that REST over WebSocket is one way and plain HTTP can be another.

Must never know what is asked for: that is in `channels`, `bridges`, `applications` and `system`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, Protocol, TypeVar
from urllib.parse import quote
from zlib import crc32

from pydantic import TypeAdapter, ValidationError

from controller.asterisk.errors import NotUnderstood
from controller.directory.ids import InteractionId

Method = Literal["GET", "POST", "PUT", "DELETE"]

REQUEST_SECONDS_MAX = 5.0
"""How long we wait for a reply. Most take a millisecond; a move waits while its channel executes what came before."""

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


def lane_of(interaction: InteractionId) -> int:
    """Name the lane of an interaction: always the same, so that its requests are never executed in another order than asked."""
    return crc32(interaction.encode())


def segment(name: str) -> str:
    """Make an id safe to stand in a URI. Callers' ids come from Asterisk, but nothing promises that they hold no slash."""
    return quote(name, safe="")

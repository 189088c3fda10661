"""What Asterisk tells us unasked: one small model for each event that we use, and the reading of its JSON.

Must never fail because of what Asterisk sends. An event that we do not know is an `UnknownEvent`, one that we know and cannot read is a
`BadEvent`; both are values for the caller to count and pass over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, SecretStr, TypeAdapter, ValidationError
from pydantic_core import from_json

from controller.asterisk.resources import Bridge, Channel, FromAsterisk, Said, Words


class AriEvent(FromAsterisk):
    """Something that Asterisk says happened."""

    timestamp: str = ""
    """When, by Asterisk's clock: ISO 8601 with milliseconds."""


class StasisStart(AriEvent):
    """A channel has come to us. `args` are the words after the application's name in the dialplan."""

    type: Literal["StasisStart"]
    channel: Channel
    args: Words = ()
    replace_channel: Channel | None = None
    """Whose place it has taken in their room: by an INVITE with Replaces, or by a transfer that Asterisk has carried out."""


class StasisEnd(AriEvent):
    """A channel has left us: hung up, or given back to the dialplan."""

    type: Literal["StasisEnd"]
    channel: Channel


class ChannelStateChange(AriEvent):
    """A telephone began to ring, or was answered: see `channel.state`."""

    type: Literal["ChannelStateChange"]
    channel: Channel


class ChannelHangupRequest(AriEvent):
    """A channel is about to end. Said before the end itself, and only this says whether Asterisk decided it or the other side did."""

    type: Literal["ChannelHangupRequest"]
    channel: Channel
    soft: bool = False
    """Asterisk decided it: no sound for too long, or somebody asked it to hang up."""
    cause: int = 0
    """Q.850."""
    tech_cause: int | None = None
    """The SIP status, where there was one."""


class ChannelDestroyed(AriEvent):
    """A channel is gone. The last event about it, and it comes only where we are subscribed to it."""

    type: Literal["ChannelDestroyed"]
    channel: Channel
    cause: int = 0
    """Q.850."""
    tech_cause: int | None = None
    """The SIP status, where there was one."""


class Dial(AriEvent):
    """What is at the other end of a channel that we dialled has said something. The first of them says only that it is dialled."""

    type: Literal["Dial"]
    peer: Channel
    dialstatus: str = ""
    """`RINGING` (180), `PROGRESS` (183), `ANSWER` …; a failure is told by `ChannelDestroyed` and not here."""


class ChannelEnteredBridge(AriEvent):
    """A channel now stands in a bridge."""

    type: Literal["ChannelEnteredBridge"]
    bridge: Bridge
    channel: Channel


class ChannelLeftBridge(AriEvent):
    """A channel no longer stands in a bridge."""

    type: Literal["ChannelLeftBridge"]
    bridge: Bridge
    channel: Channel


class BridgeDestroyed(AriEvent):
    """A bridge is gone."""

    type: Literal["BridgeDestroyed"]
    bridge: Bridge


class ChannelHold(AriEvent):
    """Somebody pressed the hold key of their telephone."""

    type: Literal["ChannelHold"]
    channel: Channel


class ChannelUnhold(AriEvent):
    """Somebody released the hold key of their telephone."""

    type: Literal["ChannelUnhold"]
    channel: Channel


class ChannelDtmfReceived(AriEvent):
    """Somebody has pressed a key of their telephone, and released it: told at its end, and twice for a fast dialler."""

    type: Literal["ChannelDtmfReceived"]
    channel: Channel
    digit: Annotated[str, Field(pattern=r"^[0-9A-D*#]$")]
    duration_ms: Annotated[int, Field(ge=0)] = 0


class RequestedDestination(FromAsterisk):
    """Whom a transfer key has named."""

    destination: Said = ""
    """Of a blind transfer what was dialled: the user part of Refer-To."""
    protocol_id: SecretStr | None = None
    """Of an attended one: the Call-ID of the other call, empty where it can't be read. Whoever knows it and two tags can take that call."""


class ReferTo(FromAsterisk):
    """Where a transfer is to go."""

    requested_destination: RequestedDestination
    destination_channel: Channel | None = None
    """The channel of the call that an attended one has named, whoever's it is; None: there is no such call."""


class ReferredBy(FromAsterisk):
    """Where a transfer was asked for."""

    source_channel: Channel


class ChannelTransfer(AriEvent):
    """A transfer key was pressed, and Asterisk leaves it to us what follows."""

    type: Literal["ChannelTransfer"]
    state: str | None = None
    """What we have told the telephone of it: then it is an echo, and nothing new."""
    refer_to: ReferTo
    referred_by: ReferredBy


class ChannelUserevent(AriEvent):
    """An event that a client of ARI, or the dialplan, made up. Our markers are such."""

    type: Literal["ChannelUserevent"]
    eventname: str
    userevent: Mapping[str, object] = Field(default_factory=dict)


class ApplicationReplaced(AriEvent):
    """Somebody else has connected as our application: from now on they hear the events and we do not."""

    type: Literal["ApplicationReplaced"]
    application: str = ""


def told_at(timestamp: str) -> float | None:
    """Read when Asterisk said something, in seconds since 1970 by its own clock; None: it did not say so, or not in a way we know."""
    try:
        return datetime.fromisoformat(timestamp).timestamp()
    except (ValueError, OverflowError):
        return None


KnownEvent = (
    StasisStart
    | StasisEnd
    | ChannelStateChange
    | ChannelHangupRequest
    | ChannelDestroyed
    | Dial
    | ChannelEnteredBridge
    | ChannelLeftBridge
    | BridgeDestroyed
    | ChannelHold
    | ChannelUnhold
    | ChannelDtmfReceived
    | ChannelTransfer
    | ChannelUserevent
    | ApplicationReplaced
)


@dataclass(frozen=True, slots=True)
class UnknownEvent:
    """An event that we have no use for. `type` is its name in ARI."""

    type: str


@dataclass(frozen=True, slots=True)
class BadEvent:
    """Something that should be an event of a type that we know, and cannot be read. `because` says which field, or that it is no JSON."""

    type: str
    because: str


Event = KnownEvent | UnknownEvent | BadEvent

_READER: TypeAdapter[KnownEvent] = TypeAdapter(Annotated[KnownEvent, Field(discriminator="type")])


def parse(text: str) -> Event:
    """Read one message of the event socket."""
    try:
        return _READER.validate_json(text)
    except ValidationError as error:
        return _explain(text, error)


def _explain(text: str, error: ValidationError) -> UnknownEvent | BadEvent:
    """Say why a message is not one of the events that we know."""
    first = error.errors(include_url=False, include_input=False)[0]
    try:
        message = from_json(text)
    except (ValueError, TypeError) as not_json:  # TypeError: half a letter (a lone surrogate), which is no text at all
        return BadEvent(type="?", because=f"not JSON: {not_json}")
    name = message.get("type") if isinstance(message, dict) else None
    if not isinstance(name, str):
        return BadEvent(type="?", because="it has no type")
    if first["type"] == "union_tag_invalid":
        return UnknownEvent(type=name)
    return BadEvent(type=name, because=f"{'.'.join(str(part) for part in first['loc'][1:])}: {first['msg']}")

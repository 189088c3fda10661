"""The requests about channels. Each asks for one thing, and proves nothing: the event that follows does.

`ari` takes the request there, `lane` says behind which others it waits. All raise `AriError`; `Gone` is harmless after a hang-up.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import TypeAdapter

from controller.asterisk.resources import Channel, Endpoint, Sound, Variable
from controller.asterisk.transport import NOTHING, Transport, segment
from controller.directory.ids import LegId

HangUpReason = Literal["normal", "busy", "congestion", "no_answer", "answered_elsewhere", "call_rejected", "timeout", "interworking"]

TransferState = Literal["channel_progress", "channel_answered", "channel_unavailable", "channel_declined"]
"""What a telephone is told of the transfer that it has asked for: 100, 200, 503 or 603, in a NOTIFY."""

_NO_CODEC = "(nothing)"
"""So Asterisk writes an empty list of codecs. Asked for by this name, it would make no leg."""

_CHANNEL = TypeAdapter(Channel)
_CHANNELS = TypeAdapter(list[Channel])
_ENDPOINT = TypeAdapter(Endpoint)
_ENDPOINTS = TypeAdapter(list[Endpoint])
_SOUND = TypeAdapter(Sound)
_VARIABLE = TypeAdapter(Variable)


async def create(
    ari: Transport,
    lane: int,
    leg: LegId,
    *,
    endpoint: str,
    app: str,
    variables: Mapping[str, str] = NOTHING,
    codec: str = "",
) -> None:
    """Make the channel to a telephone without ringing it. `POST /channels/create`.

    `codec`: the one that its telephone is offered first, if its endpoint allows it; empty: as Asterisk has them.

    It is in Stasis with its `StasisStart`, not with this reply. Raises `Unreachable` where the telephone is not registered, `AlreadyThere`
    where the id is taken (or not: see `errors`).
    """
    query = {"endpoint": endpoint, "app": app, "channelId": leg, **({"formats": codec} if codec else {})}
    body = {"variables": dict(variables)} if variables else None
    await ari.request("POST", "channels/create", query=query, body=body, lane=lane)


async def dial(ari: Transport, lane: int, leg: LegId, *, seconds: int) -> None:
    """Ring a created telephone; Asterisk gives up by itself after `seconds`. `POST /channels/{id}/dial`."""
    await ari.request("POST", f"channels/{segment(leg)}/dial", query={"timeout": str(seconds)}, lane=lane)


async def answer(ari: Transport, lane: int, leg: LegId) -> None:
    """Pick up a caller. `POST /channels/{id}/answer`."""
    await ari.request("POST", f"channels/{segment(leg)}/answer", lane=lane)


async def ring(ari: Transport, lane: int, leg: LegId) -> None:
    """Let a channel hear ringing. `POST /channels/{id}/ring`."""
    await ari.request("POST", f"channels/{segment(leg)}/ring", lane=lane)


async def stop_ringing(ari: Transport, lane: int, leg: LegId) -> None:
    """End the ringing that a channel hears. `DELETE /channels/{id}/ring`.

    Needed when a telephone that rang in the same bridge is hung up, busy or moved away: Asterisk 22.10 goes on until somebody joins.
    """
    await ari.request("DELETE", f"channels/{segment(leg)}/ring", lane=lane)


async def hang_up(ari: Transport, lane: int, leg: LegId, *, reason: HangUpReason) -> None:
    """End a channel. `DELETE /channels/{id}`."""
    await ari.request("DELETE", f"channels/{segment(leg)}", query={"reason": reason}, lane=lane)


async def mute(ari: Transport, lane: int, leg: LegId) -> None:
    """Nobody hears this channel from now on; it hears them. `POST /channels/{id}/mute`, direction in."""
    await ari.request("POST", f"channels/{segment(leg)}/mute", query={"direction": "in"}, lane=lane)


async def unmute(ari: Transport, lane: int, leg: LegId) -> None:
    """This channel is heard again. `DELETE /channels/{id}/mute`, direction in."""
    await ari.request("DELETE", f"channels/{segment(leg)}/mute", query={"direction": "in"}, lane=lane)


async def send_digits(ari: Transport, lane: int, leg: LegId, digits: str) -> None:
    """Let a channel's telephone hear these keys. `POST /channels/{id}/dtmf`."""
    await ari.request("POST", f"channels/{segment(leg)}/dtmf", query={"dtmf": digits}, lane=lane)


async def start_music(ari: Transport, lane: int, leg: LegId, music: str) -> None:
    """Let one channel hear a music class in place of its room; the others hear it all the same. `POST /channels/{id}/moh`.

    It goes on through every move, until `stop_music`.
    """
    await ari.request("POST", f"channels/{segment(leg)}/moh", query={"mohClass": music}, lane=lane)


async def stop_music(ari: Transport, lane: int, leg: LegId) -> None:
    """End the music that a channel hears, also that of a hold room, which does not begin again by itself. `DELETE /channels/{id}/moh`."""
    await ari.request("DELETE", f"channels/{segment(leg)}/moh", lane=lane)


async def set_variable(ari: Transport, lane: int, leg: LegId, name: str, value: str) -> None:
    """Set a channel variable or function, such as `CHANNEL(musicclass)`. `POST /channels/{id}/variable`."""
    await ari.request("POST", f"channels/{segment(leg)}/variable", query={"variable": name, "value": value}, lane=lane)


async def tell_of_transfer(ari: Transport, lane: int, leg: LegId, state: TransferState) -> None:
    """Tell a telephone what has come of the transfer that it has asked for. `POST /channels/{id}/transfer_progress`.

    No word goes out before the first of these. A second one that is not `channel_progress` does nothing.
    """
    await ari.request("POST", f"channels/{segment(leg)}/transfer_progress", query={"states": state}, lane=lane)


async def continue_in_dialplan(ari: Transport, lane: int, leg: LegId, *, context: str, extension: str = "s", priority: int = 1) -> None:
    """Give a channel back to the dialplan. `POST /channels/{id}/continue`."""
    query = {"context": context, "extension": extension, "priority": str(priority)}
    await ari.request("POST", f"channels/{segment(leg)}/continue", query=query, lane=lane)


async def get(ari: Transport, lane: int, leg: LegId) -> Channel:
    """Look at one channel. `GET /channels/{id}`."""
    found = await ari.request("GET", f"channels/{segment(leg)}", lane=lane)
    return found.read(_CHANNEL)


async def is_on_hold(ari: Transport, lane: int, leg: LegId) -> bool:
    """Ask whether the telephone's own hold key is pressed: the last SDP of the telephone said so. `GET /channels/{id}/variable`."""
    found = await ari.request("GET", f"channels/{segment(leg)}/variable", query={"variable": "CHANNEL(rtp,hold)"}, lane=lane)
    return found.read(_VARIABLE).value == "1"


async def codec_of(ari: Transport, lane: int, leg: LegId) -> str:
    """Ask in which codec a telephone speaks: the first one that it has agreed on; empty: none. `GET /channels/{id}/variable`."""
    found = await ari.request("GET", f"channels/{segment(leg)}/variable", query={"variable": "CHANNEL(audionativeformat)"}, lane=lane)
    said = found.read(_VARIABLE).value
    return "" if said == _NO_CODEC else said.strip("()").partition("|")[0]


async def packets_heard(ari: Transport, lane: int, leg: LegId) -> int:
    """Ask how many packets of sound have come from a telephone so far. `GET /channels/{id}/rtp_statistics`."""
    found = await ari.request("GET", f"channels/{segment(leg)}/rtp_statistics", lane=lane)
    return found.read(_SOUND).rxcount


async def last_answer(ari: Transport, lane: int, leg: LegId, channel_name: str) -> str:
    """Ask what the other end of a channel that we dialled has answered last, `SIP 100 Trying` for one: no event tells that.

    `GET /channels/{id}/variable`. Raises `RequestFailed` (500) where nothing has come back.
    """
    query = {"variable": f"HANGUPCAUSE({channel_name},tech)"}
    found = await ari.request("GET", f"channels/{segment(leg)}/variable", query=query, lane=lane)
    return found.read(_VARIABLE).value


async def contacts(ari: Transport, lane: int, leg: LegId, phone: str) -> list[str]:
    """Ask where the telephones of an endpoint have registered that can be reached now. Any channel will do for that.

    `GET /channels/{id}/variable`. Each is a SIP URI.
    """
    found = await ari.request("GET", f"channels/{segment(leg)}/variable", query={"variable": f"PJSIP_DIAL_CONTACTS({phone})"}, lane=lane)
    return [one.removeprefix(f"PJSIP/{phone}/") for one in found.read(_VARIABLE).value.split("&") if one]


async def contact_of(ari: Transport, lane: int, leg: LegId) -> str:
    """Ask which of its endpoint's telephones a channel leads to. `GET /channels/{id}/variable`. A SIP URI."""
    found = await ari.request("GET", f"channels/{segment(leg)}/variable", query={"variable": "CHANNEL(pjsip,target_uri)"}, lane=lane)
    return found.read(_VARIABLE).value


async def every(ari: Transport, lane: int) -> list[Channel]:
    """Look at all channels of this Asterisk, ours or not. `GET /channels`."""
    found = await ari.request("GET", "channels", lane=lane)
    return found.read(_CHANNELS)


async def endpoints(ari: Transport, lane: int) -> list[Endpoint]:
    """Look which telephones are registered. `GET /endpoints/PJSIP`."""
    found = await ari.request("GET", "endpoints/PJSIP", lane=lane)
    return found.read(_ENDPOINTS)


async def endpoint(ari: Transport, lane: int, phone: str) -> Endpoint:
    """Look whether a telephone is registered, or a trunk is there. `GET /endpoints/PJSIP/{name}`. Raises `Gone` where there is none."""
    found = await ari.request("GET", f"endpoints/PJSIP/{segment(phone)}", lane=lane)
    return found.read(_ENDPOINT)

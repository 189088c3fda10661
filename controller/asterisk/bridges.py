"""The requests about bridges. Each asks for one thing, and proves nothing: the event that follows does.

`ari` takes the request there, `lane` says behind which others it waits. All raise `AriError`; `Gone` is harmless after a hang-up.
"""

from pydantic import TypeAdapter

from controller.asterisk.resources import Bridge
from controller.asterisk.transport import Transport, segment
from controller.directory.ids import LegId

TALK = "mixing,dtmf_events"
"""Everybody hears everybody. `dtmf_events` keeps the audio in Asterisk, so that keys are always seen; it must come after `mixing`."""
HOLD = "holding"
"""Nobody hears anybody."""
HEARS_MUSIC = "holding_participant"
"""The role with which a channel hears its music in a `HOLD` bridge; without it, silence."""

_BRIDGE = TypeAdapter(Bridge)
_BRIDGES = TypeAdapter(list[Bridge])


async def create(ari: Transport, lane: int, bridge: str, *, kind: str, name: str) -> None:
    """Make a bridge with an id that we chose. `POST /bridges/{id}`. Raises `AlreadyThere` where it exists."""
    await ari.request("POST", f"bridges/{segment(bridge)}", query={"type": kind, "name": name}, lane=lane)


async def add_channel(ari: Transport, lane: int, bridge: str, leg: LegId, *, role: str = "", absorbs_keys: bool = False) -> None:
    """Bring a channel into a bridge, out of any other. `POST /bridges/{id}/addChannel`.

    Success is no proof: only `ChannelEnteredBridge` is. `role` and `absorbs_keys` (nobody in the bridge hears the keys of this telephone)
    hold for this stay only. Asterisk tells no display who came: it knows neither names of agents nor who consults whom, and we tell them
    ourselves.
    """
    query: dict[str, str] = {"channel": leg, "inhibitConnectedLineUpdates": "true"}
    if role:
        query["role"] = role
    if absorbs_keys:
        query["absorbDTMF"] = "true"
    await ari.request("POST", f"bridges/{segment(bridge)}/addChannel", query=query, lane=lane)


async def remove_channel(ari: Transport, lane: int, bridge: str, leg: LegId) -> None:
    """Take a channel out of a bridge; it stands nowhere then. `POST /bridges/{id}/removeChannel`."""
    await ari.request("POST", f"bridges/{segment(bridge)}/removeChannel", query={"channel": leg}, lane=lane)


async def delete(ari: Transport, lane: int, bridge: str) -> None:
    """Delete a bridge; channels in it stand nowhere then, in silence. `DELETE /bridges/{id}`."""
    await ari.request("DELETE", f"bridges/{segment(bridge)}", lane=lane)


async def get(ari: Transport, lane: int, bridge: str) -> Bridge:
    """Look at one bridge. `GET /bridges/{id}`."""
    found = await ari.request("GET", f"bridges/{segment(bridge)}", lane=lane)
    return found.read(_BRIDGE)


async def every(ari: Transport, lane: int) -> list[Bridge]:
    """Look at all bridges of this Asterisk, ours or not. `GET /bridges`."""
    found = await ari.request("GET", "bridges", lane=lane)
    return found.read(_BRIDGES)

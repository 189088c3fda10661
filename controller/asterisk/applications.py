"""The requests about our Stasis application: what it hears, and the marker that proves that it does."""

from collections.abc import Iterable, Mapping

from controller.asterisk.transport import Transport, segment


async def spare_us(ari: Transport, lane: int, app: str, types: Iterable[str]) -> None:
    """Send this application no events of these types. `PUT /applications/{name}/eventFilter`.

    Only a list of what is not wanted: a list of what is wanted would have to name `RESTResponse`, or every answer is swallowed.
    """
    body = {"disallowed": [{"type": name} for name in types]}
    await ari.request("PUT", f"applications/{segment(app)}/eventFilter", body=body, lane=lane)


async def hear_only(ari: Transport, lane: int, app: str, types: Iterable[str]) -> None:
    """Send this application events of these types and no others. `PUT /applications/{name}/eventFilter`.

    It hears no answers then: ask for everything over another application's socket.
    """
    body = {"allowed": [{"type": name} for name in types]}
    await ari.request("PUT", f"applications/{segment(app)}/eventFilter", body=body, lane=lane)


async def subscribe(ari: Transport, lane: int, app: str, sources: Iterable[str]) -> None:
    """Have this application told of these. `POST /applications/{name}/subscription`. Raises `Gone` where one of them is not there."""
    await ari.request("POST", f"applications/{segment(app)}/subscription", query={"eventSource": ",".join(sources)}, lane=lane)


async def mark(ari: Transport, lane: int, app: str, name: str, variables: Mapping[str, str], *, seconds_max: float) -> None:
    """Have Asterisk send us a `ChannelUserevent` of this name, behind all that is queued for us. `POST /events/user/{name}`."""
    body = {"variables": dict(variables)}
    await ari.request("POST", f"events/user/{segment(name)}", query={"application": app}, body=body, lane=lane, seconds_max=seconds_max)

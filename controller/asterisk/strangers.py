"""Whoever stands in a room of ours and was brought there by nobody of ours is put out: they would hear what is said, or be heard."""

import structlog

from controller.asterisk import bridges, channels
from controller.asterisk.errands import Errands
from controller.asterisk.errors import Gone
from controller.asterisk.failures import Asked
from controller.asterisk.local_pairs import LocalPairs, is_half
from controller.asterisk.resources import Channel
from controller.asterisk.seen import room_named
from controller.asterisk.transport import Transport, lane_of
from controller.directory.ids import LegId, Seconds

DEVICES = ("Recorder/", "Announcer/")
"""What Asterisk itself brings into a bridge to record it, or to play something there: nobody sits behind it."""
HALF_TOLD_SECONDS_MAX: Seconds = 0.1
"""How long after a half has come into a room of ours it may be told what it is for."""

log = structlog.get_logger("asterisk")


class Strangers:
    """Those that are being put out."""

    def __init__(self, transport: Transport, errands: Errands, local_pairs: LocalPairs) -> None:
        self._transport = transport
        self._errands = errands
        self._local_pairs = local_pairs
        self._going: set[tuple[LegId, str]] = set()
        """Who, and of which room: one who is moved from room to room meanwhile has to be put out of each."""

    @property
    def are_there(self) -> bool:
        """Somebody has still to be put out."""
        return bool(self._going)

    def put_out(self, channel: Channel, bridge: str) -> None:
        """Have somebody put out of a room of ours, once."""
        if (channel.id, bridge) not in self._going and not channel.name.startswith(DEVICES):
            self._going.add((channel.id, bridge))
            self._errands.spawn(self._put_out(channel, bridge), f"put out {channel.id}")

    async def _put_out(self, channel: Channel, bridge: str) -> None:
        try:
            if is_half(channel):
                # Asterisk says of a transfer that it carries out by itself who takes whose place; what has been told of is `local_pairs`'.
                await self._errands.pause(HALF_TOLD_SECONDS_MAX)
                if self._local_pairs.know(channel.id):
                    return
            log.warning(
                "somebody stands in a room of ours whom nobody here has brought there, and is put out", leg=channel.name, room=bridge
            )
            await self._errands.insist(Asked.PUT_OUT, channel.name, lambda: self._take_out(channel.id, bridge))
        finally:
            self._going.discard((channel.id, bridge))

    async def _take_out(self, leg: LegId, bridge: str) -> None:
        """Whose application has them keeps them. Whom the dialplan has brought is in no application, and can only be hung up."""
        named = room_named(bridge)
        lane = lane_of(named[0]) if named is not None else 0
        try:
            await bridges.remove_channel(self._transport, lane, bridge, leg)
        except Gone:
            if leg in (await bridges.get(self._transport, lane, bridge)).channels:
                await channels.hang_up(self._transport, lane, leg, reason="normal")

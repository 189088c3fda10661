"""Tones that one telephone hears and nobody else: a music class, begun and ended by us.

A file that is played on a leg would keep it from being moved until its end; a music class doesn't, and the others go on hearing whoever
hears it. But it never ends by itself, and ending it ends the music of a hold room too: whoever has come there meanwhile is let in anew.
"""

import structlog

from controller.asterisk import channels
from controller.asterisk.errands import Errands
from controller.asterisk.errors import AriError, Gone
from controller.asterisk.failures import Asked
from controller.asterisk.retry import EVENT_SECONDS
from controller.asterisk.seen import Progress, Seen
from controller.asterisk.transport import Transport, lane_of
from controller.directory.ids import LegId, Seconds
from controller.floor.ports import Tone
from controller.interaction.layout import Room

TONE_SECONDS: Seconds = 0.6
"""How long a tone is heard: its file begins with as much, and goes on with silence."""

log = structlog.get_logger("asterisk")


SILENCE = "nothing any more"
"""No music class: whoever hears it in a hold room goes out and in again."""


class Tones:
    """All tones that are heard now."""

    def __init__(self, seen: Seen, transport: Transport, errands: Errands) -> None:
        self._seen = seen
        self._transport = transport
        self._errands = errands
        self._latest: dict[LegId, object] = {}
        """The tone that each leg hears; another one takes its place."""
        self._begun: set[LegId] = set()
        """Legs of which nobody knows yet that they hear no tone any more."""

    def sound(self, leg: LegId, tone: Tone) -> None:
        """Let a leg hear a tone in place of its room."""
        known = self._seen.legs.get(leg)
        if known is not None and known.interaction is not None and known.progress is Progress.UP:
            self._errands.spawn(self._sound(leg, lane_of(known.interaction), tone), f"tone for {leg}")

    def attached(self, *, is_first: bool) -> None:
        """Asterisk is there (again): end what could not be ended, and what a process that was killed may have left.

        Only agents' telephones hear tones.
        """
        for known in tuple(self._seen.legs.values()):
            may_hear = known.leg in self._begun or (is_first and bool(known.phone))
            if may_hear and known.interaction is not None and known.progress is Progress.UP:
                self._latest.pop(known.leg, None)
                self._errands.spawn(self._end(known.leg, lane_of(known.interaction)), f"end a tone for {known.leg}")
        self._begun.intersection_update(self._seen.legs)

    async def _sound(self, leg: LegId, lane: int, tone: Tone) -> None:
        mine = self._latest[leg] = object()
        self._begun.intersection_update(self._seen.legs)  # legs that ended in their tone hear none
        self._begun.add(leg)
        try:
            # The class that a channel has of its own goes before the one that is asked for: the plan chooses anew before the hold room.
            await channels.set_variable(self._transport, lane, leg, "CHANNEL(musicclass)", tone.value)
            known = self._seen.legs.get(leg)
            if known is not None:
                known.music = tone.value
            await channels.start_music(self._transport, lane, leg, tone.value)
        except Gone:
            pass  # nobody is there to hear it
        except AriError as error:
            # Not tried again: a tone that comes late is about other keys. It may have begun all the same, so it is ended.
            log.warning("can't let a telephone hear a tone", leg=leg, tone=tone.value, because=str(error))
        await self._errands.pause(TONE_SECONDS)
        if self._latest.get(leg) is mine:
            del self._latest[leg]
            await self._end(leg, lane)

    async def _end(self, leg: LegId, lane: int) -> None:
        await self._errands.insist(Asked.END_TONE, leg, lambda: self._stop(leg, lane))
        await self._errands.pause(EVENT_SECONDS)
        known = self._seen.legs.get(leg)
        if known is not None and known.room is Room.HOLD:
            known.hears = SILENCE
            self._errands.look(known.interaction)

    async def _stop(self, leg: LegId, lane: int) -> None:
        await channels.stop_music(self._transport, lane, leg)
        self._begun.discard(leg)

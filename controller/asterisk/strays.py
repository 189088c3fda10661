"""What belongs to no interaction, or to none any more: given back to the dialplan, told what has come of what it dialled, or ended."""

import structlog

from controller.asterisk import bridges, channels
from controller.asterisk.errands import Errands
from controller.asterisk.errors import AriError, Gone
from controller.asterisk.failures import Asked
from controller.asterisk.tones import TONE_SECONDS
from controller.asterisk.transport import Transport
from controller.directory.ids import LegId
from controller.floor.ports import Tone

RETURNED_CONTEXT = "ari-controller-returned"
"""The dialplan context that serves callers whom we give back."""
REFUSED_CONTEXT = "ari-controller-refused"
"""The dialplan context that tells an agent who dialled by a tone, and by the cause that is its extension, that it is not done."""

log = structlog.get_logger("asterisk")


class Strays:
    """Nobody else would ever ask for these, so each is asked for as long as Asterisk is there.

    What is left after an outage is found by a look and hung up; only who is to be given back is remembered, and given back then.
    """

    def __init__(self, transport: Transport, errands: Errands) -> None:
        self._transport = transport
        self._errands = errands
        self.to_be_given_back: set[LegId] = set()
        """Callers of whom Asterisk has not said yet that the dialplan has them."""

    def give_back(self, leg: LegId, lane: int = 0) -> None:
        """Give a caller back to the dialplan. Twice is harmless."""
        self.to_be_given_back.add(leg)
        self._errands.spawn(self._give_back(leg, lane), f"give back {leg}")

    def attached(self) -> None:
        """Asterisk is there (again): whoever could not be given back is given back now."""
        for leg in sorted(self.to_be_given_back):
            self.give_back(leg)

    def refuse_dialled(self, leg: LegId, q850: int) -> None:
        """Let whoever dialled hear that it is not done."""
        self._errands.spawn(self._refuse(leg, q850), f"refuse what was dialled by {leg}")

    async def confirm_dialled(self, leg: LegId) -> None:
        """Let whoever dialled a code hear that it is done, and hang up."""
        try:
            await channels.answer(self._transport, 0, leg)
            await channels.start_music(self._transport, 0, leg, Tone.DONE.value)
        except Gone:
            return  # they have put down the telephone
        except AriError as error:
            # What they asked for is done all the same.
            log.warning("can't let a telephone hear that what it dialled is done", leg=leg, because=str(error))
        await self._errands.pause(TONE_SECONDS)
        await self.hang_up(leg)

    async def is_gone(self, leg: LegId) -> bool:
        """Look for it. Where Asterisk can't say, it counts as there."""
        try:
            await channels.get(self._transport, 0, leg)
        except Gone:
            return True
        except AriError as error:
            log.info("can't look whether a leg is gone", leg=leg, because=str(error))
        return False

    async def hang_up(self, leg: LegId) -> bool:
        """Gives True when it was gone already; False is no proof that it is now."""
        return await self._errands.insist(Asked.HANG_UP_STRAY, leg, lambda: channels.hang_up(self._transport, 0, leg, reason="normal"))

    async def delete(self, bridge: str) -> None:
        """Delete a room."""
        await self._errands.insist(Asked.DELETE_STRAY, bridge, lambda: bridges.delete(self._transport, 0, bridge))

    async def _give_back(self, leg: LegId, lane: int) -> None:
        async def ask() -> None:
            await channels.continue_in_dialplan(self._transport, lane, leg, context=RETURNED_CONTEXT)
            self.to_be_given_back.discard(leg)

        if await self._errands.insist(Asked.RETURN_CALLER, leg, ask):
            self.to_be_given_back.discard(leg)  # they have hung up, or were given back by a request whose answer was lost

    async def _refuse(self, leg: LegId, q850: int) -> None:
        await self._errands.insist(
            Asked.REFUSE_DIALLED,
            leg,
            lambda: channels.continue_in_dialplan(self._transport, 0, leg, context=REFUSED_CONTEXT, extension=str(q850)),
        )

"""Transfers that Asterisk leaves to us: what a telephone's transfer key asks for is a fact, and what came of it is told to the telephone.

Asterisk falls over a leg that is ended as soon as its telephone was told that it worked. So neither of the legs of a transfer is ended
before the telephone knows, and a moment longer; what takes them out of a room meanwhile is `plan`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from controller.asterisk import channels
from controller.asterisk.channels import TransferState
from controller.asterisk.errands import Errands
from controller.asterisk.errors import AriError
from controller.asterisk.events import ChannelTransfer
from controller.asterisk.failures import Asked, Course, course, failure_of
from controller.asterisk.retry import AWAY_SECONDS, TRIES_MAX
from controller.asterisk.seen import Seen, SeenLeg
from controller.asterisk.transport import Transport, lane_of
from controller.directory.dialled_targets import Dialled
from controller.directory.ids import InteractionId, LegId, Seconds
from controller.interaction.facts import AttendedTransferAsked, BlindTransferAsked

NO_CALL_OF_OURS = LegId("")
"""What a telephone has named that wants one of our calls joined to one of which we know nothing, or to somebody else's."""
LEFT_ALONE_SECONDS: Seconds = 0.1
"""How long a leg is not ended after its telephone was told: with 0.05 s no fault was seen in some 300 transfers, at once several."""
DECIDED_SECONDS_MAX: Seconds = 5.0
"""How long the floor may take to say what comes of a transfer; normally milliseconds. Later the telephone hears that it can't be done."""

_NOT_POSSIBLE = frozenset({"target-unavailable", "too-many-outside-calls", "asterisk-unavailable"})
"""Refusals that say nothing against whoever asked: somebody can't be reached now."""

log = structlog.get_logger("asterisk")


def answer_for(refused: str | None) -> TransferState:
    """Name what a telephone is told. `refused`: the machine's word for why its transfer is not done; None: it is."""
    if refused is None:
        return "channel_answered"
    return "channel_unavailable" if refused in _NOT_POSSIBLE else "channel_declined"


@dataclass(slots=True, kw_only=True)
class _Open:
    """A transfer of which its telephone has not been told everything."""

    leg: LegId
    interaction: InteractionId | None
    legs: tuple[SeenLeg, ...] = ()
    """Those that must not be ended meanwhile."""
    answer: TransferState | None = None
    was_asked_again: bool = False
    """The key was pressed once more, and the telephone not told since. An answer that comes after both ends both; a second does no harm."""
    is_begun: bool = False
    """Its telephone has been told that we are at it; only then may it be told more."""


class TransferKeys:
    """All transfers of which a telephone still has to be told. One leg has one at a time."""

    def __init__(self, seen: Seen, transport: Transport, errands: Errands, understand: Callable[[str], Dialled]) -> None:
        self._seen = seen
        self._transport = transport
        self._errands = errands
        self._understand = understand
        self._open: dict[LegId, _Open] = {}

    def asked(self, event: ChannelTransfer) -> BlindTransferAsked | AttendedTransferAsked | None:
        """Take note of what a transfer key asks for; None: there is nothing to decide.

        Whoever is no agent of ours transfers nobody: a customer, or somebody behind a trunk, is told so at once.
        """
        leg, wanted = event.referred_by.source_channel.id, event.refer_to.requested_destination
        if event.state is not None:
            return None
        if leg in self._open:
            log.info("a telephone has pressed its transfer key once more before it was answered", leg=leg)
            self._open[leg].was_asked_again = True
            return None
        known = self._seen.legs.get(leg)
        opened = self._open[leg] = _Open(leg=leg, interaction=known.interaction if known is not None else None)
        if known is None or not known.phone or known.interaction is None:
            log.info("somebody who is no agent in a call has asked for a transfer, and is refused", leg=leg)
            opened.answer = "channel_declined"
            self._errands.spawn(self._begin(opened), f"refuse the transfer of {leg}")
            return None
        other = self._named(event, known)
        opened.legs = (known,) if other is None else (known, other)
        for one in opened.legs:
            one.in_transfer = True
        self._errands.spawn(self._begin(opened), f"begin the transfer of {leg}")
        if wanted.protocol_id is not None:
            return AttendedTransferAsked(leg=leg, other=other.leg if other is not None else NO_CALL_OF_OURS)
        meant = self._understand(wanted.destination)
        return BlindTransferAsked(leg=leg, dialled=wanted.destination, target=meant.target, because=meant.because)

    def _named(self, event: ChannelTransfer, known: SeenLeg) -> SeenLeg | None:
        """The same telephone's other call, where it is that which was named: Asterisk takes any call of anybody's for an answer."""
        named = event.refer_to.destination_channel
        other = self._seen.legs.get(named.id) if named is not None else None
        return other if other is not None and other.phone == known.phone and other.interaction == known.interaction else None

    def answer(self, leg: LegId, refused: str | None) -> None:
        """Say what has come of it. `refused`: the machine's word for why it is not done; None: it is."""
        opened = self._open.get(leg)
        if opened is None or opened.answer is not None:
            return  # Asterisk has carried it out, and told the telephone long ago
        opened.answer = answer_for(refused)
        if opened.is_begun:
            self._errands.spawn(self._finish(opened, opened.answer), f"answer the transfer of {leg}")

    async def _begin(self, opened: _Open) -> None:
        """Without a word the telephone would go on waiting for the first one."""
        await self._tell(opened, "channel_progress")
        opened.is_begun = True
        if opened.answer is None:
            await self._errands.pause(DECIDED_SECONDS_MAX)
            if opened.answer is not None:
                return
            log.error("nobody has said what comes of a transfer", leg=opened.leg)
            opened.answer = "channel_unavailable"
        await self._finish(opened, opened.answer)

    async def _finish(self, opened: _Open, state: TransferState) -> None:
        was_asked_twice, opened.was_asked_again = opened.was_asked_again, False
        await self._tell(opened, state)
        if was_asked_twice:
            await self._tell(opened, "channel_declined")
        await self._errands.pause(LEFT_ALONE_SECONDS)
        while opened.was_asked_again:  # when the answer was under way or given, so that it may not have ended this one
            opened.was_asked_again = False
            await self._tell(opened, "channel_progress")
            await self._tell(opened, "channel_declined")
            await self._errands.pause(LEFT_ALONE_SECONDS)
        self._open.pop(opened.leg, None)
        still_open = {id(leg) for other in self._open.values() for leg in other.legs}
        for leg in opened.legs:
            leg.in_transfer = id(leg) in still_open
        self._errands.look(opened.interaction)

    async def _tell(self, opened: _Open, state: TransferState) -> None:
        lane = lane_of(opened.interaction) if opened.interaction is not None else 0
        for _ in range(TRIES_MAX):
            try:
                await channels.tell_of_transfer(self._transport, lane, opened.leg, state)
                return
            except AriError as error:
                if course(Asked.TELL_OF_TRANSFER, failure_of(error)) is Course.DONE:
                    return  # it has hung up, and was told by Asterisk
                log.warning("can't tell a telephone what comes of its transfer", leg=opened.leg, state=state, because=str(error))
            await self._errands.pause(AWAY_SECONDS)

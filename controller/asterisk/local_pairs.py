"""The pairs of Local channels by which Asterisk itself carries out what a telephone's transfer key asks for.

Asterisk does so wherever it has not been told to leave that to us. It takes the telephone's leg out of its room and puts one half of a pair
there; the other half goes to the dialplan (`TRANSFER_CONTEXT`), or into the room of the telephone's second call. Neither half stays: who is
to stand where is the floor's business, and a room with a Local half in it is nobody's. Pure.
"""

from collections import deque
from dataclasses import dataclass, field

from controller.asterisk.events import StasisStart
from controller.asterisk.resources import Channel
from controller.directory.ids import LegId

TRANSFER = "transfer"
"""The first word that our dialplan gives Stasis with what a transfer key has named: `Stasis(controller,transfer,${EXTEN})`."""
_ATTENDED = "Local/_attended@"
TAKEN_APART_MAX = 64
"""How many halves are remembered that are being taken out; all that is told of one comes within a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOut:
    """A transfer that Asterisk has carried out. It is to be taken apart again."""

    leg: LegId
    """The telephone's leg that was replaced; of two the first."""
    other: LegId | None
    """Of an attended one the telephone's other leg; None: it is a blind one."""
    dialled: str
    """What a blind one has named."""
    halves: tuple[LegId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOver:
    """What has come of a pair of which no more is waited for."""

    halves: tuple[LegId, ...]
    replaced: tuple[LegId, ...]
    """Our legs whose places they took: of a transfer that joined one to a call that is none of ours."""


@dataclass(slots=True)
class _Pair:
    halves: list[LegId] = field(default_factory=list)
    replaced: list[LegId] = field(default_factory=list)
    dialled: str | None = None


class LocalPairs:
    """The pairs of which not everything has been told yet."""

    def __init__(self) -> None:
        self._pairs: dict[str, _Pair] = {}
        self._taken_apart: deque[LegId] = deque(maxlen=TAKEN_APART_MAX)

    def came(self, event: StasisStart) -> CarriedOut | None:
        """Take note of a half that has come to us; gives what was asked for once all is known, and then no more."""
        name = _pair_of(event.channel)
        pair = self._pairs.setdefault(name, _Pair())
        pair.halves.append(event.channel.id)
        if event.replace_channel is not None:
            pair.replaced.append(event.replace_channel.id)
        if len(event.args) >= 2 and event.args[0] == TRANSFER:
            pair.dialled = event.args[1]
        is_attended = name.startswith(_ATTENDED)
        if len(pair.replaced) < (2 if is_attended else 1) or (pair.dialled is None and not is_attended):
            return None
        del self._pairs[name]
        self._taken_apart.extend(pair.halves)
        leg, *others = pair.replaced
        return CarriedOut(leg=leg, other=others[0] if is_attended else None, dialled=pair.dialled or "", halves=tuple(pair.halves))

    def given_up(self, channel: Channel) -> LeftOver | None:
        """Forget a pair of which no more is waited for; None: all has come, or nothing is left."""
        pair = self._pairs.pop(_pair_of(channel), None)
        return LeftOver(halves=tuple(pair.halves), replaced=tuple(pair.replaced)) if pair is not None else None

    def know(self, half: LegId) -> bool:
        """Whether this half has come to us, so that it is being taken out, or waited for."""
        return half in self._taken_apart or any(half in pair.halves for pair in self._pairs.values())

    def have_taken_place_of(self, leg: LegId) -> bool:
        """Whether a half stands where this leg stood, and nobody knows yet what for."""
        return any(leg in pair.replaced for pair in self._pairs.values())


def is_half(channel: Channel) -> bool:
    """Say whether a channel is half of a pair of Local channels."""
    return channel.name.startswith("Local/")


def _pair_of(channel: Channel) -> str:
    """`Local/1002@transfers-0000000a;2` is the second half of its pair."""
    return channel.name.rpartition(";")[0]

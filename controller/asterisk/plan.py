"""From where everybody belongs and where everybody is, to what to ask Asterisk for next. Pure: asks for nothing itself.

Departures from the talk room come before arrivals in it. That order is what keeps a customer from hearing a consult: nobody enters, and no
telephone is rung, while somebody who does not belong there still stands in the talk room.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from controller.asterisk.seen import Progress, Seen, SeenLeg
from controller.directory.ids import LegId
from controller.interaction.layout import Display, Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin


@dataclass(frozen=True, slots=True)
class Request:
    """Something to ask Asterisk for."""


@dataclass(frozen=True, slots=True)
class OpenRoom(Request):
    """Make a bridge."""

    room: Room


@dataclass(frozen=True, slots=True)
class CloseRoom(Request):
    """Delete a bridge that nobody needs any more."""

    room: Room


@dataclass(frozen=True, slots=True)
class LegRequest(Request):
    """Something about one leg."""

    leg: LegId


@dataclass(frozen=True, slots=True)
class Make(LegRequest):
    """Create the channel to a telephone; it is dialled later, once it stands in its room."""

    endpoint: Endpoint
    told_to_answer: bool


@dataclass(frozen=True, slots=True)
class Dial(LegRequest):
    """Ring the telephone."""


@dataclass(frozen=True, slots=True)
class Answer(LegRequest):
    """Pick up a caller."""


@dataclass(frozen=True, slots=True)
class ChooseMusic(LegRequest):
    """Say which music this leg hears in the hold room."""

    music: str


@dataclass(frozen=True, slots=True)
class Move(LegRequest):
    """Bring a leg into a room, out of any other."""

    room: Room


@dataclass(frozen=True, slots=True)
class Mute(LegRequest):
    """Nobody hears this leg."""


@dataclass(frozen=True, slots=True)
class Unmute(LegRequest):
    """This leg is heard."""


@dataclass(frozen=True, slots=True)
class StartRinging(LegRequest):
    """Let a leg hear ringing: a telephone rings in its room, and began to before it came there."""


@dataclass(frozen=True, slots=True)
class StopRinging(LegRequest):
    """End the ringing that a leg hears: the telephone that rang is no longer in its room."""


@dataclass(frozen=True, slots=True)
class ShowParty(LegRequest):
    """Have a telephone's display name whom its owner talks with now."""

    shows: Display


@dataclass(frozen=True, slots=True)
class HangUp(LegRequest):
    """End a leg."""


def plan(layout: Layout, seen: Seen) -> list[Request]:
    """List what can be asked for now, in order; empty: Asterisk is as it should be, or everything else has to wait for these.

    Nobody is made, answered or brought anywhere before the room is there in which they belong.

    Called again after every event and every answer, it arrives at the layout step by step.
    """
    ended = seen.ended_of(layout.interaction)
    places = [place for place in layout.places if place.leg not in ended]
    wanted = {place.leg: place for place in places}
    here = {leg.leg: leg for leg in seen.legs_of(layout.interaction)}
    rooms = seen.rooms_of(layout.interaction)

    if not wanted and not here:
        return [CloseRoom(room) for room in sorted(rooms)]
    requests: list[Request] = [OpenRoom(room) for room in sorted({place.room for place in places} - rooms)]
    named = {place.leg for place in layout.places}
    for leg in here.values():
        if leg.is_given_up and leg.leg in named:
            continue  # the floor has not said what follows: hung up before that is kept, a crash would make it look as if a person had
        requests += _departure(leg, wanted.get(leg.leg), layout.music, rooms)
    talk_is_clear = not any(leg.may_talk and _does_not_belong(leg, wanted) for leg in here.values())
    requests += _ringing([leg for leg in here.values() if leg.leg in wanted])
    for place in places:
        if place.room in rooms:
            requests += _arrival(place, here.get(place.leg), talk_is_clear=talk_is_clear)
    # Last: nobody waits for a sound because a display is told something.
    for place in places:
        requests += _display(place, here.get(place.leg))
    return requests


def _ringing(here: Collection[SeenLeg]) -> Iterator[Request]:
    """Whoever waits alone in the talk room for a telephone that rings there hears it ring, and nobody else hears ringing."""
    rings = any(leg.room is Room.TALK and leg.progress is Progress.DIALLED for leg in here)
    talkers = [leg for leg in here if leg.room is Room.TALK and leg.progress is Progress.UP]
    listens = talkers[0] if rings and len(talkers) == 1 else None
    if listens is not None and not listens.hears_ringing:
        yield StartRinging(listens.leg)
    for leg in here:
        if leg.hears_ringing and leg is not listens:
            yield StopRinging(leg.leg)


def _does_not_belong(leg: SeenLeg, wanted: dict[LegId, Place]) -> bool:
    place = wanted.get(leg.leg)
    return place is None or place.room is not Room.TALK


def _departure(leg: SeenLeg, place: Place | None, music: str, rooms: Collection[Room]) -> Iterator[Request]:
    """What takes a leg out of where it does not belong; waits for nothing but for the room that it is to go to."""
    if place is None:
        yield HangUp(leg.leg)
        return
    if place.room not in rooms:
        return  # a caller is not answered before there is a room to bring them to
    if leg.progress is Progress.DIALLED and leg.origin is Origin.CAME:
        # Wherever it stands by now: the request to pick up may have failed, and the moves that followed it not.
        yield Answer(leg.leg)
    may_be_elsewhere = leg.room is not Room.HOLD or Room.TALK in leg.bound_for
    if place.room is Room.HOLD and may_be_elsewhere and leg.progress is not Progress.ASKED_FOR:
        if leg.music != music:
            yield ChooseMusic(leg.leg, music)
        yield Move(leg.leg, Room.HOLD)


def _arrival(place: Place, leg: SeenLeg | None, *, talk_is_clear: bool) -> Iterator[Request]:
    """What brings a leg to where it belongs, as far as it can be done now."""
    if leg is None or leg.progress is Progress.ASKED_FOR:
        # A caller's leg can't be made; if it is gone, the fact that says so is on its way.
        if place.endpoint is not None and (talk_is_clear or leg is not None):
            yield Make(place.leg, place.endpoint, place.told_to_answer)
        return
    if place.muted and leg.muted is not True and leg.progress is Progress.UP:
        yield Mute(leg.leg)
    if leg.room is not place.room:
        if place.room is Room.TALK and talk_is_clear:
            yield Move(leg.leg, Room.TALK)
        return
    if leg.progress is Progress.DOWN and talk_is_clear:
        yield Dial(leg.leg)
    if leg.muted is not False and not place.muted:
        yield Unmute(leg.leg)


def _display(place: Place, leg: SeenLeg | None) -> Iterator[Request]:
    """A telephone that rings shows what its INVITE said; what has changed since is told when its owner is where they belong."""
    if leg is None or leg.progress is not Progress.UP or leg.room is not place.room:
        return
    if place.shows is not None and place.shows != leg.shows:
        yield ShowParty(leg.leg, place.shows)

"""From where everybody belongs and where everybody is, to what to ask Asterisk for next. Pure: asks for nothing itself.

Departures from the talk room come before arrivals in it. That order is what keeps a customer from hearing a consult: nobody enters, and no
telephone is rung, while somebody who does not belong there still stands in the talk room.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from controller.asterisk.seen import Progress, Seen, SeenLeg, Sign, beside, first_of
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
    contact: str = ""
    """Which of the telephones that have registered at the endpoint; empty: the one that Asterisk chooses."""


@dataclass(frozen=True, slots=True)
class FindContacts(LegRequest):
    """Find out where else the telephones of this leg's agent have registered, so that all ring."""


@dataclass(frozen=True, slots=True)
class Dial(LegRequest):
    """Ring the telephone."""


@dataclass(frozen=True, slots=True)
class Answer(LegRequest):
    """Pick up a caller, or one of our telephones that has dialled."""


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
class TakeTransfers(LegRequest):
    """Have Asterisk leave to us what this leg's telephone asks for by its transfer key."""


@dataclass(frozen=True, slots=True)
class HangUp(LegRequest):
    """End a leg."""


def plan(layout: Layout, seen: Seen) -> list[Request]:
    """List what can be asked for now, in order; empty: Asterisk is as it should be, or everything else has to wait for these.

    Nobody is made, answered or brought anywhere before the room is there in which they belong.

    Called again after every event and every answer, it arrives at the layout step by step.
    """
    ended = frozenset(seen.ended_of(layout.interaction))
    here = {leg.leg: leg for leg in seen.legs_of(layout.interaction)}
    # What an earlier process left under a name that is wanted anew is another call: it goes first.
    strays = {leg.leg for leg in here.values() if leg.is_stray}
    given_way = {leg.leg for leg in here.values() if leg.gives_way}
    places = [place for place in layout.places if place.leg not in ended | strays | given_way]
    rung_beside = {leg: place for place in layout.places for leg in _beside(place, here) if leg not in ended and leg not in strays}
    wanted = rung_beside | {place.leg: place for place in places}
    rooms = seen.rooms_of(layout.interaction)

    if not wanted and not here:
        return [CloseRoom(room) for room in sorted(rooms)]
    requests: list[Request] = [OpenRoom(room) for room in sorted({place.room for place in places} - rooms)]
    named = {place.leg for place in layout.places} - {first_of(leg) for leg in rung_beside}
    for leg in here.values():
        if (leg.is_given_up or leg.gives_way) and leg.leg in named:
            continue  # the floor has not said what follows: hung up before that is kept, a crash would make it look as if a person had
        if leg.leg not in rung_beside:
            requests += _departure(leg, wanted.get(leg.leg), rooms)
    talk_is_clear = not any(leg.may_talk and _does_not_belong(leg, wanted) for leg in here.values())
    requests += _ringing([leg for leg in here.values() if leg.leg in wanted])
    for place in layout.places:
        # Before the first one is rung: it may be busy at once, and that one of several is busy says nothing yet.
        if place.room in rooms and talk_is_clear:
            requests += _others(place, here, ended)
    for place in places:
        if place.room in rooms:
            requests += _arrival(place, here.get(place.leg), talk_is_clear=talk_is_clear)
    # Last: nobody waits for a sound because a display is told something.
    for place in places:
        requests += _display(place, here.get(place.leg))
    if seen.asks_us_for_transfers:
        requests += (TakeTransfers(leg.leg) for leg in here.values() if leg.leg in wanted and leg.keeps_transfers)
    return requests


def _ringing(here: Collection[SeenLeg]) -> Iterator[Request]:
    """Whoever waits alone in the talk room for a telephone that rings there hears it ring, and nobody else hears ringing.

    What sends a sound of its own before it answers is heard instead.
    """
    rings = any(
        (leg.room is Room.TALK or leg.is_beside_another) and leg.progress is Progress.DIALLED and leg.sign is Sign.RINGING for leg in here
    )
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


def _departure(leg: SeenLeg, place: Place | None, rooms: Collection[Room]) -> Iterator[Request]:
    """What takes a leg out of where it does not belong; waits for nothing but for the room that it is to go to."""
    if place is None and leg.in_transfer:
        # Until its telephone knows what has come of it, and a moment longer, a leg must not be ended: Asterisk would fall over it.
        if leg.room is Room.TALK and Room.HOLD in rooms:
            yield Move(leg.leg, Room.HOLD)
        return
    if place is None:
        yield HangUp(leg.leg)
        return
    if place.room not in rooms:
        return  # a caller is not answered before there is a room to bring them to
    if leg.progress is Progress.DIALLED and leg.origin is not Origin.MADE:
        # Wherever it stands by now: the request to pick up may have failed, and the moves that followed it not.
        yield Answer(leg.leg)
    may_be_elsewhere = leg.room is not Room.HOLD or Room.TALK in leg.bound_for
    hears_other_music = leg.hears not in ("", place.music) and place.music != ""
    if place.room is Room.HOLD and (may_be_elsewhere or hears_other_music) and leg.progress is not Progress.ASKED_FOR:
        if place.music not in ("", leg.music):
            yield ChooseMusic(leg.leg, place.music)
            if not may_be_elsewhere:
                return  # before there is other music to come in to, going out would cost a try and be heard, for nothing
        # Whoever stands there already goes out and in again (see `perform`): music begins where a leg comes in, and only there.
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
        if leg.contacts is None and _rings_everywhere(place):
            yield FindContacts(leg.leg)
        else:
            yield Dial(leg.leg)
    if leg.muted is not False and not place.muted:
        yield Unmute(leg.leg)


def _rings_everywhere(place: Place) -> bool:
    """Whether all the telephones that an agent has at an endpoint are to ring.

    Those that were told to answer would all do so at once: of them one is rung, the one that Asterisk chooses.
    """
    return place.endpoint is not None and not place.endpoint.trunk and not place.told_to_answer


def _beside(place: Place, here: Mapping[LegId, SeenLeg]) -> Iterator[LegId]:
    """The legs that ring, or have just been answered, beside the one that is to be rung."""
    if _rings_everywhere(place):
        yield from (leg for leg in here if first_of(leg) == place.leg and leg != place.leg)


def _others(place: Place, here: Mapping[LegId, SeenLeg], ended: Collection[LegId]) -> Iterator[Request]:
    """What rings the other telephones of an agent. They stand in no room: whichever is answered first is brought into it then.

    In a room Asterisk lets a telephone ring on whose leg it was told to end, if another one there was answered just before.
    """
    first = here.get(place.leg)
    if not _rings_everywhere(place) or place.endpoint is None:
        return
    contacts = first.contacts if first is not None and not first.is_on_its_way_out else None
    for number, contact in enumerate(contacts or (), 2):
        leg = beside(place.leg, number)
        if leg not in ended and leg not in here:
            yield Make(leg, place.endpoint, place.told_to_answer, contact)
    for leg in _beside(place, here):
        if here[leg].is_on_its_way_out:
            continue
        if here[leg].progress is Progress.ASKED_FOR:
            yield Make(leg, place.endpoint, place.told_to_answer, here[leg].contact)
        elif here[leg].progress is Progress.DOWN:
            yield Dial(leg)


def _display(place: Place, leg: SeenLeg | None) -> Iterator[Request]:
    """A telephone that rings shows what its INVITE said; what has changed since is told when its owner is where they belong."""
    if leg is None or leg.progress is not Progress.UP or leg.room is not place.room or leg.trunk:
        return  # what a trunk was told at the beginning, its caller id, is all that it is told
    if place.shows is not None and place.shows != leg.shows:
        yield ShowParty(leg.leg, place.shows)

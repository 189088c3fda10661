"""What Asterisk has, as far as its events and answers have told us: legs, where they stand, and rooms. A mirror; it asks for nothing.

A leg is known here before it is made, so that no early event about it is lost.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from controller.directory.ids import InteractionId, LegId
from controller.interaction.facts import EndCause, EndCodes
from controller.interaction.layout import Display, Layout, Room
from controller.interaction.leg import Origin

OURS = "ix-"
"""How the ids of channels and bridges that we make begin."""
LEG_NAME_PARTS = 4
"""`ix-<interaction>-<agent>-<n>`, or `ix-<interaction>-out-<n>` for somebody outside; an agent's id may hold more dashes."""


_BESIDE = re.compile(r"(ix-.+-[0-9]+)\.[0-9]+")
"""How the id of a leg is made that is rung beside another: `ix-<interaction>-<agent>-<n>.2`."""


def beside(leg: LegId, place: int) -> LegId:
    """Name the leg of an agent's second telephone, or third: made of the first one's name, so that any process knows it for what it is."""
    assert place > 1, "the first telephone's leg has the name that the layout gives it"
    return LegId(f"{leg}.{place}")


def first_of(leg: LegId) -> LegId:
    """Name the leg that a layout wants rung, for one that is rung for it: itself, or the one beside which it rings."""
    found = _BESIDE.fullmatch(leg)
    return LegId(found[1]) if found else leg


class Progress(StrEnum):
    """How far Asterisk is with a leg."""

    ASKED_FOR = "asked for"
    """We are about to make it, or have asked for it: not yet in Stasis."""
    DOWN = "down"
    """In Stasis; its telephone has not been dialled."""
    DIALLED = "dialled"
    """Its telephone rings, or will; or a caller's, who has not been answered."""
    UP = "up"


class Sign(StrEnum):
    """The last that a telephone, or what is behind a trunk, has said before it answered."""

    NONE = "nothing"
    TRYING = "trying"
    """A trunk works on it (100). No event tells so: it is asked for when nothing else comes."""
    RINGING = "ringing"
    """It rings (180), and sends no sound of its own."""
    SOUND = "sound of its own"
    """It is heard before it answers (183): the network's own ringing, an announcement."""


@dataclass(slots=True, kw_only=True)
class SeenLeg:
    """One channel of ours."""

    leg: LegId
    origin: Origin
    interaction: InteractionId | None
    """None: a caller of whom the floor has not decided yet."""
    progress: Progress
    is_stray: bool = False
    """No layout of this process has named it: an earlier one let it go, or could not keep that it made it. Its id may be used anew."""
    phone: str = ""
    """The telephone that it was made for; empty: a caller's, somebody's outside, or nobody knows."""
    trunk: str = ""
    """The trunk by which it was made; empty: a caller's, or a telephone of ours."""
    contact: str = ""
    """Which of an endpoint's telephones it was made for, where that was said; empty: the one that Asterisk chose."""
    contacts: tuple[str, ...] | None = None
    """Where the same agent's other telephones have registered, each rung by a leg beside this one; None: not known yet."""
    sign: Sign = Sign.NONE
    is_unwanted: bool = False
    """No layout wants it any more; it is about to be hung up."""
    is_given_up: bool = False
    """It has ended for the floor, and stands where it stands until it is hung up: nobody may be brought to it meanwhile."""
    room: Room | None = None
    bound_for: frozenset[Room] = frozenset()
    """Rooms that we have sent it to and not away from since: it may be heard, or stand, there before an event says so."""
    entered_at: float = 0.0
    """When it came into its room, by this machine's monotonic clock (seconds)."""
    muted: bool | None = False
    """None: nobody knows, because no answer came."""
    music: str = "default"
    """The class that it is to hear when it next comes into the hold room."""
    hears: str = ""
    """The class that it hears, once it stands in the hold room; empty: nobody knows."""
    hold_key_unknown: bool = False
    """Asterisk could not say whether its telephone's own hold key is pressed, and no event has said so since."""
    is_ending: bool = False
    """Asterisk has said that it is about to end, and by whose decision."""
    asterisk_ends_it: bool = False
    """The decision is Asterisk's own."""
    end_codes: EndCodes | None = None
    """What the telephone network has said last of its end; None: nothing yet."""
    shows: Display | None = None
    """Whom we have told its telephone to show; None: nobody knows."""
    was_replaced: bool = False
    """Somebody has taken its place in its room. Asterisk tells of its end by `StasisEnd` alone from then on."""
    gives_way: bool = False
    """Another leg has taken its place and keeps it: it is brought nowhere any more, until the floor lets it go."""
    is_in_by_itself: bool = False
    """It has taken another leg's place. Nobody has brought it there: it hears no music, and its keys are heard. It goes out and in once."""
    codec: str | None = None
    """In which its telephone speaks; empty: Asterisk could not say; None: nobody has asked."""
    has_transfer_key: bool = True
    """It speaks SIP."""
    transfers_are_ours: bool = False
    """Asterisk leaves to us what its transfer key asks for; False: it does that by itself, or nobody knows."""
    in_transfer: bool = False
    """A transfer that it has asked for, or that names it, is not answered yet, or was a moment ago."""
    hears_ringing: bool = False
    """Asterisk plays ringing to this leg, since a telephone rings in its room. It does not always stop by itself."""

    @property
    def is_beside_another(self) -> bool:
        """It is rung for the leg that a layout names, and is not that leg."""
        return first_of(self.leg) != self.leg

    @property
    def is_on_its_way_out(self) -> bool:
        """It is there, and nobody wants it."""
        return self.is_unwanted or self.is_given_up or self.is_stray

    @property
    def keeps_transfers(self) -> bool:
        """It is up, and Asterisk would carry out by itself what its transfer key asks for."""
        return self.progress is Progress.UP and self.has_transfer_key and not self.transfers_are_ours

    @property
    def may_talk(self) -> bool:
        """It stands in the talk room, or may do so by now."""
        return self.room is Room.TALK or Room.TALK in self.bound_for


@dataclass(slots=True)
class Seen:
    """All legs and rooms that Asterisk has of ours."""

    asks_us_for_transfers: bool = False
    """This Asterisk is to leave to us what transfer keys ask for."""
    has_codecs: bool = False
    """Telephones may speak in different codecs."""
    legs: dict[LegId, SeenLeg] = field(default_factory=dict)
    rooms: dict[InteractionId, set[Room]] = field(default_factory=dict)
    closing: set[tuple[InteractionId, Room]] = field(default_factory=set)
    """Rooms that we have closed and whose end has not been told yet: when it is, another of the same name may be there already."""
    closed_at: dict[tuple[InteractionId, Room], str] = field(default_factory=dict)
    """When the end of a room that we closed was told, by Asterisk's clock."""
    causes: dict[LegId, list[tuple[EndCause, EndCodes | None]]] = field(default_factory=dict)
    """Why telephones of an agent ring no more, by the leg that is wanted, while others ring beside it."""
    _of: dict[InteractionId, set[LegId]] = field(default_factory=dict)
    _made_for: dict[str, set[LegId]] = field(default_factory=dict)
    """The legs of each telephone."""
    _ended: dict[InteractionId, set[LegId]] = field(default_factory=dict)
    """Legs that are gone for good: a layout that still names one has not heard of it yet, and must not have it made again."""

    def note(self, leg: SeenLeg) -> SeenLeg:
        """Take up a leg, in place of what was known of it: it may have been another interaction's, or another telephone's."""
        self.unmake(leg.leg)
        self.legs[leg.leg] = leg
        if leg.interaction is not None:
            self._of.setdefault(leg.interaction, set()).add(leg.leg)
        if leg.phone:
            self._made_for.setdefault(leg.phone, set()).add(leg.leg)
        return leg

    def want(self, layout: Layout) -> None:
        """From now on this layout says who of its interaction is wanted; a caller's leg that it names is this interaction's."""
        wanted = {place.leg for place in layout.places}
        rung = {place.leg for place in layout.places if place.endpoint is not None}
        for leg in wanted:
            self.claim(leg, layout.interaction)
        for known in self.legs_of(layout.interaction):
            known.is_unwanted = known.leg not in wanted and first_of(known.leg) not in rung

    def claim(self, leg: LegId, interaction: InteractionId) -> None:
        """A caller's leg is this interaction's from now on."""
        seen = self.legs.get(leg)
        if seen is not None and seen.interaction is None:
            seen.interaction = interaction
            self._of.setdefault(interaction, set()).add(leg)

    def forget(self, leg: LegId) -> SeenLeg | None:
        """A leg is gone for good. Gives what was known of it; None when it was gone already."""
        seen = self.unmake(leg)
        if seen is not None and seen.interaction is not None and not seen.is_stray:
            self._ended.setdefault(seen.interaction, set()).add(leg)
        return seen

    def give_up(self, leg: LegId) -> SeenLeg | None:
        """A leg has ended for the floor and may still be there: no layout can want it any more. None when it is gone already."""
        seen = self.legs.get(leg)
        if seen is not None and seen.interaction is not None:
            seen.is_given_up = True
            self._ended.setdefault(seen.interaction, set()).add(leg)
        return seen

    def unmake(self, leg: LegId) -> SeenLeg | None:
        """A leg is not there; it may be made again. Gives what was known of it."""
        seen = self.legs.pop(leg, None)
        if seen is not None and seen.phone:
            self._made_for[seen.phone].discard(leg)
        if seen is not None and seen.interaction is not None:
            mine = self._of.get(seen.interaction)
            if mine is not None:
                mine.discard(leg)
                if not mine:
                    del self._of[seen.interaction]
        return seen

    def is_let_go_elsewhere(self, leg: LegId) -> bool:
        """Whether the same telephone is still in another leg that nobody wants: it would say that it is busy, or ring in somebody's ear."""
        known = self.legs.get(leg)
        others = self._made_for.get(known.phone, ()) if known is not None and known.phone else ()
        return any(other != leg and self.legs[other].is_on_its_way_out for other in others)

    def rung_with(self, leg: LegId) -> Iterator[SeenLeg]:
        """The other legs that are there for the same wanted one, and may still be answered, or have been."""
        known, first = self.legs.get(leg), first_of(leg)
        interaction = known.interaction if known is not None else made_for(leg)
        for other in self.legs_of(interaction) if interaction is not None else ():
            if other.leg != leg and first_of(other.leg) == first and not other.is_on_its_way_out:
                yield other

    def note_ended(self, leg: LegId, interaction: InteractionId) -> None:
        """A leg that this process has never seen was there, and is gone for good."""
        self._ended.setdefault(interaction, set()).add(leg)

    def legs_made_for(self, phone: str) -> list[LegId]:
        """The legs of one telephone that are wanted."""
        return sorted(leg for leg in self._made_for.get(phone, ()) if not self.legs[leg].is_on_its_way_out)

    def legs_of(self, interaction: InteractionId) -> list[SeenLeg]:
        """The legs of one interaction, those in its rooms and those on their way."""
        return [self.legs[leg] for leg in sorted(self._of.get(interaction, ()))]

    def ended_of(self, interaction: InteractionId) -> Collection[LegId]:
        """The legs that were there and are gone."""
        return self._ended.get(interaction, ())

    def note_sign(self, leg: LegId, sign: Sign) -> bool:
        """What is at the other end of a leg has said something; gives whether that is new.

        Asterisk itself lets whoever waits alone with it hear that it rings.
        """
        known = self.legs.get(leg)
        if known is None or known.sign is sign:
            return False
        known.sign = sign
        if sign is Sign.RINGING and known.room is Room.TALK and known.interaction is not None:
            talkers = [other for other in self.legs_of(known.interaction) if other.room is Room.TALK and other.progress is Progress.UP]
            if len(talkers) == 1:
                talkers[0].hears_ringing = True
        return True

    def somebody_joined_talk(self, interaction: InteractionId) -> None:
        """Whoever is up and comes into a room ends the ringing that the others there hear."""
        for leg in self.legs_of(interaction):
            leg.hears_ringing = False

    def rooms_of(self, interaction: InteractionId) -> set[Room]:
        """The rooms that exist for one interaction."""
        return self.rooms.setdefault(interaction, set())

    def forget_interaction(self, interaction: InteractionId) -> None:
        """Nothing of this interaction is left."""
        self.rooms.pop(interaction, None)
        for room in Room:
            self.closing.discard((interaction, room))
            self.closed_at.pop((interaction, room), None)
        self._ended.pop(interaction, None)
        for leg in [leg for leg in self.causes if made_for(leg) == interaction]:
            del self.causes[leg]


def bridge_id(interaction: InteractionId, room: Room) -> str:
    """Name a room's bridge so that `bridge show all` tells an administrator whose it is."""
    return f"{OURS}{interaction}-{room.value}"


def bridge_name(app: str) -> str:
    """Say in a bridge's name whose it is: several applications may live on one Asterisk, and each deletes only its own rooms."""
    return f"room of {app}"


def room_named(bridge: str) -> tuple[InteractionId, Room] | None:
    """Read a bridge's name; None: it is not one of ours."""
    parts = bridge.split("-")
    if len(parts) != 3 or parts[0] != "ix" or parts[2] not in (Room.TALK.value, Room.HOLD.value):
        return None
    return InteractionId(parts[1]), Room(parts[2])


def sign_in(answer: str) -> Sign:
    """Read the last answer before a call was picked up: `SIP 183 Session Progress`. One that says nothing else says that it is tried."""
    _, _, status = answer.partition("SIP ")
    return {"180": Sign.RINGING, "183": Sign.SOUND}.get(status[:3], Sign.TRYING)


def made_for(leg: LegId) -> InteractionId | None:
    """Read of a leg's name for which interaction we made it; None: it is a caller's.

    To be asked only of a leg that nobody here knows: Asterisk gives back nothing but the name. Whoever knows a leg knows its origin.
    """
    parts = leg.split("-")
    return InteractionId(parts[1]) if leg.startswith(OURS) and len(parts) >= LEG_NAME_PARTS else None

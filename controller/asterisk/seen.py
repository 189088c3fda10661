"""What Asterisk has, as far as its events and answers have told us: legs, where they stand, and rooms. A mirror; it asks for nothing.

A leg is known here before it is made, so that no early event about it is lost.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from controller.directory.ids import InteractionId, LegId
from controller.interaction.layout import Display, Layout, Room
from controller.interaction.leg import Origin

OURS = "ix-"
"""How the ids of channels and bridges that we make begin."""
LEG_NAME_PARTS = 4
"""`ix-<interaction>-<agent>-<n>`; an agent's id may hold more dashes."""


class Progress(StrEnum):
    """How far Asterisk is with a leg."""

    ASKED_FOR = "asked for"
    """We are about to make it, or have asked for it: not yet in Stasis."""
    DOWN = "down"
    """In Stasis; its telephone has not been dialled."""
    DIALLED = "dialled"
    """Its telephone rings, or will; or a caller's, who has not been answered."""
    UP = "up"


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
    """The telephone that it was made for; empty: a caller's, or nobody knows."""
    is_ringing: bool = False
    """Its telephone has said that it rings."""
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
    is_ending: bool = False
    """Asterisk has said that it is about to end, and by whose decision."""
    asterisk_ends_it: bool = False
    """The decision is Asterisk's own."""
    shows: Display | None = None
    """Whom we have told its telephone to show; None: nobody knows."""
    hears_ringing: bool = False
    """Asterisk plays ringing to this leg, since a telephone was rung in its room. It does not always stop by itself."""

    @property
    def is_on_its_way_out(self) -> bool:
        """It is there, and nobody wants it."""
        return self.is_unwanted or self.is_given_up or self.is_stray

    @property
    def may_talk(self) -> bool:
        """It stands in the talk room, or may do so by now."""
        return self.room is Room.TALK or Room.TALK in self.bound_for


@dataclass(slots=True)
class Seen:
    """All legs and rooms that Asterisk has of ours."""

    legs: dict[LegId, SeenLeg] = field(default_factory=dict)
    rooms: dict[InteractionId, set[Room]] = field(default_factory=dict)
    closing: set[tuple[InteractionId, Room]] = field(default_factory=set)
    """Rooms that we have closed and whose end has not been told yet: when it is, another of the same name may be there already."""
    closed_at: dict[tuple[InteractionId, Room], str] = field(default_factory=dict)
    """When the end of a room that we closed was told, by Asterisk's clock."""
    _of: dict[InteractionId, set[LegId]] = field(default_factory=dict)
    _made_for: dict[str, set[LegId]] = field(default_factory=dict)
    """The legs of each telephone."""
    _ended: dict[InteractionId, set[LegId]] = field(default_factory=dict)
    """Legs that are gone for good: a layout that still names one has not heard of it yet, and must not have it made again."""

    def note(self, leg: SeenLeg) -> SeenLeg:
        """Take up a leg."""
        self.legs[leg.leg] = leg
        if leg.interaction is not None:
            self._of.setdefault(leg.interaction, set()).add(leg.leg)
        if leg.phone:
            self._made_for.setdefault(leg.phone, set()).add(leg.leg)
        return leg

    def want(self, layout: Layout) -> None:
        """From now on this layout says who of its interaction is wanted; a caller's leg that it names is this interaction's."""
        wanted = {place.leg for place in layout.places}
        for leg in wanted:
            self.claim(leg, layout.interaction)
        for known in self.legs_of(layout.interaction):
            known.is_unwanted = known.leg not in wanted

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

    def legs_of(self, interaction: InteractionId) -> list[SeenLeg]:
        """The legs of one interaction, those in its rooms and those on their way."""
        return [self.legs[leg] for leg in sorted(self._of.get(interaction, ()))]

    def ended_of(self, interaction: InteractionId) -> Collection[LegId]:
        """The legs that were there and are gone."""
        return self._ended.get(interaction, ())

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


def made_for(leg: LegId) -> InteractionId | None:
    """Read of a leg's name for which interaction we made it; None: it is a caller's.

    To be asked only of a leg that nobody here knows: Asterisk gives back nothing but the name. Whoever knows a leg knows its origin.
    """
    parts = leg.split("-")
    return InteractionId(parts[1]) if leg.startswith(OURS) and len(parts) >= LEG_NAME_PARTS else None

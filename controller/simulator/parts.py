"""Channels and bridges of the simulated Asterisk, how they look in events and answers, and how a channel really came to its end."""

from enum import StrEnum
from zlib import crc32

from controller.asterisk import events
from controller.asterisk.events import AriEvent
from controller.asterisk.resources import Bridge, Channel, Party
from controller.directory.ids import LegId, Seconds

Cause = tuple[int, int | None]
"""Q.850, and the SIP status where there was one."""
BUSY: Cause = (17, 486)
NORMAL: Cause = (16, None)
DECLINED: Cause = (21, 603)
NO_ANSWER: Cause = (19, None)
NETWORK_FAILED: Cause = (41, 500)
LOST: Cause = (44, None)
"""No sound for too long: Asterisk itself gives the channel up."""


class End(StrEnum):
    """What really ended a channel, whatever the controller is told of it."""

    HUNG_UP = "somebody hung up"
    LOST = "the telephone was lost"
    DECLINED = "somebody declined"
    UNANSWERED = "nobody answered"
    BUSY = "the telephone was busy"
    IN_OWN_CALL = "the telephone was in a call without us"
    UNREGISTERED = "the telephone was not registered"
    BY_US = "the controller hung up"
    RESTART = "Asterisk was restarted"
    REFUSED = "the network outside refused"
    FELL_BACK = "the dialplan has the caller"


END_OF: dict[Cause, End] = {
    BUSY: End.BUSY,
    NORMAL: End.HUNG_UP,
    DECLINED: End.DECLINED,
    NO_ANSWER: End.UNANSWERED,
    NETWORK_FAILED: End.UNREGISTERED,
    LOST: End.LOST,
}


class SimChannel:
    """One channel."""

    __slots__ = (
        "absorbs_keys",
        "app_data",
        "bridge",
        "came_at",
        "coming_to",
        "contact",
        "dialled",
        "dialled_at",
        "end",
        "ended_at",
        "endpoint",
        "entered_at",
        "has_dialled",
        "has_taken_a_place",
        "hears_music",
        "held_at",
        "hung_up_by_itself",
        "id",
        "in_stasis",
        "is_dead",
        "is_there",
        "leaves_transfers",
        "music",
        "muted",
        "name",
        "number",
        "on_hold",
        "rang_at",
        "replaced_by",
        "said",
        "said_on_hold",
        "shows",
        "sounds",
        "state",
        "told_of_transfer_at",
        "told_to_answer",
        "tone",
        "transfer_asked_at",
        "transfer_names",
    )

    def __init__(self, channel_id: LegId, *, endpoint: str, number: str = "", dialled: str = "") -> None:
        self.id = channel_id
        self.endpoint = endpoint
        """The telephone that is rung, or the trunk; empty: a caller."""
        self.dialled = dialled
        """The number that is called through the trunk; empty: a telephone of ours, or a caller."""
        self.contact = ""
        """Which of an endpoint's telephones it leads to."""
        self.name = ""
        """As Asterisk names it, where that is no telephone; empty: it is one."""
        self.number = number
        self.state = "Down" if endpoint else "Ring"
        self.app_data = ""
        self.in_stasis = False
        self.is_there = True
        self.bridge: SimBridge | None = None
        self.coming_to: SimBridge | None = None
        """Left one bridge, has not entered the next one yet."""
        self.is_dead = False
        """The page that was this telephone is gone: nobody is heard over it, and it says no goodbye."""
        self.muted = False
        self.entered_at: Seconds = 0.0
        self.hears_music = True
        """In a hold room: it was not brought there while it stood there."""
        self.music = "default"
        self.has_dialled = False
        """One of our telephones has dialled it, beside whatever else it is in."""
        self.tone = ""
        """The music class that it hears in place of its room; empty: none."""
        self.absorbs_keys = False
        """Nobody in its room hears its keys."""
        self.leaves_transfers = False
        """What its transfer key asks for is left to the controller."""
        self.transfer_asked_at: Seconds | None = None
        """Since when its telephone waits to be told what comes of its transfer key; None: it does not."""
        self.transfer_names: SimChannel | None = None
        """The other call that its transfer key has named last."""
        self.told_of_transfer_at: Seconds | None = None
        """When the telephone was told of the transfer of which this is part."""
        self.told_to_answer = False
        self.dialled_at: Seconds | None = None
        """When it was called through a trunk; None: not yet."""
        self.said = ""
        """What has come back last from a trunk, as Asterisk would say it; empty: nothing."""
        self.sounds = False
        """It is heard before it answers: the network's own ringing, or an announcement (183)."""
        self.shows: tuple[str, str] = ("", "")
        """The name and the number that the telephone's display shows."""
        self.on_hold = False
        """The telephone's own hold key is pressed, whoever has heard of it."""
        self.said_on_hold = False
        """What Asterisk has said last of its hold key: a refresh of the session sounds like a release."""
        self.held_at: Seconds | None = None
        """When it was last pressed or released."""
        self.came_at: Seconds = 0.0
        """When a caller came into Stasis."""
        self.has_taken_a_place = False
        """It stands, or stood, where another one was (INVITE with Replaces)."""
        self.hung_up_by_itself = False
        """Nobody has put it down: its telephone ends a call whose transfer it asked for, whatever came of it."""
        self.replaced_by: SimChannel | None = None
        """Who has taken its place; None: nobody."""
        self.rang_at: Seconds | None = None
        self.ended_at: Seconds | None = None
        self.end: End | None = None

    @property
    def is_up(self) -> bool:
        return self.state == "Up"

    @property
    def rings(self) -> bool:
        return self.state in ("Dialing", "Ringing") or (self.dialled_at is not None and self.is_there and not self.is_up)

    @property
    def stands_by_itself(self) -> bool:
        """It has taken another one's place, and the controller has not brought it there since: its keys are heard."""
        return self.has_taken_a_place and self.entered_at == self.came_at

    @property
    def is_outside(self) -> bool:
        """It leads through a trunk to somebody who is not ours."""
        return bool(self.dialled)


class SimBridge:
    """One bridge, and who stands in it."""

    __slots__ = ("channels", "id", "kind", "name")

    def __init__(self, bridge_id: str, kind: str, name: str = "") -> None:
        self.id = bridge_id
        self.kind = kind
        self.name = name
        self.channels: dict[LegId, SimChannel] = {}


_NOBODY = Party()


def as_told(channel: SimChannel) -> Channel:
    """A channel as events show it."""
    caller = Party(number=channel.number) if channel.number else _NOBODY
    return Channel(id=channel.id, name=_name_of(channel), state=channel.state, caller=caller)


def _name_of(channel: SimChannel) -> str:
    """As Asterisk names channels: the endpoint, and a number of its own."""
    return channel.name or f"PJSIP/{channel.endpoint or 'outside'}-{crc32(channel.id.encode()):08x}"


def named(bridge: SimBridge) -> Bridge:
    """A bridge as events show it."""
    return Bridge(id=bridge.id)


def channel_json(channel: SimChannel) -> dict[str, object]:
    """A channel as an answer shows it."""
    place = {"app_name": "Stasis", "app_data": channel.app_data} if channel.in_stasis else {}
    name = _name_of(channel)
    return {"id": channel.id, "name": name, "state": channel.state, "caller": {"name": "", "number": channel.number}, "dialplan": place}


def bridge_json(bridge: SimBridge) -> dict[str, object]:
    """A bridge as an answer shows it. Asterisk says `Stasis` of every application's."""
    return {"id": bridge.id, "name": bridge.name, "creator": "Stasis", "bridge_class": "stasis", "channels": list(bridge.channels)}


HANGUP_REQUEST: type[AriEvent] | None = getattr(events, "ChannelHangupRequest", None)
"""The event that tells a BYE from a channel that Asterisk ended. None: the controller does not read it."""


def hangup_request(channel: SimChannel, cause: Cause, end: End) -> tuple[AriEvent, ...]:
    """What Asterisk says before it ends a channel that was up, as measured: `soft` only where it was Asterisk's own doing."""
    if HANGUP_REQUEST is None or not channel.is_up:
        return ()
    soft, q850 = {End.LOST: (True, 1), End.BY_US: (True, 32)}.get(end, (False, cause[0]))
    told = {"type": "ChannelHangupRequest", "channel": as_told(channel), "cause": q850, "tech_cause": cause[1], "soft": soft}
    return (HANGUP_REQUEST.model_validate(told),)

"""The simulated Asterisk: channels, bridges and telephones, as far as the controller can tell them from real ones.

It knows nothing of interactions, and of each channel how it really came to its end. What was measured on Asterisk 22.10 and is imitated: a
move is answered before it has happened, and a move that failed is answered as if it had not; a channel that was created is in Stasis only a
moment later; a caller who leaves is told by `StasisEnd` only; a telephone that can't be rung is "Allocation failed", whatever the reason;
every re-INVITE without SDP is a release of the hold key; a restart loses everything without a word; a channel through a trunk that is heard
before it answers (183) is `Down` until it does, and one that is dialled twice is lost. What a transfer key asks for is carried out here, or
left to the controller where the channel says so; then Asterisk falls over a channel that is ended just after its telephone was told.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random
from typing import Protocol
from urllib.parse import unquote

from pydantic import SecretStr

from controller.asterisk.bridges import HOLD
from controller.asterisk.events import (
    BridgeDestroyed,
    ChannelDestroyed,
    ChannelDtmfReceived,
    ChannelEnteredBridge,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelTransfer,
    ChannelUnhold,
    Dial,
    ReferredBy,
    ReferTo,
    RequestedDestination,
    StasisEnd,
    StasisStart,
)
from controller.asterisk.local_pairs import TRANSFER
from controller.asterisk.perform import TRANSFER_HANDLING
from controller.asterisk.resync import AGENT
from controller.directory.ids import LegId, Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.neighbours import Neighbours
from controller.simulator.parts import (
    BUSY,
    END_OF,
    LOST,
    NETWORK_FAILED,
    NO_ANSWER,
    NORMAL,
    Cause,
    End,
    SimBridge,
    SimChannel,
    as_told,
    bridge_json,
    channel_json,
    hangup_request,
    named,
)

APP = "controller"
STASIS_TRIES_MAX = 30
"""How often, a second apart, the dialplan tries to hand a caller over before it serves them by itself."""
MOVE_SECONDS_MAX = 0.006
LEFT_ALONE_SECONDS_MIN: Seconds = 0.05
"""Asterisk was seen to fall over channels that were ended sooner than this after the telephone was told of their transfer."""

Answer = tuple[int, str]
"""HTTP's status, and the body or what Asterisk says is wrong."""
DONE: Answer = (HTTPStatus.NO_CONTENT, "")
NO_CHANNEL: Answer = (HTTPStatus.NOT_FOUND, "Channel not found")


class Witness(Protocol):
    """Somebody who sees what really happens in the exchange, at once."""

    def entered(self, channel: SimChannel, bridge: SimBridge) -> None:
        """A channel stands in a bridge from now on."""

    def rung(self, channel: SimChannel) -> None:
        """A telephone begins to ring, and a person may hear it."""

    def was_busy(self, channel: SimChannel, with_: SimChannel) -> None:
        """A telephone was to ring while it rings or talks already."""

    def is_heard(self, channel: SimChannel) -> None:
        """What is called outside is heard by whoever stands in its room, and has not answered."""

    def was_dialled_twice(self, channel: SimChannel) -> None:
        """The controller had a channel dialled that has been dialled before."""

    def was_ended_too_soon(self, channel: SimChannel) -> None:
        """The controller ends a channel just after the telephone was told of the transfer that it is part of: Asterisk falls over that."""

    def heard_key(self, by: SimChannel, of: SimChannel) -> None:
        """A key that somebody pressed is heard by somebody else in the room."""

    def gone(self, channel: SimChannel) -> None:
        """A channel is no more."""

    def fell_back(self, channel: SimChannel) -> None:
        """A caller is served by the dialplan from now on: nobody took them, or they were given back."""

    def was_given(self, channel: SimChannel) -> None:
        """The dialplan hands a caller over to our application."""

    def was_hung_up_by_us(self, channel: SimChannel) -> None:
        """The controller has a channel hung up; it is still there."""

    def could_not(self, what: str) -> None:
        """Asterisk refuses something that the controller needs, `room <bridge>` or `telephone <channel>`, for a reason of its own."""

    def could(self, what: str) -> None:
        """What may have been refused before has been done."""

    def touched(self, request: str) -> None:
        """The controller has done something to what is another application's."""


class FarEnds(Protocol):
    """The telephone network behind the trunks."""

    def is_called(self, channel: SimChannel) -> None:
        """Somebody is called through a trunk; what they do about it comes later."""

    def answers_although_cancelled(self, channel: SimChannel) -> bool:
        """Whether the answer crosses the hang-up on its way."""


class Exchange:
    """One Asterisk. `tell` takes the topic on which events keep their order, and what is said on it at one moment."""

    def __init__(self, agenda: Agenda, dice: Random, tell: Callable[..., None], witness: Witness) -> None:
        self._agenda = agenda
        self._dice = dice
        self._tell = tell
        self._witness = witness
        self.times_started = 1
        self.channels: dict[LegId, SimChannel] = {}
        self.ended: dict[LegId, SimChannel] = {}
        self.bridges: dict[str, SimBridge] = {}
        self.app_is_active = False
        """Somebody listens as our application; without that, callers wait in the dialplan."""
        self.moves_that_fail = 0.0
        """How many of a hundred moves are answered as if they were done, and are not."""
        self.unregistered: set[str] = set()
        self.own_calls: dict[str, Seconds] = {}
        """Telephones that are in a call without us, since when."""
        self.telephones: dict[str, int] = {}
        """How many telephones have registered at an endpoint, where that is more than one."""
        self.pages: dict[str, Seconds] = {}
        """Telephones in browsers, and when each has come or gone last. A page takes a second call while the first one stands."""
        self.not_registered_when_rung: set[LegId] = set()
        self.leaves_transfers = False
        """This Asterisk can leave it to the controller what a transfer key asks for, and no telephone ends it by that."""
        self.has_no_ports = False
        """Every RTP port is taken: no telephone can be rung, though all are registered."""
        self.rooms_that_fail = ""
        """Bridges whose names end so can't be made, such as `-hold`; empty: all can."""
        self.neighbours = Neighbours()
        self.far_ends: FarEnds | None = None
        """Who answers behind the trunks; None: nobody, ever."""
        self._callers = 0

    # --- What people do with telephones ----------------------------------------------------------------------------

    def calls(self, number: str, dialled: str) -> SimChannel:
        """Somebody dials one of our numbers; the dialplan hands them over as soon as it can."""
        self._callers += 1
        channel = SimChannel(LegId(f"1700000000.{self._callers}"), endpoint="", number=number)
        channel.app_data = f"{APP},customer,{dialled}"
        self.channels[channel.id] = channel
        self._hand_over(channel, dialled, STASIS_TRIES_MAX)
        return channel

    def dials(self, telephone: str, dialled: str) -> None:
        """Somebody dials from a telephone of ours; where the controller is away the dialplan says so at once."""
        if not self.app_is_active:
            return
        self._callers += 1
        channel = SimChannel(LegId(f"1700000000.{self._callers}"), endpoint=telephone)
        channel.state, channel.has_dialled, channel.in_stasis = "Ring", True, True
        channel.app_data = f"{APP},{AGENT},{dialled},{telephone}"
        self.channels[channel.id] = channel
        self._tell(channel.id, StasisStart(type="StasisStart", channel=as_told(channel), args=(AGENT, dialled, telephone)))

    def transfers(self, channel: SimChannel, dialled: str) -> None:
        """The transfer key, blind: half of a Local pair takes this channel's place, the other half brings what was dialled."""
        if not channel.is_there or not self.app_is_active:
            return
        if channel.leaves_transfers:
            self._asks_for_transfer(channel, RequestedDestination(destination=dialled), None)
            return
        name = f"{dialled}@transfers"
        first, second = self._half(name, 1), self._half(name, 2)
        second.app_data = f"{APP},{TRANSFER},{dialled}"
        self._tell(second.id, StasisStart(type="StasisStart", channel=as_told(second), args=(TRANSFER, dialled)))
        self._takes_place(first, channel)

    def joins(self, asks: SimChannel, is_named: SimChannel) -> None:
        """The transfer key, attended. Asterisk says at once that both calls are off hold, and half a second later links their rooms.

        Where it leaves that to the controller it says nothing but what was asked for.
        """
        if asks.leaves_transfers:
            if asks.is_there and self.app_is_active:
                self._asks_for_transfer(asks, RequestedDestination(protocol_id=SecretStr("a call")), is_named)
            return
        for channel in (asks, is_named):
            if channel.is_there:
                self._tells_of_hold(channel, held=False)
        self._agenda.soon(0.5, lambda: self._links(asks, is_named))

    def _asks_for_transfer(self, asks: SimChannel, wanted: RequestedDestination, is_named: SimChannel | None) -> None:
        if asks.transfer_asked_at is None:
            asks.transfer_asked_at = self._agenda.now
        asks.transfer_names = is_named
        named = as_told(is_named) if is_named is not None and is_named.is_there else None
        to = ReferTo(requested_destination=wanted, destination_channel=named)
        self._tell(asks.id, ChannelTransfer(type="ChannelTransfer", refer_to=to, referred_by=ReferredBy(source_channel=as_told(asks))))

    def _tells_of_transfer(self, asks: SimChannel, state: str) -> None:
        """The telephone is told; a second word that is no progress does nothing."""
        if state == "channel_progress" or asks.transfer_asked_at is None:
            return
        asks.transfer_asked_at = None
        for channel in (asks, asks.transfer_names):
            if channel is not None:
                channel.told_of_transfer_at = self._agenda.now
        said = "channel_declined" if state == "channel_unavailable" else state
        echo = {"requested_destination": {"destination": ""}}
        by = {"source_channel": as_told(asks)}
        self._tell(asks.id, ChannelTransfer.model_validate({"type": "ChannelTransfer", "state": said, "refer_to": echo, "referred_by": by}))

    def _links(self, asks: SimChannel, is_named: SimChannel) -> None:
        if not asks.is_there or not is_named.is_there or not self.app_is_active:
            return
        for number, channel in enumerate((asks, is_named), start=1):
            self._takes_place(self._half("_attended@transfer", number), channel)
        self.hangs_up(is_named, LOST)

    def _half(self, pair: str, number: int) -> SimChannel:
        """One channel of a Local pair, which comes to us."""
        if number == 1:
            self._callers += 2
        half = SimChannel(LegId(f"1700000000.{self._callers - 2 + number}"), endpoint="Local")
        half.name = f"Local/{pair}-{self._callers:08x};{number}"
        half.state, half.in_stasis, half.app_data = "Up", True, f"{APP},"
        self.channels[half.id] = half
        return half

    def _takes_place(self, half: SimChannel, channel: SimChannel) -> None:
        """The half stands in the other's room, in silence: who is there is looked at without it."""
        replaced = StasisStart(type="StasisStart", channel=as_told(half), args=(), replace_channel=as_told(channel))
        self._tell(half.id, replaced)
        self._leave(channel)

    def is_replaced(self, channel: SimChannel, *, by: str) -> SimChannel | None:
        """INVITE with Replaces, by this endpoint: another call stands where this one stood, in silence, and this one in no room.

        None: that can't be done, and whoever has tried it hears so.
        """
        if not channel.is_there or not self.app_is_active or channel.replaced_by is not None:
            return None
        self._callers += 1
        newcomer = SimChannel(LegId(f"1700000000.{self._callers}"), endpoint=by, number=channel.number)
        newcomer.state, newcomer.has_dialled, newcomer.in_stasis, newcomer.has_taken_a_place = "Up", bool(by), True, True
        newcomer.app_data, newcomer.hears_music, newcomer.came_at = f"{APP},", False, self._agenda.now
        self.channels[newcomer.id] = channel.replaced_by = newcomer
        started = StasisStart(type="StasisStart", channel=as_told(newcomer), args=(), replace_channel=as_told(channel))
        self._tell(newcomer.id, started)
        bridge = channel.bridge or channel.coming_to
        self._leave(channel)
        if bridge is not None:
            newcomer.coming_to = bridge
            self._enter(newcomer, bridge)
        return newcomer

    def is_joined_by_a_stranger(self, bridge: SimBridge, *, by_dialplan: bool) -> None:
        """Another application brings a channel of its own into this bridge, or the dialplan somebody who is in no application."""
        stranger = self.neighbours.somebody(by_dialplan=by_dialplan)
        stranger.coming_to = bridge
        self._enter(stranger, bridge)

    def _hand_over(self, channel: SimChannel, dialled: str, tries: int) -> None:
        if not channel.is_there:
            return
        if self.app_is_active:
            channel.in_stasis = True
            channel.came_at = self._agenda.now
            self._witness.was_given(channel)
            started = StasisStart(type="StasisStart", channel=as_told(channel), args=("customer", dialled))
            self._tell(channel.id, started)
        elif tries:
            self._agenda.soon(1.0, lambda: self._hand_over(channel, dialled, tries - 1))
        else:
            self._fall_back(channel)

    def _fall_back(self, channel: SimChannel) -> None:
        self._witness.fell_back(channel)
        self._leave(channel)
        self._ends(channel, End.FELL_BACK)
        channel.in_stasis = False
        del self.channels[channel.id]

    def picks_up(self, channel: SimChannel) -> None:
        """A ringing telephone is answered."""
        if channel.is_there and (channel.state == "Ringing" or (channel.is_outside and channel.rings)):
            channel.sounds = False
            self._becomes(channel, "Up")

    def hangs_up(self, channel: SimChannel, cause: Cause = NORMAL, *, end: End | None = None) -> None:
        """A telephone is put down, or refuses, or is lost: a channel ends. `end`: what it really was, where the cause may say otherwise."""
        if not channel.is_there:
            return
        end = end or END_OF[cause]
        self._leave(channel)
        self._ends(channel, end)
        del self.channels[channel.id]
        shown = as_told(channel)
        first = hangup_request(channel, cause, end)
        if channel.in_stasis:
            self._tell(channel.id, *first, StasisEnd(type="StasisEnd", channel=shown))
        if channel.endpoint:
            q850, sip = cause
            self._tell(channel.id, ChannelDestroyed(type="ChannelDestroyed", channel=shown, cause=q850, tech_cause=sip))
        self._witness.gone(channel)

    def _ends(self, channel: SimChannel, end: End) -> None:
        channel.is_there = False
        channel.end, channel.ended_at = end, self._agenda.now
        self.ended[channel.id] = channel

    def channel(self, leg: LegId) -> SimChannel | None:
        """A channel that is there, or that was."""
        return self.channels.get(leg) or self.ended.get(leg)

    def rings_outside(self, channel: SimChannel) -> None:
        """A telephone outside rings (180)."""
        if channel.is_there and channel.rings:
            channel.said, channel.rang_at = "SIP 180 Ringing", self._agenda.now
            self._becomes(channel, "Ringing")
            self._tell(channel.id, Dial(type="Dial", peer=as_told(channel), dialstatus="RINGING"))

    def sounds_outside(self, channel: SimChannel) -> None:
        """The network sends sound before anybody has answered (183). The channel's state is what it was."""
        if channel.is_there and channel.rings:
            channel.said, channel.sounds = "SIP 183 Session Progress", True
            self._tell(channel.id, Dial(type="Dial", peer=as_told(channel), dialstatus="PROGRESS"))
            self._witness.is_heard(channel)

    def presses_hold(self, channel: SimChannel, *, held: bool) -> None:
        """A telephone's own hold key is pressed or released."""
        if channel.is_there and channel.is_up:
            channel.on_hold, channel.held_at = held, self._agenda.now
            self._tells_of_hold(channel, held=held)

    def presses_key(self, channel: SimChannel, digit: str, *, seconds: Seconds, comes_doubled: bool = False) -> None:
        """A key of a telephone is pressed and released. Whoever stands in the room hears it, unless it is absorbed there."""
        if not channel.is_there or not channel.is_up:
            return
        if channel.bridge is not None and channel.bridge.kind != HOLD and not channel.absorbs_keys:
            for other in channel.bridge.channels.values():
                if other is not channel:
                    self._witness.heard_key(other, channel)
        for _ in range(2 if comes_doubled else 1):
            at = datetime.fromtimestamp(self._agenda.now, UTC).isoformat()
            pressed = ChannelDtmfReceived(
                type="ChannelDtmfReceived", channel=as_told(channel), digit=digit, duration_ms=round(seconds * 1000), timestamp=at
            )
            self._tell(channel.id, pressed)

    def offers_late(self, channel: SimChannel) -> None:
        """A telephone refreshes its session by a re-INVITE without SDP: Asterisk calls that a release, whatever the key does."""
        if channel.is_there and channel.is_up:
            self._tells_of_hold(channel, held=False)

    def _tells_of_hold(self, channel: SimChannel, *, held: bool) -> None:
        shown, channel.said_on_hold = as_told(channel), held
        if held:
            self._tell(channel.id, ChannelHold(type="ChannelHold", channel=shown))
        else:
            self._tell(channel.id, ChannelUnhold(type="ChannelUnhold", channel=shown))

    def restarts(self) -> None:
        """Everything is gone, without a word."""
        self.times_started += 1
        gone = tuple(self.channels.values())
        self.channels.clear()
        self.bridges.clear()
        self.own_calls.clear()
        self.neighbours.all_go()
        for channel in gone:
            self._ends(channel, End.RESTART)
            channel.bridge = channel.coming_to = None
            self._witness.gone(channel)

    def calls_at(self, endpoint: str) -> list[SimChannel]:
        """What a telephone is in."""
        there = (channel for channel in self.channels.values() if channel.endpoint == endpoint and not channel.has_dialled)
        return [channel for channel in there if channel.state != "Down"]

    # --- What the controller asks for ------------------------------------------------------------------------------

    def execute(self, method: str, uri: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> Answer:
        """Do what a request asks, as ARI does."""
        kind, *rest = uri.split("/")
        if not rest:
            return HTTPStatus.OK, json.dumps(self._every_channel() if kind == "channels" else self._every_bridge())
        if kind == "endpoints":
            return self._endpoint(rest[1])
        name, verb = unquote(rest[0]), rest[1] if len(rest) > 1 else ""
        if (stranger := self.neighbours.stranger(query.get("channel", name))) is not None:
            return self._puts_out(stranger, method, verb)
        if self.neighbours.are_asked(method, kind, name, query):
            return self._asks_of_neighbours(method, uri, kind, name)
        if kind == "bridges":
            return self._bridge_request(method, name, verb, query)
        if name == "create":
            return self._create(query, body or {})
        channel = self.channels.get(LegId(name))
        return NO_CHANNEL if channel is None else self._channel_request(method, channel, verb, query)

    def _every_channel(self) -> list[object]:
        return [channel_json(channel) for channel in (*self.channels.values(), *self.neighbours.channels.values())]

    def _every_bridge(self) -> list[object]:
        return [bridge_json(bridge) for bridge in (*self.bridges.values(), *self.neighbours.bridges.values())]

    def _endpoint(self, name: str) -> Answer:
        state = "offline" if name in self.unregistered else "online"
        channels = [channel.id for channel in self.calls_at(name)]
        return HTTPStatus.OK, json.dumps({"technology": "PJSIP", "resource": name, "state": state, "channel_ids": channels})

    def _puts_out(self, stranger: SimChannel, method: str, verb: str) -> Answer:
        """Whoever stands in a room of ours may be taken out of it; hung up only if no application has them."""
        if verb == "removeChannel" and stranger.bridge is None:
            return HTTPStatus.UNPROCESSABLE_ENTITY, "Channel not in this bridge"
        if verb == "removeChannel" and not stranger.in_stasis:
            return HTTPStatus.UNPROCESSABLE_ENTITY, "Channel not in Stasis application"
        if verb != "removeChannel" and (stranger.in_stasis or method != "DELETE"):
            self._witness.touched(f"{method} channels/{stranger.id}/{verb}")
        self._leave(stranger)
        self.neighbours.is_put_out(stranger)
        return DONE

    def _asks_of_neighbours(self, method: str, uri: str, kind: str, name: str) -> Answer:
        if method != "GET":
            self._witness.touched(f"{method} {uri}")
            return self.neighbours.do(method, kind, name), ""
        of_bridge = kind == "bridges"
        shown = bridge_json(self.neighbours.bridges[name]) if of_bridge else channel_json(self.neighbours.channels[LegId(name)])
        return HTTPStatus.OK, json.dumps(shown)

    def _bridge_request(self, method: str, name: str, verb: str, query: Mapping[str, str]) -> Answer:
        bridge = self.bridges.get(name)
        if method == "POST" and not verb:
            if bridge is not None:
                return HTTPStatus.CONFLICT, "Bridge with id already exists"
            if self.rooms_that_fail and name.endswith(self.rooms_that_fail):
                self._witness.could_not(f"room {name}")
                return HTTPStatus.INTERNAL_SERVER_ERROR, "Unable to create bridge"
            self._witness.could(f"room {name}")
            self.bridges[name] = bridge = SimBridge(name, query["type"], query.get("name", ""))
            return HTTPStatus.OK, json.dumps(bridge_json(bridge))
        if bridge is None:
            return HTTPStatus.NOT_FOUND, "Bridge not found"
        if method == "GET":
            return HTTPStatus.OK, json.dumps(bridge_json(bridge))
        if method == "DELETE":
            for channel in tuple(bridge.channels.values()):
                self._leave(channel)
            del self.bridges[name]
            at = f"{self._agenda.now:.6f}"
            self._tell(name, BridgeDestroyed(type="BridgeDestroyed", timestamp=at, bridge=named(bridge)))
            return DONE
        assert verb in ("addChannel", "removeChannel"), f"the simulated Asterisk knows no {method} bridges/…/{verb}"
        moved = self.channels.get(LegId(query["channel"]))
        if moved is None:
            return HTTPStatus.BAD_REQUEST, "Channel not found"
        if not moved.in_stasis:
            return HTTPStatus.UNPROCESSABLE_ENTITY, "Channel not in Stasis application"
        if verb == "removeChannel":
            if moved.coming_to is bridge:
                self._enter(moved, bridge)
            if moved.bridge is not bridge:
                return HTTPStatus.UNPROCESSABLE_ENTITY, "Channel not in this bridge"
            self._leave(moved)
            return DONE
        return self._move(moved, bridge, absorbs_keys=query.get("absorbDTMF") == "true")

    def _move(self, channel: SimChannel, bridge: SimBridge, *, absorbs_keys: bool) -> Answer:
        if channel.coming_to is not None:
            self._enter(channel, channel.coming_to)
        # Measured: whoever is brought into the hold room in which they stand hears no music from then on.
        channel.hears_music = channel.bridge is not bridge or channel.entered_at == self._agenda.now
        channel.absorbs_keys = absorbs_keys
        self._leave(channel)
        if self._dice.random() * 100 < self.moves_that_fail:
            return DONE
        channel.coming_to = bridge
        takes = MOVE_SECONDS_MAX * self._dice.random() ** 3
        self._agenda.soon(takes, lambda: self._enter(channel, bridge))
        return DONE

    def _enter(self, channel: SimChannel, bridge: SimBridge) -> None:
        if not channel.is_there or channel.coming_to is not bridge:
            return
        channel.coming_to = None
        if self.bridges.get(bridge.id) is not bridge:
            return
        channel.bridge = bridge
        channel.entered_at = self._agenda.now
        bridge.channels[channel.id] = channel
        entered = ChannelEnteredBridge(type="ChannelEnteredBridge", bridge=named(bridge), channel=as_told(channel))
        self._tell(bridge.id, entered)
        self._witness.entered(channel, bridge)

    def _leave(self, channel: SimChannel) -> None:
        channel.coming_to = None
        bridge, channel.bridge = channel.bridge, None
        if bridge is not None:
            del bridge.channels[channel.id]
            left = ChannelLeftBridge(type="ChannelLeftBridge", bridge=named(bridge), channel=as_told(channel))
            self._tell(bridge.id, left)

    def _create(self, query: Mapping[str, str], body: Mapping[str, object]) -> Answer:
        telephone, _, contact = query["endpoint"].removeprefix("PJSIP/").partition("/")
        dialled, _, endpoint = telephone.rpartition("@")
        channel_id = LegId(query["channelId"])
        if channel_id in self.channels:
            return HTTPStatus.CONFLICT, "Channel with given unique ID already exists"
        if endpoint in self.unregistered:
            self.not_registered_when_rung.add(channel_id)
            return HTTPStatus.INTERNAL_SERVER_ERROR, "Allocation failed"
        if self.has_no_ports:
            self._witness.could_not(f"telephone {channel_id}")
            return HTTPStatus.INTERNAL_SERVER_ERROR, "Allocation failed"
        self._witness.could(f"telephone {channel_id}")
        channel = self.channels[channel_id] = SimChannel(channel_id, endpoint=endpoint, dialled=dialled)
        channel.contact = contact or self._contacts(endpoint)[0]
        variables = body.get("variables")
        if isinstance(variables, dict):
            channel.leaves_transfers = variables.get(TRANSFER_HANDLING) == "ari-only"
            channel.told_to_answer = any("Call-Info" in name for name in variables)
            channel.shows = (variables.get("CONNECTEDLINE(name,i)", ""), variables.get("CONNECTEDLINE(num,i)", ""))
        self._agenda.soon(0.0005, lambda: self._comes_to_stasis(channel))
        return HTTPStatus.OK, json.dumps(channel_json(channel))

    def _contacts(self, endpoint: str) -> list[str]:
        return [f"sip:{endpoint}@192.0.2.{place}:5060" for place in range(1, self.telephones.get(endpoint, 1) + 1)]

    def _comes_to_stasis(self, channel: SimChannel) -> None:
        if channel.is_there:
            channel.in_stasis = True
            channel.app_data = f"{APP},"
            started = StasisStart(type="StasisStart", channel=as_told(channel), args=())
            self._tell(channel.id, started)

    def _channel_request(self, method: str, channel: SimChannel, verb: str, query: Mapping[str, str]) -> Answer:
        match method, verb:
            case "GET", "":
                return HTTPStatus.OK, json.dumps(channel_json(channel))
            case "DELETE", "":
                if self.far_ends is not None and channel.is_outside and self.far_ends.answers_although_cancelled(channel):
                    self.picks_up(channel)
                told_at = channel.told_of_transfer_at
                if told_at is not None and self._agenda.now - told_at < LEFT_ALONE_SECONDS_MIN:
                    self._witness.was_ended_too_soon(channel)
                self._witness.was_hung_up_by_us(channel)
                self.hangs_up(channel, end=End.BY_US)
            case "POST", "dial":
                return self._dial(channel, float(query["timeout"]))
            case "POST", "answer":
                if not channel.in_stasis:
                    return HTTPStatus.CONFLICT, "Channel not in Stasis application"
                if not channel.is_up:
                    self._becomes(channel, "Up")
            case "POST" | "DELETE", "mute":
                channel.muted = method == "POST"
            case "POST", "transfer_progress":
                self._tells_of_transfer(channel, query["states"])
            case "GET", "variable":
                return self._variable(channel, query["variable"])
            case "POST", "variable":
                _set_variable(channel, query["variable"], query["value"])
            case "POST", "continue":
                if channel.has_dialled:
                    self.hangs_up(channel)  # they have heard that it is not done
                    return DONE
                self._tell(channel.id, StasisEnd(type="StasisEnd", channel=as_told(channel)))
                self._fall_back(channel)
            case "POST" | "DELETE", "moh":
                if not channel.is_up:
                    return HTTPStatus.PRECONDITION_FAILED, "Channel in invalid state"
                # Measured: it is heard in place of the room, through every move, and its end is that of a hold room's music too.
                # The channel's own class goes before the one that is asked for.
                channel.tone = channel.music if method == "POST" else ""
                if not channel.tone:
                    channel.hears_music = False
            case ("POST" | "DELETE", "ring") | ("POST", "dtmf"):
                pass
            case _:
                raise AssertionError(f"the simulated Asterisk knows no {method} channels/…/{verb}")
        return DONE

    def _dial(self, channel: SimChannel, seconds_max: Seconds) -> Answer:
        if channel.state != "Down":
            return HTTPStatus.CONFLICT, "Channel is not in the 'Down' state"
        if channel.is_outside:
            return self._dial_outside(channel, seconds_max)
        channel.state = "Dialing"
        self._agenda.soon(0.002 + 0.02 * self._dice.random(), lambda: self._rings(channel, seconds_max))
        return DONE

    def _dial_outside(self, channel: SimChannel, seconds_max: Seconds) -> Answer:
        if channel.dialled_at == self._agenda.now:
            return HTTPStatus.CONFLICT, "Channel is being dialled"  # a request that the wire has repeated
        if channel.dialled_at is not None:
            self._witness.was_dialled_twice(channel)
            self.hangs_up(channel, NETWORK_FAILED, end=End.BY_US)
            return DONE
        channel.dialled_at = self._agenda.now
        self._tell(channel.id, Dial(type="Dial", peer=as_told(channel), dialstatus=""))
        self._agenda.soon(seconds_max, lambda: self._stops_ringing(channel))
        self._witness.rung(channel)
        if self.far_ends is not None:
            self.far_ends.is_called(channel)
        return DONE

    def _rings(self, channel: SimChannel, seconds_max: Seconds) -> None:
        if not channel.is_there or channel.state != "Dialing":
            return
        if channel.endpoint in self.unregistered:
            self.hangs_up(channel, NETWORK_FAILED)
            return
        if channel.endpoint in self.own_calls:
            self.hangs_up(channel, BUSY, end=End.IN_OWN_CALL)
            return
        calls = [other for other in self.calls_at(channel.endpoint) if other is not channel and other.contact == channel.contact]
        others = [other for other in calls if other.state in ("Ringing", "Up")]
        if others and channel.endpoint not in self.pages:
            self._witness.was_busy(channel, others[0])
            self.hangs_up(channel, BUSY)
        else:
            channel.rang_at = self._agenda.now
            self._becomes(channel, "Ringing")
            self._agenda.soon(seconds_max, lambda: self._stops_ringing(channel))
            self._witness.rung(channel)

    def _stops_ringing(self, channel: SimChannel) -> None:
        if channel.is_there and channel.rings:
            self.hangs_up(channel, NO_ANSWER)

    def _variable(self, channel: SimChannel, variable: str) -> Answer:
        match variable.partition("(")[0], variable:
            case "HANGUPCAUSE", _ if not channel.said:
                return HTTPStatus.INTERNAL_SERVER_ERROR, "Unable to read provided function"
            case "HANGUPCAUSE", _:
                value = channel.said
            case "PJSIP_DIAL_CONTACTS", _:
                endpoint = variable.removeprefix("PJSIP_DIAL_CONTACTS(").removesuffix(")")
                value = "&".join(f"PJSIP/{endpoint}/{contact}" for contact in self._contacts(endpoint))
            case _, "CHANNEL(pjsip,target_uri)":
                value = channel.contact
            case _:
                value = "1" if channel.on_hold else "0"
        return HTTPStatus.OK, json.dumps({"value": value})

    def _becomes(self, channel: SimChannel, state: str) -> None:
        channel.state = state
        self._tell(channel.id, ChannelStateChange(type="ChannelStateChange", channel=as_told(channel)))


def _set_variable(channel: SimChannel, variable: str, value: str) -> None:
    name, number = channel.shows
    match variable:
        case "CHANNEL(musicclass)":
            channel.music = value
        case _ if variable == TRANSFER_HANDLING:
            channel.leaves_transfers = value == "ari-only"
        case "CONNECTEDLINE(name,i)":
            channel.shows = (value, number)
        case "CONNECTEDLINE(num)":
            channel.shows = (name, value)
        case _:
            pass

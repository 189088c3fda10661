"""The simulated Asterisk: channels, bridges and telephones, as far as the controller can tell them from real ones.

It knows nothing of interactions, and of each channel how it really came to its end. What was measured on Asterisk 22.10 and is imitated: a
move is answered before it has happened, and a move that failed is answered as if it had not; a channel that was created is in Stasis only a
moment later; a caller who leaves is told by `StasisEnd` only; a telephone that can't be rung is "Allocation failed", whatever the reason;
every re-INVITE without SDP is a release of the hold key; a restart loses everything without a word.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from random import Random
from typing import Protocol
from urllib.parse import unquote

from controller.asterisk.events import (
    BridgeDestroyed,
    ChannelDestroyed,
    ChannelEnteredBridge,
    ChannelHold,
    ChannelLeftBridge,
    ChannelStateChange,
    ChannelUnhold,
    StasisEnd,
    StasisStart,
)
from controller.directory.ids import LegId
from controller.simulator.agenda import Agenda
from controller.simulator.neighbours import Neighbours
from controller.simulator.parts import (
    BUSY,
    END_OF,
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
RINGING_SECONDS_MAX = 180.0
MOVE_SECONDS_MAX = 0.006

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
        self.not_registered_when_rung: set[LegId] = set()
        self.has_no_ports = False
        """Every RTP port is taken: no telephone can be rung, though all are registered."""
        self.rooms_that_fail = ""
        """Bridges whose names end so can't be made, such as `-hold`; empty: all can."""
        self.neighbours = Neighbours()
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
        if channel.is_there and channel.state == "Ringing":
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

    def presses_hold(self, channel: SimChannel, *, held: bool) -> None:
        """A telephone's own hold key is pressed or released."""
        if channel.is_there and channel.is_up:
            channel.on_hold, channel.held_at = held, self._agenda.now
            self._tells_of_hold(channel, held=held)

    def offers_late(self, channel: SimChannel) -> None:
        """A telephone refreshes its session by a re-INVITE without SDP: Asterisk calls that a release, whatever the key does."""
        if channel.is_there and channel.is_up:
            self._tells_of_hold(channel, held=False)

    def _tells_of_hold(self, channel: SimChannel, *, held: bool) -> None:
        shown = as_told(channel)
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
        self.neighbours.all_go()
        for channel in gone:
            self._ends(channel, End.RESTART)
            channel.bridge = channel.coming_to = None
            self._witness.gone(channel)

    def calls_at(self, endpoint: str) -> list[SimChannel]:
        """What a telephone is in."""
        return [channel for channel in self.channels.values() if channel.endpoint == endpoint and channel.state != "Down"]

    # --- What the controller asks for ------------------------------------------------------------------------------

    def execute(self, method: str, uri: str, query: Mapping[str, str], body: Mapping[str, object] | None) -> Answer:
        """Do what a request asks, as ARI does."""
        kind, *rest = uri.split("/")
        if not rest:
            return HTTPStatus.OK, json.dumps(self._every_channel() if kind == "channels" else self._every_bridge())
        if kind == "endpoints":
            return self._endpoint(rest[1])
        name, verb = unquote(rest[0]), rest[1] if len(rest) > 1 else ""
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
        return self._move(moved, bridge)

    def _move(self, channel: SimChannel, bridge: SimBridge) -> Answer:
        if channel.coming_to is not None:
            self._enter(channel, channel.coming_to)
        # Measured: whoever is brought into the hold room in which they stand hears no music from then on.
        channel.hears_music = channel.bridge is not bridge or channel.entered_at == self._agenda.now
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
        endpoint, channel_id = query["endpoint"].removeprefix("PJSIP/"), LegId(query["channelId"])
        if channel_id in self.channels:
            return HTTPStatus.CONFLICT, "Channel with given unique ID already exists"
        if endpoint in self.unregistered:
            self.not_registered_when_rung.add(channel_id)
            return HTTPStatus.INTERNAL_SERVER_ERROR, "Allocation failed"
        if self.has_no_ports:
            self._witness.could_not(f"telephone {channel_id}")
            return HTTPStatus.INTERNAL_SERVER_ERROR, "Allocation failed"
        self._witness.could(f"telephone {channel_id}")
        channel = self.channels[channel_id] = SimChannel(channel_id, endpoint=endpoint)
        variables = body.get("variables")
        channel.told_to_answer = isinstance(variables, dict) and any("Call-Info" in name for name in variables)
        self._agenda.soon(0.0005, lambda: self._comes_to_stasis(channel))
        return HTTPStatus.OK, json.dumps(channel_json(channel))

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
                self._witness.was_hung_up_by_us(channel)
                self.hangs_up(channel, end=End.BY_US)
            case "POST", "dial":
                return self._dial(channel)
            case "POST", "answer":
                if not channel.in_stasis:
                    return HTTPStatus.CONFLICT, "Channel not in Stasis application"
                if not channel.is_up:
                    self._becomes(channel, "Up")
            case "POST" | "DELETE", "mute":
                channel.muted = method == "POST"
            case "GET", "variable":
                return HTTPStatus.OK, json.dumps({"value": "1" if channel.on_hold else "0"})
            case "POST", "variable":
                if query["variable"] == "CHANNEL(musicclass)":
                    channel.music = query["value"]
            case "POST", "continue":
                self._tell(channel.id, StasisEnd(type="StasisEnd", channel=as_told(channel)))
                self._fall_back(channel)
            case ("POST" | "DELETE", "ring") | ("POST", "dtmf"):
                pass
            case _:
                raise AssertionError(f"the simulated Asterisk knows no {method} channels/…/{verb}")
        return DONE

    def _dial(self, channel: SimChannel) -> Answer:
        if channel.state != "Down":
            return HTTPStatus.CONFLICT, "Channel is not in the 'Down' state"
        channel.state = "Dialing"
        self._agenda.soon(0.002 + 0.02 * self._dice.random(), lambda: self._rings(channel))
        return DONE

    def _rings(self, channel: SimChannel) -> None:
        if not channel.is_there or channel.state != "Dialing":
            return
        if channel.endpoint in self.unregistered:
            self.hangs_up(channel, NETWORK_FAILED)
            return
        others = [other for other in self.calls_at(channel.endpoint) if other is not channel and other.state in ("Ringing", "Up")]
        if others:
            self._witness.was_busy(channel, others[0])
            self.hangs_up(channel, BUSY)
        else:
            channel.rang_at = self._agenda.now
            self._becomes(channel, "Ringing")
            self._agenda.soon(RINGING_SECONDS_MAX, lambda: self._stops_ringing(channel))
            self._witness.rung(channel)

    def _stops_ringing(self, channel: SimChannel) -> None:
        if channel.rings:
            self.hangs_up(channel, NO_ANSWER)

    def _becomes(self, channel: SimChannel, state: str) -> None:
        channel.state = state
        self._tell(channel.id, ChannelStateChange(type="ChannelStateChange", channel=as_told(channel)))

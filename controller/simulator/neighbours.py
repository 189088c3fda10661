"""What other applications and the dialplan have on the same Asterisk. The controller sees it all in its looks and must touch none of it."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from controller.directory.ids import LegId
from controller.simulator.parts import SimBridge, SimChannel

OTHER_APP = "other"


class Neighbours:
    """Their channels and bridges. They come and go by `come` and `go`; nobody tells the controller."""

    def __init__(self) -> None:
        self.channels: dict[LegId, SimChannel] = {}
        self.bridges: dict[str, SimBridge] = {}
        self._strangers: dict[LegId, SimChannel] = {}
        self._came = 0

    def come(self, *, named_like_ours: bool) -> None:
        """Another controller of the same kind has a call: a caller, an agent, and two bridges with names such as ours."""
        self._came += 1
        call = f"n{self._came:05}"
        talk = SimBridge(f"ix-{call}-talk", "mixing", name=f"ix-{call}-talk" if named_like_ours else f"{OTHER_APP} {call}")
        hold = SimBridge(f"ix-{call}-hold", "holding", name=talk.name)
        for bridge in (talk, hold):
            self.bridges[bridge.id] = bridge
        for name, endpoint in ((f"1800000000.{self._came}", ""), (f"ix-{call}-eve-1", "7001")):
            channel = self.channels[LegId(name)] = SimChannel(LegId(name), endpoint=endpoint, number="7009")
            channel.state, channel.in_stasis, channel.bridge = "Up", True, talk
            channel.app_data = f"{OTHER_APP},customer,700" if not endpoint else f"{OTHER_APP},"
            talk.channels[channel.id] = channel

    def somebody(self, *, by_dialplan: bool) -> SimChannel:
        """A channel that is to be brought into a room that is not theirs."""
        self._came += 1
        channel = SimChannel(LegId(f"1800000000.{self._came}"), endpoint="7002")
        channel.state, channel.in_stasis = "Up", not by_dialplan
        channel.app_data = "" if by_dialplan else f"{OTHER_APP},"
        self.channels[channel.id] = self._strangers[channel.id] = channel
        return channel

    def stranger(self, name: str) -> SimChannel | None:
        """Whoever of this name was brought into a room that is not theirs; None: nobody was."""
        return self._strangers.get(LegId(name))

    def strangers(self) -> list[SimChannel]:
        """Everybody who stands in a room that is not theirs."""
        return [channel for channel in self._strangers.values() if channel.bridge is not None]

    def is_put_out(self, stranger: SimChannel) -> None:
        """It is gone: from the room, and from here."""
        del self.channels[stranger.id], self._strangers[stranger.id]

    def go(self) -> None:
        """Their oldest call is over: its channels and bridges are gone."""
        oldest = tuple(self.bridges)[:2]
        for bridge in oldest:
            for leg in self.bridges.pop(bridge).channels:
                del self.channels[leg]

    def all_go(self) -> None:
        self.channels.clear()
        self._strangers.clear()
        self.bridges.clear()

    def __iter__(self) -> Iterator[str]:
        """The names of all that is theirs."""
        yield from self.channels
        yield from self.bridges

    def are_asked(self, method: str, kind: str, name: str, query: Mapping[str, str]) -> bool:
        """Whether a request is about something of theirs."""
        theirs = self.channels if kind == "channels" else self.bridges
        return name in theirs or LegId(query.get("channel", "")) in self.channels

    def do(self, method: str, kind: str, name: str) -> int:
        """Do to them what was asked, as Asterisk does for anybody."""
        if method == "DELETE" and kind == "bridges":
            for channel in self.bridges.pop(name).channels.values():
                channel.bridge = None
        elif method == "DELETE":
            channel = self.channels.pop(LegId(name))
            if channel.bridge is not None:
                channel.bridge.channels.pop(channel.id, None)
        return HTTPStatus.NO_CONTENT

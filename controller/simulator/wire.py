"""The sockets between the controller and the simulated Asterisk: lanes for requests, one for events, and all that goes wrong on the way.

What is kept, because TCP and Asterisk keep it: requests of one lane are executed in their order, events of one channel or bridge come in
their order. Everything else may cross.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from controller.asterisk.errors import AriError, NoAnswer, SwitchAway, failure
from controller.asterisk.events import AriEvent
from controller.asterisk.transport import NOTHING, REQUEST_SECONDS_MAX, Method, Reply, Transport
from controller.directory.ids import Seconds
from controller.simulator.agenda import Agenda, Awaited
from controller.simulator.exchange import Answer, Exchange

LANES = 4
SUCCESS_BELOW = 300
IN_HAND_SECONDS_MAX = 0.25
"""How long after a socket broke Asterisk may still be at a request that came over it. Were it longer than to connect again takes, a leg
could be moved, or a bridge made, after we have looked at what there is, and nobody could know."""


@dataclass(slots=True)
class Weather:
    """How many of a hundred requests and events go wrong, and how."""

    failed: float = 0.0
    """Asterisk says no, and does nothing."""
    slow: float = 0.0
    """Takes up to eight seconds; after five nobody waits for it any more."""
    lost: float = 0.0
    """Never arrives."""
    answer_lost: float = 0.0
    """Is done, and nobody hears of it."""
    repeated: float = 0.0
    """Is done twice."""
    lane_cut: float = 0.0
    """The lane breaks while it is on its way: done or not."""
    late_events: float = 0.0
    """Comes up to 50 ms late, after events of other channels and bridges that were told later."""
    doubled_events: float = 0.0
    lost_events: float = 0.0
    """The socket breaks soon after: what Asterisk could not write, it drops, and then it closes."""

    @property
    def loses_requests(self) -> bool:
        """Requests come to nothing one by one, or take long."""
        return any((self.failed, self.slow, self.lost, self.answer_lost, self.lane_cut))


class Outages:
    """What lies between every controller and Asterisk for many seconds. Empty in good times."""

    def __init__(self) -> None:
        self.is_unreachable = False
        """Nothing can be connected, and whatever was is broken."""
        self.refuses_us = False
        """The password in Asterisk is another one: what is connected goes on, what wants to connect is refused with 401."""
        self.lanes_away: set[int] = set()
        """Lanes whose sockets broke and can't be opened again yet."""

    @property
    def let_nobody_in(self) -> bool:
        """A connection that is tried now fails."""
        return self.is_unreachable or self.refuses_us or bool(self.lanes_away)

    @property
    def all_lanes_are_refused(self) -> bool:
        """Nothing can be asked any more, until somebody puts the password right."""
        return self.refuses_us and len(self.lanes_away) == LANES

    def end(self) -> None:
        """All is well again."""
        self.is_unreachable = self.refuses_us = False
        self.lanes_away.clear()


class _Ask(Awaited):
    """A request on its way."""

    __slots__ = ("body", "lane", "query", "seconds_max", "sent_at", "uri", "verb", "wire")

    def __init__(
        self, wire: "Wire", verb: str, uri: str, query: Mapping[str, str], body: Mapping[str, object] | None, lane: int, seconds_max: float
    ) -> None:
        super().__init__()
        self.wire = wire
        self.verb = verb
        self.uri = uri
        self.query = query
        self.body = body
        self.lane = lane
        self.seconds_max = seconds_max
        self.sent_at: Seconds = 0.0

    def begin(self) -> None:
        self.wire.send(self)

    @property
    def name(self) -> str:
        return f"{self.verb} {self.uri}"

    def answered(self, answer: Answer) -> None:
        """Let whoever asked go on with what Asterisk said."""
        if not self.is_open:
            return
        status, said = answer
        if status < SUCCESS_BELOW:
            self.gives(Reply(int(status), said, self.name))
        else:
            self.fails(failure(self.name, int(status), said))


class Wire(Transport):
    """One process's sockets to Asterisk."""

    def __init__(self, agenda: Agenda, dice: Random, exchange: Exchange, weather: Weather, outages: Outages) -> None:
        self._agenda = agenda
        self._dice = dice
        self._exchange = exchange
        self._weather = weather
        self._outages = outages
        self.is_up = False
        self.half_open: set[int] = set()
        """Lanes that look connected and on which nothing arrives any more."""
        self._free_at = [0.0] * LANES
        self._broken_until = [0.0] * LANES
        self._asked: dict[_Ask, None] = {}
        self._broke_at: Seconds = -IN_HAND_SECONDS_MAX

    async def request(
        self,
        method: Method,
        uri: str,
        *,
        query: Mapping[str, str] = NOTHING,
        body: Mapping[str, object] | None = None,
        lane: int = 0,
        seconds_max: float = REQUEST_SECONDS_MAX,
    ) -> Reply:
        number = lane % LANES
        if not self.is_up or self._broken_until[number] > self._agenda.now or number in self._outages.lanes_away:
            raise SwitchAway(f"{method} {uri}", "the simulated socket is broken", sent=False)
        reply: Reply = await _Ask(self, method, uri, query, body, number, seconds_max)
        return reply

    def goes_down(self) -> None:
        """Every socket breaks; nobody knows what became of what was on its way. Asterisk finishes what it has in hand, no more."""
        self.is_up = False
        self.half_open.clear()
        self._broke_at = self._agenda.now
        asked = tuple(self._asked)
        self._asked.clear()
        for ask in asked:
            ask.fails(SwitchAway(ask.name, "the simulated socket broke", sent=True))

    def lane_breaks(self, number: int) -> None:
        """One socket breaks; nobody knows what became of what was on its way over it."""
        self.half_open.discard(number)
        for ask in tuple(self._asked):
            if ask.lane == number:
                self._fails_with(ask, SwitchAway(ask.name, "the simulated lane broke", sent=True))

    def is_cut_off(self, number: int) -> bool:
        """Whether a request over this lane gets nowhere."""
        return not self.is_up or number in self.half_open or number in self._outages.lanes_away

    def send(self, ask: _Ask) -> None:
        """Have a request go to Asterisk behind those of its lane; draw what goes wrong with it."""
        self._asked[ask] = None
        ask.sent_at = self._agenda.now
        if ask.lane in self.half_open:
            self._times_out(ask)
            return
        weather, drawn = self._weather, self._dice.random() * 100
        for chance, trouble in (
            (weather.failed, self._fails),
            (weather.lost, self._is_lost),
            (weather.lane_cut, self._breaks_the_lane),
            (weather.slow, self._is_slow),
            (weather.answer_lost, self._is_answered_to_nobody),
            (weather.repeated, self._is_repeated),
        ):
            drawn -= chance
            if drawn < 0:
                trouble(ask)
                return
        self._goes(ask, self._quick())

    def _quick(self) -> Seconds:
        return 0.0003 + 0.002 * self._dice.random() ** 2

    def _goes(self, ask: _Ask, takes: Seconds, *, times: int = 1, answer_comes: bool = True) -> None:
        done_at = self._free_at[ask.lane] = max(self._free_at[ask.lane], self._agenda.now) + takes
        self._agenda.at(done_at, lambda: self._is_executed(ask, times, answer_comes))
        if not answer_comes or done_at > self._agenda.now + ask.seconds_max:
            self._times_out(ask)

    def _is_executed(self, ask: _Ask, times: int, answer_comes: bool) -> None:
        if ask.sent_at <= self._broke_at and self._agenda.now > self._broke_at + IN_HAND_SECONDS_MAX:
            return
        answers = [self._exchange.execute(ask.verb, ask.uri, ask.query, ask.body) for _ in range(times)]
        if answer_comes:
            self._agenda.soon(0.0001 + 0.001 * self._dice.random() ** 2, lambda: self._answers(ask, answers[0]))

    def _answers(self, ask: _Ask, answer: Answer) -> None:
        if ask in self._asked:
            del self._asked[ask]
            ask.answered(answer)

    def _times_out(self, ask: _Ask) -> None:
        self._agenda.soon(ask.seconds_max, lambda: self._fails_with(ask, NoAnswer(ask.name, ask.seconds_max)))

    def _fails_with(self, ask: _Ask, error: AriError) -> None:
        if ask in self._asked:
            del self._asked[ask]
            ask.fails(error)

    # --- What goes wrong -------------------------------------------------------------------------------------------

    def _fails(self, ask: _Ask) -> None:
        self._agenda.soon(self._quick(), lambda: self._answers(ask, (500, "Simulated failure")))

    def _is_lost(self, ask: _Ask) -> None:
        self._times_out(ask)

    def _is_slow(self, ask: _Ask) -> None:
        self._goes(ask, 0.05 + 8.0 * self._dice.random() ** 3)

    def _is_answered_to_nobody(self, ask: _Ask) -> None:
        self._goes(ask, self._quick(), answer_comes=False)

    def _is_repeated(self, ask: _Ask) -> None:
        self._goes(ask, self._quick(), times=2)

    def _breaks_the_lane(self, ask: _Ask) -> None:
        if self._dice.random() < 0.5:
            self._goes(ask, self._quick(), answer_comes=False)
        self._broken_until[ask.lane] = self._agenda.now + 0.3 * self._dice.random()
        self._agenda.soon(self._quick(), lambda: self._fails_with(ask, SwitchAway(ask.name, "the simulated lane broke", sent=True)))


class EventSocket:
    """One connection's way for events: from Asterisk's mouth to the controller's ear."""

    def __init__(
        self, agenda: Agenda, dice: Random, weather: Weather, hear: Callable[[AriEvent], None], *, cut: Callable[[], None]
    ) -> None:
        self._agenda = agenda
        self._dice = dice
        self._weather = weather
        self._hear = hear
        self._cut = cut
        self.is_open = True
        self.is_half_open = False
        """Nothing arrives any more, and neither side knows."""
        self._last: dict[str, Seconds] = {}

    def tell(self, topic: str, *events: AriEvent) -> None:
        """Have what is said at one moment come after what was said before on the same topic."""
        if self.is_half_open:
            return
        weather, drawn = self._weather, self._dice.random() * 100
        takes = 0.0001 + 0.0015 * self._dice.random() ** 2
        if drawn < weather.lost_events:
            self._agenda.soon(0.2 * self._dice.random(), self._breaks)
            return
        drawn -= weather.lost_events
        if drawn < weather.late_events:
            takes += 0.05 * self._dice.random()
        drawn -= weather.late_events
        comes_at = self._last[topic] = max(self._last.get(topic, 0.0), self._agenda.now + takes)
        self._agenda.at(comes_at, lambda: self._come(events))
        if 0 <= drawn < weather.doubled_events:
            self._agenda.at(comes_at, lambda: self._come(events))

    def _come(self, events: tuple[AriEvent, ...]) -> None:
        for event in events:
            if self.is_open:
                self._hear(event)

    def _breaks(self) -> None:
        if self.is_open:
            self._cut()

"""Pages that are telephones: agents open them, close them and load them anew, connections break; and the watch over them, the real one.

A page that is gone says no goodbye: its calls stay in Asterisk, without a sound, until the controller ends them. One whose connection alone
is broken goes on with its sound. All pages come through the controller, so all connections break with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from random import Random
from typing import Protocol

from controller.asterisk.resources import Endpoint
from controller.asterisk.telephone_watch import Calls, TelephoneWatch
from controller.directory.directory import Directory
from controller.directory.ids import AgentId, LegId, Seconds
from controller.interaction.commands import Command
from controller.interaction.facts import TelephonesBusy, TelephonesSeen
from controller.routing.commands import DeskCommand, ReconnectTelephone
from controller.simulator.agenda import Agenda
from controller.simulator.exchange import Exchange

WITH_A_PAGE = 0.7
"""How many agents have a telephone in the browser, on days on which anybody has."""
SECONDS_BETWEEN_DEEDS: Seconds = 20.0
CLOSED_SECONDS: Seconds = 12.0
LOADS_IN: tuple[Seconds, Seconds] = (0.3, 1.2)
BROKEN_FOR: tuple[Seconds, Seconds] = (0.5, 6.0)
CONNECTS_AGAIN_IN: tuple[Seconds, Seconds] = (0.5, 4.0)
"""After the controller is back."""
AGAIN_SECONDS: Seconds = 2.0
"""How soon a page asks again to be rung anew."""
PACKETS_PER_SECOND = 50
TOLD_SECONDS: Seconds = 0.02
"""Until Asterisk has told that a telephone has come or gone."""


def with_pages(directory: Directory, dice: Random) -> Directory:
    """The same contact centre with telephones in browsers."""
    agents = {
        name: replace(agent, browser=f"{agent.phone}-web") if dice.random() < WITH_A_PAGE else agent
        for name, agent in directory.agents.items()
    }
    return replace(directory, agents=agents)


class _Alarm:
    """Something that happens later, unless it is cancelled before."""

    def __init__(self, does: Callable[[], None]) -> None:
        self._does: Callable[[], None] | None = does

    def cancel(self) -> None:
        self._does = None

    def happens(self) -> None:
        does, self._does = self._does, None
        if does is not None:
            does()


class DrivenWatch(TelephoneWatch):
    """The real one, except for how it waits, and for who tells it."""

    def __init__(self, agenda: Agenda, exchange: Exchange, tell: Callable[[TelephonesSeen | TelephonesBusy], None], calls: Calls) -> None:
        # Not the real one's: that is made for a connection.
        self._agenda = agenda
        self._exchange = exchange
        self._tell = tell
        self._calls = calls
        self._desks = self._browsers = frozenset()
        self._known = {}
        self._heard = None
        self._is_there = False
        self._unsure_of = set()
        self._sure = None
        self._timers = {}
        self._may_be_back_until = 0.0
        self._following = None

    def sees(self, endpoint: str) -> None:
        """Asterisk tells that a telephone has come or gone; what it is when that arrives counts."""
        self._agenda.soon(TOLD_SECONDS, lambda: self.look_at(endpoint))

    @property
    def is_used(self) -> bool:
        """Somebody has a telephone in the browser, so that all are watched."""
        return bool(self._watched)

    def look_at(self, endpoint: str) -> None:
        """Tell what is so now and was not told."""
        if self._is_there and endpoint in self._watched:
            state = "offline" if endpoint in self._exchange.unregistered else "online"
            calls = ("1700000000.0",) if endpoint in self._exchange.own_calls else ()
            self._note({endpoint: self._state_of(Endpoint(resource=endpoint, state=state, channel_ids=calls))})

    def _time(self) -> float:
        return self._agenda.now

    def _later(self, seconds: float, does: Callable[[], None]) -> _Alarm:
        alarm = _Alarm(does)
        self._agenda.soon(seconds, alarm.happens)
        return alarm

    def _begin_to_listen(self, endpoint: str, before: Mapping[LegId, int] | None) -> None:
        so_far = int(PACKETS_PER_SECOND * self._agenda.now)
        now = {channel.id: 0 if channel.is_dead or not channel.is_up else so_far for channel in self._exchange.calls_at(endpoint)}
        self._listened(endpoint, before, now)

    def _begin_to_follow(self) -> None:
        for endpoint in sorted(self._watched):
            self.sees(endpoint)


class Surroundings(Protocol):
    """What pages find around them."""

    agenda: Agenda
    exchange: Exchange
    directory: Directory

    def ask(self, command: Command | DeskCommand) -> None:
        """Ask the controller."""

    def tell(self, what: str) -> None:
        """Let whoever watches know."""

    def telephone_changed(self, endpoint: str) -> None:
        """Asterisk has something to tell of a telephone."""


class Pages:
    """Everybody's. After `end` nobody closes one any more, and all are open."""

    def __init__(self, around: Surroundings, dice: Random) -> None:
        self._around = around
        self._agenda = around.agenda
        self._exchange = around.exchange
        self._dice = dice
        self._endpoints = {agent.browser: name for name, agent in around.directory.agents.items() if agent.browser}
        self._open: set[str] = set()
        """Pages that are open, whether or not they are connected."""
        self._is_over = False
        self._exchange.unregistered.update(self._endpoints)
        self._exchange.pages.update(dict.fromkeys(self._endpoints, 0.0))

    def begin(self) -> None:
        """The day begins: they are opened one after the other."""
        for endpoint in sorted(self._endpoints):
            self._within((0.1, 3.0), partial(self.opens, endpoint))
            self._soon(SECONDS_BETWEEN_DEEDS, partial(self._does_something, endpoint))

    def end(self) -> None:
        """Nobody closes a page any more, and whose is closed opens it."""
        self._is_over = True
        for endpoint in sorted(self._endpoints):
            self.opens(endpoint)

    def is_open(self, endpoint: str) -> bool:
        """Whether a page can hear its telephone ring, and answer. Of a telephone on a desk: somebody can."""
        return endpoint not in self._endpoints or (endpoint in self._open and endpoint not in self._exchange.unregistered)

    def controller_dies(self) -> None:
        """All come through it."""
        for endpoint in sorted(self._endpoints):
            self._is_registered(endpoint, so=False)

    def controller_starts(self) -> None:
        """Whose page is open connects again by itself."""
        for endpoint in sorted(self._endpoints):
            self._within(CONNECTS_AGAIN_IN, partial(self.connects, endpoint))

    # --- What they do ----------------------------------------------------------------------------------------------

    def _soon(self, seconds: Seconds, does: Callable[[], None]) -> None:
        self._agenda.soon(self._dice.expovariate(1 / seconds), does)

    def _within(self, between: tuple[Seconds, Seconds], does: Callable[[], None]) -> None:
        self._agenda.soon(self._dice.uniform(*between), does)

    def _does_something(self, endpoint: str) -> None:
        if self._is_over:
            return
        self._soon(SECONDS_BETWEEN_DEEDS, partial(self._does_something, endpoint))
        drawn = self._dice.random()
        if endpoint not in self._open:
            return
        if drawn < 0.3:
            self._around.tell(f"the page of {self._endpoints[endpoint]} is closed")
            self.closes(endpoint)
            self._soon(CLOSED_SECONDS, partial(self.opens, endpoint))
        elif drawn < 0.7:
            self._around.tell(f"the page of {self._endpoints[endpoint]} is loaded anew")
            self.closes(endpoint)
            self._within(LOADS_IN, partial(self.opens, endpoint))
        else:
            self._around.tell(f"the connection of the page of {self._endpoints[endpoint]} breaks")
            self.breaks(endpoint)
            self._within(BROKEN_FOR, partial(self.connects, endpoint))

    def breaks(self, endpoint: str) -> None:
        """Its connection alone: the sound goes on."""
        self._is_registered(endpoint, so=False)

    def closes(self, endpoint: str) -> None:
        """The sound of its calls is gone, and nobody puts down their telephone."""
        self._open.discard(endpoint)
        for channel in self._exchange.calls_at(endpoint):
            channel.is_dead = True
        self._is_registered(endpoint, so=False)

    def opens(self, endpoint: str) -> None:
        """A page comes: what rang or was up when it went it does not know, so it asks to be rung anew."""
        if endpoint not in self._open:
            self._open.add(endpoint)
            self.connects(endpoint)

    def _asks_to_be_rung_anew(self, agent: AgentId, endpoint: str) -> None:
        """And again, until what it knows nothing of is gone: the first time nobody may have been there who could do it."""
        if self.is_open(endpoint) and any(channel.is_dead for channel in self._exchange.calls_at(endpoint)):
            self._around.ask(ReconnectTelephone(agent=agent))
            self._agenda.soon(AGAIN_SECONDS, partial(self._asks_to_be_rung_anew, agent, endpoint))

    def connects(self, endpoint: str) -> None:
        """Whose page is open has a connection."""
        if endpoint in self._open:
            self._is_registered(endpoint, so=True)
            self._agenda.soon(0.05, partial(self._asks_to_be_rung_anew, self._endpoints[endpoint], endpoint))

    def _is_registered(self, endpoint: str, *, so: bool) -> None:
        if so is (endpoint not in self._exchange.unregistered):
            return
        if so:
            self._exchange.unregistered.discard(endpoint)
        else:
            self._exchange.unregistered.add(endpoint)
        self._exchange.pages[endpoint] = self._agenda.now
        self._around.telephone_changed(endpoint)

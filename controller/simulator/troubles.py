"""What goes wrong, and when: the weather on the wires, and blows such as a killed process or a full disk. All of it ends when told to."""

from collections.abc import Callable
from dataclasses import fields
from random import Random
from typing import Protocol

from controller.directory.ids import Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.disk import Disk
from controller.simulator.exchange import Exchange
from controller.simulator.further import Further
from controller.simulator.wire import Weather

SECONDS_BETWEEN_BLOWS = 12.0
CLOCK_JUMP_SECONDS_MAX = 3600.0
_BAD = Weather(failed=4, slow=4, lost=3, answer_lost=3, repeated=4, lane_cut=3, late_events=10, doubled_events=6, lost_events=1.5)


class Surroundings(Protocol):
    """What can be struck."""

    agenda: Agenda
    dice: Random
    exchange: Exchange
    weather: Weather
    disk: Disk
    doom: str | None
    """The moment of the next turn at which the process dies."""
    disk_is_slow: bool

    def kill(self) -> None: ...
    def stop(self) -> None: ...
    def cut(self) -> None: ...
    def restart_asterisk(self) -> None: ...
    def clock_jumps(self, seconds: Seconds) -> None: ...
    def site_changes(self) -> None: ...
    def telephone_changed(self, endpoint: str) -> None: ...


class Troubles:
    """Some seeds have good weather and few blows, some bad weather and many: a fault alone is found best alone."""

    def __init__(self, around: Surroundings, further: Further) -> None:
        self._around = around
        self._further = further
        self._agenda = around.agenda
        self._dice = dice = around.dice
        blows: dict[str, Callable[[], None]] = {
            "kill": self._kills,
            "kill in a turn": self._kills_in_a_turn,
            "upgrade": around.stop,
            "cut": around.cut,
            "restart": around.restart_asterisk,
            "disk full": self._fills_disk,
            "disk slow": self._slows_disk,
            "clock": lambda: around.clock_jumps(dice.random() ** 3 * CLOCK_JUMP_SECONDS_MAX),
            "telephone": self._loses_telephone,
            "site": around.site_changes,
            "state": self._makes_state_due,
        }
        self._blows = [blow for blow in blows.values() if dice.random() < 0.6]
        self._is_over = False
        self._draw_weather()

    def begin(self) -> None:
        """From now on things go wrong."""
        self._soon(SECONDS_BETWEEN_BLOWS, self._strikes)
        self._further.begin()

    def end(self) -> None:
        """Nothing goes wrong any more."""
        self._is_over = True
        self._further.end()
        around = self._around
        for field in fields(Weather):
            setattr(around.weather, field.name, 0.0)
        around.exchange.moves_that_fail = 0.0
        around.exchange.unregistered.intersection_update(around.exchange.pages)  # whose page is closed opens it by themselves
        around.disk.is_full = around.disk_is_slow = False
        around.doom = None

    def _draw_weather(self) -> None:
        how_bad = self._dice.choice((0.0, 0.0, 0.3, 1.0))
        for field in fields(Weather):
            worst: float = getattr(_BAD, field.name)
            setattr(self._around.weather, field.name, worst * how_bad if self._dice.random() < 0.6 else 0.0)
        self._around.exchange.moves_that_fail = 2.0 * how_bad if self._dice.random() < 0.6 else 0.0

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._agenda.soon(self._dice.expovariate(1 / seconds), does)

    def _strikes(self) -> None:
        if self._is_over or not self._blows:
            return
        self._dice.choice(self._blows)()
        self._soon(SECONDS_BETWEEN_BLOWS, self._strikes)

    def _kills(self) -> None:
        self._around.kill()

    def _kills_in_a_turn(self) -> None:
        self._around.doom = self._dice.choice(("taken", "kept"))

    def _fills_disk(self) -> None:
        self._around.disk.is_full = True
        self._soon(6.0, self._frees_disk)

    def _frees_disk(self) -> None:
        self._around.disk.is_full = False

    def _slows_disk(self) -> None:
        self._around.disk_is_slow = True
        self._soon(6.0, self._quickens_disk)

    def _quickens_disk(self) -> None:
        self._around.disk_is_slow = False

    def _loses_telephone(self) -> None:
        phone = str(1001 + self._dice.randrange(4))
        self._around.exchange.unregistered.add(phone)
        self._around.telephone_changed(phone)
        self._soon(8.0, lambda: self._finds_telephone(phone))

    def _finds_telephone(self, phone: str) -> None:
        self._around.exchange.unregistered.discard(phone)
        self._around.telephone_changed(phone)

    def _makes_state_due(self) -> None:
        self._around.disk.state_is_due = True

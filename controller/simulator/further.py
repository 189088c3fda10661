"""Troubles that last or come from elsewhere: long outages, a wrong clock, neighbours on the same Asterisk, telephones with odd habits.

They throw dice of their own, so that a day without them is the day that the same seed has always been.
"""

from collections.abc import Callable
from random import Random
from typing import Protocol

from controller.directory.ids import Seconds
from controller.simulator.agenda import Agenda
from controller.simulator.clients import Clients
from controller.simulator.disk import Disk
from controller.simulator.exchange import Exchange
from controller.simulator.parts import Cause, End, SimChannel
from controller.simulator.wire import LANES, Outages

SECONDS_BETWEEN_BLOWS = 20.0
CLOCK_JUMP_SECONDS_MAX = 3600.0
OUTAGE_SECONDS = (5.0, 40.0)
NOTICED_AFTER_SECONDS = (20.0, 32.0)
"""How long nothing arrives before a ping that stays unanswered, or a marker that does not come back, shows it."""
KINDS_A_DAY = 0.25
TRIES_TO_MEET_A_CALL = 20
BYES: tuple[Cause, ...] = ((17, None), (19, None), (31, None), (38, None), (41, None), (102, None), (127, None), (41, 503))
"""What a telephone may give as the reason of its BYE."""


class Surroundings(Protocol):
    """What can be struck."""

    agenda: Agenda
    fate: Random
    exchange: Exchange
    disk: Disk
    outages: Outages
    clients: Clients

    def clock_jumps(self, seconds: Seconds) -> None: ...
    def cut(self) -> None: ...
    def break_lane(self, lane: int) -> None: ...
    def fall_half_open(self, lanes: range) -> None: ...
    def wake_up(self, lanes: range) -> None: ...
    def site_is_rebuilt(self) -> None: ...
    def tell(self, what: str) -> None: ...


class Further:
    """Each day has some of these and not the others: a fault alone is found best alone. `end` makes all well."""

    def __init__(self, around: Surroundings, *, happens: bool) -> None:
        self._around = around
        self._agenda = around.agenda
        self._fate = fate = around.fate
        self._exchange = around.exchange
        blows: dict[str, Callable[[], None]] = {
            "lane away": self._takes_lane_away,
            "lane half open": self._makes_lane_half_open,
            "half open": self._makes_all_half_open,
            "unreachable": self._is_unreachable,
            "clock": self._puts_clock,
            "neighbours": self._has_neighbours,
            "password": self._changes_password,
            "disk": self._has_careful_clients,
            "site": around.site_is_rebuilt,
            "rooms": self._makes_rooms_fail,
            "ports": self._uses_up_ports,
            "late offer": self._has_late_offer,
            "key while away": self._presses_key_while_away,
            "bye": self._has_bye_with_reason,
            "owner leaves while away": self._leaves_while_away,
        }
        drawn = tuple(kind for kind in blows if fate.random() < KINDS_A_DAY)
        self.kinds = drawn if happens else ()
        """What may strike today."""
        self._blows = [blows[kind] for kind in self.kinds]
        self._is_over = False

    def begin(self) -> None:
        """From now on they strike."""
        if self._blows:
            self._soon(SECONDS_BETWEEN_BLOWS / 2, self._strikes)

    def end(self) -> None:
        """Nothing of the kind is wrong any more; what is half open is noticed."""
        self._is_over = True
        self._around.outages.end()
        self._around.clients.are_careful = False
        self._around.wake_up(range(LANES))
        self._exchange.has_no_ports = False
        self._exchange.rooms_that_fail = ""
        self._exchange.neighbours.all_go()

    def _soon(self, seconds: Seconds, does: Callable[[], object]) -> None:
        self._agenda.soon(self._fate.expovariate(1 / seconds), does)

    def _later(self, between: tuple[Seconds, Seconds], does: Callable[[], object]) -> None:
        self._agenda.soon(self._fate.uniform(*between), lambda: None if self._is_over else does())

    def _strikes(self) -> None:
        if self._is_over:
            return
        self._fate.choice(self._blows)()
        self._soon(SECONDS_BETWEEN_BLOWS, self._strikes)

    # --- Between us and Asterisk -----------------------------------------------------------------------------------

    def _takes_lane_away(self) -> None:
        lane = self._fate.randrange(LANES)
        self._around.tell(f"lane {lane} is away")
        self._around.outages.lanes_away.add(lane)
        self._around.break_lane(lane)
        self._later(OUTAGE_SECONDS, lambda: self._brings_lane_back(lane))

    def _brings_lane_back(self, lane: int) -> None:
        self._around.tell(f"lane {lane} is back")
        self._around.outages.lanes_away.discard(lane)

    def _makes_lane_half_open(self) -> None:
        lane = self._fate.randrange(LANES)
        self._around.tell(f"lane {lane} is half open")
        self._around.fall_half_open(range(lane, lane + 1))
        self._later(NOTICED_AFTER_SECONDS, lambda: self._lane_is_found_out(lane))

    def _lane_is_found_out(self, lane: int) -> None:
        """A ping without a pong: the socket is closed, and opened anew a moment later."""
        self._around.tell(f"lane {lane} is noticed to be half open")
        self._around.outages.lanes_away.add(lane)
        self._around.wake_up(range(lane, lane + 1))
        self._later((0.3, 3.0), lambda: self._brings_lane_back(lane))

    def _makes_all_half_open(self) -> None:
        self._around.tell("nothing arrives any more, in either direction")
        self._around.fall_half_open(range(LANES))
        self._later(NOTICED_AFTER_SECONDS, self._around.cut)

    def _is_unreachable(self) -> None:
        self._around.tell("Asterisk is out of reach")
        self._around.outages.is_unreachable = True
        self._around.cut()
        self._later(OUTAGE_SECONDS, self._is_reachable)

    def _is_reachable(self) -> None:
        self._around.tell("Asterisk is in reach again")
        self._around.outages.is_unreachable = False

    def _changes_password(self) -> None:
        """What is connected stays so until it breaks; then Asterisk refuses it."""
        self._around.tell("Asterisk has another password for us")
        self._around.outages.refuses_us = True
        for lane in range(LANES):
            self._later((0.5, 8.0), lambda lane=lane: self._lane_is_refused(lane))  # type: ignore[misc]
        self._later((25.0, 60.0), self._corrects_password)

    def _lane_is_refused(self, lane: int) -> None:
        self._around.tell(f"lane {lane} is refused with 401")
        self._around.outages.lanes_away.add(lane)
        self._around.break_lane(lane)

    def _corrects_password(self) -> None:
        self._around.tell("the password is right again")
        self._around.outages.end()

    # --- Elsewhere on the machine ----------------------------------------------------------------------------------

    def _puts_clock(self, tries: int = TRIES_TO_MEET_A_CALL) -> None:
        """Back twice as often as forward, up to an hour, and best while some telephone rings."""
        if tries and not any(channel.state == "Ringing" for channel in self._exchange.channels.values()):
            self._later((0.2, 1.0), lambda: self._puts_clock(tries - 1))
            return
        far = self._fate.random() ** 2 * CLOCK_JUMP_SECONDS_MAX
        self._around.clock_jumps(-far if self._fate.random() < 0.67 else far)

    def _has_careful_clients(self) -> None:
        """From now on desktops send a key with each command, and ask again; and the disk is full for a while."""
        self._around.tell("the disk is full, and clients ask again")
        self._around.clients.are_careful = self._around.disk.is_full = True
        self._later((2.0, 10.0), self._frees_disk)

    def _frees_disk(self) -> None:
        self._around.tell("the disk has room again")
        self._around.disk.is_full = False

    def _has_neighbours(self) -> None:
        theirs = self._exchange.neighbours
        if theirs.bridges and self._fate.random() < 0.4:
            theirs.go()
        else:
            self._around.tell("another application has a call")
            theirs.come(named_like_ours=self._fate.random() < 0.5)

    def _makes_rooms_fail(self) -> None:
        self._exchange.rooms_that_fail = "-hold" if self._fate.random() < 0.7 else "-talk"
        self._around.tell(f"no bridge …{self._exchange.rooms_that_fail} can be made")
        self._later(OUTAGE_SECONDS, self._makes_rooms_work)

    def _makes_rooms_work(self) -> None:
        self._around.tell("bridges can be made again")
        self._exchange.rooms_that_fail = ""

    def _uses_up_ports(self) -> None:
        self._around.tell("no RTP port is left")
        self._exchange.has_no_ports = True
        self._later(OUTAGE_SECONDS, self._frees_ports)

    def _frees_ports(self) -> None:
        self._around.tell("there are RTP ports again")
        self._exchange.has_no_ports = False

    # --- Telephones ------------------------------------------------------------------------------------------------

    def _some_agent(self) -> SimChannel | None:
        up = [channel for channel in self._exchange.channels.values() if channel.endpoint and channel.is_up]
        return self._fate.choice(up) if up else None

    def _has_late_offer(self) -> None:
        telephone = self._some_agent()
        if telephone is not None:
            self._around.tell(f"{telephone.id} refreshes its session without SDP")
            self._exchange.offers_late(telephone)

    def _has_bye_with_reason(self) -> None:
        telephone = self._some_agent()
        if telephone is not None:
            cause = self._fate.choice(BYES)
            self._around.tell(f"{telephone.id} hangs up with cause {cause[0]}{f', SIP {cause[1]}' if cause[1] else ''}")
            self._exchange.hangs_up(telephone, cause, end=End.HUNG_UP)

    def _presses_key_while_away(self) -> None:
        """A key is pressed, and released while nobody listens."""
        telephone = self._some_agent()
        if telephone is not None:
            self._exchange.presses_hold(telephone, held=True)
            self._later((1.0, 2.0), self._is_unreachable)
            self._later((3.0, 6.0), lambda: self._exchange.presses_hold(telephone, held=False))

    def _leaves_while_away(self) -> None:
        telephone = self._some_agent()
        if telephone is not None:
            self._is_unreachable()
            self._later((0.5, 4.0), lambda: self._exchange.hangs_up(telephone))

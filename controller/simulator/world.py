"""A simulated day from a seed: puts everything together, lets it run for so many inputs, lets it settle, and says how it ended."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Protocol

import structlog

from controller.asterisk.events import AriEvent
from controller.asterisk.lanes import LANE_AWAY_SECONDS_MAX
from controller.directory.directory import Directory
from controller.directory.ids import Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import Audience
from controller.interaction.commands import Command
from controller.interaction.facts import TelephonesBusy
from controller.interaction.refusals import Refused
from controller.routing.commands import DeskCommand
from controller.simulator.agenda import Agenda
from controller.simulator.asking import Asking
from controller.simulator.broken import Broken
from controller.simulator.clients import Asked, Clients, Hears
from controller.simulator.desk_keys import DeskKeys
from controller.simulator.desktops import Desktops
from controller.simulator.disk import Disk
from controller.simulator.exchange import Exchange, Witness
from controller.simulator.further import Further
from controller.simulator.intruders import Intruders
from controller.simulator.judge import Judge
from controller.simulator.outside import TALK_SECONDS, Outside
from controller.simulator.own_calls import OwnCalls
from controller.simulator.pages import Pages, with_pages
from controller.simulator.parts import SimBridge, SimChannel
from controller.simulator.people import People
from controller.simulator.process import Mistake, Process
from controller.simulator.reach import Reach
from controller.simulator.site import (
    EXTENSION_SECONDS,
    WRAP_UP_SECONDS,
    drawn_site,
    drawn_telephones,
    rebuilt_site,
    with_later_policies,
    with_other_policies,
    with_trunk,
)
from controller.simulator.troubles import Troubles
from controller.simulator.typists import Typed, Typists
from controller.simulator.wire import LANES, Outages, Weather

INPUTS = 300
"""How many inputs a seed has unless told otherwise."""
FATE = 0x1_0000_0000
"""Parts the dice of `further` troubles from those of the day."""
BEYOND = 0x2_0000_0000
"""Parts the dice of whoever asks for anybody, and of the network outside, from those of the day."""
KEYS = 0x3_0000_0000
"""Parts the dice of whoever gives commands by the keys of a telephone from those of the day."""
DESK_KEYS = 0x5_0000_0000
"""Parts the dice of the keys of telephones on desks from those of the day."""
TRANSFERS = 0x7_0000_0000
"""Parts the dice of who carries out transfers from those of the day."""
INTRUDERS = 0x6_0000_0000
"""Parts the dice of whoever takes a call's place, or is brought into a room, from those of the day."""
TELEPHONES = 0x4_0000_0000
"""Parts the dice of how many telephones agents have from those of the day."""
PAGES = 0x3_0000_0000
"""Parts the dice of telephones in browsers from those of the day."""
PAGES_A_DAY = 0.3
"""On so many days agents have telephones in browsers."""
LEFT_TO_US_A_DAY = 0.5
"""On so many of the days on which telephones on desks have keys Asterisk leaves transfers to the controller."""
CONFERENCES_A_DAY = 0.25
"""On so many days conferences are made to grow."""
TRUNK_FAILS_A_DAY = 0.4
LONG_TALK_SECONDS: Seconds = 120.0
DAY_BEGINS: Seconds = 1_700_000_000.0
CALM_SECONDS = 45.0
"""How long after the last fault and the last deed everything must be as it should. The longest that a lost request can still cost is
three tries of five seconds, and then the leg is given up and its customer offered anew."""
HOME_SECONDS = 60.0 + WRAP_UP_SECONDS + EXTENSION_SECONDS
LOOK_SECONDS: Seconds = 1.0
"""How often the judge looks for what lasts too long."""
PATIENCE_SECONDS: Seconds = 20.0
"""By how much requests that get lost one by one may delay whatever a promise is about: four of five seconds each."""
LOOK_EVERY = 60
"""On average, after so many batches the journal is replayed and the desktops are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a seed ended."""

    seed: int
    inputs: int
    """How many the world had to take before it was told to settle. Of a day that broke on the way: so many that it breaks again before
    they are all taken, whether the next one breaks it or something between the two."""
    inputs_in_all: int
    broken: str = ""
    """What was broken, as a sentence; empty: nothing."""
    settling: bool = False
    """It broke after the last of the asked inputs, while or after everything settled."""
    seconds: Seconds = 0.0
    """How long the simulated day was."""
    further: bool = True
    """Whether `further` troubles could strike."""
    anybody: bool = True
    """Whether anybody could be asked, and not only agents."""


class Watcher(Protocol):
    """Somebody who is shown each input as it is taken."""

    def took(self, wall: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> None:
        """The floor took this."""

    def happened(self, wall: Seconds, what: str) -> None:
        """Something struck."""


class World:
    """Everything that a seed makes."""

    def __init__(
        self,
        seed: int,
        *,
        watcher: Watcher | None = None,
        disk: Disk | None = None,
        directory: Directory | None = None,
        further: bool = True,
        anybody: bool = True,
    ) -> None:
        self.dice = Random(seed)
        self.fate = Random(seed ^ FATE)
        self.beyond = Random(seed ^ BEYOND)
        self.of_pages = Random(seed ^ PAGES)
        self.agenda = Agenda()
        self.weather = Weather()
        self.outages = Outages()
        self.disk = disk or Disk()
        self.reach = Reach(self.agenda)
        self.judge = Judge(self.reach)
        # Where a site is given everybody can be asked whom it knows, and nobody does so unasked.
        self.anybody = anybody and directory is None
        self.directory = directory or drawn_site(self.dice)
        builds = self.anybody and self.beyond.random() < CONFERENCES_A_DAY
        if self.anybody:
            self.directory = with_trunk(self.directory, self.beyond, tight=not builds)
        if self.anybody and self.of_pages.random() < PAGES_A_DAY:
            self.directory = with_pages(self.directory, self.of_pages)
        self._site = self.directory
        self.desktops = Desktops(self.dice)
        self.audiences: Sequence[Audience] = (self.desktops,)
        self.exchange = Exchange(self.agenda, self.dice, self.asterisk_tells, _Witnesses(self))
        telephones = Random(seed ^ TELEPHONES)
        if further and directory is None:
            self.exchange.telephones = drawn_telephones(self.directory, telephones)
        self.judge.case.exchange = self.exchange
        self.outside = Outside(
            self, fails=self.anybody and self.beyond.random() < TRUNK_FAILS_A_DAY, talks=LONG_TALK_SECONDS if builds else TALK_SECONDS
        )
        self.exchange.far_ends = self.outside
        self.pages = Pages(self, self.of_pages)
        self.doom: str | None = None
        self.disk_is_slow = False
        self.clients = Clients(self.agenda, self._asked)
        self.inputs = 0
        self._watcher = watcher
        self._jumped: Seconds = 0.0
        self._process: Process | None = None
        self.asking = Asking(self, happens=self.anybody, builds_conferences=builds)
        self.own_calls = OwnCalls(self, telephones, happens=further and directory is None)
        self.people = People(self)
        self.typists = Typists(self, Random(seed ^ KEYS), happens=self.anybody)
        self.desk_keys = DeskKeys(self, Random(seed ^ DESK_KEYS), happens=self.anybody)
        self.exchange.leaves_transfers = self.desk_keys.happens and Random(seed ^ TRANSFERS).random() < LEFT_TO_US_A_DAY
        self.intruders = Intruders(self, Random(seed ^ INTRUDERS), happens=self.anybody)
        self.troubles = Troubles(self, Further(self, happens=further))
        self.reach.patience = PATIENCE_SECONDS if self.weather.loses_requests or self.exchange.moves_that_fail else 0.0
        self._start()
        self.agenda.soon(LOOK_SECONDS, self._look_on)

    def _look_on(self) -> None:
        """A second has passed."""
        process = self._process
        cut_off = [self.disk_is_slow or process is None or process.is_cut_off(lane) for lane in range(LANES)]
        self.reach.note(cut_off, LOOK_SECONDS)
        self.judge.case.attached_at = process.attached_at if process is not None else self.agenda.now
        self.judge.customers.note_refusal(refused=self.outages.all_lanes_are_refused and process is not None and process.is_attached)
        self.judge.look(process.floor if process is not None else None)
        self.agenda.soon(LOOK_SECONDS, self._look_on)

    # --- For the process -------------------------------------------------------------------------------------------

    def wall_clock(self) -> Seconds:
        return DAY_BEGINS + self.agenda.now + self._jumped

    def fsync_seconds(self) -> Seconds:
        return self.dice.random() * (3.0 if self.disk_is_slow else 0.004)

    def dies(self, moment: str) -> bool:
        if self.doom != moment:
            return False
        self.doom = None
        self.kill()
        return True

    def taken(self, at: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> None:
        self.inputs += 1
        if self._watcher is not None:
            self._watcher.took(at, what, result, floor)
        if self._process is not None:
            self.judge.case.attached_at = self._process.attached_at
            self.judge.case.is_deaf = self._process.is_deaf
        self.judge.case.loses_events = bool(self.weather.lost_events or self.weather.late_events or self.weather.doubled_events)
        self.judge.case.at = at
        if isinstance(result, Outcome):
            self.judge.followed(what, result, floor)
        else:
            self.judge.refused(what, result, floor)

    def handed_on(self) -> None:
        if self.dice.random() * LOOK_EVERY < 1:
            self._look_closely()
            self.desktops.change_pace()

    def _look_closely(self) -> None:
        assert self._process is not None, "a process has just handed something on"
        if self._process.keeper.failed_because is None and not self.disk.is_full:
            self.judge.judge_journal(self._process, self.disk)
        lie = self.desktops.lie()
        if lie is not None:
            raise Broken(lie)

    def asterisk_tells(self, topic: str, *events: AriEvent) -> None:
        """Something is said; the controller hears it if it listens."""
        if self._process is not None:
            self._process.hears(topic, *events)

    def telephones_are_busy(self) -> None:
        """The watch over telephones tells which are in a call without us, and which are not, soon."""
        self.agenda.soon(0.05, self._tell_of_busy_telephones)

    def _tell_of_busy_telephones(self) -> None:
        busy = self.exchange.own_calls
        free = tuple(agent.phone for agent in self.directory.agents.values() if agent.phone not in busy)
        if self._process is not None and self._process.hears_of_telephones(TelephonesBusy(busy=tuple(busy), free=free)):
            for phone in busy:
                told = self.judge.case.busy_told_at.get(phone, 0.0)
                self.judge.case.busy_told_at[phone] = told if told >= busy[phone] else self.agenda.now

    # --- For people ------------------------------------------------------------------------------------------------

    def desktop(self) -> Floor | None:
        return self._process.floor if self._process is not None else None

    def ask(self, command: Command | DeskCommand) -> None:
        self.clients.send(command, 0.001 + 0.02 * self.dice.random())

    def _asked(self, command: Asked, hears: Hears) -> None:
        if self._process is not None:
            self._process.ask(command, hears)

    def types(self, typed: Typed) -> None:
        weather = self.weather
        self.judge.keys.loses_events = bool(weather.lost_events or weather.late_events)
        self.judge.keys.types(typed)

    # --- What can be struck ----------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._process is None:
            self._process = Process(self)
            self.judge.began_again(self._process.floor)
            self.desktops.begin(self._process.floor)
            self._say("the controller starts")
            self.pages.controller_starts()

    def kill(self) -> None:
        if self._process is not None:
            self._say("the controller is killed")
            if self._process.keeper.failed_because is not None:
                self.judge.case.forgot_at = self.agenda.now
            self._process.kill()
            self._start_again_soon()

    def stop(self) -> None:
        if self._process is not None and self._process.is_idle and not self.disk.is_full:
            self._say("the controller is stopped")
            self._process.stop()
            self._start_again_soon()

    def _start_again_soon(self) -> None:
        self._process = None
        self.pages.controller_dies()
        self.agenda.soon(0.3 + 4.0 * self.dice.random() ** 2, self._start)

    def cut(self) -> None:
        if self._process is not None:
            self._say("the connection to Asterisk breaks")
            self._process.cut_off()

    def restart_asterisk(self) -> None:
        self._say("Asterisk is restarted")
        if self._process is not None:
            self._process.cut_off()
        self.exchange.restarts()

    def clock_jumps(self, seconds: Seconds) -> None:
        self._jumped += seconds
        self.judge.case.clock_was_put_forward |= seconds > 0
        self._say(f"the clock is set {abs(seconds):.0f} s {'forward' if seconds > 0 else 'back'}")

    def break_lane(self, lane: int) -> None:
        process = self._process
        if process is not None:
            process.wire.lane_breaks(lane)
            if self.outages.refuses_us:
                process.lane_is_refused()
            self.agenda.soon(LANE_AWAY_SECONDS_MAX, lambda: process.cut_off() if lane in self.outages.lanes_away else None)

    def fall_half_open(self, lanes: range) -> None:
        if self._process is None:
            return
        if len(lanes) == LANES:
            self._process.falls_half_open()
        else:
            self._process.wire.half_open.update(lanes)

    def wake_up(self, lanes: range) -> None:
        """What was half open is found out, and breaks."""
        process = self._process
        if process is None:
            return
        if len(lanes) == LANES and process.is_deaf:
            self.cut()
        for lane in process.wire.half_open.intersection(lanes):
            process.wire.lane_breaks(lane)

    def site_changes(self) -> None:
        self.directory = with_other_policies(self.directory, self.dice)
        if self.anybody:
            self.directory = with_later_policies(self.directory, self.beyond, tight=not self.asking.builds_conferences)
        if self._process is not None:
            self._process.reload(self.directory)

    def site_is_rebuilt(self) -> None:
        """Queues, agents and supervisors are others; the next time it may all be as it was."""
        self.directory = rebuilt_site(self._site, self.fate)
        self._say("the site file is read again")
        if self._process is not None:
            self._process.reload(self.directory)

    def is_there(self, endpoint: str) -> bool:
        """Whether a telephone can be answered."""
        return self.pages.is_open(endpoint)

    def telephone_changed(self, endpoint: str) -> None:
        """A telephone has come or gone; whoever listens is told."""
        if self._process is not None:
            self._process.watch.sees(endpoint)

    def tell(self, what: str) -> None:
        """Let whoever watches know that something has struck."""
        self._say(what)

    def _say(self, what: str) -> None:
        if self._watcher is not None:
            self._watcher.happened(self.wall_clock(), what)

    # --- The day ---------------------------------------------------------------------------------------------------

    def live(self, inputs: int) -> None:
        """Let the day go on until so many inputs were taken. Raises `Mistake`."""
        self.people.come()
        self.pages.begin()
        self.asking.begin()
        self.typists.begin()
        self.desk_keys.begin()
        self.intruders.begin()
        self.outside.begin()
        self.troubles.begin()
        self.own_calls.begin()
        while self.inputs < inputs:
            self.agenda.go_on(self.agenda.now + 3600.0)

    def settle(self) -> None:
        """Let faults and deeds stop, and judge; then let everybody hang up, and judge. Raises `Mistake`."""
        self.calms_down()
        self._say("nothing goes wrong any more, and nobody begins anything")
        self.rest(CALM_SECONDS)
        process = self._process
        assert process is not None, "a killed controller is started again"
        self._look_closely()
        self.judge.judge_quiet(process.floor, self.exchange)
        self._say("everybody hangs up")
        self.people.go_home()
        self.asking.go_home()
        self.rest(HOME_SECONDS)
        self._look_closely()
        self.judge.judge_end(process, self.exchange)

    def calms_down(self) -> None:
        """Nothing goes wrong any more, and nobody begins anything."""
        self.troubles.end()
        self.pages.end()
        self.own_calls.end()
        self.outside.end()
        self.asking.end()
        self.typists.end()
        self.desk_keys.end()
        self.intruders.end()
        self.people.is_calm = True

    def breaks_off(self) -> None:
        """The day ends here, whatever is under way."""
        if self._process is not None:
            self._process.kill()

    def rest(self, seconds: Seconds) -> None:
        """Let so much time pass. Raises `Mistake`."""
        until = self.agenda.now + seconds
        while self.agenda.go_on(until):
            pass


class _Witnesses(Witness):
    """What happens in the exchange is seen by the judge, and a ringing telephone by the person beside it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._judge = world.judge

    def entered(self, channel: SimChannel, bridge: SimBridge) -> None:
        self._judge.entered(channel, bridge)

    def rung(self, channel: SimChannel) -> None:
        self._judge.rung(channel)
        if not channel.is_outside:
            self._world.people.rung(channel)

    def was_busy(self, channel: SimChannel, with_: SimChannel) -> None:
        self._judge.was_busy(channel, with_)

    def is_heard(self, channel: SimChannel) -> None:
        self._judge.is_heard(channel)

    def was_dialled_twice(self, channel: SimChannel) -> None:
        self._judge.was_dialled_twice(channel)

    def was_ended_too_soon(self, channel: SimChannel) -> None:
        self._judge.was_ended_too_soon(channel)

    def heard_key(self, by: SimChannel, of: SimChannel) -> None:
        self._judge.heard_key(by, of)

    def gone(self, channel: SimChannel) -> None:
        self._judge.gone(channel)

    def fell_back(self, channel: SimChannel) -> None:
        self._judge.fell_back(channel)

    def was_given(self, channel: SimChannel) -> None:
        self._judge.was_given(channel)

    def was_hung_up_by_us(self, channel: SimChannel) -> None:
        self._judge.was_hung_up_by_us(channel)

    def could_not(self, what: str) -> None:
        self._judge.could_not(what)

    def could(self, what: str) -> None:
        self._judge.could(what)

    def touched(self, request: str) -> None:
        self._judge.touched(request)


@contextmanager
def quiet_logs() -> Iterator[None]:
    """The controller's own log lines would be as many as the inputs, and time in them is not the simulated one."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)


def simulate(seed: int, inputs: int = INPUTS, *, watcher: Watcher | None = None, further: bool = True, anybody: bool = True) -> Verdict:
    """Live one seed's day and settle. The same seed and number give the same verdict.

    `further`: whether such troubles may strike. `anybody`: whether anybody is asked, and not only agents.
    """
    settling = False
    world = None
    with quiet_logs():
        try:
            world = World(seed, watcher=watcher, further=further, anybody=anybody)
            world.live(inputs)
            settling = True
            world.settle()
            broken = ""
        except Mistake as mistake:
            broken = mistake.because
            if world is not None:
                world.breaks_off()
    taken = world.inputs if world is not None else 0
    return Verdict(
        seed=seed,
        inputs=inputs if settling else taken + 1,
        inputs_in_all=taken,
        broken=broken,
        settling=settling and bool(broken),
        seconds=world.agenda.now if world is not None else 0.0,
        further=further,
        anybody=anybody,
    )


def shortest_failing(verdict: Verdict, run: Callable[..., Verdict] = simulate) -> Verdict:
    """Find the fewest inputs after which the same seed, left to settle, is broken. Of a breach that settling shows, this is a bisection:
    every shorter prefix that was tried is sound, not every shorter one there is."""
    best, sound = verdict, 0
    if not verdict.settling:
        # Up to its last input the world does not know how many it will have, so a breach on the way is the shortest of its kind.
        return verdict
    while sound + 1 < best.inputs:
        middle = (sound + best.inputs) // 2
        tried = run(verdict.seed, middle, further=verdict.further, anybody=verdict.anybody)
        if tried.broken:
            best = tried
        else:
            sound = middle
    return best

"""One life of the controller: the real loop, keeper and ARI switch, driven step by step instead of by asyncio. It can be killed anywhere.

What it stands for: `service/run.py` (begin where the journal ends), the waiting parts of `service/loop.py` and `asterisk/reconcile.py`, and
`asterisk/attachment.py` with `stay.py` (connect, read the state, then hear what came meanwhile, then live). What these do when they are not
waiting is the real code.
"""

from collections.abc import Callable, Sequence
from math import inf
from random import Random
from typing import Protocol, cast

from controller.asterisk.dial_string import dialable
from controller.asterisk.errors import AriError
from controller.asterisk.events import AriEvent, KnownEvent
from controller.directory.dialled_targets import DialledNumbers
from controller.directory.directory import Directory
from controller.directory.ids import THE_SWITCH, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome, SiteReloaded
from controller.floor.ports import Audience
from controller.interaction.commands import Command
from controller.interaction.facts import LegUnstuck, SwitchLost, TelephonesBusy
from controller.interaction.layout import layout
from controller.interaction.refusals import Refused
from controller.journal.replay import bring_back
from controller.routing.commands import DeskCommand
from controller.service.clock import SteadyClock
from controller.service.keeping import Keeper
from controller.service.loop import CATCH_UP_SECONDS
from controller.simulator.agenda import Agenda, Task, Tasks, run_through
from controller.simulator.disk import Disk
from controller.simulator.driven import DrivenLoop, DrivenSwitch, Followed, Reply
from controller.simulator.exchange import Exchange
from controller.simulator.pages import DrivenWatch
from controller.simulator.wire import LANES, EventSocket, Outages, Weather, Wire

TRIES_TO_CONNECT_EVERY_SECONDS = 1.0


class Mistake(Exception):
    """The controller did what it must never do. `because` is a sentence."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class Surroundings(Protocol):
    """What a process finds around it, and whom it tells."""

    agenda: Agenda
    dice: Random
    exchange: Exchange
    weather: Weather
    outages: Outages
    disk: Disk
    directory: Directory
    audiences: Sequence[Audience]

    def wall_clock(self) -> Seconds:
        """The time of day as this machine has it; it may jump, forward and back."""

    def telephones_are_busy(self) -> None:
        """Soon tell the controller which telephones are in a call without us."""

    def fsync_seconds(self) -> Seconds:
        """How long the disk takes to keep a batch."""

    def dies(self, moment: str) -> bool:
        """Whether the process is killed at this moment of a turn: `taken` (nothing is kept yet) or `kept` (nobody has acted yet)."""

    def taken(self, at: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> None:
        """The floor has just taken an input, at this moment of the controller's own time; nobody has been told yet."""

    def handed_on(self) -> None:
        """The switch has been told of a whole batch, and so has everybody else."""


class Process:
    """A running controller."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.agenda = around.agenda
        self.is_alive = True
        self.is_attached = False
        self._attached_at: Seconds = around.agenda.now
        """Since when it hears everything: what happened before this moment it had to find out by looking."""
        self._tasks = Tasks(around.agenda)
        brought = bring_back(around.disk.open())
        if brought.damage:
            raise Mistake(f"the journal could not be replayed: {brought.damage}")
        self.keeper = Keeper(around.disk)
        self._clock = SteadyClock(not_before=brought.floor.last_at, time_of_day=around.wall_clock, steady=lambda: around.agenda.now)
        self._loop = DrivenLoop(brought.floor, keeper=self.keeper, clock=self._clock)
        self.wire = Wire(around.agenda, around.dice, around.exchange, around.weather, around.outages)
        self.switch = DrivenSwitch(
            around.agenda,
            self.wire,
            self._post,
            dialable(around.directory),
            DialledNumbers(around.directory),
            leaves_transfers=around.exchange.leaves_transfers,
        )
        self.watch = DrivenWatch(around.agenda, around.exchange, self._post, self.switch)
        self._watch_telephones(around.directory)
        self._socket: EventSocket | None = None
        self._kept_events: list[AriEvent] = []
        self._attaching: Task | None = None
        self._asterisk_started: int | None = None
        """Which start of Asterisk this process has seen last; None: none yet."""
        self._turn_is_near = False
        self._alarm_rings_at: Seconds | None = None
        self._loop.shown_to(self._has_followed)
        self._loop.serve(self.switch, around.audiences)
        self._begin_where_we_left_off()

    @property
    def floor(self) -> Floor:
        """The contact centre as this process has it."""
        return self._loop.floor

    @property
    def attached_at(self) -> Seconds:
        """Since when it hears everything: while it reads the state, this very moment."""
        return self._attached_at if self.is_attached or self._socket is None else self.agenda.now

    @property
    def is_idle(self) -> bool:
        """It has nothing in hand."""
        return not self._turn_is_near and not self._loop.has_inputs

    def _begin_where_we_left_off(self) -> None:
        floor = self.floor
        if floor.switch_is_there:
            self._post(SwitchLost(switch=THE_SWITCH))
        self._post(SiteReloaded(directory=self._around.directory))
        for interaction in floor.interactions.values():
            self.switch.arrange(layout(interaction))
        for leg in floor.stuck_legs():
            self._post(LegUnstuck(leg=leg))
        for leg in floor.state().leaving:
            self.switch.await_end_of(leg)
        self.switch.begin(self._tasks)
        self.agenda.soon(0.01, self._connect)

    # --- The loop --------------------------------------------------------------------------------------------------

    def ask(self, command: Command | DeskCommand, then: Callable[[Outcome | Exception], None]) -> None:
        """A desktop asks for something; `then` is told what came of it, unless the process dies before."""
        self._loop.bring(command, Reply(then))
        self._turn_soon()

    def reload(self, directory: Directory) -> None:
        """SIGHUP: the site file is another one."""
        self.switch.use_numbers(dialable(directory), DialledNumbers(directory))
        self._post(SiteReloaded(directory=directory))
        self._watch_telephones(directory)

    def _watch_telephones(self, directory: Directory) -> None:
        """Where nobody has a page, no day is watched: it is as it was before there were any."""
        browsers = {agent.browser for agent in directory.agents.values() if agent.browser} | self.floor.browsers_in_calls()
        self.watch.use([agent.phone for agent in directory.agents.values()] if browsers else [], browsers)

    def _post(self, fact: Input) -> None:
        self._loop.post(fact)
        self._turn_soon()

    def _turn_soon(self) -> None:
        if not self._turn_is_near:
            self._turn_is_near = True
            self.agenda.soon(0.0, self._turn)

    def _turn(self) -> None:
        """One batch: follow, keep, hand on, with the time that the disk takes between the last two."""
        if not self.is_alive:
            return
        followed = self._loop.follow_batch()
        if not followed and not self._loop.is_behind:
            self._turn_ends()
            return
        if self._around.dies("taken"):
            return
        self.agenda.soon(self._around.fsync_seconds(), lambda: self._keeps(followed))

    def _has_followed(self, followed: Followed) -> None:
        result = followed.result
        if not isinstance(result, Outcome | Refused):
            raise Mistake(f"the core made a mistake: {type(result).__name__}: {result}") from result
        self._around.taken(followed.at, followed.asked.what, result, self.floor)

    def _keeps(self, followed: Sequence[Followed]) -> None:
        if self.is_alive:
            self._loop.keep_batch(followed)
            if self._around.dies("kept"):
                return
            self.agenda.soon(0.0, lambda: self._hands_on(followed))

    def _hands_on(self, followed: Sequence[Followed]) -> None:
        if self.is_alive:
            self._loop.hand_on_batch(followed)
            self._around.handed_on()
            self._turn_ends()

    def _turn_ends(self) -> None:
        self._turn_is_near = False
        self._set_alarm()
        if self._loop.has_inputs:
            self._turn_soon()

    def _set_alarm(self) -> None:
        at = self.floor.next_deadline_at()
        if self._loop.is_behind:
            at = min(at or inf, self._clock() + CATCH_UP_SECONDS)
        if at is None:
            return
        rings_at = self.agenda.now + max(0.0, at - self._clock())
        if self._alarm_rings_at is None or not self.agenda.now < self._alarm_rings_at <= rings_at:
            self._alarm_rings_at = rings_at
            self.agenda.at(rings_at, self._ring)

    def _ring(self) -> None:
        if self._alarm_rings_at is not None and self._alarm_rings_at <= self.agenda.now:
            self._alarm_rings_at = None
        if self.is_alive:
            self._turn_soon()

    # --- The attachment --------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        """From now on Asterisk hands callers over, and events come; they wait until the state is read."""
        if not self.is_alive or self._socket is not None:
            return
        around = self._around
        if around.outages.let_nobody_in:
            self.agenda.soon(TRIES_TO_CONNECT_EVERY_SECONDS, self._connect)
            return
        self.wire.is_up = around.exchange.app_is_active = True
        self._kept_events.clear()
        socket = self._socket = EventSocket(around.agenda, around.dice, around.weather, self._hear, cut=self.cut_off)
        self.agenda.soon(0.002 + 0.01 * around.dice.random(), lambda: self._read_state(socket))

    def _read_state(self, socket: EventSocket) -> None:
        if socket is self._socket and self.is_alive:
            self._attaching = self._tasks.create_task(self._attach())

    async def _attach(self) -> None:
        try:
            started = self._around.exchange.times_started
            await self.switch.attached(restarted=self._asterisk_started not in (None, started))
            self._asterisk_started = started
            while self._kept_events:
                self.switch.heard(cast("KnownEvent", self._kept_events.pop(0)))
        except AriError:
            self.agenda.soon(0.0, self.cut_off)
            return
        self.is_attached, self._attached_at = True, self.agenda.now
        self.watch.attached()
        self._around.telephones_are_busy()

    def hears(self, topic: str, *events: AriEvent) -> None:
        """Asterisk says something; without a connection nobody hears it, ever."""
        if self._socket is not None:
            self._socket.tell(topic, *events)

    def hears_of_telephones(self, fact: TelephonesBusy) -> bool:
        """What the watch over telephones would tell; False: nobody hears it. Where it does watch it tells so itself, and remembers it."""
        if not self.is_attached or self.is_deaf or not self.is_alive:
            return False
        if self.watch.is_used:
            for endpoint in (*fact.busy, *fact.free):
                self.watch.look_at(endpoint)
        else:
            self.switch._tell(fact)
        return True

    def falls_half_open(self) -> None:
        """Nothing arrives in either direction any more, and nothing has noticed."""
        self.wire.half_open.update(range(LANES))
        if self._socket is not None:
            self._socket.is_half_open = True

    def is_cut_off(self, lane: int) -> bool:
        """Whether it can do nothing over this lane, whether it knows that or not."""
        return not self.is_attached or self.is_deaf or self.wire.is_cut_off(lane)

    @property
    def is_deaf(self) -> bool:
        """Its event socket is half open."""
        return self._socket is not None and self._socket.is_half_open

    def lane_is_refused(self) -> None:
        """A lane that wanted to connect again was refused with 401: as `asterisk/lanes.py` has it, the attachment ends at once."""
        self.cut_off()

    def _hear(self, event: AriEvent) -> None:
        if not self.is_attached:
            self._kept_events.append(event)
            return
        try:
            self.switch.heard(cast("KnownEvent", event))
        except AriError:
            self.agenda.soon(0.0, self.cut_off)

    def cut_off(self) -> None:
        """Every socket breaks; the attachment notices, and connects again after a pause."""
        if self._disconnected():
            self.switch.lost("the simulated socket broke")
            self.agenda.soon(0.05 + 2.0 * self._around.dice.random() ** 2, self._connect)

    def _disconnected(self) -> bool:
        socket, self._socket = self._socket, None
        if socket is None:
            return False
        socket.is_open = self.is_attached = self._around.exchange.app_is_active = False
        if self._attaching is not None:
            self._attaching.kill()
            self._attaching = None
        self.wire.goes_down()
        self.watch.lost()
        return True

    def kill(self) -> None:
        """`kill -9`: everything that is not on the disk is lost; requests that are on their way may still be executed."""
        self.is_alive = False
        self._tasks.kill()
        self._disconnected()

    def stop(self) -> None:
        """SIGTERM: leaves a whole state, and every call as it is."""
        run_through(self._around.disk.keep_state(self.floor.state()))
        self.kill()

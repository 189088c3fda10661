"""The one writer: takes inputs one at a time, has them kept, lets the switch act on what comes of them, and tells everybody.

Nobody is told of an effect before what caused it is on disk. While one batch is being written the next gathers, so that under load one
fsync serves many inputs. Adapters only enqueue. Nothing here knows ARI, HTTP or SQLite.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from controller.directory.ids import LegId, Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.ports import Audience, Inbox, InboxFull, Switch, Tally, Tone
from controller.interaction.commands import Command
from controller.interaction.interaction import Interaction
from controller.interaction.layout import layout
from controller.interaction.leg import Origin
from controller.interaction.legs import legs
from controller.interaction.notices import CallTurnedAway, CallWasOver, CodeDone, CodeRefused, DialRefused, DigitsPressed, TransferAnswered
from controller.interaction.refusals import Refused, SwitchAway
from controller.routing.commands import DeskCommand
from controller.service.keeping import Keeper

INPUTS_WAITING_MAX = 10_000
"""Beyond this the loop is hopelessly behind: commands are refused, and the switch's connection is taken up anew."""
BATCH_MAX = 256
"""How many inputs one write to the journal may carry, so that a burst does not make its first input wait for its last."""
CATCH_UP_SECONDS = 1.0
"""How often a disk that failed is tried again while nothing happens."""

log = structlog.get_logger("loop")


@dataclass(slots=True)
class _Asked:
    """An input, and who waits for what comes of it."""

    what: Input
    answer: asyncio.Future[Outcome] | None = None
    came: float = field(default_factory=time.perf_counter)


@dataclass(slots=True)
class _Followed:
    """An input that has been taken, and what it led to."""

    asked: _Asked
    at: Seconds
    result: Outcome | Exception


@dataclass(frozen=True, slots=True)
class _Tick:
    """The moment of a deadline has come, or somebody wants to know when the loop gets here."""

    seen: asyncio.Future[None] | None = None


class Loop(Inbox):
    """Give it facts and commands; `run` takes them in the order in which they came."""

    def __init__(self, floor: Floor, *, clock: Callable[[], Seconds], keeper: Keeper | None = None) -> None:
        """`clock`: see `clock.py`. `keeper`: who keeps accepted inputs; None: nobody, they are lost with the process."""
        self._floor = floor
        self._keeper = keeper
        self._switch: Switch | None = None
        self._audiences: tuple[Audience, ...] = ()
        self._tally: Tally | None = None
        self._clock = clock
        self._inputs: asyncio.Queue[_Asked | _Tick] = asyncio.Queue(maxsize=INPUTS_WAITING_MAX)
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at: Seconds | None = None
        self._settled = asyncio.Event()
        self._settled.set()
        self._stopping = False

    def serve(self, switch: Switch, audiences: Sequence[Audience], tally: Tally | None = None) -> None:
        """Say who acts on what comes of inputs, who is told of it, and who counts the answers. Call this once, before `run`."""
        self._switch = switch
        self._tally = tally
        self._audiences = tuple(audiences)

    @property
    def floor(self) -> Floor:
        return self._floor

    async def settled(self) -> None:
        """Wait until all that the floor shows is kept, so that it may be told to somebody; it holds until the next `await`."""
        while not self._settled.is_set():  # the next batch may have begun before it was our turn
            await self._settled.wait()

    @property
    def not_kept_because(self) -> str | None:
        return self._keeper.failed_because if self._keeper is not None else None

    def post(self, fact: Input) -> None:
        """Bring a fact. Raises `InboxFull` when the loop is hopelessly behind."""
        try:
            self._inputs.put_nowait(_Asked(fact))
        except asyncio.QueueFull:
            raise InboxFull from None

    async def ask(self, command: Command | DeskCommand) -> Outcome:
        """Bring a command and wait for what comes of it. Raises a `Refused`, or `NotKept`."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        try:
            self._inputs.put_nowait(_Asked(command, answer))
        except asyncio.QueueFull:
            raise SwitchAway("The controller is overloaded; nothing was done. Try again in a moment.") from None
        return await answer

    async def reached(self) -> None:
        """Wait until the loop has come to what is brought now, so that it is known to go on. Raises `InboxFull`."""
        seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            self._inputs.put_nowait(_Tick(seen))
        except asyncio.QueueFull:
            raise InboxFull from None
        await seen

    def stop(self) -> None:
        """Have `run` return when what it has begun is kept and done. What was not begun was not promised to anybody."""
        self._stopping = True
        self._wake()

    async def run(self) -> None:
        """Take inputs until `stop`."""
        while not self._stopping:
            batch = await self._gather()
            followed = [self._follow(asked) for asked in batch if not _is_forsaken(asked)]
            # After every batch, not only when the alarm rings: the disk may have been slow.
            followed += self._follow_due()
            if followed or self._is_behind:
                await self._keep(followed)
                self._hand_on(followed)
                # Whoever was answered, or waits for a settled floor, looks at it before the next batch changes it.
                await asyncio.sleep(0)
            self._set_alarm()

    async def _gather(self) -> list[_Asked]:
        """Everything that has come by now; waits until something has."""
        first = await self._inputs.get()
        gathered = [first]
        while len(gathered) < BATCH_MAX and not self._inputs.empty():
            gathered.append(self._inputs.get_nowait())
        for tick in gathered:
            if isinstance(tick, _Tick) and tick.seen is not None and not tick.seen.done():
                tick.seen.set_result(None)
        return [asked for asked in gathered if isinstance(asked, _Asked)]

    def _follow(self, asked: _Asked) -> _Followed:
        at = self._clock()
        try:
            return _Followed(asked, at, self._floor.take(asked.what, at))
        except Refused as refused:
            log.info("refused", input=asked.what, because=refused.because, code=refused.code)
            return _Followed(asked, at, refused)
        except Exception as mistake:
            # Ours, and it must not end the calls of everybody else: this input alone comes to nothing, loudly.
            log.exception("an input was not followed because of a mistake in the controller", input=asked.what)
            return _Followed(asked, at, mistake)

    def _follow_due(self) -> list[_Followed]:
        followed = []
        while (passed := self._floor.due(self._clock())) is not None:
            followed.append(self._follow(_Asked(passed)))
        return followed

    async def _keep(self, followed: Sequence[_Followed]) -> None:
        """Have accepted inputs written; a command that could not be kept is not answered as if it were."""
        if self._keeper is None:
            return
        accepted = [(each.asked.what, each.at, each.result) for each in followed if isinstance(each.result, Outcome)]
        # What a mistake of ours has done to the floor before it was noticed, no input tells: only the whole state does.
        mistaken = any(not isinstance(each.result, Outcome | Refused) for each in followed)
        self._settled.clear()
        try:
            lost = await self._keeper.keep(accepted, self._floor, whole=mistaken)
        finally:
            self._settled.set()
        if lost is not None:
            for each in followed:
                # Whoever asked may have gone while the disk was tried.
                if isinstance(each.result, Outcome) and each.asked.answer is not None and not each.asked.answer.done():
                    each.asked.answer.set_exception(lost)

    def _hand_on(self, followed: Sequence[_Followed]) -> None:
        """Have the switch do what follows, tell everybody who wants to know, and answer who asked."""
        assert self._switch is not None, "`serve` comes before `run`"
        outcomes = (each.result for each in followed if isinstance(each.result, Outcome))
        stages = [change.after for outcome in outcomes for change in (*outcome.changes, *outcome.unshown)]
        last = {after.id: after for after in stages}
        for after in stages:
            # A leg that has come by itself and is wanted no more within the same moment is known to the switch as nobody's otherwise.
            if after is last[after.id] or _came_by_themselves(after) - _came_by_themselves(last[after.id]):
                self._switch.arrange(layout(after))
        for each in followed:
            if isinstance(each.result, Outcome):
                self._run_errands(each.result)
                self._tell(each.asked.what, each.result)
            self._answer(each)

    def _run_errands(self, outcome: Outcome) -> None:
        assert self._switch is not None, "`serve` comes before `run`"
        for notice in outcome.notices:
            match notice:
                case DigitsPressed():
                    self._switch.press(notice.interaction, notice.leg, notice.digits)
                case CodeRefused():
                    self._switch.sound(notice.leg, Tone.REFUSED)
                case CallTurnedAway():
                    self._switch.turn_away(notice.leg)
                case CodeDone():
                    self._switch.confirm_dialled(notice.leg)
                case DialRefused():
                    self._switch.refuse_dialled(notice.leg, notice.code)
                case TransferAnswered():
                    self._switch.answer_transfer(notice.leg, notice.code)
                case CallWasOver():
                    self._switch.let_go(notice.leg)
                case _:
                    pass  # told to the audiences with all the others

    def _tell(self, what: Input, outcome: Outcome) -> None:
        for audience in self._audiences:
            try:
                audience.tell(what, outcome)
            except Exception:
                # Ours as well; a desktop or a record that misses something must not cost anybody their call.
                log.exception("somebody was not told because of a mistake in the controller", audience=type(audience).__name__)

    def _answer(self, followed: _Followed) -> None:
        asked, result = followed.asked, followed.result
        if asked.answer is None or asked.answer.done():
            return
        if self._tally is not None:
            self._tally.answered(time.perf_counter() - asked.came)
        if isinstance(result, Outcome):
            asked.answer.set_result(result)
            return
        if isinstance(result, Refused) and self._tally is not None:
            self._tally.refused(result.code)
        asked.answer.set_exception(result)

    def _set_alarm(self) -> None:
        """Have the loop woken at the next deadline."""
        at = self._floor.next_deadline_at()
        if self._is_behind:
            at = min(at or math.inf, self._clock() + CATCH_UP_SECONDS)
        if at == self._alarm_at:
            return
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._alarm_at = at
        if at is not None:
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, at - self._clock()), self._ring)

    @property
    def _is_behind(self) -> bool:
        """The disk failed, and something is not kept that should be."""
        return self.not_kept_because is not None

    def _ring(self) -> None:
        self._alarm = self._alarm_at = None
        self._wake()

    def _wake(self) -> None:
        if not self._inputs.full():  # whatever fills it wakes the loop as well
            self._inputs.put_nowait(_Tick())


def _is_forsaken(asked: _Asked) -> bool:
    """Whoever asked has gone before it was their turn: nothing was promised."""
    return asked.answer is not None and asked.answer.cancelled()


def _came_by_themselves(interaction: Interaction) -> set[LegId]:
    return {leg.id for _, leg in legs(interaction) if leg.origin is not Origin.MADE}

"""The real loop, ARI switch and reconcilers, with another way to wait: the world says when each of their steps is taken.

Nothing of what they do is changed here, only how they wait, what they wait for, and who runs their coroutines.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import cast

from controller.asterisk.dial_string import Dialable
from controller.asterisk.local_pairs import LocalPairs
from controller.asterisk.reconcile import RUNG_SECONDS_MAX, Reconciler
from controller.asterisk.seen import Seen
from controller.asterisk.switch import AriSwitch
from controller.directory.dialled_targets import DialledNumbers
from controller.directory.ids import THE_SWITCH, Seconds
from controller.floor.outcome import Outcome
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.interaction.layout import Layout
from controller.routing.commands import DeskCommand
from controller.service.loop import BATCH_MAX, Loop, _Asked, _Followed
from controller.simulator.agenda import Agenda, Awaited, Tasks, run_through
from controller.simulator.exchange import APP
from controller.simulator.wire import Wire

Followed = _Followed


class _Wake:
    """Stands for `asyncio.Event` in a reconciler."""

    __slots__ = ("_agenda", "_is_set", "waiter")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._is_set = False
        self.waiter: _Wait | None = None

    def set(self) -> None:
        self._is_set = True
        waiter, self.waiter = self.waiter, None
        if waiter is not None:
            self._agenda.soon(0.0, lambda: waiter.gives(None))

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set


class _Wait(Awaited):
    """Until something changes, or a moment comes."""

    __slots__ = ("_agenda", "_until", "_wake")

    def __init__(self, wake: _Wake, agenda: Agenda, until: Seconds | None) -> None:
        super().__init__()
        self._wake = wake
        self._agenda = agenda
        self._until = until

    def begin(self) -> None:
        if self._wake.is_set():
            self._agenda.soon(0.0, lambda: self.gives(None))
            return
        self._wake.waiter = self
        if self._until is not None:
            # A little later, as in life: a wait that ends a rounding error early would begin again at the same moment, for ever.
            self._agenda.at(self._until + 1e-6, self._is_late)

    def _is_late(self) -> None:
        if self._wake.waiter is self:
            self._wake.waiter = None
        self.gives(None)


class DrivenReconciler(Reconciler):
    """The real one, except for how it waits."""

    def wait_in(self, agenda: Agenda) -> None:
        """Call this once, first."""
        self._agenda = agenda
        self._wake = _Wake(agenda)
        self._changed = cast("asyncio.Event", self._wake)

    def _remind_of_unrung(self) -> None:
        self._agenda.soon(RUNG_SECONDS_MAX * 1.01, self._tell_unrung_for_long)

    async def _wait(self) -> None:
        await _Wait(self._wake, self._agenda, self._looks_again_at())


class DrivenSwitch(AriSwitch):
    """The real one, over the simulated wire."""

    def __init__(
        self,
        agenda: Agenda,
        wire: Wire,
        post: Callable[[Fact], None],
        dialable: Dialable,
        dialled: DialledNumbers,
        *,
        leaves_transfers: bool = False,
    ) -> None:
        # Not the real one's: that makes an attachment, which opens sockets.
        self._leaves_transfers = leaves_transfers
        self._agenda = agenda
        self._app = APP
        self._transport = wire
        self._post_fact = post
        self._clock = lambda: agenda.now
        self._dialable = dialable
        self._dialled = dialled
        self._name = THE_SWITCH
        self._seen = Seen()
        self._local_pairs = LocalPairs()
        self._reconcilers = {}
        self._leaving = set()
        self._errands = None
        self._is_there = self._is_being_read = self._was_there = self._is_replaced = False
        self._untold = deque()
        self._companions = ()
        self._lend_errands()

    @property
    def _has_codecs(self) -> bool:
        return False  # the simulated telephones have one, as the delivered ones do

    @property
    def _asks_us_for_transfers(self) -> bool:
        return self._leaves_transfers

    def begin(self, tasks: Tasks) -> None:
        """What `run` does before it attaches."""
        self._errands = cast("asyncio.TaskGroup", tasks)
        for reconciler in self._reconcilers.values():
            self._spawn(self._reconcile(reconciler), name="")

    @property
    def is_at_rest(self) -> bool:
        """Nothing of any interaction is left to look after."""
        return not self._reconcilers and not self._seen.legs and not self._leaving and not self._strangers.are_there

    def _drop(self, because: str) -> None:
        raise AssertionError(f"nothing in a simulated day is so much: {because}")

    async def _pause(self, seconds: Seconds) -> None:
        await _Wait(_Wake(self._agenda), self._agenda, self._agenda.now + seconds)

    def _reconciler_for(self, layout: Layout) -> Reconciler:
        reconciler = DrivenReconciler(
            layout,
            seen=self._seen,
            transport=self._transport,
            app=self._app,
            is_there=lambda: self._is_there,
            dialable=lambda: self._dialable,
            reports=self,
            clock=self._clock,
        )
        reconciler.wait_in(self._agenda)
        return reconciler


class Reply:
    """Stands for the future of a command; `then` is called with what came of it."""

    __slots__ = ("_then",)

    def __init__(self, then: Callable[[Outcome | Exception], None]) -> None:
        self._then = then

    def cancelled(self) -> bool:
        return False

    def done(self) -> bool:
        return False

    def set_result(self, outcome: Outcome) -> None:
        self._then(outcome)

    def set_exception(self, error: Exception) -> None:
        self._then(error)


class DrivenLoop(Loop):
    """The real one's steps, each taken when the world says so."""

    def shown_to(self, witness: Callable[[Followed], None]) -> None:
        """Say who sees each input as soon as it is followed, before the next one is. Call this once, first."""
        self._witness = witness

    def _follow(self, asked: _Asked) -> _Followed:
        followed = super()._follow(asked)
        self._witness(followed)
        return followed

    def bring(self, command: Command | DeskCommand, reply: Reply) -> None:
        self._inputs.put_nowait(_Asked(command, cast("asyncio.Future[Outcome]", reply)))

    @property
    def has_inputs(self) -> bool:
        return not self._inputs.empty()

    @property
    def is_behind(self) -> bool:
        return self._is_behind

    def follow_batch(self) -> list[_Followed]:
        """What has come by now, and the deadlines that have."""
        batch: list[_Asked] = []
        while len(batch) < BATCH_MAX and not self._inputs.empty():
            asked = self._inputs.get_nowait()
            if isinstance(asked, _Asked):
                batch.append(asked)
        followed = [self._follow(asked) for asked in batch]
        return followed + self._follow_due()

    def keep_batch(self, followed: Sequence[_Followed]) -> None:
        run_through(self._keep(followed))

    def hand_on_batch(self, followed: Sequence[_Followed]) -> None:
        self._hand_on(followed)

"""Records histories: journals of simulated days that between them have every phase, policy, input and blow. Run it only to add some:

    python -m tests.simulation.record FIRST_SEED LAST_SEED

What is recorded is kept for good: a journal that was once written must be readable for ever. Without seeds it only notes what the inputs of
each history end in by today's rules, after a rule was changed and the change of each end was looked at.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from controller.directory.ids import Seconds
from controller.floor.floor import Floor
from controller.floor.outcome import Input, Outcome
from controller.floor.state import FloorState
from controller.interaction.refusals import Refused
from controller.journal.codec import Taken, read_input, read_state, write_input, write_state
from controller.journal.journal import Kept
from controller.journal.replay import bring_back
from controller.simulator.disk import Disk
from controller.simulator.process import Mistake
from controller.simulator.world import CALM_SECONDS, Watcher, World, quiet_logs

HISTORIES = Path(__file__).parent / "histories"
HISTORIES_MAX = 2
INPUTS = 260


class Recorder(Disk, Watcher):
    """A disk that forgets nothing for a state, and the sights of the day whose inputs it keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[str] = []
        self.seen: set[str] = set()
        self._not_kept_yet: list[Taken] = []

    async def keep(self, inputs: Sequence[Taken]) -> None:
        await super().keep(inputs)
        self._has_kept()

    async def keep_state(self, state: FloorState) -> None:
        await super().keep_state(state)
        self._has_kept()

    def _has_kept(self) -> None:
        self.history.extend(map(write_input, self._not_kept_yet))
        self._not_kept_yet.clear()

    def took(self, wall: Seconds, what: Input, result: Outcome | Refused, floor: Floor) -> None:
        if not isinstance(result, Outcome):
            return
        self._not_kept_yet.append(Taken(what, wall))
        self.seen.add(f"input {type(what).__name__}")
        for change in result.changes:
            policy = change.after.policy
            self.seen |= {f"phase {change.after.phase}", f"input {type(change.cause).__name__}"}
            self.seen |= {f"{name} {getattr(policy, name)} in {change.after.phase}" for name in ("transfer_acceptance", "end_consult")}
            self.seen |= {f"{name} {getattr(policy, name)}" for name in ("owner_hang_up", "after_consult", "customer_gone_in_conference")}
            self.seen |= {f"{name} {getattr(policy, name)}" for name in ("failed_transfer", "consult_priority", "wrap_up_extension")}
            self.seen |= {f"{len(change.after.members)} members", f"offer {change.after.offer.why if change.after.offer else None}"}
            self.seen |= {f"{type(change.cause).__name__} {getattr(getattr(change.cause, 'target', None), 'kind', None)}"}

    def happened(self, wall: Seconds, what: str) -> None:
        self.seen.add(f"blow {' '.join(what.split()[:4])}")
        if what == "the controller starts":
            self._not_kept_yet.clear()  # what was taken and not kept has never been


def recorded(seed: int) -> tuple[list[str], set[str]] | None:
    """One day's journal from its first input, with the state it ends in as the last line; None where the controller is away at the end."""
    recorder = Recorder()
    world = World(seed, watcher=recorder, disk=recorder)
    try:
        world.live(INPUTS)
        world.calms_down()
        world.rest(CALM_SECONDS)
    except Mistake:
        return None
    floor = world.desktop()
    return None if floor is None else ([*recorder.history, write_state(floor.state())], recorder.seen)


def chosen(seeds: Iterator[int]) -> Iterator[tuple[int, list[str]]]:
    """Take the day that shows most of what no day before has shown, a few times over."""
    days = {seed: day for seed in seeds if (day := recorded(seed)) is not None}
    shown: set[str] = set()
    for _ in range(HISTORIES_MAX):
        best = max(days, key=lambda seed: len(days[seed][1] - shown))
        lines, seen = days.pop(best)
        shown |= seen
        yield best, lines


def note_ends() -> None:
    """Write down anew what each history ends in."""
    for history in sorted(HISTORIES.glob("*.jsonl")):
        *inputs, end = history.read_text().splitlines()
        now = write_state(bring_back(Kept(state=None, inputs=[read_input(text) for text in inputs])).floor.state())
        if now != write_state(read_state(end)):
            history.write_text("\n".join([*inputs, now]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        note_ends()
        sys.exit()
    with quiet_logs():
        for found, written in chosen(iter(range(int(sys.argv[1]), int(sys.argv[2]) + 1))):
            HISTORIES.joinpath(f"seed-{found:05}.jsonl").write_text("\n".join(written) + "\n")

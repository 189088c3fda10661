"""The life of an interaction as lines for a terminal: a line a step, who stands where, and what everybody did for how long."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from controller.directory.ids import Seconds
from controller.interaction.layout import Room
from controller.interaction.party import Standing
from controller.telemetry.lanes import Lane, lanes_of
from controller.telemetry.sentences import printable
from controller.telemetry.steps import RecordedParty, RecordedStep


def story_lines(steps: Sequence[RecordedStep]) -> Iterator[str]:
    """Tell the story of an interaction that has one step at least. Times are of this machine's time zone."""
    return map(printable, _story_lines(steps))


def _story_lines(steps: Sequence[RecordedStep]) -> Iterator[str]:
    first = steps[0]
    yield title_of(steps)
    yield ""
    width = max(len("what happened"), *(len(step.input) for step in steps))
    yield f"{'time':<12}  {'after':>9}  {'phase':<15}  {'what happened':<{width}}  who stands where"
    revision = 0
    for step in steps:
        # The record is on the same disk as the journal: what happened while it was full shows only as a gap in the revisions.
        if (lost := step.revision - revision - 1) > 0:
            yield _beside(f"({lost} steps are not recorded: the disk was full, or they are too old)")
        revision = step.revision
        time = f"{_local(step.at):%H:%M:%S.%f}"[:-3]
        yield f"{time}  {step.at - first.at:>8.3f}s  {step.after:<15}  {step.input:<{width}}  {_places(step)}".rstrip()
        if not step.kept:
            yield _beside("(not on disk when it was told: a crash would have undone it)")
        for told in step.tell:
            yield _beside(f"- {told}")
    yield ""
    yield from (_lane(lane) for lane in lanes_of(steps))


def _beside(words: str) -> str:
    """Words in the column of what happened."""
    return f"{'':<12}  {'':>9}  {'':<15}  {words}"


def title_of(steps: Sequence[RecordedStep]) -> str:
    """Name an interaction: its id, its queue and when it began."""
    first = steps[0]
    return f"Interaction {first.interaction}, queue {first.queue}, {_local(first.at):%Y-%m-%d %H:%M:%S %Z}"


def _local(at: Seconds) -> datetime:
    return datetime.fromtimestamp(at).astimezone()


def _places(step: RecordedStep) -> str:
    rooms = (
        (room, [_named(party) for party in step.parties if party.room is room and party.standing is not Standing.GONE]) for room in Room
    )
    return "   ".join(f"{room}: {', '.join(names)}" for room, names in rooms if names)


def _named(party: RecordedParty) -> str:
    return party.name + (" (ringing)" if party.standing is Standing.RINGING else "") + (" (muted)" if party.muted else "")


def _lane(lane: Lane) -> str:
    return f"{lane.name}: " + ", ".join(f"{segment.doing} {segment.seconds:.1f} s" for segment in lane.segments)

"""The life of an interaction as lines for a terminal: a line a step, who stands where, and what everybody did for how long."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from controller.directory.ids import Seconds
from controller.floor.story import Segment, Story, StoryParty, StoryStep
from controller.interaction.layout import Room
from controller.interaction.party import Standing
from controller.telemetry.sentences import printable


def story_lines(story: Story) -> Iterator[str]:
    """Tell the story of an interaction. Times are of this machine's time zone."""
    return map(printable, _story_lines(story))


def segment_lines(story: Story) -> Iterator[str]:
    """Tell what everybody did from when to when. Times are of this machine's time zone."""
    return map(printable, _segment_lines(story))


def _story_lines(story: Story) -> Iterator[str]:
    steps = story.steps
    first = steps[0]
    yield title_of(story)
    yield ""
    width = max(len("what happened"), *(len(step.input) for step in steps))
    yield f"{'time':<12}  {'after':>9}  {'phase':<15}  {'what happened':<{width}}  who stands where"
    revision = 0
    for step in steps:
        # The record is on the same disk as the journal: what happened while it was full shows only as a gap in the revisions.
        if (lost := step.revision - revision - 1) > 0:
            yield _beside(f"({lost} steps are not recorded: the disk was full, or they are too old)")
        revision = step.revision
        yield f"{_time(step.at)}  {step.at - first.at:>8.3f}s  {step.after:<15}  {step.input:<{width}}  {_places(step)}".rstrip()
        if not step.kept:
            yield _beside("(not on disk when it was told: a crash would have undone it)")
        for told in step.tell:
            yield _beside(f"- {told}")
    yield ""
    for name, segments in segments_by_person(story):
        yield f"{name}: " + ", ".join(f"{segment.doing.words} {segment.seconds:.1f} s" for segment in segments)


def _segment_lines(story: Story) -> Iterator[str]:
    names = {segment.who: segment.name for segment in story.segments}
    yield title_of(story)
    yield ""
    width = max(len("who"), *(len(name) for name in names.values()), 0)
    yield f"{'who':<{width}}  {'did':<12}  {'from':<12}  {'to':<12}  {'seconds':>9}  {'owner':<5}  with"
    for segment in story.segments:
        to = _time(segment.ended_at) if not segment.goes_on else "goes on"
        others = ", ".join(names.get(other, other) for other in segment.others)
        owner = "owner" if segment.owns else ""
        did = f"{segment.doing.words:<12}  {_time(segment.began_at)}  {to:<12}  {segment.seconds:>9.3f}"
        yield f"{segment.name:<{width}}  {did}  {owner:<5}  {others}".rstrip()


def segments_by_person(story: Story) -> Iterator[tuple[str, list[Segment]]]:
    """Give each person's name with what they did, in the order in which they came."""
    for _, segments in groupby(story.segments, key=lambda segment: (segment.agent, segment.who)):
        theirs = list(segments)
        yield theirs[0].name, theirs


def _beside(words: str) -> str:
    """Words in the column of what happened."""
    return f"{'':<12}  {'':>9}  {'':<15}  {words}"


def title_of(story: Story) -> str:
    """Name an interaction: its id, its queue if it has one, and when it began."""
    queue = f", queue {story.queue}" if story.queue else ""
    return f"Interaction {story.interaction}{queue}, {local(story.steps[0].at):%Y-%m-%d %H:%M:%S %Z}"


def _time(at: Seconds) -> str:
    return f"{local(at):%H:%M:%S.%f}"[:-3]


def local(at: Seconds) -> datetime:
    """Give a moment in this machine's time zone."""
    return datetime.fromtimestamp(at).astimezone()


def _places(step: StoryStep) -> str:
    rooms = (
        (room, [_named(party) for party in step.parties if party.room is room and party.standing is not Standing.GONE]) for room in Room
    )
    return "   ".join(f"{room}: {', '.join(names)}" for room, names in rooms if names)


def _named(party: StoryParty) -> str:
    return party.name + (" (ringing)" if party.standing is Standing.RINGING else "") + (" (muted)" if party.muted else "")

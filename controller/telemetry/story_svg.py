"""The life of an interaction as a picture: a lane for each person over time, and the steps below it by their numbers.

One SVG that needs nothing else. What somebody does is told by colour and by pattern, for eyes and printers that see no colour.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from controller.directory.ids import Seconds
from controller.telemetry.lanes import Doing, Lane, Segment, lanes_of
from controller.telemetry.sentences import printable
from controller.telemetry.steps import RecordedStep
from controller.telemetry.story_text import title_of

WIDTH = 1100
LEFT = 190
RIGHT = 24
LANE = 44
BAR = 26
TOP = 96
ROW = 18
TICKS_MAX = 10
NUMBER_ROWS = 3
LETTER = 9
"""How wide a letter of a label is, and a little more."""

FILLS: Mapping[Doing, str] = {
    Doing.QUEUED: "#c9ced6",
    Doing.RANG: "url(#rang)",
    Doing.TALKED: "#2f9e6e",
    Doing.HELD: "url(#held)",
    Doing.CONSULTED: "#4c7fd1",
    Doing.CONFERENCED: "#8a5cc2",
    Doing.WRAPPED_UP: "url(#wrapped)",
}


LABELLED = frozenset({Doing.TALKED, Doing.CONSULTED, Doing.CONFERENCED})
"""These three are told by colour alone, so they say what they are wherever there is room."""


def _pattern(name: str, size: int, back: str, front: str, turned: int = 0) -> str:
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" patternTransform="rotate({turned})">'
        f'<rect width="{size}" height="{size}" fill="{back}"/>{front}</pattern>'
    )


_PATTERNS = "".join(
    (
        "<defs>",
        _pattern("rang", 8, "#fdf0c4", '<circle cx="4" cy="4" r="2" fill="#c98a00"/>'),
        _pattern("held", 8, "#fbdccb", '<rect width="3" height="8" fill="#d9652b"/>', turned=45),
        _pattern("wrapped", 6, "#eceff3", '<rect width="6" height="1.5" fill="#5b6675"/>'),
        "</defs>",
    )
)

_STYLE = """<style>
text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1d2733 }
.title { font-size: 16px; font-weight: 600 }
.faint { fill: #5b6675 }
.number { font-size: 10px; fill: #5b6675; text-anchor: middle }
.label { font-size: 11px; fill: #ffffff; text-anchor: middle; pointer-events: none }
.tick { text-anchor: middle; fill: #5b6675 }
</style>"""


def story_svg(steps: Sequence[RecordedStep]) -> str:
    """Draw an interaction that has one step at least."""
    lanes = lanes_of(steps)
    began_at = steps[0].at
    ended_at = max([steps[-1].at, *(segment.ended_at for lane in lanes for segment in lane.segments)])
    scale = _Scale(began_at, ended_at)
    bottom = TOP + LANE * len(lanes)
    height = bottom + 62 + ROW * len(steps) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{_xml(title_of(steps))}</title>",
        _STYLE,
        _PATTERNS,
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text class="title" x="16" y="28">{_xml(title_of(steps))}</text>',
        *_legend(lanes),
        *_step_marks(steps, scale, bottom),
        *(part for place, lane in enumerate(lanes) for part in _lane(lane, TOP + LANE * place, scale)),
        *_ticks(scale, bottom),
        *_step_list(steps, bottom + 62),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Scale:
    """Moments to places on the picture."""

    def __init__(self, began_at: Seconds, ended_at: Seconds) -> None:
        self.began_at = began_at
        self.seconds = max(ended_at - began_at, 0.001)

    def x(self, at: Seconds) -> float:
        return LEFT + (at - self.began_at) / self.seconds * (WIDTH - LEFT - RIGHT)

    def step(self) -> Seconds:
        """The round number of seconds between two ticks."""
        least = self.seconds / TICKS_MAX
        size = 0.001
        while True:
            for factor in (1, 2, 5):
                if size * factor >= least:
                    return size * factor
            size *= 10


def _legend(lanes: Sequence[Lane]) -> Iterator[str]:
    seen = {segment.doing for lane in lanes for segment in lane.segments}
    x = 16
    for doing in (doing for doing in Doing if doing in seen):
        yield f'<rect x="{x}" y="42" width="22" height="14" fill="{FILLS[doing]}" stroke="#5b6675" stroke-width="0.5"/>'
        yield f'<text x="{x + 28}" y="53">{doing}</text>'
        x += 48 + 8 * len(doing)


def _lane(lane: Lane, top: int, scale: _Scale) -> Iterator[str]:
    yield f'<text x="16" y="{top + 24}">{_xml(_cut(lane.name, 22))}</text>'
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + 20}" y2="{top + 20}" stroke="#e1e5ea"/>'
    for segment in lane.segments:
        yield _bar(lane, segment, top + (LANE - BAR) // 2 - 2, scale)


def _bar(lane: Lane, segment: Segment, top: int, scale: _Scale) -> str:
    x = scale.x(segment.began_at)
    width = max(scale.x(segment.ended_at) - x, 1.5)  # what was short is still to be seen
    said = f"{lane.name} {segment.doing} for {segment.seconds:.1f} s"
    label = ""
    if segment.doing in LABELLED and width > LETTER * len(segment.doing):
        label = f'<text class="label" x="{x + width / 2:.1f}" y="{top + 17}">{segment.doing}</text>'
    return (
        f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{FILLS[segment.doing]}" '
        f'stroke="#5b6675" stroke-width="0.5"><title>{_xml(said)}</title></rect>{label}'
    )


def _step_marks(steps: Sequence[RecordedStep], scale: _Scale, bottom: int) -> Iterator[str]:
    """A line for each step, its number above; numbers that would stand on one another go to rows of their own."""
    ends = [0.0] * NUMBER_ROWS
    for number, step in enumerate(steps, start=1):
        x = scale.x(step.at)
        row = next((row for row in range(NUMBER_ROWS) if ends[row] <= x - 8), min(range(NUMBER_ROWS), key=ends.__getitem__))
        ends[row] = x + 8
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 4}" y2="{bottom}" stroke="#b6bec9" stroke-dasharray="2 3"/>'
        yield f'<text class="number" x="{x:.1f}" y="{TOP - 8 - 11 * row}">{number}</text>'


def _ticks(scale: _Scale, bottom: int) -> Iterator[str]:
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}" stroke="#5b6675"/>'
    between = scale.step()
    for tick in range(int(scale.seconds / between) + 1):
        x = scale.x(scale.began_at + tick * between)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" stroke="#5b6675"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 18}">{tick * between:g} s</text>'


def _step_list(steps: Sequence[RecordedStep], top: int) -> Iterator[str]:
    for number, step in enumerate(steps, start=1):
        y = top + ROW * (number - 1)
        yield f'<text class="faint" x="38" y="{y}" text-anchor="end">{number}</text>'
        yield f'<text class="faint" x="50" y="{y}">{step.at - steps[0].at:.3f} s</text>'
        yield f'<text x="{LEFT - 60}" y="{y}">{_xml(step.after)}</text>'
        yield f'<text x="{LEFT + 60}" y="{y}">{_xml(_cut("; ".join((step.input, *step.tell)), 130))}</text>'


def _xml(text: str) -> str:
    return escape(printable(text))


def _cut(text: str, letters_max: int) -> str:
    return text if len(text) <= letters_max else text[: letters_max - 1] + "…"

"""The life of an interaction as a picture: a lane for each person over time, and the steps below it by their numbers.

One SVG that needs nothing else and runs nothing. What somebody does is told by colour and by pattern, for eyes and printers that see no
colour; its style sheet has a light and a dark side, and whoever reads with their ears finds the same in its description.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

from controller.directory.ids import Seconds
from controller.floor.story import Doing, Segment, Story, StoryPicture, StoryStep
from controller.telemetry.sentences import printable
from controller.telemetry.story_text import segments_by_person, title_of

WIDTH = 1200
LEFT = 210
RIGHT = 24
LANE = 44
BAR = 26
ROW = 18
LEGEND_TOP = 44
TICKS_MAX = 10
NUMBER_ROWS = 3
NUMBER_ROW = 11
STEPS_MAX = 300
"""So many are listed, the newest; a picture of more than that shows nothing to anybody."""

_MINUTE, _HOUR = 60, 3600
_ROUND_SECONDS = (
    *(size * factor for size in (0.1, 1.0) for factor in (1, 2, 5)),
    *(10.0, 20.0, 30.0),
    *(_MINUTE * minutes for minutes in (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)),
    *(_HOUR * hours for hours in (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 168.0)),
)
"""What may lie between two ticks."""

LETTER = 6.6
"""How wide a letter of 12 px is, and a little more."""
DIGIT = 6.6
"""The same of a number's digit of 10 px."""
NAME_LETTERS_MAX = 27
SENTENCE_LETTERS_MAX = 138

LABELLED = frozenset({Doing.TALKED, Doing.CONSULTED, Doing.CONFERENCED, Doing.HANDED_OUT})
"""These are told by colour alone, so they say what they are wherever there is room."""

# What is drawn of each thing that somebody does: its colours in light and in dark, and its pattern over the first of them.
_DOTS = '<circle cx="4" cy="4" r="2" class="{front}"/>'
_RINGS = '<circle cx="4" cy="4" r="2.4" class="{front} ring"/>'
_BAND = '<rect width="3" height="8" class="{front}"/>'
_LINE = '<rect width="8" height="1.5" class="{front}"/>'
_POST = '<rect width="1.5" height="8" class="{front}"/>'
_GRID = '<rect width="8" height="1.5" class="{front}"/><rect width="1.5" height="8" class="{front}"/>'

_PATTERNS: Mapping[Doing, tuple[str, int]] = {
    Doing.RANG: (_DOTS, 0),
    Doing.DIALLING: (_RINGS, 0),
    Doing.WAITING: (_POST, 0),
    Doing.ASKED: (_GRID, 0),
    Doing.HELD: (_BAND, 45),
    Doing.TRANSFERRING: (_BAND, -45),
    Doing.WRAPPED_UP: (_LINE, 0),
}
"""The pattern, and by how many degrees it is turned. What has none is plain."""

_COLOURS: Mapping[Doing, tuple[str, str, str, str]] = {
    Doing.QUEUED: ("#c9ced6", "", "#545d69", ""),
    Doing.RANG: ("#fdf0c4", "#b87d00", "#3d3312", "#f0b93a"),
    Doing.DIALLING: ("#fdf0c4", "#b87d00", "#3d3312", "#f0b93a"),
    Doing.WAITING: ("#e3e9f2", "#4a6591", "#27313f", "#8fb0e0"),
    Doing.ASKED: ("#e3e9f2", "#4a6591", "#27313f", "#8fb0e0"),
    Doing.TALKED: ("#1f7a54", "", "#2f9e6e", ""),
    Doing.HELD: ("#fbdccb", "#d9652b", "#45281a", "#f0885a"),
    Doing.CONSULTED: ("#2f62b5", "", "#5a8ee0", ""),
    Doing.CONFERENCED: ("#7446ad", "", "#a179d6", ""),
    Doing.TRANSFERRING: ("#d6eef2", "#1f8496", "#143a42", "#4fc3d6"),
    Doing.HANDED_OUT: ("#5f6b1f", "", "#a3b14a", ""),
    Doing.WRAPPED_UP: ("#eceff3", "#5b6675", "#2b323b", "#9aa6b5"),
}
"""Back and front in light, back and front in dark."""


def _colours(back: int) -> str:
    return "\n".join(
        f".{doing} {{ fill: {colours[back]} }}" + (f" .{doing}-on {{ fill: {colours[back + 1]} }}" if doing in _PATTERNS else "")
        for doing, colours in _COLOURS.items()
    )


_DIALLING_LIGHT, _DIALLING_DARK = _COLOURS[Doing.DIALLING][1], _COLOURS[Doing.DIALLING][3]

STYLE = f"""
text {{ font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #1d2733 }}
.title {{ font-size: 16px; font-weight: 600 }}
.faint {{ fill: #55606e }}
.number {{ font-size: 10px; fill: #55606e; text-anchor: middle }}
.label {{ font-size: 11px; fill: #ffffff; text-anchor: middle; pointer-events: none }}
.tick {{ text-anchor: middle; fill: #55606e }}
.end {{ text-anchor: end }}
.paper {{ fill: #ffffff }}
.owns {{ fill: #1d2733 }}
.axis {{ stroke: #55606e }}
.rail {{ stroke: #e1e5ea }}
.mark {{ stroke: #b6bec9; stroke-dasharray: 2 3 }}
.edge {{ stroke: #55606e; stroke-width: 0.5 }}
{_colours(0)}
.ring {{ fill: none; stroke: {_DIALLING_LIGHT}; stroke-width: 1.2 }}
@media (prefers-color-scheme: dark) {{
text, .owns {{ fill: #e4e9f0 }}
.faint, .number, .tick {{ fill: #a3aebc }}
.label {{ fill: #0c1117 }}
.paper {{ fill: #14191f }}
.axis {{ stroke: #a3aebc }}
.rail {{ stroke: #2a323c }}
.mark {{ stroke: #4a5563 }}
.edge {{ stroke: #a3aebc }}
{_colours(2)}
.ring {{ fill: none; stroke: {_DIALLING_DARK} }}
}}
"""
"""The style sheet; the same in every picture."""


def story_picture(story: Story) -> StoryPicture:
    """Draw an interaction."""
    people = list(segments_by_person(story))
    steps = list(enumerate(story.steps, start=1))[-STEPS_MAX:]
    scale, legend, rows = _Scale(story), list(_legend_rows(story)), list(_rows(story, steps))
    top = LEGEND_TOP + ROW * len(legend) + 14 + NUMBER_ROW * NUMBER_ROWS
    bottom = top + LANE * len(people)
    height = bottom + 62 + ROW * len(rows)
    title, about = f"title-{story.interaction}", f"about-{story.interaction}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'role="img" aria-labelledby="{title} {about}">',
        f'<title id="{title}">{_xml(title_of(story))}</title>',
        f'<desc id="{about}">{_xml(_description(people))}</desc>',
        f"<style>{STYLE}</style>",
        f"<defs>{''.join(_pattern(doing) for doing in _PATTERNS)}</defs>",
        f'<rect width="{WIDTH}" height="{height}" class="paper"/>',
        f'<text class="title" x="16" y="28">{_xml(title_of(story))}</text>',
        *(part for place, row in enumerate(legend) for part in _legend(row, LEGEND_TOP + ROW * place)),
        *_step_marks(steps, scale, top, bottom),
        *(part for place, (name, theirs) in enumerate(people) for part in _lane(name, theirs, top + LANE * place, scale)),
        *_ticks(scale, bottom),
        *(part for place, row in enumerate(rows) for part in _row(row, bottom + 56 + ROW * place)),
        "</svg>",
    ]
    return StoryPicture(svg="\n".join(parts) + "\n", style=STYLE)


def _description(people: Sequence[tuple[str, list[Segment]]]) -> str:
    """Say the whole picture in words."""
    return " ".join(
        f"{name}: {', '.join(f'{segment.doing.words} {segment.seconds:.1f} s' for segment in segments)}." for name, segments in people
    )


class _Scale:
    """Moments to places on the picture."""

    def __init__(self, story: Story) -> None:
        self.began_at = story.steps[0].at
        ended_at = max([story.steps[-1].at, *(segment.ended_at for segment in story.segments)])
        self.seconds = max(ended_at - self.began_at, 1.0)

    def x(self, at: Seconds) -> float:
        return LEFT + (at - self.began_at) / self.seconds * (WIDTH - LEFT - RIGHT)

    def step(self) -> Seconds:
        """The round number of seconds between two ticks."""
        least = self.seconds / TICKS_MAX
        return next((step for step in _ROUND_SECONDS if step >= least), least)


def _pattern(doing: Doing) -> str:
    form, turned = _PATTERNS[doing]
    return (
        f'<pattern id="{doing}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate({turned})">'
        f'<rect width="8" height="8" class="{doing}"/>{form.format(front=f"{doing}-on")}</pattern>'
    )


# --- The legend --------------------------------------------------------------------------------------------------------


def _legend_rows(story: Story) -> Iterator[list[tuple[int, Doing | None]]]:
    """What is in the picture, and where it is explained; None: who owns the customer."""
    seen = {segment.doing for segment in story.segments}
    entries: list[Doing | None] = [doing for doing in Doing if doing in seen]
    if any(segment.owns for segment in story.segments):
        entries.append(None)
    row: list[tuple[int, Doing | None]] = []
    x = 16
    for doing in entries:
        width = 44 + int(LETTER * len(_explained(doing)))
        if x + width > WIDTH - RIGHT:
            yield row
            row, x = [], 16
        row.append((x, doing))
        x += width
    yield row


def _explained(doing: Doing | None) -> str:
    return doing.words if doing is not None else "the customer is theirs"


def _legend(row: Sequence[tuple[int, Doing | None]], top: int) -> Iterator[str]:
    for x, doing in row:
        if doing is None:
            yield f'<rect x="{x}" y="{top + 5}" width="22" height="4" class="owns"/>'
        else:
            yield _box(x, top, 22, 14, doing, "/>")
        yield f'<text x="{x + 28}" y="{top + 11}">{_explained(doing)}</text>'


# --- A lane for each person --------------------------------------------------------------------------------------------


def _lane(name: str, segments: Sequence[Segment], top: int, scale: _Scale) -> Iterator[str]:
    yield f"<g><title>{_xml(name)}</title>"
    lines = wrap(printable(name), NAME_LETTERS_MAX, max_lines=2, placeholder="…") or ["?"]
    for place, line in enumerate(lines):
        yield f'<text x="16" y="{top + 24 - 7 * (len(lines) - 1) + 14 * place}">{_xml(_cut(line, NAME_LETTERS_MAX))}</text>'
    yield "</g>"
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{top + 20}" y2="{top + 20}" class="rail"/>'
    drawn: set[tuple[int, Doing]] = set()
    for segment in segments:
        x = scale.x(segment.began_at)
        width = scale.x(segment.ended_at) - x
        # Thousands of presses of a hold key are no more than a line on the picture.
        if width >= 1 or (int(x), segment.doing) not in drawn:
            drawn.add((int(x), segment.doing))
            yield from _bar(name, segment, x, max(width, 1.5), top + (LANE - BAR) // 2 - 2)


def _bar(name: str, segment: Segment, x: float, width: float, top: int) -> Iterator[str]:
    doing = segment.doing
    said = f"{name}: {doing.words} {segment.seconds:.1f} s" + (", owner" if segment.owns else "") + (", goes on" if segment.goes_on else "")
    yield _box(x, top, width, BAR, doing, f"><title>{_xml(said)}</title></rect>")
    if segment.owns:
        yield f'<rect x="{x:.1f}" y="{top + BAR}" width="{width:.1f}" height="4" class="owns"/>'
    if doing in LABELLED:
        long = f"{doing.words} {segment.seconds:.0f} s"
        label = next((words for words in (long, doing.words) if width > LETTER * len(words)), "")
        if label:
            yield f'<text class="label" x="{x + width / 2:.1f}" y="{top + 17}">{label}</text>'


def _box(x: float, top: float, width: float, height: float, doing: Doing, end: str) -> str:
    edge = "edge" if doing in _PATTERNS else f"edge {doing}"
    fill = f' fill="url(#{doing})"' if doing in _PATTERNS else ""
    return f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{height}"{fill} class="{edge}"{end}'


# --- Steps and time ----------------------------------------------------------------------------------------------------

_Steps = Sequence[tuple[int, StoryStep]]


def _step_marks(steps: _Steps, scale: _Scale, top: int, bottom: int) -> Iterator[str]:
    """A line for each step, its number above; a number that would stand on another goes to a row of its own, or is left out."""
    ends = [0.0] * NUMBER_ROWS
    for number, step in steps:
        x = scale.x(step.at)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top - 4}" y2="{bottom}" class="mark"/>'
        half = DIGIT * (len(str(number)) + 1) / 2
        row = next((row for row in range(NUMBER_ROWS) if ends[row] <= x - half), None)
        if row is not None:
            ends[row] = x + half
            yield f'<text class="number" x="{x:.1f}" y="{top - 8 - NUMBER_ROW * row}">{number}</text>'


def _ticks(scale: _Scale, bottom: int) -> Iterator[str]:
    yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{bottom}" y2="{bottom}" class="axis"/>'
    between = scale.step()
    for tick in range(int(scale.seconds / between) + 1):
        x = scale.x(scale.began_at + tick * between)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}" class="axis"/>'
        yield f'<text class="tick" x="{x:.1f}" y="{bottom + 18}">{_after(tick * between, scale.seconds)}</text>'


def _after(seconds: Seconds, of: Seconds) -> str:
    """A length of time, in the form that suits the longest."""
    if of < 3 * _MINUTE:
        return f"{seconds:g} s"
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if of >= _HOUR else f"{minutes}:{rest:02}"


def _exactly(seconds: Seconds) -> str:
    minutes = int(seconds // _MINUTE)
    return f"{minutes}:{seconds - _MINUTE * minutes:06.3f}" if minutes else f"{seconds:.3f} s"


_Row = tuple[str, str, str, str]
"""A step's number, its time, its phase, and a line of what happened; the first three are empty where a sentence goes on."""


def _rows(story: Story, steps: _Steps) -> Iterator[_Row]:
    first = story.steps[0]
    if (left_out := len(story.steps) - len(steps)) > 0 or story.is_partial:
        yield "", "", "", f"({left_out or 'some'} earlier steps are not shown)"
    for number, step in steps:
        said = printable("; ".join((step.input, *step.tell)))
        lines = wrap(said, SENTENCE_LETTERS_MAX, max_lines=3, placeholder=" …") or [""]
        yield str(number), _exactly(step.at - first.at), step.after, lines[0]
        yield from (("", "", "", line) for line in lines[1:])


def _row(row: _Row, y: int) -> Iterator[str]:
    number, time, phase, said = row
    if number:
        yield f'<text class="faint end" x="44" y="{y}">{number}</text>'
        yield f'<text class="faint end" x="130" y="{y}">{time}</text>'
        yield f'<text x="146" y="{y}">{_xml(_cut(phase, 18))}</text>'
    yield f'<text x="{LEFT + 60}" y="{y}">{_xml(said)}</text>'


def _xml(text: str) -> str:
    return escape(printable(text))


def _cut(text: str, letters_max: int) -> str:
    return text if len(text) <= letters_max else text[: letters_max - 1] + "…"

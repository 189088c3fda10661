"""The picture of a story: what is in it, for eyes in light and in dark and for ears, and that nobody's name can break it."""

from functools import cache
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from controller.directory.ids import Seconds
from controller.directory.replace import replace
from controller.floor.segments import segments_of
from controller.floor.story import Doing, Story, StoryStep
from controller.telemetry.story_svg import LABELLED, STEPS_MAX, WIDTH, story_picture
from tests.pure.floor.told import step

SVG = "{http://www.w3.org/2000/svg}"
CORA_TALKS = "cora customer talk up"
CORA_HEARS_MUSIC = "cora customer hold up"
OTHERS = ("bob", "carol", "dave", "erin", "frank", "+331234567890")


def drawn(*steps: StoryStep, until: Seconds | None = None, is_partial: bool = False) -> Element:
    """Draw these steps, and read the picture as a browser does."""
    story = Story(steps=steps, segments=segments_of(steps, until), is_partial=is_partial)
    return ElementTree.fromstring(story_picture(story).svg)


@cache
def whole_picture() -> Element:
    """A call in which everything happens that can be drawn."""
    conference = [f"{name} other talk up" for name in OTHERS]
    return drawn(
        step(0, "queued", CORA_HEARS_MUSIC),
        step(5, "offered", CORA_HEARS_MUSIC, "alice asked talk rings"),
        step(15, "connected", CORA_TALKS, "alice owner talk up"),
        step(30, "consult_offered", CORA_HEARS_MUSIC, "alice owner hold up"),
        step(40, "consult_offered", CORA_HEARS_MUSIC, "alice owner talk up", "bob other talk rings"),
        step(50, "consulting", CORA_HEARS_MUSIC, "alice owner talk up", "bob other talk up"),
        step(60, "conference", CORA_TALKS, "alice owner talk up", *conference),
        step(90, "transfer_asked", CORA_HEARS_MUSIC, "bob other talk up", owe="alice"),
        step(100, "handed_out", CORA_TALKS, "+331234567890 other talk up", owe="alice"),
        step(140, "ended", "cora customer nowhere gone"),
    )


def texts(picture: Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def bars(picture: Element) -> list[Element]:
    return [bar for bar in picture.iter(f"{SVG}rect") if bar.find(f"{SVG}title") is not None]


def said_of(bar: Element) -> str:
    title = bar.find(f"{SVG}title")
    assert title is not None
    return title.text or ""


def test_everybody_has_a_lane_and_everything_they_did_is_in_the_legend() -> None:
    seen = texts(whole_picture())

    assert {"cora", "alice", *OTHERS} <= set(seen)
    assert {doing.words for doing in Doing} | {"the customer is theirs"} <= set(seen)


def test_each_segment_is_a_bar_that_says_whose_it_is_what_and_how_long() -> None:
    said = [said_of(bar) for bar in bars(whole_picture())]

    assert "alice: talked 15.0 s, owner" in said
    assert "+331234567890: handed out 40.0 s" in said
    assert "bob: asked 10.0 s" in said


def test_no_two_things_are_drawn_alike() -> None:
    looks = {
        (said_of(bar).split(": ")[1].rstrip("0123456789. s,owner"), bar.get("fill"), bar.get("class")) for bar in bars(whole_picture())
    }

    assert len(looks) == len({(fill, kind) for _, fill, kind in looks}) == len(Doing)


def test_all_that_is_drawn_stays_on_the_paper() -> None:
    picture = whole_picture()
    height = float(picture.get("height", "0"))

    for rect in picture.iter(f"{SVG}rect"):
        if rect.get("x") is not None:
            assert float(rect.get("x", "0")) >= 0
            assert float(rect.get("x", "0")) + float(rect.get("width", "0")) <= WIDTH
    assert all(float(text.get("y", "0")) < height for text in picture.iter(f"{SVG}text"))


def test_a_label_stands_on_its_bar() -> None:
    picture = whole_picture()

    labels = [label for label in picture.iter(f"{SVG}text") if label.get("class") == "label"]
    assert {(label.text or "").rsplit(" ", 2)[0] for label in labels} == {doing.words for doing in LABELLED}
    for label in labels:
        x, y, half = float(label.get("x", "0")), float(label.get("y", "0")), 3.3 * len(label.text or "")
        assert any(
            float(bar.get("x", "0")) <= x - half
            and x + half <= float(bar.get("x", "0")) + float(bar.get("width", "0"))
            and float(bar.get("y", "0")) < y < float(bar.get("y", "0")) + float(bar.get("height", "0"))
            for bar in bars(picture)
        )


def test_whoever_reads_with_their_ears_hears_the_same() -> None:
    picture = whole_picture()
    title, about = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")

    assert title is not None
    assert about is not None
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {about.get('id')}"
    assert (title.text or "").startswith("Interaction t3k9x200, queue support, ")
    assert "alice: rang 10.0 s, talked 15.0 s, waiting 10.0 s, dialling 10.0 s" in (about.text or "")


def test_every_colour_of_the_light_side_has_one_in_the_dark() -> None:
    style = next(whole_picture().iter(f"{SVG}style")).text or ""
    light, dark = style.split("@media (prefers-color-scheme: dark)")

    for doing in Doing:
        assert f"\n.{doing} {{ fill: #" in light
        assert f"\n.{doing} {{ fill: #" in dark
    for kind in ("text", ".paper", ".label", ".owns", ".axis", ".rail", ".mark", ".edge", ".faint"):
        assert f"\n{kind}" in light
        assert kind in dark


def test_nothing_comes_from_elsewhere_and_nothing_runs() -> None:
    picture = whole_picture()

    assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
        *("svg", "title", "desc", "style", "defs", "pattern", "rect", "circle", "text", "line", "g"),
    }
    for element in picture.iter():
        assert not any(name.startswith("on") or name.endswith("href") or name == "style" for name in element.attrib)
        assert all("url(" not in value or value.startswith("url(#") for value in element.attrib.values())


def test_a_very_long_name_is_cut_in_its_lane_and_whole_when_pointed_at() -> None:
    name = "Maximiliane-Freifrau-von-Hohenzollern-Sigmaringen-Österreich-Ungarn-und-noch-viel-mehr"
    picture = drawn(step(0, "connected", f"{name} customer talk up", "alice owner talk up"), until=9)

    assert name not in texts(picture)
    assert [text for text in texts(picture) if text.endswith("…")]
    assert name in [title.text for title in picture.iter(f"{SVG}title")]


def test_a_name_without_any_letters_still_has_a_lane() -> None:
    nameless = step(0, "connected", CORA_TALKS, "alice owner talk up")
    blank = replace(nameless, parties=tuple(replace(party, name=" ") for party in nameless.parties))

    assert texts(drawn(blank, until=5)).count("?") == 2


def test_a_sentence_that_is_long_goes_on_in_the_next_row() -> None:
    long = replace(step(0, "connected", CORA_TALKS), input="words " * 60)
    picture = drawn(long, step(5, "held", CORA_HEARS_MUSIC))

    rows = [text for text in picture.iter(f"{SVG}text") if "words" in (text.text or "")]
    assert len(rows) == 3
    assert all(float(below.get("y", "0")) - float(above.get("y", "0")) == 18 for above, below in pairwise(rows))


def test_of_a_call_with_hundreds_of_steps_the_newest_are_listed_and_the_rest_is_said() -> None:
    steps = [
        step(n * 3.0, "held" if n % 2 else "connected", CORA_HEARS_MUSIC if n % 2 else CORA_TALKS, "alice owner talk up")
        for n in range(900)
    ]

    seen = texts(drawn(*steps))

    assert f"({900 - STEPS_MAX} earlier steps are not shown)" in seen
    assert seen.count("something happens") == STEPS_MAX
    assert "44:57.000" in seen


def test_a_story_whose_beginning_is_lost_says_so() -> None:
    assert "(some earlier steps are not shown)" in texts(drawn(step(5, "held", CORA_HEARS_MUSIC), until=9, is_partial=True))


@pytest.mark.parametrize(
    ("seconds", "last"), [(0.0, "1 s"), (1.5, "1.4 s"), (100, "100 s"), (1000, "16:00"), (9000, "2:20:00"), (10**6, "240:00:00")]
)
def test_time_is_written_in_the_form_that_suits_its_length(seconds: float, last: str) -> None:
    ticks = [
        text.text for text in drawn(step(0, "queued", CORA_HEARS_MUSIC), until=seconds).iter(f"{SVG}text") if text.get("class") == "tick"
    ]

    assert ticks[-1] == last
    assert len(ticks) <= 11


def test_numbers_of_steps_never_stand_on_one_another() -> None:
    steps = [step(n / 10, "connected", CORA_TALKS, "alice owner talk up") for n in range(200)]

    numbers = [
        (float(text.get("y", "0")), float(text.get("x", "0")), len(text.text or ""))
        for text in drawn(*steps).iter(f"{SVG}text")
        if text.get("class") == "number"
    ]

    for (row, x, digits), (next_row, next_x, next_digits) in pairwise(sorted(numbers)):
        assert row != next_row or next_x - x >= 3 * (digits + next_digits)


def test_thousands_of_moments_in_one_lane_are_drawn_as_far_as_they_can_be_seen() -> None:
    steps = [
        step(n * 1.0, "held" if n % 2 else "connected", CORA_HEARS_MUSIC if n % 2 else CORA_TALKS, "alice owner talk up")
        for n in range(20_000)
    ]

    assert len(bars(drawn(*steps))) < 2 * 2 * WIDTH

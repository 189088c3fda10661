"""Log lines: one for each input, the interaction first, and no secret in any of them."""

import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from controller.interaction.commands import GiveWrapUp, SendDigits
from controller.interaction.facts import EndCause, LegEnded
from controller.telemetry.logs import KINDS_REMEMBERED_MAX, LINES_PER_MINUTE_MAX, MINUTE, VALUE_LETTERS_MAX, Bounds, InputLog, set_up_logs
from tests.edges.recorded_call import ALICE, Call, play
from tests.pure.directory.site_text import SITE, read
from tests.pure.story import RESOLVED, consulting


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def text_of(play_it: Any, form: str = "text") -> list[str]:
    stream = io.StringIO()
    set_up_logs(form, stream, {})
    play_it()
    return stream.getvalue().splitlines()


def json_of(play_it: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text_of(play_it, "json")]


def play_a_logged_call() -> None:
    """A call whose people have logged on before anything is logged."""
    call = Call()
    call.audiences.append(InputLog())
    play(call)


def test_each_input_is_one_line_with_the_interaction_first_then_what_came_and_what_it_led_to() -> None:
    lines = text_of(play_a_logged_call)

    interaction = lines[0].split()[1]
    assert all(line.split()[1] == interaction for line in lines)
    assert lines[3].split(maxsplit=2)[2] == (
        "connected       alice consults bob                             -> consult_offered bob is rung for a consult"
    )
    assert len(lines) == 14 + 1  # pressed keys change nothing, but are a line


def test_an_input_that_concerns_no_interaction_is_a_line_too() -> None:
    def log_on() -> None:
        Call(InputLog())

    assert [line.split(maxsplit=1)[1] for line in text_of(log_on)] == [
        "alice logs on",
        "alice is available",
        "bob logs on",
        "bob is available",
    ]


def test_machines_get_the_same_as_json() -> None:
    first, *_ = json_of(play_a_logged_call)

    assert list(first)[:3] == ["at", "level", "event"]
    assert (first["event"], first["input"], first["to"]) == ("step", "a customer calls 800 from 2001", "queued")


def test_a_line_names_the_rules_by_which_other_parts_have_followed() -> None:
    def customer_hangs_up_during_a_consult() -> None:
        story = consulting()
        log = InputLog()
        hang_up = LegEnded(leg=story.leg_of("cora"), cause=EndCause.HUNG_UP)
        log.tell(hang_up, story.take(hang_up))

    (line,) = json_of(customer_hangs_up_during_a_consult)

    assert line["followed"] == ["a consult is its owner's, and about a customer: without either it is over"]


@pytest.mark.parametrize(
    ("form", "stream", "environ", "is_json"),
    [
        ("auto", io.StringIO, {}, True),
        ("auto", Terminal, {}, False),
        ("text", io.StringIO, {}, False),
        ("json", Terminal, {}, True),
        ("json", io.StringIO, {"ARI_CONTROLLER_LOG": "text"}, False),
        ("text", Terminal, {"ARI_CONTROLLER_LOG": "json"}, True),
    ],
)
def test_lines_are_json_where_no_person_reads_them_unless_told_otherwise(
    form: str, stream: type[io.StringIO], environ: dict[str, str], is_json: bool
) -> None:
    written = stream()
    set_up_logs(form, written, environ)

    structlog.get_logger().info("here")

    assert written.getvalue().startswith("{") is is_json


def in_the_journal(folder: Path, play_it: Any, form: str = "auto") -> list[str]:
    """What systemd's journal gets, by a stream of which it says that it is its own."""
    with (folder / "journal").open("w+") as stream:
        there = os.fstat(stream.fileno())
        set_up_logs(form, stream, {"JOURNAL_STREAM": f"{there.st_dev}:{there.st_ino}"})
        play_it()
        stream.flush()
    return (folder / "journal").read_text().splitlines()


def say_something_of_each_level() -> None:
    log = structlog.get_logger()
    log.info("well")
    log.warning("somewhat worse")
    try:
        raise ValueError("bad")
    except ValueError:
        log.exception("bad")
    logging.getLogger("a library").warning("too")


def test_systemds_journal_gets_text_with_the_level_of_each_line(tmp_path: Path) -> None:
    lines = in_the_journal(tmp_path, say_something_of_each_level)

    assert [line[:3] for line in lines] == ["<6>", "<4>", *["<3>"] * (len(lines) - 3), "<4>"]
    assert lines[0].endswith(" well")
    assert lines[3:5] == ["<3>Traceback (most recent call last):", *lines[4:5]]


def test_json_for_systemds_journal_has_its_level_before_it(tmp_path: Path) -> None:
    first, *_ = in_the_journal(tmp_path, say_something_of_each_level, "json")

    assert first.startswith('<6>{"at":')


def test_a_stream_that_leads_elsewhere_has_no_levels_before_its_lines_though_systemd_has_started_it(tmp_path: Path) -> None:
    stream = io.StringIO()
    with (tmp_path / "elsewhere").open("w") as elsewhere:
        for other in (stream, elsewhere):
            set_up_logs("text", other, {"JOURNAL_STREAM": "8:123"})
            structlog.get_logger().info("well")

    assert "<6>" not in stream.getvalue() + (tmp_path / "elsewhere").read_text()


SECRETS = {
    "password": "hunter2",
    "new_passwd": "hunter2",
    "request": {"Authorization": "Bearer hunter2", "inner": [{"set-cookie": "hunter2"}, ({"api_token": "hunter2"},)]},
    "digits": "hunter2",
    "command": SendDigits(agent=ALICE, interaction=None, digits="hunter2"),  # type: ignore[arg-type]
    "wrap_up": GiveWrapUp(agent=ALICE, interaction=None, reason=RESOLVED, note="hunter2"),  # type: ignore[arg-type]
    "site": read(SITE.replace("secret-of-ari", "hunter2")),
}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("key", SECRETS)
def test_no_secret_is_in_a_line(form: str, key: str) -> None:
    (line,) = text_of(lambda: structlog.get_logger().warning("something", **{key: SECRETS[key]}), form)

    assert "hunter2" not in line
    assert "something" in line


def test_what_is_no_secret_stays_readable() -> None:
    (line,) = text_of(lambda: structlog.get_logger().error("no", agent="alice", nothing=None, empty="", many=[1, {"a": "b"}]))

    assert line.split(maxsplit=1)[1] == "ERROR no  agent=alice  many=1; a: b"


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_name_from_the_network_makes_a_line_of_its_own_or_steers_a_terminal(form: str) -> None:
    (line,) = text_of(lambda: structlog.get_logger().info("caller", name="a\nb\x1b[2J\ud800"), form)

    assert line.isprintable()
    line.encode()


@pytest.mark.parametrize("form", ["text", "json"])
def test_an_exception_is_shown_with_where_it_came_from(form: str) -> None:
    def fail() -> None:
        try:
            raise RuntimeError("on purpose")
        except RuntimeError:
            structlog.get_logger().exception("it broke")

    lines = text_of(fail, form)

    assert "on purpose" in lines[-1]
    assert "Traceback" in "".join(lines)


@pytest.mark.parametrize("form", ["text", "json"])
def test_warnings_of_libraries_take_the_same_way_and_their_chatter_does_not(form: str) -> None:
    def library() -> None:
        logging.getLogger("aiohttp.server").warning("something odd, %d times", 3)
        logging.getLogger("aiohttp.access").info("chatter")

    (line,) = text_of(library, form)

    assert "something odd, 3 times" in line
    assert "aiohttp.server" in line


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("args", [("hunter2",), ({"what": "hunter2"},)])
def test_what_a_library_puts_into_its_lines_is_not_shown_since_it_may_be_somebodys_token(form: str, args: tuple[object, ...]) -> None:
    def library() -> None:
        try:
            raise ValueError("hunter2")
        except ValueError:
            logging.getLogger("aiohttp.websocket").exception("no %(what)s" if isinstance(args[0], dict) else "no %r", *args)

    (line,) = text_of(library, form)

    assert "hunter2" not in line
    assert "ValueError at test_telemetry_logs.py:" in line


def test_what_comes_after_a_librarys_first_line_is_not_shown() -> None:
    (line,) = text_of(lambda: logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: hunter2"))

    assert line.split("  ")[0].endswith("ERROR Task exception was never retrieved")
    assert "hunter2" not in line


# --- How many lines ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("logger_of", [structlog.get_logger, lambda: logging.getLogger("aiohttp.server")], ids=["ours", "a library's"])
def test_of_one_kind_of_warning_there_are_so_many_a_minute_and_the_next_one_says_how_many_were_left_out(
    logger_of: Any,
) -> None:
    now = 0.0
    stream = io.StringIO()
    set_up_logs("text", stream, {}, lambda: now)

    def lines_when_said(times: int) -> list[str]:
        for _ in range(times):
            logger_of().warning("something odd")
        return stream.getvalue().splitlines()

    assert len(lines_when_said(LINES_PER_MINUTE_MAX + 7)) == LINES_PER_MINUTE_MAX
    now = MINUTE
    *before, last = lines_when_said(1)

    assert len(before) == LINES_PER_MINUTE_MAX
    assert "left" in last
    assert "7" in last.partition("left")[2]


def test_a_mistake_is_always_said_and_soon_without_its_traceback() -> None:
    def fail() -> None:
        for number in range(LINES_PER_MINUTE_MAX + 3):
            structlog.get_logger().error("unexpected", reference=number, exc_info=ValueError("on purpose"))

    lines = json_of(fail)

    assert [line["reference"] for line in lines] == list(range(LINES_PER_MINUTE_MAX + 3))
    assert ["exception" in line for line in lines] == [True] * LINES_PER_MINUTE_MAX + [False] * 3


def test_steps_are_never_left_out() -> None:
    lines = text_of(lambda: [structlog.get_logger().info("step of a call") for _ in range(LINES_PER_MINUTE_MAX + 1)])

    assert len(lines) == LINES_PER_MINUTE_MAX + 1


def test_kinds_of_lines_that_are_never_said_again_do_not_stay_for_ever() -> None:
    bounds = Bounds(lambda: 0.0)

    for kind in range(KINDS_REMEMBERED_MAX + 100):
        assert bounds.count(kind) == 0

    assert sys.getsizeof(bounds._said) < 100_000


def test_a_long_value_is_cut() -> None:
    (line,) = json_of(lambda: structlog.get_logger().warning("odd", path="x" * 60_000))

    assert len(line["path"]) == VALUE_LETTERS_MAX + 2

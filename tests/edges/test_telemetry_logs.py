"""Log lines: one for each input, the interaction first, and no secret in any of them."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from controller.interaction.commands import GiveWrapUp, SendDigits
from controller.telemetry.logs import InputLog, set_up_logs
from tests.edges.recorded_call import ALICE, Call, play
from tests.pure.directory.site_text import SITE, read
from tests.pure.story import RESOLVED


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
        "connected       alice consults Bob Durand                      -> consult_offered bob is rung for a consult"
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

    assert line.split(maxsplit=1)[1] == "ERROR no  agent=alice  many=[1, {'a': 'b'}]"


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
        logging.getLogger("aiohttp.server").warning("something %s", "odd")
        logging.getLogger("aiohttp.access").info("chatter")

    (line,) = text_of(library, form)

    assert "something odd" in line
    assert "aiohttp.server" in line

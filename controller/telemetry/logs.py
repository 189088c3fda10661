"""Log lines: one for each input, the interaction's id first; as text for people and as JSON for machines. No secret is ever in one.

Nobody outside can fill the disk with them: of one kind of warning there are so many a minute, and what a library says of somebody's
request is said without that request's words.
"""

import dataclasses
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from controller.floor.outcome import Input, Outcome
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.interaction.notices import NoTelephone
from controller.routing.commands import DeskCommand
from controller.telemetry.sentences import notice_sentence, printable, sentence_of

SECRET_WORDS = ("password", "passwd", "secret", "token", "authorization", "cookie", "digit", "note")
"""A key that holds one of these words does not show its value."""

HIDDEN = "***"
KEYS_REMEMBERED_MAX = 1024
"""The same few keys come with every line."""

LOG_VARIABLE = "ARI_CONTROLLER_LOG"
"""The environment variable that overrides the site's `log`: `auto`, `text` or `json`."""

LINES_PER_MINUTE_MAX = 60
"""Of one kind of warning or error."""
KINDS_REMEMBERED_MAX = 512
MINUTE = 60.0
VALUE_LETTERS_MAX = 1000
FRAMES_SHOWN_MAX = 5

JOURNAL_VARIABLE = "JOURNAL_STREAM"
"""What systemd says of the stream that leads to its journal: its device and inode, with a colon between."""
PRIORITIES = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}
"""Of the journal, as syslog numbers them."""

LEVELS_SAID = frozenset({"warning", "error", "critical"})

Processor = Callable[[WrappedLogger, str, EventDict], EventDict]
Renderer = Callable[[WrappedLogger, str, EventDict], str]


def set_up_logs(
    form: str, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ, steady_clock: Callable[[], float] = time.monotonic
) -> None:
    """Let every log line go to this stream (None: standard error), in this form: `text`, `json`, or `auto`: text on a terminal and in
    systemd's journal. In the journal each line has its level, so that `journalctl -p warning` shows what somebody should look at.

    Lines of libraries that use the standard library's logging take the same way, from warnings on.
    """
    bounds = Bounds(steady_clock)
    stream = stream if stream is not None else sys.stderr
    form = environ.get(LOG_VARIABLE) or form
    in_journal = _is_journal(stream, environ)
    as_text = form == "text" or (form != "json" and (stream.isatty() or in_journal))
    render: Renderer = as_line if as_text else as_json
    if in_journal:
        render = _with_priority(render)
    shared: list[Any] = [structlog.processors.add_log_level, _stamp, in_words, hide_secrets]
    structlog.configure(
        processors=[bounds.bound, *shared, structlog.processors.format_exc_info, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            render,
        ],
    )
    library_lines = logging.StreamHandler(stream)
    library_lines.addFilter(lambda record: _without_words_of_others(record, bounds))
    library_lines.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[library_lines], force=True)


def _is_journal(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether this very stream leads to systemd's journal: a variable alone is inherited by whoever is started later, elsewhere too."""
    said = environ.get(JOURNAL_VARIABLE, "")
    try:
        there = os.fstat(stream.fileno())
    except OSError:  # no file at all
        return False
    return said == f"{there.st_dev}:{there.st_ino}"


def _with_priority(render: Renderer) -> Renderer:
    def with_priority(logger: WrappedLogger, method: str, event: EventDict) -> str:
        prefix = f"<{PRIORITIES.get(event.get('level', 'info'), PRIORITIES['info'])}>"
        # The journal takes each line for an entry of its own.
        return "\n".join(f"{prefix}{line}" for line in render(logger, method, event).split("\n"))

    return with_priority


class InputLog:
    """Writes a line for each input that changed something. It is an `Audience`: the service's loop tells it of every input."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("floor").bind()  # once, not anew for each line: so it comes after `set_up_logs`

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Write what an input did: a line for each interaction that it changed, or one for a desk."""
        for notice in outcome.notices:
            if isinstance(notice, NoTelephone):
                self._log.warning(notice_sentence(notice))
        last = {change.after.id: change for change in outcome.changes}
        for change in outcome.changes:
            told = [notice for notice in outcome.notices if notice.interaction == change.after.id and last[change.after.id] is change]
            self._log.info(
                "step",
                interaction=change.after.id,
                phase=change.before.phase.value if change.before is not None else "",
                input=sentence_of(change.cause, change.before),
                to=change.after.phase.value,
                revision=change.after.revision,
                **({"followed": list(change.followed)} if change.followed else {}),
                tell=[notice_sentence(notice) for notice in told],
            )
        if not outcome.changes and (outcome.desks or outcome.queues or outcome.notices):
            concerns = {"interaction": what.interaction} if isinstance(what, Command) else {}
            self._log.info(sentence_of(what, None), **concerns, tell=[notice_sentence(notice) for notice in outcome.notices])


# --- How many lines ----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(slots=True)
class _Said:
    """How often one kind of line has been said since a moment."""

    since: float
    times: int = 0
    left_out: int = 0


class Bounds:
    """How many lines of one kind there are in a minute; the first of the next minute says how many were left out."""

    def __init__(self, steady_clock: Callable[[], float]) -> None:
        self._clock = steady_clock
        self._said: dict[object, _Said] = {}

    def count(self, kind: object) -> int | None:
        """Count one more; None: it is one too many, otherwise how many were left out before it."""
        now = self._clock()
        said = self._said.get(kind)
        if said is None:
            if len(self._said) >= KINDS_REMEMBERED_MAX:
                self._said.pop(next(iter(self._said)))
            said = self._said[kind] = _Said(now)
        left_out = 0
        if now - said.since >= MINUTE:
            left_out = said.left_out
            said.since, said.times, said.left_out = now, 0, 0
        if said.times >= LINES_PER_MINUTE_MAX:
            said.left_out += 1
            return None
        said.times += 1
        return left_out

    def bound(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Leave out a warning of which there are too many; an error is always said, but without where it came from."""
        if method not in LEVELS_SAID:
            return event
        left_out = self.count((method, event["event"]))
        if left_out is None:
            if method == "warning":
                raise structlog.DropEvent
            event.pop("exc_info", None)
        elif left_out:
            event["left_out"] = left_out
        return event


def _without_words_of_others(record: logging.LogRecord, bounds: Bounds) -> bool:
    """Say what a library says without what it puts in: a header with a token, for one. False: it is one too many."""
    left_out = bounds.count((record.name, record.pathname, record.lineno))
    if left_out is None:
        return False
    template, _, _ = str(record.msg).partition("\n")
    said = _filled(template, record.args)
    if record.exc_info and record.exc_info[1] is not None:
        said += f": {_kind_and_place(record.exc_info[1])}"
    record.msg = said[:VALUE_LETTERS_MAX] + (f" (left out before: {left_out})" if left_out else "")
    record.args = record.exc_info = record.exc_text = None
    return True


def _filled(template: str, args: object) -> str:
    """The template with its numbers. A template that wants something else is told as it is: a log line must not end what logs it."""
    try:
        if isinstance(args, Mapping):
            return template % {key: _if_number(value) for key, value in args.items()}
        return template % tuple(_if_number(value) for value in args) if isinstance(args, tuple) and args else template
    except (TypeError, ValueError):
        return template


def _if_number(value: object) -> object:
    return value if isinstance(value, int | float) else HIDDEN


def _kind_and_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_SHOWN_MAX:]
    where = ", ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where}" if where else type(error).__name__


# --- What every line goes through --------------------------------------------------------------------------------------


def _stamp(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    event["at"] = datetime.now(UTC).isoformat(timespec="milliseconds")
    return event


def in_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Write facts and commands as sentences; those leave pressed keys and notes out."""
    for key, value in event.items():
        if isinstance(value, Fact | Command | DeskCommand):
            event[key] = sentence_of(value, None)
    return event


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Hide the values of keys that sound like secrets, however deep they lie."""
    return {key: _hidden(key, value) for key, value in event.items()}


@lru_cache(maxsize=KEYS_REMEMBERED_MAX)
def _sounds_secret(key: str) -> bool:
    key = key.lower()
    return any(word in key for word in SECRET_WORDS)


def _hidden(key: object, value: object) -> object:
    if _sounds_secret(str(key)):
        return HIDDEN
    # Nearly every value is one of these, and nothing can hide in it: a fast way past the questions below.
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        return value if len(value) <= VALUE_LETTERS_MAX else f"{value[:VALUE_LETTERS_MAX]} …"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.repr}
    if isinstance(value, Mapping):
        return {inner: _hidden(inner, found) for inner, found in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_hidden("", found) for found in value]
    return value


_JSON = json.JSONEncoder(default=str, ensure_ascii=False)


def as_json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One JSON object on one line; what JSON has no form for is written as text."""
    first = {key: event[key] for key in ("at", "level", "event") if key in event}
    line = _JSON.encode({**first, **event})
    # Half a letter (a lone surrogate) in a caller's name has no UTF-8; written as \ud800 it is JSON all the same.
    return line.encode("utf-8", "backslashreplace").decode()


def as_line(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One line for people: time, interaction, what happened, what it led to."""
    line = dict(event)
    time = datetime.fromisoformat(line.pop("at")).astimezone()
    clock = f"{time:%H:%M:%S.%f}"[:-3]
    level = line.pop("level", "info")
    trouble = line.pop("exception", "")
    name = line.pop("event")
    said = f"{level.upper()} " if level in LEVELS_SAID else ""
    if name == "step" and "input" in line:
        said += _step_words(line)
    else:
        interaction = f"{line.pop('interaction')} " if "interaction" in line else ""
        said += f"{interaction}{name}"
    rest = "  ".join(f"{key}={_shown(value)}" for key, value in line.items() if value not in ("", [], None))
    text = printable((f"{clock} {said}" + (f"  {rest}" if rest else "")).replace("\n", "; "))
    return f"{text}\n{trouble}" if trouble else text


def _shown(value: object) -> str:
    """Write a value for people, who read no Python."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return "; ".join(map(_shown, value))
        case dict():
            return ", ".join(f"{key}: {_shown(inner)}" for key, inner in value.items())
        case _:
            return str(value)


def _step_words(line: dict[str, Any]) -> str:
    """Take a step's words out of a line, in columns: id, phase, what came, the phase it led to, who is told."""
    line.pop("revision", None)
    phase, to = line.pop("phase", ""), line.pop("to", "")
    arrow = f"-> {to}" if to != phase else ""
    tell = "; ".join(line.pop("tell", []))
    return f"{line.pop('interaction', ''):<9} {phase:<15} {line.pop('input'):<46} {arrow:<18} {tell}".rstrip()

"""Log lines: one for each input, the interaction's id first; as text for people and as JSON for machines. No secret is ever in one."""

import dataclasses
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

from controller.floor.outcome import Input, Outcome
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.routing.commands import DeskCommand
from controller.telemetry.sentences import notice_sentence, printable, sentence_of

SECRET_WORDS = ("password", "passwd", "secret", "token", "authorization", "cookie", "digits", "note")
"""A key that holds one of these words does not show its value."""

HIDDEN = "***"
KEYS_REMEMBERED_MAX = 1024
"""The same few keys come with every line."""

LOG_VARIABLE = "ARI_CONTROLLER_LOG"
"""The environment variable that overrides the site's `log`: `auto`, `text` or `json`."""

LEVELS_SAID = frozenset({"warning", "error", "critical"})

Processor = Callable[[WrappedLogger, str, EventDict], EventDict]


def set_up_logs(form: str, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
    """Let every log line go to this stream (None: standard error), in this form: `text`, `json`, or `auto`: text on a terminal.

    Lines of libraries that use the standard library's logging take the same way, from warnings on.
    """
    stream = stream if stream is not None else sys.stderr
    form = environ.get(LOG_VARIABLE) or form
    as_text = form == "text" or (form != "json" and stream.isatty())
    render = as_line if as_text else as_json
    shared: list[Any] = [structlog.processors.add_log_level, _stamp, in_words, hide_secrets]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, render],
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
    library_lines.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[library_lines], force=True)


class InputLog:
    """Writes a line for each input that changed something. It is an `Audience`: the service's loop tells it of every input."""

    def __init__(self) -> None:
        self._log = structlog.get_logger("floor").bind()  # once, not anew for each line: so it comes after `set_up_logs`

    def tell(self, what: Input, outcome: Outcome) -> None:
        """Write what an input did: a line for each interaction that it changed, or one for a desk."""
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
                tell=[notice_sentence(notice) for notice in told],
            )
        if not outcome.changes and (outcome.desks or outcome.queues or outcome.notices):
            concerns = {"interaction": what.interaction} if isinstance(what, Command) else {}
            self._log.info(sentence_of(what, None), **concerns, tell=[notice_sentence(notice) for notice in outcome.notices])


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
    if value is None or isinstance(value, str | int | float):
        return value
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
    rest = "  ".join(f"{key}={value}" for key, value in line.items() if value not in ("", [], None))
    text = printable((f"{clock} {said}" + (f"  {rest}" if rest else "")).replace("\n", "; "))
    return f"{text}\n{trouble}" if trouble else text


def _step_words(line: dict[str, Any]) -> str:
    """Take a step's words out of a line, in columns: id, phase, what came, the phase it led to, who is told."""
    line.pop("revision", None)
    phase, to = line.pop("phase", ""), line.pop("to", "")
    arrow = f"-> {to}" if to != phase else ""
    tell = "; ".join(line.pop("tell", []))
    return f"{line.pop('interaction', ''):<9} {phase:<15} {line.pop('input'):<46} {arrow:<18} {tell}".rstrip()

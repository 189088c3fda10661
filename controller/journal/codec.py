"""Inputs and states as text, and back. Every text names the version of its form, so that an old journal can be read by a newer program."""

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json

from controller.directory.ids import Seconds
from controller.floor.outcome import Input, SiteReloaded
from controller.floor.state import FloorState
from controller.interaction import commands, facts
from controller.interaction.commands import Command
from controller.interaction.facts import Fact
from controller.journal.older_forms import as_today, state_as_today
from controller.routing import commands as desk_commands
from controller.routing.commands import DeskCommand

FORM = 4
"""The version of the form in which we write. Keep reading the old ones when it changes; never change what a number means.

1: commands carry no key, and a state remembers none.
2: a command may carry its key, and a state has the keys that were accepted.
3: an interaction is kept as its parts (customer, offer, owner, consult, members), and a switch that is lost or found is named.
4: a consult is asked of a target of any kind, and a customer on hold has a moment at which their owner is reminded of them. A desk knows
   its agent's telephones and since when it is in its state, and a telephone in the browser may be away from its call.
"""
FORMS_READ = frozenset(range(1, FORM + 1))
"""What an older form does not say has its default in today's; what it says otherwise is brought into today's form first."""


class Unreadable(Exception):
    """A text of the journal is not what was once written. `because` says what is wrong with it."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class WrittenByNewer(Unreadable):
    """A text is whole, and of a form or a kind that only a newer version knows. It is no damage: that version can still read it."""


class Unwritable(Exception):
    """Something has no text: half of a surrogate pair in a name, for one. The program's edges let no such thing in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An input, and the moment at which it was taken."""

    what: Input
    at: Seconds


def _kinds() -> dict[str, type[Any]]:
    found: dict[str, type[Any]] = {SiteReloaded.__name__: SiteReloaded}
    for module in (facts, commands, desk_commands):
        for name, kind in vars(module).items():
            if isinstance(kind, type) and issubclass(kind, Fact | Command | DeskCommand):
                found[name] = kind
    return found


_ADAPTERS: dict[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in _kinds().items()}
_STATE = TypeAdapter(FloorState)


def write_input(taken: Taken) -> str:
    """Write an input as one line of JSON. Raises `Unwritable`."""
    kind = type(taken.what).__name__
    body = _dump(_ADAPTERS[kind], taken.what)
    return f'{{"form":{FORM},"at":{taken.at!r},"kind":"{kind}","input":{body}}}'


def read_input(text: str) -> Taken:
    """Read what `write_input` of this or an older version wrote. Raises `Unreadable`."""
    envelope = _envelope(text)
    kind = envelope.get("kind")
    if not isinstance(kind, str):
        raise Unreadable("it names no kind of input")
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        raise WrittenByNewer(f"this version knows no input {kind!r}")
    try:
        fields = as_today(kind, envelope["input"], envelope["form"])
        return Taken(adapter.validate_python(fields), float(envelope["at"]))
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"not a {kind}: {_first_line(error)}") from error


def write_state(state: FloorState) -> str:
    """Write a whole state. The same state gives the same text, byte for byte. Raises `Unwritable`."""
    return f'{{"form":{FORM},"state":{_dump(_STATE, state)}}}'


def read_state(text: str) -> FloorState:
    """Read what `write_state` of this or an older version wrote. Raises `Unreadable`."""
    envelope = _envelope(text)
    try:
        return _STATE.validate_python(state_as_today(envelope["state"], envelope["form"]))
    except (ValidationError, KeyError) as error:
        raise Unreadable(f"not a state: {_first_line(error)}") from error


def _dump(adapter: TypeAdapter[Any], value: object) -> str:
    try:
        return adapter.dump_json(value).decode()
    except PydanticSerializationError as error:
        raise Unwritable(_first_line(error)) from error


def _envelope(text: str) -> dict[str, Any]:
    try:
        envelope = from_json(text)
    except ValueError as error:
        raise Unreadable(f"not JSON: {error}") from error
    if not isinstance(envelope, dict):
        raise Unreadable("not an object")
    form = envelope.get("form")
    if isinstance(form, int) and form > FORM:
        raise WrittenByNewer(f"it is written in form {form}, and this version reads form {FORM}")
    if form not in FORMS_READ:
        raise Unreadable(f"it is written in form {form!r}, and there is no such form")
    return envelope


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]

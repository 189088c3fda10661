"""Whatever was written can be read and is the same; whatever else is on the disk is refused with a sentence."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.directory.directory import Agent, Directory, EntryPoint, Queue, Reason
from controller.floor.outcome import SiteReloaded
from controller.floor.state import FloorState
from controller.interaction import commands, facts
from controller.interaction.commands import Command
from controller.interaction.facts import CustomerArrived, Fact
from controller.journal.codec import FORM, Taken, Unreadable, Unwritable, read_input, read_state, write_input, write_state
from controller.routing import commands as desk_commands
from controller.routing.commands import DeskCommand, GoIdle
from tests.pure.interaction.situations import BEGINNINGS
from tests.pure.story import contact_centre

# The program's edges let in no time that is not finite, and JSON has none.
finite = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, finite)
names = st.text(max_size=5)
st.register_type_strategy(
    Directory,
    st.builds(
        Directory,
        agents=st.dictionaries(names, st.from_type(Agent), max_size=2),
        queues=st.dictionaries(names, st.from_type(Queue), max_size=2),
        entry_points=st.dictionaries(names, st.from_type(EntryPoint), max_size=2),
        wrap_up_reasons=st.dictionaries(names, st.from_type(Reason), max_size=2),
        idle_reasons=st.dictionaries(names, st.from_type(Reason), max_size=2),
        region=names,
    ),
)

KINDS: list[type[Any]] = [
    kind
    for module in (facts, commands, desk_commands)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Fact | Command | DeskCommand) and kind.__module__ == module.__name__
] + [SiteReloaded]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=30, derandomize=True, database=None, deadline=None)
@given(st.data())
def test_an_input_that_was_written_is_read_as_it_was(kind: type[Any], data: st.DataObject) -> None:
    taken = Taken(data.draw(st.from_type(kind)), data.draw(finite))

    text = write_input(taken)

    assert read_input(text) == taken
    assert write_input(read_input(text)) == text
    assert "\n" not in text, "one input is one line"


@pytest.mark.long
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(st.from_type(FloorState))
def test_a_state_that_was_written_is_read_as_it_was(state: FloorState) -> None:
    text = write_state(state)

    assert read_state(text) == state
    assert write_state(read_state(text)) == text


@pytest.mark.parametrize("situation", BEGINNINGS)
def test_the_state_of_every_situation_is_read_as_it_was(situation: str) -> None:
    state = BEGINNINGS[situation]().floor.state()

    assert read_state(write_state(state)) == state


GOOD = write_input(Taken(GoIdle(agent=contact_centre().floor.state().desks[0].agent, reason="lunch"), 12.5))


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("7", "not an object"),
        ("{}", "form None"),
        (GOOD.replace(f'"form":{FORM}', '"form":99'), "it is written in form 99, and this version reads form"),
        (GOOD.replace("GoIdle", "GoFishing"), "this version knows no input 'GoFishing'"),
        (GOOD.replace('"GoIdle"', "[1]"), "it names no kind of input"),
        (GOOD.replace('"agent"', '"agents"'), "not a GoIdle"),
        (GOOD.replace("12.5", '"noon"'), "not a GoIdle"),
        (GOOD.replace('"at":12.5,', ""), "not a GoIdle"),
        (GOOD.replace('"input":', '"output":'), "not a GoIdle"),
    ],
)
def test_an_input_that_can_not_be_read_is_refused_with_a_sentence(text: str, because: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_input(text)
    assert because in refused.value.because
    assert "\n" not in refused.value.because


@pytest.mark.parametrize("text", ["", "[]", '{"form":1}', '{"form":1,"state":{}}', '{"form":1,"state":[]}', '{"form":2,"state":{}}'])
def test_a_state_that_can_not_be_read_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_state(text)


def test_what_has_no_text_is_refused_before_it_is_written() -> None:
    half_a_pair = CustomerArrived.__new__(CustomerArrived)
    for name, value in {"leg": "1.1", "number": "1", "name": "\ud83d", "dialled": "800", "switch": "one"}.items():
        object.__setattr__(half_a_pair, name, value)

    with pytest.raises(Unwritable):
        write_input(Taken(half_a_pair, 1.0))


def test_an_input_names_the_version_of_its_form() -> None:
    assert json.loads(GOOD)["form"] == FORM
    assert json.loads(write_state(contact_centre().floor.state()))["form"] == FORM

"""A site file that is not TOML, or hardly: what can be known for certain is said, with its line, and no more."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.directory.site_lines import lines_of
from controller.directory.site_mistakes import Path
from tests.pure.directory.site_text import SITE, line_number, mistakes_in, only_mistake_in, with_line


def test_a_value_without_quotes_is_one_mistake_at_its_line() -> None:
    text = with_line('region = "FR"', "region = FR")

    said = only_mistake_in(text)

    assert said.startswith(f"line {line_number('region = FR', text)}: this is not TOML: ")
    assert "a text needs quotes around it" in said


def test_a_quote_that_is_missing_at_the_end_of_a_line_is_said() -> None:
    assert "a quote or a bracket is missing at the end of this line" in only_mistake_in(with_line('id = "alice"', 'id = "alice'))


def test_a_key_given_twice_is_a_mistake_at_the_second() -> None:
    text = with_line('phone = "1002"', 'phone = "1002"\nphone = "1003"')

    said = only_mistake_in(text)

    line = line_number('phone = "1003"', text)
    assert said.startswith(f"line {line}: ")
    assert "this key stands here for the second time" in said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[agent]\nid = "carol"\n', "this table stands here for the second time: write [[agent]], with two pairs of brackets"),
        ('[site]\nlanguage = "fr"\n', "this table stands here for the second time: [site] stands once: put both together"),
    ],
)
def test_a_table_that_begins_a_second_time_is_told_what_to_write(more: str, said: str) -> None:
    text = SITE + more

    assert only_mistake_in(text) == f"line {line_number(more.splitlines()[1], text) - 1}: {said}"


def test_a_syntax_mistake_does_not_hide_other_syntax_mistakes_nor_unknown_keys() -> None:
    text = with_line(
        'name = "Bob Durand"', 'nmae = "Bob Durand"', with_line('phone = "1001"', "phone = 'x", with_line('id = "main"', "id = main"))
    )

    lines = [mistake.line for mistake in mistakes_in(text)]

    assert lines == [line_number("phone = 'x", text), line_number('nmae = "Bob Durand"', text), line_number("id = main", text)]


def test_what_a_line_that_cannot_be_read_may_have_held_is_not_reported_as_missing() -> None:
    assert "missing" not in only_mistake_in(with_line('region = "FR"', "region = FR"))


def test_a_header_that_cannot_be_read_is_the_only_mistake_because_the_keys_below_it_have_no_table() -> None:
    assert "Expected ']]'" in only_mistake_in(with_line("[[queue]]", "[[queue]"))


def test_a_list_without_its_end_is_not_blamed_on_every_line_behind_it() -> None:
    assert len(mistakes_in(with_line('agents = ["alice", "bob"]', 'agents = ["alice",\n  "bob"'))) == 1


@pytest.mark.parametrize("opening", ['x = """', "x = '''", "x = [", "x = '"])
def test_what_has_no_end_is_a_mistake_where_it_begins(opening: str) -> None:
    text = with_line('region = "FR"', f'region = "FR"\n{opening}')

    assert next(mistake.line for mistake in mistakes_in(text)) == 3


def test_in_a_file_of_thousands_of_lines_what_has_no_end_is_said_at_the_end() -> None:
    text = with_line('region = "FR"', 'region = "FR"\nx = """') + "\n" * 2000

    assert [mistake.line for mistake in mistakes_in(text)] == [text.count("\n") + 1]


def test_syntax_mistakes_are_counted_up_to_a_limit() -> None:
    assert len(mistakes_in("a = \n" * 50)) == 20


@pytest.mark.parametrize("text", ["a = " + "[" * 100_000, "a = " + "{a=" * 100_000, "a = " + "9" * 10_000, "a = 2025-13-45"])
def test_values_that_no_program_should_be_given_are_mistakes(text: str) -> None:
    assert mistakes_in(text)


def test_a_text_of_many_megabytes_is_no_site_file() -> None:
    assert "this is no site file" in only_mistake_in("#" * 3_000_000)


def test_a_byte_order_mark_at_the_beginning_does_no_harm() -> None:
    assert mistakes_in("\ufeff" + SITE) == ()


def test_lines_that_end_as_on_windows_are_counted_once() -> None:
    text = with_line('region = "FR"', 'region = "fr"').replace("\n", "\r\n")

    assert [mistake.line for mistake in mistakes_in(text)] == [2]


# --- The line of everything --------------------------------------------------------------------------------------------

EVERYTHING = '''\
top = 1                                          # 1
"a key" . 'in parts'.x = """
two [lines] # none a comment "" """              # 3
[table]
dotted.key = [                                   # 5
  1, # one
  { in = "line", "of"={ depth = 2 } },           # 7
  2020-01-01 10:00:00,
  [ ],                                           # 9
]
date = 2020-01-01 10:00:00                       # 11
[[item]]
name = \'\'\'
raw [[no]] table\'\'\'                               # 14
[item.sub]
x = "\\" ]"                                       # 16
[[item]]
[[item.part]]                                    # 18
y = 1
[[item.part]]                                    # 20
empty = {}
quoted = 'C:\\'                                   # 22
'''

EXPECTED = {
    ("top",): 1,
    ("a key",): 2,
    ("a key", "in parts"): 2,
    ("a key", "in parts", "x"): 2,
    ("table",): 4,
    ("table", "dotted"): 5,
    ("table", "dotted", "key"): 5,
    ("table", "dotted", "key", 0): 6,
    ("table", "dotted", "key", 1): 7,
    ("table", "dotted", "key", 1, "in"): 7,
    ("table", "dotted", "key", 1, "of"): 7,
    ("table", "dotted", "key", 1, "of", "depth"): 7,
    ("table", "dotted", "key", 2): 8,
    ("table", "dotted", "key", 3): 9,
    ("table", "date"): 11,
    ("item",): 12,
    ("item", 0): 12,
    ("item", 0, "name"): 13,
    ("item", 0, "sub"): 15,
    ("item", 0, "sub", "x"): 16,
    ("item", 1): 17,
    ("item", 1, "part"): 18,
    ("item", 1, "part", 0): 18,
    ("item", 1, "part", 0, "y"): 19,
    ("item", 1, "part", 1): 20,
    ("item", 1, "part", 1, "empty"): 21,
    ("item", 1, "part", 1, "quoted"): 22,
}


def test_every_key_and_item_of_a_toml_text_has_its_line() -> None:
    assert lines_of(EVERYTHING) == EXPECTED
    assert set(EXPECTED) == set(_places(tomllib.loads(EVERYTHING)))


def _places(value: Any, path: Path = ()) -> list[Path]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return ([path] if path else []) + [place for key, found in inner for place in _places(found, (*path, key))]


_keys = st.sampled_from(["a", "b-1", '"q d"', "'l.t'", "c . d"])
_scalars = st.sampled_from(['"x"', "'y'", "1", "true", "2020-01-01 10:00:00", '"""\nm]"""', "'''}\n'''", '""', "-1.5e3"])
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ", # c ]\n".join([*items, ""]) + "]"),
        st.tuples(_keys, inner).map(lambda pair: "{ " + pair[0] + " = " + pair[1] + " }"),
    ),
    max_leaves=6,
)
_statements = st.one_of(
    st.tuples(_keys, _values).map(lambda pair: f"{pair[0]} = {pair[1]} # comment = [1"),
    _keys.map(lambda key: f"[[ {key} ]]"),
    _keys.map(lambda key: f"[{key}]"),
    st.just("  # nothing"),
)


@given(st.lists(_statements, max_size=8).map("\n".join))
def test_positions_are_found_for_exactly_what_tomllib_reads(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except ValueError:
        return

    lines = lines_of(text)

    assert set(lines) == set(_places(document))
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())

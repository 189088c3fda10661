"""Modules that say what they are for, names that say what a thing is, and nothing left for later."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import modules, name, tracked_texts, tree

WORDS_MIN = 3

EMPTY_NAMES = frozenset({"Manager", "Handler", "Helper", "Helpers", "Util", "Utils", "Data", "Info"})
"""Words that say nothing about what a thing is."""

CONTROLLER = modules("controller")
EVERYTHING = CONTROLLER + modules("tests")
_LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _words(camel_case: str) -> list[str]:
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", camel_case)


def test_a_module_says_what_it_is_for() -> None:
    assert [name(path) for path in CONTROLLER if not ast.get_docstring(tree(path))] == []


def test_a_class_is_named_for_what_it_is() -> None:
    named = [
        f"{name(path)}:{node.lineno} {node.name}"
        for path in EVERYTHING
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES.intersection(_words(node.name))
    ]

    assert named == []


def test_a_test_is_named_as_a_sentence() -> None:
    no_sentence = [
        f"{name(path)}:{function.lineno} {function.name}"
        for path in modules("tests")
        if path.name.startswith("test_")
        for function in _functions(path)
        if function.name.startswith("test_") and function.name.count("_") < WORDS_MIN
    ]

    assert no_sentence == []


def test_nothing_is_left_for_later() -> None:
    for path, text in tracked_texts():
        found = _LATER.search(text) if path.suffix != ".lock" else None
        assert found is None, f"{name(path)} leaves something for later: {found and found.group()}"

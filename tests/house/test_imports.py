"""Imports point one way, and the pure folders touch nothing of the world."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import TOP, name, pure_modules, tree

_TIME = "take `now: Seconds` as an argument; the shell reads the clock"
_CHANCE = "take what was drawn as an argument; the shell throws the dice"
_NETWORK = "what comes from the network is a fact, what goes to it follows from the layout: see `floor/ports.py`"
_TASKS = "the core is called, it runs nothing: one task of `service/loop.py` takes one input at a time"
_LOG = "return a notice or put it into the `Outcome`; the loop writes the log line"
_FILES = "take the text as an argument; the shell reads files"

INSTEAD = {
    "asyncio": _TASKS,
    "threading": _TASKS,
    "concurrent": _TASKS,
    "multiprocessing": _TASKS,
    "subprocess": _TASKS,
    "uvloop": _TASKS,
    "aiohttp": _NETWORK,
    "socket": _NETWORK,
    "ssl": _NETWORK,
    "http": _NETWORK,
    "requests": _NETWORK,
    "random": _CHANCE,
    "secrets": _CHANCE,
    "uuid": _CHANCE,
    "time": _TIME,
    "datetime": _TIME,
    "zoneinfo": _TIME,
    "logging": _LOG,
    "structlog": _LOG,
    "prometheus_client": _LOG,
    "os": _FILES,
    "io": _FILES,
    "pathlib": _FILES,
    "tempfile": _FILES,
    "shutil": _FILES,
    "sqlite3": "the journal keeps what must not be lost; the core only says what has changed",
    "json": "the adapters translate at the edge; the core knows values only",
}

INSTEAD_OF_CALLING = {"print": _LOG, "open": _FILES, "input": _FILES, "exec": "write the code", "eval": "write the code"}

ALLOWED: dict[tuple[str, str], str] = {}
"""A file and what it imports all the same, and why."""


def _imported(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name.split(".")[0]) for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.split(".")[0]
            case _:
                pass


def test_a_pure_module_imports_nothing_of_the_world() -> None:
    breaches = [
        f"{name(path)}:{line} imports {module}; instead, {INSTEAD[module]}"
        for path in pure_modules()
        for line, module in _imported(path)
        if module in INSTEAD and (name(path), module) not in ALLOWED
    ]

    assert breaches == []


def test_what_is_allowed_all_the_same_is_still_needed() -> None:
    imported = {(name(path), module) for path in pure_modules() for _, module in _imported(path)}

    assert set(ALLOWED) <= imported


def _what_it_does(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree(path)):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in INSTEAD_OF_CALLING:
                yield node.lineno, f"calls {called}; instead, {INSTEAD_OF_CALLING[called]}"
            case ast.Await() | ast.AsyncFor() | ast.AsyncWith():
                yield node.lineno, f"waits; instead, {_TASKS}"
            case ast.Global() | ast.Nonlocal():
                yield node.lineno, "changes what is not its own; instead, return a new value"
            case _:
                pass


def test_a_pure_module_does_nothing_to_the_world_and_waits_for_nothing() -> None:
    breaches = [f"{name(path)}:{line} {what}" for path in pure_modules() for line, what in _what_it_does(path)]

    assert breaches == []


def test_imports_point_one_way() -> None:
    """In a process of its own: import-linter sets up logging for the whole process it runs in."""
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    linted = subprocess.run([sys.executable, "-c", program], cwd=TOP, capture_output=True, text=True, check=False)

    assert linted.returncode == 0, linted.stdout + linted.stderr

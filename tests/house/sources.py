"""The project's own files, for the tests that look at how they are written."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
PURE = ("interaction", "routing", "directory", "dialling", "floor")


def name(path: Path) -> str:
    """A file as a message names it."""
    return str(path.relative_to(TOP))


@cache
def modules(folder: str) -> tuple[Path, ...]:
    """Every Python file below a folder."""
    return tuple(sorted(path for path in (TOP / folder).rglob("*.py") if "__pycache__" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=name(path))


def pure_modules() -> Iterator[Path]:
    """The files that may not touch the world."""
    for folder in PURE:
        yield from modules(f"controller/{folder}")


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Every text that is part of the project: what git tracks, or, in a copy without git, every file that looks like text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [TOP / path for path in listed.stdout.split("\0") if path]
    else:
        paths = [path for path in TOP.rglob("*") if not any(part.startswith(".") for part in path.relative_to(TOP).parts)]
    for path in sorted(paths):
        if path.is_file():
            try:
                yield path, path.read_text()
            except UnicodeDecodeError:
                continue

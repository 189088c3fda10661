"""A shell script asks for the programs that it needs, and not for itself."""

import re
from pathlib import Path

import pytest

from tests.house.sources import TOP

SCRIPTS = sorted(
    path
    for folder in ("docker", "tests", ".ci")
    for path in (TOP / folder).rglob("*")
    if path.is_file() and path.read_bytes().startswith((b"#!/bin/sh", b"#!/usr/bin/env bash", b"#!/bin/bash"))
)
FUNCTION = re.compile(r"^([\w-]+)\(\)", re.MULTILINE)
ASKED_FOR = re.compile(r"\bcommand -v ([\w-]+)")


@pytest.mark.parametrize("script", SCRIPTS, ids=[str(path.relative_to(TOP)) for path in SCRIPTS])
def test_no_function_has_the_name_of_a_program_that_its_script_asks_for(script: Path) -> None:
    # `command -v` finds the function, and the program is never installed.
    text = script.read_text()

    assert set(FUNCTION.findall(text)) & set(ASKED_FOR.findall(text)) == set()

"""What the server says to an agent has its French in the page, so that a French page does not speak English where it refuses."""

import ast
import re

import pytest

from tests.house.sources import TOP, tree

TOLD = TOP / "controller" / "desktop" / "page" / "src" / "words" / "told.ts"
SPEAKERS = (
    "controller/interaction/roles.py",
    "controller/dialling/refusals.py",
    "controller/floor/calls.py",
    "controller/floor/desks.py",
    "controller/floor/known.py",
    "controller/floor/outside_calls.py",
    "controller/floor/telephones.py",
    "controller/floor/reach.py",
    "controller/floor/keys_pressed.py",
    "controller/interaction/steps/any_leg.py",
    "controller/interaction/steps/consult.py",
    "controller/interaction/steps/customer.py",
    "controller/interaction/steps/members.py",
    "controller/interaction/steps/moves.py",
    "controller/interaction/steps/owner.py",
    "controller/desktop/targets.py",
    "controller/desktop/stories.py",
    "controller/desktop/routes/agents.py",
    "controller/desktop/routes/interactions.py",
    "controller/desktop/routes/own_password.py",
    "controller/desktop/routes/session.py",
    "controller/desktop/sip_logins.py",
    "controller/service/loop.py",
)
_HOLE = re.compile(r"\{\w*\}")


def _sentences(module: ast.Module) -> set[str]:
    """Every sentence in a module that is no docstring, with `{}` for what is filled in; minutes and seconds are one thing."""
    lone = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    within = {id(part) for node in ast.walk(module) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = set()
    for node in ast.walk(module):
        if id(node) in lone or id(node) in within:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(_HOLE.sub("{}", node.value))
        elif isinstance(node, ast.JoinedStr):
            found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values).replace("{}:{}", "{}"))
    # A name and what is said of it stand together in the page: `{} {}.` has no word of its own.
    return {text for text in found if re.fullmatch(r"[A-Z{].* .*\.", text) and re.search("[a-z]", text)}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_every_refusal_has_its_french(speaker: str) -> None:
    entries = re.findall(r"""^  (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"):""", TOLD.read_text(), flags=re.MULTILINE)
    known = {_HOLE.sub("{}", single or double) for single, double in entries}
    said = _sentences(tree(TOP / speaker))

    assert said, f"{speaker} says nothing?"
    assert said - known == set(), f"Add the French of these to {TOLD.relative_to(TOP)}"

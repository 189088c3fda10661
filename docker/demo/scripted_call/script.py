"""What a script is made of: calls, their rules, and the parts that show a rule; and what a part says when it is not so.

NotAsExpected      something else was seen; the call goes on, its next rules can still be shown
└── CallBroken     the people are not where the script needs them: the rest of this call can't be shown
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scripted_call.stage import Stage

Part = Callable[[Stage], Awaitable[str]]
"""Does something, or looks and listens; gives what it saw, in a few words, or nothing. Raises NotAsExpected."""


class NotAsExpected(Exception):
    """A part saw something else."""

    def __init__(self, *, expected: str, seen: str) -> None:
        super().__init__(f"expected {expected}, but {seen}")
        self.expected = expected
        self.seen = seen


class CallBroken(NotAsExpected):
    """A part could not bring the people where the next rules need them."""


@dataclass(frozen=True, slots=True, init=False)
class Rule:
    """One rule in a short true sentence, and the parts that show it, in their order."""

    sentence: str
    parts: tuple[Part, ...]

    def __init__(self, sentence: str, *parts: Part) -> None:
        object.__setattr__(self, "sentence", sentence)
        object.__setattr__(self, "parts", parts)


@dataclass(frozen=True, slots=True, init=False)
class ScriptedCall:
    """One customer's call; everybody is free when it begins."""

    title: str
    rules: tuple[Rule, ...]

    def __init__(self, title: str, *rules: Rule) -> None:
        object.__setattr__(self, "title", title)
        object.__setattr__(self, "rules", rules)


def quietly(*parts: Part) -> tuple[Part, ...]:
    """These parts with nothing to print: how the people get to where a rule begins. What is not so is told all the same."""

    def quiet(part: Part) -> Part:
        async def unprinted(on: Stage) -> str:
            await part(on)
            return ""

        return unprinted

    return tuple(quiet(part) for part in parts)

"""Plays the calls, one rule after the other, and tells what was found.

A rule that does not hold stops nothing; a call that is broken leaves its last rules untried, and the next call begins afresh.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from scripted_call.api import NobodyAnswers
from scripted_call.findings import Finding, Outcome
from scripted_call.script import CallBroken, NotAsExpected, Part, Rule, ScriptedCall
from scripted_call.stage import Stage
from tests.phones.errors import EarFailed, PhoneFailed

HINT_SECONDS: Final = 2.0


async def play(script: Sequence[ScriptedCall], on: Stage, tell: Callable[[Finding], None]) -> list[Finding]:
    """Play every call; each finding is told as soon as it is there."""
    findings: list[Finding] = []
    for call in script:
        broken = await _clear(on)
        for rule in call.rules:
            number = len(findings) + 1
            if broken:
                finding = Finding(number=number, call=call.title, rule=rule.sentence, outcome=Outcome.NOT_TRIED)
            else:
                async with hint(f"rule {number}: {rule.sentence}"):
                    finding, broken = await _show(rule, number, call.title, on)
            findings.append(finding)
            tell(finding)
    return findings


async def _show(rule: Rule, number: int, call: str, on: Stage) -> tuple[Finding, bool]:
    """Show one rule; True beside the finding: the rest of the call can't be shown.

    What is not heard as expected stops no part after it, so that the people get to where the next rule begins.
    """
    seen: list[str] = []
    different: list[NotAsExpected] = []
    for part in rule.parts:
        try:
            seen.append(await _do(part, on))
        except NotAsExpected as no:
            seen.append(no.seen)
            different.append(no)
            if isinstance(no, CallBroken):
                break
    finding = Finding(
        number=number,
        call=call,
        rule=rule.sentence,
        outcome=Outcome.NOT_AS_EXPECTED if different else Outcome.HELD,
        seen=in_words(seen),
        expected=in_words([no.expected for no in different]),
    )
    return finding, any(isinstance(no, CallBroken) for no in different)


async def _do(part: Part, on: Stage) -> str:
    """Do one part; what fails beneath it becomes something that was not as expected."""
    try:
        return await part(on)
    except (PhoneFailed, NobodyAnswers) as failed:
        raise CallBroken(expected="that it works", seen=first_line(failed)) from failed
    except EarFailed as failed:
        raise NotAsExpected(expected="to hear", seen=first_line(failed)) from failed


async def _clear(on: Stage) -> bool:
    """Give everybody a clean start; True: that was not possible."""
    complaint = await on.clear()
    if complaint:
        print(f"     The next call can't begin: {complaint}.", file=sys.stderr, flush=True)
    return bool(complaint)


def in_words(seen: Sequence[str]) -> str:
    """What the parts saw, each thing once."""
    return " · ".join(dict.fromkeys(words for words in seen if words))


def first_line(error: Exception) -> str:
    """An error in one line."""
    return str(error).partition("\n")[0]


@asynccontextmanager
async def hint(what: str) -> AsyncIterator[None]:
    """Say on standard error what takes so long, when it takes more than two seconds."""

    async def say_so() -> None:
        await asyncio.sleep(HINT_SECONDS)
        print(f"     ... {what}", file=sys.stderr, flush=True)

    saying = asyncio.create_task(say_so())
    try:
        yield
    finally:
        saying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await saying

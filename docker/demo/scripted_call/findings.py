"""What was found, rule by rule: as aligned lines, a summary, JSON, and the exit code.

Pure. It must never print, nor know what a rule is about.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SEEN_WIDTH: Final = 62
"""What was seen is padded to this; longer texts push the outcome to the right."""

_COLOURS: Final = {"held": "\033[32m", "not": "\033[31m", "untried": "\033[33m", "title": "\033[1m"}
_PLAIN_AGAIN: Final = "\033[0m"


class Outcome(StrEnum):
    """How a rule came out."""

    HELD = "held"
    NOT_AS_EXPECTED = "not as expected"
    NOT_TRIED = "not tried"
    """Its call had broken before it came to this rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule and what came of it."""

    number: int
    call: str
    """The title of the call that it belongs to."""
    rule: str
    outcome: Outcome
    seen: str = ""
    """What was heard by whom, or what the API answered."""
    expected: str = ""
    """What should have been; empty when it was."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How wide the columns are, and whether there is colour."""

    rule_width: int
    colour: bool

    def title(self, text: str) -> str:
        """The line above the rules of one call."""
        return self._painted("title", text)

    def line(self, finding: Finding) -> str:
        """One rule as one line."""
        return f"{finding.number:>3}  {finding.rule:<{self.rule_width}}  {finding.seen:<{SEEN_WIDTH}}  {self._outcome(finding)}"

    def _outcome(self, finding: Finding) -> str:
        match finding.outcome:
            case Outcome.HELD:
                return self._painted("held", "ok")
            case Outcome.NOT_AS_EXPECTED:
                return self._painted("not", f"NOT AS EXPECTED (expected {finding.expected})")
            case Outcome.NOT_TRIED:
                return self._painted("untried", "not tried")

    def _painted(self, colour: str, text: str) -> str:
        return f"{_COLOURS[colour]}{text}{_PLAIN_AGAIN}" if self.colour else text


def count(findings: Sequence[Finding], outcome: Outcome) -> int:
    """How many rules came out like this."""
    return sum(finding.outcome is outcome for finding in findings)


def summary(findings: Sequence[Finding], seconds: float) -> str:
    """The last line: `31 rules held, 0 did not (24.8 s)`."""
    untried = count(findings, Outcome.NOT_TRIED)
    broken = f", {untried} not tried" if untried else ""
    return f"{count(findings, Outcome.HELD)} rules held, {count(findings, Outcome.NOT_AS_EXPECTED)} did not{broken} ({seconds:.1f} s)"


def exit_code(findings: Sequence[Finding]) -> int:
    """0 only when every rule was tried and held."""
    return 0 if findings and all(finding.outcome is Outcome.HELD for finding in findings) else 1


def as_json(findings: Sequence[Finding], seconds: float) -> str:
    """Everything for a machine."""
    rules = [
        {
            "number": finding.number,
            "call": finding.call,
            "rule": finding.rule,
            "outcome": finding.outcome.value,
            "seen": finding.seen,
            **({"expected": finding.expected} if finding.expected else {}),
        }
        for finding in findings
    ]
    whole = {
        "held": count(findings, Outcome.HELD),
        "not_as_expected": count(findings, Outcome.NOT_AS_EXPECTED),
        "not_tried": count(findings, Outcome.NOT_TRIED),
        "seconds": round(seconds, 1),
        "rules": rules,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)

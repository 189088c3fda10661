"""Writes the table of what can't be done, for people: `python -m tests.house.failures_page > docs/failures.md`. A test compares the two."""

from collections.abc import Iterator

from controller.asterisk.failures import COURSES, LAST_RESORT, Asked, Course, Failure
from controller.asterisk.retry import AWAY_SECONDS, PAUSE_SECONDS_MAX, PROOF_SECONDS_MAX, TRIES_MAX

SHORT = {
    Course.WAIT: "wait",
    Course.LOOK: "look",
    Course.TRY: "try",
    Course.EXPECT: "expect",
    Course.DONE: "done",
    Course.UNREACHABLE: "unreachable",
    Course.END: "end",
    Course.DETACH: "detach",
    Course.RESYNC: "resync",
    Course.REPORT: "report",
    Course.NEVER: "–",
}

INTRODUCTION = f"""# What happens when something can't be done

Every request that the controller makes to Asterisk, every way in which it can fail, and what follows. The table is the program's own:
this page is written from `controller/asterisk/failures.py` by `python -m tests.house.failures_page`.

Three rules hold everywhere:

* Our own trouble is never charged to an agent or a caller, and an outage costs no try.
* Nobody who stands safely in a room, with people or on music, is hung up because a move failed.
* What can't be done ends with somebody told, and with the customer in a right room, in the line, or back in the dialplan.

There is one policy for asking again (`controller/asterisk/retry.py`): {AWAY_SECONDS:g} s after an outage; {PROOF_SECONDS_MAX:g} s after a
failure of Asterisk itself, and that is a try lost. After {TRIES_MAX} tries the last resort below is taken; where that is to insist, each
pause is twice as long as the one before, up to {PAUSE_SECONDS_MAX:g} s.
"""

LANES = """A lane is one of the connections that carry requests. One that is half open answers nothing: the look is not answered either, so
it counts as an outage. A lane that does not come back, or that is refused with 401 or 403, detaches the controller: calls go on, no
deadline of a telephone is judged, new callers wait in the dialplan, and `/readyz` says why."""


def lines() -> Iterator[str]:
    """The page, a line at a time."""
    yield INTRODUCTION
    yield "## What follows a failure"
    yield ""
    yield from _meanings()
    yield ""
    yield LANES
    yield ""
    yield f"| request | {' | '.join(failure.value for failure in Failure)} |"
    yield f"|---|{'---|' * len(Failure)}"
    for asked in Asked:
        yield f"| {asked.value} | {' | '.join(SHORT[COURSES[asked][failure]] for failure in Failure)} |"
    yield ""
    yield "## The last resort"
    yield ""
    yield f"When Asterisk itself has failed a request {TRIES_MAX} times:"
    yield ""
    yield "| request | the leg | the customer | the agent | who is told |"
    yield "|---|---|---|---|---|"
    for asked, last in LAST_RESORT.items():
        yield f"| {asked.value} | {last.leg} | {last.customer} | {last.agent} | {last.told} |"


def _meanings() -> Iterator[str]:
    yield "| word | what follows |"
    yield "|---|---|"
    for course, short in SHORT.items():
        yield f"| {short} | {course.value} |"


def page() -> str:
    """The whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this is what it is for

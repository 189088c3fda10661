"""Whom the live tests call outside. What most of them do waits for the test's word, so that nothing has to be waited for by the clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.live.desk import Json
from tests.live.stack import Stack
from tests.phones import Account, Ear, FarCall, FarEnd

TRUNK = "outside"

RINGS = "+33199001005"
"""Rings until the test has it answer."""
HEARD = "+33199001105"
"""Is heard (183) until the test has it answer."""
ANSWERS = "+33199001007"
"""Rings, and answers at once."""
ANOTHER = "+33199001107"
"""Does the same, with a voice of its own."""
BUSY, OVERLOADED, UNKNOWN = "+33199001002", "+33199001003", "+33199001004"
ANNOUNCED, ELSEWHERE, DECLINES = "+33199001006", "+33199001008", "+33199001009"
ANSWERS_TOO_LATE, SILENT, HANGS_UP_AT_ONCE = "+33199001000", "+33199001090", "+33199001091"
COLLEAGUE = "+33199001001"
"""Marie Durand's number: rings until the test has her answer."""
COLLEAGUE_OF_A_DIRECTORY, COLLEAGUE_OF_A_TENANT = "+33199001011", "+33199001205"
"""They ring as well."""

_CALLED = "+33 1 99 00 10"
FAILURES = {
    "busy": (BUSY, f"{_CALLED} 02 is busy."),
    "declines": (DECLINES, f"{_CALLED} 09 declined."),
    "unknown": (UNKNOWN, f"{_CALLED} 04: the number is not in service."),
    "overloaded": (OVERLOADED, f"{_CALLED} 03 could not be called: the network has no free line, or failed. Try again in a moment."),
    "names another number": (ELSEWHERE, f"{_CALLED} 08's telephone forwards its calls, and forwarding is not followed."),
    "announced as unknown": (ANNOUNCED, f"{_CALLED} 06: the number is not in service."),
    "does not answer": (RINGS, f"{_CALLED} 05 did not answer."),
    "answers too late": (ANSWERS_TOO_LATE, f"{_CALLED} 00 did not answer."),
    "silent trunk": (SILENT, f"{_CALLED} 90 could not be called: the trunk to outside does not answer."),
}
"""Why nobody is reached, and what the agent who had them called is told."""
TAKE_LONG = ("announced as unknown", "silent trunk")
"""These need longer than a queue lets a telephone ring that is short of patience."""

MARIE = {"kind": "organisation", "id": "marie.durand"}


def number(dialled: str) -> Json:
    """A number as a target."""
    return {"kind": "number", "number": dialled}


async def _rings(call: FarCall) -> None:
    call.ring()


async def _is_heard(call: FarCall) -> None:
    call.be_heard()


async def _answers(call: FarCall) -> None:
    call.ring()
    call.answer()


async def _answers_with_another_voice(call: FarCall) -> None:
    call.voice = "customer-2"
    await _answers(call)


WAYS = {
    RINGS: _rings,
    HEARD: _is_heard,
    ANSWERS: _answers,
    ANOTHER: _answers_with_another_voice,
    COLLEAGUE: _rings,
    COLLEAGUE_OF_A_DIRECTORY: _rings,
    COLLEAGUE_OF_A_TENANT: _rings,
}


@asynccontextmanager
async def far_end(stack: Stack, ear: Ear) -> AsyncIterator[FarEnd]:
    """Register the outside line, and listen to all that is said to it."""
    async with FarEnd(Account(TRUNK, f"phone-{TRUNK}", registrar_port=stack.sip_port), ways=WAYS) as registered:
        ear.listen("outside", registered.rtp_ports)
        yield registered

"""THE list of what far ends do, by the last digits of their number. Tests and people of the demo dial it; `outside.py` prints it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from tests.phones.far_call import FarCall, Way

ANNOUNCEMENT_SECONDS: Final = 2.0
"""How long somebody is heard before they answer, or are refused."""
SLOW_SECONDS: Final = 7.0
"""How long a slow network works on a call before anything else comes of it: longer than a controller waits for a silent trunk."""
HOLD_SECONDS: Final = 2.0
ELSEWHERE: Final = "sip:+33199009999@127.0.0.1"


async def is_heard_and_answers(call: FarCall) -> None:
    call.be_heard()
    await asyncio.sleep(ANNOUNCEMENT_SECONDS)
    call.answer()


async def is_busy(call: FarCall) -> None:
    call.refuse(486)


async def is_overloaded(call: FarCall) -> None:
    call.refuse(503, "Retry-After: 30")


async def is_unknown(call: FarCall) -> None:
    call.refuse(404)


async def rings_for_ever(call: FarCall) -> None:
    call.ring()


async def announces_and_is_unknown(call: FarCall) -> None:
    call.be_heard()
    await asyncio.sleep(ANNOUNCEMENT_SECONDS)
    call.refuse(404)


async def answers_after_a_second(call: FarCall) -> None:
    call.ring()
    await asyncio.sleep(1.0)
    call.answer()


async def is_elsewhere(call: FarCall) -> None:
    call.refuse(302, f"Contact: <{ELSEWHERE}>")


async def declines(call: FarCall) -> None:
    call.refuse(603)


async def answers_although_cancelled(call: FarCall) -> None:
    call.ignores_cancel = True
    call.ring()


async def is_silent(call: FarCall) -> None:
    """Not a word, not even that it tries."""


async def hangs_up_at_once(call: FarCall) -> None:
    call.ring()
    await asyncio.sleep(0.5)
    call.answer()
    await call.did("ACK")
    call.hang_up()


async def holds(call: FarCall) -> None:
    await answers_after_a_second(call)
    await call.did("ACK")
    await asyncio.sleep(HOLD_SECONDS)
    call.hold()
    await call.answered("INVITE")
    await asyncio.sleep(HOLD_SECONDS)
    call.hold(held=False)


async def asks_to_be_sent_elsewhere(call: FarCall) -> None:
    await answers_after_a_second(call)
    await call.did("ACK")
    call.refer(ELSEWHERE)


async def is_heard_and_rings(call: FarCall) -> None:
    call.be_heard()
    await asyncio.sleep(0.5)
    call.ring()
    await asyncio.sleep(1.0)
    call.answer()


async def is_heard_from_two_places(call: FarCall) -> None:
    call.be_heard()
    await asyncio.sleep(0.5)
    call.be_heard(another=True)
    await asyncio.sleep(0.5)
    call.answer()


async def is_slow(call: FarCall) -> None:
    call.try_()
    await asyncio.sleep(SLOW_SECONDS)
    call.ring()
    await asyncio.sleep(1.0)
    call.answer()


@dataclass(frozen=True, slots=True)
class FarEndWay:
    """What a far end does, in words, and how."""

    says: str
    way: Way


WAYS: Final[dict[str, FarEndWay]] = {
    "1": FarEndWay("is heard (183) for two seconds, then answers", is_heard_and_answers),
    "2": FarEndWay("is busy (486)", is_busy),
    "3": FarEndWay("is overloaded (503)", is_overloaded),
    "4": FarEndWay("is unknown (404)", is_unknown),
    "5": FarEndWay("rings (180) for ever", rings_for_ever),
    "6": FarEndWay("an announcement (183) for two seconds, then unknown (404)", announces_and_is_unknown),
    "7": FarEndWay("rings, and answers after a second", answers_after_a_second),
    "8": FarEndWay("names another number (302)", is_elsewhere),
    "9": FarEndWay("declines (603)", declines),
    "0": FarEndWay("rings, and answers just when it is given up", answers_although_cancelled),
    "90": FarEndWay("says nothing at all: a trunk that is down", is_silent),
    "91": FarEndWay("answers, and hangs up at once", hangs_up_at_once),
    "92": FarEndWay("answers, and presses its hold key for two seconds", holds),
    "93": FarEndWay("answers, and asks to be sent to another number (REFER), which must be refused", asks_to_be_sent_elsewhere),
    "94": FarEndWay("is heard (183), then rings (180), then answers", is_heard_and_rings),
    "95": FarEndWay("is heard from one place, then from another (two 183 with different tags), then answers", is_heard_from_two_places),
    "96": FarEndWay("a slow network: 100 at once, nothing for seven seconds, then it rings and answers", is_slow),
}


def way_of(number: str) -> Way:
    """Say what becomes of a number: its last two digits decide where they are in the list, otherwise the last one."""
    found = WAYS.get(number[-2:]) or WAYS.get(number[-1:])
    return found.way if found is not None else is_unknown

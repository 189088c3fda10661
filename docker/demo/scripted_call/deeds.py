"""The parts of a rule that do something: lift a handset, press a button. Each gives nothing to print, or raises CallBroken."""

import time
from typing import Any

from scripted_call.script import CallBroken, Part
from scripted_call.stage import Stage

AGENT_BOB: dict[str, Any] = {"target": {"kind": "agent", "id": "bob"}}
AGENT_ALICE: dict[str, Any] = {"target": {"kind": "agent", "id": "alice"}}
AGENT_CAROL: dict[str, Any] = {"target": {"kind": "agent", "id": "carol"}}
QUEUE_BILLING: dict[str, Any] = {"target": {"kind": "queue", "id": "billing"}}
ENTRY_ACCOUNTS: dict[str, Any] = {"target": {"kind": "entry_point", "id": "accounts"}}
COLLEAGUE: dict[str, Any] = {"target": {"kind": "organisation", "id": "marie.durand"}}


def number(typed: str) -> dict[str, Any]:
    """A number outside as a target. Of the demo's outside line its last digit says what becomes of it."""
    return {"target": {"kind": "number", "number": typed}}


def dials(who: str, number: str) -> Part:
    """Somebody calls the contact centre and is let in."""

    async def part(on: Stage) -> str:
        on.moments["dials"] = time.time()
        await on.phones[who].established(await on.phones[who].dial(number))
        return ""

    return part


def picks_up(who: str) -> Part:
    """Somebody lifts the handset of their ringing telephone."""

    async def part(on: Stage) -> str:
        await on.phones[who].incoming()
        await on.phones[who].accept()
        await on.phones[who].established()
        return ""

    return part


def refuses(who: str) -> Part:
    """Somebody presses the busy key of their ringing telephone."""

    async def part(on: Stage) -> str:
        await on.phones[who].incoming()
        await on.phones[who].decline()
        return ""

    return part


def hangs_up(who: str) -> Part:
    """Somebody puts the handset down."""

    async def part(on: Stage) -> str:
        on.moments["hangs up"] = time.time()
        await on.phones[who].hang_up()
        return ""

    return part


def hold_key(who: str, *, held: bool = True) -> Part:
    """Somebody presses the hold key of their telephone, or presses it again."""

    async def part(on: Stage) -> str:
        await (on.phones[who].hold() if held else on.phones[who].resume())
        return ""

    return part


def chooses(who: str, state: str) -> Part:
    """An agent becomes `available`, or `idle`."""

    async def part(on: Stage) -> str:
        answer = await on.desks[who].choose(state)
        if answer.status != 200:
            raise CallBroken(expected="200", seen=f"{who} {state}: {answer}")
        return ""

    return part


def presses(who: str, action: str, body: dict[str, Any] | None = None) -> Part:
    """An agent presses a button of the desktop, and it is accepted."""

    async def part(on: Stage) -> str:
        on.moments[action] = time.time()
        answer = await on.desks[who].press(action, on.interaction, body)
        if answer.status != 200:
            raise CallBroken(expected="200", seen=f"{who} {action}: {answer}")
        return ""

    return part


def calls_out(who: str, typed: str) -> Part:
    """An agent calls a number; the script is about this interaction from now on."""

    async def part(on: Stage) -> str:
        answer = await on.desks[who].call("POST", "/interactions", number(typed))
        if answer.status != 201:
            raise CallBroken(expected="201", seen=f"{who} calls {typed}: {answer}")
        on.interaction = answer.body["id"]
        on.interactions.append(on.interaction)
        return ""

    return part


def wraps_up(who: str) -> Part:
    """An agent gives the reason that is owed."""
    return presses(who, "wrap-up", {"reason": "resolved"})

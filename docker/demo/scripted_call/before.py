"""What must be true before anything is touched: the stack is there, and nobody uses the demo's people.

It must never disturb a call: whoever is found on the telephone, or registered, is left alone.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from scripted_call.api import Desk, NobodyAnswers, Switch, ask
from scripted_call.stage import TELEPHONES

CUSTOMERS: Final = tuple(str(number) for number in range(2001, 2010))
FREE: Final = frozenset({"idle", "available", "not_answering"})


class CannotBegin(Exception):
    """The check can't begin; `str()` says in a sentence what to do."""


async def find_stack(desktop_port: int, switch: Switch) -> None:
    """Make sure that the controller is attached and that Asterisk may be asked. Raises CannotBegin."""
    try:
        ready = await ask(desktop_port, "GET", "/readyz")
    except NobodyAnswers:
        raise CannotBegin(
            f"No controller answers at http://127.0.0.1:{desktop_port}: start the stack with docker/up, or set DESKTOP_PORT to where it is."
        ) from None
    if ready.status != 200:
        raise CannotBegin("The controller is not attached to Asterisk: `docker logs` of the controller's container says why.")
    try:
        asked = await switch.ask("/asterisk/ping")
    except NobodyAnswers:
        raise CannotBegin(f"No ARI answers at http://127.0.0.1:{switch.port}: set ARI_PORT to where the stack's Asterisk is.") from None
    if asked.status != 200:
        raise CannotBegin(f"The ARI at port {switch.port} refuses the demo's user ({asked}): set ARI_PORT to this stack's Asterisk.")


async def find_free_telephones(switch: Switch) -> str:
    """Make sure that nobody telephones and that the agents' telephones are free; gives a customer who is. Raises CannotBegin."""
    if channels := await switch.channels():
        raise CannotBegin(f"Somebody is on the telephone ({', '.join(channels)}): hang up first, then check.")
    for agent, telephone in TELEPHONES.items():
        if await switch.is_registered(telephone):
            raise CannotBegin(
                f"Somebody has registered telephone {telephone}, which {agent} needs here: close that soft phone. "
                "(After a check that was killed: wait 15 s until Asterisk has noticed.)"
            )
    for customer in CUSTOMERS:
        if not await switch.is_registered(customer):
            return customer
    raise CannotBegin("Every customer's telephone, 2001 to 2009, is registered by somebody: close one of those soft phones.")


@asynccontextmanager
async def logged_on(desktop_port: int) -> AsyncIterator[Mapping[str, Desk]]:
    """Log the agents on, if they are free, and off afterwards. Raises CannotBegin."""
    desks = {agent: Desk(agent, desktop_port) for agent in TELEPHONES}
    try:
        for desk in desks.values():
            answer = await desk.log_on()
            if answer.status != 201:
                raise CannotBegin(f"{desk.agent} can't log on with the demo's password ({answer}): the check needs the demo site.")
            me = await desk.me()
            if me["wrap_ups"]:
                where = f"http://127.0.0.1:{desktop_port}"
                raise CannotBegin(f"{me['name']} owes a wrap-up reason for an earlier call: give it at {where}, or wait two minutes.")
            if me["state"] not in FREE:
                raise CannotBegin(f"{me['name']} is on a call: the check waits for nobody, so end that call first.")
        yield desks
    finally:
        for desk in desks.values():
            await desk.log_off()

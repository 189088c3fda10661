"""Who is there: four telephones, three desks, an ear on the wire, and Asterisk to be asked; with a clean start and a clean end.

It must never leave a call, a wrap-up or a login of its own behind.
"""

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from scripted_call.api import Desk, NobodyAnswers, Switch
from tests.phones import Account, Ear, SoftPhone
from tests.phones.errors import PhoneFailed

TELEPHONES: Final[Mapping[str, str]] = {"alice": "1001", "bob": "1002", "carol": "1003"}
"""The agents' telephones; the customer takes one of the demo's customers that is free."""
CLEAR_SECONDS_MAX: Final = 5.0
ASK_AGAIN_SECONDS: Final = 0.05
UNAUTHENTICATED: Final = 401


@dataclass(slots=True)
class Stage:
    """The people of the script and what they use."""

    phones: Mapping[str, SoftPhone]
    desks: Mapping[str, Desk]
    ear: Ear
    switch: Switch
    interaction: str = ""
    """The one that the script is about now."""
    interactions: list[str] = field(default_factory=list)
    """Every one so far."""
    moments: dict[str, float] = field(default_factory=dict)
    """When the last of each deed was done, in wall-clock seconds, by its name."""

    async def clear(self) -> str:
        """Everybody hangs up, gives the reasons they owe and takes no calls: so each call of the script begins.

        Gives what stands in the way, or nothing.
        """
        for phone in self.phones.values():
            for call in phone.live_calls:
                with contextlib.suppress(PhoneFailed):  # the others' hanging up may have ended this call a moment ago
                    await phone.hang_up(call)
        try:
            empty = await eventually(self._nothing_is_left, CLEAR_SECONDS_MAX)
            free = await eventually(self._everybody_is_free, CLEAR_SECONDS_MAX)
            left = [] if empty else await self.leftovers()
        except NobodyAnswers as away:
            return str(away)
        self.interaction = ""
        self.moments.clear()
        if not empty:
            return f"Asterisk still has {', '.join(left) or 'a call'}"
        return "" if free else "an agent is not free of the last call"

    async def _nothing_is_left(self) -> bool:
        return not any(phone.live_calls for phone in self.phones.values()) and not await self.leftovers()

    async def _everybody_is_free(self) -> bool:
        """Whether nobody is on a call nor owes a reason; gives what is owed on the way."""
        states = set()
        try:
            for desk in self.desks.values():
                if (await desk.choose("idle")).status == UNAUTHENTICATED:
                    await desk.log_on()  # a controller that was started again knows no sessions
                me = await desk.me()
                for owed in me["wrap_ups"]:
                    await desk.press("wrap-up", owed["interaction"], {"reason": "resolved"})
                states.add(me["state"])
        except NobodyAnswers:
            return False  # it may be on its way back
        return states == {"idle"}

    async def leftovers(self) -> list[str]:
        """What Asterisk still has of the script: channels of its telephones, rooms of its interactions."""
        ours = tuple(f"PJSIP/{phone.account.user}-" for phone in self.phones.values())
        rooms = tuple(f"ix-{interaction}-" for interaction in self.interactions)
        channels = [name for name in await self.switch.channels() if name.startswith(ours)]
        return channels + [bridge for bridge in await self.switch.bridges() if bridge.startswith(rooms)]


async def eventually(is_so: Callable[[], Awaitable[bool]], seconds_max: float) -> bool:
    """Ask until the answer is yes or the time is over; gives whether it was yes. Nothing tells of what is asked this way."""
    deadline = time.monotonic() + seconds_max
    while True:
        if await is_so():
            return True
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(ASK_AGAIN_SECONDS)


@asynccontextmanager
async def set_stage(desks: Mapping[str, Desk], switch: Switch, sip_port: int, customer: str) -> AsyncIterator[Stage]:
    """Register the telephones and listen to them. Afterwards all is as it was; the desks must be logged on, and stay so."""
    accounts = {"customer": customer, **TELEPHONES}
    phones = {name: SoftPhone(name, Account(user, f"phone-{user}", registrar_port=sip_port)) for name, user in accounts.items()}
    before = {name: (await desk.me())["state"] for name, desk in desks.items()}
    with Ear() as ear:
        stage = Stage(phones=phones, desks=desks, ear=ear, switch=switch)
        async with contextlib.AsyncExitStack() as running:
            for phone in phones.values():
                running.push_async_callback(phone.stop)
            # Every start is waited for, also when one fails: a telephone that starts later would be left behind.
            for failed in await asyncio.gather(*(phone.start() for phone in phones.values()), return_exceptions=True):
                if failed is not None:
                    raise failed
            for name, phone in phones.items():
                ear.listen(name, phone.rtp_ports)
            try:
                yield stage
            finally:
                if complaint := await stage.clear():
                    print(f"Not everything could be tidied up: {complaint}.", file=sys.stderr)
                for name, state in before.items():
                    if state == "available":
                        with contextlib.suppress(NobodyAnswers):  # said already
                            await desks[name].choose(state)  # somebody has this agent's desktop open, and wanted calls

"""Another controller takes over while something is still being done beside the plans: nothing is begun any more, and the process ends."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.errors import Replaced
from controller.asterisk.switch import AriSwitch
from controller.directory.ids import LegId
from controller.interaction.facts import SwitchFound, SwitchLost
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, FakeAsterisk, fake_asterisk
from tests.edges.ari.test_agents_dial import NOBODY
from tests.edges.ari.test_switch import BOB, IX, RINGING, Inbox
from tests.edges.ari.test_transfer_keys import half


@dataclass
class Former:
    """A controller that is being replaced, and an errand of its own that has not ended."""

    asterisk: FakeAsterisk
    inbox: Inbox
    switch: AriSwitch
    running: asyncio.Task[Replaced]
    errand_may_end: asyncio.Event

    async def is_replaced(self) -> None:
        await self.asterisk.tell({"type": "ApplicationReplaced", "application": APP})
        await self.inbox.until(lambda: self.inbox.count(SwitchLost) == 1)

    async def ends(self) -> None:
        self.errand_may_end.set()
        async with asyncio.timeout(SECONDS_MAX):
            await asyncio.shield(self.running)


@pytest.fixture
async def former(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Former]:
    waits, errand_may_end = asyncio.Event(), asyncio.Event()

    async def pause(switch: AriSwitch, seconds: float) -> None:
        waits.set()
        await errand_may_end.wait()

    monkeypatch.setattr(AriSwitch, "_pause", pause)
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        switch = AriSwitch(asterisk.access(), post=inbox.post, instance="x", dialable=Dialable())
        running = asyncio.create_task(switch.run())
        try:
            await inbox.until(lambda: inbox.count(SwitchFound) == 1)
            await asterisk.tell(half("1002@t-0a;1", "17.1"))
            async with asyncio.timeout(SECONDS_MAX):
                await waits.wait()
            yield Former(asterisk, inbox, switch, running, errand_may_end)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def test_asterisk_is_told_as_lost_so_that_agents_are_refused_and_not_answered(former: Former) -> None:
    await former.is_replaced()

    assert isinstance(former.inbox.facts[-1], SwitchLost)
    assert not former.running.done(), "an errand has still to end"


async def test_a_layout_that_is_arranged_meanwhile_does_not_keep_the_process(former: Former) -> None:
    await former.is_replaced()

    former.switch.arrange(RINGING)

    await former.ends()


async def test_errands_are_begun_no_more_and_asking_for_one_when_all_has_ended_is_no_mistake(former: Former) -> None:
    await former.is_replaced()
    former.switch.let_go(LegId("17.3"))
    await former.ends()

    former.switch.press(IX, BOB, "5")
    former.switch.arrange(RINGING)

    assert not former.asterisk.asked_for("DELETE channels/17.3")

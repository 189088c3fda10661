"""A call that an agent's telephone has dialled: heard as a fact, picked up, brought into its room; or refused with a tone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from controller.asterisk import strays
from controller.asterisk.dial_string import Dialable
from controller.asterisk.switch import AriSwitch
from controller.directory.dialled_targets import DialledNumbers
from controller.directory.ids import THE_SWITCH, AgentId, InteractionId, LegId
from controller.directory.targets import AgentTarget
from controller.interaction.facts import AgentDialled, EndCause, LegEnded, SwitchFound
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, Json, channel, fake_asterisk
from tests.edges.ari.test_switch import Inbox
from tests.pure.story import site

IX = InteractionId("i1")
DIALLED = LegId("1795342161.7")
ALICE = LegId("ix-i1-alice-1")
OFFERED = Layout(interaction=IX, places=(Place(leg=ALICE, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1001")),))
ROOM = Layout(interaction=IX, places=(Place(leg=DIALLED, origin=Origin.DIALLED, room=Room.TALK),))


def from_telephone(leg: str = DIALLED, *, state: str = "Ring", words: str = "agent,1002,1001") -> Json:
    place = {"context": "agents", "exten": "1002", "priority": 2, "app_name": "Stasis", "app_data": f"{APP},{words}"}
    return {**channel(leg, state), "name": "PJSIP/1001-00000007", "dialplan": place}


def dials(words: str = "agent,1002,1001") -> Json:
    return {"type": "StasisStart", "application": APP, "args": words.split(","), "channel": from_telephone(words=words)}


@asynccontextmanager
async def attached(asterisk: FakeAsterisk, inbox: Inbox, *before: Layout) -> AsyncIterator[AriSwitch]:
    """A switch that has read the state. `before`: what an earlier process has left."""
    numbers = DialledNumbers(site())
    switch = AriSwitch(asterisk.access(), post=inbox.post, instance="x", dialable=Dialable(), dialled=numbers)
    for layout in before:
        switch.arrange(layout)
    running = asyncio.create_task(switch.run())
    try:
        await inbox.until(lambda: inbox.count(SwitchFound) == 1)
        yield switch
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


NOBODY: dict[str, tuple[int, object]] = {"GET channels": (200, []), "GET bridges": (200, [])}


async def test_what_a_telephone_dials_is_a_fact_that_says_whom_the_digits_mean() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(dials())
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)

    assert inbox.facts[-1] == AgentDialled(
        leg=DIALLED, telephone="1001", dialled="1002", target=AgentTarget(agent=AgentId("bob")), switch=THE_SWITCH
    )


async def test_its_leg_is_picked_up_and_brought_into_its_room() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell(dials())
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)

            switch.arrange(ROOM)

            await asterisk.until_asked(f"POST channels/{DIALLED}/answer")
            moved = await asterisk.until_asked("POST bridges/ix-i1-talk/addChannel")
            assert moved.query["channel"] == DIALLED


async def test_what_is_refused_is_given_to_the_dialplan_with_the_cause_that_the_telephone_shows() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell(dials())
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)

            switch.refuse_dialled(DIALLED, "target-unavailable")

            asked = await asterisk.until_asked(f"POST channels/{DIALLED}/continue")
            assert (asked.query["context"], asked.query["extension"]) == ("ari-controller-refused", "17")
            assert inbox.count(LegEnded) == 0


async def test_a_code_that_is_done_is_told_by_a_tone_and_the_call_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "TONE_SECONDS", 0.0)
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell(dials())
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)

            switch.confirm_dialled(DIALLED)

            await asterisk.until_asked(f"POST channels/{DIALLED}/answer")
            heard = await asterisk.until_asked(f"POST channels/{DIALLED}/moh")
            assert heard.query == {"mohClass": "code-done"}
            await asterisk.until_asked(f"DELETE channels/{DIALLED}")
            assert inbox.count(LegEnded) == 0


async def test_a_telephone_that_dialled_a_code_is_rung_only_when_it_is_out_of_that_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "TONE_SECONDS", 0.1)
    inbox = Inbox()
    rung = {**channel(ALICE, "Down"), "name": "PJSIP/1001-00000008"}
    room = {"id": "ix-i1-talk"}
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        asterisk.before_reply = {
            "POST channels/create": {"type": "StasisStart", "application": APP, "args": [], "channel": rung},
            "POST bridges/ix-i1-talk/addChannel": {"type": "ChannelEnteredBridge", "channel": rung, "bridge": room},
            f"DELETE channels/{DIALLED}": {"type": "StasisEnd", "channel": from_telephone()},
        }
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell(dials("agent,**2,1001"))
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)
            switch.arrange(OFFERED)
            switch.confirm_dialled(DIALLED)
            await asterisk.until_asked(f"POST channels/{ALICE}/dial")

            asked = [asked.what for asked in asterisk.asked]
            assert f"DELETE channels/{DIALLED}" in asked[: asked.index(f"POST channels/{ALICE}/dial")]
            assert inbox.count(LegEnded) == 0


@pytest.mark.parametrize(("status", "is_ended"), [(404, False), (500, True)])
async def test_a_code_is_done_also_where_no_tone_can_tell_so(status: int, *, is_ended: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strays, "TONE_SECONDS", 0.0)
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {**NOBODY, f"POST channels/{DIALLED}/answer": (status, {"message": "no"})}
        async with attached(asterisk, inbox) as switch:
            await asterisk.tell(dials())
            await inbox.until(lambda: inbox.count(AgentDialled) == 1)
            switch.confirm_dialled(DIALLED)
            await asterisk.until_asked(f"POST channels/{DIALLED}/answer")
            if is_ended:
                await asterisk.until_asked(f"DELETE channels/{DIALLED}")
            await asyncio.sleep(0)

            assert (f"DELETE channels/{DIALLED}" in [asked.what for asked in asterisk.asked]) is is_ended


async def test_an_agent_who_dialled_and_gives_up_has_hung_up() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = dict(NOBODY)
        async with attached(asterisk, inbox):
            await asterisk.tell(dials())
            await asterisk.tell({"type": "StasisEnd", "channel": from_telephone()})
            await inbox.until(lambda: inbox.count(LegEnded) == 1)

    assert inbox.facts[-1] == LegEnded(leg=DIALLED, cause=EndCause.HUNG_UP)


async def test_a_call_that_was_dialled_while_nobody_listened_is_hung_up_and_not_done_late() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, [from_telephone()]), "GET bridges": (200, [])}
        async with attached(asterisk, inbox):
            await asterisk.until_asked(f"DELETE channels/{DIALLED}")

    assert inbox.count(AgentDialled) == 0

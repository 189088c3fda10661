"""The switch over a scripted Asterisk: beside other applications, and with a controller that is too far behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from controller.asterisk.dial_string import Dialable
from controller.asterisk.seen import bridge_name
from controller.asterisk.switch import AriSwitch
from controller.directory.ids import InteractionId, LegId
from controller.directory.site import Transport
from controller.floor.ports import InboxFull
from controller.interaction.facts import CustomerArrived, EndCause, Fact, LegEnded, SwitchFound, SwitchLost
from controller.interaction.layout import Layout, Place, Room
from controller.interaction.leg import Endpoint, Origin
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, TRANSPORTS, FakeAsterisk, Json, channel, fake_asterisk

IX = InteractionId("i1")
BOB = LegId("ix-i1-bob-1")
LEFT = LegId("ix-t9abc03-bob-1")
RINGING = Layout(
    interaction=IX,
    places=(Place(leg=BOB, origin=Origin.MADE, room=Room.TALK, endpoint=Endpoint(address="1002")),),
)


def of_another_application(leg: str) -> Json:
    shown = channel(leg)
    return {**shown, "dialplan": {**shown["dialplan"], "app_data": "billing,customer,800"}}


def bridge(name: str, *legs: str, called: str) -> Json:
    return {"id": name, "name": called, "channels": list(legs)}


class Inbox:
    """Writes down the facts that it has room for."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.is_full = False
        self._changed = asyncio.Event()

    def post(self, fact: Fact) -> None:
        if self.is_full:
            raise InboxFull
        self.facts.append(fact)
        self._changed.set()

    async def until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS_MAX):
            while not so():
                self._changed.clear()
                await self._changed.wait()

    def count(self, kind: type[Fact]) -> int:
        return sum(isinstance(fact, kind) for fact in self.facts)


@asynccontextmanager
async def attached(asterisk: FakeAsterisk, inbox: Inbox) -> AsyncIterator[AriSwitch]:
    """A switch that has read the state."""
    switch = AriSwitch(asterisk.access(), post=inbox.post, instance="x", dialable=Dialable())
    running = asyncio.create_task(switch.run())
    try:
        await inbox.until(lambda: inbox.count(SwitchFound) == 1)
        yield switch
        assert not running.done(), "the switch ends only when it is replaced"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_rooms_and_callers_of_another_application_on_the_same_asterisk_are_left_alone() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {
            "GET channels": (200, [of_another_application("1795.7"), of_another_application("ix-t9abc01-carol-1")]),
            "GET bridges": (
                200,
                [
                    bridge("ix-t9abc01-talk", "1795.7", called=bridge_name("billing")),
                    bridge("ix-t9abc01-hold", called=bridge_name("billing")),
                    bridge("ix-t9abc02-talk", called="ix-t9abc02-talk"),
                    bridge("ix-t9abc03-hold", called=bridge_name(APP)),
                ],
            ),
        }
        async with attached(asterisk, inbox):
            await asterisk.until_asked("DELETE bridges/ix-t9abc03-hold")

            assert [asked.what for asked in asterisk.asked if asked.what.startswith("DELETE")] == ["DELETE bridges/ix-t9abc03-hold"]
            assert inbox.count(CustomerArrived) == 0


async def test_nobody_is_brought_into_a_room_of_another_application_that_has_our_rooms_id() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        theirs = bridge("ix-i1-talk", "1795.7", called=bridge_name("billing"))
        asterisk.replies = {
            "GET channels": (200, []),
            "GET bridges": (200, [theirs]),
            "GET bridges/ix-i1-talk": (200, theirs),
            "POST bridges/ix-i1-talk": (409, {"message": "Bridge with id already exists"}),
        }
        async with attached(asterisk, inbox) as switch:
            switch.arrange(RINGING)
            await inbox.until(lambda: inbox.count(LegEnded) == 1)

            assert inbox.facts[-1] == LegEnded(leg=BOB, cause=EndCause.FAILED), "our own trouble, told as such"
            assert not asterisk.asked_for("POST channels/create")


async def test_a_controller_that_is_too_far_behind_gives_the_connection_up_and_loses_no_fact() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {
            "GET channels": (200, []),
            "GET bridges": (200, []),
            "POST channels/create": (500, {"message": "Allocation failed"}),
            "GET endpoints/PJSIP/1002": (200, {"state": "offline"}),
        }
        async with attached(asterisk, inbox) as switch:
            inbox.is_full = True
            switch.arrange(RINGING)  # its end is told by a reconciler, not by an event
            await asterisk.until(lambda: asterisk.connections == 2)
            assert inbox.count(LegEnded) == 0

            inbox.is_full = False

            await inbox.until(lambda: inbox.count(SwitchFound) == 2)
            told = [fact for fact in inbox.facts if isinstance(fact, LegEnded)]
            assert told == [LegEnded(leg=BOB, cause=EndCause.UNREACHABLE)]
            assert inbox.facts.index(told[0]) < len(inbox.facts) - 1, "what waited is told before Asterisk is found again"


@pytest.mark.parametrize("status", [500, 400])
async def test_a_stray_that_asterisk_will_not_delete_is_asked_for_again(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.asterisk.retry.PROOF_SECONDS_MAX", 0.01)
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {
            "GET channels": (200, []),
            "GET bridges": (200, [bridge("ix-t9abc03-hold", called=bridge_name(APP))]),
            "DELETE bridges/ix-t9abc03-hold": (status, {"message": "no"}),
        }
        async with attached(asterisk, inbox):
            await asterisk.until_asked("DELETE bridges/ix-t9abc03-hold", times=5)


@asynccontextmanager
async def with_a_leg_left_behind() -> AsyncIterator[FakeAsterisk]:
    """Bob's telephone is in a leg of an interaction that nobody knows any more, and Asterisk says of its hang-up that it is done."""
    shown = {**channel(LEFT), "name": "PJSIP/1002-00000001", "dialplan": {"app_name": "Stasis", "app_data": f"{APP},"}}
    async with fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, [shown]), "GET bridges": (200, []), f"GET channels/{LEFT}": (200, shown)}
        yield asterisk


@pytest.fixture
def short_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controller.asterisk.retry.PROOF_SECONDS_MAX", 0.01)
    monkeypatch.setattr("controller.asterisk.retry.PAUSE_SECONDS_MAX", 0.02)


GONE: tuple[int, object] = (404, {"message": "Channel not found"})


@pytest.mark.usefixtures("short_proof")
async def test_a_telephone_is_rung_again_also_where_asterisk_has_never_told_the_end_of_the_leg_that_was_left() -> None:
    inbox = Inbox()
    rung = {**channel(BOB, "Down"), "name": "PJSIP/1002-00000002"}
    async with with_a_leg_left_behind() as asterisk:
        asterisk.replies[f"GET channels/{LEFT}"] = GONE
        asterisk.before_reply = {
            "POST channels/create": {"type": "StasisStart", "application": APP, "args": [], "channel": rung},
            "POST bridges/ix-i1-talk/addChannel": {"type": "ChannelEnteredBridge", "channel": rung, "bridge": {"id": "ix-i1-talk"}},
        }
        async with attached(asterisk, inbox) as switch:
            switch.arrange(RINGING)

            await asterisk.until_asked(f"POST channels/{BOB}/dial")

            assert len(asterisk.asked_for(f"DELETE channels/{LEFT}")) == 1
            assert inbox.count(LegEnded) == 0, "nobody waits for the end of a stray"


@pytest.mark.usefixtures("short_proof")
async def test_a_stray_that_is_there_after_its_hang_up_was_answered_is_hung_up_again() -> None:
    async with with_a_leg_left_behind() as asterisk, attached(asterisk, Inbox()):
        await asterisk.until_asked(f"DELETE channels/{LEFT}", times=5)


@pytest.mark.usefixtures("short_proof")
async def test_a_caller_who_was_let_go_is_told_to_be_gone_also_where_asterisk_never_tells_so() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, []), f"GET channels/{LEFT}": GONE}
        async with attached(asterisk, inbox) as switch:
            switch.let_go(LEFT)

            await inbox.until(lambda: inbox.count(LegEnded) == 1)
            assert inbox.facts[-1] == LegEnded(leg=LEFT, cause=EndCause.FAILED)


@pytest.mark.usefixtures("short_proof")
async def test_nobody_looks_after_a_stray_while_asterisk_is_away_and_the_next_look_finds_it() -> None:
    inbox = Inbox()
    async with with_a_leg_left_behind() as asterisk, attached(asterisk, inbox) as switch:
        await asterisk.until_asked(f"GET channels/{LEFT}")
        await asterisk.stop()
        await inbox.until(lambda: inbox.count(SwitchLost) == 1)
        async with asyncio.timeout(SECONDS_MAX):
            while any(f"hang up stray {LEFT}" == task.get_name() for task in asyncio.all_tasks()):  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.001)

        asterisk.replies["GET channels"] = (200, [])
        await asterisk.start()
        await inbox.until(lambda: inbox.count(SwitchFound) == 2)

        assert not switch._seen.legs


async def test_a_leg_that_is_made_only_after_the_state_was_read_is_taken_for_what_it_is() -> None:
    inbox = Inbox()
    async with fake_asterisk() as asterisk:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        asterisk.unanswered = {"POST channels/create"}
        async with attached(asterisk, inbox) as switch:
            switch.arrange(RINGING)
            await asterisk.until_asked("POST channels/create")
            asterisk.cut()  # and nobody knows what became of it
            await inbox.until(lambda: inbox.count(SwitchFound) == 2)
            asked = len(asterisk.asked_for("POST channels/create"))

            await asterisk.tell({"type": "StasisStart", "channel": channel(BOB, "Down"), "args": [], "application": APP})
            await asterisk.until_asked("POST bridges/ix-i1-talk/addChannel")

            assert not asterisk.asked_for(f"DELETE channels/{BOB}")
            assert asked >= 1


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_switch_that_has_ended_has_nothing_open_for_telephones(transport: Transport) -> None:
    inbox = Inbox()
    async with fake_asterisk(transport=transport) as asterisk:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        switch = AriSwitch(asterisk.access(), post=inbox.post, instance="x", dialable=Dialable())
        switch.telephones.use(("1001",), ())
        running = asyncio.create_task(switch.run())
        await asterisk.until(lambda: f"{APP}-telephones" in asterisk.sockets)

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert [task.get_name() for task in asyncio.all_tasks() if "telephones" in task.get_name()] == []

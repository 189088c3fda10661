"""Which telephones are there, as Asterisk tells it, and what becomes of the call of a page that has gone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from controller.asterisk import telephone_watch
from controller.asterisk.lanes import Lanes
from controller.asterisk.rest_over_websocket import WebSocketConnection
from controller.asterisk.telephone_watch import Calls, TelephoneWatch
from controller.asterisk.transport import Connection
from controller.directory.ids import LegId
from controller.interaction.facts import TelephonesBusy, TelephonesSeen
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, FakeAsterisk, Json, fake_asterisk

WATCH = f"{APP}-telephones"
ALL = "GET endpoints/PJSIP"
SOUND = "GET channels/ix-1-alice-1/rtp_statistics"
SUBSCRIBE = f"POST applications/{WATCH}/subscription"


def endpoints(**states: str) -> tuple[int, Json | list[Json]]:
    told = [{"technology": "PJSIP", "resource": name.lstrip("_").replace("_", "-"), "state": state} for name, state in states.items()]
    return 200, told


def change(endpoint: str, state: str, *calls: str) -> Json:
    shown = {"technology": "PJSIP", "resource": endpoint, "state": state, "channel_ids": list(calls)}
    return {"type": "EndpointStateChange", "application": WATCH, "endpoint": shown}


class Told(Calls):
    """Writes down what it is told, in words."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.legs: list[LegId] = []
        self.looked: Callable[[], None] = lambda: None
        """What happens when somebody looks which legs there are."""
        self.facts: list[TelephonesSeen | TelephonesBusy] = []
        self._are_busy: set[str] = set()
        self._changed = asyncio.Event()

    def telephones(self, fact: TelephonesSeen | TelephonesBusy) -> None:
        self.facts.append(fact)
        if isinstance(fact, TelephonesBusy):
            if not fact.busy and not self._are_busy:
                return  # in the beginning all of which nothing was known are told to be free
            self._are_busy = self._are_busy | set(fact.busy) - set(fact.free)
            self._note(f"busy {' '.join(fact.busy)} free {' '.join(fact.free)}")
        else:
            self._note(f"there {' '.join(fact.there)} away {' '.join(fact.away)}")

    def is_ours(self, channel: str) -> bool:
        return channel.startswith("ix-")

    def legs_of_telephone(self, endpoint: str) -> Sequence[LegId]:
        self.looked()
        return self.legs

    def telephone_away(self, endpoint: str) -> None:
        self._note(f"{endpoint} is away")

    def telephone_back(self, endpoint: str) -> None:
        self._note(f"{endpoint} is back")

    def telephone_lost(self, endpoint: str) -> None:
        self._note(f"{endpoint} is lost")

    def _note(self, line: str) -> None:
        self.lines.append(line)
        self._changed.set()

    async def until(self, *lines: str) -> None:
        """Wait until exactly this has been told since the last time."""
        try:
            async with asyncio.timeout(SECONDS_MAX):
                while len(self.lines) < len(lines):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"expected {lines}, was told {self.lines}") from None
        assert tuple(self.lines) == lines
        self.lines.clear()


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "AWAY_SECONDS", 0.05)
    monkeypatch.setattr(telephone_watch, "LOST_SECONDS", 0.15)
    monkeypatch.setattr(telephone_watch, "SOUND_SECONDS", 0.01)
    monkeypatch.setattr(telephone_watch, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr(telephone_watch, "ASKED_SECONDS", 0.0)


@asynccontextmanager
async def watching(asterisk: FakeAsterisk, desks: Sequence[str] = ("1001",), browsers: Sequence[str] = ()) -> AsyncIterator[Any]:
    """A watch that has begun; `told` of it is what it said."""
    lanes = Lanes(APP, 1)

    async def opened(app: str) -> Connection:
        return await WebSocketConnection.open(asterisk.access(), app)

    told = Told()
    watch = TelephoneWatch(APP, lanes, opened, told.telephones, told)
    carrying = asyncio.create_task(lanes.run(opened))
    await lanes.up()
    watch.use(desks, browsers)
    watch.attached()
    try:
        yield watch, told
    finally:
        watch.lost()
        carrying.cancel()
        await asyncio.wait({carrying})


async def test_a_desk_telephone_that_asterisk_has_not_asked_yet_is_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "ASKED_SECONDS", 60.0)
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
        async with watching(asterisk, desks=("1001", "1002")) as (watch, told):
            await told.until("there 1001 1002 away ")
            asterisk.replies[ALL] = endpoints(_1001="offline", _1002="offline")  # as after a start of Asterisk
            watch.attached()
            await asterisk.until_asked(ALL, times=4)
            await asterisk.tell(change("1001", "online"), WATCH)
            await asterisk.tell(change("1002", "online"), WATCH)
            await asterisk.tell(change("1002", "offline"), WATCH)

            await told.until("there  away 1002")


async def test_a_call_says_nothing_of_a_telephone_that_asterisk_has_not_asked_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "ASKED_SECONDS", 60.0)
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
        async with watching(asterisk, desks=("1001", "1002")) as (watch, told):
            await told.until("there 1001 1002 away ")
            asterisk.unanswered = {ALL}
            watch.attached()
            now = endpoints(_1001="offline", _1002="online")
            for looks in (3, 4):
                asked = await asterisk.until_asked(ALL, times=looks)
                await asterisk.tell(change("1001", "offline"), WATCH)  # as when it is rung; what was subscribed to before a cut still is
                await asterisk.reply(asked, *now)
            await asterisk.tell(change("1001", "offline"), WATCH)
            await asterisk.tell(change("1002", "offline"), WATCH)

            await told.until("there  away 1002")


async def test_all_telephones_are_told_of_soon_in_the_beginning() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="offline", _2001="online")
        async with watching(asterisk, desks=("1001", "1002", "1003")) as (_, told):
            await told.until("there 1001 away ", "there  away 1002 1003")

            assert [asked.query for asked in asterisk.asked_for(SUBSCRIBE)] == [{"eventSource": "endpoint:PJSIP/1001,endpoint:PJSIP/1002"}]
            (heard,) = asterisk.asked_for(f"PUT applications/{WATCH}/eventFilter")
            assert heard.body == {"allowed": [{"type": "EndpointStateChange"}, {"type": "ApplicationReplaced"}]}


async def test_a_telephone_that_comes_or_goes_is_told_of_once() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online")
        async with watching(asterisk) as (_, told):
            await told.until("there 1001 away ")
            for state in ("online", "offline", "offline", "online"):
                await asterisk.tell(change("1001", state), WATCH)

            await told.until("there  away 1001", "there 1001 away ")


async def test_a_telephone_in_a_call_that_is_none_of_ours_is_busy_until_that_is_over() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online")
        async with watching(asterisk) as (_, told):
            await told.until("there 1001 away ")
            await asterisk.tell(change("1001", "online", "ix-i1-alice-1"), WATCH)
            await asterisk.tell(change("1001", "online", "ix-i1-alice-1", "1700000000.7"), WATCH)
            await asterisk.tell(change("1001", "online"), WATCH)

            await told.until("busy 1001 free ", "busy  free 1001")


async def test_what_is_free_when_we_begin_is_told_since_an_earlier_process_may_have_said_otherwise() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
        async with watching(asterisk, desks=("1001", "1002")) as (_, told):
            await told.until("there 1001 1002 away ")

            assert TelephonesBusy(free=("1001", "1002")) in told.facts


async def test_a_telephone_that_is_in_another_call_when_we_begin_is_busy() -> None:
    async with fake_asterisk() as asterisk:
        shown = {"technology": "PJSIP", "resource": "1001", "state": "online", "channel_ids": ["1700000000.7"]}
        asterisk.replies[ALL] = (200, [shown])
        async with watching(asterisk) as (_, told):
            await told.until("there 1001 away ", "busy 1001 free ")


async def test_a_telephone_of_which_asterisk_knows_nothing_is_taken_for_there() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="unknown")
        async with watching(asterisk) as (_, told):
            await told.until("there 1001 away ")


async def test_what_is_heard_while_the_state_is_asked_for_is_newer_than_the_answer() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online")
        async with watching(asterisk) as (watch, told):
            await told.until("there 1001 away ")
            asterisk.unanswered.add(ALL)
            watch.attached()
            await asterisk.reply(await asterisk.until_asked(ALL, times=3), *endpoints(_1001="online"))
            waits = await asterisk.until_asked(ALL, times=4)
            await asterisk.tell(change("1001", "offline"), WATCH)
            async with asyncio.timeout(SECONDS_MAX):
                while True:  # nothing outside shows that the event has come before the answer
                    if watch._heard:
                        break
                    await asyncio.sleep(0.01)
            await asterisk.reply(waits, *endpoints(_1001="online"))

            await told.until("there  away 1001")


async def test_a_connection_that_is_lost_is_taken_up_again_and_only_news_are_told() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
        async with watching(asterisk, desks=("1001", "1002")) as (_, told):
            await told.until("there 1001 1002 away ")
            asterisk.replies[ALL] = endpoints(_1001="offline", _1002="online")
            asterisk.cut(WATCH)

            await told.until("there  away 1001")


async def test_a_site_with_other_telephones_has_those_told_of() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
        async with watching(asterisk) as (watch, told):
            await told.until("there 1001 away ")
            watch.use(("1001", "1002"), ())

            await told.until("there 1001 away ", "there 1002 away ")


async def test_a_site_that_gives_the_same_telephones_to_others_has_them_told_of_anew() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002="offline")
        async with watching(asterisk, desks=("1001", "1002")) as (watch, told):
            await told.until("there 1001 away ", "there  away 1002")
            watch.use(("1002", "1001"), ())

            await told.until("there 1001 away 1002")


async def test_a_telephone_that_is_added_to_asterisk_later_is_followed_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "LOOK_AGAIN_SECONDS", 0.02)
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online")
        async with watching(asterisk, desks=("1001", "1002")) as (_, told):
            await told.until("there 1001 away ", "there  away 1002")
            asterisk.replies[ALL] = endpoints(_1001="online", _1002="offline")
            await asterisk.until_asked(SUBSCRIBE, times=2)
            await asterisk.tell(change("1002", "online"), WATCH)

            await told.until("there 1002 away ")
            assert [asked.query for asked in asterisk.asked_for(SUBSCRIBE)] == [
                {"eventSource": "endpoint:PJSIP/1001"},
                {"eventSource": "endpoint:PJSIP/1002"},
            ]


async def test_where_asterisk_is_away_nothing_is_told_until_it_is_back() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online")
        async with watching(asterisk) as (watch, told):
            await told.until("there 1001 away ")
            watch.lost()
            watch.use(("1001", "1002"), ())
            asterisk.replies[ALL] = endpoints(_1001="online", _1002="online")
            watch.attached()

            await told.until("there 1001 away ", "there 1002 away ")


# --- Telephones in browsers --------------------------------------------------------------------------------------------


async def test_a_page_that_goes_for_good_is_away_and_then_lost() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001_web="online")
        async with watching(asterisk, (), ("1001-web",)) as (_, told):
            await told.until("there 1001-web away ", "1001-web is back")
            await asterisk.tell(change("1001-web", "offline"), WATCH)

            await told.until("there  away 1001-web", "1001-web is away", "1001-web is lost")


async def test_a_page_from_which_sound_comes_is_not_away_until_it_falls_silent() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001_web="online")
        async with watching(asterisk, (), ("1001-web",)) as (_, told):
            await told.until("there 1001-web away ", "1001-web is back")
            spoken = iter([50, 75, 100, 125, 125, 125])
            told.legs = [LegId("ix-1-alice-1")]
            told.looked = lambda: asterisk.replies.update({SOUND: (200, {"rxcount": next(spoken)})})
            await asterisk.tell(change("1001-web", "offline"), WATCH)

            await told.until("there  away 1001-web", "1001-web is away", "1001-web is lost")
            assert len(asterisk.asked_for(SOUND)) == 5
            assert list(spoken) == [125]


@pytest.mark.parametrize("answer", [(404, {"message": "Channel not found"}), (500, {"message": "no"}), (200, {})])
async def test_a_page_of_which_no_sound_is_known_is_taken_for_silent(answer: tuple[int, Json]) -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies |= {ALL: endpoints(_1001_web="online"), SOUND: answer}
        async with watching(asterisk, (), ("1001-web",)) as (_, told):
            await told.until("there 1001-web away ", "1001-web is back")
            told.legs = [LegId("ix-1-alice-1")]
            await asterisk.tell(change("1001-web", "offline"), WATCH)

            await told.until("there  away 1001-web", "1001-web is away", "1001-web is lost")
            assert len(asterisk.asked_for(SOUND)) == 2


async def test_a_page_that_comes_back_at_once_is_not_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "AWAY_SECONDS", 60.0)
    monkeypatch.setattr(telephone_watch, "LOST_SECONDS", 60.0)
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001_web="online")
        async with watching(asterisk, (), ("1001-web",)) as (_, told):
            await told.until("there 1001-web away ", "1001-web is back")
            await asterisk.tell(change("1001-web", "offline"), WATCH)
            await asterisk.tell(change("1001-web", "online"), WATCH)

            await told.until("there  away 1001-web", "there 1001-web away ", "1001-web is back")


async def test_a_desk_telephone_that_goes_loses_no_call() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001="online", _1002_web="online")
        async with watching(asterisk, ("1001",), ("1002-web",)) as (_, told):
            await told.until("there 1001 1002-web away ", "1002-web is back")
            await asterisk.tell(change("1001", "offline"), WATCH)
            await asterisk.tell(change("1002-web", "offline"), WATCH)

            await told.until("there  away 1001", "there  away 1002-web", "1002-web is away", "1002-web is lost")


async def test_after_a_start_pages_have_longer_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telephone_watch, "GRACE_SECONDS", 0.2)
    async with fake_asterisk() as asterisk:
        asterisk.replies[ALL] = endpoints(_1001_web="offline")
        begun = asyncio.get_running_loop().time()
        async with watching(asterisk, (), ("1001-web",)) as (_, told):
            await told.until("there  away 1001-web", "1001-web is away", "1001-web is lost")

            assert asyncio.get_running_loop().time() - begun >= 0.35

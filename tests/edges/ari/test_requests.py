"""One socket to Asterisk: every request gets its own reply, or one error that says what is known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from controller.asterisk import applications, bridges, channels, system
from controller.asterisk.connection import WAITING_MAX, Connection, session_for
from controller.asterisk.errors import AlreadyThere, Gone, NoAnswer, NotUnderstood, SwitchAway, Unreachable
from controller.directory.ids import LegId
from tests.edges.ari.fake_asterisk import APP, FakeAsterisk, channel, fake_asterisk, state_change

CORA = LegId("1795340208.12")


class Client:
    """A connection that is being read, and what it heard that was no reply."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: list[str] = []
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> SwitchAway:
        try:
            await self.connection.read(self.heard.append)
        except SwitchAway as ended:
            return ended


@asynccontextmanager
async def connected(asterisk: FakeAsterisk, *, ping_every_seconds: float = 30) -> AsyncIterator[Client]:
    access = asterisk.access()
    async with session_for(access) as session:
        client = Client(await Connection.open(session, access.url, APP, ping_every_seconds=ping_every_seconds))
        try:
            yield client
        finally:
            await client.connection.close()
            await client.reading


async def test_a_request_says_all_that_asterisk_needs() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["POST channels/create"] = (200, channel("ix-7-alice-1", "Down"))

        await channels.create(
            client.connection, 0, LegId("ix-7-alice-1"), endpoint="PJSIP/1001", app=APP, variables={"CHANNEL(musicclass)": "tone"}
        )

        assert asterisk.asked[-1].query == {"endpoint": "PJSIP/1001", "app": APP, "channelId": "ix-7-alice-1"}
        assert asterisk.asked[-1].body == {"variables": {"CHANNEL(musicclass)": "tone"}}


async def test_an_id_that_holds_a_slash_stays_one_id() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        await channels.answer(client.connection, 0, LegId("a/../b;2"))

        assert asterisk.asked[-1].what == "POST channels/a%2F..%2Fb%3B2/answer"


async def test_each_request_gets_its_own_reply_whatever_the_order() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"GET channels/a", "GET channels/b"}
        first = asyncio.create_task(channels.get(client.connection, 0, LegId("a")))
        second = asyncio.create_task(channels.get(client.connection, 0, LegId("b")))
        asked_first, asked_second = await asterisk.until_asked("GET channels/a"), await asterisk.until_asked("GET channels/b")

        await asterisk.reply(asked_second, 200, channel("b"))
        await asterisk.reply(asked_first, 200, channel("a"))

        assert (await first).id == "a"
        assert (await second).id == "b"


async def test_an_event_that_comes_before_the_reply_is_heard_first() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.before_reply["POST bridges/ix-7-talk/addChannel"] = state_change(CORA)

        await bridges.add_channel(client.connection, 0, "ix-7-talk", CORA)

        assert len(client.heard) == 1
        assert CORA in client.heard[0]


async def test_a_reply_that_does_not_come_in_time_is_no_answer_and_harms_nobody_when_it_comes_late() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"GET asterisk/ping"}
        with pytest.raises(NoAnswer, match="nobody knows whether it was done"):
            await client.connection.request("GET", "asterisk/ping", seconds_max=0.05)

        await asterisk.reply(asterisk.asked[-1])
        await asterisk.reply(asterisk.asked[-1])

        assert (await system.status(client.connection, 0)).startup_time == asterisk.startup_time
        assert client.heard == []


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (404, "Channel not found", Gone),
        (409, "Channel not in Stasis application", Gone),
        (412, "Channel in invalid state", Gone),
        (422, "Channel not in Stasis application", Gone),
        (400, "Channel not found", Gone),
    ],
)
async def test_a_request_that_crosses_a_hang_up_finds_the_leg_gone(status: int, message: str, error: type[Exception]) -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["POST bridges/ix-7-talk/addChannel"] = (status, {"message": message})

        with pytest.raises(error, match=f"{status} {message}"):
            await bridges.add_channel(client.connection, 0, "ix-7-talk", CORA)


async def test_a_telephone_that_is_not_registered_is_unreachable() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["POST channels/create"] = (500, {"error": "Allocation failed"})

        with pytest.raises(Unreachable):
            await channels.create(client.connection, 0, LegId("ix-7-bob-1"), endpoint="PJSIP/1002", app=APP)


async def test_an_id_that_is_taken_is_told_apart_from_a_leg_that_is_gone() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["POST bridges/ix-7-talk"] = (409, {"message": "Bridge with id 'ix-7-talk' already exists"})

        with pytest.raises(AlreadyThere):
            await bridges.create(client.connection, 0, "ix-7-talk", kind=bridges.TALK, name="talk")


@pytest.mark.parametrize("body", ["", "<html>", "[1", '{"name": "no id"}', "[]"])
async def test_a_body_that_is_not_ari_is_not_understood(body: str) -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies[f"GET channels/{CORA}"] = (200, body)

        with pytest.raises(NotUnderstood):
            await channels.get(client.connection, 0, CORA)


async def test_a_complaint_that_is_no_json_is_quoted_as_it_is() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["DELETE channels/x"] = (404, "no such thing")

        with pytest.raises(Gone, match="404 no such thing"):
            await channels.hang_up(client.connection, 0, LegId("x"), reason="normal")


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"type": "RESTResponse"}', '{"type": "RESTResponse", "transaction_id": 7}'])
async def test_a_message_that_makes_no_sense_is_handed_on_and_the_next_reply_still_comes(text: str) -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        await asterisk.tell(text)

        await system.ping(client.connection, 0)

        assert client.heard == [text]


async def test_an_answer_of_many_megabytes_is_read() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.replies["GET channels"] = (200, [channel(f"17953402{number:05}.1") for number in range(10_000)])

        assert len(await channels.every(client.connection, 0)) == 10_000


async def test_every_waiting_request_fails_at_once_when_the_socket_breaks() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {f"POST channels/{number}/answer" for number in range(3)}
        waiting = [asyncio.create_task(channels.answer(client.connection, 0, LegId(str(number)))) for number in range(3)]
        await asterisk.until(lambda: len(asterisk.asked) == 3)

        asterisk.cut()

        async with asyncio.timeout(1):
            failures = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(failure, SwitchAway) and failure.sent for failure in failures)


async def test_nothing_is_sent_once_the_socket_is_broken() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.cut()
        await client.reading

        with pytest.raises(SwitchAway, match="nothing was done") as refused:
            await channels.answer(client.connection, 0, CORA)

        assert not refused.value.sent
        assert asterisk.asked == []


async def test_an_asterisk_that_answers_no_ping_is_gone() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk, ping_every_seconds=0.1) as client:
        asterisk.frozen = True
        waiting = asyncio.create_task(channels.answer(client.connection, 0, CORA))

        async with asyncio.timeout(1):
            ended = await client.reading

        assert "PONG" in str(ended)
        with pytest.raises(SwitchAway):
            await waiting


async def test_more_requests_than_a_socket_can_serve_are_refused_unsent() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"GET asterisk/ping"}
        waiting = [asyncio.create_task(system.ping(client.connection, 0)) for _ in range(WAITING_MAX)]
        await asterisk.until(lambda: len(asterisk.asked) == WAITING_MAX)

        with pytest.raises(SwitchAway, match="already wait"):
            await system.ping(client.connection, 0)

        asterisk.cut()
        await asyncio.gather(*waiting, return_exceptions=True)


async def test_the_password_is_in_no_url() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk):
        assert asterisk.urls
        assert not any("secret" in url or "api_key" in url for url in asterisk.urls)


async def test_the_event_filter_says_only_what_is_not_wanted() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        await applications.spare_us(client.connection, 0, APP, ["ChannelVarset"])

        # A list of what is wanted would swallow every reply, unless it named RESTResponse.
        assert asterisk.asked[-1].body == {"disallowed": [{"type": "ChannelVarset"}]}

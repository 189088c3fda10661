"""Plain HTTP by asyncari: what the wrapper must hold that a WebSocket holds by itself."""

import asyncio

import pytest

from controller.asterisk import channels, over_asyncari, system
from controller.asterisk.attachment import Attachment
from controller.asterisk.errors import Booting, NoAnswer, NotAllowed, RequestFailed, SwitchAway
from controller.asterisk.over_asyncari import AsyncariConnection
from controller.asterisk.transport import WAITING_MAX
from controller.directory.ids import LegId
from controller.directory.site import AsteriskAccess
from tests.edges.ari.connections import connected
from tests.edges.ari.fake_asterisk import APP, OVER_HTTP, FakeAsterisk, channel, fake_asterisk, state_change
from tests.edges.ari.following import Follower, following

PING = "GET asterisk/ping"


def over_asyncari_to(asterisk: FakeAsterisk) -> AsteriskAccess:
    asterisk.transport = "asyncari"
    return asterisk.access()


async def test_requests_are_executed_in_the_order_in_which_they_were_asked() -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"POST channels/0/answer"}
        waiting = [asyncio.create_task(channels.answer(client.connection, 0, LegId(str(number)))) for number in range(4)]
        first = await asterisk.until_asked("POST channels/0/answer")
        assert len(asterisk.asked) == 1, "the second waits for the first's answer"

        await asterisk.reply(first)
        await asyncio.gather(*waiting)

        assert [asked.what for asked in asterisk.asked] == [f"POST channels/{number}/answer" for number in range(4)]


async def test_a_request_that_nobody_waits_for_any_more_goes_on_so_that_no_later_one_overtakes_it() -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {PING}
        with pytest.raises(NoAnswer, match="nobody knows whether it was done"):
            await client.connection.request("GET", "asterisk/ping", seconds_max=0.05)

        with pytest.raises(SwitchAway, match=r"was not answered in 0\.05 s.*nothing was done") as unsent:
            await client.connection.request("POST", "channels/1/answer", seconds_max=0.05)
        later = asyncio.create_task(channels.answer(client.connection, 0, LegId("2")))
        await asyncio.sleep(0)
        await asterisk.reply(asterisk.asked[0])
        await later

        assert not unsent.value.sent
        assert [asked.what for asked in asterisk.asked] == [PING, "POST channels/2/answer"]


async def test_whoever_is_cancelled_while_asking_takes_nobody_along() -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {PING}
        asking = asyncio.create_task(system.ping(client.connection, 0))
        asked = await asterisk.until_asked(PING)

        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asterisk.reply(asked)
        asterisk.unanswered = set()

        await system.ping(client.connection, 0)
        assert not client.reading.done()


async def test_a_request_that_is_never_answered_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_asyncari, "ANSWER_SECONDS_MAX", 0.1)
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {PING}

        with pytest.raises(SwitchAway) as lost:
            await system.ping(client.connection, 0)

        assert lost.value.sent
        assert "read timeout" in str(await client.reading)


async def test_a_cut_http_connection_fails_what_it_carried_and_nothing_is_asked_twice() -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"POST channels/1/answer"}
        carried = asyncio.create_task(channels.answer(client.connection, 0, LegId("1")))
        behind = asyncio.create_task(channels.answer(client.connection, 0, LegId("2")))
        await asterisk.until_asked("POST channels/1/answer")

        asterisk.cut_http()

        with pytest.raises(SwitchAway, match="nobody knows whether it was done"):
            await carried
        with pytest.raises(SwitchAway, match="nothing was done"):
            await behind
        assert len(asterisk.asked) == 1
        await client.reading


async def test_more_requests_than_a_connection_can_serve_are_refused_unsent() -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {PING}
        waiting = [asyncio.create_task(system.ping(client.connection, 0))]
        await asterisk.until_asked(PING)
        waiting += [asyncio.create_task(system.ping(client.connection, 0)) for _ in range(WAITING_MAX)]
        await asyncio.sleep(0)

        with pytest.raises(SwitchAway, match="already wait"):
            await system.ping(client.connection, 0)

        asterisk.cut()
        await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.parametrize(
    ("query", "body", "status"),
    [({"eventSource": "," * 2_000}, None, 414), ({}, {"variables": {"A": "x" * 41_000}}, 413)],
)
async def test_what_is_longer_than_asterisk_reads_is_not_asked(query: dict[str, str], body: dict[str, object] | None, status: int) -> None:
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        with pytest.raises(RequestFailed, match="not asked") as refused:
            await client.connection.request("POST", "channels/create", query=query, body=body)

        assert refused.value.status == status
        assert asterisk.asked == []
        await system.ping(client.connection, 0)


async def test_an_answer_without_an_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_asyncari, "ANSWER_BYTES_MAX", 1_000)
    async with fake_asterisk(transport="asyncari") as asterisk, connected(asterisk) as client:
        asterisk.replies["GET channels"] = (200, [channel(str(number)) for number in range(20)])

        with pytest.raises(SwitchAway, match="longer than 1000 bytes"):
            await channels.every(client.connection, 0)
        await client.reading


async def test_an_event_is_heard_that_was_sent_before_anybody_read() -> None:
    async with fake_asterisk() as asterisk:
        connection = await AsyncariConnection.open(over_asyncari_to(asterisk), APP)
        await asterisk.tell(state_change("1"))
        await asterisk.tell(state_change("2"))
        heard: asyncio.Queue[str] = asyncio.Queue(10)

        reading = asyncio.create_task(connection.read(heard.put_nowait))
        assert ['"1"' in await heard.get(), '"2"' in await heard.get()] == [True, True]

        await connection.close()
        with pytest.raises(SwitchAway):
            await reading


async def test_an_event_of_many_frames_is_heard_whole() -> None:
    async with fake_asterisk() as asterisk:
        connection = await AsyncariConnection.open(over_asyncari_to(asterisk), APP)
        heard: asyncio.Queue[str] = asyncio.Queue(10)
        reading = asyncio.create_task(connection.read(heard.put_nowait))

        await asterisk.tell("é" * 300_000)

        assert await heard.get() == "é" * 300_000
        await connection.close()
        with pytest.raises(SwitchAway):
            await reading


async def test_whatever_hears_an_event_may_end_the_reading_and_says_why() -> None:
    class Enough(Exception):
        pass

    def hear(text: str) -> None:
        raise Enough

    async with fake_asterisk() as asterisk:
        connection = await AsyncariConnection.open(over_asyncari_to(asterisk), APP)
        await asterisk.tell(state_change("1"))

        with pytest.raises(Enough):
            await connection.read(hear)
        await connection.close()


@pytest.mark.parametrize("hears", [True, False])
async def test_a_wrong_password_and_an_asterisk_that_starts_are_said_as_such(hears: bool) -> None:
    async with fake_asterisk() as asterisk:
        access = over_asyncari_to(asterisk)
        asterisk.password = "another"
        with pytest.raises(NotAllowed):
            await AsyncariConnection.open(access, APP, hears=hears)

        asterisk.booting = True
        with pytest.raises(Booting):
            await AsyncariConnection.open(access, APP, hears=hears)

        await asterisk.stop()
        with pytest.raises(SwitchAway, match="nothing was done"):
            await AsyncariConnection.open(access, APP, hears=hears)


async def test_an_asterisk_that_takes_the_connection_and_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_asyncari, "CONNECT_SECONDS_MAX", 0.1)

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(-1)
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as silent:
        access = FakeAsterisk(port=silent.sockets[0].getsockname()[1], transport="asyncari").access()
        for hears in (True, False):
            with pytest.raises(SwitchAway, match=r"did not answer in 0.1 s"):
                await AsyncariConnection.open(access, APP, hears=hears)


async def test_the_password_stands_in_no_url_and_in_no_error() -> None:
    async with fake_asterisk() as asterisk:
        asterisk.replies["GET asterisk/ping"] = (500, {"message": "no"})
        follower = Follower()
        async with following(over_asyncari_to(asterisk), follower):
            await asterisk.until(lambda: len(asterisk.urls) > 3)
        connection = await AsyncariConnection.open(asterisk.access(), APP)
        with pytest.raises(RequestFailed) as failed:
            await system.ping(connection, 0)
        await connection.close()

        said = [*asterisk.urls, str(failed.value), repr(failed.value), repr(failed.value.__cause__)]
        assert not any("secret" in text or "api_key" in text for text in said)


async def test_lanes_are_http_connections_and_no_applications() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(over_asyncari_to(asterisk), follower) as attachment:
        await follower.until_told("attached")

        assert set(asterisk.sockets) == {APP}
        for lane in range(3):
            await system.ping(attachment.ari, lane)
        assert {asked.app for asked in asterisk.asked} == {OVER_HTTP}


async def test_cut_http_connections_are_opened_again_and_nobody_is_told_of_a_loss() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(over_asyncari_to(asterisk), follower) as attachment:
        await follower.until_told("attached")

        asterisk.cut_http()

        async with asyncio.timeout(3):
            while True:
                try:
                    await system.ping(attachment.ari, 0)
                    await system.ping(attachment.ari, 1)
                    break
                except SwitchAway:
                    await asyncio.sleep(0.01)
        assert follower.story == ["attached"]


async def test_a_cancelled_attachment_leaves_nothing_open() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        attachment = Attachment(over_asyncari_to(asterisk), follower, instance="x")
        running = asyncio.create_task(attachment.run())
        await follower.until_told("attached")

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        await asterisk.until(lambda: not asterisk.sockets)
        assert not [task for task in asyncio.all_tasks() if "asyncari" in task.get_name()]

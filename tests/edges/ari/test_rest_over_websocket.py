"""Requests and replies over one WebSocket: what is so of this way only."""

import asyncio

import pytest

from controller.asterisk import channels, system
from controller.asterisk.errors import NoAnswer, SwitchAway
from controller.asterisk.transport import WAITING_MAX
from controller.directory.ids import LegId
from tests.edges.ari.connections import connected
from tests.edges.ari.fake_asterisk import channel, fake_asterisk

CORA = LegId("1795340208.12")


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


async def test_a_reply_that_does_not_come_in_time_is_no_answer_and_harms_nobody_when_it_comes_late() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {"GET asterisk/ping"}
        with pytest.raises(NoAnswer, match="nobody knows whether it was done"):
            await client.connection.request("GET", "asterisk/ping", seconds_max=0.05)

        await asterisk.reply(asterisk.asked[-1])
        await asterisk.reply(asterisk.asked[-1])

        assert (await system.status(client.connection, 0)).startup_time == asterisk.startup_time
        assert client.heard == []


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"type": "RESTResponse"}', '{"type": "RESTResponse", "transaction_id": 7}'])
async def test_a_message_that_makes_no_sense_is_handed_on_and_the_next_reply_still_comes(text: str) -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        await asterisk.tell(text)

        await system.ping(client.connection, 0)

        assert client.heard == [text]


async def test_every_waiting_request_fails_at_once_when_the_socket_breaks() -> None:
    async with fake_asterisk() as asterisk, connected(asterisk) as client:
        asterisk.unanswered = {f"POST channels/{number}/answer" for number in range(3)}
        waiting = [asyncio.create_task(channels.answer(client.connection, 0, LegId(str(number)))) for number in range(3)]
        await asterisk.until(lambda: len(asterisk.asked) == 3)

        asterisk.cut()

        async with asyncio.timeout(1):
            failures = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(failure, SwitchAway) and failure.sent for failure in failures)


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

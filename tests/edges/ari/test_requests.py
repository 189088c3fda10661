"""One connection to Asterisk, by either way: every request gets its own reply, or one error that says what is known."""

import pytest

from controller.asterisk import applications, bridges, channels
from controller.asterisk.errors import AlreadyThere, Gone, NotUnderstood, SwitchAway, Unreachable
from controller.directory.ids import LegId
from controller.directory.site import Transport
from tests.edges.ari.connections import connected
from tests.edges.ari.fake_asterisk import APP, TRANSPORTS, channel, fake_asterisk, state_change

CORA = LegId("1795340208.12")
EITHER_WAY = pytest.mark.parametrize("transport", TRANSPORTS)


@EITHER_WAY
async def test_a_request_says_all_that_asterisk_needs(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["POST channels/create"] = (200, channel("ix-7-alice-1", "Down"))

        await channels.create(
            client.connection, 0, LegId("ix-7-alice-1"), endpoint="PJSIP/1001", app=APP, variables={"CHANNEL(musicclass)": "tone"}
        )

        assert asterisk.asked[-1].query == {"endpoint": "PJSIP/1001", "app": APP, "channelId": "ix-7-alice-1"}
        assert asterisk.asked[-1].body == {"variables": {"CHANNEL(musicclass)": "tone"}}


@EITHER_WAY
async def test_an_id_that_holds_a_slash_stays_one_id(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        await channels.answer(client.connection, 0, LegId("a/../b;2"))

        assert asterisk.asked[-1].what == "POST channels/a%2F..%2Fb%3B2/answer"


@EITHER_WAY
async def test_an_event_that_comes_before_the_reply_is_heard_first(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.before_reply["POST bridges/ix-7-talk/addChannel"] = state_change(CORA)

        await bridges.add_channel(client.connection, 0, "ix-7-talk", CORA)

        assert len(client.heard) == 1
        assert CORA in client.heard[0]


@EITHER_WAY
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
async def test_a_request_that_crosses_a_hang_up_finds_the_leg_gone(
    status: int, message: str, error: type[Exception], transport: Transport
) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["POST bridges/ix-7-talk/addChannel"] = (status, {"message": message})

        with pytest.raises(error, match=f"{status} {message}"):
            await bridges.add_channel(client.connection, 0, "ix-7-talk", CORA)


@EITHER_WAY
async def test_a_telephone_that_is_not_registered_is_unreachable(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["POST channels/create"] = (500, {"error": "Allocation failed"})

        with pytest.raises(Unreachable):
            await channels.create(client.connection, 0, LegId("ix-7-bob-1"), endpoint="PJSIP/1002", app=APP)


@EITHER_WAY
async def test_an_id_that_is_taken_is_told_apart_from_a_leg_that_is_gone(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["POST bridges/ix-7-talk"] = (409, {"message": "Bridge with id 'ix-7-talk' already exists"})

        with pytest.raises(AlreadyThere):
            await bridges.create(client.connection, 0, "ix-7-talk", kind=bridges.TALK, name="talk")


@EITHER_WAY
@pytest.mark.parametrize("body", ["", "<html>", "[1", '{"name": "no id"}', "[]"])
async def test_a_body_that_is_not_ari_is_not_understood(body: str, transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies[f"GET channels/{CORA}"] = (200, body)

        with pytest.raises(NotUnderstood):
            await channels.get(client.connection, 0, CORA)


@EITHER_WAY
async def test_a_complaint_that_is_no_json_is_quoted_as_it_is(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["DELETE channels/x"] = (404, "no such thing")

        with pytest.raises(Gone, match="404 no such thing"):
            await channels.hang_up(client.connection, 0, LegId("x"), reason="normal")


@EITHER_WAY
async def test_an_answer_of_many_megabytes_is_read(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.replies["GET channels"] = (200, [channel(f"17953402{number:05}.1") for number in range(10_000)])

        assert len(await channels.every(client.connection, 0)) == 10_000


@EITHER_WAY
async def test_nothing_is_sent_once_the_socket_is_broken(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        asterisk.cut()
        await client.reading

        with pytest.raises(SwitchAway, match="nothing was done") as refused:
            await channels.answer(client.connection, 0, CORA)

        assert not refused.value.sent
        assert asterisk.asked == []


@EITHER_WAY
async def test_the_password_is_in_no_url(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk):
        assert asterisk.urls
        assert not any("secret" in url or "api_key" in url for url in asterisk.urls)


@EITHER_WAY
async def test_the_event_filter_says_only_what_is_not_wanted(transport: Transport) -> None:
    async with fake_asterisk(transport=transport) as asterisk, connected(asterisk) as client:
        await applications.spare_us(client.connection, 0, APP, ["ChannelVarset"])

        # A list of what is wanted would swallow every reply, unless it named RESTResponse.
        assert asterisk.asked[-1].body == {"disallowed": [{"type": "ChannelVarset"}]}

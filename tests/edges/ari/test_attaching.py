"""From the first try to hearing everything: nobody is told that we are attached before events do reach us."""

import asyncio

import pytest

from controller.asterisk import stay, system
from controller.asterisk.capabilities import Release
from controller.asterisk.errors import NoAnswer, SwitchAway
from controller.directory.site import Transport
from tests.edges.ari.fake_asterisk import APP, OVER_HTTP, fake_asterisk, state_change
from tests.edges.ari.following import Follower, following

FILTER = f"PUT applications/{APP}/eventFilter"
MARK = f"POST events/user/{stay.MARK}"


async def test_attached_is_told_after_the_filter_is_set_and_a_marker_came_back_and_then_commands_work() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")

        assert [asked.what for asked in asterisk.asked if asked.app == APP] == [FILTER, "GET asterisk/info", MARK]
        for lane in range(5):
            await system.ping(attachment.ari, lane)
        assert {asked.app for asked in asterisk.asked_for("GET asterisk/ping")} == {f"{APP}-lane-0", f"{APP}-lane-1"}
        assert attachment.away_because is None


async def test_an_asterisk_that_still_starts_is_waited_for() -> None:
    follower = Follower()
    async with fake_asterisk(booting=True) as asterisk, following(asterisk.access(), follower) as attachment:
        await asterisk.until(lambda: len(asterisk.urls) >= 2)
        assert attachment.away_because == f"Asterisk at {asterisk.access().url} is still starting"

        asterisk.booting = False

        await follower.until_told("attached")


async def test_the_release_is_known_before_the_state_is_read() -> None:
    follower = Follower()
    follower.may_return.clear()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        assert attachment.release is None

        await follower.until_told("attached")

        assert attachment.release == Release(22, 10, 1)
        asterisk.version = "22.11.0"
        asterisk.cut()
        await follower.until(lambda: attachment.release == Release(22, 11))


async def test_a_wrong_password_is_said_in_words() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(password="wrong"), follower) as attachment:
        await asterisk.until(lambda: len(asterisk.urls) >= 2)

        assert "refuses the user 'controller' or its password" in str(attachment.away_because)
        assert follower.story == []


async def test_a_password_that_is_put_right_is_used_at_the_next_try() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(password="wrong"), follower) as attachment:
        await asterisk.until(lambda: len(asterisk.urls) >= 2)

        attachment.use_access(asterisk.access())

        await follower.until_told("attached")


async def test_a_password_that_is_another_one_by_now_costs_no_connection_that_is_open() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.password = "the next one"

        attachment.use_access(asterisk.access(password="the next one"))
        await system.ping(attachment.ari, 0)
        assert follower.story == ["attached"]

        asterisk.cut()
        await follower.until_told("attached", "lost", "attached")


@pytest.mark.parametrize("transport", ["rest-over-websocket", "asyncari"])
async def test_another_application_is_opened_in_the_same_way_with_the_password_of_now(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        asterisk.transport = transport
        async with following(asterisk.access(), follower) as attachment:
            await follower.until_told("attached")
            asterisk.password = "the next one"
            attachment.use_access(asterisk.access(password="the next one"))

            beside = await attachment.open("beside")

            reading = asyncio.create_task(beside.read(lambda text: None))
            await system.ping(beside, 0)
            assert (asterisk.asked[-1].app == OVER_HTTP) is (transport == "asyncari")
            await beside.close()
            with pytest.raises(SwitchAway):
                await reading


@pytest.mark.parametrize(
    ("wanted", "version", "is_over_http"),
    [
        ("auto", "22.10.1", False),
        ("auto", "20.14.0", False),
        ("auto", "20.13.0", True),
        ("auto", "16.28.0~dfsg-0+deb11u4", True),
        ("auto", "GIT-master-1a2b3c4", True),
        ("asyncari", "22.10.1", True),
        ("rest-over-websocket", "GIT-master-1a2b3c4", False),
    ],
)
async def test_the_way_is_chosen_by_the_release_where_the_site_file_leaves_it_open(
    wanted: Transport, version: str, is_over_http: bool
) -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        asterisk.transport, asterisk.version = wanted, version
        async with following(asterisk.access(), follower):
            await follower.until_told("attached")

        assert {asked.app == OVER_HTTP for asked in asterisk.asked} == {is_over_http}


async def test_a_release_without_rest_over_websocket_is_not_asked_that_way() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        asterisk.version = "16.28.0"
        async with following(asterisk.access(), follower) as attachment:
            await asterisk.until(lambda: len(asterisk.urls) >= 2)

            assert 'Asterisk 16.28.0 has no REST over WebSocket: say transport = "auto"' in str(attachment.away_because)
            assert asterisk.asked == []


async def test_an_asterisk_that_is_not_there_is_found_when_it_comes() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        await asterisk.stop()
        async with following(asterisk.access(), follower) as attachment:
            with pytest.raises(SwitchAway, match="nothing was done"):
                await system.ping(attachment.ari, 0)

            await asterisk.start()

            await follower.until_told("attached")


async def test_an_asterisk_whose_events_do_not_reach_us_is_left_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stay, "MARK_SECONDS_MAX", 0.05)
    follower = Follower()
    async with fake_asterisk() as asterisk:
        asterisk.deaf = True
        async with following(asterisk.access(), follower) as attachment:
            await asterisk.until(lambda: asterisk.connections >= 2)
            assert "its events do not reach us" in str(attachment.away_because)
            assert follower.story == []

            asterisk.deaf = False

            await follower.until_told("attached")


async def test_events_wait_while_the_state_is_read_and_are_then_heard_in_order() -> None:
    follower = Follower()
    follower.may_return.clear()
    async with fake_asterisk() as asterisk:
        asterisk.before_reply["GET asterisk/info"] = state_change("1")
        async with following(asterisk.access(), follower):
            await follower.until_told("attached")
            for leg in ("2", "3"):
                await asterisk.tell(state_change(leg))

            follower.may_return.set()

            await follower.until_told("attached", "heard 1", "heard 2", "heard 3")
            await asterisk.tell(state_change("4"))
            await follower.until_told("attached", "heard 1", "heard 2", "heard 3", "heard 4")


async def test_more_events_than_can_wait_are_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stay, "EVENTS_WAITING_MAX", 3)
    follower = Follower()
    follower.may_return.clear()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached")
        for leg in ("1", "2", "3", "4"):
            await asterisk.tell(state_change(leg))

        await follower.until_told("attached", "lost", "attached")

        assert "more than 3 came" in follower.lost_because[0]


async def test_a_state_that_cannot_be_read_is_read_again_over_a_new_connection() -> None:
    follower = Follower()
    follower.fails_with = NoAnswer("GET channels", 5)
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached", "lost", "attached")

        assert asterisk.connections == 2
        assert "GET channels" in follower.lost_because[0]


async def test_unknown_and_broken_events_are_passed_over_and_the_next_one_is_heard() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        for text in ("", "}{", "[]", "7", '{"type": 7}', '{"type": "ChannelStateChange", "channel": 7}', '{"type": "PeerStatusChange"}'):
            await asterisk.tell(text)
        await asterisk.tell({"type": "ChannelUserevent", "eventname": stay.MARK, "userevent": {"mark": "another client's"}})

        await asterisk.tell(state_change("1"))

        await follower.until_told("attached", "heard 1")
        assert attachment.misread == {"?": 5, "ChannelStateChange": 1}


async def test_an_event_that_comes_twice_is_heard_twice() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached")

        await asterisk.tell(state_change("1"))
        await asterisk.tell(state_change("1"))

        # Whether it is news is for whoever knows the leg to say.
        await follower.until_told("attached", "heard 1", "heard 1")

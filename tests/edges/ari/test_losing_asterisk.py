"""Every way of losing Asterisk is noticed, told once, and mended; only another controller is the end."""

import asyncio

import pytest

from controller.asterisk import lanes, stay, system
from controller.asterisk.attachment import Attachment
from controller.asterisk.errors import NoAnswer, SwitchAway
from controller.directory.site import Transport
from tests.edges.ari.fake_asterisk import APP, SECONDS_MAX, TRANSPORTS, fake_asterisk, state_change
from tests.edges.ari.following import Follower, following

EITHER_WAY = pytest.mark.parametrize("transport", TRANSPORTS)
FILTER = f"PUT applications/{APP}/eventFilter"


@EITHER_WAY
async def test_a_cut_event_socket_is_told_once_and_mended_and_the_filter_is_set_again(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")

        asterisk.cut()

        await follower.until_told("attached", "lost", "attached")
        await asterisk.tell(state_change("1"))
        await follower.until_told("attached", "lost", "attached", "heard 1")
        assert len(asterisk.asked_for(FILTER)) == 2
        await system.ping(attachment.ari, 0)


@EITHER_WAY
async def test_commands_fail_while_asterisk_is_away(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.booting = True

        asterisk.cut()
        await follower.until_told("attached", "lost")

        with pytest.raises(SwitchAway, match="nothing was done"):
            await system.ping(attachment.ari, 0)
        assert attachment.away_because is not None


@EITHER_WAY
async def test_a_request_that_asterisk_has_when_everything_breaks_fails_at_once(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.unanswered = {"GET asterisk/ping"}
        waiting = asyncio.create_task(system.ping(attachment.ari, 0))
        await asterisk.until_asked("GET asterisk/ping")

        asterisk.cut()

        with pytest.raises(SwitchAway, match="nobody knows") as failed:
            await waiting
        assert failed.value.sent


@EITHER_WAY
async def test_a_restarted_asterisk_is_told_apart_from_a_cut(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached")
        asterisk.startup_time = "2026-11-22T10:00:00.000+0000"
        await asterisk.stop()

        await asterisk.start()
        await follower.until_told("attached", "lost", "restarted")

        asterisk.cut()
        await follower.until_told("attached", "lost", "restarted", "lost", "attached")


@EITHER_WAY
async def test_a_restart_is_told_again_when_the_state_could_not_be_read_the_first_time(transport: Transport) -> None:
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached")
        asterisk.startup_time = "2026-11-22T10:00:00.000+0000"
        follower.fails_with = SwitchAway("GET channels", "cut", sent=True)

        asterisk.cut()

        await follower.until_told("attached", "lost", "restarted", "lost", "restarted")


@EITHER_WAY
async def test_markers_that_stop_coming_back_are_a_loss(monkeypatch: pytest.MonkeyPatch, transport: Transport) -> None:
    monkeypatch.setattr(stay, "MARK_SECONDS_MAX", 0.05)
    monkeypatch.setattr(stay, "MARK_EVERY_SECONDS", 0.02)
    follower = Follower()
    async with fake_asterisk(transport=transport) as asterisk, following(asterisk.access(), follower):
        await follower.until_told("attached")
        await asterisk.until_asked(f"POST events/user/{stay.MARK}", times=4)
        assert follower.story == ["attached"]

        asterisk.deaf = True

        await follower.until_told("attached", "lost")
        assert "events do not reach us" in follower.lost_because[0]
        asterisk.deaf = False
        await follower.until_told("attached", "lost", "attached")


async def test_a_cut_lane_fails_its_own_requests_only_and_comes_back() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(lanes=2), follower) as attachment:
        await follower.until_told("attached")
        broken, whole = 0, 1
        asterisk.unanswered = {"GET asterisk/ping"}
        waiting = asyncio.create_task(system.ping(attachment.ari, broken))
        await asterisk.until_asked("GET asterisk/ping")

        asterisk.cut(f"{APP}-lane-{broken}")
        with pytest.raises(SwitchAway, match="nobody knows"):
            await waiting
        asterisk.unanswered = set()

        with pytest.raises(SwitchAway, match="nothing was done"):
            await system.ping(attachment.ari, broken)
        await system.ping(attachment.ari, whole)
        async with asyncio.timeout(SECONDS_MAX):
            await attachment.ari.up()
        await system.ping(attachment.ari, broken)
        assert follower.story == ["attached"]


@EITHER_WAY
async def test_another_controller_ends_it_for_good(transport: Transport) -> None:
    former, newer = Follower(), Follower()
    async with fake_asterisk(transport=transport) as asterisk:
        attachment = Attachment(asterisk.access(), former, instance="former")
        running = asyncio.create_task(attachment.run())
        await former.until_told("attached")

        async with following(asterisk.access(), newer):
            async with asyncio.timeout(SECONDS_MAX):
                replaced = await running
            await newer.until_told("attached")

            assert former.story == ["attached", "replaced"]
            assert "another controller" in str(replaced)
            assert asterisk.connections == 2
            with pytest.raises(SwitchAway):
                await system.ping(attachment.ari, 0)
            await asterisk.tell(state_change("1"))
            await newer.until_told("attached", "heard 1")
            assert former.story == ["attached", "replaced"]


async def test_a_controller_that_stops_says_good_bye_on_every_socket() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk:
        async with following(asterisk.access(lanes=3), follower):
            await follower.until_told("attached")
            assert len(asterisk.sockets) == 4

        await asterisk.until(lambda: not asterisk.sockets)
        assert follower.story == ["attached"]


async def test_a_lane_that_does_not_come_back_detaches_us_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LANE_AWAY_SECONDS_MAX", 0.1)
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.booting = True  # no new connection is taken: `sessionlimit` is reached, for one

        asterisk.cut(f"{APP}-lane-0")

        await follower.until_told("attached", "lost")
        assert "a command lane does not come back" in follower.lost_because[0]
        assert attachment.away_because is not None
        asterisk.booting = False
        await follower.until_told("attached", "lost", "attached")


async def test_a_lane_whose_password_is_refused_detaches_us_at_once_and_nothing_is_ended() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.password = "another one"

        asterisk.cut(f"{APP}-lane-0")

        await follower.until_told("attached", "lost")
        assert "refuses the user 'controller' or its password" in str(attachment.away_because)
        assert not [asked.what for asked in asterisk.asked if asked.what.startswith("DELETE")]
        asterisk.password = "secret"
        await follower.until_told("attached", "lost", "attached")


async def test_a_lane_that_answers_nothing_is_opened_anew() -> None:
    follower = Follower()
    async with fake_asterisk() as asterisk, following(asterisk.access(), follower) as attachment:
        await follower.until_told("attached")
        asterisk.unanswered = {"GET asterisk/ping"}
        opened = len(asterisk.urls)

        for _ in range(lanes.UNANSWERED_MAX):
            with pytest.raises(NoAnswer):
                await attachment.ari.request("GET", "asterisk/ping", lane=0, seconds_max=0.02)

        await asterisk.until(lambda: len(asterisk.urls) > opened)
        asterisk.unanswered = set()
        async with asyncio.timeout(SECONDS_MAX):
            await attachment.ari.up()
        await system.ping(attachment.ari, 0)
        assert follower.story == ["attached"]

"""Logging on and off: tokens, cookies, expiry, wrong passwords, several desktops of one agent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Never

import pytest
from structlog.testing import capture_logs

from controller.desktop.limits import Limits
from controller.directory.ids import AgentId
from controller.floor.outcome import Outcome
from controller.interaction.commands import Command
from controller.interaction.refusals import SwitchAway
from controller.routing.commands import DeskCommand, LogOff, LogOn
from controller.routing.desk import DeskState
from tests.edges.desktop_world import API, HASHES, PATIENCE_SECONDS, UNHURRIED, Desktop, World

HOUR = 3600.0


def state_of(world: World, agent: str) -> DeskState:
    return world.floor.desks[AgentId(agent)].state


async def log_on(desktop: Desktop, agent: str, password: str) -> tuple[int, str]:
    reply = await desktop.ask("POST", "/session", json={"agent": agent, "password": password})
    return reply.status, reply.code if reply.status >= 400 else ""


# --- Logging on and off ------------------------------------------------------------------------------------------------


async def test_logging_on_gives_a_token_and_a_cookie_and_makes_the_agent_idle(world: World) -> None:
    browser = world.browser()

    reply = await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"})

    assert reply.status == 201
    assert (reply.json["agent"], reply.json["expires_at"]) == ("alice", "2027-01-15T20:00:00Z")
    assert len(reply.json["token"]) >= 43
    cookie = reply.headers["Set-Cookie"]
    assert f"ari-controller-{world.server.port}={reply.json['token']}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert f"Path={API}" in cookie
    assert reply.headers["Cache-Control"] == "no-store"
    assert state_of(world, "alice") is DeskState.IDLE


async def test_logging_off_ends_the_session_and_the_presence(world: World) -> None:
    browser = await world.by_cookie("alice")

    reply = await browser.ask("DELETE", "/session", headers={"Origin": world.url})

    assert (reply.status, reply.text) == (204, "")
    assert state_of(world, "alice") is DeskState.LOGGED_OFF
    assert (await browser.get("/me")).code == "unauthenticated"


async def test_an_agent_is_logged_off_with_the_last_desktop_only(world: World) -> None:
    first, second = await world.desktop("alice"), await world.desktop("alice")

    await first.ask("DELETE", "/session")
    assert (await first.get("/me")).status == 401
    assert (await second.get("/me")).json["state"] == "idle"

    await second.ask("DELETE", "/session")
    assert state_of(world, "alice") is DeskState.LOGGED_OFF


async def test_a_page_that_is_loaded_again_changes_nothing(world: World) -> None:
    browser = await world.by_cookie("alice")
    await browser.ask("PUT", "/me/state", json={"state": "available"}, headers={"Origin": world.url})
    listening = await browser.listen(headers={"Origin": world.url})
    await listening.hear()
    await listening.socket.close()

    assert (await browser.get("/me")).json["state"] == "available"
    assert not any(isinstance(command, LogOff) for command in world.inbox.commands)


async def test_logging_on_once_more_keeps_an_available_agent_available(world: World, alice: Desktop) -> None:
    await alice.go("available")

    await world.desktop("alice")

    assert state_of(world, "alice") is DeskState.AVAILABLE


async def test_only_so_many_sessions_of_an_agent_are_kept_and_the_oldest_goes(world: World) -> None:
    desktops = [await world.desktop("alice") for _ in range(Limits().sessions_per_agent_max + 1)]

    assert (await desktops[0].get("/me")).status == 401
    assert (await desktops[1].get("/me")).status == 200
    assert (await desktops[-1].get("/me")).status == 200
    assert state_of(world, "alice") is DeskState.IDLE


# --- Whose request -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [None, "Bearer", "Bearer ", "Bearer wrong", "Basic YWxpY2U6YWxpY2U=", "Bearer é\udcff"])
async def test_without_a_good_token_nothing_is_shown_and_nothing_is_done(world: World, said: str | None) -> None:
    headers = {"Authorization": said} if said is not None else {}
    browser = world.browser()

    for method, path in (
        ("GET", "/me"),
        ("PUT", "/me/state"),
        ("DELETE", "/session"),
        ("GET", "/interactions"),
        ("POST", "/interactions"),
        ("GET", "/interactions/x"),
        ("GET", "/interactions/x/story"),
        ("POST", "/interactions/x/hold"),
        ("POST", "/number/preview"),
        ("GET", "/directory"),
        ("GET", "/queues"),
        ("GET", "/wrap-up-reasons"),
        ("GET", "/idle-reasons"),
        ("GET", "/events"),
    ):
        reply = await browser.ask(method, path, headers=headers)
        assert (reply.status, reply.code) == (401, "unauthenticated"), path
        assert reply.headers["WWW-Authenticate"] == "Bearer"


async def test_a_session_ends_by_the_clock_and_takes_the_agent_with_it(world: World, alice: Desktop) -> None:
    listening = await alice.listen()
    await listening.hear()
    world.inbox.now += 12 * HOUR - 1
    assert (await alice.get("/me")).status == 200

    world.inbox.now += 1
    assert (await alice.get("/me")).code == "unauthenticated"
    assert state_of(world, "alice") is DeskState.IDLE
    await world.server.sweep()

    assert state_of(world, "alice") is DeskState.LOGGED_OFF
    assert await listening.closed_with() == 4001


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://127.0.0.1", "http://[broken", "file://127.0.0.1"])
async def test_with_a_cookie_only_our_own_page_may_change_something(world: World, origin: str | None) -> None:
    browser = await world.by_cookie("alice")
    headers = {"Origin": origin} if origin is not None else {}

    for method, path in (("PUT", "/me/state"), ("DELETE", "/session"), ("POST", "/interactions/x/hold"), ("GET", "/events")):
        reply = await browser.ask(method, path, headers=headers)
        assert (reply.status, reply.code) == (403, "bad-origin"), path
    assert (await browser.get("/me", headers=headers)).status == 200


async def test_with_a_cookie_our_own_page_may_do_everything(world: World) -> None:
    browser = await world.by_cookie("alice")
    own = {"Origin": world.url}

    assert (await browser.ask("PUT", "/me/state", json={"state": "available"}, headers=own)).status == 200
    listening = await browser.listen(headers=own)
    assert (await listening.hear())["type"] == "snapshot"


# --- Wrong passwords ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("agent", "password"), [("alice", "wrong"), ("alice", ""), ("nobody", "nobody"), ("al\x00ice", "é\U0001f600")])
async def test_a_wrong_password_and_an_unknown_agent_get_the_same_answer(world: World, agent: str, password: str) -> None:
    reply = await world.browser().ask("POST", "/session", json={"agent": agent, "password": password})

    assert (reply.status, reply.code) == (401, "bad-credentials")
    assert reply.json["detail"] == "The agent or the password is wrong."
    assert not any(isinstance(command, LogOn) for command in world.inbox.commands)


async def test_the_log_tells_of_wrong_passwords_and_never_what_was_typed(world: World) -> None:
    with capture_logs() as logged:
        await log_on(world.browser(), "alice", "hunter2")
        await log_on(world.browser(), "hunter2", "alice")

    assert [(line["event"], line["agent"]) for line in logged] == [("wrong password", "alice"), ("wrong password", "nobody we know")]
    assert "hunter2" not in str(logged)


async def test_an_overloaded_controller_opens_no_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def ask(command: Command | DeskCommand) -> Never:
        raise SwitchAway("The controller is overloaded.")

    with monkeypatch.context() as overloaded:
        overloaded.setattr(world.inbox, "ask", ask)
        assert await log_on(world.browser(), "alice", "alice") == (503, "asterisk-unavailable")
    await world.server.sweep()

    assert state_of(world, "alice") is DeskState.LOGGED_OFF


async def test_an_agent_who_could_not_be_logged_off_is_logged_off_later(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask(command: Command | DeskCommand) -> Never:
        raise SwitchAway("The controller is overloaded.")

    with monkeypatch.context() as overloaded:
        overloaded.setattr(world.inbox, "ask", ask)
        assert (await alice.ask("DELETE", "/session")).status == 204
    assert state_of(world, "alice") is DeskState.IDLE

    await world.server.sweep()

    assert state_of(world, "alice") is DeskState.LOGGED_OFF


async def test_a_mistake_with_one_session_leaves_nobody_available_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(limits=replace(UNHURRIED, sweep_seconds=0.01), session_hours=1.0)
    await world.start()
    for agent in ("alice", "bob"):
        await world.desktop(agent)
    real, asked = world.inbox.ask, asyncio.Event()

    async def ask(command: Command | DeskCommand) -> Outcome:
        if command.agent == "alice":
            asked.set()
            raise AssertionError("a mistake of ours")
        return await real(command)

    with monkeypatch.context() as mistaken, capture_logs() as lines:
        mistaken.setattr(world.inbox, "ask", ask)
        world.inbox.now += HOUR
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asked.wait()
            await world.server.sweep()
    assert (state_of(world, "alice"), state_of(world, "bob")) == (DeskState.IDLE, DeskState.LOGGED_OFF)
    assert "a sweep left something out because of a mistake in the controller" in lines[0]["event"]

    async with asyncio.timeout(PATIENCE_SECONDS):
        while state_of(world, "alice") is not DeskState.LOGGED_OFF:  # noqa: ASYNC110 - the sweep tells nobody that it was there
            await asyncio.sleep(0.01)
    await world.stop()


async def test_guessing_gets_slower_and_slower_for_that_agent_alone(world: World) -> None:
    browser = world.browser()
    for _ in range(5):
        assert await log_on(browser, "alice", "guess") == (401, "bad-credentials")

    refused = await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"})
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too-many-attempts", "1")
    assert await log_on(browser, "bob", "bob") == (201, "")

    world.inbox.now += 1
    assert await log_on(browser, "alice", "guess") == (401, "bad-credentials")
    refused = await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"})
    assert (refused.code, refused.headers["Retry-After"]) == ("too-many-attempts", "2")

    world.inbox.now += 2
    assert await log_on(browser, "alice", "alice") == (201, "")
    assert await log_on(browser, "alice", "guess") == (401, "bad-credentials")


async def test_many_guesses_at_once_count_as_many(world: World) -> None:
    browser = world.browser()

    answers = await asyncio.gather(*(log_on(browser, "alice", f"guess {number}") for number in range(12)))

    assert sorted(answers) == [(401, "bad-credentials")] * 5 + [(429, "too-many-attempts")] * 7


async def test_guessing_never_waits_longer_than_the_limit(world: World) -> None:
    browser = world.browser()
    for _ in range(5):
        await log_on(browser, "alice", "guess")
    for _ in range(12):
        world.inbox.now += Limits().back_off_seconds_max
        assert await log_on(browser, "alice", "guess") == (401, "bad-credentials")

    refused = await browser.ask("POST", "/session", json={"agent": "alice", "password": "alice"})

    assert refused.headers["Retry-After"] == "300"


@pytest.fixture
async def forgetful() -> AsyncIterator[World]:
    here = World(Limits(back_offs_of_nobody_max=3))
    await here.start()
    yield here
    await here.stop()


async def test_a_flood_of_invented_names_does_not_grow_what_is_remembered(forgetful: World) -> None:
    browser = forgetful.browser()
    for number in range(20):
        assert await log_on(browser, f"nobody-{number}", "guess") == (401, "bad-credentials")

    assert await log_on(browser, "alice", "alice") == (201, "")


# --- The site changes --------------------------------------------------------------------------------------------------


async def test_an_agent_who_leaves_the_site_is_out_at_once(world: World, alice: Desktop, bob: Desktop) -> None:
    hers, his = await alice.listen(), await bob.listen()
    await hers.hear()
    await his.hear()

    world.agent_leaves_the_site("bob")

    assert await his.closed_with() == 4001
    assert (await bob.get("/me")).code == "unauthenticated"
    assert await log_on(world.browser(), "bob", "bob") == (401, "bad-credentials")
    assert (await alice.get("/me")).status == 200
    assert [entry["id"] for entry in (await alice.get("/directory")).json["entries"]] == ["alice", "carol", "sam"]


async def test_an_agent_who_leaves_the_site_during_a_call_leaves_the_others_their_view_of_it(
    world: World, alice: Desktop, bob: Desktop, sam: Desktop
) -> None:
    call = await world.consulting(alice, bob)
    listening = await bob.listen()
    await listening.hear()
    await bob.ask("DELETE", "/session")
    assert await listening.closed_with() == 4001

    world.agent_leaves_the_site("bob")
    world.hangs_up(call, "bob")
    world.customer_hangs_up(call)

    assert (await sam.get(f"/interactions/{call}")).json["phase"] == "ended"
    assert (await alice.do("wrap-up", call, {"reason": "resolved"})).status == 200


async def test_whoever_has_another_password_now_must_log_on_again(world: World, alice: Desktop, bob: Desktop) -> None:
    world.server.use_passwords({**HASHES, AgentId("bob"): HASHES[AgentId("carol")]})

    assert (await bob.get("/me")).status == 401
    assert (await alice.get("/me")).status == 200
    assert await log_on(world.browser(), "bob", "carol") == (201, "")

"""An agent chooses another password: who is let in from then on, who is out, and what is refused."""

import asyncio
import threading
from typing import Any

import pytest

from controller.desktop import passwords
from controller.desktop.feeds import SESSION_ENDED
from controller.directory.ids import AgentId
from controller.floor.floor import Floor
from controller.routing.commands import LogOff
from controller.routing.telephones import TelephoneKind
from tests.edges.desktop_world import Desktop, Reply, World

NEW = "trois petits chats"
ALICE = AgentId("alice")


async def change(desktop: Desktop, old: str = "alice", new: str = NEW, **what: Any) -> Reply:
    return await desktop.ask("PUT", "/me/password", json={"old": old, "new": new}, **what)


async def log_on(world: World, password: str) -> int:
    return (await world.browser().ask("POST", "/session", json={"agent": "alice", "password": password})).status


async def test_the_new_password_logs_on_and_the_old_one_does_not(world: World, alice: Desktop) -> None:
    reply = await change(alice)

    assert (reply.status, reply.text) == (204, "")
    assert await log_on(world, NEW) == 201
    assert await log_on(world, "alice") == 401


async def test_every_other_login_of_the_agent_is_over_and_this_one_and_the_others_go_on(world: World, alice: Desktop, bob: Desktop) -> None:
    other = await world.desktop("alice")
    listening, hers = await other.listen(), await alice.listen()

    await change(alice)

    assert await listening.closed_with() == SESSION_ENDED
    assert (await other.get("/me")).code == "unauthenticated"
    assert (await alice.get("/me")).json["state"] == "idle"
    assert (await bob.get("/me")).status == 200
    assert not hers.socket.closed
    assert len(world.floor.desks[ALICE].sessions) == 1


async def test_a_call_goes_on_and_so_does_the_choice_of_a_telephone(world: World) -> None:
    alice = world.browser()
    said = {"agent": "alice", "password": "alice", "telephone": "desk"}
    alice.headers["Authorization"] = f"Bearer {(await alice.ask('POST', '/session', json=said)).json['token']}"
    alice.http.cookie_jar.clear()
    call = await world.connected(alice)

    await change(alice)

    assert (await alice.get(f"/interactions/{call}")).json["phase"] == "connected"
    assert world.floor.desks[ALICE].telephone_chosen is TelephoneKind.DESK


async def test_after_a_start_the_login_that_chose_the_password_is_still_good_and_no_other_is(world: World, alice: Desktop) -> None:
    other = await world.desktop("alice")
    before = world.floor.state()
    await change(alice)

    again = World()
    again.floor.desks.update(Floor.from_state(world.floor.state()).desks)
    again.server.use_passwords(world.chosen.hashes)
    await again.start()

    assert (await again.browser_of(alice).get("/me")).status == 200
    assert (await again.browser_of(other).get("/me")).status == 401
    await again.stop()
    assert len(before.desks[0].sessions) == 2


async def test_a_full_disk_of_the_journal_costs_no_login(world: World, alice: Desktop) -> None:
    world.inbox.not_kept_because = "the disk is full"

    assert (await change(alice)).status == 204
    assert (await alice.get("/me")).status == 200


async def test_whoever_has_logged_off_by_telephone_meanwhile_is_not_logged_on_by_it(world: World, alice: Desktop) -> None:
    world.happens(LogOff(agent=ALICE))

    assert (await change(alice)).status == 204

    assert (await alice.get("/me")).json["state"] == "logged_off"


@pytest.mark.parametrize(
    ("new", "reason"),
    [("k7#Wq", "too-short"), ("Alice-Martin", "about-you"), ("1001-web-1001", "about-you"), ("motdepasse2026", "too-common")],
)
async def test_a_weak_password_is_refused_with_the_reason(world: World, alice: Desktop, new: str, reason: str) -> None:
    reply = await change(alice, new=new)

    assert (reply.status, reply.code, reply.json["reason"]) == (422, "weak-password", reason)
    assert new not in reply.text
    assert await log_on(world, "alice") == 201


async def test_the_old_password_is_no_new_one(alice: Desktop) -> None:
    await change(alice)

    reply = await change(alice, old=NEW, new=NEW)

    assert (reply.code, reply.json["reason"]) == ("weak-password", "same")


async def test_a_wrong_old_password_changes_nothing_and_counts_like_a_wrong_login(world: World, alice: Desktop) -> None:
    for _ in range(5):
        reply = await change(alice, old="guess")
        assert (reply.status, reply.code) == (403, "wrong-password")

    refused = await change(alice)

    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "too-many-attempts", "1")
    assert await log_on(world, "alice") == 429
    world.inbox.now += 1
    assert (await change(alice)).status == 204


async def test_of_two_windows_that_choose_at_once_one_does(world: World, alice: Desktop) -> None:
    other = await world.desktop("alice")

    first, second = await asyncio.gather(change(alice), change(other, new="quatre grands chiens"))

    assert sorted((first.status, second.status)) == [204, 403]
    assert await log_on(world, NEW if first.status == 204 else "quatre grands chiens") == 201


async def test_who_was_let_in_by_a_password_that_is_replaced_meanwhile_is_not(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, is_checking, check = threading.Event(), threading.Event(), passwords.Passwords._verify

    def wait_and_check(self: passwords.Passwords, known: str | None, password: str) -> bool:
        is_right = check(self, known, password)
        is_checking.set()
        assert go_on.wait(5)
        return is_right

    with monkeypatch.context() as patched:
        patched.setattr(passwords.Passwords, "_verify", wait_and_check)
        logging_on = asyncio.create_task(log_on(world, "alice"))
        assert await asyncio.to_thread(is_checking.wait, 5)
        world.server.use_passwords({**world.chosen.hashes, ALICE: world.chosen.hashes[AgentId("bob")]})
        go_on.set()
        assert await logging_on == 401

    assert (await alice.get("/me")).status == 401


async def test_who_logs_off_while_the_password_is_changed_is_not_logged_on_by_that(
    world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, is_hashing, verify = threading.Event(), threading.Event(), passwords.Passwords._verify

    def wait_and_verify(self: passwords.Passwords, known: str | None, password: str) -> bool:
        is_hashing.set()
        assert go_on.wait(5)
        return verify(self, known, password)

    monkeypatch.setattr(passwords.Passwords, "_verify", wait_and_verify)
    changing = asyncio.create_task(change(alice))
    assert await asyncio.to_thread(is_hashing.wait, 5)
    world.inbox.gate = asyncio.Event()
    leaving = asyncio.create_task(alice.ask("DELETE", "/session"))
    await asyncio.wait_for(world.inbox.at_gate.acquire(), 5)
    go_on.set()
    await asyncio.wait_for(world.inbox.at_gate.acquire(), 5)
    world.inbox.gate.set()
    await asyncio.gather(changing, leaving)

    await world.server.sweep()

    assert not world.floor.desks[ALICE].sessions


async def test_what_cannot_be_kept_is_not_changed(world: World, alice: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(agent: AgentId, password_hash: str, *, instead_of: str) -> bool:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(world.chosen, "keep", full)
        reply = await change(alice)

    assert (reply.status, reply.code) == (503, "not-ready")
    assert "No space left on device" in reply.json["detail"]
    assert await log_on(world, "alice") == 201


async def test_a_site_whose_administrator_gives_passwords_takes_none(world: World) -> None:
    strict = World(agents_change_password=False)
    await strict.start()
    desktop = await strict.desktop("alice")

    assert (await desktop.get("/me/password")).json == {"may_change": False, "letters_min": 10}
    reply = await change(desktop)

    assert (reply.status, reply.code) == (403, "not-permitted")
    assert "administrator" in reply.json["detail"]
    assert await log_on(strict, "alice") == 201
    await strict.stop()


async def test_the_page_learns_that_passwords_may_be_chosen(alice: Desktop) -> None:
    assert (await alice.get("/me/password")).json == {"may_change": True, "letters_min": 10}


async def test_another_page_changes_no_password(world: World) -> None:
    browser = await world.by_cookie("alice")

    assert (await change(browser, headers={"Origin": "http://elsewhere.example"})).code == "bad-origin"
    assert (await change(browser, headers={"Origin": world.url})).status == 204

"""The disk is full: calls go on, and whoever asks for something is told the truth about what would survive a crash."""

import pytest

from controller.directory.ids import AgentId
from controller.floor.floor import Floor
from controller.routing.desk import DeskState
from tests.edges.desktop_world import Desktop, World

FULL = "The journal can't be written: database or disk is full."
ALICE = AgentId("alice")


@pytest.fixture
def disk_is_full(world: World) -> None:
    world.inbox.not_kept_because = FULL


async def test_an_agent_is_told_that_it_was_done_and_that_a_crash_would_undo_it(world: World, alice: Desktop) -> None:
    world.inbox.not_kept_because = FULL

    reply = await alice.go("available")

    assert (reply.status, reply.code) == (507, "not-kept")
    assert reply.json["detail"] == (
        f"It was done, but a crash of the controller would undo it. Don't repeat it; tell your administrator: {FULL}"
    )
    assert world.floor.desks[ALICE].state is DeskState.AVAILABLE


async def test_what_is_refused_is_a_refusal_on_a_full_disk_too(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.not_kept_because = FULL

    reply = await alice.do("resume", call)

    assert (reply.status, reply.code) == (409, "not-now")


@pytest.mark.usefixtures("disk_is_full")
async def test_nobody_is_logged_on_who_could_not_be_kept(world: World) -> None:
    reply = await world.browser().ask("POST", "/session", json={"agent": "alice", "password": "alice"})

    assert (reply.status, reply.code) == (503, "not-ready")
    assert reply.json["detail"].startswith("You are not logged in")
    assert FULL in reply.json["detail"]
    assert "Set-Cookie" not in reply.headers
    assert int(reply.headers["Retry-After"]) > 0
    desk = world.floor.desks[ALICE]
    assert (desk.state, desk.sessions) == (DeskState.LOGGED_OFF, ())


async def test_a_log_on_that_was_not_kept_leaves_nobody_behind_who_is_available_for_ever(world: World) -> None:
    world.inbox.not_kept_because = FULL
    await world.browser().ask("POST", "/session", json={"agent": "alice", "password": "alice"})
    world.inbox.not_kept_because = None

    alice = await world.desktop("alice")
    await alice.go("available")
    assert (await alice.ask("DELETE", "/session")).status == 204

    assert world.floor.desks[ALICE].state is DeskState.LOGGED_OFF


async def test_an_agent_who_is_logged_on_elsewhere_stays_so_when_another_desktop_can_not_be_kept(world: World, alice: Desktop) -> None:
    await alice.go("available")
    world.inbox.not_kept_because = FULL

    await world.browser().ask("POST", "/session", json={"agent": "alice", "password": "alice"})

    desk = world.floor.desks[ALICE]
    assert (desk.state, len(desk.sessions)) == (DeskState.AVAILABLE, 1)


async def test_whoever_logs_off_is_told_that_a_crash_would_undo_it_and_it_is_caught_up_with(world: World, alice: Desktop) -> None:
    """The token would be good again after a crash."""
    world.inbox.not_kept_because = FULL

    reply = await alice.ask("DELETE", "/session")

    assert (reply.status, reply.code) == (507, "not-kept")
    assert (await alice.get("/me")).code == "unauthenticated"
    world.inbox.not_kept_because = None
    told = len(world.inbox.commands)
    await world.server.sweep()
    assert len(world.inbox.commands) == told + 1, "it is asked for once more, so that it is written"
    assert Floor.from_state(world.floor.state()).desks[ALICE].state is DeskState.LOGGED_OFF


async def test_it_is_not_ready_and_says_why(world: World) -> None:
    world.inbox.not_kept_because = FULL

    reply = await world.browser().get("/readyz", prefix="")

    assert (reply.status, reply.code) == (503, "not-ready")
    assert reply.json["detail"] == f"Calls go on, but nothing of them is kept: {FULL}"
    world.inbox.not_kept_because = None
    assert (await world.browser().get("/readyz", prefix="")).status == 200


@pytest.mark.usefixtures("disk_is_full")
async def test_it_lives_all_the_same(world: World) -> None:
    """Whoever restarts what does not live would lose what is not kept."""
    assert (await world.browser().get("/healthz", prefix="")).status == 200


@pytest.mark.usefixtures("disk_is_full")
async def test_all_that_is_wrong_is_said_at_once(world: World) -> None:
    world.ready = False

    detail = (await world.browser().get("/readyz", prefix="")).json["detail"]

    assert detail == f"The controller is not attached to Asterisk. Calls go on, but nothing of them is kept: {FULL}"

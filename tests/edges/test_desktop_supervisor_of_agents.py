"""A supervisor sees every agent as they are and since when, hears when that changes, and changes it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from controller.desktop.limits import Limits
from controller.floor.floor import Floor
from controller.interaction.facts import TelephonesSeen
from controller.routing.desk import DeskState
from tests.edges.desktop_world import BEGINNING, UNHURRIED, Desktop, Json, World

PATIENT = Limits(requests_at_once_max=UNHURRIED.requests_at_once_max, queue_seconds=0.2)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    here = World(limits=PATIENT)
    await here.start()
    yield here
    await here.stop()


@pytest.fixture
async def sam(world: World) -> Desktop:
    return await world.desktop("sam")


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(BEGINNING + seconds, UTC).isoformat().replace("+00:00", "Z")


async def everybody(sam: Desktop) -> dict[str, Json]:
    reply = await sam.get("/agents")
    assert reply.status == 200, reply.text
    return {agent["agent"]: agent for agent in reply.json["agents"]}


# --- Seeing ------------------------------------------------------------------------------------------------------------


async def test_everybody_is_seen_in_the_sites_order_with_state_since_when_and_telephone(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    world.passes(30)
    await alice.go("idle", reason="lunch")
    world.passes(5)
    world.happens(TelephonesSeen(there=("1001-web",), away=("1001",)))

    told = await everybody(sam)

    assert list(told) == ["alice", "bob", "carol", "sam"]
    assert told["alice"] == {
        "agent": "alice",
        "name": "Alice Martin",
        "team": "first line",
        "role": "agent",
        "state": "idle",
        "state_since": moment(30),
        "idle_reason": "lunch",
        "next_state": None,
        "next_reason": None,
        "interaction": None,
        "telephone": {"kind": "browser", "registered": True, "since": moment(35)},
        "gone": False,
    }
    assert (told["bob"]["state"], told["bob"]["state_since"]) == ("logged_off", None)
    assert told["carol"]["telephone"] == {"kind": "desk", "registered": True, "since": None}
    assert told["sam"]["role"] == "supervisor"


async def test_a_call_shows_which_interaction_it_is_and_what_the_agent_chose_for_afterwards(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    interaction = await world.connected(alice)
    await alice.go("idle")

    told = (await everybody(sam))["alice"]

    assert (told["state"], told["interaction"], told["next_state"]) == ("engaged", interaction, "idle")


@pytest.mark.parametrize(("method", "path"), [("GET", "/agents"), ("PUT", "/agents/bob/state")])
async def test_nobody_but_a_supervisor_sees_or_changes_others(world: World, method: str, path: str) -> None:
    alice = await world.desktop("alice")

    reply = await alice.ask(method, path, json={"state": "idle"}) if method == "PUT" else await alice.get(path)

    assert (reply.status, reply.code) == (403, "not-permitted")


# --- Hearing -----------------------------------------------------------------------------------------------------------


async def test_a_supervisors_snapshot_has_everybody_and_an_agents_has_not(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")

    seen, own = await (await sam.listen()).hear(), await (await alice.listen()).hear()

    assert [agent["agent"] for agent in seen["agents"]] == ["alice", "bob", "carol", "sam"]
    assert "agents" not in own


async def test_a_supervisor_hears_of_an_agent_at_once_and_an_agent_never(world: World, sam: Desktop) -> None:
    alice, bob = await world.desktop("alice"), await world.desktop("bob")
    watching, other = await sam.listen(), await bob.listen()
    await watching.hear()
    await other.hear()

    await alice.go("available")
    await bob.go("idle", reason="lunch")

    frame = await watching.hear_until("agent")
    assert (frame["agent"]["agent"], frame["agent"]["state"]) == ("alice", "available")
    assert "agent" not in [frame["type"] for frame in await other.hear_all_until("me")]


async def test_of_one_agent_a_supervisor_hears_the_newest_once_in_a_while(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    watching = await sam.listen()
    await watching.hear()

    for state in ("available", "idle", "available", "idle", "available"):
        await alice.go(state)
    first, last = await watching.hear_until("agent"), await watching.hear_until("agent")

    assert [frame["agent"]["state"] for frame in (first, last)] == ["available", "available"]
    await alice.go("idle")
    assert (await watching.hear_until("agent"))["agent"]["state"] == "idle"


async def test_somebody_who_leaves_the_site_is_told_of_as_gone(world: World, sam: Desktop) -> None:
    watching = await sam.listen()
    await watching.hear()

    world.agent_leaves_the_site("bob")

    told = {}
    while "bob" not in told:
        frame = await watching.hear_until("agent")
        told[frame["agent"]["agent"]] = frame["agent"]
    assert told["bob"]["gone"] is True
    assert told["bob"]["name"] == "Bob Durand"
    assert "bob" not in await everybody(sam)


# --- Changing ----------------------------------------------------------------------------------------------------------


async def set_state(sam: Desktop, agent: str, body: Json, **what: Json) -> tuple[int, Json]:
    reply = await sam.ask("PUT", f"/agents/{agent}/state", json=body, **what)
    return reply.status, reply.json


async def test_a_supervisor_makes_an_agent_available_and_idle_and_the_agent_is_told(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    listening = await alice.listen()
    await listening.hear()

    status, told = await set_state(sam, "alice", {"state": "available"})
    assert (status, told["state"]) == (200, "available")
    assert (await listening.hear_until("me"))["me"]["state"] == "available"

    status, told = await set_state(sam, "alice", {"state": "idle", "reason": "lunch"})
    assert (status, told["state"], told["idle_reason"]) == (200, "idle", "lunch")


async def test_a_state_that_is_set_during_a_call_takes_effect_afterwards(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    await world.connected(alice)

    status, told = await set_state(sam, "alice", {"state": "idle"})

    assert (status, told["state"], told["next_state"]) == (200, "engaged", "idle")


async def test_somebody_who_is_not_logged_on_can_not_be_made_available(world: World, sam: Desktop) -> None:
    status, told = await set_state(sam, "bob", {"state": "available"})

    assert (status, told["code"], told["detail"]) == (409, "not-now", "Bob Durand is not logged in.")
    assert _state(world.floor, "bob") is DeskState.LOGGED_OFF


@pytest.mark.parametrize(
    ("agent", "body", "status", "code"),
    [
        ("nobody", {"state": "idle"}, 422, "bad-target"),
        ("alice", {"state": "engaged"}, 422, "bad-body"),
        ("alice", {"state": "idle", "reason": "golf"}, 422, "bad-target"),
        ("alice", {"state": "available", "reason": "lunch"}, 422, "bad-body"),
    ],
)
async def test_what_can_not_be_is_refused(world: World, sam: Desktop, agent: str, body: Json, status: int, code: str) -> None:
    await world.desktop("alice")

    answered, told = await set_state(sam, agent, body)

    assert (answered, told["code"]) == (status, code)


async def test_a_change_that_is_sent_twice_acts_once(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    once = {"Idempotency-Key": "one"}
    await set_state(sam, "alice", {"state": "available"}, headers=once)
    await alice.go("idle")

    status, told = await set_state(sam, "alice", {"state": "available"}, headers=once)

    assert (status, told["state"]) == (200, "idle")


async def test_a_supervisors_key_is_not_taken_for_the_agents_own(world: World, sam: Desktop) -> None:
    alice = await world.desktop("alice")
    await alice.ask("PUT", "/me/state", json={"state": "available"}, headers={"Idempotency-Key": "one"})

    status, told = await set_state(sam, "alice", {"state": "idle"}, headers={"Idempotency-Key": "one"})

    assert (status, told["state"]) == (200, "idle")


def _state(floor: Floor, agent: str) -> DeskState:
    return next(desk.state for name, desk in floor.desks.items() if name == agent)

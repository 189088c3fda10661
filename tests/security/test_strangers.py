"""Every endpoint and every kind of event, by the table that serves them, with the token of somebody whose business it is not."""

import json
from typing import Any

import pytest

from controller.desktop.actions import ACTIONS
from controller.desktop.bodies import Body, ConsultBody, DigitsBody, DropBody, RecordingBody, TransferBody, WrapUpBody
from controller.desktop.endpoints import ENDPOINTS, Endpoint
from controller.desktop.openapi import FRAMES
from controller.interaction.commands import Action
from tests.edges.desktop_world import Desktop, Reply, World

CLOSED = [endpoint for endpoint in ENDPOINTS if not endpoint.is_open]
OPEN = [endpoint for endpoint in ENDPOINTS if endpoint.is_open]
ABOUT_ONE = [endpoint for endpoint in CLOSED if "{id}" in endpoint.path]
ITS_NUMBER, ITS_CALLER = "0123456789", "Cora"
BODIES: dict[type[Body], Any] = {
    ConsultBody: {"target": {"kind": "agent", "id": "carol"}},
    TransferBody: {},
    DropBody: {"leg": "caller-1"},
    DigitsBody: {"digits": "1"},
    WrapUpBody: {"reason": "resolved"},
    RecordingBody: {"on": True},
}


def named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


async def ask(desktop: Desktop, endpoint: Endpoint, call: str) -> Reply:
    return await desktop.ask(endpoint.method, path_of(endpoint, call), prefix="")


def path_of(endpoint: Endpoint, call: str) -> str:
    return endpoint.path.replace("{id}", call).replace("{agent}", "bob")


async def does(desktop: Desktop, action: str, call: str) -> Reply:
    return await desktop.do(action, call, BODIES.get(ACTIONS[action].takes, {}))


def tells_of(call: str, text: str) -> bool:
    return call in text or ITS_NUMBER[1:] in text or ITS_CALLER in text


@pytest.fixture
async def carol(world: World) -> Desktop:
    """Serves another queue, and has nothing to do with Alice's and Bob's call."""
    return await world.desktop("carol")


# --- Nobody ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", CLOSED, ids=named)
@pytest.mark.parametrize("token", [None, "", "x", "0" * 43, "\udcff"])
async def test_without_a_session_every_endpoint_that_needs_one_refuses(
    world: World, alice: Desktop, bob: Desktop, endpoint: Endpoint, token: str | None
) -> None:
    call = await world.consulting(alice, bob)
    before = world.floor.state()
    nobody = world.browser()
    if token is not None:
        nobody.headers["Authorization"] = f"Bearer {token}"

    reply = await ask(nobody, endpoint, call)

    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert not tells_of(call, reply.text)
    assert world.floor.state() == before


@pytest.mark.parametrize("action", ACTIONS)
async def test_without_a_session_no_action_is_done(world: World, alice: Desktop, bob: Desktop, action: str) -> None:
    call = await world.consulting(alice, bob)
    before = world.floor.state()

    reply = await does(world.browser(), action, call)

    assert (reply.status, reply.code) == (401, "unauthenticated")
    assert world.floor.state() == before


@pytest.mark.parametrize("endpoint", OPEN, ids=named)
async def test_what_is_open_to_everybody_tells_nothing_of_a_call_or_a_person(
    world: World, alice: Desktop, bob: Desktop, endpoint: Endpoint
) -> None:
    call = await world.consulting(alice, bob)

    reply = await ask(world.browser(), endpoint, call)

    assert reply.status < 500
    assert not tells_of(call, reply.text)
    assert not any(name in reply.text for name in ("Alice", "Martin", "Bob", "Durand"))


# --- Somebody else -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("endpoint", CLOSED, ids=named)
async def test_a_stranger_is_told_nothing_of_a_call_by_any_endpoint(
    world: World, alice: Desktop, bob: Desktop, carol: Desktop, endpoint: Endpoint
) -> None:
    call = await world.consulting(alice, bob)
    before = world.floor.interactions.copy()

    reply = await ask(carol, endpoint, call)

    assert not tells_of(call, reply.text)
    if endpoint in ABOUT_ONE:
        assert (reply.status, reply.code) == (404, "unknown-interaction")
    assert world.floor.interactions == before


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_stranger_can_do_nothing_about_a_call_and_learns_not_even_that_there_is_one(
    world: World, alice: Desktop, bob: Desktop, carol: Desktop, action: str
) -> None:
    call = await world.consulting(alice, bob)
    before = world.floor.state()

    real, invented = await does(carol, action, call), await does(carol, action, "no-such-call")

    assert (real.status, real.code) == (404, "unknown-interaction")
    assert real.text == invented.text
    assert world.floor.state() == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("who", ["alice", "bob", "sam"])
async def test_a_party_and_a_supervisor_can_do_exactly_what_their_view_allows(
    world: World, alice: Desktop, bob: Desktop, sam: Desktop, who: str, action: str
) -> None:
    call = await world.consulting(alice, bob)
    desktop = {"alice": alice, "bob": bob, "sam": sam}[who]
    view = (await desktop.get(f"/interactions/{call}")).json
    before = world.floor.state()

    reply = await does(desktop, action, call)

    assert (reply.status == 200) is (action in view["allowed"]), reply.text
    if reply.status != 200:
        assert world.floor.state() == before
        assert action not in view["refused"] or reply.json["detail"] == view["refused"][action]


async def test_a_former_owner_is_a_stranger_once_the_reason_is_given(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    assert (await alice.do("transfer", call)).status == 200
    assert (await alice.do("wrap-up", call, {"reason": "resolved"})).status == 200

    for endpoint in ABOUT_ONE:
        assert (await ask(alice, endpoint, call)).code == "unknown-interaction"
    for action in Action:
        assert (await does(alice, action, call)).code == "unknown-interaction"


# --- Events ------------------------------------------------------------------------------------------------------------


async def test_a_stranger_hears_nothing_of_a_call_from_any_kind_of_event(
    world: World, alice: Desktop, bob: Desktop, carol: Desktop
) -> None:
    listening = {name: await desktop.listen() for name, desktop in (("alice", alice), ("bob", bob), ("carol", carol))}

    call = await world.consulting(alice, bob)
    for action in ("resume", "swap", "conference", "mute", "end"):
        assert (await does(alice, action, call)).status == 200
    await alice.do("wrap-up", call, {"reason": "resolved"})
    await carol.go("available")
    await alice.ask("PUT", "/me/state", json={"state": "idle", "reason": "lunch"})

    heard: dict[str, list[Any]] = {}
    for name, ear in listening.items():
        heard[name] = [await ear.hear()]
        while heard[name][-1]["type"] != "me" or heard[name][-1]["me"]["state"] != {"alice": "idle", "carol": "available"}.get(name):
            heard[name].append(await ear.hear())
            if name == "bob" and heard[name][-1].get("interaction", {}).get("gone"):
                break
    kinds = {frame.model_fields["type"].annotation.__args__[0] for frame in FRAMES}  # type: ignore[union-attr]
    others = {"agent", "refused"}  # for supervisors, and for whoever was refused something by telephone, on no call
    assert {frame["type"] for frame in (*heard["alice"], *heard["bob"])} == kinds - others, "the call has made every kind of event"
    assert {frame["type"] for frame in heard["carol"]} == {"snapshot", "me", "queue"}
    assert not tells_of(call, json.dumps(heard["carol"]))
    assert not any(frame["me"]["agent"] != "carol" for frame in heard["carol"] if frame["type"] in ("me", "snapshot"))


async def test_an_event_socket_is_as_closed_to_strangers_as_everything_else(world: World, alice: Desktop) -> None:
    browser = await world.by_cookie("alice")
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22 + "=="}

    nobody = await world.browser().get("/events", headers=upgrade)
    other_page = await browser.get("/events", headers={**upgrade, "Origin": "https://evil.example"})
    no_page = await browser.get("/events", headers=upgrade)

    assert (nobody.status, nobody.code) == (401, "unauthenticated")
    assert (other_page.status, other_page.code) == (403, "bad-origin")
    assert (no_page.status, no_page.code) == (403, "bad-origin")


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in CLOSED if endpoint.method != "GET"], ids=named)
async def test_with_a_cookie_no_other_page_changes_anything_through_any_endpoint(world: World, endpoint: Endpoint) -> None:
    browser = await world.by_cookie("alice")
    before = world.floor.state()

    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        reply = await browser.ask(endpoint.method, path_of(endpoint, "x"), prefix="", headers=headers)
        assert (reply.status, reply.code) == (403, "bad-origin")
    assert world.floor.state() == before

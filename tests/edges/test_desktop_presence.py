"""Agents, queues, colleagues and reasons, and what monitoring sees."""

import json

from controller.desktop import shapes
from controller.desktop.actions import ACTIONS
from controller.desktop.endpoints import ACTION, ENDPOINTS
from tests.edges.desktop_world import Desktop, World


async def test_an_agent_sees_who_they_are(alice: Desktop, sam: Desktop) -> None:
    me = (await alice.get("/me")).json

    assert me == {
        "agent": "alice",
        "name": "Alice Martin",
        "role": "agent",
        "state": "idle",
        "idle_reason": None,
        "next_state": None,
        "next_reason": None,
        "interaction": None,
        "wrap_ups": [],
        "state_since": "2027-01-15T08:00:00Z",
        "telephone": {"kind": "desk", "registered": True, "since": None},
    }
    assert (await sam.get("/me")).json["role"] == "supervisor"


async def test_an_agent_goes_available_and_idle_with_a_reason(alice: Desktop) -> None:
    assert (await alice.go("available")).json["state"] == "available"

    me = (await alice.go("idle", reason="lunch")).json

    assert (me["state"], me["idle_reason"]) == ("idle", "lunch")


async def test_an_idle_reason_that_nobody_knows_is_refused(alice: Desktop) -> None:
    reply = await alice.go("idle", reason="bored")

    assert (reply.status, reply.code) == (422, "bad-target")
    assert "lunch" in reply.json["detail"]


async def test_only_somebody_who_goes_idle_gives_a_reason(alice: Desktop) -> None:
    reply = await alice.go("available", reason="lunch")

    assert (reply.status, reply.code) == (422, "bad-body")


async def test_a_choice_during_a_call_is_noted_and_shows_when_the_call_and_its_wrap_up_are_over(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    me = (await alice.go("idle", reason="lunch")).json
    assert (me["state"], me["idle_reason"], me["interaction"]) == ("engaged", None, call)
    assert (me["next_state"], me["next_reason"]) == ("idle", "lunch")

    await alice.do("end", call)
    me = (await alice.get("/me")).json
    assert (me["state"], me["wrap_ups"][0]["interaction"]) == ("wrap_up", call)
    await alice.do("wrap-up", call, {"reason": "resolved"})
    me = (await alice.get("/me")).json
    assert (me["state"], me["next_state"], me["next_reason"], me["idle_reason"]) == ("idle", None, None, "lunch")


async def test_an_agent_who_let_the_telephone_ring_sees_why_they_get_no_calls(world: World, alice: Desktop) -> None:
    await alice.go("available")
    world.customer_calls()
    world.passes(seconds=20)

    me = (await alice.get("/me")).json

    assert (me["state"], me["idle_reason"]) == ("not_answering", "no answer")
    assert (await alice.go("available")).json["state"] == "offered"


async def test_the_directory_lists_agents_with_their_presence(world: World, alice: Desktop, bob: Desktop) -> None:
    await alice.go("available")
    await bob.go("available")

    directory = (await alice.get("/directory")).json

    assert (directory["as_of"], directory["stale"]) == ("2027-01-15T08:00:00Z", False)
    assert directory["entries"][1] == {
        "kind": "agent",
        "id": "bob",
        "name": "Bob Durand",
        "detail": "first line",
        "number": "1002",
        "presence": "available",
        "presence_since": "2027-01-15T08:00:00Z",
        "available": True,
    }
    available = {entry["id"]: entry["available"] for entry in directory["entries"]}
    assert available == {"alice": False, "bob": True, "carol": False, "sam": False}  # nobody consults themselves


async def test_the_directory_is_searched_by_any_part_of_what_it_shows(alice: Desktop) -> None:
    async def found(words: str) -> list[str]:
        entries = (await alice.get("/directory", params={"kind": "agent", "q": words})).json["entries"]
        return [entry["id"] for entry in entries]

    assert await found("DURAND") == ["bob"]
    assert await found("dürand") == ["bob"]
    assert await found("first") == ["alice", "bob"]
    assert await found("1003") == ["carol"]
    assert await found(" ") == ["alice", "bob", "carol", "sam"]
    assert await found("nobody") == []


async def test_a_kind_that_nobody_knows_and_a_query_without_end_are_refused(alice: Desktop) -> None:
    for query in ({"kind": "planet"}, {"q": "x" * 101}):
        reply = await alice.get("/directory", params=query)
        assert (reply.status, reply.code) == (422, "bad-query")


async def test_reasons_are_listed_in_the_sites_order(alice: Desktop) -> None:
    assert (await alice.get("/wrap-up-reasons")).json == {
        "reasons": [{"id": "resolved", "name": "Resolved"}, {"id": "follow-up", "name": "Follow-Up"}]
    }
    assert (await alice.get("/idle-reasons")).json == {"reasons": [{"id": "lunch", "name": "Lunch"}]}


async def test_a_queue_shows_who_waits_since_when_and_what_its_agents_do(world: World, alice: Desktop) -> None:
    world.customer_calls()
    world.inbox.now += 5
    world.customer_calls()
    world.inbox.now += 2.5

    support, billing = (await alice.get("/queues")).json["queues"]

    assert support == {
        "id": "support",
        "name": "Support",
        "waiting": 2,
        "longest_wait": 7.5,
        "waiting_since": "2027-01-15T08:00:00Z",
        "agents": {"idle": 1, "logged_off": 1},
    }
    assert (billing["waiting"], billing["longest_wait"], billing["waiting_since"]) == (0, 0.0, None)


# --- Monitoring --------------------------------------------------------------------------------------------------------


async def test_monitoring_needs_no_session(world: World) -> None:
    browser = world.browser()

    assert (await browser.get("/healthz", prefix="")).json == {"status": "ok"}
    assert (await browser.get("/readyz", prefix="")).json == {"status": "ready", "warnings": []}
    metrics = await browser.get("/metrics", prefix="")
    assert metrics.text == "interactions_live 0\n"
    assert metrics.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"


async def test_a_controller_that_is_not_attached_is_alive_and_not_ready(world: World) -> None:
    world.ready = False

    reply = await world.browser().get("/readyz", prefix="")

    assert (reply.status, reply.code) == (503, "not-ready")
    assert (await world.browser().get("/healthz", prefix="")).status == 200


async def test_no_answer_tells_what_the_server_is_made_of(world: World) -> None:
    for path in ("/healthz", "/nothing", "/api/v1/me"):
        reply = await world.browser().get(path, prefix="")
        assert reply.headers["Server"] == "ari-controller"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"


# --- The description ---------------------------------------------------------------------------------------------------


async def test_the_openapi_document_describes_every_endpoint_and_action(world: World) -> None:
    document = (await world.browser().get("/openapi.json")).json

    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS} | {
        ("POST", ACTION.path.replace("{action}", name)) for name in ACTIONS
    }


async def test_the_openapi_document_names_nothing_that_it_does_not_describe(world: World) -> None:
    reply = await world.browser().get("/openapi.json")

    def references(part: object) -> set[str]:
        if isinstance(part, dict):
            own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
            return own.union(*(references(value) for value in part.values()))
        return set[str]().union(*(references(value) for value in part)) if isinstance(part, list) else set()

    schemas = reply.json["components"]["schemas"]
    assert references(reply.json) == {f"#/components/schemas/{name}" for name in schemas if name != "Frame"}
    kinds = {"snapshot", "interaction", "me", "queue", "agent", "offer", "wrap_up", "refused"}
    assert set(schemas["Frame"]["discriminator"]["mapping"]) == kinds


async def test_the_openapi_document_is_made_from_the_models_that_validate(world: World) -> None:
    schemas = (await world.browser().get("/openapi.json")).json["components"]["schemas"]

    assert set(schemas["Interaction"]["properties"]) == set(shapes.Interaction.model_fields)
    assert schemas["WrapUpBody"]["required"] == ["reason"]
    assert schemas["StateBody"]["additionalProperties"] is False
    assert json.dumps(schemas["Phase"]["enum"]).count("consult") == 3

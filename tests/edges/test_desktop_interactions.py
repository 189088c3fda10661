"""An agent sees their interactions and does something about them; everybody else does not."""

import pytest

from controller.desktop import shapes
from controller.interaction.facts import LegHeld, LegUnheld
from controller.interaction.parties import customer_of
from tests.edges.desktop_world import Desktop, World


async def test_a_whole_consult_call_goes_through_the_api(world: World, alice: Desktop, bob: Desktop) -> None:
    await alice.go("available")
    call = world.customer_calls()
    offered = (await alice.get(f"/interactions/{call}")).json
    assert (offered["phase"], offered["my_role"], offered["allowed"]) == ("offered", "agent1", ["decline"])
    world.picks_up(call, "alice")
    await bob.go("available")

    async def step(desktop: Desktop, action: str, phase: str, body: object = None) -> None:
        reply = await desktop.do(action, call, body)
        assert (reply.status, reply.json["phase"]) == (200, phase), reply.text

    await step(alice, "hold", "held")
    await step(alice, "resume", "connected")
    await step(alice, "consult", "consult_offered", {"target": {"kind": "agent", "id": "bob"}})
    await step(bob, "accept", "consult_offered")
    world.picks_up(call, "bob")
    await step(alice, "resume", "consult_held")
    await step(alice, "swap", "consulting")
    await step(alice, "mute", "consulting")
    await step(alice, "unmute", "consulting")
    await step(alice, "dtmf", "consulting", {"digits": "12#"})
    await step(alice, "conference", "conference")
    await step(alice, "transfer", "connected")
    await step(alice, "wrap-up", "connected", {"reason": "resolved"})
    await step(bob, "end", "ended", {})
    await step(bob, "wrap-up", "ended", {"reason": "follow-up", "note": "calls again"})
    assert not world.floor.interactions


async def test_an_interaction_looks_as_the_contract_says(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    reply = await alice.get(f"/interactions/{call}")

    seen = reply.json
    shapes.Interaction.model_validate(seen)
    assert seen["id"] == call
    assert reply.headers["ETag"] == f'"{seen["revision"]}"'
    assert seen["phase"] == "consulting"
    assert (seen["queue"], seen["entry_point"], seen["direction"]) == ("support", "main", "inbound")
    assert (seen["my_role"], seen["owner"]) == ("agent1", "alice")
    assert seen["started_at"] == "2027-01-15T08:00:00Z"
    assert seen["customer"] == {
        "number": "+33123456789",
        "name": "Cora",
        "leg": "held",
        "muted": False,
        "held_since": "2027-01-15T08:00:00Z",
    }
    assert [agent.pop("leg_id") for agent in seen["agents"]] == [f"ix-{call}-alice-1", f"ix-{call}-bob-2"]
    assert seen["agents"] == [
        {"agent": "alice", "name": "Alice Martin", "number": "1001", "role": "agent1", "leg": "talking", "muted": False},
        {"agent": "bob", "name": "Bob Durand", "number": "1002", "role": "agent2", "leg": "talking", "muted": False},
    ]
    assert seen["consult"] == {
        "kind": "agent",
        "id": "bob",
        "number": None,
        "name": "Bob Durand",
        "stage": "talking",
        "position": None,
        "expected_wait_seconds": None,
        "asked_at": "2027-01-15T08:00:00Z",
    }
    assert seen["recording"] == "off"
    assert set(seen["allowed"]) == {"resume", "swap", "transfer", "conference", "end-consult", "dtmf", "mute"}
    assert seen["refused"]["consult"] == "You are already consulting Bob Durand."
    assert seen["refused"]["wrap-up"] == "The interaction has not ended yet."
    assert seen["gone"] is False


async def test_agent_2_sees_the_same_interaction_with_their_own_buttons(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    seen = (await bob.get(f"/interactions/{call}")).json

    assert (seen["my_role"], seen["owner"]) == ("agent2", "alice")
    assert set(seen["allowed"]) == {"leave-consult", "mute"}
    assert "resume" not in seen["refused"]


async def test_a_short_internal_number_is_shown_as_it_is(world: World, sam: Desktop) -> None:
    call = world.customer_calls(number="2001")

    seen = (await sam.get(f"/interactions/{call}")).json

    assert seen["customer"]["number"] == "2001"
    assert (seen["phase"], seen["my_role"], seen["customer"]["leg"]) == ("queued", "supervisor", "held")


async def test_a_caller_whose_name_is_no_text_is_shown_all_the_same(world: World, sam: Desktop) -> None:
    listening = await sam.listen()
    await listening.hear()

    call = world.customer_calls(number="\ud800", name="Zoé\udcff")

    assert (await sam.get(f"/interactions/{call}")).json["customer"]["name"] == "Zoé?"
    assert (await listening.hear())["interaction"]["customer"]["number"] == "?"


async def test_a_muted_agent_is_shown_as_muted(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    seen = (await alice.do("mute", call)).json

    assert seen["agents"][0]["muted"] is True
    assert "unmute" in seen["allowed"]
    assert "mute" not in seen["allowed"]


async def test_an_interaction_of_somebody_else_is_as_good_as_none(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)

    for reply in (
        await bob.get(f"/interactions/{call}"),
        await bob.do("hold", call),
        await bob.get("/interactions/none"),
        await bob.do("hold", "none"),
        await bob.get(f"/interactions/{call}/story"),
    ):
        assert (reply.status, reply.code) == (404, "unknown-interaction")
    assert (await bob.get("/interactions")).json == {"interactions": []}
    assert [seen["id"] for seen in (await alice.get("/interactions")).json["interactions"]] == [call]


async def test_a_supervisor_sees_all_and_may_end_and_nothing_else(world: World, alice: Desktop, sam: Desktop) -> None:
    call = await world.connected(alice)
    other = world.customer_calls()

    seen = (await sam.get("/interactions")).json["interactions"]
    assert [interaction["id"] for interaction in seen] == [call, other]
    assert seen[0]["my_role"] == "supervisor"

    refused = await sam.do("hold", call)
    assert (refused.status, refused.code) == (403, "not-permitted")
    assert (await sam.do("end", call)).json["phase"] == "ended"


async def test_who_handed_over_keeps_the_interaction_until_the_wrap_up_is_given(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    handed_over = (await alice.do("transfer", call)).json
    assert (handed_over["my_role"], handed_over["allowed"], handed_over["gone"]) == ("former", ["wrap-up"], False)
    assert handed_over["refused"] == {"extend-wrap-up": "This site gives no more time for a wrap-up."}

    given = await alice.do("wrap-up", call, {"reason": "resolved"})

    assert (given.status, given.json["gone"]) == (200, True)
    assert (await alice.get(f"/interactions/{call}")).code == "unknown-interaction"
    assert (await bob.get(f"/interactions/{call}")).json["my_role"] == "agent1"


async def test_agent_2_who_leaves_sees_the_interaction_no_more(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    left = (await bob.do("leave-consult", call)).json

    assert (left["my_role"], left["gone"], left["allowed"], left["refused"]) == (None, True, [], {})
    assert (await bob.get(f"/interactions/{call}")).status == 404
    assert (await alice.get(f"/interactions/{call}")).json["news"] == "Bob Durand has left."


async def test_each_refusal_of_the_floor_has_its_code(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    target = {"target": {"kind": "agent", "id": "bob"}}

    async def refused(action: str, body: object = None, **headers: str) -> tuple[int, str]:
        reply = await alice.do(action, call, body, headers=headers)
        return reply.status, reply.code

    assert await refused("leave-consult") == (403, "not-permitted")
    assert await refused("resume") == (409, "not-now")
    assert await refused("hold", **{"If-Match": "1"}) == (409, "stale")
    assert await refused("consult", target) == (409, "target-unavailable")
    assert await refused("consult", {"target": {"kind": "agent", "id": "alice"}}) == (422, "bad-target")
    assert await refused("consult", {"target": {"kind": "agent", "id": "nobody"}}) == (422, "bad-target")
    assert await refused("consult", {"target": {"kind": "agent"}}) == (422, "bad-body")
    assert await refused("consult", {"target": {"kind": "queue", "id": "billing"}}) == (409, "target-unavailable")
    assert await refused("transfer") == (409, "not-now")
    assert await refused("transfer", target) == (409, "target-unavailable")
    assert await refused("drop", {"leg": "caller-1"}) == (409, "not-now")
    assert await refused("extend-wrap-up") == (409, "not-now")
    assert await refused("dtmf", {"digits": "hello"}) == (422, "bad-target")
    assert await refused("recording", {"on": True}) == (409, "not-served")
    assert world.interaction(call).phase == "connected"
    assert (await bob.get("/me")).json["state"] == "idle"


async def test_a_reason_that_nobody_knows_is_refused_and_the_known_ones_are_named(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("end", call)

    reply = await alice.do("wrap-up", call, {"reason": "tired"})

    assert (reply.status, reply.code) == (422, "bad-target")
    assert "resolved, follow-up" in reply.json["detail"]


@pytest.mark.parametrize("written", ['"{}"', "{}", " {} "])
async def test_a_command_for_the_revision_that_is_goes_through(world: World, alice: Desktop, written: str) -> None:
    call = await world.connected(alice)
    revision = (await alice.get(f"/interactions/{call}")).json["revision"]

    assert (await alice.do("hold", call, headers={"If-Match": written.format(revision)})).status == 200
    again = await alice.do("resume", call, headers={"If-Match": written.format(revision)})
    assert (again.status, again.code) == (409, "stale")
    assert (await alice.do("resume", call, headers={"If-Match": "*"})).status == 200


async def test_a_customer_whose_hold_key_flaps_makes_no_click_stale(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    customer = customer_of(world.interaction(call))
    assert customer is not None
    for action in ("hold", "resume") * 5:
        revision = (await alice.get(f"/interactions/{call}")).json["revision"]
        world.happens(LegHeld(leg=customer.leg))
        world.happens(LegUnheld(leg=customer.leg))

        assert (await alice.do(action, call, headers={"If-Match": str(revision)})).status == 200


@pytest.mark.parametrize("written", ["seventeen", 'W/"17"', "-1", '""', "9" * 40])
async def test_a_revision_that_is_none_is_refused(world: World, alice: Desktop, written: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do("hold", call, headers={"If-Match": written})

    assert (reply.status, reply.code) == (400, "bad-header")
    assert world.interaction(call).phase == "connected"


async def test_without_asterisk_everything_but_the_wrap_up_waits(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    ended = await world.connected(bob, "bob")
    await bob.do("end", ended)
    world.switch_goes_away()

    seen = (await alice.get(f"/interactions/{call}")).json
    refused = await alice.do("hold", call)

    assert seen["allowed"] == []
    assert "Asterisk can't be reached" in seen["refused"]["hold"]
    assert "Asterisk can't be reached" in seen["refused"]["resume"]
    assert seen["refused"]["wrap-up"] == "The interaction has not ended yet."
    assert (refused.status, refused.code) == (503, "asterisk-unavailable")
    assert (await bob.get(f"/interactions/{ended}")).json["allowed"] == ["wrap-up"]
    assert (await bob.do("wrap-up", ended, {"reason": "resolved"})).status == 200

    world.switch_comes_back()
    assert (await alice.do("hold", call)).status == 200


async def test_what_the_contract_names_and_nobody_has_built_yet_says_so(world: World, alice: Desktop) -> None:
    reply = await alice.do("recording", await world.connected(alice), {"on": True})

    assert (reply.status, reply.code) == (409, "not-served")


async def test_an_action_that_does_not_exist_is_not_found_and_the_others_are_named(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    reply = await alice.do("explode", call)

    assert (reply.status, reply.code) == (404, "not-found")
    assert "hold, resume" in reply.json["detail"]


async def test_a_customer_who_left_the_conference_is_shown_as_gone(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    await alice.do("conference", call)

    world.customer_hangs_up(call)

    seen = (await alice.get(f"/interactions/{call}")).json
    assert (seen["phase"], seen["customer"]["leg"], seen["allowed"]) == ("ended", "gone", ["wrap-up"])
    assert seen["consult"] is None

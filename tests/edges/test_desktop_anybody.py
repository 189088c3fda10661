"""How consults of everybody, blind transfers, conferences with people outside, and wrap-ups with more time look to those who see them."""

from collections.abc import AsyncIterator

import pytest

from controller.desktop import shapes
from controller.directory.policy import Policy, WrapUpExtension
from controller.interaction.facts import EndCause
from tests.edges.desktop_world import Desktop, Json, Listening, World
from tests.edges.outside_world import outside_site, outside_world

CLOCK_TOWER = {"kind": "number", "number": "01 99 00 20 02"}
SUPPORT = {"kind": "queue", "id": "support"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    here = outside_world()
    await here.start()
    yield here
    await here.stop()


async def looks(desktop: Desktop, call: str) -> Json:
    reply = await desktop.get(f"/interactions/{call}")
    assert reply.status == 200, reply.text
    shapes.Interaction.model_validate(reply.json)
    return reply.json


async def asks(desktop: Desktop, action: str, call: str, **body: Json) -> Json:
    reply = await desktop.do(action, call, body)
    assert reply.status == 200, reply.text
    return reply.json


# --- Consults ----------------------------------------------------------------------------------------------------------


async def test_a_consult_of_a_number_looks_like_any_other_and_its_agent_is_nobody_of_ours(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    rings = await asks(alice, "consult", call, target=CLOCK_TOWER)

    assert (rings["phase"], rings["consult"]["stage"]) == ("consult_offered", "ringing")
    world.outside_answers(call)
    talks = await looks(alice, call)
    assert talks["consult"] == {
        "kind": "number",
        "id": None,
        "number": "+33 1 99 00 20 02",
        "name": "Clock tower",
        "stage": "talking",
        "position": None,
        "expected_wait_seconds": None,
        "asked_at": "2027-01-15T08:00:00Z",
    }
    assert talks["agents"][1] == {
        "agent": None,
        "name": "Clock tower",
        "number": "+33 1 99 00 20 02",
        "role": "agent2",
        "leg": "talking",
        "muted": False,
        "leg_id": f"ix-{call}-out-2",
    }
    held = await asks(alice, "resume", call)
    assert (held["phase"], held["consult"]["stage"], held["agents"][1]["leg"]) == ("consult_held", "held", "held")


async def test_a_consult_of_a_colleague_names_them(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    seen = await asks(alice, "consult", call, target={"kind": "organisation", "id": "marie.durand"})

    assert (seen["consult"]["kind"], seen["consult"]["id"], seen["consult"]["name"]) == ("organisation", "marie.durand", "Marie Durand")
    assert seen["consult"]["number"] == "+33 1 99 00 10 01"


async def test_a_consult_of_a_queue_names_the_queue_and_whoever_answers_is_among_the_agents(
    world: World, alice: Desktop, bob: Desktop
) -> None:
    await bob.go("available")
    call = await world.connected(alice)

    seen = await asks(alice, "consult", call, target=SUPPORT)

    assert (seen["consult"]["kind"], seen["consult"]["id"], seen["consult"]["stage"]) == ("queue", "support", "ringing")
    assert [agent["agent"] for agent in seen["agents"]] == ["alice", "bob"]
    assert (await looks(bob, call))["my_role"] == "agent2"


async def test_a_consult_that_waits_shows_how_long_others_have_waited_there_lately(world: World, alice: Desktop, bob: Desktop) -> None:
    for wait in (10.0, 60.0, 20.0):
        early = world.customer_calls()
        world.passes(wait)
        await bob.go("available")
        world.customer_hangs_up(early)
        await bob.go("idle")
    call = await world.connected(alice)

    waits = (await asks(alice, "consult", call, target=SUPPORT))["consult"]

    assert (waits["stage"], waits["position"], waits["expected_wait_seconds"]) == ("waiting", 1, 20.0)


async def test_a_consult_that_waits_shows_its_place_and_is_told_again_when_it_moves(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    earlier = world.customer_calls(number="0199002001")
    world.inbox.now += 5
    await asks(alice, "consult", call, target={"kind": "entry_point", "id": "main"})
    waits = (await looks(alice, call))["consult"]
    assert (waits["kind"], waits["id"], waits["stage"], waits["position"]) == ("entry_point", "main", "waiting", 2)
    listening = await alice.listen()
    assert (await listening.hear())["interactions"][0]["consult"]["position"] == 2

    world.customer_hangs_up(earlier)

    moved = (await listening.hear_until("interaction"))["interaction"]
    assert (moved["id"], moved["consult"]["position"]) == (call, 1)
    assert (await looks(alice, call))["consult"]["position"] == 1
    assert set(moved["allowed"]) == {"cancel-consult", "resume"}

    world.customer_calls(number="0199002003")
    await bob.go("available")
    rings = (await listening.hear_until("interaction"))["interaction"]
    assert (rings["consult"]["stage"], rings["consult"]["position"]) == ("ringing", None), "whoever comes later does not move it"


async def test_a_supervisor_is_told_of_the_place_too(world: World, alice: Desktop, sam: Desktop) -> None:
    await world.desktop("bob")
    call = await world.connected(alice)
    earlier = world.customer_calls(number="0199002001")
    world.inbox.now += 5
    await asks(alice, "consult", call, target=SUPPORT)
    listening = await sam.listen()
    await listening.hear()

    world.customer_hangs_up(earlier)

    frames = [await listening.hear_until("interaction"), await listening.hear_until("interaction")]
    assert {
        frame["interaction"]["id"]: frame["interaction"]["consult"] and frame["interaction"]["consult"]["position"] for frame in frames
    } == {
        earlier: None,
        call: 1,
    }


async def test_of_customers_who_wait_no_place_is_shown_and_none_is_told(world: World, sam: Desktop) -> None:
    first, second = (world.customer_calls(number=number) for number in ("0199002001", "0199002003"))
    listening = await sam.listen()
    await listening.hear()

    world.customer_hangs_up(first)

    frames = await listening.hear_all_until("queue")
    assert [frame["interaction"]["id"] for frame in frames if frame["type"] == "interaction"] == [first]
    assert (await looks(sam, second))["consult"] is None


async def test_a_consult_that_waits_is_told_of_after_a_restart_too(world: World, alice: Desktop) -> None:
    await world.desktop("bob")
    call = await world.connected(alice)
    earlier = world.customer_calls(number="0199002001")
    world.inbox.now += 5
    await asks(alice, "consult", call, target=SUPPORT)
    after = outside_world(state=world.floor.state())
    await after.start()
    try:
        listening = await after.browser_of(alice).listen()
        await listening.hear()
        after.customer_hangs_up(earlier)
        moved = (await listening.hear_until("interaction"))["interaction"]
    finally:
        await after.stop()

    assert (moved["id"], moved["consult"]["position"]) == (call, 1)


# --- Blind transfer ----------------------------------------------------------------------------------------------------


async def test_a_blind_transfer_is_offered_to_whom_it_rings(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    await bob.go("available")
    listening = await bob.listen()
    await listening.hear()

    left = await asks(alice, "transfer", call, target={"kind": "agent", "id": "bob"})

    assert (left["phase"], left["my_role"], left["allowed"]) == ("transferring", "former", ["wrap-up"])
    assert left["customer"]["leg"] == "held"
    offer = (await listening.hear_until("offer"))["offer"]
    assert offer == {"interaction": call, "consult": False, "why": "transfer", "over_at": "2027-01-15T08:00:20Z"}
    rung = await looks(bob, call)
    assert (rung["my_role"], rung["owner"], rung["allowed"]) == ("agent1", "bob", ["accept", "decline"])
    assert (await alice.get("/me")).json["wrap_ups"][0]["interaction"] == call

    world.picks_up(call, "bob")
    assert ((await looks(bob, call))["phase"], (await looks(bob, call))["owner"]) == ("connected", "bob")


async def test_a_blind_transfer_that_comes_to_nothing_rings_whoever_made_it(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.connected(alice)
    await bob.go("available")
    listening = await alice.listen()
    await listening.hear()
    await asks(alice, "transfer", call, target={"kind": "agent", "id": "bob"})

    await asks(bob, "decline", call)

    assert (await listening.hear_until("offer"))["offer"]["why"] == "ring_back"
    world.picks_up(call, "alice")
    assert (await looks(alice, call))["phase"] == "connected"
    assert (await alice.get("/me")).json["wrap_ups"] == []


async def test_a_customer_who_is_handed_out_is_with_nobody_of_ours(world: World, alice: Desktop, sam: Desktop) -> None:
    call = await world.connected(alice)
    rings = await asks(alice, "transfer", call, target=CLOCK_TOWER)
    assert (rings["phase"], rings["owner"]) == ("transferring", None)

    world.outside_answers(call)

    seen = await looks(sam, call)
    assert (seen["phase"], seen["owner"], seen["customer"]["leg"]) == ("handed_out", None, "talking")
    assert [agent["name"] for agent in seen["agents"] if agent["leg"] == "talking"] == ["Clock tower"]
    assert seen["allowed"] == ["end"]
    assert (await looks(alice, call))["allowed"] == ["wrap-up"]
    world.outside_ends(call, EndCause.HUNG_UP)
    assert (await looks(alice, call))["phase"] == "ended"


async def test_a_blind_transfer_to_a_queue_puts_the_customer_into_its_line(world: World, alice: Desktop, sam: Desktop) -> None:
    await world.desktop("carol")
    call = await world.connected(alice)

    await asks(alice, "transfer", call, target={"kind": "queue", "id": "billing"})

    seen = await looks(sam, call)
    assert (seen["phase"], seen["queue"], seen["owner"]) == ("queued", "billing", None)


# --- Conferences -------------------------------------------------------------------------------------------------------


async def test_the_owner_drops_somebody_outside_from_a_conference(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await asks(alice, "consult", call, target=CLOCK_TOWER)
    world.outside_answers(call)
    together = await asks(alice, "conference", call)
    assert (together["phase"], together["consult"]) == ("conference", None)
    outside = together["agents"][1]
    assert (outside["role"], outside["leg"]) == ("agent2", "talking")

    wrong = await alice.do("drop", call, {"leg": "nobody's"})
    alone = await asks(alice, "drop", call, leg=outside["leg_id"])

    assert (wrong.status, wrong.code) == (422, "bad-target")
    assert (alone["phase"], [agent["agent"] for agent in alone["agents"]]) == ("connected", ["alice"])


async def test_a_member_of_a_conference_is_agent_2_in_a_word(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    await asks(alice, "conference", call)
    await asks(alice, "consult", call, target=CLOCK_TOWER)

    seen = await looks(bob, call)

    assert (seen["my_role"], seen["consult"]["name"]) == ("agent2", "Clock tower")
    assert set(seen["allowed"]) == {"leave-conference", "mute"}
    assert {agent["role"] for agent in seen["agents"]} == {"agent1", "agent2"}


# --- A forgotten customer ----------------------------------------------------------------------------------------------


async def test_a_customer_who_is_held_for_long_is_an_alarm_to_the_owner_and_to_supervisors(
    world: World, alice: Desktop, sam: Desktop
) -> None:
    call = await world.connected(alice)
    held = await asks(alice, "hold", call)
    assert (held["customer"]["held_since"], held["hold_alarm"]) == ("2027-01-15T08:00:00Z", False)
    owner, supervisor = await alice.listen(), await sam.listen()

    async def told(listening: Listening) -> tuple[bool, str]:
        seen = (await listening.hear_until("interaction"))["interaction"]
        return seen["hold_alarm"], seen["news"]

    world.passes(120)
    assert await told(owner) == await told(supervisor) == (True, "The customer has been on hold for 2:00.")
    world.passes(120)
    assert await told(owner) == await told(supervisor) == (True, "The customer has been on hold for 4:00.")

    back = await asks(alice, "resume", call)
    assert (back["customer"]["held_since"], back["hold_alarm"], back["news"]) == (None, False, "")


async def test_agent_2_is_not_alarmed(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    world.passes(130)

    assert (await looks(alice, call))["hold_alarm"] is True
    assert ((await looks(bob, call))["hold_alarm"], (await looks(bob, call))["news"]) == (False, "")


# --- Wrap-up -----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def patient() -> AsyncIterator[World]:
    """A site that gives as much time for a wrap-up as anybody needs."""
    here = outside_world(outside_site(policy=Policy(wrap_up_extension=WrapUpExtension.UNLIMITED)))
    await here.start()
    yield here
    await here.stop()


async def test_a_wrap_up_that_is_given_more_time_has_no_end(patient: World) -> None:
    alice = await patient.desktop("alice")
    call = await patient.connected(alice)
    await asks(alice, "end", call)
    owed = {"interaction": call, "asked_at": "2027-01-15T08:00:00Z", "over_at": "2027-01-15T08:02:00Z", "default": "", "extended": False}
    assert (await alice.get("/me")).json["wrap_ups"] == [owed]
    listening = await alice.listen()
    await listening.hear()

    extended = await asks(alice, "extend-wrap-up", call)

    assert extended["refused"]["extend-wrap-up"] == "You have been given more time already."
    assert (await listening.hear_until("me"))["me"]["wrap_ups"] == [{**owed, "over_at": None, "extended": True}]
    patient.passes(3600)
    assert (await alice.get("/me")).json["state"] == "wrap_up"
    assert (await alice.do("wrap-up", call, {"reason": "resolved"})).status == 200


async def test_a_site_that_gives_no_more_time_says_so(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await asks(alice, "end", call)

    reply = await alice.do("extend-wrap-up", call)

    assert (reply.status, reply.code) == (409, "not-now")
    assert reply.json["detail"] == "This site gives no more time for a wrap-up."


async def test_while_asterisk_is_away_more_time_is_given_all_the_same(patient: World) -> None:
    alice = await patient.desktop("alice")
    call = await patient.connected(alice)
    await asks(alice, "end", call)
    patient.switch_goes_away()

    assert set((await looks(alice, call))["allowed"]) == {"wrap-up", "extend-wrap-up"}
    assert (await alice.do("extend-wrap-up", call)).status == 200

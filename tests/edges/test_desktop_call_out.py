"""An agent calls somebody: their own telephone first, then the number."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from controller.desktop.calls_begun import CALLS_REMEMBERED_MAX, CallsBegun
from controller.directory.ids import THE_SWITCH, AgentId, CommandKey
from controller.directory.targets import NumberTarget
from controller.floor.floor import Floor
from controller.interaction.facts import EndCause, LegAnswered, LegEnded, SwitchFound
from controller.interaction.parties import customer_of
from controller.routing.commands import CallOut, LogOn
from tests.edges.desktop_world import API, BEGINNING, Desktop, Json, Reply, World
from tests.edges.outside_world import outside_site, outside_world

CLOCK_TOWER = {"kind": "number", "number": "01 99 00 20 02"}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    here = outside_world()
    await here.start()
    yield here
    await here.stop()


async def call_out(desktop: Desktop, target: Json = CLOCK_TOWER, *, key: str = "", **more: Json) -> Reply:
    headers = {"Idempotency-Key": key} if key else {}
    return await desktop.ask("POST", "/interactions", json={"target": target, **more}, headers=headers)


def customer_answers(world: World, call: str) -> None:
    world.happens(LegAnswered(leg=customer_of(world.interaction(call)).leg))


async def test_a_call_out_goes_from_the_own_telephone_to_the_wrap_up(world: World, alice: Desktop) -> None:
    reply = await call_out(alice)

    begun = reply.json
    assert (reply.status, reply.headers["Location"]) == (201, f"{API}/interactions/{begun['id']}")
    assert reply.headers["ETag"] == f'"{begun["revision"]}"'
    assert (begun["phase"], begun["direction"], begun["my_role"], begun["owner"]) == ("dialling", "outbound", "agent1", "alice")
    assert (begun["queue"], begun["entry_point"]) == (None, None)
    assert (begun["customer"]["name"], begun["customer"]["number"], begun["customer"]["leg"]) == ("Clock tower", "+33199002002", None)
    assert begun["agents"][0]["leg"] == "ringing"

    world.picks_up(begun["id"], "alice")
    rings = (await alice.get(f"/interactions/{begun['id']}")).json
    assert (rings["phase"], rings["customer"]["leg"], rings["agents"][0]["leg"]) == ("dialling", "ringing", "talking")
    assert {"end", "mute"} <= set(rings["allowed"])

    customer_answers(world, begun["id"])
    assert (await alice.get(f"/interactions/{begun['id']}")).json["phase"] == "connected"
    assert (await alice.do("end", begun["id"])).json["allowed"] == ["wrap-up"]


async def test_a_number_is_understood_before_it_is_called(world: World, alice: Desktop) -> None:
    await call_out(alice, {"kind": "number", "number": "０1 99.00,20-02"})

    command = world.inbox.commands[-1]
    assert isinstance(command, CallOut)
    assert command.target == NumberTarget(dial="+33199002002", shown="+33 1 99 00 20 02", name="Clock tower")


async def test_a_call_for_a_queue_has_its_name(world: World, alice: Desktop) -> None:
    begun = (await call_out(alice, queue="support")).json

    assert (begun["queue"], begun["entry_point"]) == ("support", None)


async def test_a_call_for_a_queue_that_is_not_there_is_refused_with_those_that_are(world: World, alice: Desktop) -> None:
    reply = await call_out(alice, queue="sales")

    assert (reply.status, reply.code) == (422, "bad-target")
    assert reply.json["detail"] == "There is no queue 'sales'; there are: support, billing."


async def test_nobody_calls_out_in_the_middle_of_a_call(world: World, alice: Desktop) -> None:
    await world.connected(alice)

    reply = await call_out(alice)

    assert (reply.status, reply.code) == (409, "not-now")


async def test_an_agent_who_may_not_call_out_does_not(world: World, bob: Desktop) -> None:
    reply = await call_out(bob)

    assert (reply.status, reply.code) == (403, "not-permitted")
    assert not world.floor.interactions


@pytest.mark.parametrize(
    ("target", "status", "code", "reason"),
    [
        ({"kind": "number", "number": "+"}, 422, "bad-number", "too-short"),
        ({"kind": "number", "number": "+1 201 553 2447"}, 403, "number-not-allowed", "refuse-country"),
        ({"kind": "organisation", "id": "soren.koch@teams"}, 403, "sso-required", None),
        ({"kind": "organisation", "id": "nobody"}, 422, "bad-target", None),
    ],
)
async def test_whoever_can_not_be_called_is_refused_as_in_a_consult(
    world: World, alice: Desktop, target: Json, status: int, code: str, reason: str | None
) -> None:
    reply = await call_out(alice, target)

    assert (reply.status, reply.code, reply.json.get("reason")) == (status, code, reason)
    assert not world.floor.interactions


async def test_a_colleague_is_called(world: World, alice: Desktop) -> None:
    begun = (await call_out(alice, {"kind": "organisation", "id": "marie.durand"})).json

    assert (begun["customer"]["name"], begun["customer"]["number"]) == ("Marie Durand", "+33199001001")


async def test_without_asterisk_nobody_is_called(world: World, alice: Desktop) -> None:
    world.switch_goes_away()

    reply = await call_out(alice)

    assert (reply.status, reply.code) == (503, "asterisk-unavailable")


async def test_nobody_answers_and_nothing_is_owed(world: World, alice: Desktop) -> None:
    call = (await call_out(alice)).json["id"]
    world.picks_up(call, "alice")

    world.happens(LegEnded(leg=customer_of(world.interaction(call)).leg, cause=EndCause.BUSY))

    assert (await alice.get("/me")).json["wrap_ups"] == []
    assert not world.floor.interactions


# --- Sent again --------------------------------------------------------------------------------------------------------


async def test_a_call_that_is_asked_for_twice_with_one_key_is_made_once(world: World, alice: Desktop) -> None:
    first = await call_out(alice, key="one")

    again = await call_out(alice, key="one")

    assert (again.status, again.json["id"]) == (200, first.json["id"])
    assert len(world.floor.interactions) == 1


async def test_a_call_that_is_asked_for_twice_at_once_with_one_key_is_made_once(world: World, alice: Desktop) -> None:
    world.inbox.gate = asyncio.Event()
    both = [asyncio.create_task(call_out(alice, key="one")) for _ in range(2)]
    for _ in both:
        await world.inbox.at_gate.acquire()

    world.inbox.gate.set()

    first, second = await asyncio.gather(*both)
    assert {first.status, second.status} == {201, 200}
    assert first.json["id"] == second.json["id"]
    assert len(world.floor.interactions) == 1


async def test_the_key_of_a_call_is_good_for_no_other(alice: Desktop) -> None:
    await call_out(alice, key="one")

    reply = await call_out(alice, {"kind": "number", "number": "01 99 00 20 01"}, key="one")

    assert (reply.status, reply.code) == (422, "reused-key")


async def test_a_call_that_is_over_is_not_made_again(world: World, alice: Desktop) -> None:
    call = (await call_out(alice, key="one")).json["id"]
    world.hangs_up(call, "alice")
    assert not world.floor.interactions

    again = await call_out(alice, key="one")

    assert (again.status, again.text) == (204, "")
    assert not world.floor.interactions


async def test_a_call_that_was_begun_before_a_restart_is_not_made_again(world: World, alice: Desktop) -> None:
    await call_out(alice, key="one")
    after = outside_world(state=world.floor.state())
    await after.start()
    try:
        again = await call_out(after.browser_of(alice), key="one")
    finally:
        await after.stop()

    assert again.status == 204


def test_of_the_calls_that_were_begun_the_latest_are_known() -> None:
    begun, alice = CallsBegun(), AgentId("alice")

    def note(number: int) -> CommandKey:
        key = CommandKey(f"key-{number}")
        asked = CallOut(agent=alice, key=key, target=NumberTarget(dial="112", shown="112"))
        floor = Floor(outside_site())
        floor.take(SwitchFound(switch=THE_SWITCH), BEGINNING)
        floor.take(LogOn(agent=alice), BEGINNING)
        begun.note(asked, floor.take(asked, BEGINNING))
        return key

    first, *_, last = [note(number) for number in range(CALLS_REMEMBERED_MAX + 1)]

    assert begun.with_key(alice, first) is None
    assert begun.with_key(alice, last) is not None


async def test_a_refused_call_may_be_tried_again_with_its_key(world: World, alice: Desktop) -> None:
    world.switch_goes_away()
    assert (await call_out(alice, key="one")).status == 503
    world.switch_comes_back()

    assert (await call_out(alice, key="one")).status == 201


# --- Nobody is reached -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "news"),
    [
        (EndCause.UNREACHABLE, "Clock tower: the number is not in service."),
        (EndCause.TRUNK_SILENT, "Clock tower could not be called: the trunk to outside does not answer."),
        (EndCause.BUSY, "Clock tower is busy."),
    ],
)
async def test_a_call_out_that_reaches_nobody_goes_with_a_word_for_whoever_called(
    world: World, alice: Desktop, cause: EndCause, news: str
) -> None:
    call = (await call_out(alice)).json["id"]
    world.picks_up(call, "alice")
    listening = await alice.listen()
    await listening.hear()

    world.happens(LegEnded(leg=customer_of(world.interaction(call)).leg, cause=cause))

    told = (await listening.hear_until("interaction"))["interaction"]
    assert (told["phase"], told["gone"], told["my_role"], told["news"]) == ("ended", True, "agent1", news)


async def test_whoever_does_not_answer_their_own_telephone_is_told_that_nobody_was_called(world: World, alice: Desktop) -> None:
    call = (await call_out(alice)).json["id"]
    listening = await alice.listen()
    await listening.hear()

    world.passes(20)

    told = (await listening.hear_until("interaction"))["interaction"]
    assert (told["id"], told["gone"], told["my_role"]) == (call, True, "agent1")
    assert told["news"] == "Your own telephone was not answered."

"""A command that is sent twice acts once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from controller.directory.ids import AgentId
from controller.floor.floor import Floor
from controller.floor.keys import KEY_SECONDS
from controller.interaction.notices import DigitsPressed
from controller.journal.codec import read_state, write_state
from tests.edges.desktop_world import PATIENCE_SECONDS, Desktop, InMemoryInbox, World

KEY = {"Idempotency-Key": "one"}
JSON = {"Content-Type": "application/json"}
FULL = "The journal can't be written: database or disk is full."


async def test_the_second_request_with_a_key_shows_the_interaction_as_it_is_now(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)

    await alice.do("hold", call, headers=KEY)
    resumed = await alice.do("resume", call)
    second = await alice.do("hold", call, headers=KEY)

    assert (second.status, second.json["phase"], second.headers["ETag"]) == (200, "connected", resumed.headers["ETag"])
    assert world.interaction(call).phase == "connected"


async def test_a_request_that_overtakes_its_first_answer_waits_for_it(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.gate = asyncio.Event()

    both = [asyncio.create_task(alice.do("hold", call, headers=KEY)) for _ in range(2)]
    assert (await alice.get("/me")).status == 200
    assert not any(asked.done() for asked in both)
    world.inbox.gate.set()
    first, second = await asyncio.gather(*both)

    assert (first.status, first.text) == (second.status, second.text) == (200, first.text)
    assert world.interaction(call).phase == "held"


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not done():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)


async def test_a_request_that_comes_while_the_first_is_being_written_waits_for_the_disk(world: World, alice: Desktop) -> None:
    call, rest = await world.connected(alice), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield b"{"
        await rest.wait()
        yield b"}"

    readers = world.inbox.readers
    second = asyncio.create_task(alice.ask("POST", f"/interactions/{call}/hold", data=slowly(), headers=KEY | JSON))
    await until(lambda: world.inbox.readers == readers + 1)
    world.inbox.written = asyncio.Event()
    first = asyncio.create_task(alice.ask("POST", f"/interactions/{call}/hold", data=b"{}", headers=KEY | JSON))
    await until(lambda: world.inbox.is_being_written)

    rest.set()
    await until(lambda: world.inbox.readers == readers + 3)
    assert not first.done()
    assert not second.done()
    world.inbox.written.set()

    assert [reply.status for reply in await asyncio.gather(first, second)] == [200, 200]
    assert world.interaction(call).phase == "held"


async def test_whoever_waits_for_a_refused_command_gets_the_same_refusal(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    world.inbox.gate = asyncio.Event()

    both = [asyncio.create_task(alice.do("resume", call, headers=KEY)) for _ in range(2)]
    assert (await alice.get("/me")).status == 200
    world.inbox.gate.set()

    assert [reply.code for reply in await asyncio.gather(*both)] == ["not-now", "not-now"]


async def test_a_refused_command_may_be_tried_again_with_its_key(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    assert (await alice.do("resume", call, headers=KEY)).code == "not-now"

    await alice.do("hold", call)

    assert (await alice.do("resume", call, headers=KEY)).status == 200


async def test_a_wrap_up_that_is_sent_twice_is_no_mistake_though_the_interaction_is_over(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("end", call)

    first = await alice.do("wrap-up", call, {"reason": "resolved"}, headers=KEY)
    second = await alice.do("wrap-up", call, {"reason": "resolved"}, headers=KEY)

    assert first.status == 200
    assert (second.status, second.text) == (204, "")
    assert (await alice.do("wrap-up", call, {"reason": "resolved"})).code == "unknown-interaction"


async def test_two_wrap_ups_at_once_with_one_key_are_one(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("end", call)
    world.inbox.gate = asyncio.Event()

    both = [asyncio.create_task(alice.do("wrap-up", call, {"reason": "resolved"}, headers=KEY)) for _ in range(2)]
    assert (await alice.get("/me")).status == 200
    world.inbox.gate.set()

    assert sorted(reply.status for reply in await asyncio.gather(*both)) == [200, 204]


async def test_keys_that_are_pressed_are_heard_once(world: World, alice: Desktop) -> None:
    """Nothing of the interaction shows whether they were."""
    call = await world.connected(alice)

    for _ in range(2):
        assert (await alice.do("dtmf", call, {"digits": "12"}, headers=KEY)).status == 200

    pressed = [notice.digits for outcome in world.inbox.outcomes for notice in outcome.notices if isinstance(notice, DigitsPressed)]
    assert pressed == ["12"]


async def test_a_key_means_one_command_of_one_interaction(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("dtmf", call, {"digits": "1"}, headers=KEY)

    for reply in (
        await alice.do("dtmf", call, {"digits": "2"}, headers=KEY),
        await alice.do("hold", call, headers=KEY),
        await alice.ask("PUT", "/me/state", json={"state": "idle"}, headers=KEY),
    ):
        assert (reply.status, reply.code) == (422, "reused-key")
    assert world.interaction(call).phase == "connected"


async def test_two_agents_may_use_the_same_key(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)

    assert (await alice.do("mute", call, headers=KEY)).json["my_role"] == "agent1"
    assert (await bob.do("mute", call, headers=KEY)).json["my_role"] == "agent2"


@pytest.mark.parametrize("key", ["", "x" * 129, "a\tb"])
async def test_a_key_that_is_none_is_refused(world: World, alice: Desktop, key: str) -> None:
    call = await world.connected(alice)

    reply = await alice.do("hold", call, headers={"Idempotency-Key": key})

    assert (reply.status, reply.code) == (400, "bad-header")


async def test_a_key_is_forgotten_after_a_day(world: World, alice: Desktop) -> None:
    await alice.ask("PUT", "/me/state", json={"state": "idle"}, headers=KEY)
    await alice.go("available")

    world.inbox.now += KEY_SECONDS
    alice = await world.desktop("alice")

    assert (await alice.ask("PUT", "/me/state", json={"state": "idle"}, headers=KEY)).json["state"] == "idle"


# --- The next process --------------------------------------------------------------------------------------------------


@pytest.fixture
async def next_worlds() -> AsyncIterator[Callable[[World], Awaitable[World]]]:
    """The same contact centre at the next process, which has nothing but the kept state."""
    begun: list[World] = []

    async def begin(before: World) -> World:
        again = World(inbox=InMemoryInbox(Floor.from_state(read_state(write_state(before.floor.state())))))
        again.inbox.now = before.inbox.now
        await again.start()
        begun.append(again)
        return again

    yield begin
    for world in begun:
        await world.stop()


NextWorlds = Callable[[World], Awaitable[World]]


async def test_a_command_that_is_sent_again_to_the_next_process_acts_once(
    world: World, alice: Desktop, bob: Desktop, next_worlds: NextWorlds
) -> None:
    call = await world.consulting(alice, bob)
    first = await alice.do("swap", call, headers=KEY)
    assert (first.status, first.json["phase"]) == (200, "consult_held")

    again = await next_worlds(world)
    second = await again.browser_of(alice).do("swap", call, headers=KEY)

    assert (second.status, second.json["phase"], second.json["revision"]) == (200, "consult_held", first.json["revision"])
    assert again.interaction(call).phase == "consult_held"


async def test_a_key_means_the_same_command_at_the_next_process(world: World, alice: Desktop, next_worlds: NextWorlds) -> None:
    call = await world.connected(alice)
    await alice.do("dtmf", call, {"digits": "1"}, headers=KEY)

    again = await next_worlds(world)
    reply = await again.browser_of(alice).do("dtmf", call, {"digits": "2"}, headers=KEY)

    assert (reply.status, reply.code) == (422, "reused-key")


async def test_nothing_of_what_was_asked_is_remembered_with_its_key(world: World, alice: Desktop) -> None:
    call = await world.connected(alice)
    await alice.do("end", call)

    await alice.do("wrap-up", call, {"reason": "resolved", "note": "a lengthy secret"}, headers={"Idempotency-Key": "a-word-of-my-own"})

    state = write_state(world.floor.state())
    assert len(world.floor.state().accepted[AgentId("alice")]) == 1
    assert "secret" not in state
    assert "a-word-of-my-own" not in state


# --- A full disk -------------------------------------------------------------------------------------------------------


async def test_a_command_that_was_done_and_not_kept_acts_once_though_it_is_sent_again(world: World, alice: Desktop, bob: Desktop) -> None:
    call = await world.consulting(alice, bob)
    world.inbox.not_kept_because = FULL

    first = await alice.do("swap", call, headers=KEY)
    still = await alice.do("swap", call, headers=KEY)
    world.inbox.not_kept_because = None
    second = await alice.do("swap", call, headers=KEY)

    assert (first.status, first.code) == (still.status, still.code) == (507, "not-kept")
    assert (second.status, second.json["phase"]) == (200, "consult_held")
    assert world.interaction(call).phase == "consult_held"

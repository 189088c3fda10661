"""What is left of a session when the controller is started again: a hash of its token, good for the password it was opened with."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from controller.directory.ids import AgentId
from controller.floor.floor import Floor
from controller.floor.state import FloorState
from controller.journal.codec import write_state
from tests.edges.desktop_world import HASHES, Desktop, World


def token_of(desktop: Desktop) -> str:
    return desktop.headers["Authorization"].removeprefix("Bearer ")


async def started_again(state: FloorState, hashes: Mapping[AgentId, str] = HASHES) -> World:
    """Another process with the same journal."""
    here = World()
    here.floor.desks.update(Floor.from_state(state).desks)
    here.server.use_passwords(hashes)
    await here.start()
    return here


async def with_token(world: World, token: str) -> int:
    return (await world.browser().get("/me", headers={"Authorization": f"Bearer {token}"})).status


async def test_a_token_is_long_and_random_and_no_two_are_alike(world: World) -> None:
    tokens = {token_of(await world.desktop("alice")) for _ in range(5)}

    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {43}, "32 random bytes, in the letters that a URL may have"


async def test_what_is_kept_of_a_session_is_a_hash_and_no_token(world: World, alice: Desktop) -> None:
    kept = write_state(world.floor.state())

    assert token_of(alice) not in kept
    assert hashlib.sha256(token_of(alice).encode()).hexdigest() in kept
    assert HASHES[AgentId("alice")] not in kept


async def test_a_session_outlives_the_controller(world: World, alice: Desktop) -> None:
    again = await started_again(world.floor.state())

    assert await with_token(again, token_of(alice)) == 200

    await again.stop()


async def test_what_is_kept_is_no_token_by_itself(world: World, alice: Desktop) -> None:
    (session,) = world.floor.desks[AgentId("alice")].sessions

    assert await with_token(world, session.key) == 401
    assert await with_token(world, session.key.partition(".")[0]) == 401


async def test_a_session_that_was_opened_with_another_password_is_over_when_the_controller_starts_again(
    world: World, alice: Desktop, bob: Desktop
) -> None:
    again = await started_again(world.floor.state(), {**HASHES, AgentId("alice"): HASHES[AgentId("carol")]})

    assert await with_token(again, token_of(alice)) == 401
    assert await with_token(again, token_of(bob)) == 200
    await again.server.sweep()
    assert again.floor.desks[AgentId("alice")].sessions == ()

    await again.stop()


async def test_a_session_that_ended_while_the_controller_was_away_is_over(world: World, alice: Desktop) -> None:
    state = world.floor.state()
    desks = tuple(
        replace(desk, sessions=tuple(replace(session, until=world.inbox.now - 1) for session in desk.sessions)) for desk in state.desks
    )
    again = await started_again(replace(state, desks=desks))

    assert await with_token(again, token_of(alice)) == 401

    await again.stop()

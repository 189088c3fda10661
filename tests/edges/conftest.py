"""The world that the tests of the desktop's API live in."""

from collections.abc import AsyncIterator

import pytest

from tests.edges.desktop_world import Desktop, World


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A contact centre with its desktop server on a free port."""
    here = World()
    await here.start()
    yield here
    await here.stop()


@pytest.fixture
async def alice(world: World) -> Desktop:
    return await world.desktop("alice")


@pytest.fixture
async def bob(world: World) -> Desktop:
    return await world.desktop("bob")


@pytest.fixture
async def sam(world: World) -> Desktop:
    """The supervisor."""
    return await world.desktop("sam")

"""schemathesis holds the running server to its own OpenAPI document, in every phase of an interaction: no failure, no 500."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.edges.desktop_world import API, World
from tests.security.scenes import UNBOUNDED, SceneByScene, every_phase

ROOT = Path(__file__).parents[2]
SEED = 20261122
CALL = "tro8w001"
"""The interaction that schemathesis.toml names."""
SECONDS_MAX = 120


async def schemathesis(world: World, token: str, folder: Path, examples: int, *options: str) -> tuple[int, str]:
    """Run it as an administrator would; the exit code, and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"),
        *("--config-file", ROOT / "tests/security/schemathesis.toml", "run", f"{world.url}{API}/openapi.json"),
        *("--header", f"Authorization: Bearer {token}", "--seed", str(SEED), "--max-examples", str(examples), "--no-color"),
        *options,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.security.readable"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(SECONDS_MAX):
        said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def token_of(world: World, agent: str) -> str:
    return (await world.desktop(agent)).headers["Authorization"].removeprefix("Bearer ")


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("who", "examples"),
    [
        pytest.param("alice", 12, id="the owner"),
        pytest.param("bob", 2, id="Agent 2"),
        pytest.param("carol", 2, id="a stranger"),
        pytest.param("sam", 2, id="a supervisor"),
    ],
)
async def test_the_server_is_what_its_document_says(who: str, examples: int, tmp_path: Path) -> None:
    call, scenes = await every_phase()
    assert call == CALL
    world = World(UNBOUNDED, inbox=SceneByScene(scenes))
    await world.start()
    try:
        with capture_logs() as logged:
            token = await token_of(world, who)
            code, said = await schemathesis(world, token, tmp_path, examples, "--exclude-method", "DELETE")
            log_off = await schemathesis(world, await token_of(world, who), tmp_path, examples, "--include-method", "DELETE")
    finally:
        await world.stop()

    assert (code, log_off[0]) == (0, 0), said + log_off[1]
    assert [line for line in logged if line["event"] == "unexpected"] == []

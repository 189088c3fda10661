"""The service and its journal's folder: what it says when it can't have it, and what it leaves behind when it is told to stop."""

import signal
from pathlib import Path

import aiohttp
import pytest

from controller.journal.sqlite_journal import SqliteJournal
from tests.bench.lives import PASSWORD, Lives

pytestmark = pytest.mark.long

FAILED = 1


async def test_a_folder_that_can_not_be_made_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    async with Lives(tmp_path, agents=1, inputs_per_state=10) as lives:
        await lives.begins()
        assert await lives.ended() == FAILED
    assert f"The journal in {tmp_path / 'state'} can't be opened" in lives.log.read_text()


async def test_a_second_service_on_the_same_folder_ends_and_the_first_goes_on(tmp_path: Path) -> None:
    async with (
        Lives(tmp_path, agents=1, inputs_per_state=10) as first,
        Lives(tmp_path, agents=1, inputs_per_state=10) as second,
        aiohttp.ClientSession() as http,
    ):
        await first.begins()
        await first.listens(http)
        await second.begins()
        assert await second.ended() == FAILED
        assert "another ari-controller is using it" in second.log.read_text()
        await first.listens(http)


async def test_a_service_that_is_told_to_stop_leaves_a_whole_state_behind(tmp_path: Path) -> None:
    async with Lives(tmp_path, agents=1, inputs_per_state=10) as lives, aiohttp.ClientSession() as http:
        await lives.begins()
        await lives.listens(http)
        body = {"agent": "agent-0", "password": PASSWORD}
        async with http.post(f"{lives.url}/api/v1/session", json=body) as answer:
            assert answer.status == 201
        assert await lives.ends(signal.SIGTERM) == 0

    journal = SqliteJournal(tmp_path / "state")
    kept = journal.open()
    journal.close()
    assert kept.damage == ""
    assert list(kept.inputs) == []
    assert kept.state is not None
    assert [len(desk.sessions) for desk in kept.state.desks] == [1]

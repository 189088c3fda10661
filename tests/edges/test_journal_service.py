"""The service and its journal's folder: what it says when it can't have it, and what it leaves behind when it is told to stop."""

import asyncio
import resource
import signal
from pathlib import Path

import aiohttp
import pytest

from controller.journal.sqlite_journal import SqliteJournal
from tests.bench.lives import PASSWORD, Lives

pytestmark = pytest.mark.long

FAILED = 1
PATIENCE_SECONDS = 10.0
FULL_AT_BYTES = 100 * 1024
"""Its log and its steps have room, its journal's log soon has none."""


class Desk:
    """One agent, logged on for all lives."""

    def __init__(self, http: aiohttp.ClientSession, lives: Lives) -> None:
        self._http = http
        self._lives = lives
        self._headers: dict[str, str] = {}

    async def log_on(self) -> int:
        body = {"agent": "agent-0", "password": PASSWORD}
        async with self._http.post(f"{self._lives.url}/api/v1/session", json=body) as answer:
            if answer.status == 201:
                self._headers = {"Authorization": f"Bearer {(await answer.json())['token']}"}
            return answer.status

    async def goes(self, state: str, key: str = "") -> tuple[int, str]:
        """Choose a state; the answer's status, and the state or the problem's code."""
        headers = self._headers | ({"Idempotency-Key": key} if key else {})
        async with self._http.put(f"{self._lives.url}/api/v1/me/state", json={"state": state}, headers=headers) as answer:
            said = await answer.json(content_type=None)
            return answer.status, said.get("code") or said["state"]

    async def asks(self, path: str) -> str:
        async with self._http.get(self._lives.url + path, headers=self._headers) as answer:
            return await answer.text()


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


async def test_a_command_that_is_sent_again_after_a_kill_has_acted_already(tmp_path: Path) -> None:
    async with Lives(tmp_path, agents=1, inputs_per_state=10) as lives, aiohttp.ClientSession() as http:
        await lives.begins()
        await lives.listens(http)
        desk = Desk(http, lives)
        await desk.log_on()
        assert await desk.goes("idle", key="one") == (200, "idle")
        assert await desk.goes("available") == (200, "available")
        await lives.ends(signal.SIGKILL)

        await lives.begins()
        await lives.listens(http)

        assert await desk.goes("idle", key="one") == (200, "available"), "as it is now"
        assert await desk.goes("available", key="one") == (422, "reused-key")


async def test_a_service_whose_disk_is_full_says_so_everywhere_and_catches_up(tmp_path: Path) -> None:
    async with Lives(tmp_path, agents=1, inputs_per_state=1000) as lives, aiohttp.ClientSession() as http:
        await lives.begins()
        await lives.listens(http)
        desk = Desk(http, lives)
        await desk.log_on()
        lives.may_write_files_up_to(FULL_AT_BYTES)
        answers = [await desk.goes(("idle", "available")[number % 2], key=f"key-{number}") for number in range(100)]
        lost = next(number for number, answer in enumerate(answers) if answer == (507, "not-kept"))

        assert "nothing of them is kept: The journal can't be written" in await desk.asks("/readyz")
        assert "ari_controller_journal_failing 1" in await desk.asks("/metrics")
        assert "nothing is kept until the disk works again" in lives.log.read_text()
        assert await desk.log_on() == 503

        lives.may_write_files_up_to(resource.RLIM_INFINITY)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while "ari_controller_journal_failing 0" not in await desk.asks("/metrics"):  # noqa: ASYNC110 - a disk tells nobody
                await asyncio.sleep(0.05)
        assert "kept" not in await desk.asks("/readyz")
        assert "the journal works again" in lives.log.read_text()
        await lives.ends(signal.SIGKILL)
        await lives.begins()
        await lives.listens(http)
        assert (await desk.goes("idle", key="last"))[0] == 200
        again = await desk.goes(("idle", "available")[lost % 2], key=f"key-{lost}")
        assert again == (200, "idle"), "what was done and not kept at first has acted once"

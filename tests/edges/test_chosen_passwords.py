"""What agents have chosen is kept on disk, counts until the administrator writes another hash, and never again after that."""

import errno
import json
import os
import signal
import stat
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from controller.directory.ids import AgentId
from controller.directory.passwords import HASHER
from controller.service.chosen_passwords import NAME, BadChosenPasswords, ChosenPasswordFile
from tests.edges.command_line import DEMO, ari_controller_process
from tests.security.a_service import Service, service

ALICE, BOB = AgentId("alice"), AgentId("bob")
FIRST, OTHER, CHOSEN = HASHER.hash("first"), HASHER.hash("other"), HASHER.hash("chosen")
SITE = {ALICE: FIRST, BOB: OTHER}


async def chosen(folder: Path) -> ChosenPasswordFile:
    """Alice has chosen her own."""
    file = ChosenPasswordFile(folder, SITE)
    assert await file.keep(ALICE, CHOSEN, instead_of=FIRST)
    return file


async def test_what_an_agent_has_chosen_is_there_after_a_start_for_its_owner_alone(tmp_path: Path) -> None:
    await chosen(tmp_path)

    assert ChosenPasswordFile(tmp_path, SITE).hashes == {ALICE: CHOSEN, BOB: OTHER}
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert FIRST not in (tmp_path / NAME).read_text()


async def test_an_agent_chooses_again(tmp_path: Path) -> None:
    file = await chosen(tmp_path)

    assert await file.keep(ALICE, OTHER, instead_of=CHOSEN)

    assert ChosenPasswordFile(tmp_path, SITE).hashes[ALICE] == OTHER


async def test_an_agent_chooses_again_where_the_service_may_give_no_file_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = await chosen(tmp_path)

    def chown(*_: object) -> None:
        raise PermissionError(errno.EPERM, "as `SystemCallFilter=~@privileged` of our unit has it")

    monkeypatch.setattr(os, "chown", chown)

    assert await file.keep(ALICE, OTHER, instead_of=CHOSEN)


async def test_nothing_is_kept_in_the_place_of_a_password_that_is_another_by_now(tmp_path: Path) -> None:
    file = await chosen(tmp_path)

    assert not await file.keep(ALICE, OTHER, instead_of=FIRST)
    assert not await file.keep(AgentId("nobody"), OTHER, instead_of=FIRST)

    assert file.hashes[ALICE] == CHOSEN


@pytest.mark.parametrize("newer", [{**SITE, ALICE: OTHER}, {BOB: OTHER}], ids=["another hash", "no such agent"])
async def test_what_the_administrator_writes_later_counts_and_what_was_chosen_never_again(
    tmp_path: Path, newer: dict[AgentId, str]
) -> None:
    file = await chosen(tmp_path)

    assert await file.use(newer) == newer

    assert await file.use(SITE) == SITE
    assert json.loads((tmp_path / NAME).read_text()) == {}


async def test_what_the_administrator_wrote_while_the_controller_was_away_counts_too(tmp_path: Path) -> None:
    await chosen(tmp_path)

    assert ChosenPasswordFile(tmp_path, {**SITE, ALICE: OTHER}).hashes[ALICE] == OTHER
    assert ChosenPasswordFile(tmp_path, SITE).hashes == SITE


async def test_a_site_file_that_is_read_again_as_it_was_changes_nothing(tmp_path: Path) -> None:
    file = await chosen(tmp_path)
    before = (tmp_path / NAME).stat().st_mtime_ns

    assert (await file.use(SITE))[ALICE] == CHOSEN

    assert (tmp_path / NAME).stat().st_mtime_ns == before


async def test_a_full_disk_keeps_nothing_and_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = await chosen(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            await file.keep(ALICE, OTHER, instead_of=CHOSEN)
        assert file.hashes[ALICE] == CHOSEN
        with capture_logs() as lines:
            assert await file.use({**SITE, ALICE: OTHER}) == {ALICE: OTHER, BOB: OTHER}

    assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["what they had chosen is still on disk"]
    assert (await file.use(SITE))[ALICE] == FIRST


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "does not say which passwords agents have chosen"),
        ("[]", "does not say which passwords agents have chosen"),
        ('{"alice": {"hash": "secret"}}', "does not say which passwords agents have chosen"),
        ('{"alice": {"hash": "secret", "instead_of": "x"}}', "The hash of 'alice'"),
    ],
)
def test_a_file_that_is_damaged_is_not_passed_over(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / NAME).write_text(text)

    with pytest.raises(BadChosenPasswords) as bad:
        ChosenPasswordFile(tmp_path, SITE)

    assert said in bad.value.because
    assert "secret" not in bad.value.because


def test_a_file_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()

    with pytest.raises(BadChosenPasswords, match="can't be read: Is a directory"):
        ChosenPasswordFile(tmp_path, SITE)


# --- The whole service -------------------------------------------------------------------------------------------------

ALICES, NEW = "alice", "trois petits chats"


async def log_on(here: Service, http: aiohttp.ClientSession, password: str) -> tuple[int, dict[str, str]]:
    url = f"http://127.0.0.1:{here.port}/api/v1/session"
    async with http.post(url, json={"agent": "alice", "password": password}) as answer:
        return answer.status, {"Authorization": f"Bearer {(await answer.json()).get('token')}"}


@pytest.mark.long
async def test_a_chosen_password_outlives_a_restart_and_ends_with_a_newer_hash_of_the_site_file(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        async with service(tmp_path, asterisk_url=nobody, changes={}, form="text") as here:
            _, hers = await log_on(here, http, ALICES)
            status, _ = await here.ask(http, "PUT", "/api/v1/me/password", json={"old": ALICES, "new": NEW}, headers=hers)
            assert status == 204
            here.process.send_signal(signal.SIGHUP)
            await here.until(lambda: "the site file was taken over" in here.said)
            assert (await here.ask(http, "GET", "/api/v1/me", headers=hers))[0] == 200
        async with service(tmp_path, asterisk_url=nobody, changes={}, form="text") as here:
            assert (await here.ask(http, "GET", "/api/v1/me", headers=hers))[0] == 200
            assert (await log_on(here, http, ALICES))[0] == 401
            assert (await log_on(here, http, NEW))[0] == 201
            site = here.folder / "site.toml"
            former = next(line for line in site.read_text().splitlines() if line.startswith('password = "$argon2'))
            site.write_text(site.read_text().replace(former, f'password = "{OTHER}"'))
            here.process.send_signal(signal.SIGHUP)
            await here.until(lambda: "the site file was taken over" in here.said)
            assert (await here.ask(http, "GET", "/api/v1/me", headers=hers))[0] == 401
            assert (await log_on(here, http, NEW))[0] == 401
            assert (await log_on(here, http, "other"))[0] == 201
            assert not any(secret in here.said for secret in (NEW, "argon2"))


@pytest.mark.long
async def test_a_controller_does_not_start_without_what_agents_have_chosen(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(DEMO.read_text())
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / NAME).write_text("half a fi")

    done = await ari_controller_process("run", "-c", tmp_path / "site.toml")

    assert done.code == 1
    assert "does not say which passwords agents have chosen" in done.out + done.err

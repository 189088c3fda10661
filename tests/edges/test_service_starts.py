"""What a start finds in the journal's folder, and what a running service takes over from its site file."""

import os
import sqlite3
import time
from pathlib import Path

import pytest

from controller.directory.ids import AgentId
from controller.floor.outcome import Input, SiteReloaded
from controller.journal.codec import Taken
from controller.journal.replay import bring_back
from controller.journal.sqlite_journal import SqliteJournal
from controller.routing.commands import GoAvailable, GoIdle, LogOn
from controller.service.run import instance_of
from controller.service.site import site_of
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.live.service import free_port, running_service, write_site


def test_a_controller_has_one_name_for_good(tmp_path: Path) -> None:
    name = instance_of(tmp_path)

    assert len(name) == 16
    assert instance_of(tmp_path) == name


@pytest.mark.parametrize("left", ["", "\n"])
def test_a_name_that_a_crash_left_empty_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / "instance").write_text(left)

    name = instance_of(tmp_path)

    assert len(name) == 16
    assert instance_of(tmp_path) == name


def test_a_disk_that_is_full_leaves_no_empty_name_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="no space left"):
            instance_of(tmp_path)

    assert not (tmp_path / "instance").exists()


async def test_a_new_ari_password_is_taken_over_without_a_restart_and_the_calls_go_on(tmp_path: Path) -> None:
    secret, site = tmp_path / "ari-password", write_site(tmp_path, password="file:ari-password")
    secret.write_text("secret\n")
    async with fake_asterisk() as asterisk, running_service(site, ari_port=asterisk.port) as service:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        await service.says("attached to Asterisk")

        asterisk.password = "the next one"
        secret.write_text("the next one\n")
        service.read_site_again()
        said = await service.says("another user or password for ARI was taken over")
        await service.says("the site file was taken over")
        assert "the next one" not in said
        assert not any("at the next start only" in line for line in service.lines)
        assert asterisk.connections == 1

        asterisk.cut()
        await asterisk.until(lambda: asterisk.connections == 2)


async def kept(folder: Path, *inputs: Input) -> None:
    """A process took these, and is gone."""
    journal = SqliteJournal(folder)
    journal.open()
    await journal.keep([Taken(what, 10.0 + number) for number, what in enumerate(inputs)])
    journal.close()


async def test_a_journal_with_an_input_that_is_refused_by_now_is_kept_aside_and_the_service_starts(tmp_path: Path) -> None:
    site = write_site(tmp_path)
    directory = site_of(site).directory
    await kept(
        tmp_path / "state",
        SiteReloaded(directory=directory),
        LogOn(agent=AgentId("alice")),
        GoAvailable(agent=AgentId("nobody")),
        GoIdle(agent=AgentId("alice"), reason="lunch"),
    )

    async with running_service(site, ari_port=free_port()) as service:
        await service.says("1 inputs are refused by now and were passed over, the first of them GoAvailable")
        await service.says("the journal as it was is kept for somebody to look at")
        await service.says("the desktop listens")

    journal = SqliteJournal(tmp_path / "state")
    again = bring_back(journal.open())
    journal.close()
    assert (again.damage, again.floor.desks[AgentId("alice")].reason) == ("", "lunch")
    assert len(list((tmp_path / "state").glob("journal.db.damaged-*"))) >= 1


async def test_a_newer_versions_journal_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    await kept(tmp_path / "state", LogOn(agent=AgentId("alice")))
    connection = sqlite3.connect(tmp_path / "state" / "journal.db")
    connection.execute("PRAGMA user_version = 7")
    connection.close()

    async with running_service(write_site(tmp_path), ari_port=free_port()) as service:
        await service.says("A newer ari-controller wrote the journal")
        assert await service.exit_code() == 1


async def test_a_controller_whose_journal_is_ahead_of_the_machines_clock_goes_on_from_there(tmp_path: Path) -> None:
    site, ahead = write_site(tmp_path), time.time() + 3600.0
    journal = SqliteJournal(tmp_path / "state")
    journal.open()
    await journal.keep([Taken(SiteReloaded(directory=site_of(site).directory), ahead), Taken(LogOn(agent=AgentId("alice")), ahead)])
    journal.close()

    async with running_service(site, ari_port=free_port()) as service:
        assert "off_seconds=3" in await service.says("this machine's clock was set")
        await service.says("the desktop listens")


ORGANISATION = '\n[[organisation]]\nid = "branch"\nname = "Branch"\nfile = "branch.csv"\n'


async def test_a_broken_list_of_colleagues_delays_no_start_and_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "branch.csv").write_bytes(b"\xff" * 50_000_000)

    async with running_service(write_site(tmp_path, more=ORGANISATION), ari_port=free_port()) as service:
        await service.says("the desktop listens")
        said = await service.says("it is longer than 20 MB: no list of 100000 people is")

    assert "colleagues could not be fetched; who was known stays" in said
    listens = next(place for place, line in enumerate(service.lines) if "the desktop listens" in line)
    assert listens < service.lines.index(said)


async def test_a_list_of_colleagues_that_is_mended_is_taken_over_with_the_site_file(tmp_path: Path) -> None:
    site = write_site(tmp_path)
    async with running_service(site, ari_port=free_port()) as service:
        await service.says("the desktop listens")
        (tmp_path / "branch.csv").write_text("id,name,number\na,Anna,01 99 00 10 01\n")
        site.write_text(site.read_text() + ORGANISATION)

        service.read_site_again()

        await service.says("the site file was taken over")
        assert "people=1 " in await service.says("organisation=branch")

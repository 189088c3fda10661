"""`ari-controller backup` and `restore`: a controller is on another machine what it was, and nothing is written over."""

import asyncio
import io
import itertools
import os
import stat
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from controller.directory.ids import AgentId
from controller.floor.state import FloorState
from controller.journal.codec import Taken
from controller.journal.folder_lock import FolderLock
from controller.journal.sqlite_journal import FILE as JOURNAL
from controller.journal.sqlite_journal import SqliteJournal
from controller.routing.commands import GoIdle
from controller.service.site import site_of
from tests.edges.command_line import Done, ari_controller
from tests.pure.directory.site_text import SITE, with_line
from tests.pure.interaction.situations import BEGINNINGS

MORE = '[[include]]\nfile = "more.toml"\n[[organisation]]\nid = "office"\nname = "Office"\nfile = "colleagues.csv"\n'


def inputs(first: int, last: int) -> list[Taken]:
    return [Taken(GoIdle(agent=AgentId("ana"), reason=f"reason {number}"), float(number)) for number in range(first, last + 1)]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with files of its own and something kept."""
    folder = tmp_path / "here"
    (folder / "state" / "colleagues").mkdir(parents=True)
    (folder / "site.toml").write_text(with_line('password = "secret-of-ari"', 'password = "file:ari-password"', SITE) + MORE)
    (folder / "ari-password").write_text("a secret\n")
    (folder / "more.toml").write_text('[[idle_reason]]\nid = "break"\nname = "Break"\n')
    (folder / "colleagues.csv").write_text("id,name,number\n")
    (folder / "unnamed").write_text("somebody else's\n")
    (folder / "state" / "steps.jsonl").write_text("{}\n")
    (folder / "state" / "steps.jsonl.1").write_text("{}\n")
    (folder / "state" / "instance").write_text("0123456789abcdef")
    (folder / "state" / "colleagues" / "office.jsonl").write_text("[]\n")
    (folder / "state" / "telephone-passwords.json").write_text("{}\n")
    (folder / "state" / "agent-passwords.json").write_text("{}\n")
    return folder / "site.toml"


def backup(site: Path) -> tuple[Done, Path]:
    archive = site.parent.parent / "backup.tar.gz"
    return ari_controller("backup", archive, "-c", site), archive


def restore(archive: Path, site: Path) -> Done:
    return ari_controller("restore", archive, "-c", site)


def kept_by(folder: Path) -> tuple[FloorState | None, Sequence[Taken]]:
    journal = SqliteJournal(folder)
    kept = journal.open()
    journal.close()
    assert kept.damage == ""
    return kept.state, kept.inputs


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_what_was_backed_up_while_the_service_ran_is_what_a_new_machine_has(site: Path, tmp_path: Path) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    await journal.keep(inputs(1, 5))

    done, archive = await asyncio.to_thread(backup, site)
    journal.close()
    put_back = restore(archive, tmp_path / "there" / "site.toml")

    assert (done.code, done.err, put_back.code, put_back.err) == (0, "", 0, "")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    there = tmp_path / "there"
    assert kept_by(there / "state") == (None, inputs(1, 5))
    assert site_of(there / "site.toml") == site_of(site)
    before, after = files(site.parent), files(there)
    assert {name: held for name, held in after.items() if "journal" not in name} == {
        name: held for name, held in before.items() if "journal" not in name and name != "unnamed"
    }
    assert not [path for path in there.rglob("*") if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_steps_are_as_old_after_a_restore_as_they_were(site: Path, tmp_path: Path) -> None:
    last_year = 1_700_000_000
    os.utime(site.parent / "state" / "steps.jsonl.1", (last_year, last_year))

    _, archive = backup(site)
    restore(archive, tmp_path / "there" / "site.toml")

    assert (tmp_path / "there" / "state" / "steps.jsonl.1").stat().st_mtime == last_year


async def test_a_journal_that_is_folded_between_the_copies_of_its_two_files_is_copied_again(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    await journal.keep(inputs(1, 50))
    loop, state, times = asyncio.get_running_loop(), BEGINNINGS["consulting"]().floor.state(), []
    whole = Path.read_bytes

    async def fold() -> None:
        await journal.keep_state(state)
        await journal.keep(inputs(51, 52))

    def read_bytes(path: Path) -> bytes:
        held = whole(path)
        if path.name == JOURNAL:
            times.append(path)
            if len(times) == 1:
                asyncio.run_coroutine_threadsafe(fold(), loop).result()
        return held

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    done, archive = await asyncio.to_thread(backup, site)
    monkeypatch.undo()
    journal.close()

    assert (done.code, len(times)) == (0, 2)
    assert restore(archive, tmp_path / "there" / "site.toml").code == 0
    assert kept_by(tmp_path / "there" / "state") == (state, inputs(51, 52))


async def test_a_journal_that_changes_all_the_time_is_said_to_be_too_quick(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = SqliteJournal(site.parent / "state")
    journal.open()
    journal.close()
    moments = itertools.count()
    monkeypatch.setattr("controller.cli.backup._moment", lambda folder: next(moments))

    done, archive = backup(site)

    assert (done.code, archive.exists()) == (1, False)
    assert "changes faster than it can be copied" in done.err


def test_a_site_that_has_kept_nothing_yet_is_backed_up_too(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text(SITE)

    done = ari_controller("backup", tmp_path / "a.tar.gz", "-c", tmp_path / "site.toml")

    assert done.out.startswith("1 files are in ")


# --- What is in the way ------------------------------------------------------------------------------------------------


def test_an_archive_that_is_there_is_not_written_over(site: Path) -> None:
    _, archive = backup(site)
    held = archive.read_bytes()

    done, _ = backup(site)

    assert (done.code, archive.read_bytes()) == (2, held)
    assert "is there already: give another name" in done.err


def test_an_archive_that_can_not_be_made_is_told(site: Path) -> None:
    done = ari_controller("backup", site / "backup.tar.gz", "-c", site)

    assert (done.code, done.err) == (1, f"No backup was made: [Errno 20] Not a directory: '{site}/backup.tar.gz'.\n")


def test_whoever_ends_it_in_the_middle_leaves_no_half_an_archive(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(folder: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("controller.cli.backup._of_the_state", ended)

    with pytest.raises(KeyboardInterrupt):
        backup(site)

    assert not (site.parent.parent / "backup.tar.gz").exists()


def test_a_file_that_is_missing_leaves_no_half_an_archive(site: Path) -> None:
    (site.parent / "colleagues.csv").unlink()

    done, archive = backup(site)

    assert (done.code, archive.exists()) == (1, False)
    assert "colleagues.csv" in done.err


def test_what_is_there_and_is_another_is_not_written_over(site: Path, tmp_path: Path) -> None:
    _, archive = backup(site)
    there = tmp_path / "there" / "site.toml"
    there.parent.mkdir()
    there.write_text("mine\n")

    done = restore(archive, there)

    assert done.code == 1
    assert f"these are there already and are others: {there}. Move them away first" in done.err
    assert files(there.parent) == {"site.toml": b"mine\n"}
    there.unlink()
    assert restore(archive, there).code == 0
    assert restore(archive, there).code == 0, "the same is in nobody's way"


def test_what_is_there_already_stays_whose_it_is(site: Path, tmp_path: Path) -> None:
    _, archive = backup(site)
    there = tmp_path / "there" / "site.toml"
    restore(archive, there)
    os.chmod(there, 0o640)
    os.chown(there, 4711, 4712)

    assert restore(archive, there).code == 0

    assert (there.stat().st_uid, there.stat().st_gid, stat.S_IMODE(there.stat().st_mode)) == (4711, 4712, 0o640)


def test_nothing_is_put_back_under_a_service_that_runs(site: Path, tmp_path: Path) -> None:
    _, archive = backup(site)
    there = tmp_path / "there" / "site.toml"
    lock = FolderLock(there.parent / "state")
    lock.take()

    done = restore(archive, there)
    lock.let_go()

    assert done.code == 1
    assert "another ari-controller is using it" in done.err
    assert not there.exists()


@pytest.mark.parametrize(
    "name", ["state/../../out", "state//etc/x", "site//etc/x", "state/cron", "/state/x", "elsewhere/x", "state", "site"]
)
def test_an_archive_that_leads_out_of_its_folders_is_not_followed(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        for each in ("site/site.toml", name):
            info = tarfile.TarInfo(each)
            info.size = len(SITE)
            file.addfile(info, io.BytesIO(SITE.encode()))

    done = restore(archive, tmp_path / "there" / "site.toml")

    assert done.code == 1
    assert done.err == f"Nothing was put back: {name} is nothing that a backup of ours has.\n"
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(
    ("held", "code", "said"),
    [
        (b"nonsense", 2, "is no archive of ours"),
        (None, 1, "No such file or directory"),
    ],
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, held: bytes | None, code: int, said: str) -> None:
    archive = tmp_path / "a.tar.gz"
    if held is not None:
        archive.write_bytes(held)

    done = restore(archive, tmp_path / "there" / "site.toml")

    assert done.code == code
    assert said in done.err


def test_a_file_beside_the_site_file_that_it_does_not_name_is_not_put_there(tmp_path: Path) -> None:
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        for each in ("site/site.toml", "site/.profile"):
            info = tarfile.TarInfo(each)
            info.size = len(SITE)
            file.addfile(info, io.BytesIO(SITE.encode()))

    done = restore(archive, tmp_path / "there" / "site.toml")

    assert (done.code, done.err) == (1, "Nothing was put back: site/.profile is nothing that its site file names.\n")
    assert not (tmp_path / "there").exists()


def test_an_archive_that_ends_in_the_middle_is_said_to_be_none(site: Path, tmp_path: Path) -> None:
    _, archive = backup(site)
    held = archive.read_bytes()
    archive.write_bytes(held[: len(held) // 2])

    done = restore(archive, tmp_path / "there" / "site.toml")

    assert (done.code, "is no archive of ours" in done.err) == (2, True)
    assert not (tmp_path / "there").exists()


def test_a_link_in_the_folder_is_not_written_through(site: Path, tmp_path: Path) -> None:
    _, archive = backup(site)
    there, elsewhere = tmp_path / "there" / "site.toml", tmp_path / "elsewhere"
    elsewhere.write_text("precious\n")
    (there.parent / "state").mkdir(parents=True)
    (there.parent / "state" / ".steps.jsonl.new").symlink_to(elsewhere)

    done = restore(archive, there)

    assert (done.code, elsewhere.read_text()) == (1, "precious\n")


def test_a_folder_that_is_a_link_is_not_followed(site: Path, tmp_path: Path) -> None:
    (site.parent / "state" / "colleagues").mkdir(parents=True, exist_ok=True)
    (site.parent / "state" / "colleagues" / "company.jsonl").write_bytes(b"people")
    _, archive = backup(site)
    there, elsewhere = tmp_path / "there" / "site.toml", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (there.parent / "state").mkdir(parents=True)
    (there.parent / "state" / "colleagues").symlink_to(elsewhere)

    done = restore(archive, there)

    assert (done.code, list(elsewhere.iterdir())) == (1, [])
    assert f"{there.parent / 'state' / 'colleagues'} is a link" in done.err


def test_a_secret_of_another_folder_is_in_no_archive_and_is_read_where_it_is(site: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.write_text("a secret\n")
    site.write_text(site.read_text().replace("file:ari-password", f"file:{secret}").replace('"colleagues.csv"', '"./colleagues.csv"'))
    _, archive = backup(site)
    there = tmp_path / "there" / "site.toml"

    assert restore(archive, there).code == 0
    assert sorted(path.name for path in there.parent.iterdir() if path.is_file()) == ["colleagues.csv", "more.toml", "site.toml"]


def test_an_archive_without_a_site_file_is_none_of_ours(tmp_path: Path) -> None:
    archive = tmp_path / "a.tar.gz"
    with tarfile.open(archive, "w:gz"):
        pass

    done = restore(archive, tmp_path / "there" / "site.toml")

    assert (done.code, "is no backup of ours: it has no site file" in done.err) == (1, True)

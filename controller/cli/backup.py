"""`ari-controller backup` and `restore`: all that one controller needs to be what it was, in one archive.

The service may go on meanwhile: SQLite changes the journal's file itself only when it folds its log into it, so that a copy during which
that has not happened is one of a single moment. A log that ends in the middle of a row is one that a crash may leave as well.
"""

import argparse
import io
import os
import re
import shutil
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from controller.cli.exits import BAD_USAGE, CHECK_FAILED, DONE
from controller.directory.organisation import FileSource, GraphSource, LdapSource
from controller.directory.site import Site
from controller.directory.site_source import site_from
from controller.journal.folder_lock import FILE as LOCK
from controller.journal.folder_lock import FolderLock
from controller.journal.sqlite_journal import FILE as JOURNAL
from controller.organisation.kept_lists import COLLEAGUES_FOLDER, ENDING
from controller.provisioning.password_file import NAME as PASSWORDS
from controller.service.chosen_passwords import NAME as CHOSEN
from controller.telemetry.step_file import NAME as STEPS

SITE, STATE = "site", "state"
"""The folders of the archive: what stands beside the site file, and what the controller keeps."""
LOG = f"{JOURNAL}-wal"
_KEPT = re.compile(
    rf"{re.escape(LOCK)}|{re.escape(JOURNAL)}(-wal|\.mended|\.damaged-[^/]+)?|{re.escape(STEPS)}(\.\d+)?|{re.escape(PASSWORDS)}|{re.escape(CHOSEN)}"
    rf"|{COLLEAGUES_FOLDER}/[^/]+{re.escape(ENDING)}|instance"
)
"""All that the controller keeps. An archive says itself which folder that is, which can be any: nothing else is put into it."""
HEADER_BYTES = 32
"""Of SQLite's log: another one stands there after it was folded into the file."""
TRIES_MAX = 20
PART_BYTES = 1024 * 1024
"""So much of a file is in memory at once."""
FOR_ITS_OWNER = 0o600


class BackupFailed(Exception):
    """It can't be done; the sentence says why."""


def backup(asked: argparse.Namespace) -> int:
    """Write the archive. Raises `BadSiteFile`."""
    site, read = site_and_its_files(asked.site)
    folder = asked.site.absolute().parent
    try:
        file = _new(asked.archive)
    except FileExistsError:
        print(f"{asked.archive} is there already: give another name.", file=sys.stderr)
        return BAD_USAGE
    except OSError as failed:
        print(f"No backup was made: {failed}.", file=sys.stderr)
        return CHECK_FAILED
    try:
        with file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            _add(archive, f"{SITE}/site.toml", asked.site.read_bytes(), time.time())
            for name in sorted(read | set(_named(site))):
                _add(archive, f"{SITE}/{name}", (folder / name).read_bytes(), time.time())
            for name, held, written_at in _of_the_state(folder / site.journal):
                _add(archive, f"{STATE}/{name}", held, written_at)
            names = archive.getnames()
    except (BackupFailed, OSError) as failed:
        asked.archive.unlink()
        print(f"No backup was made: {failed}.", file=sys.stderr)
        return CHECK_FAILED
    except BaseException:
        asked.archive.unlink()  # half of one, after Ctrl-C, would be taken for a whole one
        raise
    print(f"{len(names)} files are in {asked.archive}. Passwords are among them: keep it where nobody else reads it.")
    return DONE


def _new(path: Path) -> io.BufferedWriter:
    """For its owner alone from the beginning. Raises OSError, also where it is there already."""
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FOR_ITS_OWNER), "wb")


def _add(archive: tarfile.TarFile, name: str, held: bytes, written_at: float) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(held), FOR_ITS_OWNER, int(written_at)
    archive.addfile(info, io.BytesIO(held))


# --- What is in it -----------------------------------------------------------------------------------------------------


def site_and_its_files(path: Path) -> tuple[Site, set[str]]:
    """Read the site file; gives the names of the files beside it that were read with it. Raises `BadSiteFile`."""
    read: set[str] = set()

    def read_file(name: str) -> str:
        text = (path.parent / name).read_text("utf-8-sig")
        read.add(name)
        return text

    site = site_from(str(path.absolute()), read_file=read_file, environ=os.environ)
    return site, {_in_archive(name) for name in read if _is_beside(name)}


def _named(site: Site) -> Iterator[str]:
    """Name the files that are read later: certificates, lists of colleagues, what their sources are asked with."""
    names: list[str] = []
    if site.desktop.tls is not None:
        names += (site.desktop.tls.certificate, site.desktop.tls.key)
    for one in site.organisations:
        match one.source:
            case FileSource(file=file):
                names.append(file)
            case LdapSource(ca_file=ca, password_file=password):
                names += (ca, password)
            case GraphSource(ca_file=ca, secret_file=secret, certificate_file=certificate):
                names += (ca, secret, certificate)
    yield from (_in_archive(name) for name in names if name and _is_beside(name))


def _is_beside(name: str) -> bool:
    """Whether a file stands in the site file's folder or below it; others are of another machine's making, such as certificates of /etc."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _in_archive(name: str) -> str:
    """Write a name in the one way in which the archive has it."""
    return PurePosixPath(name).as_posix()


def _of_the_state(folder: Path) -> Iterator[tuple[str, bytes, float]]:
    """Give what the controller keeps and when it was written, the journal as it was at one moment. Raises `BackupFailed`, OSError."""
    if not folder.exists():
        return
    # How far it got first: the journal may then be further, and never less far.
    if (folder / LOCK).exists():
        yield LOCK, (folder / LOCK).read_bytes(), time.time()
    yield from ((name, held, time.time()) for name, held in journal_files(folder))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in (LOCK, JOURNAL, LOG) and _KEPT.fullmatch(name):
            yield name, path.read_bytes(), path.stat().st_mtime


def journal_files(folder: Path) -> list[tuple[str, bytes]]:
    """Copy the journal as it was at one moment, a file and its log by their names. Raises `BackupFailed`, OSError."""
    if not (folder / JOURNAL).exists():
        return []
    for _ in range(TRIES_MAX):
        before = _moment(folder)
        found = [(name, (folder / name).read_bytes()) for name in (JOURNAL, LOG) if (folder / name).exists()]
        if _moment(folder) == before:
            return found
    raise BackupFailed(f"the journal in {folder} changes faster than it can be copied: try again when fewer calls are up")


def _moment(folder: Path) -> tuple[int, int, bytes]:
    """What changes when the log is folded into the file, and only then."""
    stat = (folder / JOURNAL).stat()
    log = folder / LOG
    header = b""
    if log.exists():
        with log.open("rb") as file:
            header = file.read(HEADER_BYTES)
    return stat.st_mtime_ns, stat.st_size, header


# --- Putting it back ---------------------------------------------------------------------------------------------------


def restore(asked: argparse.Namespace) -> int:
    """Put everything back where it was; what is there already is left as it is. Raises `BadSiteFile`."""
    folder = asked.site.absolute().parent
    try:
        with tarfile.open(asked.archive, "r:gz") as archive:
            members = {_name(member): member for member in archive.getmembers()}
            if f"{SITE}/site.toml" not in members:
                raise BackupFailed(f"{asked.archive} is no backup of ours: it has no site file")
            site = _site_of({name: _held(archive, one).read() for name, one in members.items() if name.startswith(f"{SITE}/")})
            state = folder / site.journal
            places = {_place(name, asked.site, state): member for name, member in members.items()}
            for path in places:
                _refuse_links(path, folder, state)
            there = sorted(str(path) for path, member in places.items() if path.exists() and not _is_same(path, _held(archive, member)))
            if there:
                raise BackupFailed(f"these are there already and are others: {', '.join(there)}. Move them away first")
            lock = FolderLock(state)
            lock.take()
            try:
                for path, member in places.items():
                    if path.exists() and _is_same(path, _held(archive, member)):
                        continue  # it keeps its owner, whom the service may read it as
                    _put(path, _held(archive, member), min(member.mtime, time.time()))
            finally:
                lock.let_go()
    except (tarfile.TarError, EOFError) as wrong:
        print(f"Nothing was put back: {asked.archive} is no archive of ours ({wrong}).", file=sys.stderr)
        return BAD_USAGE
    except BackupFailed as failed:
        print(f"Nothing was put back: {failed}.", file=sys.stderr)
        return CHECK_FAILED
    except OSError as failed:
        print(f"Not everything was put back: {failed}. Mend that, and do it again.", file=sys.stderr)
        return CHECK_FAILED
    print(f"{len(places)} files are back, {asked.site} among them. `ari-controller check -c {asked.site}` says whether all is well.")
    return DONE


def _name(member: tarfile.TarInfo) -> str:
    """Give its name. Raises `BackupFailed` for whatever we would not have put in: a link, a device, a way out."""
    parts = member.name.split("/")
    # Also an empty part is a way out: of `state//etc/passwd` the second half is a path of its own.
    is_one = parts[0] == SITE or (parts[0] == STATE and _KEPT.fullmatch("/".join(parts[1:])))
    if not member.isreg() or not is_one or len(parts) < 2 or not {"", ".", ".."}.isdisjoint(parts):
        raise BackupFailed(f"{member.name} is nothing that a backup of ours has")
    return member.name


def _held(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    """What it holds, which may be more than fits into memory."""
    file = archive.extractfile(member)
    assert file is not None, "only ordinary files have a name that `_name` lets through"
    return file


def _is_same(path: Path, held: IO[bytes]) -> bool:
    with path.open("rb") as file:
        while part := held.read(PART_BYTES):
            if file.read(len(part)) != part:
                return False
        return not file.read(1)


def _refuse_links(path: Path, *folders: Path) -> None:
    """Raises `BackupFailed` for a folder below one of these that is a link: whoever made it would choose where the file goes."""
    for folder in path.parents:
        if folder in folders:
            return
        if folder.is_symlink():
            raise BackupFailed(f"{folder} is a link, and files are put into folders only: take it away first")


def _site_of(files: Mapping[str, bytes]) -> Site:
    """Read the archive's own site file. Raises `BackupFailed` for a file beside it that it does not name, `BadSiteFile`."""
    read = {"site.toml"}

    def read_file(name: str) -> str:
        if not _is_beside(name):
            return Path(name).read_text("utf-8-sig")  # of this machine's making, and in no backup
        text = _text(files, _in_archive(name))
        read.add(_in_archive(name))
        return text

    site = site_from("site.toml", read_file=read_file, environ=os.environ)
    known = {f"{SITE}/{name}" for name in (*read, *_named(site))}
    for name in files:
        if name.startswith(f"{SITE}/") and name not in known:
            raise BackupFailed(f"{name} is nothing that its site file names")
    return site


def _text(files: Mapping[str, bytes], name: str) -> str:
    try:
        return files[f"{SITE}/{name}"].decode("utf-8-sig")
    except KeyError:
        raise FileNotFoundError(2, "it is not in the archive", name) from None


def _place(name: str, site: Path, state: Path) -> Path:
    of, _, rest = name.partition("/")
    if of == STATE:
        return state / rest
    return site.absolute() if rest == "site.toml" else site.absolute().parent / rest


def _put(path: Path, held: IO[bytes], written_at: float) -> None:
    """Write it as old as it was: steps are kept for so many days from when they were written."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The lock is the open file's, which we hold; every other file is there as a whole or not at all.
    new = path if path.name == LOCK else path.with_name(f".{path.name}.new")
    # A link there is another user's who has the folder too, and leads where they can't write themselves.
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, FOR_ITS_OWNER), "wb") as file:
        shutil.copyfileobj(held, file, PART_BYTES)
        file.flush()
        os.utime(file.fileno(), (written_at, written_at))
        os.fsync(file.fileno())
    new.replace(path)

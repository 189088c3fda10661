"""The passwords of agents' telephones: made once, and kept in one file that only its owner may read.

It lies in the folder of the journal, is replaced as a whole, and is JSON: each telephone's endpoint and its password. One who has passwords
already writes them into it. What is in it must never get into a message or a log.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

NAME = "telephone-passwords.json"
ALPHABET = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXY34679"
"""Letters and digits that nobody takes for one another on paper."""
LETTERS = 20
"""More than 112 bits: as hard to guess as a key."""

_FILE = TypeAdapter(dict[str, str])
# In a configuration file, an XML attribute and a URL it means itself.
_PASSWORD = re.compile(r"[A-Za-z0-9._~-]{8,128}")


class BadPasswordFile(Exception):
    """The file can't be used; `because` is a sentence that says what to do."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


def made(kept: dict[str, str], endpoints: Iterable[str]) -> dict[str, str]:
    """Give each of these telephones the password that it has, or a new one; those of other telephones are dropped."""
    return {endpoint: kept.get(endpoint) or "".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for endpoint in endpoints}


def read(folder: Path) -> dict[str, str]:
    """Read what is kept; nothing where there is no file yet. Raises `BadPasswordFile`."""
    path = folder / NAME
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            text = file.read()
    except FileNotFoundError:
        return {}
    except OSError as failed:
        raise BadPasswordFile(f"{path} can't be read: {failed.strerror or failed}.") from failed
    if mode & 0o077:
        raise BadPasswordFile(f"Others than its owner can read {path}: `chmod 600` it, and give telephones new passwords if they did.")
    try:
        kept = _FILE.validate_json(text)
    except ValidationError:
        raise BadPasswordFile(f"{path} is no JSON object of telephones and their passwords.") from None  # pydantic shows what is in it
    for endpoint, password in kept.items():
        if not _PASSWORD.fullmatch(password):
            raise BadPasswordFile(f"The password of {endpoint!r} in {path} is not 8 to 128 letters, digits, '.', '_', '~' and '-'.")
    return kept


def keep(folder: Path, endpoints: Iterable[str]) -> dict[str, str]:
    """Read what is kept, make what is missing, and write that. Raises `BadPasswordFile`, and then the file is as it was."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder):
            kept = read(folder)
            passwords = made(kept, endpoints)
            if passwords != kept:
                _write(folder / NAME, passwords)
            return passwords
    except OSError as failed:
        raise BadPasswordFile(f"{folder / NAME} can't be written: {failed.strerror or failed}.") from failed


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two that make a password for the same telephone at once would each show another one."""
    lock = os.open(folder / f".{NAME}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(path: Path, passwords: dict[str, str]) -> None:
    text = json.dumps(passwords, indent=1, sort_keys=True) + "\n"
    replace_file(path, text, mode=0o600)


def replace_file(path: Path, text: str, *, mode: int, group: int = -1, errors: str = "strict") -> None:
    """Put a whole new file in the place of an old one: whoever reads it sees one of the two, also after a loss of power. Raises OSError.

    It belongs to whom the old one belonged, since another user, such as Asterisk's, may have to read it. `group`: of one that was not
    there; -1: as it comes. `errors`: as `str.encode` has it, for a text that was read so.
    """
    before = path.stat() if path.exists() else None
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    file = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode & 0o600)
    with os.fdopen(file, "w", encoding="utf-8", errors=errors) as writing:
        own = os.fstat(file)
        uid, gid = (before.st_uid, before.st_gid) if before is not None else (own.st_uid, group if group >= 0 else own.st_gid)
        if (uid, gid) != (own.st_uid, own.st_gid):  # a service under systemd may not even say what is so already
            os.chown(fresh, uid, gid)
        os.fchmod(file, mode)  # whatever the umask is
        writing.write(text)
        writing.flush()
        os.fsync(writing.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

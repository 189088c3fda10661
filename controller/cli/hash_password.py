"""`ari-controller hash-password`: argon2 hashes for the site file. A password that was given is never shown and never kept."""

import argparse
import csv
import getpass
import io
import secrets
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from controller.cli.exits import BAD_USAGE, DONE
from controller.directory.passwords import HASHER
from controller.directory.site_parts import DELIMITERS
from controller.provisioning.password_file import replace_file


def hash_password(asked: argparse.Namespace) -> int:
    """Ask for a password and print its hash, or make those of a whole list."""
    if asked.csv is not None:
        return _of_a_list(asked.csv)
    try:
        password = _asked_twice() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    except UnicodeDecodeError:
        print("The password is no text in UTF-8.", file=sys.stderr)
        return BAD_USAGE
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was made.", file=sys.stderr)
        return BAD_USAGE
    if password is None:
        print("The two are not the same: nothing was made.", file=sys.stderr)
        return BAD_USAGE
    if not password:
        print("An empty password is none: nothing was made.", file=sys.stderr)
        return BAD_USAGE
    print(HASHER.hash(password))
    return DONE


def _asked_twice() -> str | None:
    password = getpass.getpass("Password: ")
    return password if getpass.getpass("Again: ") == password else None


# --- A whole list ------------------------------------------------------------------------------------------------------


def _of_a_list(path: Path) -> int:
    """Put a hash in the place of each password, and a new password's where there is none; only new ones are shown."""
    try:
        text = path.read_text("utf-8-sig")
        delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
        header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        columns = [column.strip() for column in header]
        who, which = columns.index("id"), columns.index("password")
    except OSError as failed:
        print(f"{path} can't be read: {failed.strerror or failed}.", file=sys.stderr)
        return BAD_USAGE
    except UnicodeDecodeError:
        print(f"{path} is no text in UTF-8: save it as UTF-8 (in a spreadsheet: CSV UTF-8).", file=sys.stderr)
        return BAD_USAGE
    except (ValueError, csv.Error):
        print(f"{path} is no list with the columns id and password in its first line.", file=sys.stderr)
        return BAD_USAGE
    made = dict(_hashed(rows, who, which))
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    try:
        replace_file(path, written.getvalue(), mode=path.stat().st_mode & 0o777)
    except OSError as failed:
        print(f"{path} can't be written: {failed.strerror or failed}. It is as it was.", file=sys.stderr)
        return BAD_USAGE
    for agent, password in made.items():
        print(f"{agent}{delimiter}{password}")
    return DONE


def _hashed(rows: Sequence[list[str]], who: int, which: int) -> Iterator[tuple[str, str]]:
    """Change the passwords of these rows into hashes; gives the new ones, for the agents."""
    for row in rows:
        if len(row) <= who or not row[who].strip():
            continue
        row += [""] * (which + 1 - len(row))
        password = row[which].strip()
        if password.startswith("$argon2"):
            continue
        if not password:
            password = secrets.token_urlsafe(9)
            yield row[who].strip(), password
        row[which] = HASHER.hash(password)

"""`ari-controller hash-password`: an argon2 hash for the site file. The password is never shown and never kept."""

import argparse
import getpass
import sys

from argon2 import PasswordHasher

from controller.cli.exits import BAD_USAGE, DONE

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's argon2id: 25 ms and 19 MiB for each login. The library's own choice would take most of the service's memory."""


def hash_password(asked: argparse.Namespace) -> int:
    """Ask for a password and print its hash."""
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

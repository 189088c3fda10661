"""What commands share that write into an administrator's files: they show, ask, and then write, or stop with a sentence."""

import sys
from collections.abc import Callable, Mapping

from controller.cli.exits import BAD_USAGE, CHECK_FAILED

NOBODY_TO_ASK = "{} is missing, and there is nobody to ask: standard input is no terminal."


class Stopped(Exception):
    """Nothing can be written; the sentence says what to do."""


def carried_out(command: Callable[[], int]) -> int:
    """Carry a command out, and say in a sentence why it has stopped, if it has. Whatever it raises beside these goes on."""
    try:
        return command()
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        return BAD_USAGE
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was written.", file=sys.stderr)
        return BAD_USAGE
    except OSError as failed:
        print(f"{failed.filename}: {failed.strerror or failed}.", file=sys.stderr)
        return CHECK_FAILED


def ask(question: str, instead: str) -> str:
    """Ask whoever sits there. `instead`: the option that says it without being asked. Raises `Stopped`, EOFError."""
    if not sys.stdin.isatty():
        raise Stopped(NOBODY_TO_ASK.format(instead))
    return input(question).strip()


def wants_it() -> bool:
    """Ask whether what was shown is to be written. Raises `Stopped`, EOFError."""
    if not sys.stdin.isatty():
        raise Stopped(f"{NOBODY_TO_ASK.format('--yes')} Nothing was written.")
    return input("Write this? [y/N] ").strip().casefold() in ("y", "yes")


def tell_passwords(heading: str, passwords: Mapping[str, str]) -> None:
    """Show new passwords of agents, this once."""
    print(f"{heading}, which are shown this once:")
    for agent, password in passwords.items():
        print(f"  {agent}  {password}")

"""Where a value of the site file really is when it says `env:NAME`, `env:NAME:default` or `file:PATH`.

Pure: the caller hands in the environment and the way to read a file. What it finds must never be shown or logged.
"""

from collections.abc import Callable, Mapping

from controller.directory.site_mistakes import SecretMissing

ENV = "env:"
FILE = "file:"

Secret = Callable[[str], str]
"""Finds the value of a string that `is_elsewhere`; raises `SecretMissing`."""


def is_elsewhere(value: str) -> bool:
    """Say whether the site file only names the place of this value."""
    return value.startswith((ENV, FILE))


def secrets_from(environ: Mapping[str, str], read_file: Callable[[str], str]) -> Secret:
    """Make what finds secrets in this environment and with this way to read a file (which may raise OSError or ValueError)."""

    def secret(value: str) -> str:
        if value.startswith(ENV):
            return _from_environment(value.removeprefix(ENV), environ)
        return _from_file(value.removeprefix(FILE), read_file)

    return secret


def _from_environment(asked: str, environ: Mapping[str, str]) -> str:
    name, colon, default = asked.partition(":")
    # Set but empty counts as not set: that is how container tools pass on a variable that nobody gave.
    found = environ.get(name) or default
    if not found:
        because = f"the environment has no variable {name!r}" if name else "it names no environment variable: write env:NAME"
        raise SecretMissing(because if not colon else f"{because} and the default behind it is empty")
    return found


def _from_file(path: str, read_file: Callable[[str], str]) -> str:
    if not path:
        raise SecretMissing("it names no file: write file:PATH")
    try:
        found = read_file(path).rstrip("\r\n")
    except (OSError, ValueError) as failed:
        why = failed.strerror if isinstance(failed, OSError) and failed.strerror else str(failed)
        raise SecretMissing(f"the file {path!r} can't be read: {why}") from failed
    if not found:
        raise SecretMissing(f"the file {path!r} is empty")
    return found

"""The world's failures in words for an administrator: no name of a class, no number of an error without its meaning."""

import re

_CUT_SHORT = re.compile(r"(?:Error|Exception)$")
_WORDS = re.compile(r"(?<!^)(?=[A-Z])")
_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


def trouble_in_words(error: BaseException) -> str:
    """Say what went wrong: what the operating system or a library says of it, and where they say nothing what kind of failure it is."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
    said = _NUMBER.sub("", str(error).partition("\n")[0]).strip()
    if said:
        return said
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _WORDS.sub(" ", _CUT_SHORT.sub("", type(error).__name__)).lower()

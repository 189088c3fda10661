"""What the service says is for administrators: no line has Python in it."""

import re
from collections.abc import Iterable

PYTHON = re.compile(
    r"Traceback|\b[A-Z]\w*(?:Error|Exception|Failed|Warning)\b|\[Errno|<\w[\w.]* object at|\b(?:None|True|False)\b"
    r"|=\[['\d{]|=\{'|\b[A-Z]\w+\(\w+="
)
"""The name of an exception, what `repr` writes, and values that are written otherwise in English."""


def lines_with_python(lines: Iterable[str]) -> list[str]:
    """Give the lines that only somebody who knows Python understands."""
    return [line for line in lines if PYTHON.search(line)]

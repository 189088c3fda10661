"""`ari-controller` as an administrator's shell or script starts it: in this process, which is quick, or as a process of its own."""

import asyncio
import contextlib
import io
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from controller.cli.main import main

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "docker" / "demo" / "site.toml"
SECONDS_MAX = 30


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str


class _Terminal(io.StringIO):
    """Where somebody types."""

    def isatty(self) -> bool:
        return True


def ari_controller(*arguments: str | Path, typed: str = "", at_terminal: bool = False, environ: Mapping[str, str] | None = None) -> Done:
    """Run a command to its end, in this process. `at_terminal`: what is typed is typed by a person."""
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "100", **(environ or {})}),
        mock.patch.object(sys, "stdin", _Terminal(typed) if at_terminal else io.StringIO(typed)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as stopped:  # argparse's way to say that the usage is bad, or that the help was printed
            code = stopped.code if isinstance(stopped.code, int) else 0
    return Done(code, out.getvalue(), err.getvalue())


async def ari_controller_process(*arguments: str | Path, environ: Mapping[str, str] | None = None) -> Done:
    """Run a command to its end as a process of its own, while this one may serve it something."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "controller.cli.main",
        *map(str, arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **(environ or {})},
    )
    async with asyncio.timeout(SECONDS_MAX):
        out, err = await process.communicate()
    assert process.returncode is not None, "a process that has ended has an exit code"
    return Done(process.returncode, out.decode(), err.decode())

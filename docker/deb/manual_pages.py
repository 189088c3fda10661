#!/usr/bin/env python3
"""Write the manual pages and the shells' completion of `ari-controller`, from its own command line.

    manual_pages.py FOLDER DATE

makes FOLDER/usr/share/man and the folders in which bash, zsh and fish look for what packages bring. DATE stands at the foot of the pages.
It needs the controller's libraries, and shtab.
"""

import argparse
import gzip
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import shtab

from controller import __version__
from controller.cli.main import command_line

MANUAL = Path("usr/share/man/man1")
COMPLETION = {
    "bash": "usr/share/bash-completion/completions/ari-controller",
    "zsh": "usr/share/zsh/vendor-completions/_ari-controller",
    "fish": "usr/share/fish/vendor_completions.d/ari-controller.fish",
}
USAGE = "usage: "
EXAMPLES = ("examples:\n", "example:\n")
EXIT_CODES = "exit codes: "


def escaped(text: str) -> str:
    """The same text for troff, which takes signs at the beginning of a line for commands, and - for a hyphen."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga").split("\n")
    return "\n".join(f"\\&{line}" if line.startswith(".") else line for line in lines)


def sentence(help_: str) -> str:
    return f"{escaped(help_[:1].upper() + help_[1:])}{'' if help_.endswith('.') else '.'}"


def as_it_stands(text: str) -> str:
    return f".nf\n{escaped(text)}\n.fi"


def commands_of(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """The name of each command, what it is in a line, and its own options."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield choice.dest, choice.help or "", action.choices[choice.dest]


def options_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction) and action.help != argparse.SUPPRESS:
            yield action


def option(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """An option or an argument, and what it means."""
    value = action.metavar or action.dest.upper()
    shown = f"\\fI{escaped(value if isinstance(value, str) else ' '.join(value))}\\fR"
    if action.option_strings:
        names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in action.option_strings)
        shown = names if action.nargs == 0 else f"{names} [{shown}]" if action.nargs == "?" else f"{names} {shown}"
    help_ = (action.help or "") % {**vars(action), "prog": parser.prog}
    return f".TP\n{shown}\n{sentence(help_)}"


def page(parser: argparse.ArgumentParser, short: str, date: str) -> str:
    """The page of a command, or of the program with all its commands."""
    name = parser.prog.replace(" ", "-")
    commands = list(commands_of(parser))
    said = parser.epilog or ""
    usage = textwrap.dedent(parser.format_usage().removeprefix(USAGE).replace("\n" + " " * len(USAGE), "\n")).rstrip()
    parts = [
        f'.TH {escaped(name.upper())} 1 "{date}" "ari\\-controller {__version__}" "User Commands"',
        f".SH NAME\n{escaped(name)} \\- {escaped(short)}",
        f".SH SYNOPSIS\n{as_it_stands(usage)}",
        f".SH DESCRIPTION\n{escaped(' '.join((parser.description or '').split()))}",
        *((".SH COMMANDS",) if commands else ()),
        *(f".TP\n\\fB{escaped(command)}\\fR\n{sentence(help_)}" for command, help_, _ in commands),
        *((".SH OPTIONS",) if any(options_of(parser)) else ()),
        *(option(action, parser) for action in options_of(parser)),
    ]
    for heading in EXAMPLES:
        if said.startswith(heading):
            parts.append(f".SH EXAMPLES\n{as_it_stands(textwrap.dedent(said.removeprefix(heading)))}")
    if said.startswith(EXIT_CODES):
        parts.append(f".SH EXIT STATUS\n{escaped(said.removeprefix(EXIT_CODES))}.")
    others = [f"ari-controller-{command}" for command, _, _ in commands] or ["ari-controller"]
    parts.append(".SH SEE ALSO\n" + ",\n".join(f"\\fB{escaped(other)}\\fR(1)" for other in others))
    return "\n".join(parts) + "\n"


def pages(date: str) -> Iterator[tuple[str, str]]:
    """The name of each page and its text."""
    parser = command_line()
    yield "ari-controller", page(parser, "consult, transfer and conference calls on Asterisk", date)
    for command, short, own in commands_of(parser):
        yield f"ari-controller-{command}", page(own, short, date)


def completion(shell: str) -> str:
    """What a shell reads to complete commands, options and names of files."""
    parser = command_line()
    for each in (parser, *(own for _, _, own in commands_of(parser))):
        for action in options_of(each):
            if action.type is Path:
                action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab looks there
    return str(shtab.complete(parser, shell=shell))


def write(folder: Path, date: str) -> None:
    (folder / MANUAL).mkdir(parents=True)
    for name, text in pages(date):
        (folder / MANUAL / f"{name}.1.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
    for shell, place in COMPLETION.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(completion(shell))


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2])

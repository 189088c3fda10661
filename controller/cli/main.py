"""`ari-controller`: what each command is, and which exit code it gives. What the commands do is in the modules beside this one."""

import argparse
import gc
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from controller import __version__
from controller.cli.exits import BAD_USAGE
from controller.directory.site_mistakes import BadSiteFile

COLUMNS = 80

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name (None: this process's), and give its exit code."""
    asked = _parser().parse_args(arguments)
    command: Command = asked.command
    try:
        code = command(asked)
        sys.stdout.flush()
    except BadSiteFile as bad:
        print(f"{asked.site} can't be used; {_count(len(bad.mistakes))}:", file=sys.stderr)
        print(bad, file=sys.stderr)
        return BAD_USAGE
    except BrokenPipeError:
        # Whoever read our output has seen enough (`… | head`). Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


def _count(mistakes: int) -> str:
    return "1 mistake" if mistakes == 1 else f"{mistakes} mistakes"


# Each command imports what it needs by itself: making a hash needs no web server, and drawing a story no telephone switch.


def _run(asked: argparse.Namespace) -> int:
    # What a start makes is there to stay: to look for garbage in it takes a tenth of the start. The service looks once it lives.
    gc.disable()
    from controller.service.run import run_service

    return run_service(asked.site)


def _check(asked: argparse.Namespace) -> int:
    from controller.cli.check import check

    return check(asked)


def _story(asked: argparse.Namespace) -> int:
    from controller.cli.story import story

    return story(asked)


def _number(asked: argparse.Namespace) -> int:
    from controller.cli.number import number

    return number(asked)


def _organisation(asked: argparse.Namespace) -> int:
    from controller.cli.organisation import organisation

    return organisation(asked)


def _simulate(asked: argparse.Namespace) -> int:
    from controller.cli.simulate import run

    return run(asked)


def _hash_password(asked: argparse.Namespace) -> int:
    from controller.cli.hash_password import hash_password

    return hash_password(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ari-controller",
        description="Consult, hold, resume, swap, transfer, conference and wrap-up for contact centres on a stock Asterisk, over ARI.",
        epilog="exit codes: 0 done, 1 a check failed, 2 bad usage or a bad site file",
    )
    parser.add_argument("--version", action="version", version=f"ari-controller {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_run(commands)
    _add_check(commands)
    _add_story(commands)
    _add_number(commands)
    _add_organisation(commands)
    _add_simulate(commands)
    _add_hash_password(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_run(commands: Commands) -> None:
    parser = _add(
        commands,
        "run",
        _run,
        "be the service, in the foreground",
        "Be the service, in the foreground, for systemd or a container. SIGTERM ends it cleanly: calls go on in Asterisk. "
        "SIGHUP reads the site file again.",
        "example:\n  ari-controller run -c /etc/ari-controller/site.toml",
    )
    _add_site(parser, required=True)


def _add_check(commands: Commands) -> None:
    parser = _add(
        commands,
        "check",
        _check,
        "find every mistake of a site file, and ask Asterisk whether it is fit",
        "Print every mistake of a site file at once, each with its line. With --live also ask Asterisk: is it there, its version, "
        "its modules, a telephone for each agent. Changes nothing.",
        "examples:\n  ari-controller check -c site.toml\n  ari-controller check -c site.toml --live --json | jq .findings",
    )
    _add_site(parser, required=True)
    parser.add_argument("--live", action="store_true", help="also ask Asterisk")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _add_story(commands: Commands) -> None:
    parser = _add(
        commands,
        "story",
        _story,
        "tell the life of one interaction",
        "Tell the life of one interaction, a line for each step: when, what happened, who stands in which room. "
        "It is read from the journal's folder; the service need not run.",
        "examples:\n  ari-controller story t3k9x200 -c site.toml\n  ari-controller story t3k9x200 -c site.toml --svg story.svg",
    )
    parser.add_argument("interaction", metavar="INTERACTION", help="its id, as logs, the API and `core show channels` (ix-ID-…) show it")
    _add_site(parser, required=False)
    parser.add_argument("--svg", metavar="FILE", type=Path, help="draw it into this file instead; - is standard output")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _add_number(commands: Commands) -> None:
    parser = _add(
        commands,
        "number",
        _number,
        "tell what a typed number would dial, or why it would be refused",
        "Tell what the dial box would make of a typed or pasted number, and why it would be refused: a line for each. Dials nothing. "
        "The exit code is 1 where a number would not be dialled. Without -c and --region it is for site.toml in this folder.",
        "examples:\n  ari-controller number --region FR '01 23 45 67 89'\n"
        "  ari-controller number -c site.toml '+1 201 553 2447' '0899 12 34 56'\n"
        "  ari-controller number -c site.toml --json - < numbers.txt | jq -r 'select(.allowed | not) | .typed'",
    )
    parser.add_argument("typed", metavar="TYPED", nargs="+", help="what somebody might type; - reads standard input, one a line")
    parser.add_argument("-c", "--site", metavar="SITE.TOML", type=Path, help="the site file whose rules hold")
    parser.add_argument(
        "--region",
        metavar="FR",
        help="the country by whose rules numbers are read (default: the site's)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, as POST /number/preview answers")


def _add_organisation(commands: Commands) -> None:
    parser = _add(
        commands,
        "organisation",
        _organisation,
        "fetch the colleagues of every organisation, and look somebody up",
        "Fetch the colleagues of every [[organisation]] of the site file now, and tell how many came, how old their list is, and what is "
        "wrong with it: a line for each. With words, look them up as the desktop does: by any part of name, title and department in any "
        "order, or by a number in full. Changes nothing. The exit code is 1 where an organisation's people could not be fetched.",
        "examples:\n  ari-controller organisation -c site.toml\n"
        "  ari-controller organisation -c site.toml durand réseau\n"
        "  ari-controller organisation -c site.toml --json '01 99 00 10 01' | jq .colleagues",
    )
    parser.add_argument("words", metavar="WORDS", nargs="*", help="whom to look up")
    _add_site(parser, required=True)
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _add_simulate(commands: Commands) -> None:
    from controller.cli.simulate_options import add_options

    add_options(
        _add(
            commands,
            "simulate",
            _simulate,
            "run the controller in a simulated world and judge it",
            "Drive the real controller in a simulated world: Asterisk, telephones, people, the disk and the clock are simulated, and "
            "much goes wrong. A judge looks at every moment: nobody is forgotten, no customer hears a consult, nobody is rung twice, "
            "nothing is left behind, desktops tell the truth, the journal replays. The same seed gives the same day. It needs no site "
            "file and no Asterisk.",
            "examples:\n  ari-controller simulate --seed 85                   a line for each input\n"
            "  ari-controller simulate --seed 85 --inputs 69       as much of it as that\n"
            "  ari-controller simulate --seeds 1..2000 --quiet     many days, on all cores\n"
            "  ari-controller simulate --seeds 1..100 --json | jq .broken",
        )
    )


def _add_hash_password(commands: Commands) -> None:
    _add(
        commands,
        "hash-password",
        _hash_password,
        "make the hash of an agent's password for the site file",
        "Ask for a password twice and print its argon2 hash, for an agent's `password` in the site file. "
        "Where standard input is no terminal, its first line is the password.",
        "examples:\n  ari-controller hash-password\n  pwgen 16 1 | tee /dev/stderr | ari-controller hash-password",
    )


def _add(commands: Commands, name: str, command: Command, short: str, long: str, examples: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=short, description=textwrap.fill(long, COLUMNS), epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(command=command, site=None)
    return parser


def _add_site(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument(
        "-c",
        "--site",
        metavar="SITE.TOML",
        type=Path,
        required=required,
        default=None if required else Path("site.toml"),
        help="the site file" if required else "the site file (default: site.toml in this folder)",
    )


if __name__ == "__main__":
    sys.exit(main())

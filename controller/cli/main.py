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
INIT_SITE = Path("/etc/ari-controller/site.toml")

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name (None: this process's), and give its exit code."""
    asked = command_line().parse_args(arguments)
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


def _doctor(asked: argparse.Namespace) -> int:
    from controller.cli.doctor import doctor

    return doctor(asked)


def _story(asked: argparse.Namespace) -> int:
    from controller.cli.story import story

    return story(asked)


def _init(asked: argparse.Namespace) -> int:
    from controller.cli.init import init

    return init(asked)


def _backup(asked: argparse.Namespace) -> int:
    from controller.cli.backup import backup

    return backup(asked)


def _restore(asked: argparse.Namespace) -> int:
    from controller.cli.backup import restore

    return restore(asked)


def _since(written: str) -> float:
    from controller.cli.story import since

    try:
        return since(written)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{written!r} is no time such as 2h, 10:30 or 2026-11-22") from None


def _at_least_one(written: str) -> int:
    if not written.isdecimal() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"{written!r} is no whole number from 1")
    return int(written)


def _number(asked: argparse.Namespace) -> int:
    from controller.cli.number import number

    return number(asked)


def _organisation(asked: argparse.Namespace) -> int:
    from controller.cli.organisation import organisation

    return organisation(asked)


def _phones(asked: argparse.Namespace) -> int:
    from controller.cli.phones import phones

    return phones(asked)


def _simulate(asked: argparse.Namespace) -> int:
    from controller.cli.simulate import run

    return run(asked)


def _import(asked: argparse.Namespace) -> int:
    from controller.cli.importing import import_people

    return import_people(asked)


def _hash_password(asked: argparse.Namespace) -> int:
    from controller.cli.hash_password import hash_password

    return hash_password(asked)


def command_line() -> argparse.ArgumentParser:
    """Every command with its options and its help; manual pages and the shell's completion are made of it too."""
    parser = argparse.ArgumentParser(
        prog="ari-controller",
        description="Consult, hold, resume, swap, transfer, conference and wrap-up for contact centres on a stock Asterisk, over ARI.",
        epilog="exit codes: 0 done, 1 a check failed, 2 bad usage or a bad site file",
    )
    parser.add_argument("--version", action="version", version=f"ari-controller {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_init(commands)
    _add_run(commands)
    _add_check(commands)
    _add_doctor(commands)
    _add_story(commands)
    _add_number(commands)
    _add_organisation(commands)
    _add_phones(commands)
    _add_backup(commands)
    _add_simulate(commands)
    _add_hash_password(commands)
    _add_import(commands)
    return parser


Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _add_init(commands: Commands) -> None:
    parser = _add(
        commands,
        "init",
        _init,
        "add what the controller needs to an Asterisk that is there",
        "Write a first site file, and add to the Asterisk of this machine what the controller needs: a user of ARI with a random password, "
        "its HTTP server on loopback, the dialplan that hands callers over. All of it is shown before it is written; lines are added to "
        "files that are there, and none is changed. What is not given is asked for. A site file that is there stays as it is, and the rest "
        "follows it. --undo takes everything out again.",
        "examples:\n  ari-controller init\n"
        "  ari-controller init --region FR --number 0123456789 --context from-trunk \\\n"
        "      --agent alice:1001:'Alice Martin' --agent bob:1002:'Bob Durand' --dry-run\n"
        "  ari-controller init --undo",
    )
    parser.add_argument("-c", "--site", metavar="SITE.TOML", type=Path, default=INIT_SITE, help=f"the site file (default: {INIT_SITE})")
    parser.add_argument(
        "--asterisk", metavar="FOLDER", type=Path, default=Path("/etc/asterisk"), help="Asterisk's files (default: /etc/asterisk)"
    )
    parser.add_argument("--region", metavar="FR", help="the country by whose rules numbers are read")
    parser.add_argument(
        "--number", metavar="NUMBER", action="append", help="a number that callers dial, as it comes in; may be given again"
    )
    parser.add_argument("--agent", metavar="ID:PHONE[:NAME]", action="append", help="an agent and their PJSIP endpoint; may be given again")
    parser.add_argument("--context", metavar="CONTEXT", help="the context of extensions.conf in which calls for these numbers come in")
    parser.add_argument("--trunk", metavar="ENDPOINT", help="the PJSIP endpoint by which calls to outside leave")
    parser.add_argument("--app", metavar="NAME", default="controller", help="the name of the Stasis application (default: controller)")
    parser.add_argument(
        "--ari-port", metavar="PORT", type=int, help="the port of Asterisk's HTTP server, where http.conf has none (default: 8088)"
    )
    parser.add_argument("--undo", action="store_true", help="take out again what was written")
    parser.add_argument("--dry-run", action="store_true", help="show it, and write nothing")
    parser.add_argument("-y", "--yes", action="store_true", help="write it without asking")


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
        "its modules, and of each agent's telephone where it is registered and which of its settings make calls go wrong; where its files "
        "can be read, also what these say of addresses, timeouts, ports, and of where the dialplan leads. Changes nothing. "
        "--call places a test call: it goes through Asterisk's dialplan as a caller's would, and is taken back as soon as it reaches the "
        "controller, which does not count it, or is on its way to somebody else.",
        "examples:\n  ari-controller check -c site.toml\n  ari-controller check -c site.toml --live --json | jq .findings\n"
        "  ari-controller check -c site.toml --call 0123456789\n"
        "  ari-controller check -c site.toml --call 1002 --context ari-controller-agents",
    )
    _add_site(parser, required=True)
    parser.add_argument("--live", action="store_true", help="also ask Asterisk")
    _add_asterisk(parser)
    parser.add_argument("--call", metavar="NUMBER", help="place a test call to this number, as calls for it come in")
    about = "with --call: the dialplan's context that it comes in by (default: those of the trunks, or ari-controller-customers)"
    parser.add_argument("--context", metavar="CONTEXT", help=about)
    parser.add_argument("--strict", action="store_true", help="take a warning for a failure: the exit code is 1")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _add_doctor(commands: Commands) -> None:
    parser = _add(
        commands,
        "doctor",
        _doctor,
        "say on one page how everything is, and pack it up for whoever is to help",
        "Say on one page how everything is: version, site file, the running service, who steers, clocks, Asterisk and telephones, the "
        "journal, the disk, the last warnings. A part that is down has its line too. Changes nothing. With --bundle this page, the site "
        "file, the log and the last steps of calls also go into one archive, without passwords and with the last two digits of each "
        "customer's number. The exit code is 1 where something has failed.",
        "examples:\n  ari-controller doctor -c site.toml\n  ari-controller doctor -c site.toml --bundle doctor.tar.gz\n"
        "  ari-controller doctor -c site.toml --json | jq '.findings[] | select(.result == \"failed\")'",
    )
    _add_site(parser, required=True)
    _add_asterisk(parser)
    parser.add_argument("--bundle", metavar="FILE", type=Path, help="also write this archive, a new .tar.gz")
    parser.add_argument("--log", metavar="FILE", type=Path, help="where the service's log goes (default: systemd's journal)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _add_story(commands: Commands) -> None:
    parser = _add(
        commands,
        "story",
        _story,
        "tell the life of one interaction, or find it",
        "Tell the life of one interaction, a line for each step: when, what happened, who stands in which room. Without an id it lists the "
        "latest interactions, a line for each: when, its id, queue, customer, agents, for how long, and where it stands; those of the "
        "last seven days of the record, unless --since says otherwise. "
        "It is read from the journal's folder; the service need not run.",
        "examples:\n  ari-controller story t3k9x200 -c site.toml\n  ari-controller story t3k9x200 -c site.toml --svg story.svg\n"
        "  ari-controller story -c site.toml --number '01 23 45 67 89' --since 2h\n"
        "  ari-controller story -c site.toml --agent alice --queue support --last 50",
    )
    about = (
        "its id, as logs, the API and `core show channels` (ix-ID-…) show it; or the unique id of a channel that had a part in it, as "
        "Asterisk's call records have it"
    )
    parser.add_argument("interaction", metavar="INTERACTION", nargs="?", help=about)
    about = "with this number in it, in any way of writing: the customer's, the one that they dialled, one that an agent called"
    parser.add_argument("--number", metavar="NUMBER", help=about)
    parser.add_argument("--agent", metavar="AGENT", help="in which this agent had a part")
    parser.add_argument("--queue", metavar="QUEUE", help="of this queue")
    about = "that went on after this: 30m, 2h or 3d ago, 10:30, 2026-11-22 or 2026-11-22T10:30 in local time"
    parser.add_argument("--since", metavar="WHEN", type=_since, help=about)
    parser.add_argument("--last", metavar="N", type=_at_least_one, help="so many, the latest first (default: 20)")
    _add_site(parser, required=False)
    parser.add_argument("--segments", action="store_true", help="tell what everybody did from when to when instead, a line for each")
    parser.add_argument("--svg", metavar="FILE", type=Path, help="draw it into this file instead; - is standard output")
    parser.add_argument("--json", action="store_true", help="print one JSON object with steps and segments, as the API gives it")


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


def _add_phones(commands: Commands) -> None:
    parser = _add(
        commands,
        "phones",
        _phones,
        "write Asterisk's sections for every agent's telephone, and a sheet for each",
        "Print the PJSIP sections of every agent's telephones, which pjsip.conf includes. Each telephone on a desk has a long random "
        "password, made once and kept in the folder of the journal; what is printed holds them, so send it into a file, best with "
        "--output, which shows what changes and no password.",
        "examples:\n  ari-controller phones -c site.toml -o /etc/asterisk/pjsip_agents.conf --dry-run\n"
        "  ari-controller phones -c site.toml -o /etc/asterisk/pjsip_agents.conf && asterisk -rx 'module reload res_pjsip.so'\n"
        "  ari-controller phones -c site.toml --sheets sheets\n"
        "  ari-controller phones -c site.toml --sheets sheets --provision 192.0.2.10:8443",
    )
    _add_site(parser, required=True)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="write the sections into this file, and print what changes in it")
    parser.add_argument("--dry-run", action="store_true", help="with --output: print what would change, and make and write nothing")
    parser.add_argument("--sheets", metavar="FOLDER", type=Path, help="write a page to print for each telephone on a desk")
    parser.add_argument(
        "--provision",
        metavar="HOST:PORT",
        nargs="?",
        const="127.0.0.1:8089",
        help="serve every telephone its files, each once, and print who fetched what (default: 127.0.0.1:8089; elsewhere by [desktop] tls)",
    )
    parser.add_argument("--url", metavar="URL", help="with --provision: how telephones reach it, where a proxy stands in front")
    parser.add_argument("--minutes", metavar="N", type=float, default=60.0, help="with --provision: for how long (default: 60)")
    parser.add_argument("--json", action="store_true", help="print one JSON object with all telephones, without passwords; makes nothing")


def _add_backup(commands: Commands) -> None:
    parser = _add(
        commands,
        "backup",
        _backup,
        "put the site file and all that the controller keeps into one archive",
        "Put the site file, the files beside it that it names, and all that the controller keeps (journal, steps, passwords of telephones, "
        "those that agents have chosen, colleagues) into one archive, for its owner alone. The service may run and calls go on.",
        "example:\n  ari-controller backup /var/backups/ari-controller.tar.gz -c /etc/ari-controller/site.toml",
    )
    parser.add_argument("archive", metavar="FILE", type=Path, help="a new file, which is a .tar.gz")
    _add_site(parser, required=True)
    parser = _add(
        commands,
        "restore",
        _restore,
        "put back what a backup has",
        "Put back what a backup has: the site file to where -c says, the files that it names beside it, and the rest into the folder of "
        "[journal]. No file that is there and differs is overwritten, and nothing is done while a service uses the folder. Of two machines "
        "that were restored from one backup only one may run.",
        "example:\n  ari-controller restore ari-controller.tar.gz -c /etc/ari-controller/site.toml",
    )
    parser.add_argument("archive", metavar="FILE", type=Path, help="what `ari-controller backup` has written")
    _add_site(parser, required=True)


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
    parser = _add(
        commands,
        "hash-password",
        _hash_password,
        "make the hash of an agent's password for the site file",
        "Ask for a password twice and print its argon2 hash, for an agent's `password` in the site file. "
        "Where standard input is no terminal, its first line is the password. With --csv it puts a hash in the place of every password of "
        "a list of agents; who has none gets a new one, and only these are printed, a line each.",
        "examples:\n  ari-controller hash-password\n  pwgen 16 1 | tee /dev/stderr | ari-controller hash-password\n"
        "  ari-controller hash-password --csv agents.csv",
    )
    parser.add_argument("--csv", metavar="AGENTS.CSV", type=Path, help="a list with the columns id and password, which is written anew")


def _add_import(commands: Commands) -> None:
    parser = _add(
        commands,
        "import",
        _import,
        "make agents of a list of people, a pjsip.conf, or a FreePBX",
        "Make agents of a list of people (csv), of the telephones of a pjsip.conf (pjsip), or of the extensions and queues of a "
        "FreePBX (freepbx). In a list, columns may stand in any order and be called as people call them, in English or French. A "
        "person's telephone is an endpoint that registers here with a password of its own: trunks, machines and telephones in "
        "browsers are left out. Who and what is there already stays as it is; new agents are added to the list that the site file "
        "names (agents_from; agents.csv where it names none), each with a new password that is shown once. All of it is shown before "
        "it is written, and whatever is not taken is told with the reason.",
        "examples:\n  ari-controller import csv people.csv -c /etc/ari-controller/site.toml\n"
        "  ari-controller import pjsip -c /etc/ari-controller/site.toml --dry-run\n"
        "  ari-controller import freepbx -c /etc/ari-controller/site.toml --leave-out 1099",
    )
    parser.add_argument("kind", metavar="FROM", choices=("csv", "pjsip", "freepbx"), help="csv, pjsip or freepbx")
    about = "the list; for pjsip the file (default: /etc/asterisk/pjsip.conf), for freepbx the folder of its files (default: /etc/asterisk)"
    parser.add_argument("source", metavar="SOURCE", type=Path, nargs="?", help=about)
    _add_site(parser, required=True)
    parser.add_argument(
        "--leave-out", metavar="PHONE", action="append", help="the endpoint of somebody who is no agent; may be given again"
    )
    parser.add_argument("--dry-run", action="store_true", help="show it, and write nothing")
    parser.add_argument("-y", "--yes", action="store_true", help="write it without asking")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs; it writes with --yes only")


def _add(commands: Commands, name: str, command: Command, short: str, long: str, examples: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=short, description=textwrap.fill(long, COLUMNS), epilog=examples, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(command=command, site=None)
    return parser


def _add_asterisk(parser: argparse.ArgumentParser) -> None:
    about = "Asterisk's files, which tell what ARI does not where it is this machine's (default: /etc/asterisk)"
    parser.add_argument("--asterisk", metavar="FOLDER", type=Path, default=Path("/etc/asterisk"), help=about)


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

"""The options of `ari-controller simulate`. Apart from the command, so that `--help` of any command need not load a simulated world."""

import argparse
import os
import re

_RANGE = re.compile(r"(\d+)\.\.(\d+)")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Give the command's parser its options."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--seed", metavar="N", type=_from_zero, help="one day, told line by line")
    which.add_argument("--seeds", metavar="A..B", type=_seeds, help="many days, the first and the last one included")
    parser.add_argument(
        "--inputs", metavar="M", type=_from_one, default=300, help="how many inputs a day has before it settles (default: 300)"
    )
    parser.add_argument(
        "--processes", metavar="P", type=_from_one, default=os.cpu_count() or 1, help="how many days at a time (default: one a core)"
    )
    parser.add_argument(
        "--shrink", metavar="K", type=_from_zero, default=3, help="of how many failures the shortest prefix is looked for (default: 3)"
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        help="no long outages, wrong clocks, neighbours, numbers outside and the like: a seed's simplest day",
    )
    parser.add_argument("--agents-only", action="store_true", help="nobody asks for anybody but agents: no numbers, lines, calls out")
    parser.add_argument("--quiet", action="store_true", help="print the result only")
    parser.add_argument("--json", action="store_true", help="print one JSON object, for programs")


def _seeds(text: str) -> range:
    found = _RANGE.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds: write the first and the last one, such as 1..2000")
    return range(int(found[1]), int(found[2]) + 1)


def _from_zero(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 on")
    return int(text)


def _from_one(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)

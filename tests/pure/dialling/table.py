"""Typed numbers of 33 countries and what each of them is, from `numbers.tsv`: its first lines say how it is written."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from controller.dialling.rules import DiallingRules, DialPlan, ExtensionRange

TABLE = Path(__file__).with_name("numbers.tsv")

RULES = DiallingRules(extensions=(ExtensionRange("1000", "2999"),))
"""Of every site in the table; everything else is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One text typed at one site, and what it is."""

    typed: str
    region: str
    kept: str
    joined: str
    verdict: str
    reason: str
    dial: str
    e164: str
    national: str
    type: str
    number_region: str
    policy: str
    note: str

    @property
    def plan(self) -> DialPlan:
        """The site that it was typed at."""
        return DialPlan(region=self.region, rules=RULES)


def _written_out(text: str) -> str:
    if text.startswith("REPEAT:"):
        _, times, what = text.split(":", 2)
        repeated, _, rest = what.partition("+")
        return repeated * int(times) + rest
    return re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), text)


def rows() -> list[Row]:
    """Read the whole table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        lines = (line for line in file if not line.startswith("# "))
        read = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [Row(**{**row, "typed": _written_out(row["typed"]), "kept": _written_out(row["kept"])}) for row in read]


ROWS = rows()
NAMES = [f"{number} {row.region} {row.note}" for number, row in enumerate(ROWS, start=1)]

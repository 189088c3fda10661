"""What was measured, beside what it must be: as a table for people and as JSON for programs. It measures nothing and judges nobody."""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure; smaller is better."""

    name: str
    value: float
    unit: str
    target: float | None
    """What it must not exceed; None: it is told for comparison only."""
    samples: int
    """How many measurements it is made of."""

    @property
    def said(self) -> str:
        """Whether it is what it must be, in a word."""
        if self.target is None:
            return ""
        return "ok" if self.value <= self.target else "MISSED"


def median_and_p95(name: str, seconds: Sequence[float], median_max: float | None, p95_max: float | None) -> list[Figure]:
    """Two figures in milliseconds of many measurements in seconds."""
    milliseconds = sorted(1000 * one for one in seconds)
    p95 = milliseconds[math.ceil(0.95 * len(milliseconds)) - 1]
    median = statistics.median(milliseconds)
    return [
        Figure(name=f"{name}, median", value=median, unit="ms", target=median_max, samples=len(milliseconds)),
        Figure(name=f"{name}, p95", value=p95, unit="ms", target=p95_max, samples=len(milliseconds)),
    ]


def table(figures: Sequence[Figure]) -> str:
    """Lines for a terminal, aligned."""
    rows = [("figure", "measured", "must be", "", "of")]
    for figure in figures:
        most = f"<= {figure.target:g} {figure.unit}" if figure.target is not None else ""
        rows.append(
            (figure.name, f"{figure.value:.{2 if figure.unit == 'x' else 1}f} {figure.unit}", most, figure.said, str(figure.samples))
        )
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        f"{name:<{widths[0]}}  {value:>{widths[1]}}  {most:>{widths[2]}}  {said:<{widths[3]}}  {of:>{widths[4]}}".rstrip()
        for name, value, most, said, of in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


def as_json(figures: Sequence[Figure]) -> str:
    """One JSON object."""
    return json.dumps({"figures": [{**asdict(figure), "said": figure.said} for figure in figures]}, indent=2)

"""The same figures over both ways that commands take to one Asterisk, in one run: from a command to sound, and what a call costs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from controller.directory.site import Transport
from tests.bench.audible import audible
from tests.bench.cost import cost
from tests.bench.figures import Figure
from tests.bench.stage import say, staged

WAYS: tuple[Transport, ...] = ("rest-over-websocket", "asyncari")
OVER_ASYNCARI_MEDIAN_MAX_MS = 120
REPETITIONS = 15


async def transports() -> list[Figure]:
    """Measure the one, then the other; each on a stack of its own."""
    figures: list[Figure] = []
    for way in WAYS:
        say(f"transports: {way}")
        async with staged(asterisk=f'transport = "{way}"') as scene:
            figures += _named(way, [*await audible(scene, REPETITIONS), *await cost(scene, REPETITIONS)])
    return figures


def _named(way: Transport, figures: Sequence[Figure]) -> Iterator[Figure]:
    for figure in figures:
        target = figure.target
        if way == "asyncari":
            target = OVER_ASYNCARI_MEDIAN_MAX_MS if figure.name.endswith(", median") else None
        yield replace(figure, name=f"{way}: {figure.name}", target=target)

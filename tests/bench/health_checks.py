"""What it costs the controller to be asked how it is: by Prometheus, by whoever asks `/readyz`, and by the container's own health check.

The engine's own work for a health check (it starts a process in the container) is only counted as far as it is done inside.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tests.bench.figures import Figure
from tests.bench.process import cpu_seconds, group_cpu_seconds
from tests.bench.stage import controller_pid, say
from tests.live.scene import Scene

ASKED_TIMES = 200
CHECKED_TIMES = 20
SCRAPE_EVERY_SECONDS = 15
READY_EVERY_SECONDS = 10
CHECK_EVERY_SECONDS = 30
"""That of HEALTHCHECK in docker/controller.Dockerfile."""
MS_PER_SECOND_MAX = 1.0
CHECK = "/usr/local/lib/ari-controller/healthy"


async def health_checks(scene: Scene, _: int) -> list[Figure]:
    """Measure each by itself, and what they are together in a second of a usual installation."""
    pid = controller_pid(scene.stack)
    say(f"health checks: {ASKED_TIMES} requests of each kind, {CHECKED_TIMES} checks of the container")

    async def ask(path: str) -> None:
        async with scene.http.get(scene.stack.desktop_url + path) as answer:
            assert answer.status == 200, path
            await answer.read()

    async def check() -> None:
        code, said = await asyncio.to_thread(scene.stack.controller.exec, [CHECK])
        assert code == 0, said

    each = {path: await _milliseconds(lambda: cpu_seconds(pid), ask, path, ASKED_TIMES) for path in ("/healthz", "/readyz", "/metrics")}
    checked = await _milliseconds(lambda: group_cpu_seconds(pid), lambda _: check(), CHECK, CHECKED_TIMES)
    together = each["/metrics"] / SCRAPE_EVERY_SECONDS + each["/readyz"] / READY_EVERY_SECONDS + checked / CHECK_EVERY_SECONDS
    return [
        *(Figure(name=f"processor time of GET {path}", value=ms, unit="ms", target=None, samples=ASKED_TIMES) for path, ms in each.items()),
        Figure(name="processor time of the container's check", value=checked, unit="ms", target=None, samples=CHECKED_TIMES),
        Figure(
            name=f"a second: /metrics {SCRAPE_EVERY_SECONDS} s, /readyz {READY_EVERY_SECONDS} s, container {CHECK_EVERY_SECONDS} s",
            value=together,
            unit="ms",
            target=MS_PER_SECOND_MAX,
            samples=CHECKED_TIMES,
        ),
    ]


async def _milliseconds(spent: Callable[[], float], does: Callable[[str], Awaitable[None]], what: str, times: int) -> float:
    """Give what one costs; what is spent in the same time without any is subtracted."""
    clock = asyncio.get_running_loop().time
    await does(what)
    began, began_at = spent(), clock()
    for _ in range(times):
        await does(what)
    cost, seconds = spent() - began, clock() - began_at
    began = spent()
    await asyncio.sleep(max(1.0, seconds))  # what is measured is that nothing is asked
    idle = (spent() - began) / max(1.0, seconds)
    return 1000 * (cost - idle * seconds) / times

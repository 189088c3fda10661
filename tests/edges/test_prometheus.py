"""A real Prometheus fetches a real controller's figures, takes the alert rules, and alarms when the controller is gone."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.edges.recorded_call import Call, play
from tests.live.service import free_port, running_service, write_site

TOP = Path(__file__).parents[2]
MONITORING = TOP / "docs/monitoring"
UNPACKED = TOP / ".venv/prometheus/usr/bin"
"""Where tests/run unpacks Debian's package."""
PATIENCE_SECONDS = 30.0
CONFIGURATION = """
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [alerts.yml]
scrape_configs:
  - job_name: ari-controller
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""


def tool(name: str) -> str:
    """Give the path of one of Prometheus' programs."""
    found = shutil.which(name, path=f"{UNPACKED}:{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{name} is not there: tests/run fetches it, or apt-get install prometheus")
    return found


@pytest.mark.parametrize("asked", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")])
def test_prometheus_own_tool_takes_the_rules_and_they_fire_when_they_should(asked: tuple[str, ...]) -> None:
    done = subprocess.run([tool("promtool"), *asked], cwd=MONITORING, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_own_tool_finds_nothing_to_say_about_the_names_of_our_metrics() -> None:
    call = Call()
    metrics = call.metrics()
    play(call)

    done = subprocess.run([tool("promtool"), "check", "metrics"], input=metrics.text(), capture_output=True, check=False)

    assert (done.returncode, (done.stdout + done.stderr).decode()) == (0, "")


class Prometheus:
    """One that fetches every second, and whose alerts fire after one."""

    def __init__(self, http: aiohttp.ClientSession, port: int) -> None:
        self._http = http
        self._url = f"http://127.0.0.1:{port}/api/v1"

    async def ask(self, path: str, **query: str) -> Any:
        async with self._http.get(f"{self._url}/{path}", params=query) as reply:
            said = await reply.json()
        assert said["status"] == "success", said
        return said["data"]

    async def rules(self) -> list[dict[str, Any]]:
        return [rule for group in (await self.ask("rules"))["groups"] for rule in group["rules"]]

    async def value(self, expression: str) -> list[float]:
        return [float(found["value"][1]) for found in (await self.ask("query", query=expression))["result"]]

    async def until_it_shows(self, expression: str, value: float) -> None:
        """Wait until this is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self.value(expression) != [value]:  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.2)

    async def firing(self) -> set[str]:
        return {rule["name"] for rule in await self.rules() if rule["state"] == "firing"}

    async def until_it_fires(self, *alerts: str) -> None:
        """Wait until exactly these do."""
        firing: set[str] = set()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while (firing := await self.firing()) != set(alerts):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.2)
        except TimeoutError:
            raise AssertionError(f"{firing} fire, and not {alerts}") from None


@asynccontextmanager
async def prometheus(folder: Path, desktop_port: int) -> AsyncIterator[Prometheus]:
    """Run it in this folder with our alert rules, until the block ends."""
    rules = (MONITORING / "alerts.yml").read_text()
    (folder / "alerts.yml").write_text(re.sub(r"for: \w+", "for: 1s", rules))
    (folder / "prometheus.yml").write_text(CONFIGURATION % desktop_port)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        tool("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession() as http:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not await _is_ready(http, port):  # noqa: ASYNC110 - it tells nobody
                    await asyncio.sleep(0.1)
            yield Prometheus(http, port)
    finally:
        process.terminate()
        await process.wait()


async def _is_ready(http: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with http.get(f"http://127.0.0.1:{port}/-/ready") as reply:
            return reply.status == 200
    except aiohttp.ClientError:
        return False


@pytest.mark.long
async def test_a_real_prometheus_alarms_when_asterisk_is_gone_and_when_the_controller_is(tmp_path: Path) -> None:
    site, desktop_port = write_site(tmp_path, password="secret"), free_port()
    async with fake_asterisk() as asterisk, prometheus(tmp_path, desktop_port) as watch:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        async with running_service(site, ari_port=asterisk.port, desktop_port=desktop_port) as service:
            await service.says("attached to Asterisk  url")
            await watch.until_it_shows('up{job="ari-controller"}', 1)
            await watch.until_it_shows("ari_controller_asterisk_connected", 1)
            await watch.until_it_shows("ari_controller_journal_disk_low", 0)
            await watch.until_it_fires()
            rules = await watch.rules()
            assert len(rules) > 15
            assert {(rule["health"], rule.get("lastError", "")) for rule in rules} == {("ok", "")}
            assert await watch.value('ari_controller_ari_request_seconds_count{outcome="done"} > 5')

            asterisk.password = "another"
            asterisk.cut()
            await watch.until_it_fires("AsteriskAway")
        await watch.until_it_fires("ControllerAway")


@pytest.mark.long
async def test_a_real_prometheus_can_answer_every_panel_of_the_dashboard(tmp_path: Path) -> None:
    site, desktop_port = write_site(tmp_path, password="secret"), free_port()
    dashboard = json.loads((MONITORING / "grafana.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())]
    async with fake_asterisk() as asterisk, prometheus(tmp_path, desktop_port) as watch:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        async with running_service(site, ari_port=asterisk.port, desktop_port=desktop_port) as service:
            await service.says("attached to Asterisk  url")
            await watch.until_it_shows("ari_controller_asterisk_connected", 1)
            await watch.until_it_shows("count_over_time(ari_controller_asterisk_connected[1m]) > bool 2", 1)
            answers = {expression: await watch.value(_filled(expression)) for expression in asked}

    assert len(answers) > 25
    # What needs a call, a refusal or an organisation has nothing to show yet; all the rest has.
    silent = ("arrived", "refused", "organisation", "quantile(0.9,", "phase", "process_", "command_seconds")
    assert [expression for expression, found in answers.items() if not found and not any(word in expression for word in silent)] == []


def _filled(expression: str) -> str:
    """Put values in the place of Grafana's variables."""
    return expression.replace("$__rate_interval", "10s").replace("$instance", ".*").replace("$queue", ".*").replace("$job", ".*")

"""The package is upgraded while Alice consults Bob and the customer hears music: nobody notices, and the next command works."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tests.live.desk import AgentDesk
from tests.live.fragile import FragileScene
from tests.live.scene import AGENTS, ready, telephones
from tests.live.site import COLLEAGUES, live_site
from tests.live.stack import READY_SECONDS_MAX, Stack, running_asterisk
from tests.live.wire_cutter import WireCutter
from tests.packages.conftest import Packages
from tests.packages.system import SITE_FOLDER, SUITES, System, system
from tests.phones import Ear

PRIVATE = {"alice": {"bob"}, "bob": {"alice"}, "customer": {"music"}}
PARKED = {"alice": {"customer"}, "customer": {"alice"}, "bob": {"music"}}
AFTERWARDS_SECONDS = 1.0
"""So long it is listened to after the new version is attached."""


@asynccontextmanager
async def contact_centre(suite: str, packages: Packages) -> AsyncIterator[tuple[System, FragileScene]]:
    """The package serves on its Debian, beside an Asterisk in another container; people have logged on."""
    with running_asterisk() as (asterisk, sip_port, ari_port), system(suite, packages.folder) as debian:
        debian.does(f"apt-get update -qq && apt-get install -y /packages/{packages.first[suite].name}")
        debian.writes(f"{SITE_FOLDER}/site.toml", live_site())
        debian.writes(f"{SITE_FOLDER}/{COLLEAGUES.name}", COLLEAGUES.read_text())
        debian.does(f"chgrp ari-controller {SITE_FOLDER}/*; chmod 640 {SITE_FOLDER}/*")
        listen = f"127.0.0.1:{debian.desktop_port}"
        debian.is_told({"ASTERISK_URL": f"http://127.0.0.1:{ari_port}", "DESKTOP_LISTEN": listen})
        debian.does("systemctl start ari-controller")
        stack = Stack(
            name=debian.run,
            sip_port=sip_port,
            ari_port=ari_port,
            desktop_port=debian.desktop_port,
            asterisk=asterisk,
            controller=debian.container,
        )
        async with WireCutter() as line, aiohttp.ClientSession() as http:
            await ready(stack, http, READY_SECONDS_MAX)
            with Ear() as ear:
                async with telephones(stack, ear) as phones:
                    desks = {agent: AgentDesk(http, stack.desktop_url, agent) for agent in AGENTS}
                    scene = FragileScene(stack=stack, http=http, ear=ear, phones=phones, desks=desks, line=line)
                    await scene.everybody_logs_on()
                    yield debian, scene
                    await scene.close()


@pytest.mark.parametrize("suite", SUITES)
async def test_a_consult_call_outlives_an_upgrade_without_a_missing_packet(
    suite: str, packages: Packages, capsys: pytest.CaptureFixture[str]
) -> None:
    async with contact_centre(suite, packages) as (debian, scene):
        interaction = await scene.consulting()
        before, began = debian.property("MainPID"), time.time()
        upgrading = asyncio.create_task(asyncio.to_thread(debian.does, f"apt-get install -y /packages/{packages.next[suite].name}"))
        stopped = await _away_since(scene, upgrading)
        await upgrading
        await scene.is_back()
        back = time.time()

        await scene.sounds_untouched(PRIVATE, seconds=back - began + AFTERWARDS_SECONDS, since=began)
        assert debian.property("MainPID") != before
        assert "+next" in debian.does("ari-controller --version")
        await scene.alice.does("resume", interaction)
        await scene.hear(PARKED)
        with capsys.disabled():
            print(f"\nDebian {suite}: upgraded in a call in {back - began:.1f} s; commands were away for at most {back - stopped:.1f} s")


async def _away_since(scene: FragileScene, upgrading: asyncio.Task[str]) -> float:
    """When the old version was seen for the last time."""
    seen = time.time()
    while not upgrading.done():
        try:
            async with scene.http.get(f"{scene.stack.desktop_url}/readyz") as answer:
                if answer.status != 200:
                    return seen
            seen = time.time()
        except aiohttp.ClientError:
            return seen
        await asyncio.sleep(0.02)
    raise AssertionError("the old version ran on after the upgrade")

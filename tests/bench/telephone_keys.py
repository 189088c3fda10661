"""From a key of an agent's telephone to what it does: a feature code's last digit to the new voice, and the hold key to the music.

The clock starts when Asterisk tells of the key, at its end, by its own words to another application; it is the same machine's clock.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import aiohttp

from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import Hears, connected, consult, hear, say
from tests.live.scene import Scene

CODE_P95_MAX_MS = 150
HOLD_P95_MAX_MS = 100
EVENT_SECONDS_MAX = 5.0
PARKED: Hears = {"customer": {"alice"}, "alice": {"customer"}, "bob": {"music"}}
CONSULTING: Hears = {"customer": {"music"}, "alice": {"bob"}, "bob": {"alice"}}


async def telephone_keys(scene: Scene, repetitions: int) -> list[Figure]:
    """Measure the code for resume and swap, and the hold key."""
    return [
        *median_and_p95("last key of a code to the room change", await _codes(scene, repetitions), None, CODE_P95_MAX_MS),
        *median_and_p95("hold key to music", await _hold_key(scene, repetitions), None, HOLD_P95_MAX_MS),
    ]


@asynccontextmanager
async def _listener(scene: Scene) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Hears everything that Asterisk says, as an application that steers nothing."""
    url = f"{scene.stack.ari_url}/events?app=bench&subscribeAll=true"
    async with scene.http.ws_connect(url, auth=aiohttp.BasicAuth("controller", "controller")) as socket:
        yield socket


async def _told_at(socket: aiohttp.ClientWebSocketResponse, kind: str, **wanted: str) -> float:
    """When Asterisk told of this, by its own clock."""
    async with asyncio.timeout(EVENT_SECONDS_MAX):
        async for message in socket:
            event = json.loads(message.data)
            if event["type"] == kind and all(event.get(key) == value for key, value in wanted.items()):
                return datetime.fromisoformat(event["timestamp"]).timestamp()
    raise AssertionError(f"Asterisk has closed the socket, and told of no {kind}")


async def _codes(scene: Scene, repetitions: int) -> list[float]:
    say(f"last key to sound: {repetitions} times the code for resume and swap")
    interaction = await connected(scene)
    await consult(scene, interaction, "alice", "bob")
    seconds = []
    async with _listener(scene) as socket:
        for number in range(repetitions):
            to, then = (("customer", PARKED), ("bob", CONSULTING))[number % 2]
            await scene.phones["alice"].send_keys("*5")
            since = await _told_at(socket, "ChannelDtmfReceived", digit="5")
            firsts = [await scene.ear.wait_for_first(listener, voice, after=since) for listener, voice in (("alice", to), (to, "alice"))]
            seconds.append(max(first.at for first in firsts) - since)
            await hear(scene, then)
    await scene.close()
    return seconds


async def _hold_key(scene: Scene, repetitions: int) -> list[float]:
    say(f"hold key to music: {repetitions} times")
    await connected(scene)
    seconds = []
    async with _listener(scene) as socket:
        for _ in range(repetitions):
            await scene.phones["alice"].hold()
            since = await _told_at(socket, "ChannelHold")
            first = await scene.ear.wait_for_first("customer", "music", after=since)
            seconds.append(first.at - since)
            await scene.phones["alice"].resume()
            await hear(scene, {"customer": {"alice"}, "alice": {"customer"}})
    await scene.close()
    return seconds

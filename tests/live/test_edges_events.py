"""What desktops hear over WebSockets during real calls: everything, in order, without a gap; who does not read holds up nobody."""

import asyncio
import base64
import socket
import time
from contextlib import closing, suppress
from typing import Any

import aiohttp

from tests.live.desk import AgentDesk
from tests.live.scene import Scene

TOO_SLOW = 4008
HOLDS = 150
ON_TIME_SECONDS_MAX = 0.5


async def _listen(scene: Scene, desk: AgentDesk, after: int | None = None) -> aiohttp.ClientWebSocketResponse:
    query = {} if after is None else {"after": str(after)}
    return await scene.http.ws_connect(f"{scene.stack.desktop_url}/api/v1/events", headers=dict(desk.headers), params=query)


async def _frames_until(listening: aiohttp.ClientWebSocketResponse, phase: str) -> list[dict[str, Any]]:
    """Every frame up to the one that shows an interaction in this phase."""
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(5):
        while not (frames and frames[-1]["type"] == "interaction" and frames[-1]["interaction"]["phase"] == phase):
            frames.append(await listening.receive_json())
    return frames


async def test_a_whole_consult_call_is_told_in_order_and_without_a_gap(scene: Scene) -> None:
    listening = await _listen(scene, scene.alice)
    async with listening:
        first = await listening.receive_json()
        assert first["type"] == "snapshot"

        interaction = await scene.consult_held()
        await scene.alice.does("swap", interaction)
        await scene.alice.does("transfer", interaction)
        await scene.customer.hang_up()
        frames = await _frames_until(listening, "ended")

    assert [frame["seq"] for frame in frames] == list(range(first["seq"] + 1, first["seq"] + 1 + len(frames)))
    told = [frame["interaction"] for frame in frames if frame["type"] == "interaction"]
    revisions = [one["revision"] for one in told]
    assert revisions == sorted(revisions)
    phases = [one["phase"] for one in told]
    in_order = [phase for place, phase in enumerate(phases) if place == 0 or phase != phases[place - 1]]
    assert in_order == ["offered", "connected", "consult_offered", "consulting", "consult_held", "consulting", "connected", "ended"]


async def test_a_desktop_that_comes_back_hears_what_it_missed(scene: Scene) -> None:
    async with await _listen(scene, scene.alice) as listening:
        last = (await listening.receive_json())["seq"]
    await scene.connected()

    async with await _listen(scene, scene.alice, after=last) as back:
        frames = await _frames_until(back, "connected")

    assert [frame["seq"] for frame in frames] == list(range(last + 1, last + 1 + len(frames)))


async def test_a_slow_reader_is_closed_with_4008_while_the_others_hear_everything_on_time(scene: Scene) -> None:
    interaction = await scene.connected()
    witness = await _listen(scene, scene.alice)
    with closing(await _deaf_reader(scene, scene.alice)) as deaf:
        async with witness:
            await witness.receive_json()
            longest = max([await _hold_and_resume(scene.alice, interaction, witness) for _ in range(HOLDS)])
        assert await _close_code(deaf) == TOO_SLOW
    assert longest <= ON_TIME_SECONDS_MAX


async def _hold_and_resume(desk: AgentDesk, interaction: str, witness: aiohttp.ClientWebSocketResponse) -> float:
    """Hold a customer and take them back; gives how long it took until another desktop of the same agent had heard of it."""
    asked = time.monotonic()
    await desk.does("hold", interaction)
    await desk.does("resume", interaction)
    phases: list[str] = []
    async with asyncio.timeout(5):
        while phases != ["held", "connected"]:
            frame = await witness.receive_json()
            if frame["type"] == "interaction":
                phases.append(frame["interaction"]["phase"])
    return time.monotonic() - asked


async def test_a_queue_that_changes_all_the_time_is_told_of_once_a_second_and_as_it_is_in_the_end(scene: Scene) -> None:
    async with await _listen(scene, scene.bob) as listening:
        await listening.receive_json()
        began = time.monotonic()
        for _ in range(20):
            await scene.alice.available()
            await scene.alice.idle()
        seconds = time.monotonic() - began
        told: list[dict[str, Any]] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(2.5):
                while True:
                    frame = await listening.receive_json()
                    if frame["type"] == "queue" and frame["queue"]["id"] == "support":
                        told.append(frame["queue"])

    assert 1 <= len(told) <= 2 + seconds
    (support,) = [queue for queue in (await scene.bob.call("GET", "/queues")).body["queues"] if queue["id"] == "support"]
    assert told[-1]["agents"] == support["agents"]


async def _deaf_reader(scene: Scene, desk: AgentDesk) -> socket.socket:
    """A WebSocket of which nothing is read but the first line. Small segments and a small window: little of it hides in the kernel."""
    loop = asyncio.get_running_loop()
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    deaf.setblocking(False)
    await loop.sock_connect(deaf, ("127.0.0.1", scene.stack.desktop_port))
    headers = {
        **desk.headers,
        "Host": f"127.0.0.1:{scene.stack.desktop_port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
    }
    lines = ["GET /api/v1/events HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    await loop.sock_sendall(deaf, "\r\n".join(lines).encode())
    assert b" 101 " in await loop.sock_recv(deaf, 16)
    return deaf


async def _close_code(deaf: socket.socket) -> int:
    """Read all that is left, to the end of the connection; the last frame says why it was closed."""
    loop = asyncio.get_running_loop()
    everything = b""
    async with asyncio.timeout(5):
        while not _closes(everything):
            chunk = await loop.sock_recv(deaf, 65536)
            assert chunk, "it ended without a word"
            everything += chunk
    return int.from_bytes(everything[_close_at(everything) + 2 :][:2], "big")


def _closes(everything: bytes) -> bool:
    return _close_at(everything) >= 0


def _close_at(everything: bytes) -> int:
    """Where a close frame with a code begins, at the end of what was read; -1: it has not come."""
    at = everything.rfind(b"\x88")
    return at if at >= 0 and len(everything) >= at + 4 and len(everything) == at + 2 + everything[at + 1] else -1

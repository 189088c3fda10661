"""What a desktop may send over its WebSocket: hardly anything, however it is cut into frames, and never without a mask."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from controller.desktop.limits import Limits
from controller.desktop.socket_guard import SocketGuard
from controller.directory.ids import AgentId
from tests.edges.desktop_world import Desktop, World
from tests.security.raw import Raw, connected, upgrade, world_with

FIN, MASKED = 0x80, 0x80
CONTINUED, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
NO_MASK = bytes(4)
"""Masks, and changes nothing."""


def frame(kind: int, payload: bytes = b"", *, is_last: bool = True, is_masked: bool = True) -> bytes:
    mask, key = (MASKED, NO_MASK) if is_masked else (0, b"")
    length = bytes([mask | len(payload)]) if len(payload) < 126 else bytes([mask | 126]) + len(payload).to_bytes(2)
    return bytes([(FIN if is_last else 0) | kind]) + length + key + payload


@asynccontextmanager
async def listening(world: World, desktop: Desktop) -> AsyncIterator[Raw]:
    """A WebSocket whose frames are written by hand, before the first of which the server has said its snapshot."""
    async with connected(world) as raw:
        await raw.say(upgrade(f"Authorization: {desktop.headers['Authorization']}"))
        assert (await raw.head()).startswith(b"HTTP/1.1 101")
        yield raw


async def closed_with(raw: Raw) -> int:
    """The code of the server's close frame, the last that it sends."""
    said = await raw.rest()
    at = said.rindex(bytes([FIN | CLOSE]))
    return int.from_bytes(said[at + 2 : at + 4])


TOO_MUCH = Limits().socket_frames_at_once_max + 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(PING) * TOO_MUCH, 1008),
        (frame(PONG) * TOO_MUCH, 1008),
        (frame(PING, b"x" * 125) * TOO_MUCH, 1008),
        (frame(TEXT, is_last=False) + frame(CONTINUED, is_last=False) * TOO_MUCH, 1008),
        (frame(TEXT, b"x" * 4000) * 17, 1008),
        (frame(PONG, is_masked=False), 1002),
        (frame(TEXT, b"hello", is_masked=False), 1002),
        (frame(PONG) + frame(TEXT, b"hello", is_masked=False), 1002),
    ],
    ids=["pings", "pongs", "long pings", "empty parts", "bytes", "an unmasked pong", "an unmasked text", "unmasked after masked"],
)
async def test_a_websocket_that_sends_too_much_or_unmasked_is_closed_and_the_others_notice_nothing(
    world: World, alice: Desktop, bob: Desktop, sent: bytes, code: int
) -> None:
    others = await bob.listen()
    async with listening(world, alice) as raw:
        await raw.say(sent)

        assert await closed_with(raw) == code

    await bob.go("available")
    assert (await others.hear_until("me"))["me"]["state"] == "available"
    assert world.server.sockets_of(AgentId("alice")) == 0


async def test_a_websocket_that_breaks_a_rule_and_reads_nothing_is_cut_off_soon() -> None:
    async with world_with(Limits(rude_seconds=0.05)) as world:
        alice = await world.desktop("alice")
        async with listening(world, alice) as raw:
            await raw.say(frame(PING) * TOO_MUCH * 10)

            assert await closed_with(raw) == 1008
            assert await raw.is_closed()


async def test_a_ping_now_and_then_is_answered(world: World, alice: Desktop) -> None:
    async with listening(world, alice) as raw:
        await raw.say(frame(PING, b"are you there"))

        await raw.reader.readuntil(bytes([FIN | PONG, 13]) + b"are you there")


class Heard:
    """Stands for aiohttp's reader."""

    def __init__(self) -> None:
        self.data = b""
        self.has_ended = False

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self.data += data
        return False, b""

    def feed_eof(self) -> None:
        self.has_ended = True


def guard(heard: Heard, told: list[int], now: list[float]) -> SocketGuard:
    return SocketGuard(heard, Limits(), lambda: now[0], lambda code, because: told.append(code))


WITHIN_THE_RULES = frame(PONG) + frame(TEXT, b"x" * 125) + frame(TEXT, b"x" * 126) + frame(PING, b"\x00\x00")
HUGE = bytes([FIN | TEXT, MASKED | 127]) + (1 << 40).to_bytes(8) + NO_MASK


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_frames_are_told_apart_wherever_the_network_cuts_them(size: int) -> None:
    heard, told = Heard(), list[int]()
    guarded = guard(heard, told, [0.0])
    sent = WITHIN_THE_RULES + HUGE + bytes(500)

    for at in range(0, len(sent), size):
        guarded.feed_data(sent[at : at + size])
    guarded.feed_eof()

    assert (heard.data, heard.has_ended, told) == (sent, True, [])


def test_nothing_gets_through_after_a_rule_was_broken_and_it_is_told_once() -> None:
    heard, told = Heard(), list[int]()
    guarded = guard(heard, told, [0.0])

    for _ in range(3):
        guarded.feed_data(frame(TEXT, b"hello", is_masked=False))
        guarded.feed_data(frame(PONG))

    assert (heard.data, told) == (b"", [1002])


def test_whoever_answers_pings_for_a_day_never_notices_the_limit() -> None:
    heard, told, now = Heard(), list[int](), [0.0]
    guarded = guard(heard, told, now)

    for _ in range(24 * 60 * 60 // 20):
        now[0] += 20.0
        guarded.feed_data(frame(PONG, b"x" * 125))

    assert told == []

"""The ear hears what really passes on loopback, each packet once, at its own time, and no port that it was not given."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise

import pytest

from tests.phones.ear import Ear
from tests.phones.errors import EarNotAllowed, HeardSomethingElse
from tests.phones.ports import PortBlock, claim_port_block
from tests.pure.phones.signals import frame


class Talker:
    """Sends audio to a port, one packet every 20 ms of which each is as the test says."""

    def __init__(self, port: int) -> None:
        self._to = ("127.0.0.1", port)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._sequence = 0

    async def say(self, *tones: str, packets: int) -> None:
        payload = frame(*tones) if tones else b"\xff" * 160
        for _ in range(packets):
            header = struct.pack("!BBHII", 0x80, 0, self._sequence, self._sequence * 160, 1)
            self._socket.sendto(header + payload, self._to)
            self._sequence += 1
            await asyncio.sleep(0.02)

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def block() -> Iterator[PortBlock]:
    claimed = claim_port_block()
    yield claimed
    claimed.release()


@pytest.fixture
def ear() -> Iterator[Ear]:
    try:
        listening = Ear()
    except EarNotAllowed as error:
        pytest.skip(str(error))
    with listening:
        yield listening


@pytest.fixture
async def talker(block: PortBlock) -> AsyncIterator[Talker]:
    speaking = Talker(block.rtp.start)
    yield speaking
    speaking.close()


async def test_each_packet_is_heard_once_with_its_tones_and_its_time(ear: Ear, block: PortBlock, talker: Talker) -> None:
    ear.listen("alice", block.rtp)
    began = time.time()
    await talker.say("bob", packets=5)
    await talker.say("bob", "customer", packets=5)
    await talker.say(packets=5)

    heard = ear.packets("alice", began)

    assert [packet.sequence for packet in heard] == list(range(15))
    assert [packet.tones for packet in heard] == [{"bob"}] * 5 + [{"bob", "customer"}] * 5 + [frozenset()] * 5
    assert began <= heard[0].at <= heard[-1].at <= time.time()
    assert ear.heard("alice", began) == {"bob", "customer"}
    assert len(ear.containing("alice", "customer", began)) == 5
    moments = [began, *(packet.at for packet in heard)]
    longest = max(later - sooner for sooner, later in pairwise(moments))
    assert ear.longest_gap("alice", began, heard[-1].at).seconds == pytest.approx(longest)


async def test_ports_that_belong_to_nobody_are_not_heard(ear: Ear, block: PortBlock, talker: Talker) -> None:
    ear.listen("alice", block.rtp[2:])
    began = time.time()
    await talker.say("bob", packets=3)
    assert ear.packets("alice", began) == []


async def test_waiting_ends_when_every_phone_hears_just_its_tones(ear: Ear, block: PortBlock, talker: Talker) -> None:
    ear.listen("alice", block.rtp[:2])
    ear.listen("bob", block.rtp[2:])
    async with asyncio.TaskGroup() as group:
        group.create_task(talker.say("music", packets=10))
        await ear.wait_until({"alice": {"music"}, "bob": ()}, packets=5)


async def test_the_complaint_shows_what_was_heard_instead(ear: Ear, block: PortBlock, talker: Talker) -> None:
    ear.listen("alice", block.rtp)
    began = time.time()
    await talker.say("music", packets=3)
    with pytest.raises(HeardSomethingElse, match=r"alice should hear bob: music 0\.06 s"):
        await ear.wait_until_hears("alice", {"bob"}, since=began, seconds_max=1.0)


async def test_the_first_packet_of_a_voice_can_be_awaited(ear: Ear, block: PortBlock, talker: Talker) -> None:
    ear.listen("alice", block.rtp)
    began = time.time()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(ear.wait_for_first("alice", "bob", after=began))
        await talker.say("music", packets=3)
        await talker.say("bob", packets=3)
    assert first.result().sequence == 3


def test_two_blocks_of_ports_never_overlap(block: PortBlock) -> None:
    other = claim_port_block()
    assert other.sip != block.sip
    assert not set(other.rtp) & set(block.rtp)
    other.release()

"""The attended transfer by a telephone's own key: how long either party is without sound, and how soon each hears the other.

The telephone has two calls, the customer's on hold and one to a colleague, and asks that the two be joined (RFC 5589). The clock starts
with its request; without sound is a party to whom no packet comes, or only silent ones. What the machine takes away by itself is measured
just before, over as long a time in which nothing happens.
"""

import asyncio
import time
from dataclasses import dataclass, field

from controller.directory.site import Transfers
from tests.bench.figures import Figure, median_and_p95
from tests.bench.stage import STEADY_PACKETS, hear, queue_of, say, staged
from tests.live.scene import Scene
from tests.phones import Account
from tests.phones.desk_phone import DeskPhone
from tests.phones.far_call import FarCall
from tests.phones.hearing import longest_gap

WAYS: tuple[Transfers, ...] = ("core", "ari-only")
"""Who carries out what the key asks for, as [asterisk] `transfers` says."""
REPETITIONS = 15
CALM_SECONDS = 0.8
"""About as long as such a transfer takes."""
WITHOUT_SOUND_MAX_MS = 60
NUMBER = "841"
DAVE, SECOND = "dave", "dave, by his second call"
PARTIES = ("customer", "bob")


@dataclass(slots=True)
class _Heard:
    """What one party heard, in seconds, one for each transfer."""

    without_sound: list[float] = field(default_factory=list)
    without_sound_before: list[float] = field(default_factory=list)
    other_after: list[float] = field(default_factory=list)


async def transfer_key() -> list[Figure]:
    """Measure so many transfers, one after the other."""
    figures: list[Figure] = []
    for way in WAYS:
        say(f"transfer key: {REPETITIONS} attended transfers, {way}")
        heard = {party: _Heard() for party in PARTIES}
        async with staged(asterisk=f'transfers = "{way}"', more=queue_of("dave", NUMBER)) as scene:
            phone = DeskPhone(Account("1004", "phone-1004", registrar_port=scene.stack.sip_port), voice="dave")
            async with phone as dave:
                await scene.telephone_is_there("dave")
                for number in range(REPETITIONS):
                    await _transfer(scene, dave, number, heard)
        for party, name in zip(PARTIES, ("customer", "colleague"), strict=True):
            told = f"transfer key, {way}: {name}"
            figures += median_and_p95(f"{told} without sound", heard[party].without_sound, None, WITHOUT_SOUND_MAX_MS)
            figures += median_and_p95(f"{told} without sound before it", heard[party].without_sound_before, None, None)
            figures += median_and_p95(f"{told} hears the other after", heard[party].other_after, None, None)
    return figures


async def _transfer(scene: Scene, dave: DeskPhone, number: int, heard: dict[str, _Heard]) -> None:
    first, second = await _consult(scene, dave)
    calm_since = time.time()
    await asyncio.sleep(CALM_SECONDS)  # what is measured is that nothing happens
    asks, named = ((first, second), (second, first))[number % 2]  # telephones differ in which of the two asks
    began = time.time()
    asks.refer(dave.joins(named))
    for party, other in (PARTIES, PARTIES[::-1]):
        packet = await scene.ear.wait_for_first(party, other, after=began, in_a_row=STEADY_PACKETS)
        heard[party].other_after.append(packet.at - began)
    await named.did("BYE")
    asks.hang_up()  # as telephones do by themselves
    await hear(scene, {"customer": {"bob"}, "bob": {"customer"}})
    over = time.time()
    for party in PARTIES:
        heard[party].without_sound.append(_without_sound(scene, party, began, over))
        heard[party].without_sound_before.append(_without_sound(scene, party, calm_since, began))
    await scene.close()


def _without_sound(scene: Scene, party: str, since: float, until: float) -> float:
    packets = scene.ear.packets(party, since, until)
    return longest_gap((packet for packet in packets if packet.tones), since, until).seconds


async def _consult(scene: Scene, dave: DeskPhone) -> tuple[FarCall, FarCall]:
    """Dave has put the customer on hold at his telephone, and talks with Bob by its second call."""
    await scene.dave.available()
    before = len(dave.far_calls)
    call = await scene.customer.dial(NUMBER)
    first = await dave.call_to("1004", after=before)
    await first.did("ACK")
    await scene.customer.established(call)
    scene.ear.listen(DAVE, [first.rtp_port])
    await hear(scene, {"customer": {"dave"}, DAVE: {"customer"}})
    await scene.bob.available()
    first.hold()
    await hear(scene, {"customer": {"music"}})
    second = await dave.dial("1002")
    scene.ear.listen(SECOND, [second.rtp_port])
    await hear(scene, {SECOND: {"bob"}, "bob": {"dave"}, "customer": {"music"}})
    return first, second

"""Hears on the wire what reaches each phone: who hears whom, since when, and with what gaps.

    with Ear() as ear:
        ear.listen("alice", alice.rtp_ports)
        ear.listen("customer", customer.rtp_ports)
        await ear.wait_until({"alice": {"customer"}, "customer": {"alice"}})
        asked = time.time()
        ...
        assert ear.containing("customer", "bob", since=asked) == []

It reads in a thread of its own, and the times are the kernel's, so a busy test does not blur what it measures. All times
are wall-clock seconds (`time.time()`). It must never testify about packets that it may have missed.
"""

import asyncio
import select
import socket
import threading
import time
from collections.abc import Collection, Mapping
from types import TracebackType
from typing import Final, Self

from tests.phones import hearing
from tests.phones.errors import EarMissedPackets, HeardSomethingElse
from tests.phones.g711 import SAMPLES
from tests.phones.hearing import PACKET_SECONDS, Gap, HeardPacket, Hearing
from tests.phones.rtp import parse_rtp
from tests.phones.tones import KEYS, OTHER, tones_in
from tests.phones.wire import Datagram, LoopbackWire

PACKETS_MIN: Final = 3
"""So many packets of a window must contain a tone before it counts as heard."""
STEADY_PACKETS: Final = 8
HEAR_SECONDS_MAX: Final = 5.0
TELEPHONE_EVENT_TYPES: Final = range(96, 128)
COMFORT_NOISE_TYPE: Final = 13


class Ear:
    """A listener to the audio that phones receive. Use it as a context manager."""

    def __init__(self) -> None:
        self._wire = LoopbackWire()
        self._lock = threading.Lock()
        self._phone_of_port: dict[int, str] = {}
        self._hearings: dict[str, Hearing] = {}
        self._missed_at: list[float] = []
        self._stop_reader, self._stop_writer = socket.socketpair()
        self._thread = threading.Thread(target=self._listen_until_stopped, name="ear", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop_writer.close()
        self._thread.join()
        self._stop_reader.close()
        self._wire.close()

    def listen(self, phone: str, ports: Collection[int]) -> None:
        """From now on hear what reaches these ports as what `phone` hears; what it heard before is kept."""
        with self._lock:
            self._forget_ports(phone)
            self._phone_of_port.update(dict.fromkeys(ports, phone))
            self._hearings.setdefault(phone, Hearing())
            self._watch()

    def forget(self, phone: str) -> None:
        """Stop listening for a phone and forget what it heard."""
        with self._lock:
            self._forget_ports(phone)
            self._hearings.pop(phone, None)
            self._watch()

    # Questions about the past

    def packets(self, phone: str, since: float, until: float | None = None) -> list[HeardPacket]:
        """Every packet that reached a phone in a window, by default until now.

        EarMissedPackets when the kernel dropped any meanwhile, EarForgot when the window begins too long ago.
        """
        with self._lock:
            self._hear_what_waits()
            if any(missed_at >= since for missed_at in self._missed_at):
                raise EarMissedPackets("the machine was too busy: the kernel dropped packets in the window")
            return self._hearings[phone].between(since, time.time() if until is None else until)

    def heard(self, phone: str, since: float, until: float | None = None, *, packets_min: int = PACKETS_MIN) -> frozenset[str]:
        """The tones that at least `packets_min` packets of a window contain, not necessarily in a row."""
        return hearing.tones_of(self.packets(phone, since, until), packets_min)

    def containing(self, phone: str, tone: str, since: float, until: float | None = None) -> list[HeardPacket]:
        """Every single packet of a window that contains a tone; an empty list proves that not one did."""
        return [packet for packet in self.packets(phone, since, until) if tone in packet.tones]

    def first(self, phone: str, tone: str, after: float, until: float | None = None, *, in_a_row: int = 1) -> HeardPacket | None:
        """The first packet after a moment that contains a tone (and begins a run of so many that do), or None."""
        return hearing.first_run(self.packets(phone, after, until), tone, in_a_row)

    def longest_gap(self, phone: str, since: float, until: float | None = None) -> Gap:
        """The longest time without a packet in a window; the window's ends count as packets."""
        until = time.time() if until is None else until
        return hearing.longest_gap(self.packets(phone, since, until), since, until)

    def timeline(self, phone: str, since: float, until: float | None = None) -> str:
        """What a phone heard, in words: `music 1.20 s, alice 0.40 s, silence 0.10 s`."""
        until = time.time() if until is None else until
        return hearing.timeline(self.packets(phone, since, until), since, until)

    # Waiting

    async def wait_until(
        self,
        expected: Mapping[str, Collection[str]],
        *,
        since: float | None = None,
        seconds_max: float = HEAR_SECONDS_MAX,
        packets: int = STEADY_PACKETS,
    ) -> None:
        """Wait until each phone hears exactly its tones, steadily; an empty collection means that it hears nothing.

        Steadily: its last `packets` packets that came after `since` (by default: after this call) all contain just that.
        HeardSomethingElse, an AssertionError with every phone's timeline, when that is not so in time.
        """
        since = time.time() if since is None else since
        wanted = {phone: frozenset(tones) for phone, tones in expected.items()}
        deadline = time.time() + seconds_max
        while not self._all_steady(wanted, since, packets):
            if time.time() > deadline:
                raise HeardSomethingElse(self._complaint(wanted, since, seconds_max))
            await asyncio.sleep(PACKET_SECONDS)  # the answer can change only when the next packet is due

    async def wait_until_hears(
        self,
        phone: str,
        tones: Collection[str],
        *,
        since: float | None = None,
        seconds_max: float = HEAR_SECONDS_MAX,
        packets: int = STEADY_PACKETS,
    ) -> None:
        """Wait until one phone hears exactly these tones; see `wait_until`."""
        await self.wait_until({phone: tones}, since=since, seconds_max=seconds_max, packets=packets)

    async def wait_for_first(
        self, phone: str, tone: str, after: float, *, seconds_max: float = HEAR_SECONDS_MAX, in_a_row: int = 1
    ) -> HeardPacket:
        """The first packet after a moment that contains a tone; HeardSomethingElse when none comes in time."""
        deadline = time.time() + seconds_max
        while (packet := self.first(phone, tone, after, in_a_row=in_a_row)) is None:
            if time.time() > deadline:
                raise HeardSomethingElse(self._complaint({phone: frozenset({tone})}, after, seconds_max))
            await asyncio.sleep(PACKET_SECONDS)  # the answer can change only when the next packet is due
        return packet

    # How

    def _all_steady(self, wanted: Mapping[str, frozenset[str]], since: float, count: int) -> bool:
        now = time.time()
        with self._lock:
            self._hear_what_waits()
            return all(self._hearings[phone].steady(since, now, count) == tones for phone, tones in wanted.items())

    def _complaint(self, wanted: Mapping[str, frozenset[str]], since: float, seconds_max: float) -> str:
        lines = [f"not heard within {seconds_max:g} s; heard since the wait began:"]
        for phone, tones in wanted.items():
            should = "+".join(sorted(tones)) or "nothing"
            lines.append(f"  {phone} should hear {should}: {self.timeline(phone, since)}")
        return "\n".join(lines)

    def _forget_ports(self, phone: str) -> None:
        for port in [port for port, name in self._phone_of_port.items() if name == phone]:
            del self._phone_of_port[port]

    def _watch(self) -> None:
        ports = self._phone_of_port
        self._wire.watch(range(min(ports), max(ports) + 1) if ports else range(0))

    def _listen_until_stopped(self) -> None:
        stop = self._stop_reader.fileno()
        while stop not in select.select([self._wire.fileno(), stop], [], [])[0]:
            with self._lock:
                self._hear_what_waits()

    def _hear_what_waits(self) -> None:
        """Take in every packet that has arrived; with the lock held. Before each answer too, so that none is left out."""
        while (datagram := self._wire.read()) is not None:
            self._hear(datagram)
        if self._wire.dropped():
            self._missed_at.append(time.time())

    def _hear(self, datagram: Datagram) -> None:
        phone = self._phone_of_port.get(datagram.port)
        packet = parse_rtp(datagram.payload)
        if phone is None or packet is None:
            return
        if packet.payload_type in SAMPLES:
            tones = tones_in(packet.payload, packet.payload_type)
        elif packet.payload_type in TELEPHONE_EVENT_TYPES:
            tones = frozenset({KEYS})
        else:
            tones = frozenset() if packet.payload_type == COMFORT_NOISE_TYPE else frozenset({OTHER})
        heard = HeardPacket(datagram.at, tones, packet.sequence, packet.timestamp, packet.ssrc)
        self._hearings[phone].packets.append(heard)

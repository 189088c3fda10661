"""What systemd hears of a service: ready, reloading, alive and stopping, and no sign of life from one that is stuck."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from controller.service.systemd import BEAT_SECONDS, BEATS_PER_LIMIT, Systemd
from tests.edges.ari.fake_asterisk import fake_asterisk
from tests.live.service import Service, free_port, running_service, write_site

SAID_SECONDS_MAX = 10.0
MESSAGE_BYTES_MAX = 4096
LIMIT_SECONDS = 0.3
"""After which this systemd takes a service for dead."""


class Listening:
    """The other end: systemd's socket."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address.startswith("@") else address)
        self._socket.setblocking(False)

    def heard(self) -> str | None:
        try:
            return self._socket.recv(MESSAGE_BYTES_MAX).decode()
        except BlockingIOError:
            return None

    def forget(self) -> None:
        """Take what has come by now for heard."""
        while self.heard() is not None:
            pass

    async def hears(self, line: str, *, seconds_max: float = SAID_SECONDS_MAX) -> str:
        """Wait for a message with this line; gives it. Raises TimeoutError."""
        async with asyncio.timeout(seconds_max):
            while True:
                message = (await asyncio.get_running_loop().sock_recv(self._socket, MESSAGE_BYTES_MAX)).decode()
                if line in message.splitlines():
                    return message

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(params=["a file", "an abstract socket"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "a file" else f"@ari-controller-test-{os.getpid()}"


def test_each_message_is_one_datagram_to_the_socket_that_systemd_names(address: str) -> None:
    listening, systemd = Listening(address), Systemd({"NOTIFY_SOCKET": address})

    systemd.ready("well")
    systemd.reloading()
    systemd.alive("still well")
    systemd.stopping()
    heard = [listening.heard() for _ in range(4)]
    systemd.close()
    listening.close()

    assert heard[0] == "READY=1\nSTATUS=well"
    assert (heard[1] or "").startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert heard[2] == "WATCHDOG=1\nSTATUS=still well"
    assert (heard[3] or "").startswith("STOPPING=1\n")


def test_nothing_is_said_where_nobody_asked() -> None:
    systemd = Systemd({"WATCHDOG_USEC": "30000000"})

    systemd.ready("well")

    assert systemd.beat_seconds is None


@pytest.mark.parametrize(
    ("said", "beat_seconds"),
    [
        ({}, BEAT_SECONDS),
        ({"WATCHDOG_USEC": "30000000"}, BEAT_SECONDS),
        ({"WATCHDOG_USEC": "3000000"}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": str(os.getpid())}, 1.0),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "1"}, BEAT_SECONDS),
        ({"WATCHDOG_USEC": "soon"}, BEAT_SECONDS),
    ],
)
def test_a_sign_of_life_comes_three_times_in_the_time_that_systemd_gives(address: str, said: dict[str, str], beat_seconds: float) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": address, **said})

    assert systemd.beat_seconds == beat_seconds
    systemd.close()


def test_a_systemd_that_is_not_there_any_more_is_told_of_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "nobody")})

    systemd.alive("well")
    systemd.alive("well")
    systemd.close()

    assert capsys.readouterr().out.count("systemd could not be told how the service is") == 1


# --- The service as it runs --------------------------------------------------------------------------------------------


AS_IT_IS = ("-m", "controller.cli.main")


@dataclass(slots=True)
class Unit:
    """A service, and what systemd hears of it."""

    service: Service
    systemd: Listening


@asynccontextmanager
async def unit(folder: Path, monkeypatch: pytest.MonkeyPatch, *, ari_port: int, program: tuple[str, ...] = AS_IT_IS) -> AsyncIterator[Unit]:
    systemd = Listening(str(folder / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", str(int(LIMIT_SECONDS * 1e6)))
    try:
        async with running_service(write_site(folder, password="secret"), ari_port=ari_port, program=program) as service:
            yield Unit(service, systemd)
    finally:
        systemd.close()


async def test_a_service_is_ready_without_asterisk_and_says_that_it_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with unit(tmp_path, monkeypatch, ari_port=free_port()) as running:
        ready = await running.systemd.hears("READY=1")
        await running.service.says("the desktop listens")

    assert "STATUS=Not attached to Asterisk: " in ready


async def test_a_service_shows_life_with_asterisk_and_says_when_it_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with fake_asterisk() as asterisk, unit(tmp_path, monkeypatch, ari_port=asterisk.port) as running:
        asterisk.replies = {"GET channels": (200, []), "GET bridges": (200, [])}
        await running.systemd.hears("READY=1")
        await running.systemd.hears("STATUS=Attached to Asterisk; interactions: 0")
        await running.systemd.hears("WATCHDOG=1")

        running.service.process.terminate()

        await running.systemd.hears("STOPPING=1")
        assert await running.service.exit_code() == 0


async def test_a_reload_is_over_when_the_site_file_was_read_and_one_with_mistakes_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with unit(tmp_path, monkeypatch, ari_port=free_port()) as running:
        await running.systemd.hears("READY=1")
        good = running.service.site.read_text()
        running.service.site.write_text("[site]\n")
        running.service.read_site_again()
        await running.systemd.hears("RELOADING=1")
        assert "the site file was not taken over at the last reload" in await running.systemd.hears("READY=1")

        running.service.site.write_text(good)
        running.service.read_site_again()

        await running.systemd.hears("RELOADING=1")
        assert "the site file was not taken over" not in await running.systemd.hears("READY=1")


STUCK = """
import asyncio, sys
from controller.cli.main import main
from controller.floor.outcome import SiteReloaded
from controller.service.keeping import Keeper

keep, reloads = Keeper.keep, []

async def hang_at_the_second_site_file(self, accepted, floor, *, whole=False):
    reloads.extend(what for what, _, _ in accepted if isinstance(what, SiteReloaded))
    if len(reloads) == 2:
        await asyncio.Event().wait()
    return await keep(self, accepted, floor, whole=whole)

Keeper.keep = hang_at_the_second_site_file
sys.exit(main())
"""
BEATS_WAITED_FOR = 10


@pytest.mark.long
async def test_a_service_whose_one_writer_is_stuck_shows_no_life_and_tells_where_it_was_when_it_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with unit(tmp_path, monkeypatch, ari_port=free_port(), program=("-c", STUCK)) as running:
        await running.systemd.hears("WATCHDOG=1")
        running.service.read_site_again()
        await running.systemd.hears("READY=1")  # everything but the writer goes on
        await running.service.says("the site file was taken over")
        running.systemd.forget()

        with pytest.raises(TimeoutError):
            await running.systemd.hears("WATCHDOG=1", seconds_max=BEATS_WAITED_FOR * LIMIT_SECONDS / BEATS_PER_LIMIT)
        running.service.process.send_signal(signal.SIGABRT)

        await running.service.says("Fatal Python error: Aborted")
        assert await running.service.exit_code() == -signal.SIGABRT

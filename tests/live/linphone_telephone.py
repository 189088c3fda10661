"""Linphone's command line as a telephone: a user agent that nobody here has written. It talks and is heard without a sound card.

async with LinphoneTelephone("1004", registrar_port=5060, voice="dave") as phone:
    await phone.has(COMES)
    phone.does("answer")
"""

import asyncio
import itertools
import math
import os
import struct
import subprocess
import tempfile
import wave
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from tests.live.scene import until
from tests.live.stack import LABEL, TOP
from tests.phones.ports import claim_port_block
from tests.phones.tones import PHONE_TONES_HZ, SAMPLE_RATE_HZ

SECONDS_MAX: Final = 8.0
COMES: Final = "IncomingReceived"
STARTED_SECONDS_MAX: Final = 20.0
LOUDNESS: Final = 16_384
RC: Final = """[sip]
sip_port={sip_port}
sip_tcp_port=-1
sip_tls_port=-1
guess_hostname=0
contact="{user}" <sip:{user}@127.0.0.1>
media_encryption=none
use_ipv6=0
default_proxy=0
register_only_when_network_is_up=0

[net]
mtu=1300
firewall_policy=0

[rtp]
audio_rtp_port={rtp_port}
nortp_timeout=300
audio_adaptive_jitt_comp_enabled=0

[sound]
playback_dev_id=
echocancellation=0
local_ring=
remote_ring=

[video]
enabled=0
display=0
capture=0

[proxy_0]
reg_proxy=<sip:127.0.0.1:{registrar_port}>
reg_identity=sip:{user}@127.0.0.1
reg_expires=600
reg_sendregister=1
publish=0
dial_escape_plus=0

[auth_info_0]
username={user}
userid={user}
passwd=phone-{user}
realm=asterisk
domain=127.0.0.1

[audio_codec_0]
mime=PCMU
rate=8000
channels=1
enabled=1
"""
_numbers = itertools.count(1)


class LinphoneTelephone:
    """One telephone. `user`: its endpoint; `voice`: whose tone it sends, by the names of `PHONE_TONES_HZ`."""

    def __init__(self, user: str, *, registrar_port: int, voice: str) -> None:
        self._user = user
        self._registrar_port = registrar_port
        self._tone = PHONE_TONES_HZ[voice]
        self._block = claim_port_block()
        self._folder = tempfile.TemporaryDirectory()
        self._name = f"linphone-{os.getpid()}-{next(_numbers)}"
        self._said = ""
        self._changed = asyncio.Event()
        self._program: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    @property
    def rtp_port(self) -> int:
        """Where it takes the sound of its first call."""
        return self._block.rtp[0]

    @property
    def other_rtp_ports(self) -> list[int]:
        """Where it takes that of a second one."""
        return [*self._block.rtp[2::2]]

    async def __aenter__(self) -> Self:
        folder = Path(self._folder.name)
        said = RC.format(sip_port=self._block.sip, rtp_port=self.rtp_port, user=self._user, registrar_port=self._registrar_port)
        (folder / "rc").write_text(said)
        _write_tone(folder / "tone.wav", self._tone)
        command = (
            "docker",
            "run",
            "--rm",
            "-i",
            "--init",
            "--name",
            self._name,
            "--label",
            LABEL,
            "--network",
            "host",
            "-v",
            f"{folder}:/site",
        )
        self._program = await asyncio.create_subprocess_exec(
            *command,
            *(await asyncio.to_thread(_image), "-c", "/site/rc", "-d", "0"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        self._listening = asyncio.create_task(self._listen(), name=f"what Linphone says as {self._user}")
        await self.said("linphonec>", seconds_max=STARTED_SECONDS_MAX)
        await self._obeys("soundcard use files")
        await self.plays()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._program is not None, "it was started"
        assert self._listening is not None, "it was started"
        self.does("quit")
        try:
            async with asyncio.timeout(SECONDS_MAX):
                await self._program.wait()
        except TimeoutError:
            await asyncio.to_thread(subprocess.run, ["docker", "rm", "-f", self._name], capture_output=True, check=False)
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        self._block.release()
        self._folder.cleanup()

    def does(self, command: str) -> None:
        """Type a command: `answer`, `pause`, `resume 1`, `transfer 1002`, `terminate`, or keys to be pressed."""
        assert self._program is not None, "it was started"
        assert self._program.stdin is not None, "it takes commands"
        self._program.stdin.write(f"{command}\n".encode())

    async def plays(self) -> None:
        """Send its tone from now on; in a call that begins, or comes back from hold, it does not always do so by itself."""
        await self._obeys("play /site/tone.wav")

    async def _obeys(self, command: str) -> None:
        """Type a command and wait until it is done: of two that come at once it loses one."""
        before = len(self._said)
        self.does(command)
        await self.said("linphonec>", after=before)

    async def has(self, call: str) -> None:
        """Wait until it lists a call in this state, `IncomingReceived` for one: it says nothing that it is not asked."""

        async def is_listed() -> bool:
            return call in await self._listed()

        try:
            await until(f"a call is {call}", is_listed, seconds_max=SECONDS_MAX)
        except TimeoutError:
            raise AssertionError(f"Linphone has no call that is {call}: {self._said[-2000:]}") from None

    async def is_free(self) -> None:
        """Wait until it has no call any more."""
        await self.has("No active call")

    async def _listed(self) -> str:
        before = len(self._said)
        await self._obeys("calls")
        return self._said[before:]

    async def said(self, what: str, *, after: int = 0, seconds_max: float = SECONDS_MAX) -> None:
        """Wait until it has said this. `after`: so many letters that it has said before do not count."""
        try:
            async with asyncio.timeout(seconds_max):
                while what not in self._said[after:]:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"Linphone has not said {what!r}, but: {self._said[-2000:]}") from None

    async def _listen(self) -> None:
        assert self._program is not None, "it was started"
        assert self._program.stdout is not None, "it says something"
        while text := await self._program.stdout.read(4096):
            self._said += text.decode(errors="replace")
            self._changed.set()


def _image() -> str:
    built = subprocess.run([TOP / "docker/images", "linphone"], check=True, capture_output=True, text=True)
    return built.stdout.strip().partition("=")[2]


def _write_tone(path: Path, frequency_hz: int) -> None:
    """A minute of a sine: 16 bits, 8 kHz."""
    turn = 2 * math.pi * frequency_hz / SAMPLE_RATE_HZ
    second = [round(LOUDNESS * math.sin(turn * number)) for number in range(SAMPLE_RATE_HZ)]
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(SAMPLE_RATE_HZ)
        sound.writeframes(struct.pack(f"<{SAMPLE_RATE_HZ}h", *second) * 60)

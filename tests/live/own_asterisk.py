"""An Asterisk as Debian's package and its administrator have made it, for tests of what is added to one that is there."""

import io
import re
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from docker.models.containers import Container
from testcontainers.core.docker_client import DockerClient

from tests.live.scene import until
from tests.live.stack import LABEL, READY_SECONDS_MAX, TOP, free_port, remove_all, rtp_ports, run_name

DEBIANS = "/usr/local/share/asterisk-debian"
NOT_OF_THIS_TEST = (
    "chan_iax2",
    "chan_mgcp",
    "chan_unistim",
    "chan_skinny",
    "chan_ooh323",
    "pbx_dundi",
    "res_hep",
    "res_snmp",
    "res_corosync",
)
"""They would listen beyond loopback."""

TRANSPORT = """
[transport-udp]
type=transport
protocol=udp
bind={address}:{port}
"""
TELEPHONE = """
[{user}]
type=endpoint
transport=transport-udp
context={context}
disallow=all
allow=ulaw
direct_media=no
media_address={address}
bind_rtp_to_media_address=yes
auth={user}
aors={user}
[{user}]
type=auth
auth_type=userpass
username={user}
password=phone-{user}
[{user}]
type=aor
max_contacts=1
qualify_frequency=5
"""


@dataclass(frozen=True, kw_only=True)
class OwnAsterisk:
    """It runs, and knows nothing of the controller."""

    files: Path
    container: Container
    sip_port: int
    ari_port: int

    def cli(self, command: str) -> str:
        _, said = self.container.exec_run(["asterisk", "-rx", command])
        return str(said.decode())

    async def is_there(self) -> None:
        """Wait until it answers."""
        await self.says("Asterisk 22", "core show version", seconds_max=READY_SECONDS_MAX)

    async def says(self, pattern: str, command: str, *, seconds_max: float = 5.0) -> None:
        """Wait until its answer to a command has this in it."""
        await until(f"`{command}` says {pattern}", lambda: re.search(pattern, self.cli(command), re.MULTILINE), seconds_max=seconds_max)


@contextmanager
def own_asterisk(folder: Path, sip_port: int, written: Mapping[str, str]) -> Iterator[OwnAsterisk]:
    """Start one; it is gone afterwards. `written`: what its administrator has added to which file."""
    built = subprocess.run([TOP / "docker/images", "asterisk"], check=True, capture_output=True, text=True)
    image, run = built.stdout.strip().partition("=")[2], run_name("own")
    client = DockerClient().client
    with rtp_ports() as ports:
        try:
            folder.mkdir(exist_ok=True)
            files = _files(client.containers.create(image, labels={LABEL: run}), folder)
            first, _, last = ports.partition("-")
            for name, text in {**written, "modules.conf": "".join(f"noload => {module}.so\n" for module in NOT_OF_THIS_TEST)}.items():
                with (files / name).open("a") as file:
                    file.write(text)
            (files / "rtp.conf").write_text(f"[general]\nrtpstart={first}\nrtpend={last}\n")
            (files / "musiconhold.conf").write_text("[default]\nmode=files\ndirectory=/usr/local/share/asterisk-music/tone\n")
            container = client.containers.run(
                image,
                detach=True,
                entrypoint=["asterisk", "-f", "-n"],
                network_mode="host",
                labels={LABEL: run},
                cap_drop=["ALL"],
                volumes={str(files): {"bind": "/etc/asterisk", "mode": "ro"}},
            )
            yield OwnAsterisk(files=files, container=container, sip_port=sip_port, ari_port=free_port())
        finally:
            remove_all(run)
            client.close()


def _files(image: Container, folder: Path) -> Path:
    """Debian's files, owned as there."""
    pieces, _ = image.get_archive(DEBIANS)
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        archive.extractall(folder, numeric_owner=True, filter="fully_trusted")
    folder.chmod(0o755)
    return folder / Path(DEBIANS).name

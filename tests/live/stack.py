"""A real Asterisk and the real controller, in containers of their own, for the length of a test run.

Ports and names are this run's own, so that it can go on beside a demo or another run. Everything carries one label, and goes when the run
ends.
"""

import os
import socket
import subprocess
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from docker.errors import NotFound
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer
from testcontainers.core.docker_client import DockerClient

from tests.live.site import COLLEAGUES, live_site

# testcontainers' own cleaner is an image that can't be had without a registry; our label does its work.
testcontainers_config.ryuk_disabled = True

TOP = Path(__file__).resolve().parents[2]
ASTERISK = os.environ.get("ASTERISK", "asterisk")
"""Which image of Asterisk: `ASTERISK=asterisk16 tests/run live` has every live test use the oldest release that is served."""
LABEL = "ari-controller.stack"
READY_SECONDS_MAX = 30.0
RTP_PORTS = range(21_000, 31_000)
"""Above the phones' and the demo's, below the kernel's own choice."""
RTP_PORTS_EACH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Where the parts of this run are."""

    name: str
    sip_port: int
    ari_port: int
    desktop_port: int
    asterisk: DockerContainer
    controller: DockerContainer

    @property
    def ari_url(self) -> str:
        return f"http://127.0.0.1:{self.ari_port}/ari"

    @property
    def desktop_url(self) -> str:
        return f"http://127.0.0.1:{self.desktop_port}"

    def asterisk_cli(self, command: str) -> str:
        """Ask Asterisk's own command line."""
        return str(self.asterisk.exec(["asterisk", "-rx", command]).output.decode())

    def restarts(self) -> dict[str, int]:
        """How often the engine had to start a part again because it had died by itself; being killed by a test is not counted."""
        counts = {}
        for part, container in self._parts():
            wrapped = container.get_wrapped_container()
            wrapped.reload()
            counts[part] = int(wrapped.attrs["RestartCount"])
        return counts

    def last_words(self, lines_max: int) -> Iterator[tuple[str, str]]:
        """What each part wrote last; nothing of one that is gone already."""
        for part, container in self._parts():
            with suppress(NotFound):
                said = b"".join(container.get_logs()).decode(errors="replace")
                yield part, "\n".join(said.splitlines()[-lines_max:])

    def _parts(self) -> tuple[tuple[str, DockerContainer], ...]:
        return (("controller", self.controller), ("Asterisk", self.asterisk))


def images(*wanted: str) -> list[str]:
    """Build what is not built yet, and name these images."""
    built = subprocess.run([TOP / "docker/images", *wanted], check=True, capture_output=True, text=True)
    named = dict(line.split("=", 1) for line in built.stdout.splitlines())
    return [named[f"{image.upper()}_IMAGE"] for image in wanted]


@contextmanager
def running_stack(
    site_folder: Path, *, ari_port_of_controller: int | None = None, site: str | None = None, asterisk_image: str = ASTERISK
) -> Iterator[Stack]:
    """Start Asterisk and the controller; both are gone afterwards, whatever happened.

    `ari_port_of_controller`: where the controller finds ARI, if something stands in between. `site`: its site file, if it is another one
    than the live tests'.
    """
    asterisk_name, controller_name = images(asterisk_image, "controller")
    run = run_name("test")
    sip_port, ari_port, desktop_port = free_port(socket.SOCK_DGRAM), free_port(), free_port()
    site_folder.joinpath("site.toml").write_text(site or live_site())
    site_folder.joinpath(COLLEAGUES.name).write_bytes(COLLEAGUES.read_bytes())
    site_folder.chmod(0o755)
    with rtp_ports() as ports_of_sound:
        asterisk = (
            container(asterisk_name, run, "asterisk")
            .with_env("SIP_PORT", str(sip_port))
            .with_env("ARI_PORT", str(ari_port))
            .with_env("RTP_PORTS", ports_of_sound)
        )
        controller = (
            container(controller_name, run, "controller")
            .with_env("ASTERISK_URL", f"http://127.0.0.1:{ari_port_of_controller or ari_port}")
            .with_env("DESKTOP_LISTEN", f"127.0.0.1:{desktop_port}")
            .with_volume_mapping(str(site_folder), "/etc/ari-controller", "ro")
            .with_tmpfs_mount("/tmp")
        )
        stack = Stack(name=run, sip_port=sip_port, ari_port=ari_port, desktop_port=desktop_port, asterisk=asterisk, controller=controller)
        try:
            asterisk.start()
            controller.start()
            yield stack
        finally:
            remove_all(run)


def run_name(what: str) -> str:
    """Name what is started now: no other run has the same."""
    return f"{what}-{os.getpid()}-{int(time.time() * 1000)}"


@contextmanager
def running_asterisk(image: str = ASTERISK, *, files: Collection[Path] = ()) -> Iterator[tuple[DockerContainer, int, int]]:
    """Start Asterisk alone, for a test that steers it itself; gives it with its SIP and ARI ports. It is gone afterwards.

    `files`: take the place of those in `asterisk-conf/` that have the same name, or come in addition.
    """
    (name,) = images(image)
    run = run_name("test")
    sip_port, ari_port = free_port(socket.SOCK_DGRAM), free_port()
    with rtp_ports() as ports_of_sound:
        ports = {"SIP_PORT": str(sip_port), "ARI_PORT": str(ari_port), "RTP_PORTS": ports_of_sound}
        asterisk = container(name, run, "asterisk").with_envs(**ports)
        for file in files:
            asterisk.with_volume_mapping(str(file), f"/usr/local/share/asterisk-conf/{file.name}", "ro")
        try:
            asterisk.start()
            yield asterisk, sip_port, ari_port
        finally:
            remove_all(run)


def container(image: str, run: str, part: str) -> DockerContainer:
    """As locked up as `docker/compose.yaml` has it, and started again like there when it dies, so that one crash spoils one test only."""
    kwargs = {
        "network_mode": "host",
        "labels": {LABEL: run},
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "restart_policy": {"Name": "always"},
    }
    return DockerContainer(image).with_name(f"{run}-{part}").with_kwargs(**kwargs)


def remove_all(run: str) -> None:
    """Remove every container of a run, by its label."""
    client = DockerClient().client
    try:
        for container in client.containers.list(all=True, filters={"label": f"{LABEL}={run}"}):
            container.remove(force=True, v=True)
    finally:
        client.close()


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Find a port of loopback at which nobody listens."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def rtp_ports() -> Iterator[str]:
    """Lend a range of ports. Its first TCP port, which nobody else wants, is held meanwhile, so that no other run takes the same range."""
    for first in RTP_PORTS[::RTP_PORTS_EACH]:
        with socket.socket() as sentinel:
            try:
                sentinel.bind(("127.0.0.1", first))
            except OSError:
                continue
            yield f"{first}-{first + RTP_PORTS_EACH - 1}"
            return
    raise RuntimeError(f"no {RTP_PORTS_EACH} RTP ports are free between {RTP_PORTS.start} and {RTP_PORTS.stop}: too many stacks run")

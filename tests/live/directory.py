"""A real slapd in a container of its own, with TLS by an authority of its own, for the length of a test run."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from testcontainers.core.container import DockerContainer

from tests.authority import Authority
from tests.live.directory_people import CONFIGURATION, ldif
from tests.live.stack import TOP, container, free_port, remove_all, run_name

READY_SECONDS_MAX = 120.0
"""Fifty thousand people take some ten seconds to be read in, on a machine that does nothing else."""
IMAGE = "DIRECTORY_IMAGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryServer:
    """Where it is."""

    ldap_port: int
    ldaps_port: int
    ca_file: Path
    container: DockerContainer

    @property
    def ldaps(self) -> str:
        return f"ldaps://127.0.0.1:{self.ldaps_port}"

    @property
    def ldap(self) -> str:
        return f"ldap://127.0.0.1:{self.ldap_port}"

    @property
    def engines(self) -> Any:
        """The engine's own view of it: to kill it, to freeze it."""
        return self.container.get_wrapped_container()


def directory_image() -> str:
    """Build it if it is not built yet, and name it."""
    built = subprocess.run([TOP / "docker/images", "directory"], check=True, capture_output=True, text=True)
    return dict(line.split("=", 1) for line in built.stdout.splitlines())[IMAGE]


@contextmanager
def running_directory(
    folder: Path, *, people: int, elsewhere: str = "ldap://127.0.0.1:9", host: str = "IP:127.0.0.1", days: int = 2
) -> Iterator[DirectoryServer]:
    """Start one with so many people; it is gone afterwards, whatever happened.

    `elsewhere`: where its referrals lead; `host` and `days`: for whom its certificate is, and for how long.
    """
    run = run_name("directory")
    authority = Authority(folder)
    certificate, key = authority.sign("server", host=host, days=days)
    folder.joinpath("slapd.conf").write_text(CONFIGURATION)
    with folder.joinpath("people.ldif").open("w") as file:
        file.writelines(ldif(people, elsewhere))
    for path in (folder, certificate, key, folder / "people.ldif", folder / "slapd.conf"):
        path.chmod(0o755)  # its user is another one than ours
    ldap_port, ldaps_port = free_port(), free_port()
    urls = f"ldap://127.0.0.1:{ldap_port} ldaps://127.0.0.1:{ldaps_port}"
    started = container(directory_image(), run, "slapd").with_env("URLS", urls).with_volume_mapping(str(folder), "/site", "ro")
    server = DirectoryServer(ldap_port=ldap_port, ldaps_port=ldaps_port, ca_file=authority.certificate, container=started)
    try:
        started.start()
        wait_until_it_answers(server)
        yield server
    finally:
        remove_all(run)


def wait_until_it_answers(server: DirectoryServer) -> None:
    """Wait until it takes a connection."""
    began = time.monotonic()
    while time.monotonic() - began < READY_SECONDS_MAX:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", server.ldaps_port)) == 0:
                return
        time.sleep(0.05)
    said = b"".join(server.container.get_logs()).decode(errors="replace")
    raise AssertionError(f"the directory does not answer after {READY_SECONDS_MAX:g} s:\n{said}")

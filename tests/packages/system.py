"""A bare Debian in a container, with systemd as its first process, and what an administrator types there."""

import io
import os
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testcontainers.core.container import DockerContainer

from tests.live.stack import LABEL, TOP, free_port, remove_all, run_name

HERE = Path(__file__).parent
SUITES = {"bookworm": "12", "trixie": "13", "forky": "14"}
"""Each release that has a package, and what its versions end with."""
STARTED_SECONDS_MAX = 30.0
SITE_FOLDER = "/etc/ari-controller"
DROP_IN = "/etc/systemd/system/ari-controller.service.d/test.conf"
BUILT = "PACKAGES"
"""A folder with the packages, for a run that is to build none: `PACKAGES=dist tests/run packages`."""
PROXIES = ("http_proxy", "https_proxy", "no_proxy")


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, both streams in one, and its exit code."""

    code: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """It runs, and has nothing of ours but the packages in /packages."""

    suite: str
    run: str
    container: DockerContainer
    desktop_port: int
    """Where the service on it is to listen: it shares this machine's loopback with whatever else runs."""

    def tries(self, command: str) -> Said:
        """Run a command as root, whatever comes of it."""
        done = self.container.get_wrapped_container().exec_run(["bash", "-c", command], environment={"DEBIAN_FRONTEND": "noninteractive"})
        return Said(int(done.exit_code), done.output.decode(errors="replace"))

    def does(self, command: str) -> str:
        """Run a command that must go well; gives what it printed."""
        said = self.tries(command)
        assert said.code == 0, f"{self.suite}: {command}: exit code {said.code}\n{said.text}"
        return said.text

    def writes(self, path: str, text: str) -> None:
        archive, data = io.BytesIO(), text.encode()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            member = tarfile.TarInfo(path.lstrip("/"))
            member.size, member.mode, member.mtime = len(data), 0o644, int(time.time())
            tar.addfile(member, io.BytesIO(data))
        self.does(f"mkdir -p {Path(path).parent}")
        assert self.container.get_wrapped_container().put_archive("/", archive.getvalue())

    def becomes(self, words: str, command: str, *, seconds_max: float = STARTED_SECONDS_MAX) -> str:
        """Wait until a command prints these words; gives what it printed."""
        began = time.monotonic()
        while words not in (said := self.tries(command).text):
            assert time.monotonic() - began < seconds_max, f"{self.suite}: {command} never said {words!r} but\n{said}"
            time.sleep(0.1)
        return said

    # --- The service -----------------------------------------------------------------------------------------------

    def property(self, name: str) -> str:
        """What systemd says of the service, such as `ActiveState`."""
        return self.does(f"systemctl show -p {name} --value ari-controller").strip()

    def journal(self, options: str = "") -> str:
        return self.does(f"journalctl --no-pager -u ari-controller {options}")

    def is_told(self, environment: Mapping[str, str], settings: str = "") -> None:
        """Add a drop-in to the unit, as `systemctl edit` does."""
        variables = "".join(f"Environment={name}={value}\n" for name, value in environment.items())
        self.writes(DROP_IN, f"[Service]\n{variables}{settings}")
        self.does("systemctl daemon-reload")


@contextmanager
def system(suite: str, packages: Path) -> Iterator[System]:
    """Start a bare Debian, and remove it afterwards. Its /packages is that folder."""
    run = run_name(suite)
    kwargs = {
        "network_mode": "host",
        "labels": {LABEL: run},
        "cap_add": ["SYS_ADMIN"],
        "security_opt": ["seccomp=unconfined", "apparmor=unconfined"],
        "cgroupns": "private",
    }
    container = DockerContainer(_image(suite)).with_name(run).with_kwargs(**kwargs).with_volume_mapping(str(packages), "/packages", "ro")
    container.with_envs(**{name: os.environ[name] for name in PROXIES if name in os.environ})
    try:
        container.start()
        started = System(suite=suite, run=run, container=container, desktop_port=free_port())
        started.becomes("running", "systemctl is-system-running")
        yield started
    finally:
        remove_all(run)


def with_stub_site(debian: System) -> None:
    """Run `init` beside files of an Asterisk that is not there, unless that was done before; gives the desktop a port that is free."""
    if debian.tries(f"test -e {SITE_FOLDER}/site.toml").code == 0:
        return
    debian.does("mkdir -p /etc/asterisk; for file in ari http extensions pjsip; do echo '[general]' > /etc/asterisk/$file.conf; done")
    debian.does("ari-controller init --yes --region FR --number 0123456789 --agent alice:1001:'Alice Martin' --agent bob:1002:'Bob Durand'")
    debian.does(f"printf '[desktop]\\nlisten = \"127.0.0.1:{debian.desktop_port}\"\\n' >> {SITE_FOLDER}/site.toml")


def _image(suite: str) -> str:
    """Build it where it is not built yet; the release itself is there since the package was built."""
    name = f"ari-controller-system:{suite}"
    proxies = [f"--build-arg={proxy}" for proxy in PROXIES if proxy in os.environ]
    command = ["docker", "build", "--network", "host", "--quiet", *proxies, f"--build-arg=SUITE={suite}", "--tag", name]
    command += ["--file", str(HERE / "system.Dockerfile"), str(HERE)]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "DOCKER_BUILDKIT": "0"})
    return name


def built(folder: Path) -> dict[str, Path]:
    """Build the packages and the wheel, and put a copy of them, and of all libraries, into this folder; gives each release's package."""
    if BUILT in os.environ:
        names = [path for path in (TOP / os.environ[BUILT]).iterdir() if path.suffix in {".deb", ".whl"}]
    else:
        done = subprocess.run([TOP / "docker/deb/build", *SUITES], check=True, stdout=subprocess.PIPE, text=True, cwd=TOP)
        names = [TOP / line for line in done.stdout.split()]
    (folder / "libraries").mkdir()
    for path in TOP.glob(".cache/wheels/*/*.whl"):
        (folder / "libraries" / path.name).write_bytes(path.read_bytes())
    for path in names:
        (folder / path.name).write_bytes(path.read_bytes())
    return {suite: next(folder / path.name for path in names if f"~deb{number}_" in path.name) for suite, number in SUITES.items()}


def next_one(package: Path, folder: Path) -> Path:
    """Make of a package one of a higher version, whose program says so too, and put it into this folder."""
    unpacked = folder / f"{package.stem}-unpacked"
    subprocess.run(["dpkg-deb", "--raw-extract", package, unpacked], check=True)
    control = unpacked / "DEBIAN/control"
    version = next(line.removeprefix("Version: ") for line in control.read_text().splitlines() if line.startswith("Version: "))
    upstream, _, rest = version.partition("-")
    control.write_text(control.read_text().replace(f"Version: {version}", f"Version: {upstream}+next-{rest}"))
    (module,) = unpacked.glob("usr/lib/ari-controller/lib/python3*/site-packages/controller/__init__.py")
    module.write_text(module.read_text().replace(f'"{upstream}"', f'"{upstream}+next"'))
    made = folder / f"next-{package.name}"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", unpacked, made], check=True, stdout=subprocess.DEVNULL)
    return made

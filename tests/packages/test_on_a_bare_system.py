"""A package on a bare Debian: what it brings, how its service runs, and what is left of it.

There is no Asterisk on these systems (Debian 12 and 13 have no package of it): a service must run without one, and say so.
"""

import re
import time
from pathlib import Path

import pytest

from tests.live.stack import TOP
from tests.packages.conftest import Packages
from tests.packages.system import DROP_IN, SITE_FOLDER, System, with_stub_site

INSTALL_SECONDS_MAX = 30.0
PACKAGE_BYTES_MAX = 60_000_000
EXPOSURE_MAX = 15
"""Tenths of what `systemd-analyze security` counts: below 2 is what it calls OK."""
STUCK_SECONDS = 2
LOW_PORT = 843
"""Of a service that nobody has any more."""
HAS_STOPPED = "inactive"


def file_name(system: System, packages: Packages) -> str:
    return f"/packages/{packages.first[system.suite].name}"


@pytest.fixture
def installed(bare: System, packages: Packages) -> System:
    """The package is there as somebody has just installed it, whatever a test before has done."""
    if "install ok installed" not in bare.tries("dpkg -s ari-controller").text:
        bare.does(f"apt-get install -y {file_name(bare, packages)}")
    elif bare.does("dpkg-query -Wf '${Version}' ari-controller").count("+next"):
        bare.does(f"apt-get install -y --allow-downgrades {file_name(bare, packages)}")
    return bare


@pytest.fixture
def serving(installed: System) -> System:
    """`init` has been run, and the service runs."""
    with_stub_site(installed)
    installed.does("systemctl start ari-controller")
    assert installed.property("ActiveState") == "active"
    return installed


def seconds_of(system: System, command: str) -> float:
    began = time.monotonic()
    system.does(command)
    return time.monotonic() - began


def main_process(system: System) -> int:
    return int(system.property("MainPID"))


# --- Installing --------------------------------------------------------------------------------------------------------


def test_a_package_is_small_and_installed_soon(bare: System, packages: Packages, capsys: pytest.CaptureFixture[str]) -> None:
    """Judged is what is ours: Debian's own packages come from a network, as fast as that is."""
    package, install = packages.first[bare.suite], f"apt-get install -y {file_name(bare, packages)}"
    with_what_it_needs = seconds_of(bare, install)
    bare.does("apt-get remove -y ari-controller")
    alone = seconds_of(bare, install)

    with capsys.disabled():
        print(
            f"\nDebian {bare.suite}: {package.stat().st_size / 1e6:.1f} MB, installed in {alone:.1f} s, "
            f"and in {with_what_it_needs:.1f} s with what it needs of Debian"
        )
    assert package.stat().st_size <= PACKAGE_BYTES_MAX
    assert alone <= INSTALL_SECONDS_MAX


def test_a_package_of_another_release_is_refused_with_the_python_that_it_wants(installed: System, packages: Packages) -> None:
    (other, *_) = (name for suite, name in packages.first.items() if suite != installed.suite)

    said = installed.tries(f"apt-get install -y --allow-downgrades /packages/{other.name}")

    assert said.code != 0
    assert "python3 (" in said.text


def test_what_is_installed_is_what_was_packed_and_is_root_s_alone_to_change(installed: System) -> None:
    assert installed.does("dpkg --verify ari-controller") == ""
    assert installed.does("dpkg -L ari-controller | xargs -d '\\n' stat -c '%U %A %n' | grep -v '^root .......r' || true") == ""
    assert installed.does("find /usr/lib/ari-controller ! -type l -perm /022") == ""


def test_every_command_has_its_help_a_page_of_the_manual_and_completion(installed: System) -> None:
    helped = installed.does("ari-controller --help")
    commands = re.findall(r"^    ([a-z-]+)\b", helped, re.MULTILINE)

    assert {"run", "init", "check", "story"} <= set(commands)
    for command in commands:
        installed.does(f"gzip -t /usr/share/man/man1/ari-controller-{command}.1.gz")
    completed = installed.does(
        ". /usr/share/bash-completion/completions/ari-controller; COMP_WORDS=(ari-controller st) COMP_CWORD=1; "
        "$(complete -p ari-controller | sed 's/.*-F \\([^ ]*\\) .*/\\1/'); echo ${COMPREPLY[@]}"
    )
    assert completed.strip() == "story"


def test_nothing_is_compiled_by_the_machine_that_it_runs_on(installed: System) -> None:
    before = installed.does("find /usr/lib/ari-controller -name '*.pyc' | wc -l")

    installed.does("ari-controller simulate --seed 1 --inputs 5 --quiet")

    assert installed.does("find /usr/lib/ari-controller -name '*.pyc' | wc -l") == before
    assert installed.does("dpkg --verify ari-controller") == ""


# --- Running -----------------------------------------------------------------------------------------------------------


def test_commands_that_root_has_given_leave_nothing_behind_that_the_service_cannot_use(serving: System) -> None:
    serving.does("systemctl stop ari-controller")
    site = f"-c {SITE_FOLDER}/site.toml"
    for command in (f"check {site}", f"backup /tmp/backup-{time.time_ns()}.tar.gz {site}", f"phones {site} --json"):
        serving.does(f"ari-controller {command}")
    assert serving.tries(f"ari-controller story {site}").code in (0, 1), "0, or 1 where nothing is recorded yet"

    serving.does("systemctl start ari-controller")

    assert serving.does("find /var/lib/ari-controller -type f ! -user ari-controller") == ""


def test_without_a_site_file_the_service_waits_for_one_and_has_not_failed(installed: System) -> None:
    if installed.tries(f"mv {SITE_FOLDER}/site.toml {SITE_FOLDER}/aside").code == 0:
        installed.does("systemctl stop ari-controller")

    installed.does("systemctl start ari-controller")

    assert installed.property("ActiveState") == HAS_STOPPED
    assert installed.property("ConditionResult") == "no"
    assert installed.does("systemctl is-enabled ari-controller").strip() == "enabled"
    installed.tries(f"mv {SITE_FOLDER}/aside {SITE_FOLDER}/site.toml")


def test_what_init_writes_is_read_by_the_service_and_by_nobody_else(serving: System) -> None:
    seen = serving.does(f"stat -c '%U:%G %a' {SITE_FOLDER}/site.toml {SITE_FOLDER}/ari-password {SITE_FOLDER} /var/lib/ari-controller")

    assert seen.split("\n")[:4] == [
        "root:ari-controller 640",
        "root:ari-controller 640",
        "root:ari-controller 750",
        "ari-controller:ari-controller 700",
    ]
    assert serving.does(f"stat -c %U /proc/{main_process(serving)}").strip() == "ari-controller"
    assert serving.does("find /var/lib/ari-controller -type f ! -user ari-controller -o -type f -perm /077") == ""


def test_systemd_is_told_that_it_serves_and_that_asterisk_is_away(serving: System) -> None:
    assert serving.property("Type") == "notify"
    serving.becomes("Not attached to Asterisk", "systemctl status --no-pager ari-controller")


def test_the_unit_is_sound_and_locked_up(serving: System) -> None:
    assert "ari-controller" not in serving.tries("systemd-analyze verify --man=no ari-controller.service").text
    serving.does(f"systemd-analyze security --no-pager --threshold={EXPOSURE_MAX} ari-controller")
    bounds = serving.does(f"grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/{main_process(serving)}/status").split()
    assert bounds == ["CapBnd:", "0000000000000000", "NoNewPrivs:", "1", "Seccomp:", "2"]


def test_the_journal_tells_trouble_from_what_is_as_it_should_be(serving: System) -> None:
    serving.does("systemctl restart ari-controller")

    warnings = serving.becomes("Asterisk", "journalctl --no-pager -o cat -u ari-controller -p warning")
    everything = serving.journal("-o cat")

    assert "the desktop listens" in everything
    assert "the desktop listens" not in warnings
    assert "<6>" not in everything


def test_a_reload_takes_over_a_new_site_file_without_a_restart_and_refuses_one_with_mistakes(serving: System) -> None:
    process = main_process(serving)
    serving.does(f"cp -p {SITE_FOLDER}/site.toml {SITE_FOLDER}/good")
    serving.does(f"printf '[nonsense]\\n' >> {SITE_FOLDER}/site.toml")
    assert serving.tries("systemctl reload ari-controller").code != 0
    serving.becomes("nonsense", "journalctl --no-pager -o cat -u ari-controller")
    serving.does(f"cp -p {SITE_FOLDER}/good {SITE_FOLDER}/site.toml; rm {SITE_FOLDER}/good; journalctl --rotate -q")

    serving.does("systemctl reload ari-controller")

    serving.becomes("the site file was taken over", "journalctl --no-pager -o cat -u ari-controller")
    assert (main_process(serving), serving.property("ActiveState")) == (process, "active")


def test_a_service_that_is_stuck_is_ended_and_started_anew(serving: System) -> None:
    serving.is_told({}, f"WatchdogSec={STUCK_SECONDS}\nTimeoutAbortSec=1\n")
    serving.does("systemctl restart ari-controller")
    process = main_process(serving)

    serving.does(f"kill -STOP {process}")

    serving.becomes("Watchdog timeout", "journalctl --no-pager -o cat -u ari-controller")
    serving.becomes("active", "systemctl show -p ActiveState --value ari-controller; systemctl is-active ari-controller")
    serving.becomes("yes", f"[ $(systemctl show -p MainPID --value ari-controller) -gt {process} ] && echo yes")
    serving.does("rm -r /etc/systemd/system/ari-controller.service.d; systemctl daemon-reload; systemctl restart ari-controller")


def test_the_lines_of_the_document_let_the_desktop_listen_on_a_port_below_1024(serving: System) -> None:
    settings = re.findall(r"```ini\n\[Service\]\n(.*?)```", (TOP / "docs/install.md").read_text(), re.DOTALL)
    serving.does(f"cp -p {SITE_FOLDER}/site.toml {SITE_FOLDER}/high")
    serving.does(f"sed -i 's/:{serving.desktop_port}\"/:{LOW_PORT}\"/' {SITE_FOLDER}/site.toml")
    assert serving.tries("systemctl restart ari-controller").code != 0

    serving.is_told({}, *settings)
    serving.does("systemctl restart ari-controller")

    assert f"listen=127.0.0.1:{LOW_PORT}" in serving.journal("-o cat")
    serving.does(f"cp -p {SITE_FOLDER}/high {SITE_FOLDER}/site.toml; rm -r {SITE_FOLDER}/high {Path(DROP_IN).parent}")
    serving.does("systemctl daemon-reload; systemctl restart ari-controller")


# --- Another version, and none -----------------------------------------------------------------------------------------


def test_an_upgrade_brings_the_new_version_and_a_downgrade_the_old_one_with_what_was_kept(serving: System, packages: Packages) -> None:
    instance = serving.does("cat /var/lib/ari-controller/instance")
    old = serving.does("ari-controller --version").strip()

    serving.does(f"apt-get install -y /packages/{packages.next[serving.suite].name}")

    assert serving.does("ari-controller --version").strip() == f"{old}+next"
    assert f"version={old.split()[1]}+next" in serving.journal("-o cat")
    assert serving.property("ActiveState") == "active"

    serving.does(f"apt-get install -y --allow-downgrades {file_name(serving, packages)}")

    assert serving.does("ari-controller --version").strip() == old
    assert serving.property("ActiveState") == "active"
    assert serving.does("cat /var/lib/ari-controller/instance") == instance


def test_a_service_that_was_stopped_stays_so_over_an_upgrade(serving: System, packages: Packages) -> None:
    serving.does("systemctl stop ari-controller")

    serving.does(f"apt-get install -y /packages/{packages.next[serving.suite].name}")

    assert serving.property("ActiveState") == HAS_STOPPED


def test_removing_it_keeps_what_was_configured_and_kept_and_purging_takes_that_too(serving: System, packages: Packages) -> None:
    serving.does("apt-get remove -y ari-controller")

    assert serving.tries("test -e /usr/lib/ari-controller || test -e /usr/bin/ari-controller").code != 0
    assert serving.property("LoadState") in {"not-found", "masked"}
    assert "site.toml" in serving.does(f"ls {SITE_FOLDER}")
    assert "journal.db" in serving.does("ls /var/lib/ari-controller")

    serving.does(f"apt-get install -y {file_name(serving, packages)}")
    serving.becomes("active", "systemctl is-active ari-controller || true")

    said = serving.does("apt-get purge -y ari-controller")

    assert "/etc/asterisk/ari-controller-ari.conf stays" in said
    left = serving.does("find / -xdev -name '*ari-controller*' -not -path '/proc/*' -not -path '/sys/*' -not -path '/packages/*'")
    assert [path for path in left.split() if not path.startswith(("/etc/asterisk/", "/var/log/", "/tmp/", "/var/tmp/"))] == []

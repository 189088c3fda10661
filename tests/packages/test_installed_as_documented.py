"""docs/install.md, typed as it stands: the package on Debian 12, and pip on each release, up to a service that runs."""

import re

from tests.live.stack import TOP
from tests.packages.conftest import Packages
from tests.packages.system import SITE_FOLDER, System, system, with_stub_site

DOCUMENT = TOP / "docs/install.md"
LIBRARIES = "PIP_NO_INDEX=1 PIP_FIND_LINKS=/packages/libraries"
"""What pip would fetch is there already: these systems know no package index."""


def commands_of(heading: str) -> list[str]:
    """The blocks of shell below a heading."""
    below = DOCUMENT.read_text().split(f"### {heading}\n", 1)[1].split("\n##", 1)[0]
    return re.findall(r"```sh\n(.*?)```", below, re.DOTALL)


def is_typed(debian: System, commands: list[str]) -> None:
    for block in commands:
        debian.does(f"cd /packages; set -e; export {LIBRARIES}\n{block}")


def test_the_package_is_installed_by_the_line_that_the_document_has(packages: Packages) -> None:
    with system("bookworm", packages.folder) as debian:
        debian.writes("/etc/apt/apt.conf.d/yes", 'APT::Get::Assume-Yes "true";\n')
        debian.does("apt-get update -qq")

        is_typed(debian, commands_of("On Debian: the package"))

        assert debian.does("ari-controller --version").startswith("ari-controller ")


def test_pip_installs_it_on_a_bare_debian_and_the_unit_that_comes_with_it_serves(bare: System) -> None:
    is_typed(bare, commands_of("Elsewhere: pip"))
    with_stub_site(bare)

    bare.does("systemctl start ari-controller")

    assert bare.property("ActiveState") == "active"
    assert bare.does("readlink /usr/local/bin/ari-controller").strip() == "/opt/ari-controller/bin/ari-controller"
    assert bare.does(f"stat -c %a {SITE_FOLDER}/site.toml").strip() == "640"
    bare.becomes("Not attached to Asterisk", "systemctl status --no-pager ari-controller")

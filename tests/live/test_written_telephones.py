"""What `ari-controller phones` writes: Asterisk loads it, and a telephone registers with it."""

from pathlib import Path

import pytest

from tests.edges.command_line import ari_controller
from tests.live.site import live_site
from tests.live.stack import running_asterisk
from tests.phones import Account, SoftPhone
from tests.phones.errors import PhoneDidNotStart


async def test_telephones_register_with_what_was_written_and_with_nothing_else(tmp_path: Path) -> None:
    site, written = tmp_path / "site.toml", tmp_path / "agents.conf"
    site.write_text(live_site().replace('"Alice Martin"', "'Alice \"Ali\"; Martin'"))
    done = ari_controller("phones", "-c", site, "-o", written, environ={"STATE_FOLDER": str(tmp_path / "state")})
    assert done.code == 0, done.err
    passwords = [line.removeprefix("password = ") for line in written.read_text().splitlines() if line.startswith("password = ")]
    with running_asterisk() as (asterisk, sip_port, _):
        told = asterisk.exec(["sh", "-c", 'printf %s "$0" > /etc/asterisk/pjsip_agents.conf', written.read_text()])
        assert told.exit_code == 0, told.output

        asterisk.exec(["asterisk", "-rx", "module reload res_pjsip.so"])

        async with SoftPhone("alice", Account("1001", passwords[0], registrar_port=sip_port)):
            shown = str(asterisk.exec(["asterisk", "-rx", "pjsip show endpoint 1001"]).output.decode())
        assert 'Alice "Ali"; Martin' in shown.replace("\\", "")
        with pytest.raises(PhoneDidNotStart):
            async with SoftPhone("alice", Account("1001", "phone-1001", registrar_port=sip_port)):
                pass

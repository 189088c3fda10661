"""What `import pjsip` reads out of a configuration is what Asterisk makes of it: every endpoint, its name, aors and password."""

import re
from pathlib import Path

from controller.provisioning.people_of_pjsip import caller_name, people_of_pjsip
from tests.live.own_asterisk import TRANSPORT, OwnAsterisk, own_asterisk
from tests.live.scene import until
from tests.live.stack import free_port

WRITTEN = r"""
;-- a comment
over lines
[9999]
type=endpoint --;
#include "people.d/*.conf"
#tryinclude nowhere.conf
[desk](!)
type = endpoint
transport = transport-udp
context = internal
disallow = all
allow = ulaw
[places](!)
type = aor
max_contacts = 3
[secret](!)
type = auth
auth_type = userpass

[1002](desk)
auth = 1002 ; with a comment
aors = 1002
callerid = "Bob Durand" <1002>
[1002](places)
[1002](secret)
username = 1002
password = x

[1003](desk)
aors = 1003
auth = 1003
callerid => Wendy Martin\; Lyon <1003>
[1003](places)
max_contacts = 1
[1003](secret)
username = 1003
password = a\;b

[reception](desk)
aors = reception
[reception](places)
[reception](+type=endpoint)
auth = 1002

[trunk](desk)
outbound_auth = 1002
aors = trunk
[trunk]
type = aor
contact = sip:192.0.2.9
[carrier](desk)
aors = carrier
[carrier](places)
[carrier-address]
type = identify
endpoint = carrier
match = 192.0.2.1
"""
MORE = "[1004](desk-of-more)\naors=1004\nauth=1004\n[1004]\ntype=aor\nmax_contacts=1\n[1004]\ntype=auth\nusername=1004\npassword=x\n"
WIZARD = """
[wizards](!)
type = wizard
transport = transport-udp
accepts_auth = yes
accepts_registrations = yes
endpoint/allow = ulaw
[1010](wizards)
endpoint/callerid = Wendy Petit <1010>
inbound_auth/username = 1010
inbound_auth/password = x
[itsp]
type = wizard
transport = transport-udp
sends_auth = yes
remote_hosts = 192.0.2.8
outbound_auth/username = x
outbound_auth/password = x
"""


def endpoints_of(asterisk: OwnAsterisk) -> set[str]:
    return set(re.findall(r"^ Endpoint:  ([^\s/<]+)", asterisk.cli("pjsip show endpoints"), re.MULTILINE))


def setting(asterisk: OwnAsterisk, endpoint: str, key: str) -> str:
    found = re.search(rf"^ {key} +: (.*)$", asterisk.cli(f"pjsip show endpoint {endpoint}"), re.MULTILINE)
    return found[1].strip() if found else ""


async def test_what_is_read_is_what_asterisk_makes_of_the_same_files(tmp_path: Path) -> None:
    port = free_port()
    transport = TRANSPORT.format(address="127.0.0.1", port=port)
    written = {"pjsip.conf": transport + WRITTEN, "pjsip_wizard.conf": WIZARD}
    folder = tmp_path / "asterisk"
    with own_asterisk(folder, port, written) as asterisk:
        (asterisk.files / "people.d").mkdir()
        (asterisk.files / "people.d" / "more.conf").write_text("[desk-of-more](!)\ntype=endpoint\nallow=ulaw\n" + MORE)
        await asterisk.is_there()
        asterisk.cli("module reload res_pjsip.so")
        await until("the included telephone is there", lambda: "1004" in endpoints_of(asterisk))

        found = people_of_pjsip(asterisk.files / "pjsip.conf")
        people = {person.phone: person.name for person in found.people}

        assert people.keys() | {one.what for one in found.left_out} == endpoints_of(asterisk)
        assert people.keys() == {"1002", "1003", "1004", "1010", "reception"}
        for phone, name in people.items():
            assert name == caller_name(setting(asterisk, phone, "callerid").replace("<unknown>", ""))
            assert setting(asterisk, phone, "aors") == phone
            assert setting(asterisk, phone, "auth")
        assert people["1003"] == "Wendy Martin; Lyon"

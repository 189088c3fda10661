"""What each vendor's telephones fetch: the right form, the account in the vendor's own keys, and nothing that a name could break."""

from xml.etree import ElementTree as Xml

import pytest

from controller.directory.ids import AgentId
from controller.directory.site import TelephoneAccess
from controller.provisioning.device_files import LINPHONE, Account, Asked, Vendor, asked_for, file_for
from controller.provisioning.telephones import Kind, Telephone

MAC = "001565abcdef"
YEALINK_AGENT, POLY_AGENT = "Yealink SIP-T46G 28.83.0.120 00:15:65:ab:cd:ef", "FileTransport PolycomVVX-VVX_410-UA/5.9.0 (SN:0004f2abcdef)"
NAME = 'Zoé "Zo" <O\'Brien> & Söhne; #1'


def account(*, transport: str = "udp", server: str = "pbx.example") -> Account:
    one = Telephone(agent=AgentId("zoe"), name=NAME, endpoint="1001", number="1001", kind=Kind.DESK)
    return Account(telephone=one, password="s3cret-of-1001", access=TelephoneAccess(server=server, port=5070, transport=transport))


def written(vendor: Vendor, **of: str) -> str:
    return file_for(Asked(vendor, MAC), account(**of))[1]


def parsed(vendor: Vendor, **of: str) -> Xml.Element:
    return Xml.fromstring(written(vendor, **of))


@pytest.mark.parametrize(
    ("name", "agent", "asked"),
    [
        ("001565ABCDEF.cfg", YEALINK_AGENT, Asked(Vendor.YEALINK, MAC)),
        ("001565abcdef.cfg", "", Asked(Vendor.YEALINK, MAC)),
        ("001565abcdef.cfg", POLY_AGENT, Asked(Vendor.POLY, MAC, has_password=False)),
        ("reg-001565abcdef.cfg", POLY_AGENT, Asked(Vendor.POLY, MAC)),
        ("cfg001565abcdef.xml", "Grandstream Model HW GXP2170", Asked(Vendor.GRANDSTREAM, MAC)),
        ("snomD785-001565ABCDEF.htm", "Mozilla/4.0 (compatible; snomD785-SIP 10.1)", Asked(Vendor.SNOM, MAC)),
        ("001565abcdef.xml", "", Asked(Vendor.SNOM, MAC)),
        ("linphone.xml", "", Asked(Vendor.LINPHONE, "")),
        ("zoiper.xml", "", Asked(Vendor.ZOIPER, "")),
        ("y000000000028.cfg", YEALINK_AGENT, None),
        ("000000000000-license.cfg", POLY_AGENT, None),
        ("sip.ld", POLY_AGENT, None),
        ("../site.toml", "", None),
        ("001565abcdeg.cfg", "", None),
    ],
)
def test_the_files_name_says_whose_telephone_asks(name: str, agent: str, asked: Asked | None) -> None:
    assert asked_for(name, agent) == asked


def test_yealink_reads_keys_and_values_below_a_line_that_says_the_form() -> None:
    first, *lines = written(Vendor.YEALINK, transport="tls").splitlines()

    assert first == "#!version:1.0.0.1"
    found = dict(line.split(" = ", 1) for line in lines)
    assert found["account.1.enable"] == "1"
    assert (found["account.1.user_name"], found["account.1.auth_name"]) == ("1001", "1001")
    assert found["account.1.password"] == "s3cret-of-1001"
    assert found["account.1.display_name"] == NAME
    assert (found["account.1.sip_server.1.address"], found["account.1.sip_server.1.port"]) == ("pbx.example", "5070")
    assert found["account.1.sip_server.1.transport_type"] == "2"


def test_snom_reads_settings_with_an_index() -> None:
    settings = parsed(Vendor.SNOM, transport="tcp").find("phone-settings")

    assert settings is not None
    assert {setting.get("idx") for setting in settings} == {"1"}
    found = {setting.tag: setting.text for setting in settings}
    assert (found["user_active"], found["user_name"], found["user_pname"]) == ("on", "1001", "1001")
    assert (found["user_pass"], found["user_realname"]) == ("s3cret-of-1001", NAME)
    assert (found["user_host"], found["user_outbound"]) == ("pbx.example", "pbx.example:5070;transport=tcp")


@pytest.mark.parametrize(("transport", "value"), [("udp", "0"), ("tcp", "1"), ("tls", "2")])
def test_grandstream_reads_p_values(transport: str, value: str) -> None:
    root = parsed(Vendor.GRANDSTREAM, transport=transport)
    config = root.find("config")

    assert (root.tag, root.get("version")) == ("gs_provision", "1")
    assert config is not None
    found = {setting.tag: setting.text for setting in config}
    assert (found["P271"], found["P47"], found["P130"]) == ("1", "pbx.example:5070", value)
    assert (found["P35"], found["P36"], found["P34"], found["P3"]) == ("1001", "1001", "s3cret-of-1001", NAME)


def test_poly_is_told_which_file_to_ask_for_and_keeps_its_firmware() -> None:
    master = Xml.fromstring(file_for(Asked(Vendor.POLY, MAC, has_password=False), account())[1])

    assert (master.tag, master.get("CONFIG_FILES"), master.get("APP_FILE_PATH")) == ("APPLICATION", "reg-[PHONE_MAC_ADDRESS].cfg", "")
    assert "s3cret" not in Xml.tostring(master, encoding="unicode")


@pytest.mark.parametrize(("transport", "value"), [("udp", "UDPOnly"), ("tcp", "TCPOnly"), ("tls", "TLS")])
def test_poly_reads_the_attributes_of_a_registration(transport: str, value: str) -> None:
    reg = parsed(Vendor.POLY, transport=transport).find("reg")

    assert reg is not None
    assert (reg.get("reg.1.address"), reg.get("reg.1.auth.userId")) == ("1001", "1001")
    assert (reg.get("reg.1.auth.password"), reg.get("reg.1.displayName")) == ("s3cret-of-1001", NAME)
    assert (reg.get("reg.1.server.1.address"), reg.get("reg.1.server.1.port")) == ("pbx.example", "5070")
    assert reg.get("reg.1.server.1.transport") == value


def test_linphone_reads_its_own_configuration_as_xml() -> None:
    root = parsed(Vendor.LINPHONE, transport="tls")

    found = {
        (section.get("name"), entry.get("name")): entry.text
        for section in root.iter(f"{{{LINPHONE}}}section")
        for entry in section.iter(f"{{{LINPHONE}}}entry")
    }
    assert found["proxy_0", "reg_proxy"] == "<sip:pbx.example:5070;transport=tls>"
    assert found["proxy_0", "reg_identity"] == '"Zoé \\"Zo\\" <O\'Brien> & Söhne; #1" <sip:1001@pbx.example>'
    assert found["proxy_0", "reg_sendregister"] == "1"
    assert (found["auth_info_0", "username"], found["auth_info_0", "passwd"]) == ("1001", "s3cret-of-1001")
    assert {entry.get("overwrite") for entry in root.iter(f"{{{LINPHONE}}}entry")} == {"true"}


def test_a_server_that_is_an_address_of_ipv6_stands_in_brackets_before_a_port() -> None:
    assert "<sip:[2001:db8::1]:5070;transport=udp>" in written(Vendor.LINPHONE, server="2001:db8::1").replace("&lt;", "<").replace(
        "&gt;", ">"
    )


def test_zoiper_reads_an_account() -> None:
    one = parsed(Vendor.ZOIPER).find("accounts/account")

    assert one is not None
    assert [(setting.tag, setting.text) for setting in one] == [
        ("username", "1001"),
        ("password", "s3cret-of-1001"),
        ("authentication_username", "1001"),
    ]

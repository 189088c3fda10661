"""What a telephone fetches to be configured, in the form of its vendor: one account, and nothing else of the telephone is touched.

The keys are those of the vendors' public documentation:

* Yealink, "Auto Provisioning Guide" and "Administrator's Guide" (MAC-oriented CFG file, `account.X.*`);
* Snom, service.snom.com, "Auto Provisioning" and "Settings" (XML, `user_*` with `idx`);
* Grandstream, "SIP Device Provisioning Guide" (XML configuration file `cfg<mac>.xml`, P values of account 1);
* Poly, "UC Software Administrator Guide" (master configuration file `<mac>.cfg`, then the template reg-basic.cfg: `reg.1.*`);
* Linphone, wiki.linphone.org, "Remote Provisioning", and "Provisioning configuration keys" of liblinphone (`proxy_0`, `auth_info_0`);
* Zoiper, oem.zoiper.com, "Token URL" (`options/accounts/account`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as Xml

from controller.directory.site import TelephoneAccess
from controller.provisioning.telephones import Telephone

REALM = "asterisk"
"""What Asterisk's challenges say, unless an auth section says otherwise."""
REGISTER_SECONDS = 300
"""How often a telephone registers: `default_expiration` of asterisk-conf/."""
LINPHONE = "http://www.linphone.org/xsds/lpconfig.xsd"

_UDP_TCP_TLS = {"udp": "0", "tcp": "1", "tls": "2"}
"""Yealink's `transport_type` and Grandstream's P130."""
_POLY_TRANSPORT = {"udp": "UDPOnly", "tcp": "TCPOnly", "tls": "TLS"}


class Vendor(StrEnum):
    """Whose telephone asks."""

    YEALINK = "Yealink"
    SNOM = "Snom"
    GRANDSTREAM = "Grandstream"
    POLY = "Poly"
    LINPHONE = "Linphone"
    ZOIPER = "Zoiper"


@dataclass(frozen=True, slots=True)
class Asked:
    """A file that a telephone asks for, as its name says."""

    vendor: Vendor
    mac: str
    """Twelve small hexadecimal digits; empty: a program on no device of its own."""
    has_password: bool = True
    """False: it only names the file to ask for next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is written into a file."""

    telephone: Telephone
    password: str
    access: TelephoneAccess

    @property
    def server(self) -> str:
        """The server with its port."""
        host = self.access.server
        return f"[{host}]:{self.access.port}" if ":" in host else f"{host}:{self.access.port}"


_MAC = "(?P<mac>[0-9A-Fa-f]{12})"
_NAMES: tuple[tuple[re.Pattern[str], Vendor, bool], ...] = (
    (re.compile(rf"reg-{_MAC}\.cfg"), Vendor.POLY, True),
    (re.compile(rf"cfg{_MAC}\.xml"), Vendor.GRANDSTREAM, True),
    (re.compile(rf"(snom[A-Za-z0-9]{{2,10}}-)?{_MAC}\.(htm|xml)"), Vendor.SNOM, True),
    (re.compile(r"linphone\.xml(?P<mac>)"), Vendor.LINPHONE, True),
    (re.compile(r"zoiper\.xml(?P<mac>)"), Vendor.ZOIPER, True),
)
_OWN = re.compile(rf"{_MAC}\.cfg")
"""What Yealink's and Poly's telephones both ask for: which it is says the User-Agent (`FileTransport PolycomVVX-…`, `Poly…`)."""


def asked_for(name: str, user_agent: str) -> Asked | None:
    """Say which file a name means; None: none that we have, such as a firmware."""
    for pattern, vendor, has_password in _NAMES:
        if found := pattern.fullmatch(name):
            return Asked(vendor, found["mac"].lower(), has_password)
    found = _OWN.fullmatch(name)
    if found is None:
        return None
    is_poly = "poly" in user_agent.lower()
    return Asked(Vendor.POLY if is_poly else Vendor.YEALINK, found["mac"].lower(), has_password=not is_poly)


def file_for(asked: Asked, account: Account) -> tuple[str, str]:
    """Write the file. Gives its content type and its text."""
    if asked.vendor is Vendor.POLY and not asked.has_password:
        return "text/xml", poly_master()
    return _WRITTEN[asked.vendor](account)


def yealink(account: Account) -> tuple[str, str]:
    """Key and value in a line; the first line is no comment, it says which form this is."""
    one, access = account.telephone, account.access
    values = {
        "enable": "1",
        "label": one.name,
        "display_name": one.name,
        "user_name": one.endpoint,
        "auth_name": one.endpoint,
        "password": account.password,
        "sip_server.1.address": access.server,
        "sip_server.1.port": str(access.port),
        "sip_server.1.transport_type": _UDP_TCP_TLS[access.transport],
        "sip_server.1.expires": str(REGISTER_SECONDS),
    }
    return "text/plain", "#!version:1.0.0.1\n" + "".join(f"account.1.{key} = {value}\n" for key, value in values.items())


def snom(account: Account) -> tuple[str, str]:
    """One element for each setting; the transport stands in the outbound proxy, as a parameter of a SIP URI."""
    one = account.telephone
    values = {
        "user_active": "on",
        "user_realname": one.name,
        "user_idle_text": one.name,
        "user_name": one.endpoint,
        "user_pname": one.endpoint,
        "user_pass": account.password,
        "user_host": account.access.server,
        "user_outbound": f"{account.server};transport={account.access.transport}",
        "user_expiry": str(REGISTER_SECONDS),
    }
    root = Xml.Element("settings")
    settings = Xml.SubElement(root, "phone-settings")
    for key, value in values.items():
        Xml.SubElement(settings, key, idx="1", perm="RW").text = value
    return "text/xml", _text(root)


def grandstream(account: Account) -> tuple[str, str]:
    """P values of account 1: active, name of the account, server, user, authentication, password, name, transport."""
    one = account.telephone
    values = {
        "P271": "1",
        "P270": one.name,
        "P47": account.server,
        "P35": one.endpoint,
        "P36": one.endpoint,
        "P34": account.password,
        "P3": one.name,
        "P130": _UDP_TCP_TLS[account.access.transport],
    }
    root = Xml.Element("gs_provision", version="1")
    config = Xml.SubElement(root, "config", version="1")
    for key, value in values.items():
        Xml.SubElement(config, key).text = value
    return "text/xml", _text(root)


def poly_master() -> str:
    """It names the file with the account, and no firmware: the telephone keeps its own."""
    return _text(
        Xml.Element("APPLICATION", APP_FILE_PATH="", CONFIG_FILES="reg-[PHONE_MAC_ADDRESS].cfg", MISC_FILES="", LOG_FILE_DIRECTORY="")
    )


def poly(account: Account) -> tuple[str, str]:
    """The attributes of registration 1."""
    one, access = account.telephone, account.access
    root = Xml.Element("polycomConfig")
    values = {
        "reg.1.displayName": one.name,
        "reg.1.label": one.name,
        "reg.1.address": one.endpoint,
        "reg.1.auth.userId": one.endpoint,
        "reg.1.auth.password": account.password,
        "reg.1.server.1.address": access.server,
        "reg.1.server.1.port": str(access.port),
        "reg.1.server.1.transport": _POLY_TRANSPORT[access.transport],
        "reg.1.server.1.expires": str(REGISTER_SECONDS),
    }
    Xml.SubElement(root, "reg", values)
    return "text/xml", _text(root)


def linphone(account: Account) -> tuple[str, str]:
    """A file like its own linphonerc, as XML."""
    one, access = account.telephone, account.access
    host = account.server.rpartition(":")[0]
    name = one.name.replace("\\", "\\\\").replace('"', '\\"')
    sections = {
        "sip": {"default_proxy": "0"},
        "proxy_0": {
            "reg_identity": f'"{name}" <sip:{one.endpoint}@{host}>',
            "reg_proxy": f"<sip:{account.server};transport={access.transport}>",
            "reg_sendregister": "1",
            "reg_expires": str(REGISTER_SECONDS),
            "realm": REALM,
        },
        "auth_info_0": {"username": one.endpoint, "userid": one.endpoint, "passwd": account.password, "realm": REALM},
    }
    root = Xml.Element("config", xmlns=LINPHONE)
    for title, entries in sections.items():
        section = Xml.SubElement(root, "section", name=title)
        for key, value in entries.items():
            Xml.SubElement(section, "entry", name=key, overwrite="true").text = value
    return "application/xml", _text(root)


def zoiper(account: Account) -> tuple[str, str]:
    """What Zoiper asks the provider's own token URL for; the server stands in the code itself."""
    root = Xml.Element("options")
    one = Xml.SubElement(Xml.SubElement(root, "accounts"), "account")
    for key, value in (("username", account.telephone.endpoint), ("password", account.password)):
        Xml.SubElement(one, key).text = value
    Xml.SubElement(one, "authentication_username").text = account.telephone.endpoint
    return "application/xml", _text(root)


_WRITTEN: Mapping[Vendor, Callable[[Account], tuple[str, str]]] = {
    Vendor.YEALINK: yealink,
    Vendor.SNOM: snom,
    Vendor.GRANDSTREAM: grandstream,
    Vendor.POLY: poly,
    Vendor.LINPHONE: linphone,
    Vendor.ZOIPER: zoiper,
}


def _text(root: Xml.Element) -> str:
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'

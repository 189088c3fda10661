"""People of a pjsip.conf. A person's telephone registers here with a password of its own; whatever does not is left out, and why is said.

So trunks are left out (they log in elsewhere, or are known by their address, or have a fixed contact), and telephones in browsers, whose
passwords the controller makes itself.
"""

import re
from pathlib import Path

from controller.provisioning.asterisk_config import AsteriskConfig, Section, read_config
from controller.provisioning.people import ENDPOINT, Found, Person, readable_name

WIZARD = "pjsip_wizard.conf"

_CALLER = re.compile(r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^<"]*))\s*(?:<(?P<number>[^>]*)>)?\s*')
_NO_NAMES = frozenset({"", "device", "unknown", "anonymous"})


def people_of_pjsip(path: Path) -> Found:
    """Read a pjsip.conf, all that it includes, and the `pjsip_wizard.conf` beside it."""
    wizard = path.parent / WIZARD
    return people_of(read_config(path, *([wizard] if wizard.exists() and wizard != path else [])))


def people_of(config: AsteriskConfig) -> Found:
    """Take the people out of what was read."""
    found = Found(troubles=list(config.troubles))
    endpoints = [*config.of_type("endpoint"), *map(_endpoint_of_wizard, config.of_type("wizard"))]
    aors = {section.name: section for section in config.of_type("aor")}
    by_address = {section.get("endpoint") for section in config.of_type("identify") if section.all("match") or section.get("match_header")}
    for endpoint in endpoints:
        because = _why_not(endpoint, aors, by_address)
        if because is not None:
            found.leave_out(endpoint.name, because)
        else:
            found.people.append(Person(phone=endpoint.name, name=caller_name(endpoint.get("callerid"))))
    if not endpoints:
        found.troubles.append("there is no endpoint in it")
    return found


def _why_not(endpoint: Section, aors: dict[str, Section], by_address: set[str]) -> str | None:
    """Say why an endpoint is nobody's telephone; None: it is somebody's."""
    names = [name.strip() for name in endpoint.get("aors").split(",") if name.strip()]
    contacts = [contact for name in names if name in aors for contact in aors[name].all("contact")]
    if not ENDPOINT.fullmatch(endpoint.name):
        return "its name has other signs than letters a-z and A-Z, digits, _ . and -, which the site file does not take"
    if endpoint.get("outbound_auth"):
        return "it logs in elsewhere (outbound_auth), so it is a trunk"
    if endpoint.name in by_address:
        return "it is known by its address (identify), so it is a trunk or a machine"
    if contacts:
        return f"it has a fixed contact ({contacts[0]}) and does not register, so it is a trunk or a machine"
    if not names:
        return "it has no aor, so nothing can register as it"
    if endpoint.get("webrtc").lower() in ("yes", "true", "on", "1"):
        return "it is a telephone in a browser (webrtc), and ours are made otherwise: see docs/browser-telephones.md"
    if not endpoint.get("auth"):
        return "it has no auth: whoever has its name could register as it, so it is nobody's alone"
    return None


def _endpoint_of_wizard(section: Section) -> Section:
    """Write a section of pjsip_wizard.conf as the endpoint that Asterisk makes of it."""

    def said(key: str) -> bool:
        return section.get(key).lower() in ("yes", "true", "on", "1")

    settings = [(key.removeprefix("endpoint/"), value) for key, value in section.settings if key.startswith("endpoint/")]
    if said("sends_auth") or said("sends_registrations"):
        settings.append(("outbound_auth", section.name))
    if said("accepts_auth"):
        settings.append(("auth", section.name))
    if said("accepts_registrations"):
        settings.append(("aors", section.name))
    return Section(section.name, settings)


def caller_name(caller: str) -> str:
    """Take the name out of `"Alice Martin" <1001>`, `Alice Martin <1001>` or `<1001>`; empty: it has none."""
    found = _CALLER.match(caller)
    if found is None:
        return ""
    name = found["quoted"].replace('\\"', '"').replace("\\\\", "\\") if found["quoted"] is not None else found["plain"]
    name = readable_name(name)
    return "" if name.lower() in _NO_NAMES or re.fullmatch(r"[+0-9]*", name) else name

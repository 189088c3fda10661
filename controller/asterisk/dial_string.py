"""What Asterisk is told to dial: made and checked here and nowhere else, so that nothing typed is ever read as more than a number.

Asterisk reads much more than a number into a dial string: another host, a second telephone, any URI. So this is the last look before the
request, whatever was looked at before: a number is digits, a code is one that the site lists, a trunk is one of the site's.
"""

import re
from dataclasses import dataclass

from controller.directory.directory import Directory
from controller.interaction.leg import Endpoint

_OURS = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# A SIP URI (RFC 3261, 19.1) as far as telephones write theirs: no word of a dial string's own (& for one more telephone) is in it.
_CONTACT = re.compile(r"sips?:[A-Za-z0-9._~!$'()*+/?:;=@%\[\]-]{1,400}")
_NUMBER = re.compile(r"\+?[0-9]{2,18}")
_CODE = re.compile(r"[0-9*#]{2,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialable:
    """What the site lets be dialled beside telephones of ours and numbers."""

    trunks: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    """Codes with `*` and `#`, exactly as they are dialled."""


def dialable(directory: Directory) -> Dialable:
    """Read it off the site."""
    return Dialable(trunks=frozenset(directory.trunks), codes=frozenset(directory.dialling.service_codes))


def dial_string(endpoint: Endpoint, may: Dialable, *, contact: str = "") -> str | None:
    """Write an endpoint as `POST /channels/create` takes it. None: it holds what must never be dialled.

    `contact`: which of the telephones that have registered there; Asterisk has told it, and a telephone chose how it reads.
    """
    if not endpoint.trunk:
        telephone = f"PJSIP/{endpoint.address}" if _OURS.fullmatch(endpoint.address) else None
        if telephone is None or not contact:
            return telephone
        return f"{telephone}/{contact}" if _CONTACT.fullmatch(contact) else None
    is_listed_code = endpoint.address in may.codes and _CODE.fullmatch(endpoint.address)
    if endpoint.trunk not in may.trunks or not _OURS.fullmatch(endpoint.trunk):
        return None
    if not _NUMBER.fullmatch(endpoint.address) and not is_listed_code:
        return None
    return f"PJSIP/{endpoint.address}@{endpoint.trunk}"

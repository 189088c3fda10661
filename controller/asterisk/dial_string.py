"""What Asterisk is told to dial: made and checked here and nowhere else, so that nothing typed is ever read as more than a number."""

import re

from controller.interaction.leg import Endpoint

_OURS = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NUMBER = re.compile(r"\+?[0-9*#]{2,18}")


def dial_string(endpoint: Endpoint) -> str | None:
    """Write an endpoint as `POST /channels/create` takes it. None: it holds what must never be dialled."""
    if not endpoint.trunk:
        return f"PJSIP/{endpoint.address}" if _OURS.fullmatch(endpoint.address) else None
    if not _OURS.fullmatch(endpoint.trunk) or not _NUMBER.fullmatch(endpoint.address):
        return None
    return f"PJSIP/{endpoint.address}@{endpoint.trunk}"

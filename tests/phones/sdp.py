"""The little SDP that a telephone here speaks: one stream of sound on loopback (RFC 4566). Pure."""

import re

PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8}
"""Mu-law and A-law, by their names in SDP."""


def sound(port: int, *, direction: str = "", version: int = 1, codec: str = "PCMU") -> str:
    """Say that sound is taken at this port. `direction`: `sendonly` for a telephone that holds; `version` grows with each change."""
    kind = PAYLOAD_TYPES[codec]
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0", f"m=audio {port} RTP/AVP {kind}"]
    return "\r\n".join([*lines, f"a=rtpmap:{kind} {codec}/8000", *([f"a={direction}"] if direction else []), ""])


def where_to_send(sdp: str) -> tuple[str, int] | None:
    """Read where the other side takes sound; None: it does not say."""
    host, port = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE), re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    return (host[1], int(port[1])) if host and port else None

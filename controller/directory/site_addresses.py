"""The addresses in a site file: where ARI is, and where the desktop listens. A wrong one is a `ValueError` whose text says what to do."""

import re
from urllib.parse import urlsplit

_LISTEN = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<host>[A-Za-z0-9_.-]+)):(?P<port>[0-9]{1,5})", re.ASCII)

PORT_MAX = 65535


def ari_url(text: str) -> str:
    """Give the address in the form that ARI's paths are added to: `http://host:8088`."""
    # The text itself is not repeated in these sentences: it may hold a password.
    if not text.isprintable() or " " in text:
        raise ValueError("must be an address without spaces")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError('must have a host and a port from 1 to 65535, such as "http://127.0.0.1:8088"') from None
    path = parts.path.rstrip("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError('must begin with http:// or https://, a host and a port, such as "http://127.0.0.1:8088"')
    if "@" in parts.netloc:
        raise ValueError("must not hold a user or a password: give them as username and password of [asterisk]")
    if parts.query or parts.fragment:
        raise ValueError("must end with the host and port: leave out what follows ? or #")
    if path.endswith("/ari"):
        raise ValueError("must not end with /ari: leave that out, it is added")
    return f"{parts.scheme}://{parts.netloc}{path}"


def bare_mac(text: str) -> str:
    """Give a hardware address as telephones write it into the names of their files: twelve small hexadecimal digits."""
    return text.replace(":", "").replace("-", "").lower()


def listen_address(text: str) -> tuple[str, int]:
    """Take an address and a port apart: `127.0.0.1:8080`, `[::1]:8080`, `0.0.0.0:8080`."""
    found = _LISTEN.fullmatch(text)
    if found is None or int(found["port"]) > PORT_MAX:
        raise ValueError('must be an address and a port from 0 to 65535, such as "127.0.0.1:8080" or "[::1]:8080"')
    return found["v6"] or found["host"], int(found["port"])

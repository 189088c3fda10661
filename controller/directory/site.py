"""Everything that one site file says, as a value: the directory, and how the controller reaches Asterisk and its desktops."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal

from controller.directory.directory import Directory
from controller.directory.ids import AgentId
from controller.directory.organisation import Organisation

Transport = Literal["auto", "rest-over-websocket", "asyncari"]
"""The way that requests take: over the WebSocket, over plain HTTP by the library asyncari, or whichever fits the release."""
Transfers = Literal["auto", "core", "ari-only"]
"""Who carries out what a telephone's transfer key asks for: Asterisk, which is undone, or the controller, or as is safe on the release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskAccess:
    """How to reach one Asterisk over ARI."""

    url: str
    """`http://host:8088`, without `/ari` and without a slash at the end."""
    app: str
    """The Stasis application's name; the dialplan names the same."""
    username: str
    password: str = field(repr=False)
    transport: Transport
    lanes: int
    """How many connections carry commands beside the one that carries events."""
    transfers: Transfers = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Where the desktop's certificate and its private key are; relative to the folder of the site file."""

    certificate: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopAccess:
    """Where agents' desktops reach the controller."""

    host: str
    """An address or a name, without brackets."""
    port: int
    """0: any free port."""
    session_hours: float
    tls: TlsFiles | None = None
    """None: the desktop speaks plain HTTP."""
    tls_proxy: bool = False
    """A proxy with TLS stands in front, so browsers come over HTTPS although we are spoken to over HTTP."""
    agents_change_password: bool = True
    """Whether agents may choose another password than the site file's."""
    host_names: tuple[str, ...] = ()
    """What browsers call this machine, beside its addresses and where it listens."""

    @property
    def is_secure(self) -> bool:
        """Say whether browsers reach it over HTTPS only."""
        return self.tls is not None or self.tls_proxy

    @property
    def is_loopback(self) -> bool:
        """Say whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_open(self) -> bool:
        """Say whether other machines reach it, by themselves or through a proxy."""
        return self.tls_proxy or not self.is_loopback

    @property
    def listen(self) -> str:
        """The address as the site file writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelephoneAccess:
    """What telephones are told: where they find Asterisk. The controller itself needs none of it."""

    server: str
    """An address or a name, without brackets."""
    port: int
    transport: str
    """`udp`, `tcp` or `tls`."""
    zoiper_provider_id: str = ""
    """Under which Zoiper knows this site; empty: it does not."""
    macs: Mapping[AgentId, str] = field(default_factory=dict)
    """Of the telephones on agents' desks, twelve small hexadecimal digits each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What one controller serves."""

    directory: Directory
    asterisk: AsteriskAccess
    desktop: DesktopAccess
    passwords: Mapping[AgentId, str] = field(repr=False)
    """Each agent's argon2 hash."""
    region: str
    """ISO 3166-1 alpha-2: how numbers without a country code are read."""
    language: str
    log: str
    """`auto`, `text` or `json`."""
    journal: str
    """The folder for what the controller keeps; relative to the folder of the site file."""
    free_mb_min: int
    """Somebody is told when that folder's disk has less; 0: never."""
    steps_days: int | None
    """For so many days the steps of interactions are kept; None: only their size bounds them."""
    steps_mb_max: int
    """How much room they take at most."""
    telephones: TelephoneAccess
    organisations: tuple[Organisation, ...] = ()
    """Whose people agents can look up, in the site file's order."""

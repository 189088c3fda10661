"""What a site file says about an organisation whose people its agents can look up: colleagues who are no agents of ours."""

from dataclasses import dataclass
from typing import Literal

from controller.directory.ids import OrganisationId, Seconds

SHRUNK_TOLD_SECONDS: Seconds = 24 * 3600.0
"""So long a list that has become far shorter is said to be so: whoever looks after it looks once a day."""


def is_far_fewer(people: int, before: int) -> bool:
    """Whether a list has lost so many that a mistake is likelier than people who have left: more than half of them."""
    return 2 * people < before


Attribute = Literal["id", "name", "first_name", "last_name", "login", "title", "department", "number"]
"""What is wanted of a person of a directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A list that an administrator, or a nightly export, writes."""

    file: str
    """Relative to the folder of the site file, like every file here."""

    @property
    def place(self) -> str:
        """Where it is, for an administrator."""
        return self.file


@dataclass(frozen=True, slots=True, kw_only=True)
class LdapSource:
    """A directory that speaks LDAP, such as OpenLDAP or Active Directory."""

    url: str
    """As the site file has it."""
    host: str
    port: int
    security: Literal["ldaps", "start-tls", "none"]
    """`none`: in clear, to this very machine only."""
    ca_file: str = ""
    """The authorities that may have signed its certificate, in PEM form; empty: those that this machine trusts."""
    bind_dn: str = ""
    """Who asks; empty: nobody in particular."""
    password_file: str = ""
    base: str
    filter: str
    attributes: tuple[tuple[Attribute, tuple[str, ...]], ...]
    """Of each, the directory's attributes that may hold it, in the order in which they are tried."""
    page_size: int = 500

    @property
    def place(self) -> str:
        return self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphSource:
    """A tenant of Microsoft Entra, asked over Microsoft Graph: people who use Microsoft Teams."""

    tenant: str
    client_id: str
    secret_file: str = ""
    certificate_file: str = ""
    """A certificate and its private key in PEM form, in one file; empty: it is done with a secret."""
    authority: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com"
    ca_file: str = ""

    @property
    def place(self) -> str:
        return f"Microsoft Entra, tenant {self.tenant}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Where its people come from, and how often they are fetched again."""

    id: OrganisationId
    name: str
    """For people: `Head office`."""
    source: FileSource | LdapSource | GraphSource
    refresh_seconds: Seconds = 15 * 60.0
    deadline_seconds: Seconds = 300.0
    """How long it may take to fetch everybody. What fetches them goes behind everything else: fifty thousand people, who take eight seconds
    of processor time, took two minutes where both cores were busy (measured). One that is dead is noticed sooner, by its silence."""
    is_teams: bool = False
    """Its people use Microsoft Teams."""
    single_sign_on: bool = False
    """Single sign-on is on for the tenant. Where it is off, people who use Teams are not offered."""

    @property
    def is_offered(self) -> bool:
        """Whether its people may be looked up and consulted."""
        return self.single_sign_on or not self.is_teams

    @property
    def is_asked(self) -> bool:
        """Whether its source is asked for them at all: Microsoft is told nothing of a site that may not offer them."""
        return self.is_offered or not isinstance(self.source, GraphSource)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationState:
    """How well an organisation's people are known."""

    organisation: Organisation
    people: int
    """Those who can be called."""
    fetched_at: Seconds | None
    """When it was last known that the list is as its source has it; None: never yet."""
    written_at: Seconds | None = None
    """When its source wrote the list, and what it says of presence was so; None: it has not come yet."""
    is_of_last_time: bool = False
    """The list is what an earlier process kept: the source has not given it to this one yet."""
    failed_because: str = ""
    """Why the last attempt came to nothing, in a sentence for an administrator; empty: it did not."""
    presence_failed_because: str = ""
    """Why nobody's presence is known at the moment, in a sentence for an administrator; empty: it is, or is never asked for."""
    without_number: int = 0
    """So many more there are, whom nobody could call."""
    mistakes: int = 0
    """So many more there are, of whom something is wrong."""
    notes: tuple[str, ...] = ()
    """What an administrator should know of the list, a sentence each."""
    people_before: int = 0
    """So many there were before it became far shorter; 0: it did not."""
    shrunk_at: Seconds | None = None
    """When it did, and the shorter list was taken over."""

    def is_stale(self, now: Seconds) -> bool:
        """Say whether the list may be another one by now: it was missed twice in a row, could not be had, or is of an earlier process."""
        if self.fetched_at is None or self.failed_because or self.is_of_last_time:
            return True
        return now - self.fetched_at > 2 * self.organisation.refresh_seconds

    def shrunk_from(self, now: Seconds) -> int:
        """How many there were before the list became far shorter within the last day; 0: it did not."""
        is_told = self.shrunk_at is not None and now - self.shrunk_at < SHRUNK_TOLD_SECONDS
        return self.people_before if is_told and is_far_fewer(self.people, self.people_before) else 0

"""What a site file says about an organisation whose people its agents can look up: colleagues who are no agents of ours."""

from dataclasses import dataclass

from controller.directory.ids import OrganisationId, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Where its people come from, and how often they are fetched again."""

    id: OrganisationId
    name: str
    """For people: `Head office`."""
    file: str
    """The list of its people; relative to the folder of the site file."""
    refresh_seconds: Seconds = 15 * 60.0
    deadline_seconds: Seconds = 60.0
    """How long it may take to fetch everybody."""
    is_teams: bool = False
    """Its people use Microsoft Teams."""
    single_sign_on: bool = False
    """Single sign-on is on for the tenant. Where it is off, people who use Teams are not offered."""

    @property
    def is_offered(self) -> bool:
        """Whether its people may be looked up and consulted."""
        return self.single_sign_on or not self.is_teams


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
    failed_because: str = ""
    """Why the last attempt came to nothing, in a sentence for an administrator; empty: it did not."""
    without_number: int = 0
    """So many more there are, whom nobody could call."""
    mistakes: int = 0
    """So many more there are, of whom something is wrong."""
    notes: tuple[str, ...] = ()
    """What an administrator should know of the list, a sentence each."""

    def is_stale(self, now: Seconds) -> bool:
        """Say whether the list may be another one by now: it was missed twice in a row, or could not be had."""
        return self.fetched_at is None or bool(self.failed_because) or now - self.fetched_at > 2 * self.organisation.refresh_seconds

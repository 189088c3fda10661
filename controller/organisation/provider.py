"""What every source of colleagues does, be it a file, LDAP or Microsoft Graph.

All of them give everybody: neither LDAP nor Graph can search as people search, without accents and by any part, so that is done here.

ProviderFailed    everybody could not be fetched; `because` is one sentence for an administrator
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from controller.directory.colleagues import Colleague
from controller.directory.ids import ColleagueId, Seconds


class ProviderFailed(Exception):
    """Everybody could not be fetched. Whoever was given before it failed counts for nothing.

    `retry_after`: for so many seconds the source wants not to be asked again.
    """

    def __init__(self, because: str, *, retry_after: Seconds = 0.0) -> None:
        super().__init__(because)
        self.because = because
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What is to be said of a fetch that has come to its end."""

    written_at: Seconds
    """When the list was written, and what it says of presence was so."""
    without_number: int = 0
    """So many more people there are, whom nobody could call."""
    mistakes: int = 0
    """So many more there are, of whom something is wrong."""
    notes: tuple[str, ...] = ()
    """The first of those mistakes, and what else an administrator should know: a sentence each."""
    not_kept_because: str = ""
    """Why it could not be kept for the next start, where that was asked; empty: it was."""


class Unchanged:
    """Nothing has changed since the last fetch that came to its end; nobody was given."""


Take = Callable[[Sequence[Colleague]], None]


class KeepAs(NamedTuple):
    """Where whoever fetches people keeps them beside, for the next start."""

    file: str
    of: str
    """What the list is of: one that says something else is not taken for it."""


class Presence(NamedTuple):
    """What somebody does at the moment."""

    word: str
    """Empty: nobody knows."""
    at: Seconds
    """When it was so."""


class PresenceSource(Protocol):
    """What tells the presence of the people of one organisation, for those who are being shown."""

    failed_because: str
    """Why it could not tell when it was last asked, in one sentence for an administrator; empty: it could."""

    async def know(self, people: Iterable[ColleagueId]) -> Mapping[ColleagueId, Presence]:
        """Give what is known of these, asking for what is not known or is old. Takes less than a second, whatever becomes of it."""

    def forget(self) -> None:
        """Somebody wants it fresh."""


class Provider(Protocol):
    """One organisation's people. Whoever asks waits for the answer before asking again."""

    @property
    def presence(self) -> PresenceSource | None:
        """What tells their presence; None: the list says all that there is to say."""

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched | Unchanged:
        """Give everybody who has a business number, in the order in which they are to be shown, each id once.

        They are given in pieces that take a millisecond at most, with other work of the loop between them. It comes to an end within the
        organisation's deadline. Raises `ProviderFailed`.
        """

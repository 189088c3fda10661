"""What every source of colleagues does, be it a file, LDAP or Microsoft Graph.

All of them give everybody: neither LDAP nor Graph can search as people search, without accents and by any part, so that is done here.

ProviderFailed    everybody could not be fetched; `because` is one sentence for an administrator
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from controller.directory.colleagues import Colleague
from controller.directory.ids import Seconds


class ProviderFailed(Exception):
    """Everybody could not be fetched. Whoever was given before it failed counts for nothing."""

    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


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


class Unchanged:
    """Nothing has changed since the last fetch that came to its end; nobody was given."""


Take = Callable[[Sequence[Colleague]], None]


class Provider(Protocol):
    """One organisation's people. Whoever asks waits for the answer before asking again."""

    async def fetch(self, take: Take) -> Fetched | Unchanged:
        """Give everybody who has a business number, in the order in which they are to be shown, each id once.

        They are given in pieces that take a millisecond at most, with other work of the loop between them. It comes to an end within the
        organisation's deadline. Raises `ProviderFailed`.
        """

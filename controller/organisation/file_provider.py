"""Colleagues from a file that an administrator, or a nightly export, writes."""

from pathlib import Path

from controller.dialling.listed_number import ListedNumbers
from controller.directory.ids import Seconds
from controller.organisation.child import as_fetched, of_the_site, run_child
from controller.organisation.provider import Fetched, KeepAs, ProviderFailed, Take, Unchanged

READER = "controller.organisation.file_reader"


class FileProvider:
    """Reads the list when it has changed; one that is as it was costs a look at its date and size."""

    presence = None

    def __init__(self, path: Path, *, numbers: ListedNumbers, seconds_max: Seconds) -> None:
        self._path = path
        self._numbers = numbers
        self._seconds_max = seconds_max
        self._looked_at: list[int] = []
        """By what a change is seen; nothing where it was not read to its end."""

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched | Unchanged:
        asked = {"file": str(self._path), "known": self._looked_at, **of_the_site(self._numbers, keep)}
        try:
            said = await run_child(READER, asked, take, seconds_max=self._seconds_max)
        except ProviderFailed:
            self._looked_at = []
            raise
        self._looked_at = said["looked_at"]
        return Unchanged() if "unchanged" in said else as_fetched(said)

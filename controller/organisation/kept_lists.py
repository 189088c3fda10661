"""The last list of each organisation, kept in the controller's own folder, so that a start needs no source to know anybody.

Whoever fetches people writes it, under a name of its own; it gets its place when the controller has taken the people over.
"""

import asyncio
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from controller.dialling.listed_number import ListedNumbers
from controller.directory.ids import OrganisationId, Seconds
from controller.directory.organisation import Organisation
from controller.organisation.child import as_fetched, run_child
from controller.organisation.provider import Fetched, KeepAs, Take

READER = "controller.organisation.kept_reader"
READ_SECONDS_MAX: Seconds = 60.0

COLLEAGUES_FOLDER = "colleagues"
"""In the journal's folder."""
ENDING, NEW_ENDING = ".jsonl", ".jsonl.new"
FOLDER_MODE = 0o700


class KeptLists:
    """The lists in one folder, a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep_as(self, organisation: Organisation, numbers: ListedNumbers) -> KeepAs:
        """Say where a new list is to be written."""
        self._folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        return KeepAs(str(self._folder / f"{organisation.id}{NEW_ENDING}"), _of(organisation, numbers))

    async def take_over(self, organisation: Organisation) -> None:
        """What was written last is what a start may know from now on. Raises OSError."""
        new, place = (self._folder / f"{organisation.id}{ending}" for ending in (NEW_ENDING, ENDING))
        await asyncio.to_thread(os.replace, new, place)

    async def read(self, organisation: Organisation, numbers: ListedNumbers, take: Take) -> tuple[Fetched, Seconds] | None:
        """Give the people of last time, and when they were fetched; None: nobody is kept, or they are of another source.

        Raises `ProviderFailed`.
        """
        asked = {"file": str(self._folder / f"{organisation.id}{ENDING}"), "of": _of(organisation, numbers)}
        said = await run_child(READER, asked, take, seconds_max=READ_SECONDS_MAX)
        return None if "nothing" in said else (as_fetched(said), said["fetched_at"])

    async def forget_others(self, known: Iterable[OrganisationId]) -> None:
        """Keep nobody of organisations that the site has no more. Raises OSError."""
        wanted = {f"{id_}{ENDING}" for id_ in known}
        await asyncio.to_thread(self._forget_others, wanted)

    def _forget_others(self, wanted: set[str]) -> None:
        for path in self._folder.glob(f"*{ENDING}"):
            if path.name not in wanted:
                path.unlink(missing_ok=True)


def _of(organisation: Organisation, numbers: ListedNumbers) -> str:
    """Name what a list is of: other people, or the same with other numbers, come from another source or another site."""
    return hashlib.sha256(repr((organisation.source, numbers)).encode()).hexdigest()

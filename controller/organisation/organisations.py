"""Keeps the people of all the site's organisations, and has them fetched again: now and then, and when somebody asks.

A fetch that fails, or that brings nobody where there were people, changes nothing but what is said of it. One is made at a time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleague_search import ColleagueList, Found, ListedColleague, find, search
from controller.directory.colleagues import Roster
from controller.directory.ids import ColleagueId, Seconds
from controller.directory.organisation import Organisation, OrganisationState
from controller.floor.ports import Colleagues
from controller.organisation.provider import Fetched, Provider, ProviderFailed, Unchanged

TRIED_AGAIN_SECONDS: Seconds = 60.0
"""After a failure, where the site does not ask for it sooner."""

log = structlog.get_logger("organisation")

ProviderFor = Callable[[Organisation, ListedNumbers], Provider]


class Organisations(Colleagues):
    """`run` fetches their people until it is cancelled; `use` says that the site has others now."""

    def __init__(
        self,
        organisations: Sequence[Organisation],
        numbers: ListedNumbers,
        *,
        provider_for: ProviderFor,
        clock: Callable[[], Seconds],
    ) -> None:
        """`provider_for` makes what fetches an organisation's people; `clock` gives the floor's time."""
        self._clock = clock
        self._provider_for = provider_for
        self._numbers = numbers
        self._sources: list[_Source] = []
        self._others_are_there = asyncio.Event()
        self._turn = asyncio.Lock()
        self.use(organisations, numbers)

    def use(self, organisations: Sequence[Organisation], numbers: ListedNumbers) -> None:
        """The site has these from now on. Of one that it had already the people stay until they have been fetched anew."""
        known = {source.organisation.id: source for source in self._sources}
        sources: list[_Source] = []
        for organisation in organisations:
            before = known.get(organisation.id)
            if before is not None and before.organisation == organisation and numbers == self._numbers:
                sources.append(before)
            else:
                sources.append(_Source(organisation, self._provider_for(organisation, numbers), before))
        for source in self._sources:
            if source not in sources:
                source.stop()
        self._sources, self._numbers = sources, numbers
        self._others_are_there.set()

    async def run(self) -> None:
        """Fetch everybody again and again, for ever."""
        time = asyncio.get_running_loop().time
        try:
            while True:
                self._others_are_there.clear()
                for source in [source for source in self._sources if source.due_at <= time()]:
                    await self._fetched(source)
                wait = min((source.due_at - time() for source in self._sources), default=None)
                try:
                    async with asyncio.timeout(wait):
                        await self._others_are_there.wait()
                except TimeoutError:
                    continue
        finally:
            for source in self._sources:
                source.stop()

    # --- What agents ask -------------------------------------------------------------------------------------------

    async def search(self, asked: str, most: int) -> Found:
        return search(self._as_lists(), asked, most, self._numbers.read)

    def find(self, wanted: ColleagueId) -> ListedColleague | None:
        return find(self._as_lists(), wanted)

    async def refresh(self, seconds_max: Seconds) -> None:
        try:
            async with asyncio.timeout(seconds_max):
                for source in self._sources:
                    await self._fetched(source)
        except TimeoutError:
            return

    def states(self) -> Sequence[OrganisationState]:
        return [source.state for source in self._sources]

    def _as_lists(self) -> Sequence[ColleagueList]:
        return [source.people for source in self._sources]

    # --- Fetching --------------------------------------------------------------------------------------------------

    async def _fetched(self, source: "_Source") -> None:
        """Wait until a source has been asked: whoever comes while it is being asked waits for that answer."""
        if source.fetching is None or source.fetching.done():
            source.fetching = asyncio.create_task(self._fetch(source), name=f"colleagues of {source.organisation.id}")
        fetching = source.fetching
        # Waited for, and not awaited: it is everybody's, and goes on when one of them goes.
        await asyncio.wait([fetching])
        if not fetching.cancelled():
            fetching.result()

    async def _fetch(self, source: "_Source") -> None:
        async with self._turn:
            try:
                await self._ask(source)
            except ProviderFailed as failed:
                source.failed(failed.because)
            finally:
                source.due_at = asyncio.get_running_loop().time() + source.pause_seconds

    async def _ask(self, source: "_Source") -> None:
        """Fetch everybody, and let them take the place of those who were known. Raises `ProviderFailed`."""
        known = source.people.roster
        roster = Roster(known)
        fetched = await source.provider.fetch(roster.add)
        roster.complete()
        if isinstance(fetched, Unchanged):
            source.is_as_it_was(self._clock())
        elif known and not roster:
            source.brings_nobody(len(known))
        else:
            source.take_over(roster, fetched, self._clock())


class _Source:
    """One organisation: where its people come from, and who they were when they last came."""

    def __init__(self, organisation: Organisation, provider: Provider, before: "_Source | None") -> None:
        self.organisation = organisation
        self.provider = provider
        self.people = ColleagueList(organisation=organisation)
        self.state = OrganisationState(organisation=organisation, people=0, fetched_at=None)
        if before is not None:
            self.people = replace(before.people, organisation=organisation)
            self.state = replace(before.state, organisation=organisation)
        self.fetching: asyncio.Task[None] | None = None
        self.due_at: Seconds = 0.0
        """By the loop's clock."""
        self._brought_nobody = False

    @property
    def pause_seconds(self) -> Seconds:
        """How long to wait before it is asked again."""
        seconds = self.organisation.refresh_seconds
        return min(seconds, TRIED_AGAIN_SECONDS) if self.state.failed_because else seconds

    def stop(self) -> None:
        """Ask for nothing any more."""
        if self.fetching is not None:
            self.fetching.cancel()

    def failed(self, because: str) -> None:
        """Keep the people as they are, and say why no others came; not again while the reason stays the same."""
        if because != self.state.failed_because:
            kept = {"people": self.state.people} if self.state.people else {}
            log.warning("colleagues could not be fetched; who was known stays", organisation=self.organisation.id, because=because, **kept)
        self.state = replace(self.state, failed_because=because)

    def brings_nobody(self, before: int) -> None:
        self._brought_nobody = True
        self.failed(
            f"nobody in it has a business number, where there were {before} people: the last list stays until somebody is in it "
            "or the controller is started again"
        )

    def is_as_it_was(self, now: Seconds) -> None:
        """The source still says what it said last; where that was not taken over, it is not now either."""
        if not self._brought_nobody:
            self.state = replace(self.state, fetched_at=now, failed_because="")

    def take_over(self, roster: Roster, fetched: Fetched, now: Seconds) -> None:
        """These are its people now."""
        if 2 * len(roster) < self.state.people:
            log.warning("far fewer colleagues than before", organisation=self.organisation.id, before=self.state.people, now=len(roster))
        self._brought_nobody = False
        self.people = replace(self.people, roster=roster, presence_at=fetched.written_at)
        self.state = state = OrganisationState(
            organisation=self.organisation,
            people=len(roster),
            fetched_at=now,
            written_at=fetched.written_at,
            without_number=fetched.without_number,
            mistakes=fetched.mistakes,
            notes=fetched.notes,
        )
        log.info("colleagues were fetched", organisation=self.organisation.id, people=state.people, without_number=state.without_number)
        if state.mistakes:
            log.warning("colleagues were left out of a list that has mistakes", organisation=self.organisation.id, people=state.mistakes)
        for note in state.notes:
            log.warning("a list of colleagues is not quite right", organisation=self.organisation.id, because=note)

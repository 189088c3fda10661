"""Keeps the people of all the site's organisations, and has them fetched again: now and then, and when somebody asks.

A fetch that fails, or that brings nobody where there were people, changes nothing but what is said of it. One that brings less than half
of them is believed when another one, a minute later, says the same: an export that is being written, or a filter or a right that has just
been changed, looks like that. Of each organisation one is made at a time; none waits for another's, since a source may take as long as its
deadline to say nothing.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleague_search import ColleagueList, Found, ListedColleague, find, search
from controller.directory.colleagues import Roster
from controller.directory.ids import ColleagueId, OrganisationId, Seconds
from controller.directory.organisation import Organisation, OrganisationState, is_far_fewer
from controller.floor.ports import Colleagues
from controller.organisation.kept_lists import KeptLists
from controller.organisation.presence import with_their_presence
from controller.organisation.provider import Fetched, KeepAs, Provider, ProviderFailed, Unchanged

TRIED_AGAIN_SECONDS: Seconds = 60.0
"""After a failure, where the site does not ask for it sooner."""
BELIEVED_SECONDS: Seconds = 60.0
"""So long after a list that is far shorter another one must say the same."""

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
        kept: KeptLists | None = None,
    ) -> None:
        """`provider_for` makes what fetches an organisation's people; `clock` gives the floor's time.

        `kept`: where their lists are kept for the next start; None: nowhere.
        """
        self._clock = clock
        self._provider_for = provider_for
        self._kept = kept
        self._numbers = numbers
        self._sources: list[_Source] = []
        self._something_is_new = asyncio.Event()
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
        self._something_is_new.set()

    async def run(self) -> None:
        """Fetch everybody again and again, for ever."""
        time = asyncio.get_running_loop().time
        known: set[OrganisationId] | None = None
        try:
            while True:
                self._something_is_new.clear()
                if known != (known := {source.organisation.id for source in self._sources if source.organisation.is_asked}):
                    await self._forget_others(known)
                for source in self._sources:
                    source.raise_our_mistake()
                idle = [source for source in self._sources if source.organisation.is_asked and not source.is_being_asked]
                for source in idle:
                    if source.due_at <= time():
                        self._begin_to_fetch(source)
                wait = min((source.due_at - time() for source in idle if not source.is_being_asked), default=None)
                try:
                    async with asyncio.timeout(wait):
                        await self._something_is_new.wait()
                except TimeoutError:
                    continue
        finally:
            for source in self._sources:
                source.stop()

    # --- What agents ask -------------------------------------------------------------------------------------------

    async def search(self, asked: str, most: int) -> Found:
        found = search(self._as_lists(), asked, most, self._numbers.read)
        return replace(found, colleagues=await self._with_their_presence(found.colleagues))

    def find(self, wanted: ColleagueId) -> ListedColleague | None:
        return find(self._as_lists(), wanted)

    async def refresh(self, seconds_max: Seconds) -> None:
        asked = [source for source in self._sources if source.organisation.is_asked]
        for source in asked:
            if source.provider.presence is not None:
                source.provider.presence.forget()
        fetches = [self._begin_to_fetch(source) for source in asked if source.may_be_asked]
        if fetches:
            # Waited for, and not awaited: they are everybody's, and go on when one of those who wait goes.
            done, _ = await asyncio.wait(fetches, timeout=seconds_max)
            for fetch in done:
                if not fetch.cancelled():
                    fetch.result()

    def states(self) -> Sequence[OrganisationState]:
        return [source.told_state for source in self._sources]

    def _as_lists(self) -> Sequence[ColleagueList]:
        return [source.people for source in self._sources]

    async def _with_their_presence(self, listed: Sequence[ListedColleague]) -> tuple[ListedColleague, ...]:
        sources = {source.organisation.id: source for source in self._sources if source.organisation.is_asked}
        tell = {id_: source.provider.presence for id_, source in sources.items() if source.provider.presence is not None}
        if not tell:
            return tuple(listed)
        with_presence = await with_their_presence(listed, tell)
        for id_ in tell:
            sources[id_].tell_of_presence()
        return with_presence

    # --- Fetching --------------------------------------------------------------------------------------------------

    def _begin_to_fetch(self, source: "_Source") -> "asyncio.Task[None]":
        """Ask a source: whoever comes while it is being asked waits for that answer."""
        if source.fetching is None or source.fetching.done():
            source.fetching = asyncio.create_task(self._fetch(source), name=f"colleagues of {source.organisation.id}")
        return source.fetching

    async def _fetch(self, source: "_Source") -> None:
        try:
            if source.state.fetched_at is None:
                await self._recall(source)
            await self._ask(source)
        except ProviderFailed as failed:
            source.failed(failed.because, failed.retry_after)
        finally:
            source.due_at = asyncio.get_running_loop().time() + source.pause_seconds
            self._something_is_new.set()

    async def _ask(self, source: "_Source") -> None:
        """Fetch everybody, and let them take the place of those who were known. Raises `ProviderFailed`."""
        known = source.people.roster
        roster = Roster(known)
        fetched = await source.provider.fetch(roster.add, self._keep_as(source))
        roster.complete()
        now = self._clock()
        if isinstance(fetched, Unchanged):
            # It says what it said last; where that was not taken over, it is about that.
            if source.shorter is None:
                source.is_as_it_was(now)
                return
            brought = replace(source.shorter, at=now)
        else:
            brought = _Brought(roster, fetched, now)
        if source.believes(brought):
            source.take_over(brought)
            await self._keep(source, brought.fetched)

    # --- For the next start ----------------------------------------------------------------------------------------

    def _keep_as(self, source: "_Source") -> KeepAs | None:
        try:
            return None if self._kept is None else self._kept.keep_as(source.organisation, self._numbers)
        except OSError as failed:
            source.is_not_kept(failed.strerror or str(failed))
            return None

    async def _keep(self, source: "_Source", fetched: Fetched) -> None:
        if self._kept is None:
            return
        try:
            if not fetched.not_kept_because:
                await self._kept.take_over(source.organisation)
            source.is_not_kept(fetched.not_kept_because)
        except OSError as failed:
            source.is_not_kept(failed.strerror or str(failed))

    async def _recall(self, source: "_Source") -> None:
        """Know whom an earlier process knew, until the source has answered."""
        if self._kept is None or source.has_recalled:
            return
        source.has_recalled = True
        roster = Roster()
        try:
            kept = await self._kept.read(source.organisation, self._numbers, roster.add)
        except ProviderFailed as failed:
            log.warning("colleagues of last time are not known", organisation=source.organisation.id, because=failed.because)
            return
        roster.complete()
        if kept is not None:
            source.recall(roster, *kept)

    async def _forget_others(self, known: set[OrganisationId]) -> None:
        try:
            if self._kept is not None:
                await self._kept.forget_others(known)
        except OSError as failed:
            log.warning("lists of organisations that the site has no more could not be removed", because=failed.strerror or str(failed))


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a fetch has brought."""

    roster: Roster
    fetched: Fetched
    at: Seconds


class _Source:
    """One organisation: where its people come from, and who they were when they last came."""

    def __init__(self, organisation: Organisation, provider: Provider, before: "_Source | None") -> None:
        self.organisation = organisation
        self.provider = provider
        self.people = ColleagueList(organisation=organisation)
        self.state = OrganisationState(organisation=organisation, people=0, fetched_at=None)
        if before is not None and organisation.is_asked:
            self.people = replace(before.people, organisation=organisation)
            self.state = replace(before.state, organisation=organisation)
        self.fetching: asyncio.Task[None] | None = None
        self.due_at: Seconds = 0.0
        """By the loop's clock."""
        self.has_recalled = False
        self._not_before: Seconds = 0.0
        """By the loop's clock: earlier the source does not want to be asked."""
        self._retry_after: Seconds = 0.0
        self.shorter: _Brought | None = None
        """A list that is far shorter than the one that is known, and not believed yet."""
        self._brought_nobody = False
        self._not_kept_because = ""
        self._presence_failed_because = ""

    @property
    def is_being_asked(self) -> bool:
        return self.fetching is not None and not self.fetching.done()

    @property
    def may_be_asked(self) -> bool:
        """Whether the source has not said that it wants to be left alone."""
        return self._not_before <= asyncio.get_running_loop().time()

    @property
    def pause_seconds(self) -> Seconds:
        """How long to wait before it is asked again."""
        seconds = self.organisation.refresh_seconds
        return max(self._retry_after, min(seconds, TRIED_AGAIN_SECONDS)) if self.state.failed_because else seconds

    @property
    def told_state(self) -> OrganisationState:
        presence = self.provider.presence
        return self.state if presence is None else replace(self.state, presence_failed_because=presence.failed_because)

    def raise_our_mistake(self) -> None:
        """Raise what ended the last fetch, if that was neither its source nor its end."""
        if self.fetching is not None and self.fetching.done() and not self.fetching.cancelled():
            self.fetching.result()

    def stop(self) -> None:
        """Ask for nothing any more."""
        if self.fetching is not None:
            self.fetching.cancel()

    def failed(self, because: str, retry_after: Seconds = 0.0) -> None:
        """Keep the people as they are, and say why no others came; not again while the reason stays the same."""
        if because != self.state.failed_because:
            kept = {"people": self.state.people} if self.state.people else {}
            log.warning("colleagues could not be fetched; who was known stays", organisation=self.organisation.id, because=because, **kept)
        self.state = replace(self.state, failed_because=because)
        self._retry_after = retry_after
        self._not_before = asyncio.get_running_loop().time() + retry_after

    def believes(self, brought: _Brought) -> bool:
        """Whether a list may take the place of the one that is known; if not, it is said why."""
        people, before = len(brought.roster), len(self.people.roster)
        self._brought_nobody = before > 0 and people == 0
        if self._brought_nobody:
            self.shorter = None
            self.failed(
                f"nobody in it has a business number, where there were {before} people: the last list stays until somebody is in it, "
                "or the site file has no such [[organisation]] any more"
            )
            return False
        if not is_far_fewer(people, before):
            return True
        first = self.shorter
        if first is None or is_far_fewer(people, len(first.roster)):
            self.shorter = first = brought
        if brought.at - first.at >= BELIEVED_SECONDS:
            return True
        self.failed(
            f"it has {people} people with a business number, where there were {before}: the last list stays until it has had so few for "
            f"{BELIEVED_SECONDS:g} s"
        )
        return False

    def is_as_it_was(self, now: Seconds) -> None:
        """The source still says what it said last; where that was not taken over, it is not now either."""
        if not self._brought_nobody:
            self.state = replace(self.state, fetched_at=now, failed_because="")

    def recall(self, roster: Roster, fetched: Fetched, fetched_at: Seconds) -> None:
        """These were its people when an earlier process fetched them."""
        # What somebody did then says nothing of now; the moment is shown beside it.
        self.people = replace(self.people, roster=roster, presence_at=fetched.written_at)
        self.state = replace(self._state_of(roster, fetched, fetched_at), is_of_last_time=True)
        log.info("colleagues of last time are known until others come", organisation=self.organisation.id, people=len(roster))

    def take_over(self, brought: _Brought) -> None:
        """These are its people now."""
        roster, before = brought.roster, self.state
        self.shorter = None
        self.people = replace(self.people, roster=roster, presence_at=brought.fetched.written_at)
        self.state = state = self._state_of(roster, brought.fetched, brought.at)
        if is_far_fewer(state.people, before.people):
            self.state = state = replace(state, people_before=before.people, shrunk_at=brought.at)
            log.warning("far fewer colleagues than before", organisation=self.organisation.id, before=before.people, now=state.people)
        else:
            self.state = state = replace(state, people_before=before.people_before, shrunk_at=before.shrunk_at)
        log.info("colleagues were fetched", organisation=self.organisation.id, people=state.people, without_number=state.without_number)
        if state.mistakes:
            log.warning("colleagues were left out of a list that has mistakes", organisation=self.organisation.id, people=state.mistakes)
        for note in state.notes:
            log.warning("a list of colleagues is not quite right", organisation=self.organisation.id, because=note)

    def tell_of_presence(self) -> None:
        """Log why nobody's presence is known, and that it is again."""
        because = self.told_state.presence_failed_because
        if because and because != self._presence_failed_because:
            log.warning("presence could not be asked for", organisation=self.organisation.id, because=because)
        elif self._presence_failed_because and not because:
            log.info("presence is known again", organisation=self.organisation.id)
        self._presence_failed_because = because

    def is_not_kept(self, because: str) -> None:
        """Whether the list is kept for the next start; told when it changes."""
        if because and because != self._not_kept_because:
            log.warning("colleagues are not kept for the next start", organisation=self.organisation.id, because=because)
        self._not_kept_because = because

    def _state_of(self, roster: Roster, fetched: Fetched, at: Seconds) -> OrganisationState:
        return OrganisationState(
            organisation=self.organisation,
            people=len(roster),
            fetched_at=at,
            written_at=fetched.written_at,
            without_number=fetched.without_number,
            mistakes=fetched.mistakes,
            notes=fetched.notes,
        )

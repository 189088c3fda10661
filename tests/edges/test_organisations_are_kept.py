"""The people of organisations are kept and fetched again; a fetch that comes to nothing costs nobody anything."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from controller.dialling.listed_number import ListedNumbers
from controller.directory.colleagues import Colleague
from controller.directory.ids import ColleagueId, Seconds
from controller.directory.organisation import SHRUNK_TOLD_SECONDS, FileSource, Organisation
from controller.organisation.organisations import BELIEVED_SECONDS, TRIED_AGAIN_SECONDS, Organisations
from controller.organisation.provider import Fetched, KeepAs, PresenceSource, ProviderFailed, Take, Unchanged
from tests.pure.directory.people import ELODIE, MARIE, NUMBERS, SOREN, organisation

PATIENCE_SECONDS = 5.0
BROKEN = "it can't be read: Input/output error"


@dataclass
class Source:
    """An organisation's source as the test wants it to be. It waits while `gate` is there and not set."""

    people: Sequence[Colleague] = (MARIE, ELODIE, SOREN)
    broken: str = ""
    is_as_it_was: bool = False
    gate: asyncio.Event | None = None
    asked: int = 0
    at_once: int = 0
    at_once_most: int = 0
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    presence: PresenceSource | None = None

    async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched | Unchanged:
        self.asked += 1
        self.at_once += 1
        self.at_once_most = max(self.at_once_most, self.at_once)
        self.is_asked.set()
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.sleep(0)
            if self.is_as_it_was:
                return Unchanged()
            take(self.people)
            if self.broken:
                raise ProviderFailed(self.broken)
            return Fetched(written_at=self.asked, without_number=2, mistakes=1, notes=("line 3: the name is missing",))
        finally:
            self.at_once -= 1

    async def until_asked(self, times: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.asked < times:
                self.is_asked.clear()
                await self.is_asked.wait()


HEAD_OFFICE = organisation()
NOW: Seconds = 1000.0


def kept(source: Source, *sites: Organisation, clock: Callable[[], Seconds] = lambda: NOW) -> Organisations:
    return Organisations(sites or (HEAD_OFFICE,), NUMBERS, provider_for=lambda one, numbers: source, clock=clock)


@asynccontextmanager
async def running(organisations: Organisations) -> AsyncIterator[None]:
    task = asyncio.create_task(organisations.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def found(organisations: Organisations, asked: str = "") -> list[str]:
    return [listed.id for listed in (await organisations.search(asked, 50)).colleagues]


async def refreshed(organisations: Organisations) -> list[dict[str, Any]]:
    """Have everybody fetched again; gives what the log said."""
    with capture_logs() as logged:
        await organisations.refresh(PATIENCE_SECONDS)
    return [dict(line) for line in logged]


EVERYBODY = ["marie.durand", "elodie.lefevre", "soren.koch"]


# --- What is known -----------------------------------------------------------------------------------------------------


async def test_before_the_first_fetch_nobody_is_known_and_it_is_said() -> None:
    organisations = kept(Source())

    assert await found(organisations) == []
    assert organisations.states()[0].fetched_at is None
    assert organisations.states()[0].is_stale(NOW)


async def test_what_was_fetched_is_known_and_told() -> None:
    organisations = kept(Source())

    logged = await refreshed(organisations)

    state = organisations.states()[0]
    assert (state.people, state.without_number, state.mistakes, state.fetched_at, state.written_at) == (3, 2, 1, NOW, 1)
    assert await found(organisations, "durand") == ["marie.durand"]
    assert await found(organisations, "01 99 00 10 03") == ["soren.koch"]
    assert (colleague := organisations.find(ColleagueId("soren.koch"))) is not None
    assert colleague.presence_at == 1
    assert [line["event"] for line in logged] == [
        "colleagues were fetched",
        "colleagues were left out of a list that has mistakes",
        "a list of colleagues is not quite right",
    ]


# --- Fetches that come to nothing --------------------------------------------------------------------------------------


async def test_a_fetch_that_fails_half_way_leaves_the_last_list_and_its_reason() -> None:
    source = Source()
    organisations = kept(source)
    await refreshed(organisations)

    source.people, source.broken = (MARIE,), BROKEN
    logged = await refreshed(organisations)

    state = organisations.states()[0]
    assert await found(organisations) == EVERYBODY
    assert (state.people, state.failed_because, state.is_stale(NOW)) == (3, BROKEN, True)
    assert [(line["event"], line["because"]) for line in logged] == [("colleagues could not be fetched; who was known stays", BROKEN)]


async def test_one_and_the_same_failure_is_told_once_and_forgotten_when_all_is_well() -> None:
    source = Source(broken=BROKEN)
    organisations = kept(source)

    assert len(await refreshed(organisations)) == 1
    assert await refreshed(organisations) == []
    source.broken = ""
    await refreshed(organisations)

    assert organisations.states()[0].failed_because == ""
    source.broken = BROKEN
    assert len(await refreshed(organisations)) == 1


async def test_a_list_in_which_nobody_is_any_more_takes_nobodys_place_and_says_so_until_somebody_is() -> None:
    source = Source()
    organisations = kept(source)
    await refreshed(organisations)

    source.people = ()
    logged = await refreshed(organisations)
    assert await found(organisations) == EVERYBODY
    assert "nobody in it has a business number, where there were 3 people" in logged[0]["because"]

    source.is_as_it_was = True
    assert await refreshed(organisations) == []
    assert organisations.states()[0].is_stale(NOW), "it is as it was: without anybody"

    source.is_as_it_was, source.people = False, (SOREN, MARIE)
    await refreshed(organisations)
    assert await found(organisations) == ["soren.koch", "marie.durand"]
    assert not organisations.states()[0].is_stale(NOW)


async def test_a_list_that_is_empty_from_the_beginning_is_taken_as_it_is() -> None:
    organisations = kept(Source(people=()))

    await refreshed(organisations)

    assert (organisations.states()[0].people, organisations.states()[0].is_stale(NOW)) == (0, False)


# --- Lists that are far shorter than the last one ------------------------------------------------------------------------


async def test_a_list_of_less_than_half_as_many_is_not_believed_at_once_and_it_is_said_why() -> None:
    source, now = Source(), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)

    source.people = (MARIE,)
    logged = await refreshed(organisations)
    now[0] += BELIEVED_SECONDS - 1
    assert await refreshed(organisations) == [], "somebody has pressed refresh"

    state = organisations.states()[0]
    assert await found(organisations) == EVERYBODY
    assert state.is_stale(NOW)
    assert state.failed_because == logged[0]["because"]
    assert state.failed_because == (
        "it has 1 people with a business number, where there were 3: the last list stays until it has had so few for 60 s"
    )
    assert organisations._sources[0].pause_seconds == TRIED_AGAIN_SECONDS


@pytest.mark.parametrize("is_as_it_was", [False, True])
async def test_a_list_that_is_as_short_a_minute_later_is_taken_over_and_told_for_a_day(is_as_it_was: bool) -> None:
    source, now = Source(), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)
    source.people = (MARIE,)
    await refreshed(organisations)

    source.is_as_it_was, now[0] = is_as_it_was, NOW + BELIEVED_SECONDS
    logged = await refreshed(organisations)

    state = organisations.states()[0]
    assert await found(organisations) == ["marie.durand"]
    assert (state.failed_because, state.fetched_at, state.shrunk_from(now[0])) == ("", now[0], 3)
    assert [line for line in logged if line["event"] == "far fewer colleagues than before"] == [
        {"event": "far fewer colleagues than before", "log_level": "warning", "organisation": "head-office", "before": 3, "now": 1}
    ]
    now[0] += SHRUNK_TOLD_SECONDS
    await refreshed(organisations)
    assert organisations.states()[0].shrunk_from(now[0]) == 0


async def test_a_list_that_has_become_short_is_told_to_be_so_until_it_is_long_again() -> None:
    source, now = Source(), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)
    source.people = (MARIE,)
    await refreshed(organisations)
    now[0] += BELIEVED_SECONDS
    await refreshed(organisations)
    await refreshed(organisations)
    assert organisations.states()[0].shrunk_from(now[0]) == 3

    source.people = (MARIE, SOREN)
    await refreshed(organisations)

    assert organisations.states()[0].shrunk_from(now[0]) == 0


async def test_a_list_that_is_long_again_within_the_minute_was_never_short() -> None:
    source, now = Source(), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)
    source.people = (MARIE,)
    await refreshed(organisations)

    source.people, now[0] = (ELODIE, SOREN), NOW + BELIEVED_SECONDS
    await refreshed(organisations)
    assert await found(organisations) == ["elodie.lefevre", "soren.koch"]
    assert organisations.states()[0].shrunk_from(now[0]) == 0

    source.people = (MARIE, ELODIE, SOREN)
    await refreshed(organisations)
    source.people = (SOREN,)
    await refreshed(organisations)
    assert len(await found(organisations)) == 3, "its minute begins anew"


async def test_a_list_that_goes_on_becoming_shorter_is_not_believed_before_it_has_stopped() -> None:
    everybody = [MARIE._replace(id=ColleagueId(f"p{number}")) for number in range(100)]
    source, now = Source(people=everybody), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)

    for few in (40, 10):
        source.people = everybody[:few]
        await refreshed(organisations)
        assert organisations.states()[0].people == 100
        now[0] += BELIEVED_SECONDS
    await refreshed(organisations)

    assert organisations.states()[0].people == 10


async def test_a_list_that_is_as_it_was_is_as_fresh_as_a_new_one() -> None:
    source, now = Source(), [NOW]
    organisations = kept(source, clock=lambda: now[0])
    await refreshed(organisations)

    source.is_as_it_was, now[0] = True, NOW + 10_000
    assert organisations.states()[0].is_stale(now[0])
    await refreshed(organisations)

    assert not organisations.states()[0].is_stale(now[0])
    assert await found(organisations) == EVERYBODY


# --- One at a time -----------------------------------------------------------------------------------------------------


async def test_whoever_asks_while_everybody_is_fetched_waits_for_the_same() -> None:
    source = Source(gate=asyncio.Event())
    organisations = kept(source)

    asking = [asyncio.create_task(organisations.refresh(PATIENCE_SECONDS)) for _ in range(20)]
    await source.until_asked(1)
    assert not any(task.done() for task in asking)
    assert source.gate is not None
    source.gate.set()
    await asyncio.gather(*asking)

    assert source.asked == 1
    assert await found(organisations) == EVERYBODY


async def test_who_waits_no_longer_leaves_the_fetch_to_the_others() -> None:
    source = Source(gate=asyncio.Event())
    organisations = kept(source)

    await organisations.refresh(0.01)
    assert await found(organisations) == [], "it is shown whom we know"
    assert source.gate is not None
    source.gate.set()
    await organisations.refresh(PATIENCE_SECONDS)

    assert source.asked == 1
    assert await found(organisations) == EVERYBODY


async def test_of_one_organisation_there_is_one_fetch_at_a_time_whoever_asks() -> None:
    source = Source()
    organisations = kept(source)

    async with running(organisations):
        await asyncio.gather(*(organisations.refresh(PATIENCE_SECONDS) for _ in range(5)))

    assert source.asked >= 1
    assert source.at_once_most == 1


async def test_a_source_that_never_answers_delays_no_other() -> None:
    dead, alive = Source(gate=asyncio.Event()), Source()
    sources = {"head-office": dead, "branch": alive}
    both = [HEAD_OFFICE, replace(organisation("branch"), refresh_seconds=0.01)]
    organisations = Organisations(both, NUMBERS, provider_for=lambda one, numbers: sources[one.id], clock=lambda: NOW)

    async with running(organisations):
        await alive.until_asked(3)
        await organisations.refresh(0.01)

    assert await found(organisations) == [f"{one}@branch" for one in EVERYBODY]
    assert dead.asked == 1


# --- Again and again ---------------------------------------------------------------------------------------------------


async def test_everybody_is_fetched_at_the_start_and_again_after_a_while() -> None:
    source = Source()

    async with running(kept(source, replace(HEAD_OFFICE, refresh_seconds=0.01))):
        await source.until_asked(3)


async def test_a_fetch_that_failed_is_tried_again_sooner() -> None:
    source = Source(broken=BROKEN)
    organisations = kept(source)
    due = organisations._sources[0]
    await refreshed(organisations)

    assert due.pause_seconds == TRIED_AGAIN_SECONDS
    source.broken = ""
    await refreshed(organisations)
    assert due.pause_seconds == HEAD_OFFICE.refresh_seconds


async def test_a_site_without_organisations_waits_for_one() -> None:
    source = Source()
    organisations = Organisations((), NUMBERS, provider_for=lambda one, numbers: source, clock=lambda: NOW)

    async with running(organisations):
        await asyncio.sleep(0)
        assert await found(organisations) == []
        organisations.use([HEAD_OFFICE], NUMBERS)
        await source.until_asked(1)


# --- A site file that was read again -----------------------------------------------------------------------------------


async def test_an_organisation_that_is_another_now_keeps_its_people_until_the_others_have_come() -> None:
    first, second = Source(), Source(people=(SOREN, MARIE), gate=asyncio.Event())
    sources = iter((first, second))
    organisations = Organisations([HEAD_OFFICE], NUMBERS, provider_for=lambda one, numbers: next(sources), clock=lambda: NOW)

    async with running(organisations):
        await organisations.refresh(PATIENCE_SECONDS)
        organisations.use([replace(HEAD_OFFICE, source=FileSource(file="other.csv"))], NUMBERS)
        await second.until_asked(1)
        assert await found(organisations) == EVERYBODY
        assert second.gate is not None
        second.gate.set()
        await organisations.refresh(PATIENCE_SECONDS)

    assert await found(organisations) == ["soren.koch", "marie.durand"]


async def test_a_site_file_that_says_the_same_of_it_changes_nothing() -> None:
    source = Source()
    organisations = kept(source)
    await refreshed(organisations)

    organisations.use([organisation()], ListedNumbers(region="FR"))

    assert organisations.states()[0].fetched_at == NOW
    assert source.asked == 1


async def test_other_numbers_are_read_anew() -> None:
    source = Source()
    organisations = kept(source)
    await refreshed(organisations)

    async with running(organisations):
        organisations.use([HEAD_OFFICE], ListedNumbers(region="GB"))
        await source.until_asked(2)


async def test_of_an_organisation_that_the_site_has_no_more_nobody_is_known_and_nothing_is_fetched() -> None:
    source = Source(gate=asyncio.Event())
    organisations = kept(source)
    async with running(organisations):
        await source.until_asked(1)

        organisations.use([], NUMBERS)

        assert await found(organisations) == []
        assert organisations.states() == []
    assert source.at_once == 0


async def test_an_organisation_that_fails_does_not_keep_the_next_from_being_fetched() -> None:
    broken, fine = Source(broken=BROKEN), Source()
    sources = {"head-office": broken, "branch": fine}
    organisations = Organisations(
        [HEAD_OFFICE, organisation("branch")], NUMBERS, provider_for=lambda one, numbers: sources[one.id], clock=lambda: NOW
    )

    await refreshed(organisations)

    assert await found(organisations, "durand") == ["marie.durand@branch"]


async def test_a_mistake_of_ours_in_a_fetch_is_raised_to_whoever_waits() -> None:
    class Mistaken(Source):
        async def fetch(self, take: Take, keep: KeepAs | None) -> Fetched | Unchanged:
            raise AssertionError("ours")

    with pytest.raises(AssertionError, match="ours"):
        await kept(Mistaken()).refresh(PATIENCE_SECONDS)
